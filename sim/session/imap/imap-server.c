/* SPDX-License-Identifier: MIT
 *
 * An IMAP server from the login on, as Dovecot's imap(1) answers. The command table says which
 * commands there are and what they need; what each does is in the file that the table's line
 * names. Here is what holds for all of them, and how the session hears and ends. */
#include "imap-server-private.h"

#include <string.h>

#include <mailsim/base/limits.h>

#define LINE_LENGTH_MAX (64 * 1024)
#define PATIENCE_US     (30 * MAILSIM_MINUTE)
#define STILL_HERE_US   (2 * MAILSIM_MINUTE)

#define MAILBOX MAILSIM_IMAP_NEEDS_MAILBOX
#define STRINGS MAILSIM_IMAP_NEEDS_STRINGS
#define ALONE   MAILSIM_IMAP_STANDS_ALONE
#define ALL     MAILSIM_IMAP_ALL_ARGUMENTS

/* clang-format off */
static const MailsimImapServerCommand commands[] = {
    /* name          flags              arguments  handler                            syntax                                       reference */
    {"CAPABILITY",   0,                 0,   mailsim_imap_server_do_capability,  "CAPABILITY",                                "RFC 3501 §6.1.1" },
    {"NOOP",         0,                 0,   mailsim_imap_server_do_noop,        "NOOP",                                      "RFC 3501 §6.1.2" },
    {"LOGOUT",       ALONE,             0,   mailsim_imap_server_do_logout,      "LOGOUT",                                    "RFC 3501 §6.1.3" },
    {"ID",           0,                 ALL, mailsim_imap_server_do_id,          "ID (field value …) | NIL",                  "RFC 2971 §3.1"   },
    {"ENABLE",       0,                 ALL, mailsim_imap_server_do_enable,      "ENABLE extension …",                        "RFC 5161 §3.1"   },
    {"NAMESPACE",    0,                 0,   mailsim_imap_server_do_namespace,   "NAMESPACE",                                 "RFC 2342 §5"     },
    {"SELECT",       ALONE,             ALL, mailsim_imap_server_do_select,      "SELECT mailbox",                            "RFC 3501 §6.3.1" },
    {"EXAMINE",      ALONE,             ALL, mailsim_imap_server_do_examine,     "EXAMINE mailbox",                           "RFC 3501 §6.3.2" },
    {"CREATE",       STRINGS,           1,   mailsim_imap_server_do_create,      "CREATE mailbox",                            "RFC 3501 §6.3.3" },
    {"DELETE",       STRINGS | ALONE,   1,   mailsim_imap_server_do_delete,      "DELETE mailbox",                            "RFC 3501 §6.3.4" },
    {"RENAME",       STRINGS,           2,   mailsim_imap_server_do_rename,      "RENAME mailbox mailbox",                    "RFC 3501 §6.3.5" },
    {"SUBSCRIBE",    STRINGS,           1,   mailsim_imap_server_do_subscribe,   "SUBSCRIBE mailbox",                         "RFC 3501 §6.3.6" },
    {"UNSUBSCRIBE",  STRINGS,           1,   mailsim_imap_server_do_unsubscribe, "UNSUBSCRIBE mailbox",                       "RFC 3501 §6.3.7" },
    {"LIST",         0,                 ALL, mailsim_imap_server_do_list,        "LIST reference pattern",                    "RFC 3501 §6.3.8" },
    {"LSUB",         0,                 ALL, mailsim_imap_server_do_lsub,        "LSUB reference pattern",                    "RFC 3501 §6.3.9" },
    {"XLIST",        0,                 ALL, mailsim_imap_server_do_list,        "XLIST reference pattern",                   "RFC 6154 §1"     },
    {"STATUS",       0,                 2,   mailsim_imap_server_do_status,      "STATUS mailbox (item …)",                   "RFC 3501 §6.3.10"},
    {"APPEND",       STRINGS,           1,   mailsim_imap_server_do_append,      "APPEND mailbox [(flag …)] [date] literal …", "RFC 3501 §6.3.11"},
    {"IDLE",         ALONE,             0,   mailsim_imap_server_do_idle,        "IDLE",                                      "RFC 2177 §3"     },
    {"CHECK",        MAILBOX,           0,   mailsim_imap_server_do_check,       "CHECK",                                     "RFC 3501 §6.4.1" },
    {"CLOSE",        MAILBOX | ALONE,   0,   mailsim_imap_server_do_close,       "CLOSE",                                     "RFC 3501 §6.4.2" },
    {"UNSELECT",     MAILBOX | ALONE,   0,   mailsim_imap_server_do_unselect,    "UNSELECT",                                  "RFC 3691 §2"     },
    {"EXPUNGE",      MAILBOX,           0,   mailsim_imap_server_do_expunge,     "EXPUNGE",                                   "RFC 3501 §6.4.3" },
    {"UID EXPUNGE",  MAILBOX | STRINGS, 1,   mailsim_imap_server_do_uid_expunge, "UID EXPUNGE set",                           "RFC 4315 §2.1"   },
    {"SEARCH",       MAILBOX,           ALL, mailsim_imap_server_do_search,      "SEARCH [CHARSET name] key …",               "RFC 3501 §6.4.4" },
    {"UID SEARCH",   MAILBOX,           ALL, mailsim_imap_server_do_search,      "UID SEARCH [CHARSET name] key …",           "RFC 3501 §6.4.8" },
    {"FETCH",        MAILBOX,           ALL, mailsim_imap_server_do_fetch,       "FETCH set item | (item …)",                 "RFC 3501 §6.4.5" },
    {"UID FETCH",    MAILBOX,           ALL, mailsim_imap_server_do_fetch,       "UID FETCH set item | (item …)",             "RFC 3501 §6.4.8" },
    {"STORE",        MAILBOX,           ALL, mailsim_imap_server_do_store,       "STORE set [+|-]FLAGS[.SILENT] (flag …)",    "RFC 3501 §6.4.6" },
    {"UID STORE",    MAILBOX,           ALL, mailsim_imap_server_do_store,       "UID STORE set [+|-]FLAGS[.SILENT] (flag …)", "RFC 3501 §6.4.8" },
    {"COPY",         MAILBOX | STRINGS, 2,   mailsim_imap_server_do_copy,        "COPY set mailbox",                          "RFC 3501 §6.4.7" },
    {"UID COPY",     MAILBOX | STRINGS, 2,   mailsim_imap_server_do_copy,        "UID COPY set mailbox",                      "RFC 3501 §6.4.8" },
    {"MOVE",         MAILBOX | STRINGS, 2,   mailsim_imap_server_do_move,        "MOVE set mailbox",                          "RFC 6851 §3.1"   },
    {"UID MOVE",     MAILBOX | STRINGS, 2,   mailsim_imap_server_do_move,        "UID MOVE set mailbox",                      "RFC 6851 §3.2"   },
};

/* What is announced, in Dovecot's order. */
static const MailsimFeature extensions[] = {
    {"IMAP4rev1",       NULL, "RFC 3501"},
    {"SASL-IR",         NULL, "RFC 4959"},
    {"LOGIN-REFERRALS", NULL, "RFC 2221"},
    {"ID",              NULL, "RFC 2971"},
    {"ENABLE",          NULL, "RFC 5161"},
    {"IDLE",            NULL, "RFC 2177"},
    {"MULTIAPPEND",     NULL, "RFC 3502"},
    {"UNSELECT",        NULL, "RFC 3691"},
    {"CHILDREN",        NULL, "RFC 3348"},
    {"NAMESPACE",       NULL, "RFC 2342"},
    {"UIDPLUS",         NULL, "RFC 4315"},
    {"MOVE",            NULL, "RFC 6851"},
    {"STATUS=SIZE",     NULL, "RFC 8438"},
    {"LITERAL+",        NULL, "RFC 7888"},
};
/* clang-format on */

#define CAPABILITIES                                                                           \
    "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE MULTIAPPEND UNSELECT CHILDREN "          \
    "NAMESPACE UIDPLUS MOVE STATUS=SIZE LITERAL+"

const MailsimImapServerCommand *
mailsim_imap_server_find_command(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

const char *
mailsim_imap_server_get_capabilities(void)
{
    return CAPABILITIES;
}

gboolean
mailsim_imap_server_get_command(guint index, MailsimFeature *command)
{
    if (index >= G_N_ELEMENTS(commands))
        return FALSE;
    command->name = commands[index].name;
    command->syntax = commands[index].syntax;
    command->reference = commands[index].reference;
    return TRUE;
}

gboolean
mailsim_imap_server_get_extension(guint index, MailsimFeature *extension)
{
    if (index >= G_N_ELEMENTS(extensions))
        return FALSE;
    *extension = extensions[index];
    return TRUE;
}

MailsimTime
mailsim_imap_server_get_now(const MailsimImapServer *server)
{
    return server->policy != NULL && server->policy->get_now != NULL
               ? server->policy->get_now(server->data)
               : 0;
}

/* ---- the session ------------------------------------------------------------------------- */

/* A FETCH that has much to say rests now and then, so that it is taken meanwhile; a SEARCH that
 * has much to do, so that others get their turn. */
static MailsimWant
choose_want(const MailsimImapServer *server)
{
    if (server->ended)
        return MAILSIM_WANT_END;
    if (server->fetch.items != NULL || server->search.program != NULL)
        return MAILSIM_WANT_REST;
    switch (server->state) {
    case MAILSIM_IMAP_EXPECT_COMMAND:
    case MAILSIM_IMAP_EXPECT_ARGUMENTS:
        return MAILSIM_WANT_TEXT;
    case MAILSIM_IMAP_EXPECT_LITERAL:
    case MAILSIM_IMAP_EXPECT_MESSAGE:
        return MAILSIM_WANT_BYTES;
    case MAILSIM_IMAP_EXPECT_LINE_END:
    case MAILSIM_IMAP_EXPECT_DONE:
        return MAILSIM_WANT_LINE;
    }
    g_assert_not_reached();
}

/* What was said in this call is all. */
static MailsimWant
end_call(MailsimImapServer *server)
{
    server->tally.n_out += server->out->len;
    server->out = NULL;
    server->line = NULL;
    server->want = choose_want(server);
    return server->want;
}

/* Something was heard or gone on with: what is pending is said, unless it may wait for the line
 * behind. */
static MailsimWant
end_turn(MailsimImapServer *server)
{
    if (!server->more_waits || !mailsim_imap_server_may_wait(server))
        mailsim_imap_server_settle(server);
    return end_call(server);
}

static MailsimWant
begin(MailsimSession *session, GString *out)
{
    MailsimImapServer *server = (MailsimImapServer *)session;

    server->out = out;
    server->input_us = mailsim_imap_server_get_now(server);
    return end_call(server);
}

static void
hear(MailsimImapServer *server, const MailsimInput *input)
{
    switch (server->state) {
    case MAILSIM_IMAP_EXPECT_COMMAND:
    case MAILSIM_IMAP_EXPECT_ARGUMENTS:
    case MAILSIM_IMAP_EXPECT_LINE_END:
    case MAILSIM_IMAP_EXPECT_DONE:
        mailsim_imap_server_hear_line(server, input);
        break;
    case MAILSIM_IMAP_EXPECT_LITERAL:
        mailsim_imap_server_hear_literal(server, input);
        break;
    case MAILSIM_IMAP_EXPECT_MESSAGE:
        mailsim_imap_server_hear_message(server, input);
        break;
    }
}

static MailsimWant
heard(MailsimSession *session, const MailsimInput *input, GString *out)
{
    MailsimImapServer *server = (MailsimImapServer *)session;

    server->out = out;
    server->input_us = mailsim_imap_server_get_now(server);
    server->more_waits = memchr(input->waiting, '\n', input->n_waiting) != NULL;
    hear(server, input);
    if (!server->ended)
        server->n_behind = 0;
    return end_turn(server);
}

static MailsimWant
rested(MailsimSession *session, GString *out)
{
    MailsimImapServer *server = (MailsimImapServer *)session;

    server->out = out;
    if (server->fetch.items != NULL)
        mailsim_imap_server_continue_fetch(server);
    else
        mailsim_imap_server_continue_search(server);
    return end_turn(server);
}

static MailsimWant
noticed(MailsimSession *session, GString *out)
{
    MailsimImapServer *server = (MailsimImapServer *)session;

    server->out = out;
    mailsim_imap_server_notice(server);
    return end_call(server);
}

/* What it had heard of a command that was under way. */
static void
count_left(MailsimImapServer *server)
{
    const MailsimSession *session = &server->session;

    if (server->state == MAILSIM_IMAP_EXPECT_MESSAGE)
        server->tally.n_in += session->n_left;
    else if (session->left != NULL && server->state == MAILSIM_IMAP_EXPECT_COMMAND)
        server->tally.n_in += mailsim_imap_server_count_words(session->left, session->n_left);
}

static MailsimWant
timed_out(MailsimSession *session, GString *out)
{
    MailsimImapServer *server = (MailsimImapServer *)session;
    g_autofree char *reason = NULL;

    server->out = out;
    if (server->state == MAILSIM_IMAP_EXPECT_DONE) {
        mailsim_imap_server_wake_idle(server);
        return end_call(server);
    }
    count_left(server);
    mailsim_imap_server_say(server, "* BYE Disconnected for inactivity.");
    reason = g_strdup_printf("Inactivity - no input for %" G_GINT64_FORMAT " secs",
                             PATIENCE_US / MAILSIM_SECOND);
    mailsim_imap_server_log_end(server, reason);
    return end_call(server);
}

static void
lost(MailsimSession *session, G_GNUC_UNUSED MailsimLoss why)
{
    MailsimImapServer *server = (MailsimImapServer *)session;

    count_left(server);
    mailsim_imap_server_log_loss(server, session->left, session->n_left);
}

static gint64
get_patience(MailsimSession *session)
{
    const MailsimImapServer *server = (const MailsimImapServer *)session;

    if (server->want == MAILSIM_WANT_REST)
        return 1;
    if (server->state == MAILSIM_IMAP_EXPECT_DONE)
        return mailsim_imap_server_get_idle_patience(server);
    return PATIENCE_US;
}

/* Several arguments may be longer together than each of them. */
static gsize
get_line_max(MailsimSession *session)
{
    return 2 * ((const MailsimImapServer *)session)->options.line_length_max;
}

static gsize
count_bytes(MailsimSession *session)
{
    const MailsimImapServer *server = (const MailsimImapServer *)session;

    return server->state == MAILSIM_IMAP_EXPECT_LITERAL
               ? server->reader.literal_size
               : mailsim_imap_server_count_message_bytes(server);
}

static const char *
waits_for(MailsimSession *session)
{
    switch (((const MailsimImapServer *)session)->state) {
    case MAILSIM_IMAP_EXPECT_COMMAND:
    case MAILSIM_IMAP_EXPECT_ARGUMENTS:
    case MAILSIM_IMAP_EXPECT_LITERAL:
    case MAILSIM_IMAP_EXPECT_LINE_END:
        return "command";
    case MAILSIM_IMAP_EXPECT_MESSAGE:
        return "message";
    case MAILSIM_IMAP_EXPECT_DONE:
        return NULL;
    }
    g_assert_not_reached();
}

/* ---- life -------------------------------------------------------------------------------- */

static void
free_server(MailsimSession *session)
{
    MailsimImapServer *server = (MailsimImapServer *)session;

    mailsim_imap_server_clear_append(server);
    mailsim_imap_server_clear_fetch(server);
    mailsim_imap_server_clear_search(server);
    mailsim_imap_server_unselect(server);
    mailsim_imap_reader_clear(&server->reader);
    g_ptr_array_unref(server->pending);
    g_free(server->tag);
    g_free(server->name);
    g_free(server->last_name);
    g_free(server);
}

static const MailsimSessionClass server_class = {
    .begin = begin,
    .heard = heard,
    .rested = rested,
    .timed_out = timed_out,
    .noticed = noticed,
    .lost = lost,
    .get_patience = get_patience,
    .get_line_max = get_line_max,
    .count_bytes = count_bytes,
    .waits_for = waits_for,
    .free = free_server,
};

MailsimSession *
mailsim_imap_server_new(const MailsimImapServerOptions *options,
                        MailsimMailStore *store,
                        const MailsimImapServerPolicy *policy,
                        gpointer data)
{
    MailsimImapServer *server = g_new0(MailsimImapServer, 1);

    server->session.class = &server_class;
    server->options = *options;
    if (server->options.line_length_max == 0)
        server->options.line_length_max = LINE_LENGTH_MAX;
    server->options.line_length_max =
        MIN(server->options.line_length_max, MAILSIM_IMAP_LINE_MAX_BYTES);
    if (server->options.idle_notify_us == 0)
        server->options.idle_notify_us = STILL_HERE_US;
    server->store = store;
    server->policy = policy;
    server->data = data;
    server->pending = mailsim_imap_server_new_pending();
    return &server->session;
}
