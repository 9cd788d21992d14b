#include <mailsim/session/imap-login.h>
MailsimSession *
mailsim_imap_login_new(const MailsimImapLoginOptions *options,
                       const MailsimLoginPolicy *policy,
                       gpointer data)
{
    (void)options;(void)policy;(void)data;
    g_error("no imap");
}
