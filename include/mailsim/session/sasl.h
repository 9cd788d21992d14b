/* SPDX-License-Identifier: MIT
 *
 * What a server's session hears of a login that it has passed on to who knows passwords (RFC
 * 4422). */
#pragma once

typedef enum {
    MAILSIM_SASL_OK,          /* *text is the user's name */
    MAILSIM_SASL_CONTINUE,    /* *text is a challenge, base64 */
    MAILSIM_SASL_FAILED,      /* *text is the reason */
    MAILSIM_SASL_UNAVAILABLE, /* nobody judges now; *text is the reason */
} MailsimSaslResult;
