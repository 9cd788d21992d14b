/* SPDX-License-Identifier: MIT
 *
 * What the client sides of all protocols are told alike: how they use TLS, and who logs them
 * in. */
#pragma once

#include <mailsim/session/session.h>

typedef enum {
    MAILSIM_CLIENT_TLS_NONE,
    MAILSIM_CLIENT_TLS_IF_OFFERED, /* postconf(5) smtp_tls_security_level = may */
    MAILSIM_CLIENT_TLS_REQUIRED,   /* encrypt and above; a mail program's “STARTTLS” */
    MAILSIM_CLIENT_TLS_IMPLICIT,   /* before the first word (RFC 8314 §3) */
} MailsimClientTls;

/* SASL belongs to the lab; the session asks it. Texts are base64, as on the wire. */
typedef struct {
    /* Choose among the MECHANISMS offered (upper case, separated by blanks), SECURED or in the
     * clear. The choice, to be freed, and *initial the initial response or NULL; NULL when none
     * will do. */
    char *(*start)(gpointer data, const char *mechanisms, gboolean secured, char **initial);

    /* The response to a challenge, to be freed; NULL: cancel. */
    char *(*step)(gpointer data, const char *challenge);
    gpointer data;
} MailsimSaslClient;
