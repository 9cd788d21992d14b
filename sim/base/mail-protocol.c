/* SPDX-License-Identifier: MIT
 *
 * Protocols, and the ports that stand for them. */
#include <mailsim/base/mail-protocol.h>

static const struct {
    guint port;
    MailsimProtocol protocol;
    gboolean implicit_tls;
} ports[] = {
    {143, MAILSIM_PROTOCOL_IMAP, FALSE},
    {993, MAILSIM_PROTOCOL_IMAP, TRUE },
    {110, MAILSIM_PROTOCOL_POP3, FALSE},
    {995, MAILSIM_PROTOCOL_POP3, TRUE },
    {465, MAILSIM_PROTOCOL_SMTP, TRUE },
};

const char *
mailsim_protocol_get_name(MailsimProtocol protocol)
{
    static const char *const names[] = {
        [MAILSIM_PROTOCOL_SMTP] = "smtp",
        [MAILSIM_PROTOCOL_IMAP] = "imap",
        [MAILSIM_PROTOCOL_POP3] = "pop3",
    };

    return names[protocol];
}

MailsimProtocol
mailsim_protocol_of_port(guint port)
{
    for (guint i = 0; i < G_N_ELEMENTS(ports); i++) {
        if (ports[i].port == port)
            return ports[i].protocol;
    }
    return MAILSIM_PROTOCOL_SMTP;
}

gboolean
mailsim_port_has_implicit_tls(guint port)
{
    for (guint i = 0; i < G_N_ELEMENTS(ports); i++) {
        if (ports[i].port == port)
            return ports[i].implicit_tls;
    }
    return FALSE;
}
