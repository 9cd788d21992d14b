/* SPDX-License-Identifier: MIT
 *
 * Cyrus SASL as a fresh Debian has it: smtpd_sasl_type = cyrus is Postfix's default, the
 * library brings its mechanisms along, and behind them there is no user and no password. So
 * everything is offered, and nobody gets in. */
#include "smtpd-private.h"

#include <string.h>

typedef struct {
    const char *name;
    const char *challenge; /* the first one; every other mechanism lets the client begin */
} Mechanism;

/* In the order in which libsasl2-modules lists them. */
static const Mechanism mechanisms[] = {
    {"SCRAM-SHA-512", ""                                             },
    {"SCRAM-SHA-384", ""                                             },
    {"SCRAM-SHA-256", ""                                             },
    {"SCRAM-SHA-224", ""                                             },
    {"SCRAM-SHA-1",   ""                                             },
    {"DIGEST-MD5",    "nonce=\"lab\",qop=\"auth\",algorithm=md5-sess"},
    {"CRAM-MD5",      "<lab@lab.example>"                            },
    {"NTLM",          ""                                             },
    {"PLAIN",         ""                                             },
    {"LOGIN",         "Username:"                                    },
};

char *
mailsim_cyrus_dup_mechanisms(void)
{
    GString *list = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(mechanisms); i++)
        g_string_append_printf(list, "%s%s", i > 0 ? " " : "", mechanisms[i].name);
    return g_string_free(list, FALSE);
}

static MailsimSaslResult
fail(const char *reason, char **text)
{
    *text = g_strdup(reason);
    return MAILSIM_SASL_FAILED;
}

void
mailsim_cyrus_clear(MailsimCyrus *cyrus)
{
    g_clear_pointer(&cyrus->user, g_free);
    g_clear_pointer(&cyrus->complaint, g_free);
}

static void
complain(MailsimCyrus *cyrus, const char *words)
{
    g_free(cyrus->complaint);
    cyrus->complaint = g_strdup(words);
}

static MailsimSaslResult
challenge(const char *words, char **text)
{
    *text = g_base64_encode((const guchar *)words, strlen(words));
    return MAILSIM_SASL_CONTINUE;
}

static gboolean
is_base64(const char *text)
{
    const char *alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    gsize length = strlen(text);
    gsize n_digits = strspn(text, alphabet);

    return length % 4 == 0 && length - n_digits <= 2 &&
           strspn(text + n_digits, "=") == length - n_digits;
}

/* message = [authzid] UTF8NUL authcid UTF8NUL passwd                          RFC 4616 §2
 * FALSE: it has not its three parts. */
static gboolean
read_plain(MailsimCyrus *cyrus, const char *response)
{
    gsize length;
    g_autofree guchar *message = g_base64_decode(response, &length);
    const guchar *nul = memchr(message, '\0', length);
    guint n_nuls = 0;

    for (gsize i = 0; i < length; i++)
        n_nuls += message[i] == '\0';
    if (n_nuls != 2)
        return FALSE;
    g_free(cyrus->user);
    cyrus->user = g_strdup((const char *)nul + 1);
    return TRUE;
}

static void
read_name(MailsimCyrus *cyrus, const char *response)
{
    gsize length;
    g_autofree guchar *name = g_base64_decode(response, &length);

    cyrus->user_named = TRUE;
    g_free(cyrus->user);
    cyrus->user = g_strndup((const char *)name, length);
}

MailsimSaslResult
mailsim_cyrus_step(MailsimCyrus *cyrus, const char *response, char **text)
{
    g_clear_pointer(&cyrus->complaint, g_free);
    if (!is_base64(response))
        return fail("bad protocol / cancel", text);
    if (g_str_equal(cyrus->mechanism, "LOGIN") && !cyrus->user_named) {
        read_name(cyrus, response);
        return challenge("Password:", text);
    }
    if (g_str_equal(cyrus->mechanism, "PLAIN") && !read_plain(cyrus, response))
        return fail("bad protocol / cancel", text);
    if (g_str_equal(cyrus->mechanism, "PLAIN"))
        complain(cyrus, "Password verification failed");
    return fail("authentication failure", text);
}

MailsimSaslResult
mailsim_cyrus_start(MailsimCyrus *cyrus,
                    const char *mechanism,
                    const char *response,
                    char **text)
{
    g_autofree char *words = NULL;

    mailsim_cyrus_clear(cyrus);
    for (guint i = 0; i < G_N_ELEMENTS(mechanisms); i++) {
        if (g_ascii_strcasecmp(mechanisms[i].name, mechanism) != 0)
            continue;
        cyrus->mechanism = mechanisms[i].name;
        cyrus->user_named = FALSE;
        if (response == NULL)
            return challenge(mechanisms[i].challenge, text);
        if (g_str_equal(response, "="))
            return fail("another step is needed in authentication", text);
        return mailsim_cyrus_step(cyrus, response, text);
    }
    words = g_strdup_printf("Couldn't find mech %s", mechanism);
    complain(cyrus, words);
    return fail("no mechanism available", text);
}
