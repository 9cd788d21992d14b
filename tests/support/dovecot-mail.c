/* SPDX-License-Identifier: MIT
 *
 * imap/messages.txt, and the messages of the recordings that were handed over, which only they
 * describe. */
#include "dovecot-mail.h"

#include <stdlib.h>
#include <string.h>

#include "dovecot-text.h"
#include "recorded-text.h"

#define UID_VALIDITY 1763757296

typedef struct {
    GBytes *content;
    MailsimTime received_us;
} Message;

static void
free_message(gpointer data)
{
    Message *message = data;

    g_bytes_unref(message->content);
    g_free(message);
}

/* ---- imap/messages.txt ------------------------------------------------------------------- */

/* “01-Jul-2026 10:00:00 +0200” */
static MailsimTime
parse_date(const char *text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    g_auto(GStrv) parts = g_strsplit_set(text, "- :", -1);
    g_autoptr(GDateTime) time = NULL;
    g_autoptr(GTimeZone) zone = NULL;
    g_autofree char *month = NULL;

    g_assert(g_strv_length(parts) >= 7);
    month = g_strndup(parts[1], 3);
    zone = g_time_zone_new_identifier(strrchr(text, ' ') + 1);
    time = g_date_time_new(zone, atoi(parts[2]), (int)(strstr(months, month) - months) / 3 + 1,
                           atoi(parts[0]), atoi(parts[3]), atoi(parts[4]), atoi(parts[5]));
    return g_date_time_to_unix(time) * MAILSIM_SECOND;
}

static void
add_message(GHashTable *messages, const char *head, GString *content)
{
    g_auto(GStrv) parts = g_strsplit(head, "\"", -1); /* NAME "DATE" */
    Message *message = g_new0(Message, 1);

    /* As it lies in a Maildir; of “\r\r\n” a line end of CR LF is left. */
    g_string_replace(content, "\r\n", "\n", 0);
    message->content = g_string_free_to_bytes(content);
    message->received_us = parse_date(parts[1]);
    g_hash_table_insert(messages, g_strdup(g_strchomp(parts[0])), message);
}

static GHashTable *
read_messages(void)
{
    GHashTable *messages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_message);
    g_autofree char *text = recorded_file_read("imap/messages.txt");
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    const char *head = NULL;
    GString *content = NULL;

    for (char **line = lines; *line != NULL; line++) {
        if (g_str_has_prefix(*line, "=== ")) {
            if (head != NULL)
                add_message(messages, head, content);
            head = *line + strlen("=== ");
            content = g_string_new(NULL);
        } else if (g_str_has_prefix(*line, "M:") && head != NULL) {
            g_autofree char *said =
                dovecot_text_expand(*line + ((*line)[2] == ' ' ? strlen("M: ") : strlen("M:")));

            recorded_text_append_said(content, said);
        }
    }
    add_message(messages, head, content);
    return messages;
}

static const Message *
find_message(const char *name)
{
    static GHashTable *messages;
    const Message *message;

    if (messages == NULL)
        messages = read_messages();
    message = g_hash_table_lookup(messages, name);
    if (message == NULL)
        g_error("imap/messages.txt has no message %s", name);
    return message;
}

/* ---- mailboxes --------------------------------------------------------------------------- */

static void
append(MailsimMailbox *mailbox, const Message *message, const MailsimFlagSet *flags)
{
    mailsim_mailbox_append(mailbox, NULL, message->content, flags, message->received_us);
}

void
dovecot_mail_append(MailsimMailbox *mailbox, const DovecotMessage *message)
{
    const MailsimFlagSet flags = {
        .flags = message->flags,
        .keywords = message->keywords->len > 0 ? message->keywords : NULL,
    };
    const GPtrArray *messages;

    append(mailbox, find_message(message->name), &flags);
    messages = mailsim_mailbox_get_messages(mailbox);
    ((MailsimStoredMessage *)messages->pdata[messages->len - 1])->recent = message->recent;
}

void
dovecot_mail_deliver(MailsimMailStore *store, const char *name)
{
    append(mailsim_mail_store_find(store, "INBOX"), find_message(name), NULL);
}

/* As they are told in imap-dialogues.md and pop3-dialogues.md. */
static void
append_handed_over(MailsimMailbox *mailbox, gboolean pop3)
{
    static const char *const pop3_messages[] = {
        "Return-Path: <ana@iesgn.example>\nFrom: Ana <ana@iesgn.example>\n"
        "To: alice@dest.example\nSubject: Hola\nDate: Thu, 02 Jul 2026 10:00:00 +0200\n"
        "Message-ID: <1@laptop.iesgn.example>\n\nHola.\n.un punto\nfin\n",
        "Return-Path: <bob@instituto.example>\nFrom: Bob <bob@instituto.example>\n"
        "To: alice@dest.example\nSubject: Dos\nDate: Thu, 02 Jul 2026 11:00:00 +0200\n"
        "Message-ID: <2@mx.instituto.example>\n\nuno\ndos\ntres\n",
        NULL,
    };
    static const char *const imap_messages[] = {
        "From: bob@dest.example\nTo: alice@dest.example\nSubject: hello\n\nHello Alice.\n",
        NULL,
    };

    for (const char *const *text = pop3 ? pop3_messages : imap_messages; *text != NULL;
         text++) {
        g_autoptr(GBytes) content = g_bytes_new_static(*text, strlen(*text));
        const Message message = {.content = content};

        append(mailbox, &message, NULL);
    }
}

MailsimMailStore *
dovecot_mail_create_store(const DovecotDialogue *dialogue)
{
    const char *location = dovecot_dialogue_get_setting(dialogue, "mail_location");
    gboolean mbox = location != NULL && g_str_has_prefix(location, "mbox:");
    MailsimMailStore *store = mailsim_mail_store_new(
        mbox ? MAILSIM_LAYOUT_MBOX : MAILSIM_LAYOUT_MAILDIR, UID_VALIDITY);

    for (guint i = 0; i < dialogue->mailboxes->len; i++) {
        const DovecotMailbox *recorded = g_ptr_array_index(dialogue->mailboxes, i);
        MailsimMailbox *mailbox = mailsim_mail_store_find(store, recorded->name);

        if (mailbox == NULL)
            mailbox = mailsim_mail_store_create(store, recorded->name);
        for (guint j = 0; j < recorded->messages->len; j++)
            dovecot_mail_append(mailbox, g_ptr_array_index(recorded->messages, j));
    }
    if (dialogue->handed_over)
        append_handed_over(mailsim_mail_store_find(store, "INBOX"),
                           strstr(dialogue->file, "pop3") != NULL);
    return store;
}
