/* SPDX-License-Identifier: MIT
 *
 * Stands in for what another branch brings; gone when it is merged. */
#include <mailsim/session/imap-server.h>

MailsimSession *
mailsim_imap_server_new(G_GNUC_UNUSED const MailsimImapServerOptions *options,
                        G_GNUC_UNUSED MailsimMailStore *store,
                        G_GNUC_UNUSED const MailsimImapServerPolicy *policy,
                        G_GNUC_UNUSED gpointer data)
{
    g_error("not yet");
}

const char *
mailsim_imap_server_get_capabilities(void)
{
    return "IMAP4rev1";
}
