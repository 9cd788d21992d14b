/* SPDX-License-Identifier: MIT
 *
 * PLAIN (RFC 4616) and LOGIN, without a library. */
#include "alice-login.h"

#include <string.h>

static const char *
get_password(const AliceLogin *login)
{
    return login->password != NULL ? login->password : "alicepw";
}

static char *
encode(const char *bytes, gsize length)
{
    return g_base64_encode((const guchar *)bytes, length);
}

static char *
start_login(gpointer data,
            const char *mechanisms,
            G_GNUC_UNUSED gboolean secured,
            char **initial)
{
    const AliceLogin *login = data;
    gboolean cancels = g_str_equal(login->mechanism, "CANCEL");
    const char *wanted = cancels ? "PLAIN" : login->mechanism;
    g_auto(GStrv) offered = g_strsplit(mechanisms, " ", -1);

    *initial = NULL;
    if (!g_strv_contains((const char *const *)offered, wanted))
        return NULL;
    if (g_str_equal(login->mechanism, "PLAIN")) {
        g_autoptr(GString) message = g_string_new_len("\0alice", 6);

        g_string_append_len(message, "", 1);
        g_string_append(message, get_password(login));
        *initial = encode(message->str, message->len);
    }
    return g_strdup(wanted);
}

static char *
answer_challenge(gpointer data, G_GNUC_UNUSED const char *challenge)
{
    AliceLogin *login = data;
    const char *answer = login->n_challenges++ == 0 ? "alice" : get_password(login);

    if (g_str_equal(login->mechanism, "CANCEL"))
        return NULL;
    return encode(answer, strlen(answer));
}

MailsimSaslClient
alice_login_get_client(AliceLogin *login)
{
    return (MailsimSaslClient){
        .start = login->mechanism != NULL ? start_login : NULL,
        .step = answer_challenge,
        .data = login,
    };
}
