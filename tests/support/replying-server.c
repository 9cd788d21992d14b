/* SPDX-License-Identifier: MIT
 *
 * As the scripted server of the recordings: without a reply of its own, a command gets what any
 * server says. */
#include "replying-server.h"

#include <string.h>

#define DEFAULT_EHLO                                                                           \
    "PIPELINING | SIZE 10240000 | ENHANCEDSTATUSCODES | 8BITMIME | DSN | SMTPUTF8"

typedef struct {
    MailsimSession session;
    ReplyingScript *script;
    gboolean secured;
    gboolean mail_taken;
    gboolean in_message;
    gboolean in_login;
    gboolean silent;
    guint n_recipients;
    gboolean resting; /* before it says what is held back, and goes on so: */
    GString *held;
    MailsimWant then;
} ReplyingServer;

static void
unref_array(gpointer data)
{
    g_ptr_array_unref(data);
}

ReplyingScript *
replying_script_new(void)
{
    ReplyingScript *script = g_new0(ReplyingScript, 1);

    script->ehlo = g_strdup(DEFAULT_EHLO);
    script->replies = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_array);
    script->asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return script;
}

void
replying_script_free(ReplyingScript *script)
{
    g_free(script->ehlo);
    g_free(script->ehlo_tls);
    g_hash_table_unref(script->replies);
    g_hash_table_unref(script->asked);
    g_free(script);
}

void
replying_script_add(ReplyingScript *script, const char *key, const char *reply)
{
    GPtrArray *replies = g_hash_table_lookup(script->replies, key);

    if (replies == NULL) {
        replies = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(script->replies, g_strdup(key), replies);
    }
    g_ptr_array_add(replies, g_strdup(reply));
}

/* The reply to KEY this time; NULL: it has none of its own. */
static const char *
find_reply(const ReplyingServer *server, const char *key)
{
    GPtrArray *replies = g_hash_table_lookup(server->script->replies, key);
    guint n_asked = GPOINTER_TO_UINT(g_hash_table_lookup(server->script->asked, key));

    if (replies == NULL)
        return NULL;
    g_hash_table_replace(server->script->asked, g_strdup(key), GUINT_TO_POINTER(n_asked + 1));
    return g_ptr_array_index(replies, MIN(n_asked, replies->len - 1));
}

/* Say TEXT, its lines parted by “\n”; “; hangup” ends the conversation after it. */
static MailsimWant
say(ReplyingServer *server, GString *out, const char *text, MailsimWant then)
{
    g_autofree char *copy = g_strdup(text);
    char *hangup = strstr(copy, "; hangup");
    g_auto(GStrv) lines = NULL;

    if (g_str_equal(copy, "hangup"))
        return MAILSIM_WANT_END;
    server->silent |= g_str_equal(copy, "silence");
    if (server->silent)
        return MAILSIM_WANT_LINE;
    if (hangup != NULL)
        *hangup = '\0';
    lines = g_strsplit(copy, "\\n", -1);
    for (guint i = 0; lines[i] != NULL; i++)
        g_string_append_printf(out, "%s\r\n", lines[i]);
    return hangup != NULL ? MAILSIM_WANT_END : then;
}

static MailsimWant
greet(MailsimSession *session, GString *out)
{
    ReplyingServer *server = (ReplyingServer *)session;
    const char *banner = find_reply(server, "banner");
    const char *name = find_reply(server, "name");
    g_autofree char *usual =
        g_strdup_printf("220 %s ESMTP", name != NULL ? name : "mx.fake.example");

    return say(server, out, banner != NULL ? banner : usual, MAILSIM_WANT_LINE);
}

static void
append_keywords(ReplyingServer *server, GString *out)
{
    const ReplyingScript *script = server->script;
    const gboolean differ = server->secured && script->ehlo_tls != NULL;
    g_auto(GStrv) keywords = g_strsplit(differ ? script->ehlo_tls : script->ehlo, " | ", -1);
    const char *name = find_reply(server, "name");
    const char *last = name != NULL ? name : "mx.fake.example";

    for (guint i = 0; keywords[i] != NULL; i++) {
        if (keywords[i][0] == '\0' || (server->secured && g_str_equal(keywords[i], "STARTTLS")))
            continue;
        g_string_append_printf(out, "250-%s\r\n", last);
        last = keywords[i];
    }
    g_string_append_printf(out, "250 %s\r\n", last);
}

static MailsimWant
hear_mail(ReplyingServer *server, const char *reply, GString *out)
{
    if (reply == NULL)
        reply = "250 2.1.0 Ok";
    server->n_recipients = 0;
    server->mail_taken = reply[0] == '2';
    return say(server, out, reply, MAILSIM_WANT_LINE);
}

static MailsimWant
hear_rcpt(ReplyingServer *server, const char *line, GString *out)
{
    const char *path = strchr(line, '<');
    g_autofree char *key = g_strdup_printf("RCPT%.*s", (int)(strcspn(path, ">") + 1), path);
    const char *reply = find_reply(server, key);

    if (reply == NULL)
        reply = find_reply(server, "RCPT");
    if (!server->mail_taken)
        reply = "503 5.5.1 Error: need MAIL command";
    if (reply == NULL)
        reply = "250 2.1.5 Ok";
    server->n_recipients += reply[0] == '2' ? 1 : 0;
    return say(server, out, reply, MAILSIM_WANT_LINE);
}

static MailsimWant
hear_data(ReplyingServer *server, const char *reply, GString *out)
{
    const gboolean lax = g_hash_table_contains(server->script->replies, "lax");
    MailsimWant want;

    if (reply == NULL || (server->n_recipients == 0 && !lax))
        reply = server->n_recipients > 0 || lax ? "354 End data with <CR><LF>.<CR><LF>"
                : server->mail_taken            ? "554 5.5.1 Error: no valid recipients"
                                                : "503 5.5.1 Error: need RCPT command";
    if (g_str_equal(reply, "354 hangup")) {
        g_string_append(out, "354 go on\r\n");
        return MAILSIM_WANT_END;
    }
    want = say(server, out, reply, MAILSIM_WANT_TEXT);
    server->in_message = out->str[0] == '3';
    return want == MAILSIM_WANT_TEXT && !server->in_message ? MAILSIM_WANT_LINE : want;
}

static MailsimWant
hear_dot(ReplyingServer *server, GString *out)
{
    const char *reply = find_reply(server, "DOT");
    server->in_message = FALSE;
    return say(server, out, reply != NULL ? reply : "250 2.0.0 Ok: queued as FAKE",
               MAILSIM_WANT_LINE);
}

static MailsimWant
hear_starttls(ReplyingServer *server, const char *reply, GString *out)
{
    const char *tls = find_reply(server, "tls");

    if (reply != NULL && reply[0] != '2')
        return say(server, out, reply, MAILSIM_WANT_LINE);
    g_string_append(out, "220 2.0.0 Ready to start TLS\r\n");
    if (g_strcmp0(tls, "hangup") == 0)
        return MAILSIM_WANT_END;
    if (g_strcmp0(tls, "garbage") == 0)
        return MAILSIM_WANT_LINE;
    return MAILSIM_WANT_TLS;
}

static MailsimWant
hear_command(ReplyingServer *server, const char *line, GString *out)
{
    g_autofree char *verb = g_ascii_strup(line, (gssize)strcspn(line, " "));
    const gboolean is_rcpt = g_str_equal(verb, "RCPT");
    const char *reply = is_rcpt ? NULL : find_reply(server, verb);

    if (is_rcpt)
        return hear_rcpt(server, line, out);
    if (g_str_equal(verb, "MAIL"))
        return hear_mail(server, reply, out);
    if (g_str_equal(verb, "DATA"))
        return hear_data(server, reply, out);
    if (g_str_equal(verb, "STARTTLS"))
        return hear_starttls(server, reply, out);
    if (g_str_equal(verb, "AUTH") && reply != NULL)
        server->in_login = reply[0] == '3';
    if (g_str_equal(verb, "QUIT"))
        return say(server, out, reply != NULL ? reply : "221 2.0.0 Bye", MAILSIM_WANT_END);
    if (g_str_equal(verb, "EHLO") && reply == NULL) {
        append_keywords(server, out);
        return MAILSIM_WANT_LINE;
    }
    return say(server, out, reply != NULL ? reply : "250 2.0.0 Ok", MAILSIM_WANT_LINE);
}

static MailsimWant
answer(ReplyingServer *server, const MailsimInput *input, GString *out)
{
    if (server->silent)
        return MAILSIM_WANT_LINE;
    if (server->in_message)
        return g_str_equal(input->text, ".") ? hear_dot(server, out) : MAILSIM_WANT_TEXT;
    if (server->in_login) {
        const char *reply = find_reply(server, "AUTH2");

        server->in_login = reply != NULL && reply[0] == '3';
        return say(server, out, reply != NULL ? reply : "235 2.7.0 Authentication successful",
                   MAILSIM_WANT_LINE);
    }
    return hear_command(server, input->text, out);
}

/* “slow 1”: each reply waits for a second. */
static gint64
get_slowness_us(const ReplyingServer *server)
{
    const GPtrArray *slow = g_hash_table_lookup(server->script->replies, "slow");

    return slow != NULL
               ? (gint64)(g_ascii_strtod(g_ptr_array_index(slow, 0), NULL) * G_USEC_PER_SEC)
               : 0;
}

static MailsimWant
hold_back(ReplyingServer *server, MailsimWant want, GString *out)
{
    if (get_slowness_us(server) == 0 || out->len == 0)
        return want;
    g_string_append(server->held, out->str);
    g_string_truncate(out, 0);
    server->then = want;
    server->resting = TRUE;
    return MAILSIM_WANT_REST;
}

static MailsimWant
rested(MailsimSession *session, GString *out)
{
    ReplyingServer *server = (ReplyingServer *)session;

    server->resting = FALSE;
    g_string_append(out, server->held->str);
    g_string_truncate(server->held, 0);
    return server->then;
}

static gint64
get_patience(MailsimSession *session)
{
    const ReplyingServer *server = (const ReplyingServer *)session;

    return server->resting ? get_slowness_us(server) : 0;
}

static MailsimWant
begin(MailsimSession *session, GString *out)
{
    return hold_back((ReplyingServer *)session, greet(session, out), out);
}

static MailsimWant
heard(MailsimSession *session, const MailsimInput *input, GString *out)
{
    ReplyingServer *server = (ReplyingServer *)session;

    return hold_back(server, answer(server, input, out), out);
}

static MailsimWant
secured(MailsimSession *session,
        G_GNUC_UNUSED const MailsimTlsInfo *tls,
        G_GNUC_UNUSED GString *out)
{
    ((ReplyingServer *)session)->secured = TRUE;
    return MAILSIM_WANT_LINE;
}

static void
lost(G_GNUC_UNUSED MailsimSession *session, G_GNUC_UNUSED MailsimLoss why)
{
}

static void
free_server(MailsimSession *session)
{
    g_string_free(((ReplyingServer *)session)->held, TRUE);
    g_free(session);
}

static const MailsimSessionClass replying_class = {
    .begin = begin,
    .heard = heard,
    .rested = rested,
    .get_patience = get_patience,
    .secured = secured,
    .lost = lost,
    .free = free_server,
};

MailsimSession *
replying_server_new(ReplyingScript *script)
{
    ReplyingServer *server = g_new0(ReplyingServer, 1);

    server->session.class = &replying_class;
    server->script = script;
    server->held = g_string_new(NULL);
    return &server->session;
}
