/* SPDX-License-Identifier: MIT
 *
 * How alice logs in where a client asks her: by one mechanism, or she thinks again. */
#pragma once

#include <mailsim/session/client.h>

typedef struct {
    const char
        *mechanism; /* by which she logs in; NULL: she does not; “CANCEL”: she thinks again */
    const char *password; /* NULL: the right one */
    guint n_challenges;   /* answered */
} AliceLogin;

/* LOGIN is borrowed. */
MailsimSaslClient alice_login_get_client(AliceLogin *login);
