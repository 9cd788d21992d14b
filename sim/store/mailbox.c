/* SPDX-License-Identifier: MIT
 *
 * A mailbox: messages in the order of their UIDs, which are never given twice. */
#include "store-private.h"

#include <string.h>

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
    mailbox->first_recent = 1;
    mailbox->messages = g_ptr_array_new_with_free_func(message_unref);
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

    for (guint i = mailbox->messages->len; i-- > 0;) {
        const MailsimStoredMessage *message = g_ptr_array_index(mailbox->messages, i);

        if (message->uid < mailbox->first_recent)
            break;
        n_recent++;
    }
    return n_recent;
}

guint
mailsim_mailbox_append(MailsimMailbox *mailbox,
                       GBytes *head,
                       GBytes *content,
                       const MailsimFlagSet *flags,
                       MailsimTime received_us)
{
    MailsimStoredMessage *message = g_new0(MailsimStoredMessage, 1);

    message->uid = mailbox->uid_next++;
    if (flags != NULL)
        mailsim_flag_set_copy(flags, &message->flags);
    message->received_us = received_us;
    message->head = head != NULL ? g_bytes_ref(head) : NULL;
    message->content = g_bytes_ref(content);
    message->size = measure(head) + measure(content);
    message->changed = mailbox->n_changes;
    message->references = 1;
    g_ptr_array_add(mailbox->messages, message);
    store_tell(mailbox->store);
    return message->uid;
}

void
mailsim_mailbox_set_flags(MailsimMailbox *mailbox,
                          MailsimStoredMessage *message,
                          const MailsimFlagSet *flags)
{
    MailsimFlagSet copy;

    mailsim_flag_set_copy(flags, &copy);
    mailsim_flag_set_clear(&message->flags);
    message->flags = copy;
    message->changed = ++mailbox->n_changes;
    store_tell(mailbox->store);
}

void
mailsim_mailbox_expunge(MailsimMailbox *mailbox, MailsimStoredMessage *message)
{
    g_ptr_array_remove(mailbox->messages, message);
    store_tell(mailbox->store);
}

void
mailbox_expunge_all(MailsimMailbox *mailbox)
{
    g_ptr_array_set_size(mailbox->messages, 0);
    store_tell(mailbox->store);
}
