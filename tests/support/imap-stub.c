/* SPDX-License-Identifier: MIT
 *
 * In the place of the IMAP server, until there is one: it hears all and says nothing. */
#include <mailsim/session/imap-server.h>

extern gboolean imap_stub_was_heard;

static MailsimWant
begin(G_GNUC_UNUSED MailsimSession *session, G_GNUC_UNUSED GString *out)
{
    return MAILSIM_WANT_TEXT;
}

static MailsimWant
heard(G_GNUC_UNUSED MailsimSession *session,
      G_GNUC_UNUSED const MailsimInput *input,
      G_GNUC_UNUSED GString *out)
{
    imap_stub_was_heard = TRUE;
    return MAILSIM_WANT_TEXT;
}

static void
lost(G_GNUC_UNUSED MailsimSession *session, G_GNUC_UNUSED MailsimLoss why)
{
}

static void
free_session(MailsimSession *session)
{
    g_free(session);
}

static const MailsimSessionClass class = {
    .begin = begin,
    .heard = heard,
    .lost = lost,
    .free = free_session,
};

MailsimSession *
mailsim_imap_server_new(G_GNUC_UNUSED const MailsimImapServerOptions *options,
                        G_GNUC_UNUSED MailsimMailStore *store,
                        G_GNUC_UNUSED const MailsimImapServerPolicy *policy,
                        G_GNUC_UNUSED gpointer data)
{
    MailsimSession *session = g_new0(MailsimSession, 1);

    session->class = &class;
    return session;
}

const char *
mailsim_imap_server_get_capabilities(void)
{
    return "IMAP4rev1 SASL-IR ID ENABLE IDLE NAMESPACE";
}
