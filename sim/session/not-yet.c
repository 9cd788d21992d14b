/* SPDX-License-Identifier: MIT
 *
 * Stands in for what other branches bring; gone when they are merged. */
#include <mailsim/session/imap-login.h>
#include <mailsim/session/pop3-login.h>

MailsimSession *
mailsim_imap_login_new(G_GNUC_UNUSED const MailsimImapLoginOptions *options,
                       G_GNUC_UNUSED const MailsimLoginPolicy *policy,
                       G_GNUC_UNUSED gpointer data)
{
    g_error("not yet");
}
MailsimSession *
mailsim_pop3_login_new(G_GNUC_UNUSED const MailsimPop3LoginOptions *options,
                       G_GNUC_UNUSED const MailsimLoginPolicy *policy,
                       G_GNUC_UNUSED gpointer data)
{
    g_error("not yet");
}
