/* SPDX-License-Identifier: MIT
 *
 * The settings of dovecot.conf that the lab obeys, and what is wrong with a value of theirs. It
 * is said in Dovecot's own words, small at the beginning: those with which it does not start
 * (doveconf(1)), or those of its log when nobody gets in. */
#include "dovecot-check-private.h"

#include <string.h>

#include <mailsim/settings/certificate-file.h>

#include "dovecot-value-private.h"

/* ---- yes and no, numbers ----------------------------------------------------------------- */

static char *
check_boolean(const char *value, G_GNUC_UNUSED char **hint, G_GNUC_UNUSED gboolean *is_warning)
{
    gboolean flag;

    return mailsim_dovecot_read_boolean(value, &flag);
}

static char *
check_time(const char *value, char **hint, G_GNUC_UNUSED gboolean *is_warning)
{
    gint64 seconds;
    char *problem = mailsim_dovecot_read_time(value, &seconds);

    if (problem != NULL)
        *hint = g_strdup("write a whole number and its unit: 2 secs, 30 mins, 1 hours");
    return problem;
}

static char *
check_number(const char *value, char **hint, G_GNUC_UNUSED gboolean *is_warning)
{
    guint number;
    char *problem = mailsim_dovecot_read_number(value, &number);

    if (problem != NULL)
        *hint = g_strdup("write a number alone; 0 is no limit");
    return problem;
}

/* imap_max_line_length: imap(1) dies of 0 at the first command, by an assertion. */
static char *
check_line_length(const char *value, char **hint, G_GNUC_UNUSED gboolean *is_warning)
{
    guint64 bytes;
    char *problem = mailsim_dovecot_read_size(value, &bytes);

    if (problem == NULL && bytes > 0)
        return NULL;
    *hint = g_strdup(problem != NULL
                         ? "write a whole number and its unit: 64 k, 1 M; or bytes: 65536"
                         : "Dovecot's imap dies of it (Panic: … assertion failed) as soon as "
                           "somebody has logged in; Debian has 64 k");
    return problem != NULL ? problem : g_strdup("no line is so short");
}

/* ---- TLS --------------------------------------------------------------------------------- */

static char *
check_ssl(const char *value, char **hint, G_GNUC_UNUSED gboolean *is_warning)
{
    MailsimDovecotTls tls;

    if (mailsim_dovecot_setting_parse_tls(value, &tls))
        return NULL;
    *hint = g_strdup("Dovecot knows yes, no and required, in small letters");
    return g_strdup_printf("invalid value: %s", value);
}

static char *
check_min_protocol(const char *value, char **hint, G_GNUC_UNUSED gboolean *is_warning)
{
    guint minor;

    if (mailsim_dovecot_setting_parse_min_protocol(value, &minor))
        return NULL;
    *hint =
        g_strdup("Dovecot would start, and break off every TLS handshake; it knows TLSv1.2, "
                 "TLSv1.3, and older ones");
    return g_strdup_printf("unknown ssl_min_protocol setting '%s'", value);
}

#define PATHS "the lab has certbot's paths, snakeoil's, and /etc/mailsim/C.pem"

/* The “<” is what makes a path of it. Without one the value is the certificate, which Dovecot
 * looks at when the first client wants TLS. */
static char *
check_file(const char *value,
           const char *problem,
           gboolean is_there,
           char **hint,
           gboolean *is_warning)
{
    const char *path = mailsim_dovecot_setting_find_path(value);

    if (path == NULL) {
        *is_warning = TRUE;
        *hint =
            g_strdup_printf("Dovecot takes the value itself for the contents of a file, and "
                            "breaks off every TLS handshake: %s. Write <%s",
                            problem, *value == '/' ? value : "/etc/…");
        return g_strdup("there is no “<” before the path");
    }
    if (is_there)
        return NULL;
    *hint = g_strdup("Dovecot would not start; " PATHS);
    return g_strdup_printf("can't open file “%s”: No such file or directory", path);
}

static char *
check_certificate(const char *value, char **hint, gboolean *is_warning)
{
    const char *path = mailsim_dovecot_setting_find_path(value);
    g_autofree char *name = path != NULL ? mailsim_certificate_file_dup_name(path) : NULL;

    return check_file(value,
                      *value != '\0' ? "There is no valid PEM certificate"
                                     : "The certificate is empty",
                      name != NULL, hint, is_warning);
}

static char *
check_key(const char *value, char **hint, gboolean *is_warning)
{
    const char *path = mailsim_dovecot_setting_find_path(value);
    g_autofree char *name = path != NULL ? mailsim_certificate_file_dup_name(path) : NULL;

    return check_file(value, "Couldn't parse private SSL key",
                      name != NULL || (path != NULL && mailsim_path_is_key_file(path)), hint,
                      is_warning);
}

/* ---- who gets in ------------------------------------------------------------------------- */

/* The names of Dovecot 2.3's auth; it takes them in any case, and separated by blanks alone. */
static char *
check_mechanism(const char *word, char **hint)
{
    static const char *const others[] = {
        "anonymous",  "apop",   "cram-md5", "digest-md5",  "external",
        "gss-spnego", "gssapi", "ntlm",     "oauthbearer", "scram-sha-1",
        "xoauth2",    "otp",    "skey",     "rpa",         "scram-sha-256",
    };
    if (g_ascii_strcasecmp(word, "plain") == 0 || g_ascii_strcasecmp(word, "login") == 0)
        return NULL;
    if (strchr(word, ',') != NULL) {
        *hint = g_strdup("Dovecot separates mechanisms by blanks: plain login");
        return g_strdup_printf("unknown authentication mechanism “%s”", word);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
        if (g_ascii_strcasecmp(word, others[i]) != 0)
            continue;
        *hint = g_strdup("so far there are plain and login");
        return g_strdup_printf("the authentication mechanism “%s” is not built yet", word);
    }
    *hint = g_strdup("so far there are plain and login");
    return g_strdup_printf("unknown authentication mechanism “%s”", word);
}

static char *
check_mechanisms(const char *value, char **hint, G_GNUC_UNUSED gboolean *is_warning)
{
    g_auto(GStrv) words = mailsim_dovecot_split(value, " \t");

    for (guint i = 0; words[i] != NULL; i++) {
        char *problem = check_mechanism(words[i], hint);

        if (problem != NULL)
            return problem;
    }
    if (words[0] != NULL)
        return NULL;
    *hint = g_strdup("Debian has plain");
    return g_strdup("no authentication mechanism is named");
}

/* Dovecot would go on, and call everybody UNSUPPORTED_VARIABLE_z. */
static char *
check_username_format(const char *value, char **hint, G_GNUC_UNUSED gboolean *is_warning)
{
    g_autofree char *variable = mailsim_dovecot_find_variable(value, "und");

    if (variable == NULL)
        return NULL;
    *hint = g_strdup("the lab has %u, the name as it was typed; %n, what stands before its @; "
                     "%d, what stands behind it; and small letters with L: %Lu");
    return g_strdup_printf("the variable “%s” is not built yet", variable);
}

/* imap-login and pop3-login crash on it: “killed with signal 11”. */
static char *
check_networks(const char *value, char **hint, G_GNUC_UNUSED gboolean *is_warning)
{
    g_auto(GStrv) words = mailsim_dovecot_split(value, ", \t");
    MailsimIpNetwork network;

    for (guint i = 0; words[i] != NULL; i++) {
        if (mailsim_ip_network_parse(words[i], &network))
            continue;
        *hint =
            g_strdup("Dovecot would start, and crash at each connection (killed with signal "
                     "11); write addresses and networks: 192.0.2.7 198.51.100.0/24");
        return g_strdup_printf("“%s” is neither an address nor a network", words[i]);
    }
    return NULL;
}

/* ---- where it listens, and what it says -------------------------------------------------- */

static char *
refuse_protocol(const char *word, char **hint)
{
    *hint = g_strdup("Debian has imap and pop3, separated by a blank");
    if (strcmp(word, "imaps") == 0 || strcmp(word, "pop3s") == 0) {
        g_free(*hint);
        *hint = g_strdup_printf("protocols = %.4s; what is open says ports = %s", word,
                                *word == 'i' ? "993" : "995");
        return g_strdup_printf("“%s” protocol can no longer be specified", word);
    }
    if (strcmp(word, "submission") == 0) {
        g_free(*hint);
        *hint = g_strdup("Postfix takes mail to be sent: [service H submission]");
        return g_strdup_printf("the protocol “%s” is not built yet", word);
    }
    return g_strdup_printf("unknown protocol “%s”", word);
}

static char *
check_protocols(const char *value, char **hint, G_GNUC_UNUSED gboolean *is_warning)
{
    static const char *const known[] = {"imap", "pop3", "lmtp", NULL};
    g_auto(GStrv) words = mailsim_dovecot_split(value, " \t");

    if (strcmp(value, "none") == 0)
        return NULL;
    for (guint i = 0; words[i] != NULL; i++)
        if (!g_strv_contains(known, words[i]))
            return refuse_protocol(words[i], hint);
    return NULL;
}

static char *
check_listen(const char *value, char **hint, G_GNUC_UNUSED gboolean *is_warning)
{
    g_auto(GStrv) words = mailsim_dovecot_split(value, ", \t");
    MailsimIpAddress address;

    *hint = g_strdup("* is each IPv4 address of the host, :: each IPv6 address");
    if (words[0] == NULL)
        return g_strdup("listen can't be set empty");
    for (guint i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], "*") != 0 && strcmp(words[i], "[::]") != 0 &&
            !mailsim_ip_address_parse(words[i], &address))
            return g_strdup_printf("“%s” is no address, and names are not built yet", words[i]);
    g_clear_pointer(hint, g_free);
    return NULL;
}

static char *
check_text(G_GNUC_UNUSED const char *value,
           G_GNUC_UNUSED char **hint,
           G_GNUC_UNUSED gboolean *is_warning)
{
    return NULL;
}

/* The letter of the variable at AT, a %, behind a width and modifiers. */
static char
find_uidl_letter(const char *at)
{
    return at[1 + strspn(at + 1, "0123456789.-LUXHER")];
}

static char *
check_uidl_format(const char *value, char **hint, G_GNUC_UNUSED gboolean *is_warning)
{
    guint n_variables = 0;

    *hint = g_strdup("%v is the mailbox's UIDVALIDITY, %u the message's UID; Debian has "
                     "%08Xu%08Xv");
    for (const char *at = strchr(value, '%'); at != NULL; at = strchr(at, '%')) {
        const char letter = at[1] != '\0' ? find_uidl_letter(at) : '%';

        if (letter != '%' && (letter == '\0' || strchr("uvfgm", letter) == NULL))
            return g_strdup_printf("unknown pop3_uidl_format variable: %%%c", letter);
        if (letter != '%' && strchr("uv", letter) == NULL)
            return g_strdup_printf("the variable “%%%c” is not built yet", letter);
        n_variables += letter != '%';
        at += at[1] != '\0' ? 2 : 1;
    }
    if (n_variables == 0)
        return g_strdup("pop3_uidl_format setting doesn't contain any % variables");
    g_clear_pointer(hint, g_free);
    return NULL;
}

/* ---- mail_location ----------------------------------------------------------------------- */

#define LOCATIONS "mbox:~/mail:INBOX=/var/mail/%u or maildir:~/Maildir"

static char *
refuse_driver(const char *value, const char *driver, gboolean has_colon, char **hint)
{
    static const char *const unbuilt[] = {"sdbox", "mdbox", "dbox", "imapc",
                                          "pop3c", "cydir", "obox", NULL};

    if (!has_colon) {
        *hint = g_strdup("write " LOCATIONS);
        return g_strdup_printf(
            "ambiguous mail location setting, don't know what to do with it: "
            "%s (try prefixing it with mbox: or maildir:)",
            value);
    }
    *hint = g_strdup("so far there are mbox and maildir: " LOCATIONS);
    return g_strdup_printf(g_strv_contains(unbuilt, driver)
                               ? "the mail storage driver “%s” is not built yet"
                               : "unknown mail storage driver “%s”",
                           driver);
}

/* What stands behind the path: NAME=VALUE, and words alone. */
static char *
check_location_option(const char *option, char **hint)
{
    static const char *const obeyed[] = {"INBOX=", "INDEX=", "CONTROL=", "VOLATILEDIR="};
    static const char *const unbuilt[] = {
        "ALT=",         "AUTOSUBSCRIPTIONS=", "BROKENCHAR=", "DIRNAME=",
        "FULLDIRNAME=", "INDEXCACHE=",        "INDEXPVT=",   "LAYOUT=",
        "LISTINDEX=",   "MAILBOXDIR=",        "NOALT=",      "SUBSCRIPTIONS=",
        "UTF-8",        "NO-NOSELECT",        "ITERINDEX",   "NO-FS-VALIDATION",
    };
    const int length = (int)strcspn(option, "=");

    for (gsize i = 0; i < G_N_ELEMENTS(obeyed); i++)
        if (g_str_has_prefix(option, obeyed[i]))
            return NULL;
    *hint = g_strdup("the lab has INBOX=, and takes INDEX= and CONTROL=");
    for (gsize i = 0; i < G_N_ELEMENTS(unbuilt); i++)
        if (g_str_has_prefix(option, unbuilt[i]))
            return g_strdup_printf("“%.*s” in mail_location is not built yet", length, option);
    return g_strdup_printf("unknown setting: “%.*s”", length, option);
}

/* Of an mbox the path is a folder, where all but the INBOX lies: Debian's “~/mail”. */
static char *
check_location_path(char *const *words, char **hint)
{
    const char *path = words[1];
    gboolean has_inbox = FALSE;

    for (guint i = 2; words[i] != NULL; i++)
        has_inbox = has_inbox || g_str_has_prefix(words[i], "INBOX=");
    *hint = g_strdup("write " LOCATIONS);
    if (*path == '\0')
        return g_strdup("root mail directory not given");
    if (strchr(path, '=') != NULL)
        return g_strdup_printf("mail root directory not given: “%s”", path);
    if (strchr("~/%", *path) == NULL)
        return g_strdup_printf("“%s” would be a folder in /, which users may not make", path);
    if (g_ascii_strcasecmp(words[0], "mbox") == 0 && !has_inbox &&
        (g_str_has_prefix(path, "/var/mail/") || g_str_has_prefix(path, "/var/spool/mail/")))
        return g_strdup_printf("“%s” is a file, and mbox: wants a folder before INBOX=", path);
    g_clear_pointer(hint, g_free);
    return NULL;
}

static char *
check_mail_location(const char *value, char **hint, G_GNUC_UNUSED gboolean *is_warning)
{
    g_auto(GStrv) words = g_strsplit(value, ":", -1);
    g_autofree char *variable = mailsim_dovecot_find_variable(value, "undh");
    char *problem;

    if (*value == '\0') {
        *hint = g_strdup("Dovecot would look for some at home; write " LOCATIONS);
        return g_strdup("mail_location not set, and autodetection is not built yet");
    }
    if (words[1] == NULL || (g_ascii_strcasecmp(words[0], "mbox") != 0 &&
                             g_ascii_strcasecmp(words[0], "maildir") != 0))
        return refuse_driver(value, words[0], words[1] != NULL, hint);
    if (variable != NULL) {
        *hint = g_strdup("the lab has %u, %n, %d and %h");
        return g_strdup_printf("the variable “%s” is not built yet", variable);
    }
    problem = check_location_path(words, hint);
    for (guint i = 2; problem == NULL && words[i] != NULL; i++)
        problem = check_location_option(words[i], hint);
    return problem;
}

/* ---- the table --------------------------------------------------------------------------- */

static const struct {
    const char *name;
    MailsimDovecotCheck *check;
} checks[] = {
    {"auth_failure_delay",          check_time           },
    {"auth_mechanisms",             check_mechanisms     },
    {"auth_username_format",        check_username_format},
    {"auth_verbose",                check_boolean        },
    {"disable_plaintext_auth",      check_boolean        },
    {"imap_idle_notify_interval",   check_time           },
    {"imap_max_line_length",        check_line_length    },
    {"listen",                      check_listen         },
    {"login_greeting",              check_text           },
    {"login_trusted_networks",      check_networks       },
    {"mail_location",               check_mail_location  },
    {"mail_max_userip_connections", check_number         },
    {"pop3_no_flag_updates",        check_boolean        },
    {"pop3_uidl_format",            check_uidl_format    },
    {"protocols",                   check_protocols      },
    {"ssl",                         check_ssl            },
    {"ssl_cert",                    check_certificate    },
    {"ssl_key",                     check_key            },
    {"ssl_min_protocol",            check_min_protocol   },
};

MailsimDovecotCheck *
mailsim_dovecot_find_check(const char *name)
{
    for (gsize i = 0; i < G_N_ELEMENTS(checks); i++)
        if (strcmp(checks[i].name, name) == 0)
            return checks[i].check;
    return NULL;
}
