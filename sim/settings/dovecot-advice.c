/* SPDX-License-Identifier: MIT
 *
 * Lines of a real dovecot.conf that the lab does not read, and what is written instead of them:
 * sections, names that only they have, and names of Dovecot 2.4. */
#include <mailsim/settings/dovecot-setting.h>

#include <string.h>

#include "dovecot-value-private.h"

/* ---- names ------------------------------------------------------------------------------- */

#define OF_2_4  "it is of Dovecot 2.4, and Debian 12 has 2.3"
#define INNER   "it belongs into a section, and sections are not read here"
#define USERS   INNER ": users stand in [host H], users ="
#define MAILDIR OF_2_4 ": write mail_location = maildir:~/Maildir"
#define MBOX    OF_2_4 ": write mail_location = mbox:~/mail:INBOX=/var/mail/%u"

const char *
mailsim_dovecot_setting_advise(const char *name)
{
    static const struct {
        const char *name;
        const char *advice;
    } known[] = {
        {"dovecot_config_version",  OF_2_4 ": leave it out"                          },
        {"dovecot_storage_version", OF_2_4 ": leave it out"                          },
        {"mail_driver",             MAILDIR                                          },
        {"mail_path",               MAILDIR                                          },
        {"mail_inbox_path",         MBOX                                             },
        {"ssl_server_cert_file",    OF_2_4 ": write ssl_cert = </etc/…"            },
        {"ssl_server_key_file",     OF_2_4 ": write ssl_key = </etc/…"             },
        {"auth_allow_cleartext",    OF_2_4 ": its yes is disable_plaintext_auth = no"},
        {"port",                    INNER ": write ports = 993"                      },
        {"driver",                  USERS                                            },
        {"args",                    USERS                                            },
        {"location",                INNER ": write mail_location ="                  },
        {"inbox",                   INNER                                            },
        {"separator",               INNER                                            },
        {"mode",                    INNER                                            },
        {"user",                    INNER                                            },
        {"group",                   INNER                                            },
        {"special_use",             INNER                                            },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].advice;
    if (strstr(name, "inet_listener") != NULL)
        return "sections are not read here, however they are written: write ports = 993, or "
               "whichever stay open";
    return strpbrk(name, "./") != NULL ? "sections are not read here, however they are written"
                                       : NULL;
}

/* ---- sections: lines --------------------------------------------------------------------- */

/* What LINE, “name = value”, says of NAME; NULL: it is another line. Lent. */
static const char *
find_value(const char *line, const char *name)
{
    const gsize length = strlen(name);

    if (!g_str_has_prefix(line, name) || line[length + strspn(line + length, " \t")] != '=')
        return NULL;
    line = strchr(line, '=') + 1;
    return line + strspn(line, " \t");
}

static const char *
find_in(const char *const *lines, const char *name)
{
    for (; *lines != NULL; lines++) {
        const char *value = find_value(*lines, name);

        if (value != NULL && *value != '\0')
            return value;
    }
    return NULL;
}

/* The first line that could stand outside the section. */
static const char *
find_setting(const char *const *lines)
{
    for (; *lines != NULL; lines++) {
        g_autofree char *name = g_strndup(*lines, strcspn(*lines, " \t="));

        if (mailsim_dovecot_setting_exists(name) && find_value(*lines, name) != NULL)
            return *lines;
    }
    return NULL;
}

/* ---- sections: services ------------------------------------------------------------------ */

typedef struct {
    const char *name;
    const char *service; /* both belong to it */
    guint port;
    guint sibling; /* of the service's other listener */
    const char *others;
} Listener;

static const Listener listeners[] = {
    {"imap",  "imap", 143, 993, "110, 995"},
    {"imaps", "imap", 993, 143, "110, 995"},
    {"pop3",  "pop3", 110, 995, "143, 993"},
    {"pop3s", "pop3", 995, 110, "143, 993"},
};

static const Listener *
find_listener(const char *line)
{
    g_auto(GStrv) words = mailsim_dovecot_split(line, " \t{");

    if (g_strcmp0(words[0], "inet_listener") != 0 || words[1] == NULL)
        return NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(listeners); i++)
        if (strcmp(listeners[i].name, words[1]) == 0)
            return &listeners[i];
    return NULL;
}

/* “port = 0” closes a listener. */
static char *
advise_on_ports(const char *header, const char *const *lines)
{
    const Listener *at = find_listener(header);
    const Listener *closed = NULL;
    guint n_closed = 0;

    for (; *lines != NULL; lines++) {
        const Listener *begun = find_listener(*lines);
        const char *port = find_value(*lines, "port");

        at = begun != NULL ? begun : at;
        if (at == NULL || port == NULL)
            continue;
        if (strcmp(port, "0") != 0 && g_ascii_strtoull(port, NULL, 10) != at->port)
            return g_strdup_printf(
                "so far Dovecot listens at 143 and 993, 110 and 995 alone, not at %s; which of "
                "them are open says ports =",
                port);
        if (strcmp(port, "0") != 0)
            continue;
        closed = at;
        n_closed++;
    }
    if (n_closed == 1)
        return g_strdup_printf("write ports = %u, what stays open; and %s with it, where %s is "
                               "served too",
                               closed->sibling, closed->others,
                               *closed->service == 'i' ? "POP3" : "IMAP");
    return n_closed > 1 ? g_strdup_printf("take %s out of protocols =", closed->service)
                        : g_strdup("leave it out: which ports are open says ports =");
}

static char *
advise_on_socket(const char *header, const char *const *lines)
{
    const char *socket = g_str_has_prefix(header, "unix_listener") ? header : NULL;

    for (; *lines != NULL; lines++)
        if (g_str_has_prefix(*lines, "unix_listener") &&
            (socket == NULL || strstr(*lines, "postfix") != NULL))
            socket = *lines;
    if (socket != NULL && strstr(socket, "postfix") != NULL &&
        strstr(socket, "private/auth") == NULL)
        return g_strdup(
            "leave it out: Dovecot's socket for Postfix is always private/auth here; "
            "write smtpd_sasl_path = private/auth in [postfix H]");
    return g_strdup("leave it out: the lab's Dovecot always has the socket private/auth for "
                    "Postfix");
}

/* ---- sections ---------------------------------------------------------------------------- */

static char *
advise_on_service(const char *header, const char *const *lines)
{
    if (strstr(header, "-login") != NULL)
        return advise_on_ports("", lines);
    if (g_str_has_suffix(header, " auth"))
        return advise_on_socket("", lines);
    if (g_str_has_suffix(header, " lmtp"))
        return g_strdup("leave it out: Postfix's local(8) delivers the mail here");
    return g_strdup("leave it out: nothing of it would be seen in the lab");
}

static char *
advise_on_users(G_GNUC_UNUSED const char *header, G_GNUC_UNUSED const char *const *lines)
{
    return g_strdup("leave it out: users and their passwords stand in [host H], users = "
                    "ana:melocoton, luis");
}

static char *
advise_on_namespace(G_GNUC_UNUSED const char *header, const char *const *lines)
{
    const char *location = find_in(lines, "location");

    if (location != NULL)
        return g_strdup_printf("write mail_location = %s: it belongs at the top level",
                               location);
    return g_strdup(
        find_in(lines, "prefix") != NULL || find_in(lines, "separator") != NULL
            ? "namespaces are not built yet; the INBOX is there without one"
            : "leave it out: the INBOX is there without it, and other mailboxes are "
              "those that somebody makes");
}

static char *
advise_on_lines(G_GNUC_UNUSED const char *header, const char *const *lines)
{
    const char *line = find_setting(lines);

    return line != NULL
               ? g_strdup_printf("write its lines at the top level, for everybody: %s", line)
               : g_strdup("leave it out");
}

static char *
advise_on_2_4(G_GNUC_UNUSED const char *header, G_GNUC_UNUSED const char *const *lines)
{
    return g_strdup(OF_2_4 ": write ssl_cert = </etc/… and ssl_key = </etc/…");
}

char *
mailsim_dovecot_section_advise(const char *header, const char *const *lines)
{
    static const struct {
        const char *word;
        char *(*advise)(const char *header, const char *const *lines);
    } known[] = {
        {"service",       advise_on_service  },
        {"inet_listener", advise_on_ports    },
        {"unix_listener", advise_on_socket   },
        {"passdb",        advise_on_users    },
        {"userdb",        advise_on_users    },
        {"namespace",     advise_on_namespace},
        {"mailbox",       advise_on_namespace},
        {"ssl_server",    advise_on_2_4      },
    };
    g_auto(GStrv) words = mailsim_dovecot_split(header, " \t");

    for (gsize i = 0; i < G_N_ELEMENTS(known); i++)
        if (g_strcmp0(words[0], known[i].word) == 0)
            return known[i].advise(header, lines);
    return advise_on_lines(header, lines);
}
