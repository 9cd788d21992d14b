/* SPDX-License-Identifier: MIT
 *
 * A session that follows a table, row by row. */
#include "scripted-server.h"

typedef struct {
    MailsimSession session;
    const ScriptLine *next;
    MailsimWant want;
    gboolean greets_inside; /* TLS comes before the first word */
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
secured(MailsimSession *session, G_GNUC_UNUSED const MailsimTlsInfo *tls, GString *out)
{
    ScriptedServer *server = (ScriptedServer *)session;

    if (!server->greets_inside)
        return MAILSIM_WANT_LINE;
    server->greets_inside = FALSE;
    return say_next(session, out);
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
    server->greets_inside = script[0].says[0] == '\0' && script[0].then == MAILSIM_WANT_TLS;
    return &server->session;
}
