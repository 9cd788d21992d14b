/* SPDX-License-Identifier: MIT
 *
 * APPEND (RFC 3501 §6.3.11), of several messages at once, too (RFC 3502): all are saved, or
 * none. As in Dovecot, what is wrong with the mailbox, flags or date is said before the message
 * comes; if it comes nevertheless it is taken for commands. Only where the mailbox is wrong and
 * the client did not wait (RFC 7888) it is thrown away. */
#include "imap-server-private.h"

#include <string.h>

#include <mailsim/base/limits.h>

#define LOOK_FOR_ALL (MAILSIM_LOOK_EXPUNGES | MAILSIM_LOOK_DELIVERIES)
#define EMPTY        "NO Can't save a zero byte message"
#define TOO_LARGE                                                                              \
    "NO [LIMIT] Mail size is larger than the maximum size allowed by server configuration"
#define FULL "NO [OVERQUOTA] Quota exceeded (mailbox for user is full)"

#define PIECE_BYTES (16 * 1024)

/* ---- life -------------------------------------------------------------------------------- */

static void
free_appended(gpointer data)
{
    MailsimImapServerAppended *appended = data;

    g_string_free(appended->text, TRUE);
    mailsim_flag_set_clear(&appended->flags);
    g_free(appended);
}

void
mailsim_imap_server_clear_append(MailsimImapServer *server)
{
    MailsimImapServerAppend *append = &server->append;

    g_free(append->name);
    g_clear_pointer(&append->messages, g_ptr_array_unref);
    *append = (MailsimImapServerAppend){0};
}

/* ---- what is saved ----------------------------------------------------------------------- */

/* A message as the store holds it: no NUL, lines end in LF, no CR at its end. */
static GBytes *
tidy_message(const MailsimImapServer *server, GString *text)
{
    gsize length = 0;

    for (gsize i = 0; i < text->len; i++) {
        const char next = i + 1 < text->len ? text->str[i + 1] : '\n';

        if (text->str[i] != '\r' || next != '\n')
            text->str[length++] = text->str[i] != '\0' ? text->str[i] : '\x80';
    }
    g_string_truncate(text, length);
    if (mailsim_mail_store_get_layout(server->store) == MAILSIM_LAYOUT_MBOX)
        mailsim_imap_server_tidy_for_mbox(text);
    return g_bytes_new(text->str, text->len);
}

/* The UIDs that they get; free with g_free(). */
static char *
save_messages(const MailsimImapServer *server, MailsimMailbox *mailbox)
{
    const GPtrArray *messages = server->append.messages;
    g_autoptr(GArray) uids = g_array_new(FALSE, FALSE, sizeof(MailsimImapRange));

    for (guint i = 0; i < messages->len; i++) {
        MailsimImapServerAppended *appended = g_ptr_array_index(messages, i);
        g_autoptr(GBytes) content = tidy_message(server, appended->text);

        mailsim_imap_set_add(uids,
                             mailsim_mailbox_append(mailbox, NULL, content, &appended->flags,
                                                    appended->received_us));
    }
    mailsim_mailbox_come_upon(mailbox);
    return mailsim_imap_set_format(uids);
}

static void
finish_append(MailsimImapServer *server)
{
    const GPtrArray *messages = server->append.messages;
    g_autofree char *refusal = NULL;
    g_autofree char *uids = NULL;
    MailsimMailbox *mailbox =
        mailsim_imap_server_find_target(server, server->append.name, &refusal);

    if (messages->len == 0) {
        mailsim_imap_server_fail(server, "Missing message size");
    } else if (mailbox == NULL) {
        mailsim_imap_server_finish(server, "%s", refusal);
    } else if (!mailsim_imap_server_has_room(server, messages->len, server->append.size)) {
        mailsim_imap_server_finish(server, FULL);
    } else {
        uids = save_messages(server, mailbox);
        mailsim_imap_server_finish_with_news(server, LOOK_FOR_ALL,
                                             "OK [APPENDUID %u %s] Append completed",
                                             mailsim_mailbox_get_uid_validity(mailbox), uids);
    }
}

/* ---- what stands before a message -------------------------------------------------------- */

/* The command is over, or will be with what is thrown away. */
static void
refuse(MailsimImapServer *server, const char *reply)
{
    mailsim_imap_server_finish(server, "%s", reply);
    server->append.refused = TRUE;
}

/* [flag-list] [date-time] literal: which argument is the literal; FALSE: it is none, or not the
 * last. */
static gboolean
find_parts(const MailsimImapServer *server, const GPtrArray **list, const char **date)
{
    const GPtrArray *arguments = server->reader.arguments;
    const MailsimImapArgument *argument;
    guint next = 0;

    *list = mailsim_imap_server_get_list(server, next);
    if (*list != NULL)
        next++;
    argument = next < arguments->len ? g_ptr_array_index(arguments, next) : NULL;
    *date = argument != NULL && argument->kind == MAILSIM_IMAP_STRING ? argument->text : NULL;
    if (*date != NULL)
        next++;
    argument = next < arguments->len ? g_ptr_array_index(arguments, next) : NULL;
    return argument != NULL && argument->kind == MAILSIM_IMAP_LITERAL;
}

/* FALSE: the command has failed. */
static gboolean
parse_parts(MailsimImapServer *server,
            MailsimImapServerAppended *appended,
            const GPtrArray *list,
            const char *date)
{
    const MailsimTime now_us = mailsim_imap_server_get_now(server);
    g_autofree char *refusal = NULL;
    MailsimMailbox *mailbox;

    appended->received_us = now_us;
    if (list != NULL && !mailsim_imap_server_parse_flags(server, list, 0, &appended->flags))
        return FALSE;
    if (date != NULL && !mailsim_imap_server_parse_date(date, now_us, &appended->received_us)) {
        mailsim_imap_server_fail(server, "Invalid internal date");
        return FALSE;
    }
    mailbox = mailsim_imap_server_find_target(server, server->append.name, &refusal);
    return mailbox == NULL ||
           mailsim_imap_server_add_keywords(server, mailbox, &appended->flags);
}

/* The literal is to come. Where the client waits for leave and does not get it, it does not
 * come. */
static void
expect_message(MailsimImapServer *server, gboolean synchronizing, gsize size)
{
    MailsimImapServerAppend *append = &server->append;

    if (append->refused && synchronizing)
        return;
    append->n_missing = size;
    if (synchronizing)
        g_string_append(server->out, "+ OK\r\n");
    server->state = size > 0 ? MAILSIM_IMAP_EXPECT_MESSAGE : MAILSIM_IMAP_EXPECT_ARGUMENTS;
}

static void
begin_message(MailsimImapServer *server, const GPtrArray *list, const char *date)
{
    MailsimImapServerAppend *append = &server->append;
    MailsimImapServerAppended *appended = g_new0(MailsimImapServerAppended, 1);
    const gboolean synchronizing = server->reader.invites;
    const gsize size = server->reader.literal_size;

    appended->text = g_string_new(NULL);
    g_ptr_array_add(append->messages, appended);
    if (!parse_parts(server, appended, list, date))
        return;
    if (size == 0)
        refuse(server, EMPTY);
    else if (append->messages->len > MAILSIM_MESSAGES_MAX)
        refuse(server, FULL);
    else if (size > MAILSIM_APPEND_MAX_BYTES - append->size)
        refuse(server, TOO_LARGE);
    append->size += size;
    expect_message(server, synchronizing, size);
}

/* Dovecot says so only once it has heard a line more. */
static void
fail_later(MailsimImapServer *server)
{
    server->append.fails = TRUE;
    server->state = MAILSIM_IMAP_EXPECT_ARGUMENTS;
}

static void
hear_parts(MailsimImapServer *server)
{
    const GPtrArray *arguments = server->reader.arguments;
    const GPtrArray *list;
    const char *date;
    const gboolean well_formed = find_parts(server, &list, &date);
    const MailsimImapArgument *last =
        arguments->len > 0 ? g_ptr_array_index(arguments, arguments->len - 1) : NULL;
    const gboolean announced = last != NULL && last->kind == MAILSIM_IMAP_LITERAL;

    if (server->append.refused) {
        if (announced)
            expect_message(server, server->reader.invites, server->reader.literal_size);
    } else if (last == NULL) {
        finish_append(server);
    } else if (well_formed) {
        begin_message(server, list, date);
    } else if (announced) {
        fail_later(server);
    } else {
        mailsim_imap_server_fail(server, "Invalid arguments");
    }
}

/* ---- lines ------------------------------------------------------------------------------- */

/* What cannot be read is said; what is left of the line is a command of its own. */
static void
fail_to_read(MailsimImapServer *server)
{
    const gsize offset = server->reader.offset;

    if (server->append.refused)
        return;
    mailsim_imap_server_fail(server, server->reader.problem);
    mailsim_imap_server_clear_append(server);
    if (!server->ended && !server->cut)
        mailsim_imap_server_hear_command(server, server->line + offset,
                                         server->line_length - offset);
}

static void
read_parts(MailsimImapServer *server)
{
    switch (mailsim_imap_server_read(server)) {
    case MAILSIM_IMAP_READ_DONE:
        hear_parts(server);
        break;
    case MAILSIM_IMAP_READ_LINE:
        server->reader.offset = 0;
        server->state = MAILSIM_IMAP_EXPECT_ARGUMENTS;
        break;
    case MAILSIM_IMAP_READ_LITERAL:
    case MAILSIM_IMAP_READ_FAILED:
        fail_to_read(server);
        break;
    case MAILSIM_IMAP_READ_TOO_BIG:
        break;
    }
}

static void
begin_parts(MailsimImapServer *server, gsize offset)
{
    mailsim_imap_server_begin_reader(server, offset);
    server->reader.literal_sizes = TRUE;
    read_parts(server);
}

/* It goes on where more is to come. */
static void
go_on(MailsimImapServer *server)
{
    if (server->state == MAILSIM_IMAP_EXPECT_COMMAND)
        mailsim_imap_server_clear_append(server);
}

/* The name of the mailbox has come; the rest is read in a way of its own. */
void
mailsim_imap_server_do_append(MailsimImapServer *server)
{
    MailsimImapServerAppend *append = &server->append;
    const gsize offset = server->reader.offset;
    g_autofree char *refusal = NULL;

    append->messages = g_ptr_array_new_with_free_func(free_appended);
    append->name = g_strdup(mailsim_imap_server_get_string(server, 0));
    append->begun_us = mailsim_imap_server_get_now(server);
    if (mailsim_imap_server_find_target(server, append->name, &refusal) == NULL)
        refuse(server, refusal);
    begin_parts(server, offset);
    go_on(server);
}

void
mailsim_imap_server_continue_append(MailsimImapServer *server)
{
    if (server->append.fails)
        mailsim_imap_server_fail(server, "Invalid arguments");
    else if (server->reader.arguments != NULL && server->reader.open->len > 0)
        read_parts(server);
    else
        begin_parts(server, 0);
    go_on(server);
}

/* ---- the message ------------------------------------------------------------------------- */

gsize
mailsim_imap_server_count_message_bytes(const MailsimImapServer *server)
{
    return MIN(server->append.n_missing, PIECE_BYTES);
}

void
mailsim_imap_server_hear_message(MailsimImapServer *server, const MailsimInput *input)
{
    MailsimImapServerAppend *append = &server->append;

    server->tally.n_in += input->length;
    append->n_missing -= input->length;
    if (!append->refused) {
        MailsimImapServerAppended *last =
            g_ptr_array_index(append->messages, append->messages->len - 1);

        g_string_append_len(last->text, input->text, (gssize)input->length);
    }
    if (append->n_missing == 0)
        server->state = MAILSIM_IMAP_EXPECT_ARGUMENTS;
}
