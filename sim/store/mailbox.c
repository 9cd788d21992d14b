/* SPDX-License-Identifier: MIT
 *
 * A mailbox: messages in the order of their UIDs, which are never given twice. */
#include "store-private.h"

#include <string.h>

#include <mailsim/base/limits.h>

/* ---- messages ---------------------------------------------------------------------------- */

MailsimStoredMessage *
message_ref(MailsimStoredMessage *message)
{
    message->references++;
    return message;
}

void
message_unref(gpointer data)
{
    MailsimStoredMessage *message = data;

    if (--message->references > 0)
        return;
    mailsim_flag_set_clear(&message->flags);
    if (message->head != NULL)
        g_bytes_unref(message->head);
    g_bytes_unref(message->content);
    g_free(message);
}

/* Each line end takes two octets on the wire. */
static gsize
measure(GBytes *bytes)
{
    gsize length = 0;
    const char *text = bytes != NULL ? g_bytes_get_data(bytes, &length) : NULL;
    gsize size = length;

    for (gsize i = 0; i < length; i++)
        size += text[i] == '\n' && (i == 0 || text[i - 1] != '\r');
    return size;
}

static void
append_text(GString *out, GBytes *bytes)
{
    gsize length = 0;
    const char *text = bytes != NULL ? g_bytes_get_data(bytes, &length) : NULL;

    for (gsize i = 0; i < length; i++) {
        if (text[i] == '\n' && (i == 0 || text[i - 1] != '\r'))
            g_string_append_c(out, '\r');
        g_string_append_c(out, text[i]);
    }
}

GBytes *
mailsim_stored_message_dup_text(const MailsimStoredMessage *message)
{
    GString *text = g_string_sized_new(message->size + 1);

    append_text(text, message->head);
    append_text(text, message->content);
    return g_string_free_to_bytes(text);
}

GBytes *
mailsim_stored_message_join(const MailsimStoredMessage *message)
{
    GString *joined;

    if (message->head == NULL)
        return g_bytes_ref(message->content);
    joined = g_string_sized_new(message->size + 1);
    g_string_append_len(joined, g_bytes_get_data(message->head, NULL),
                        (gssize)g_bytes_get_size(message->head));
    g_string_append_len(joined, g_bytes_get_data(message->content, NULL),
                        (gssize)g_bytes_get_size(message->content));
    return g_string_free_to_bytes(joined);
}

/* ---- the mailbox ------------------------------------------------------------------------- */

MailsimMailbox *
mailbox_new(MailsimMailStore *store, const char *name, guint uid_validity)
{
    MailsimMailbox *mailbox = g_new0(MailsimMailbox, 1);

    mailbox->store = store;
    mailbox->name = g_strdup(name);
    mailbox->uid_validity = uid_validity;
    mailbox->uid_next = 1;
    mailbox->first_new = 1;
    mailbox->messages = g_ptr_array_new_with_free_func(message_unref);
    mailbox->keywords = g_ptr_array_new_with_free_func((GDestroyNotify)g_ref_string_release);
    mailbox->keyword_index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    mailbox->references = 1;
    return mailbox;
}

MailsimMailbox *
mailbox_ref(MailsimMailbox *mailbox)
{
    mailbox->references++;
    return mailbox;
}

void
mailbox_unref(MailsimMailbox *mailbox)
{
    if (mailbox == NULL || --mailbox->references > 0)
        return;
    g_ptr_array_unref(mailbox->messages);
    g_ptr_array_unref(mailbox->keywords);
    g_hash_table_unref(mailbox->keyword_index);
    g_free(mailbox->name);
    g_free(mailbox);
}

const char *
mailsim_mailbox_get_name(const MailsimMailbox *mailbox)
{
    return mailbox->name;
}

guint
mailsim_mailbox_get_uid_validity(const MailsimMailbox *mailbox)
{
    return mailbox->uid_validity;
}

guint
mailsim_mailbox_get_uid_next(const MailsimMailbox *mailbox)
{
    return mailbox->uid_next;
}

const GPtrArray *
mailsim_mailbox_get_messages(const MailsimMailbox *mailbox)
{
    return mailbox->messages;
}

guint
mailsim_mailbox_count_recent(const MailsimMailbox *mailbox)
{
    guint n_recent = 0;

    for (guint i = 0; i < mailbox->messages->len; i++)
        n_recent += ((MailsimStoredMessage *)mailbox->messages->pdata[i])->recent != FALSE;
    return n_recent;
}

/* ---- keywords ---------------------------------------------------------------------------- */

const GPtrArray *
mailsim_mailbox_get_keywords(const MailsimMailbox *mailbox)
{
    return mailbox->keywords;
}

/* Its place plus one; 0: the mailbox does not have it. */
static guint
find_keyword(const MailsimMailbox *mailbox, const char *keyword)
{
    g_autofree char *small = g_ascii_strdown(keyword, -1);

    return GPOINTER_TO_UINT(g_hash_table_lookup(mailbox->keyword_index, small));
}

char *
mailsim_mailbox_add_keyword(MailsimMailbox *mailbox, const char *keyword)
{
    guint place = find_keyword(mailbox, keyword);

    if (place == 0 && mailbox->keywords->len == MAILSIM_KEYWORDS_MAX)
        return NULL;
    if (place == 0) {
        g_ptr_array_add(mailbox->keywords, g_ref_string_new(keyword));
        place = mailbox->keywords->len;
        g_hash_table_insert(mailbox->keyword_index, g_ascii_strdown(keyword, -1),
                            GUINT_TO_POINTER(place));
    }
    return g_ptr_array_index(mailbox->keywords, place - 1);
}

/* KEYWORDS as the mailbox writes them, in its order, each once; NULL: none. */
static GPtrArray *
dup_keywords(MailsimMailbox *mailbox, const GPtrArray *keywords)
{
    gboolean has[MAILSIM_KEYWORDS_MAX + 1] = {FALSE};
    GPtrArray *own;

    if (keywords == NULL || keywords->len == 0)
        return NULL;
    for (guint i = 0; i < keywords->len; i++) {
        mailsim_mailbox_add_keyword(mailbox, g_ptr_array_index(keywords, i));
        has[find_keyword(mailbox, g_ptr_array_index(keywords, i))] = TRUE;
    }
    own = g_ptr_array_new_with_free_func((GDestroyNotify)g_ref_string_release);
    for (guint i = 0; i < mailbox->keywords->len; i++) {
        if (has[i + 1])
            g_ptr_array_add(own, g_ref_string_acquire(g_ptr_array_index(mailbox->keywords, i)));
    }
    return own;
}

static void
copy_flags(MailsimMailbox *mailbox, const MailsimFlagSet *from, MailsimFlagSet *to)
{
    to->flags = from->flags;
    to->keywords = dup_keywords(mailbox, from->keywords);
}

/* ---- what becomes of messages ------------------------------------------------------------ */

/* What it is made of is referenced. */
static guint
add_message(MailsimMailbox *mailbox,
            const MailsimStoredMessage *like,
            const MailsimFlagSet *flags)
{
    MailsimStoredMessage *message = g_new0(MailsimStoredMessage, 1);

    message->uid = mailbox->uid_next++;
    if (flags != NULL)
        copy_flags(mailbox, flags, &message->flags);
    message->received_us = like->received_us;
    message->head = like->head != NULL ? g_bytes_ref(like->head) : NULL;
    message->content = g_bytes_ref(like->content);
    message->size = like->size;
    message->recent = TRUE;
    message->changed = ++mailbox->n_changes;
    message->references = 1;
    g_ptr_array_add(mailbox->messages, message);
    mailbox->size += message->size;
    store_tell(mailbox->store);
    return message->uid;
}

guint
mailsim_mailbox_append(MailsimMailbox *mailbox,
                       GBytes *head,
                       GBytes *content,
                       const MailsimFlagSet *flags,
                       MailsimTime received_us)
{
    const MailsimStoredMessage like = {
        .head = head,
        .content = content,
        .size = measure(head) + measure(content),
        .received_us = received_us,
    };

    return add_message(mailbox, &like, flags);
}

guint
mailsim_mailbox_append_copy(MailsimMailbox *mailbox, const MailsimStoredMessage *message)
{
    return add_message(mailbox, message, &message->flags);
}

guint64
mailsim_mailbox_get_size(const MailsimMailbox *mailbox)
{
    return mailbox->size;
}

void
mailsim_mailbox_set_flags(MailsimMailbox *mailbox,
                          MailsimStoredMessage *message,
                          const MailsimFlagSet *flags)
{
    MailsimFlagSet copy;

    copy_flags(mailbox, flags, &copy);
    mailsim_flag_set_clear(&message->flags);
    message->flags = copy;
    message->changed = ++mailbox->n_changes;
    store_tell(mailbox->store);
}

void
mailsim_mailbox_come_upon(MailsimMailbox *mailbox)
{
    mailbox->first_new = mailbox->uid_next;
}

/* Where MESSAGE is; messages->len: another session has expunged it. */
guint
mailbox_find_message(const MailsimMailbox *mailbox, const MailsimStoredMessage *message)
{
    guint low = 0;
    guint high = mailbox->messages->len;

    while (low < high) {
        const guint middle = low + (high - low) / 2;
        const MailsimStoredMessage *other = g_ptr_array_index(mailbox->messages, middle);

        if (other == message)
            return middle;
        if (other->uid < message->uid)
            low = middle + 1;
        else
            high = middle;
    }
    return mailbox->messages->len;
}

void
mailsim_mailbox_expunge(MailsimMailbox *mailbox, const GPtrArray *messages)
{
    g_autoptr(GPtrArray) kept = g_ptr_array_new();
    guint next = 0;

    for (guint i = 0; i < mailbox->messages->len; i++) {
        MailsimStoredMessage *message = g_ptr_array_index(mailbox->messages, i);

        while (next < messages->len &&
               ((MailsimStoredMessage *)messages->pdata[next])->uid < message->uid)
            next++;
        if (next == messages->len || messages->pdata[next] != message)
            g_ptr_array_add(kept, message_ref(message));
        else
            mailbox->size -= message->size;
    }
    g_ptr_array_set_size(mailbox->messages, 0);
    for (guint i = 0; i < kept->len; i++)
        g_ptr_array_add(mailbox->messages, g_ptr_array_index(kept, i));
    mailbox->n_changes++;
    store_tell(mailbox->store);
}

void
mailbox_expunge_all(MailsimMailbox *mailbox)
{
    g_ptr_array_set_size(mailbox->messages, 0);
    mailbox->size = 0;
    mailbox->n_changes++;
    store_tell(mailbox->store);
}
