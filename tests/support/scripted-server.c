/* SPDX-License-Identifier: MIT
 *
 * A session that follows a table, row by row. */
#include "scripted-server.h"

typedef struct {
    MailsimSession session;
    const ScriptLine *next;
    MailsimWant want;
} ScriptedServer;

static MailsimWant
say_next(MailsimSession *session, GString *out)
{
    ScriptedServer *server = (ScriptedServer *)session;
    const ScriptLine *line = server->next;

    if (line->says == NULL)
        return MAILSIM_WANT_END;
    server->next++;
    server->want = line->then;
    g_string_append(out, line->says);
    return line->then;
}

/* Text goes on up to the lone dot. */
static MailsimWant
heard(MailsimSession *session, const MailsimInput *input, GString *out)
{
    const ScriptedServer *server = (const ScriptedServer *)session;

    if (server->want == MAILSIM_WANT_TEXT && !g_str_equal(input->text, "."))
        return MAILSIM_WANT_TEXT;
    return say_next(session, out);
}

static MailsimWant
secured(G_GNUC_UNUSED MailsimSession *session,
        G_GNUC_UNUSED const MailsimTlsInfo *tls,
        G_GNUC_UNUSED GString *out)
{
    return MAILSIM_WANT_LINE;
}

static void
lost(G_GNUC_UNUSED MailsimSession *session, G_GNUC_UNUSED MailsimLoss why)
{
}

static const char *
waits_for(G_GNUC_UNUSED MailsimSession *session)
{
    return "command";
}

static void
free_server(MailsimSession *session)
{
    g_free(session);
}

static const MailsimSessionClass scripted_class = {
    .begin = say_next,
    .heard = heard,
    .secured = secured,
    .lost = lost,
    .waits_for = waits_for,
    .free = free_server,
};

MailsimSession *
scripted_server_new(const ScriptLine *script)
{
    ScriptedServer *server = g_new0(ScriptedServer, 1);

    server->session.class = &scripted_class;
    server->next = script;
    return &server->session;
}
