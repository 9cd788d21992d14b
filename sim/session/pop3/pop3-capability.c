/* SPDX-License-Identifier: MIT
 *
 * What CAPA announces (RFC 2449), in Dovecot's order, and how a command is read. */
#include "pop3-private.h"

#include <string.h>

/* When it is announced. */
typedef enum {
    ALWAYS,
    WITHOUT_TLS,  /* before the login, where STLS would be answered */
    WITH_USER,    /* before the login, where it may be said */
    BEFORE_LOGIN, /* with its mechanisms */
} Occasion;

typedef struct {
    Occasion occasion;
    MailsimPop3Feature feature;
} Capability;

static const Capability capabilities[] = {
    {ALWAYS,       {"CAPA", NULL, "RFC 2449 §5"}               },
    {ALWAYS,       {"TOP", NULL, "RFC 2449 §6.1"}              },
    {ALWAYS,       {"UIDL", NULL, "RFC 2449 §6.8"}             },
    {ALWAYS,       {"RESP-CODES", NULL, "RFC 2449 §6.4"}       },
    {ALWAYS,       {"PIPELINING", NULL, "RFC 2449 §6.6"}       },
    {ALWAYS,       {"AUTH-RESP-CODE", NULL, "RFC 3206 §6"}     },
    {WITHOUT_TLS,  {"STLS", NULL, "RFC 2595 §4"}               },
    {WITH_USER,    {"USER", NULL, "RFC 2449 §6.2"}             },
    {BEFORE_LOGIN, {"SASL", "SASL mechanisms", "RFC 2449 §6.3"}},
};

gboolean
mailsim_pop3_server_get_capability(guint index, MailsimPop3Feature *capability)
{
    if (index >= G_N_ELEMENTS(capabilities))
        return FALSE;
    *capability = capabilities[index].feature;
    return TRUE;
}

void
mailsim_pop3_append_capabilities(GString *out, gboolean stls, gboolean user, char **mechanisms)
{
    const gboolean announced[] = {
        [ALWAYS] = TRUE,
        [WITHOUT_TLS] = stls,
        [WITH_USER] = user,
        [BEFORE_LOGIN] = mechanisms != NULL,
    };

    g_string_append(out, "+OK\r\n");
    for (guint i = 0; i < G_N_ELEMENTS(capabilities); i++) {
        if (!announced[capabilities[i].occasion])
            continue;
        g_string_append(out, capabilities[i].feature.name);
        for (char **mechanism = mechanisms;
             capabilities[i].occasion == BEFORE_LOGIN && *mechanism != NULL; mechanism++)
            g_string_append_printf(out, " %s", *mechanism);
        g_string_append(out, "\r\n");
    }
    g_string_append(out, ".\r\n");
}

char *
mailsim_pop3_split_command(const char *command, const char **argument)
{
    gsize length = strcspn(command, " ");

    *argument = command + length;
    if (**argument == ' ')
        (*argument)++;
    return g_ascii_strup(command, (gssize)length);
}
