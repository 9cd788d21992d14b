/* SPDX-License-Identifier: MIT
 *
 * Settings of Dovecot: what doveconf(1) of Dovecot 2.3.19 made of each value, and what it, or
 * the log of a Dovecot that runs, said of those that it does not take. */
#include <string.h>

#include <mailsim/settings/dovecot-setting.h>
#include <mailsim/settings/dovecot-value.h>
#include <mailsim/settings/mail-location.h>

#include "../support/run-suite.h"

/* ---- the table --------------------------------------------------------------------------- */

START_TEST(every_name_is_listed_once_in_order)
{
    const GPtrArray *names = mailsim_dovecot_setting_list();
    guint n_effective = 0;

    ck_assert_uint_eq(names->len, 307);
    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];

        ck_assert(i == 0 || strcmp(names->pdata[i - 1], name) < 0);
        ck_assert(mailsim_dovecot_setting_exists(name));
        n_effective += mailsim_dovecot_setting_has_effect(name);
    }
    /* Each that is checked is a name of the list. */
    ck_assert_uint_eq(n_effective, 19);
}
END_TEST

START_TEST(every_default_passes_its_own_check)
{
    const GPtrArray *names = mailsim_dovecot_setting_list();

    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        g_autofree char *problem = mailsim_dovecot_setting_check(
            name, mailsim_dovecot_setting_get_default(name), NULL, NULL);

        ck_assert_msg(problem == NULL, "%s: %s", name, problem);
    }
}
END_TEST

START_TEST(what_is_known_of_a_name)
{
    ck_assert(mailsim_dovecot_setting_has_effect("auth_mechanisms"));
    ck_assert(!mailsim_dovecot_setting_has_effect("mail_plugins"));
    ck_assert(!mailsim_dovecot_setting_has_effect("no_such_setting"));
    ck_assert_str_eq(mailsim_dovecot_setting_get_default("auth_mechanisms"), "plain");
    ck_assert_ptr_null(mailsim_dovecot_setting_get_default("auth_mechanism"));
    ck_assert(!mailsim_dovecot_setting_exists("mail_driver"));
    ck_assert(strstr(mailsim_dovecot_setting_advise("mail_driver"), "mail_location") != NULL);
    ck_assert(strstr(mailsim_dovecot_setting_advise("protocol.imap.mail_plugins"),
                     "sections") != NULL);
    ck_assert_ptr_null(mailsim_dovecot_setting_advise("sssl"));
}
END_TEST

/* ---- values that are read ---------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *value;
    int flag; /* -1: Invalid boolean value */
} booleans[] = {
    {"yes", 1}, {"YES", 1}, {"Yes", 1}, {"y", 1}, {"Y", 1}, {"1", 1}, {"no", 0}, {"NO", 0},
    {"n", -1}, {"0", -1}, {"true", -1}, {"on", -1}, {"off", -1}, {"false", -1}, {"", -1},
    {"2", -1}, {"ye", -1}, {"yesno", -1}, {"nope", -1},
};

static const struct {
    const char *value;
    gint64 seconds; /* -1: none */
} times[] = {
    {"0", 0}, {"2", -1}, {"", -1}, {"-1", -1}, {"abc", -1},
    {"2 secs", 2}, {"2s", 2}, {"2 s", 2}, {"2 se", 2}, {"2 seco", 2}, {"2 seconds", 2},
    {"2 secondss", -1}, {"2 S", 2}, {"2 SECS", 2}, {"2   secs", 2}, {"2\tsecs", -1},
    {"5m", 300}, {"5 mi", 300}, {"30 mins", 1800}, {"5 minu", 300}, {"5 minutes", 300},
    {"5 ME", -1}, {"1 hour", 3600}, {"1 ho", 3600}, {"5 hrs", -1}, {"2 days", 172800},
    {"1 week", 604800}, {"1 month", -1}, {"1 y", -1}, {"1h30m", -1}, {"2.5 secs", -1},
    {"100 ms", -1}, {"2000 ms", 2}, {"1000ms", 1}, {"0 ms", 0}, {"5 millis", -1},
    {"0 s", 0}, {"0 x", -1}, {"007 s", 7}, {"+2 s", -1}, {"2s s", -1}, {"infinite", -1},
    {"4294967295 s", 4294967295}, {"4294967296 s", -1}, {"99999999999", -1},
    {"71582788 mins", 4294967280}, {"71582789 mins", -1}, {"49710 days", 4294944000},
    {"49711 days", -1}, {"7102 weeks", -1}, {"18446744073709551616 s", -1},
};

static const struct {
    const char *value;
    gboolean is_read;
    guint64 bytes;
} sizes[] = {
    {"64 k", TRUE, 65536}, {"64k", TRUE, 65536}, {"64K", TRUE, 65536}, {"64 KB", TRUE, 65536},
    {"64 ki", TRUE, 65536}, {"64 kib", TRUE, 65536}, {"64  k", TRUE, 65536},
    {"65536", TRUE, 65536}, {"064 k", TRUE, 65536}, {"64 b", TRUE, 64}, {"0", TRUE, 0},
    {"1 M", TRUE, 1048576}, {"1G", TRUE, 1073741824}, {"1 t", TRUE, 1099511627776},
    {"18446744073709551615", TRUE, G_MAXUINT64}, {"16777215 T", TRUE, 18446742974197923840U},
    {"16777216 T", FALSE, 0}, {"17179869184 G", FALSE, 0}, {"18446744073709551616", FALSE, 0},
    {"", FALSE, 0}, {"-1", FALSE, 0}, {"+64", FALSE, 0}, {"abc", FALSE, 0}, {"64 x", FALSE, 0},
    {"64 kx", FALSE, 0}, {"64 kii", FALSE, 0}, {"64 KBB", FALSE, 0}, {"64 bb", FALSE, 0},
    {"64 Bi", FALSE, 0}, {"64 i", FALSE, 0}, {"0 x", FALSE, 0}, {"0x10", FALSE, 0},
    {"1.5M", FALSE, 0}, {"64\tk", FALSE, 0},
};

static const struct {
    const char *value;
    gint64 number; /* -1: none */
} numbers[] = {
    {"10", 10}, {"0", 0}, {"010", 10}, {"4294967295", 4294967295}, {"4294967296", -1},
    {"", -1}, {"-1", -1}, {"abc", -1}, {"1k", -1}, {"+5", -1}, {"-", -1},
};
/* clang-format on */

START_TEST(a_boolean_is_read)
{
    gboolean flag = -1;
    const gboolean is_read = mailsim_dovecot_setting_parse_boolean(booleans[_i].value, &flag);

    ck_assert_msg((is_read ? flag : -1) == booleans[_i].flag, "%s", booleans[_i].value);
}
END_TEST

START_TEST(a_time_is_read)
{
    gint64 seconds = -1;
    const gboolean is_read = mailsim_dovecot_setting_parse_time(times[_i].value, &seconds);

    ck_assert_msg((is_read ? seconds : -1) == times[_i].seconds, "%s", times[_i].value);
}
END_TEST

START_TEST(a_size_is_read)
{
    guint64 bytes = 0;
    const gboolean is_read = mailsim_dovecot_setting_parse_size(sizes[_i].value, &bytes);

    ck_assert_msg(is_read == sizes[_i].is_read, "%s", sizes[_i].value);
    ck_assert_msg(!is_read || bytes == sizes[_i].bytes, "%s", sizes[_i].value);
}
END_TEST

START_TEST(a_number_is_read)
{
    guint number = 0;
    const gboolean is_read = mailsim_dovecot_setting_parse_number(numbers[_i].value, &number);

    ck_assert_msg((is_read ? (gint64)number : -1) == numbers[_i].number, "%s",
                  numbers[_i].value);
}
END_TEST

START_TEST(words_of_tls_are_read)
{
    MailsimDovecotTls tls = MAILSIM_DOVECOT_TLS_NO;
    guint minor = 9;

    ck_assert(mailsim_dovecot_setting_parse_tls("required", &tls));
    ck_assert_int_eq(tls, MAILSIM_DOVECOT_TLS_REQUIRED);
    ck_assert(mailsim_dovecot_setting_parse_tls("yes", &tls));
    ck_assert_int_eq(tls, MAILSIM_DOVECOT_TLS_OFFERED);
    ck_assert(!mailsim_dovecot_setting_parse_tls("Yes", &tls));
    ck_assert(!mailsim_dovecot_setting_parse_tls("1", &tls));
    ck_assert(mailsim_dovecot_setting_parse_min_protocol("tlsv1.2", &minor));
    ck_assert_uint_eq(minor, 2);
    ck_assert(mailsim_dovecot_setting_parse_min_protocol("LATEST", &minor));
    ck_assert_uint_eq(minor, 3);
    ck_assert(!mailsim_dovecot_setting_parse_min_protocol("TLS1.2", &minor));
    ck_assert(!mailsim_dovecot_setting_parse_min_protocol("SSLv2", &minor));
}
END_TEST

START_TEST(quotes_are_taken_away)
{
    static const struct {
        const char *value;
        const char *plain;
    } values[] = {
        {"yes",                    "yes"         },
        {"\"yes\"",                "yes"         },
        {"'no'",                   "no"          },
        {"\"a \\\"b\\\" \\\\ c\"", "a \"b\" \\ c"},
        {"'it\\'s'",               "it's"        },
        {"\"a",                    "\"a"         },
        {"\"a\" b",                "\"a\" b"     },
        {"'a\"",                   "'a\""        },
        {"\"\"",                   ""            },
        {"\"",                     "\""          },
        {"",                       ""            },
    };

    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        g_autofree char *plain = mailsim_dovecot_setting_unquote(values[i].value);

        ck_assert_str_eq(plain, values[i].plain);
    }
}
END_TEST

/* ---- lists and variables ----------------------------------------------------------------- */

/* What the login of a client at ADDRESS showed. */
START_TEST(networks_are_trusted)
{
    static const struct {
        const char *networks;
        gboolean trusted;
    } cases[] = {
        {"127.0.0.9",             TRUE },
        {"127.0.0.0/24,10.0.0.1", TRUE },
        {"127.0.0.7/24",          TRUE },
        {"[::1] 127.0.0.9",       TRUE },
        {"::1/128 127.0.0.9",     TRUE },
        {"192.0.2.0/24",          FALSE},
        {"",                      FALSE},
    };
    MailsimIpAddress client;

    ck_assert(mailsim_ip_address_parse("127.0.0.9", &client));
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++)
        ck_assert_msg(mailsim_dovecot_setting_trusts(cases[i].networks, &client) ==
                          cases[i].trusted,
                      "%s", cases[i].networks);
}
END_TEST

START_TEST(it_listens_where_it_is_told_to)
{
    static const struct {
        const char *listen;
        const char *address;
        gboolean open;
    } cases[] = {
        {"*, ::",               "192.0.2.10",   TRUE },
        {"*, ::",               "2001:db8::10", TRUE },
        {"*",                   "192.0.2.10",   TRUE },
        {"*",                   "2001:db8::10", FALSE},
        {"[::]",                "127.0.0.2",    FALSE},
        {"127.0.0.2 127.0.0.3", "127.0.0.3",    TRUE },
        {"127.0.0.1",           "192.0.2.10",   FALSE},
    };
    MailsimIpAddress address;

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        ck_assert(mailsim_ip_address_parse(cases[i].address, &address));
        ck_assert_msg(mailsim_dovecot_setting_listens_at(cases[i].listen, &address) ==
                          cases[i].open,
                      "%s: %s", cases[i].listen, cases[i].address);
    }
}
END_TEST

START_TEST(a_name_is_formatted)
{
    static const struct {
        const char *format;
        const char *name;
        const char *formatted;
    } cases[] = {
        {"%Lu",   "ALICE",           "alice"          },
        {"%u",    "ALICE",           "ALICE"          },
        {"",      "ALICE",           "ALICE"          },
        {"%Ln",   "Alice@X.example", "alice"          },
        {"%n",    "alice",           "alice"          },
        {"%n-%d", "alice@x.example", "alice-x.example"},
        {"%Uu%%", "alice",           "ALICE%"         },
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *formatted =
            mailsim_dovecot_setting_format_user(cases[i].format, cases[i].name);

        ck_assert_str_eq(formatted, cases[i].formatted);
    }
}
END_TEST

/* ---- where mail lies --------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *mail_location;
    gboolean is_maildir;
    const char *inbox;
} locations[] = {
    {"mbox:~/mail:INBOX=/var/mail/%u", FALSE, "/var/mail/ana"},
    {"mbox:~/mail", FALSE, "/home/ana/mail/inbox"},
    {"maildir:~/Maildir", TRUE, "/home/ana/Maildir"},
    {"Maildir:~/Maildir/", TRUE, "/home/ana/Maildir"},
    {"maildir:%h/Maildir", TRUE, "/home/ana/Maildir"},
    {"maildir:~/Maildir:INBOX=~/Maildir/in", TRUE, "/home/ana/Maildir/in"},
    {"maildir:/var/vmail/%Lu:INDEX=/var/indexes/%u", TRUE, "/var/vmail/ana"},
};

static const struct {
    const char *home_mailbox;
    const char *spool;
    gboolean is_maildir;
    const char *inbox;
} deliveries[] = {
    {"", "/var/mail", FALSE, "/var/mail/ana"},
    {"", "/var/mail/", TRUE, "/var/mail/ana"},
    {"Maildir/", "/var/mail", TRUE, "/home/ana/Maildir"},
    {"mbox", "/var/mail", FALSE, "/home/ana/mbox"},
};
/* clang-format on */

START_TEST(dovecot_looks_for_mail)
{
    g_auto(MailsimMailLocation) location = {0};

    mailsim_mail_location_find_mail(locations[_i].mail_location, "ana", &location);
    ck_assert_str_eq(location.inbox, locations[_i].inbox);
    ck_assert_int_eq(location.is_maildir, locations[_i].is_maildir);
}
END_TEST

START_TEST(postfix_puts_mail)
{
    g_auto(MailsimMailLocation) location = {0};

    mailsim_mail_location_find_delivery(deliveries[_i].home_mailbox, deliveries[_i].spool,
                                        "ana", &location);
    ck_assert_str_eq(location.inbox, deliveries[_i].inbox);
    ck_assert_int_eq(location.is_maildir, deliveries[_i].is_maildir);
}
END_TEST

/* ---- values that are refused ------------------------------------------------------------- */

typedef struct {
    const char *name;
    const char *value;
    const char *problem; /* NULL: fine */
    const char *hint;    /* contained in the hint; NULL: there is none */
    gboolean is_warning;
} CheckCase;

#define SNAKEOIL "/etc/ssl/certs/ssl-cert-snakeoil.pem"

/* clang-format off */
static const CheckCase checks[] = {
    {.name = "auth_mechanisms", .value = "plain login"},
    {.name = "auth_mechanisms", .value = "PLAIN"},
    {.name = "auth_mechanisms", .value = "plain,login",
     .problem = "unknown authentication mechanism “plain,login”", .hint = "blanks"},
    {.name = "auth_mechanisms", .value = "plain cram-md5",
     .problem = "the authentication mechanism “cram-md5” is not built yet",
     .hint = "plain and login"},
    {.name = "auth_mechanisms", .value = "plain foo",
     .problem = "unknown authentication mechanism “foo”", .hint = "plain and login"},
    {.name = "auth_mechanisms", .value = "", .problem = "no authentication mechanism is named",
     .hint = "plain"},
    {.name = "ssl", .value = "required"},
    {.name = "ssl", .value = "'required'"},
    {.name = "ssl", .value = "Required", .problem = "invalid value: Required",
     .hint = "small letters"},
    {.name = "ssl", .value = "si", .problem = "invalid value: si", .hint = "yes, no"},
    {.name = "disable_plaintext_auth", .value = "NO"},
    {.name = "disable_plaintext_auth", .value = "maybe",
     .problem = "invalid boolean value: maybe (use yes or no)"},
    {.name = "auth_failure_delay", .value = "2 secs"},
    {.name = "auth_failure_delay", .value = "2", .hint = "2 secs",
     .problem = "time interval '2' is missing units (add e.g. 's' for seconds)"},
    {.name = "auth_failure_delay", .value = "1h30m", .hint = "2 secs",
     .problem = "invalid time interval: 1h30m"},
    {.name = "auth_failure_delay", .value = "100 ms", .hint = "2 secs",
     .problem = "milliseconds not supported for this setting: 100 ms"},
    {.name = "imap_idle_notify_interval", .value = "7102 weeks", .hint = "2 secs",
     .problem = "time interval is too large: 7102 weeks"},
    {.name = "imap_max_line_length", .value = "1 M"},
    {.name = "imap_max_line_length", .value = "64 x", .hint = "64 k",
     .problem = "invalid size: 64 x"},
    {.name = "imap_max_line_length", .value = "16777216 T", .hint = "64 k",
     .problem = "size is too large: 16777216 T"},
    {.name = "imap_max_line_length", .value = "0", .problem = "no line is so short",
     .hint = "assertion failed"},
    {.name = "mail_max_userip_connections", .value = "0"},
    {.name = "mail_max_userip_connections", .value = "-1", .hint = "0 is no limit",
     .problem = "invalid number -1: Number too small"},
    {.name = "mail_max_userip_connections", .value = "4294967296", .hint = "0 is no limit",
     .problem = "invalid number 4294967296: Number too large"},
    {.name = "mail_max_userip_connections", .value = "1k", .hint = "0 is no limit",
     .problem = "invalid number 1k: Not a valid number"},
    {.name = "ssl_min_protocol", .value = "any"},
    {.name = "ssl_min_protocol", .value = "TLS1.2", .hint = "TLSv1.2",
     .problem = "unknown ssl_min_protocol setting 'TLS1.2'"},
    {.name = "login_greeting", .value = ""},
    {.name = "login_trusted_networks", .value = "10.0.0.0/8,127.0.0.7/24 [::1]"},
    {.name = "login_trusted_networks", .value = "10.0.0.0/8 localhost", .hint = "signal 11",
     .problem = "“localhost” is neither an address nor a network"},
    {.name = "login_trusted_networks", .value = "10.0.0.0/33", .hint = "signal 11",
     .problem = "“10.0.0.0/33” is neither an address nor a network"},
    {.name = "listen", .value = "*, ::"},
    {.name = "listen", .value = "", .problem = "listen can't be set empty", .hint = "IPv4"},
    {.name = "listen", .value = "*, foo", .hint = "IPv4",
     .problem = "“foo” is no address, and names are not built yet"},
    {.name = "auth_username_format", .value = "%Ln"},
    {.name = "auth_username_format", .value = "%z", .hint = "%Lu",
     .problem = "the variable “%z” is not built yet"},
    {.name = "protocols", .value = "imap pop3"},
    {.name = "protocols", .value = "none"},
    {.name = "protocols", .value = ""},
    {.name = "protocols", .value = "imap smtp", .problem = "unknown protocol “smtp”",
     .hint = "imap"},
    {.name = "protocols", .value = "imap,pop3", .problem = "unknown protocol “imap,pop3”",
     .hint = "blank"},
    {.name = "protocols", .value = "IMAP", .problem = "unknown protocol “IMAP”", .hint = "imap"},
    {.name = "protocols", .value = "none imap", .problem = "unknown protocol “none”",
     .hint = "imap"},
    {.name = "protocols", .value = "imaps", .hint = "ports = 993",
     .problem = "“imaps” protocol can no longer be specified"},
    {.name = "protocols", .value = "imap submission", .hint = "Postfix",
     .problem = "the protocol “submission” is not built yet"},
    {.name = "pop3_uidl_format", .value = "%u"},
    {.name = "pop3_uidl_format", .value = "fixed", .hint = "%08Xu%08Xv",
     .problem = "pop3_uidl_format setting doesn't contain any % variables"},
    {.name = "pop3_uidl_format", .value = "%", .hint = "%08Xu%08Xv",
     .problem = "pop3_uidl_format setting doesn't contain any % variables"},
    {.name = "pop3_uidl_format", .value = "x%%", .hint = "%08Xu%08Xv",
     .problem = "pop3_uidl_format setting doesn't contain any % variables"},
    {.name = "pop3_uidl_format", .value = "%u%n", .hint = "%08Xu%08Xv",
     .problem = "unknown pop3_uidl_format variable: %n"},
    {.name = "pop3_uidl_format", .value = "%{uidl}", .hint = "%08Xu%08Xv",
     .problem = "unknown pop3_uidl_format variable: %{"},
    {.name = "pop3_uidl_format", .value = "%g", .hint = "%08Xu%08Xv",
     .problem = "the variable “%g” is not built yet"},
    {.name = "ssl_cert", .value = "<" SNAKEOIL},
    {.name = "ssl_cert", .value = "< " SNAKEOIL},
    {.name = "ssl_cert", .value = "</etc/mailsim/nobody.pem"},
    {.name = "ssl_cert", .value = "</nope.pem", .hint = "would not start",
     .problem = "can't open file “/nope.pem”: No such file or directory"},
    {.name = "ssl_cert", .value = SNAKEOIL, .hint = "There is no valid PEM certificate. Write <"
     SNAKEOIL, .problem = "there is no “<” before the path", .is_warning = TRUE},
    {.name = "ssl_cert", .value = "", .hint = "The certificate is empty",
     .problem = "there is no “<” before the path", .is_warning = TRUE},
    {.name = "ssl_key", .value = "</etc/letsencrypt/live/mail.iesgn.example/privkey.pem"},
    {.name = "ssl_key", .value = "</etc/dovecot/private/dovecot.key"},
    {.name = "ssl_key", .value = "</nope.key", .hint = "would not start",
     .problem = "can't open file “/nope.key”: No such file or directory"},
    {.name = "ssl_key", .value = "/etc/ssl/private/ssl-cert-snakeoil.key",
     .hint = "Couldn't parse private SSL key", .problem = "there is no “<” before the path",
     .is_warning = TRUE},
    {.name = "mail_location", .value = "maildir:~/Maildir"},
    {.name = "mail_location", .value = "Maildir:%h/Maildir:INDEX=MEMORY"},
    {.name = "mail_location", .value = "", .hint = "maildir:~/Maildir",
     .problem = "mail_location not set, and autodetection is not built yet"},
    {.name = "mail_location", .value = "~/Maildir", .hint = "maildir:~/Maildir",
     .problem = "ambiguous mail location setting, don't know what to do with it: ~/Maildir "
                "(try prefixing it with mbox: or maildir:)"},
    {.name = "mail_location", .value = "foo:~/x", .hint = "mbox and maildir",
     .problem = "unknown mail storage driver “foo”"},
    {.name = "mail_location", .value = "mdbox:~/x", .hint = "mbox and maildir",
     .problem = "the mail storage driver “mdbox” is not built yet"},
    {.name = "mail_location", .value = "maildir:", .hint = "maildir:~/Maildir",
     .problem = "root mail directory not given"},
    {.name = "mail_location", .value = "mbox:INBOX=/var/mail/%u", .hint = "mbox:~/mail",
     .problem = "mail root directory not given: “INBOX=/var/mail/%u”"},
    {.name = "mail_location", .value = "mbox:/var/mail/%u", .hint = "mbox:~/mail",
     .problem = "“/var/mail/%u” is a file, and mbox: wants a folder before INBOX="},
    {.name = "mail_location", .value = "maildir:Maildir", .hint = "maildir:~/Maildir",
     .problem = "“Maildir” would be a folder in /, which users may not make"},
    {.name = "mail_location", .value = "maildir:~/Maildir:FOO=bar", .hint = "INBOX=",
     .problem = "unknown setting: “FOO”"},
    {.name = "mail_location", .value = "maildir:~/Maildir:LAYOUT=fs", .hint = "INBOX=",
     .problem = "“LAYOUT” in mail_location is not built yet"},
    {.name = "mail_location", .value = "maildir:/home/%z", .hint = "%u",
     .problem = "the variable “%z” is not built yet"},
    {.name = "mail_plugins", .value = "anything"},
};
/* clang-format on */

START_TEST(a_value_is_judged_as_dovecot_judges_it)
{
    const CheckCase *expected = &checks[_i];
    g_autofree char *hint = NULL;
    gboolean is_warning = TRUE;
    g_autofree char *problem =
        mailsim_dovecot_setting_check(expected->name, expected->value, &hint, &is_warning);
    g_autofree char *again =
        mailsim_dovecot_setting_check(expected->name, expected->value, NULL, NULL);

    ck_assert_pstr_eq(problem, expected->problem);
    ck_assert_pstr_eq(again, expected->problem);
    ck_assert_int_eq(is_warning, expected->is_warning);
    if (expected->hint == NULL)
        ck_assert_ptr_null(hint);
    else
        ck_assert_msg(hint != NULL && strstr(hint, expected->hint) != NULL,
                      "hint is “%s”, not “%s”", hint, expected->hint);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("dovecot-setting");
    TCase *tcase = tcase_create("dovecot-setting");

    tcase_add_test(tcase, every_name_is_listed_once_in_order);
    tcase_add_test(tcase, every_default_passes_its_own_check);
    tcase_add_test(tcase, what_is_known_of_a_name);
    tcase_add_loop_test(tcase, a_boolean_is_read, 0, G_N_ELEMENTS(booleans));
    tcase_add_loop_test(tcase, a_time_is_read, 0, G_N_ELEMENTS(times));
    tcase_add_loop_test(tcase, a_size_is_read, 0, G_N_ELEMENTS(sizes));
    tcase_add_loop_test(tcase, a_number_is_read, 0, G_N_ELEMENTS(numbers));
    tcase_add_test(tcase, words_of_tls_are_read);
    tcase_add_test(tcase, quotes_are_taken_away);
    tcase_add_test(tcase, networks_are_trusted);
    tcase_add_test(tcase, it_listens_where_it_is_told_to);
    tcase_add_test(tcase, a_name_is_formatted);
    tcase_add_loop_test(tcase, dovecot_looks_for_mail, 0, G_N_ELEMENTS(locations));
    tcase_add_loop_test(tcase, postfix_puts_mail, 0, G_N_ELEMENTS(deliveries));
    tcase_add_loop_test(tcase, a_value_is_judged_as_dovecot_judges_it, 0, G_N_ELEMENTS(checks));
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
