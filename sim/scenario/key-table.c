/* SPDX-License-Identifier: MIT
 *
 * The scenario language, declared. Whoever adds a key adds a row here; value.c knows
 * how a value of its type is read, and build-world.c or build-step.c what becomes of it. */
#include <mailsim/scenario/key-table.h>

#include <string.h>

#define AT         MAILSIM_KEY_AT_STEP
#define TRANSLATED MAILSIM_KEY_TRANSLATED
#define REQUIRED   MAILSIM_KEY_REQUIRED
#define LIKE       MAILSIM_KEY_LIKE
#define PLANNED    MAILSIM_KEY_PLANNED

/* clang-format off */

/* ----------------------------------------------------------------------------------- Groups */

static const MailsimGroupRow groups[] = {
    {MAILSIM_GROUP_SCENARIO,     "scenario",    "",       0,
     "title, language and clock of the scenario"},
    {MAILSIM_GROUP_HOST,         "host",        "H",      AT,
     "a mail host: a fresh Debian 12 with Postfix"},
    {MAILSIM_GROUP_POSTFIX,      "postfix",     "H",      AT | LIKE,
     "lines of the host's main.cf"},
    {MAILSIM_GROUP_SERVICE,      "service",     "H S",    AT | LIKE,
     "a service of the host's master.cf"},
    {MAILSIM_GROUP_DOVECOT,      "dovecot",     "H",      AT | LIKE,
     "lines of the host's dovecot.conf; with this group Dovecot runs"},
    {MAILSIM_GROUP_FILE,         "file",        "H PATH", AT,
     "a file that a parameter names, and /etc/aliases"},
    {MAILSIM_GROUP_ZONE,         "zone",        "Z",      AT,
     "records of a DNS zone"},
    {MAILSIM_GROUP_CERTIFICATE,  "certificate", "C",      AT | LIKE,
     "a certificate, where a profile alone does not do"},
    {MAILSIM_GROUP_MUA,          "mua",         "M",      AT | LIKE,
     "a mail program on a machine of its own"},
    {MAILSIM_GROUP_LINK,         "link",        "A B",    AT,
     "the way between two machines"},
    {MAILSIM_GROUP_BLOCKLIST,    "blocklist",   "Z",      AT,
     "the zone of a DNSBL"},
    {MAILSIM_GROUP_STEP,         "step",        "S",      LIKE,
     "something that is done; steps run in the order of the file"},
    {MAILSIM_GROUP_QUESTION,     "question",    "Q",      PLANNED,
     "a question about a step, for the quiz"},
};

G_STATIC_ASSERT(G_N_ELEMENTS(groups) == MAILSIM_GROUP_KINDS);

/* ------------------------------------------------------------------------------------- Keys */

#define SCENARIO    MAILSIM_GROUP_SCENARIO
#define HOST        MAILSIM_GROUP_HOST
#define POSTFIX     MAILSIM_GROUP_POSTFIX
#define SERVICE     MAILSIM_GROUP_SERVICE
#define DOVECOT     MAILSIM_GROUP_DOVECOT
#define FILE_GROUP  MAILSIM_GROUP_FILE
#define ZONE        MAILSIM_GROUP_ZONE
#define CERTIFICATE MAILSIM_GROUP_CERTIFICATE
#define MUA         MAILSIM_GROUP_MUA
#define LINK        MAILSIM_GROUP_LINK
#define BLOCKLIST   MAILSIM_GROUP_BLOCKLIST
#define STEP        MAILSIM_GROUP_STEP
#define QUESTION    MAILSIM_GROUP_QUESTION

#define TYPE(name) MAILSIM_TYPE_##name, MAILSIM_WORDS_NONE
#define WORD(set)  MAILSIM_TYPE_WORD, MAILSIM_WORDS_##set
#define WORDS(set) MAILSIM_TYPE_WORD_LIST, MAILSIM_WORDS_##set
#define YES_NO     MAILSIM_TYPE_YES_NO, MAILSIM_WORDS_YES_NO
#define PROFILES   MAILSIM_TYPE_CERTIFICATE, MAILSIM_WORDS_PROFILE
#define OUTCOME    MAILSIM_TYPE_OUTCOME, MAILSIM_WORDS_OUTCOME
#define OUTCOMES   MAILSIM_TYPE_OUTCOME_CODES, MAILSIM_WORDS_OUTCOME
#define HOP        MAILSIM_TYPE_HOP, MAILSIM_WORDS_HOP

static const MailsimKeyRow keys[] = {
    /* group,     key,                    type,               default,
     * flags, steps, meaning */
    {SCENARIO,    "title",                TYPE(TEXT),         NULL,
     TRANSLATED | REQUIRED, NULL, "what the scenario is called"},
    {SCENARIO,    "summary",              TYPE(TEXT),         NULL,
     TRANSLATED, NULL, "what it shows, in a line"},
    {SCENARIO,    "include",              TYPE(SCENARIO),     NULL,
     0, NULL, "take the world of another scenario; what this file says wins"},
    {SCENARIO,    "language",             WORD(LANGUAGE),     "en",
     0, NULL, "of the texts without [en] or [es]"},
    {SCENARIO,    "start",                TYPE(MOMENT),       "2026-01-12 09:00",
     0, NULL, "what the virtual clock shows at the beginning, UTC"},

    {HOST,        "mailname",             TYPE(DNS_NAME),     "H.example",
     AT, NULL, "the mail domain, as in /etc/mailname"},
    {HOST,        "hostname",             TYPE(DNS_NAME),     "mail.+mailname",
     AT, NULL, "the full name, as hostname -f says it"},
    {HOST,        "address",              TYPE(ADDRESS_LIST), "next free from 192.0.2.10",
     AT, NULL, "its addresses"},
    {HOST,        "users",                TYPE(USER_LIST),    NULL,
     AT, NULL, "name or name:password, as for chpasswd; root exists"},
    {HOST,        "certificate",          PROFILES,           "snakeoil",
     AT, NULL, "profile or certificate that Postfix and Dovecot show"},

    {POSTFIX,     "like",                 TYPE(LIKE),         NULL,
     0, NULL, "start from a copy of another host's lines"},
    {POSTFIX,     "lab.NAME",             YES_NO,             "no",
     AT | PLANNED, NULL, "a bug of the simulated server"},
    {POSTFIX,     "NAME",                 TYPE(POSTFIX),      "Debian's",
     AT, NULL, "any parameter of postconf(5); $name expands"},

    {SERVICE,     "like",                 TYPE(LIKE),         NULL,
     0, NULL, "start from a copy of another service's lines"},
    {SERVICE,     "port",                 TYPE(PORT),         "by service name",
     AT, NULL, "where it listens"},
    {SERVICE,     "NAME",                 TYPE(POSTFIX),      "Debian's block, then main.cf",
     AT, NULL, "any parameter of postconf(5), also written -o name=value"},

    {DOVECOT,     "like",                 TYPE(LIKE),         NULL,
     0, NULL, "start from a copy of another host's lines"},
    {DOVECOT,     "ports",                TYPE(PORT_LIST),    "by protocols",
     AT, NULL, "the open ports: 993 alone closes 143"},
    {DOVECOT,     "NAME",                 TYPE(DOVECOT),      "Debian's",
     AT, NULL, "any setting of dovecot.conf outside its sections"},

    {FILE_GROUP,  "N",                    TYPE(RAW),          NULL,
     AT, NULL, "line N of the file"},

    {ZONE,        "dnssec",               WORD(DNSSEC),       "no",
     AT, NULL, "is the zone signed, and does its signature hold"},
    {ZONE,        "fails",                TYPE(RECORD_TYPE_LIST), NULL,
     AT, NULL, "types whose queries are answered SERVFAIL"},
    {ZONE,        "OWNER TYPE",           TYPE(RECORDS),      NULL,
     AT, NULL, "records, as in a zone file"},

    {CERTIFICATE, "like",                 TYPE(LIKE),         NULL,
     0, NULL, "start from a copy of another certificate"},
    {CERTIFICATE, "profile",              WORD(PROFILE),      "letsencrypt",
     AT, NULL, "what the other keys start from"},
    {CERTIFICATE, "names",                TYPE(DNS_NAME_LIST), "the host's",
     AT, NULL, "the names in it (subjectAltName)"},
    {CERTIFICATE, "cn",                   TYPE(RAW),          "the profile's",
     AT, NULL, "its common name"},
    {CERTIFICATE, "issuer",               TYPE(ISSUER),       "the profile's",
     AT, NULL, "who signed it: a certificate, or self"},
    {CERTIFICATE, "key",                  WORD(KEY),          "the profile's",
     AT, NULL, "its kind of key"},
    {CERTIFICATE, "issued",               TYPE(MOMENT),       "the profile's",
     AT, NULL, "valid from"},
    {CERTIFICATE, "days",                 TYPE(NUMBER),       "the profile's",
     AT, NULL, "valid for"},
    {CERTIFICATE, "ca",                   YES_NO,             "yes if it signs others",
     AT, NULL, "may it sign others (CA:TRUE)"},
    {CERTIFICATE, "key-usage",            WORDS(KEY_USAGE),   "the profile's",
     AT, NULL, "what its key is for; empty: nothing is said of it"},
    {CERTIFICATE, "extended-key-usage",   WORDS(EXTENDED_KEY_USAGE), "the profile's",
     AT, NULL, "what the certificate is for; empty: nothing is said of it"},

    {MUA,         "like",                 TYPE(LIKE),         NULL,
     0, NULL, "start from a copy of another mail program"},
    {MUA,         "user",                 TYPE(USER),         NULL,
     AT, NULL, "whose account; without it, a program without account"},
    {MUA,         "password",             TYPE(TEXT),         "the right one",
     AT, NULL, "what it logs in with"},
    {MUA,         "login",                YES_NO,             "yes",
     AT, NULL, "does it try to log in"},
    {MUA,         "outgoing",             TYPE(ENDPOINT),     NULL,
     AT, NULL, "the server that it sends through"},
    {MUA,         "incoming",             TYPE(ENDPOINT),     NULL,
     AT, NULL, "the server that it reads mail from"},
    {MUA,         "check",                YES_NO,             "yes",
     AT, NULL, "does it insist on a good certificate"},
    {MUA,         "keep",                 YES_NO,             "no",
     AT, NULL, "does it leave at the server what it fetches by POP3"},
    {MUA,         "address",              TYPE(ADDRESS),      "next free from 198.51.100.10",
     AT, NULL, "of the machine"},

    {LINK,        "latency",              TYPE(DURATION),     "20ms",
     AT, NULL, "how long a byte travels, one way"},
    {LINK,        "attack",               WORDS(ATTACK),      NULL,
     AT | PLANNED, NULL, "what an attacker on the way does"},
    {LINK,        "attack.certificate",   WORD(ATTACK_CERTIFICATE), NULL,
     AT | PLANNED, NULL, "what the impostor shows"},
    {LINK,        "attack.mx",            TYPE(HOST),         NULL,
     AT | PLANNED, NULL, "the host that forged records send to"},
    {LINK,        "attack.text",          TYPE(TEXT),         NULL,
     AT | PLANNED, NULL, "what is injected"},

    {BLOCKLIST,   "listed",               TYPE(ADDRESS_LIST), NULL,
     AT, NULL, "who is listed"},
    {BLOCKLIST,   "trap",                 TYPE(MAIL_ADDRESS), NULL,
     AT, NULL, "whoever delivers mail to it is listed"},

    {STEP,        "title",                TYPE(TEXT),         NULL,
     TRANSLATED | REQUIRED, NULL, "what the step is called"},
    {STEP,        "intro",                TYPE(TEXT),         NULL,
     TRANSLATED, NULL, "text shown before it"},
    {STEP,        "show",                 TYPE(LOOK),         NULL,
     0, "send talk wait", "log H: all that the transcript tells of the step is what that log says"},
    {STEP,        "like",                 TYPE(LIKE),         NULL,
     0, NULL, "do what another step does, but for what is said here"},
    {STEP,        "predict",              TYPE(RAW),          NULL,
     PLANNED, NULL, "expectation keys to turn into questions"},
    {STEP,        "do",                   WORD(DO),           NULL,
     REQUIRED | LIKE, NULL, "what is done"},
    {STEP,        "restart",              TYPE(HOST),         NULL,
     0, NULL, "Postfix on this host is stopped and started just before the step acts"},
    {STEP,        "by",                   TYPE(SENDER),       NULL,
     REQUIRED | LIKE, "send fetch talk", "who: a user at a shell, or a mail program; for talk a host or a mail program"},
    {STEP,        "to",                   TYPE(MAIL_ADDRESS_LIST), NULL,
     REQUIRED | LIKE, "send", "the recipients"},
    {STEP,        "from",                 TYPE(MAIL_ADDRESS), "the user's address",
     LIKE, "send", "the envelope sender; empty is the null sender"},
    {STEP,        "subject",              TYPE(TEXT),         "Test",
     LIKE, "send", "of the message"},
    {STEP,        "text",                 TYPE(TEXT),         "This is a test message.\\n",
     LIKE, "send", "of the message"},
    {STEP,        "user",                 TYPE(USER),         "the mail program's",
     LIKE, "send fetch", "as in [mua], for this step only"},
    {STEP,        "password",             TYPE(TEXT),         "the mail program's",
     LIKE, "send fetch", "as in [mua], for this step only"},
    {STEP,        "login",                YES_NO,             "the mail program's",
     LIKE, "send fetch", "as in [mua], for this step only"},
    {STEP,        "outgoing",             TYPE(ENDPOINT),     "the mail program's",
     LIKE, "send fetch", "as in [mua], for this step only"},
    {STEP,        "incoming",             TYPE(ENDPOINT),     "the mail program's",
     LIKE, "send fetch", "as in [mua], for this step only"},
    {STEP,        "check",                YES_NO,             "the mail program's",
     LIKE, "send fetch", "as in [mua], for this step only"},
    {STEP,        "keep",                 YES_NO,             "the mail program's",
     LIKE, "fetch", "as in [mua], for this step only"},
    {STEP,        "connect",              TYPE(ENDPOINT),     NULL,
     REQUIRED | LIKE, "talk", "where to; starttls and tls as openssl s_client, clear as telnet"},
    {STEP,        "for",                  TYPE(DURATION),     NULL,
     LIKE, "wait", "how long"},
    {STEP,        "until",                TYPE(RAW),          NULL,
     LIKE, "wait", "a moment, or queue-empty"},
    {STEP,        "message",              TYPE(STEP),         "the last send",
     LIKE, "wait", "whose message is watched"},
    {STEP,        "at",                   TYPE(LOOK),         NULL,
     REQUIRED | LIKE, "look", "what is shown: mailbox U, queue H, log H, dns NAME TYPE, …"},

    {STEP,        "expect.outcome",       OUTCOME,            NULL,
     0, "send wait fetch", "what became of it; for all recipients, the worst"},
    {STEP,        "expect.to.ADDRESS",    OUTCOMES,           NULL,
     0, "send wait", "an outcome and codes, for one recipient"},
    {STEP,        "expect.hop.H.reply",   TYPE(TEXT),         NULL,
     0, "send wait fetch", "text that the reply, or Postfix's reason, contains"},
    {STEP,        "expect.hop.H.decided", TYPE(RAW),          NULL,
     0, "send wait fetch", "the rule or parameter that decided"},
    {STEP,        "expect.hop.H.1",       HOP,                NULL,
     0, "send wait fetch", "words on the first connection to host H"},
    {STEP,        "expect.hop.H",         HOP,                NULL,
     0, "send wait fetch", "words on the last connection to host H"},
    {STEP,        "expect.count",         TYPE(COUNT),        NULL,
     0, "look fetch", "messages, records or lines; for fetch, messages in the mailbox"},
    {STEP,        "expect.has",           TYPE(TEXT),         NULL,
     0, "look", "text found"},
    {STEP,        "expect.lacks",         TYPE(TEXT),         NULL,
     0, "look", "text not found"},
    {STEP,        "expect.attack",        WORD(ATTACK_RESULT), NULL,
     PLANNED, "send fetch wait", "what became of the attack"},
    {STEP,        "expect.N.lacks",       TYPE(LINE),         NULL,
     0, "talk", "no line of the reply to line N contains this"},
    {STEP,        "expect.N",             TYPE(LINE),         NULL,
     0, "talk", "some line of the reply to line N begins with this; 0 is the greeting"},
    {STEP,        "N",                    TYPE(LINE),         NULL,
     LIKE, "talk", "a line that is typed: CR LF ends it, and \\n in it is CR LF; with a \\r "
     "in it, it goes out exactly as written"},

    {QUESTION,    "step",                 TYPE(STEP),         NULL,
     REQUIRED | PLANNED, NULL, "which step it is about"},
    {QUESTION,    "ask",                  TYPE(TEXT),         NULL,
     TRANSLATED | REQUIRED | PLANNED, NULL, "the question"},
    {QUESTION,    "why",                  TYPE(TEXT),         NULL,
     TRANSLATED | PLANNED, NULL, "shown with the answer"},
    {QUESTION,    "CHOICE.if",            TYPE(RAW),          NULL,
     PLANNED, NULL, "the expectation that makes a choice the right one"},
    {QUESTION,    "CHOICE",               TYPE(TEXT),         NULL,
     TRANSLATED | PLANNED, NULL, "a choice, a to f"},
};

/* clang-format on */

/* ----------------------------------------------------------------------------------- Lookup */

const MailsimGroupRow *
mailsim_key_table_get_group(MailsimGroupKind kind)
{
    g_assert(groups[kind].kind == kind);
    return &groups[kind];
}

const MailsimGroupRow *
mailsim_key_table_find_group(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(groups); i++)
        if (strcmp(groups[i].name, name) == 0)
            return &groups[i];
    return NULL;
}

#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static gboolean
is_number(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isdigit(text[i]))
            return FALSE;
    return length > 0;
}

MailsimPlaceholder
mailsim_key_table_find_placeholder(const MailsimKeyRow *row, gsize *start, gsize *length)
{
    static const struct {
        const char *word;
        MailsimPlaceholder kind;
    } kinds[] = {
        {"N",          MAILSIM_PLACEHOLDER_NUMBER},
        {"CHOICE",     MAILSIM_PLACEHOLDER_LETTER},
        {"H",          MAILSIM_PLACEHOLDER_LABEL },
        {"OWNER TYPE", MAILSIM_PLACEHOLDER_RECORD},
    };

    *start = strcspn(row->name, CAPITALS);
    *length = strspn(row->name + *start, CAPITALS " ");
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (*length == strlen(kinds[i].word) &&
            memcmp(row->name + *start, kinds[i].word, *length) == 0)
            return kinds[i].kind;
    return *length > 0 ? MAILSIM_PLACEHOLDER_ANYTHING : MAILSIM_PLACEHOLDER_NONE;
}

/* May TEXT stand where a name has such a word? */
static gboolean
fits_placeholder(MailsimPlaceholder kind, const char *text, gsize length)
{
    switch (kind) {
    case MAILSIM_PLACEHOLDER_NONE:
        return length == 0;
    case MAILSIM_PLACEHOLDER_NUMBER:
        return is_number(text, length);
    case MAILSIM_PLACEHOLDER_LETTER:
        return length == 1 && *text >= 'a' && *text <= 'f';
    case MAILSIM_PLACEHOLDER_LABEL:
        return length > 0 && !memchr(text, '.', length);
    case MAILSIM_PLACEHOLDER_RECORD:
        return memchr(text, ' ', length) != NULL;
    case MAILSIM_PLACEHOLDER_ANYTHING:
        return length > 0;
    }
    g_assert_not_reached();
}

static gboolean
fits_row(const MailsimKeyRow *row, const char *key)
{
    gsize start, length;
    MailsimPlaceholder kind = mailsim_key_table_find_placeholder(row, &start, &length);
    const char *rest = row->name + start + length;
    gsize key_length = strlen(key);

    if (key_length < start + strlen(rest) || strncmp(key, row->name, start) != 0 ||
        strcmp(key + key_length - strlen(rest), rest) != 0)
        return FALSE;
    return fits_placeholder(kind, key + start, key_length - start - strlen(rest));
}

const MailsimKeyRow *
mailsim_key_table_find_key(MailsimGroupKind group, const char *key)
{
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        if (keys[i].group == group && fits_row(&keys[i], key))
            return &keys[i];
    return NULL;
}

const MailsimKeyRow *
mailsim_key_table_list_keys(guint *n_keys)
{
    *n_keys = G_N_ELEMENTS(keys);
    return keys;
}

GPtrArray *
mailsim_key_table_name_groups(void)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < G_N_ELEMENTS(groups); i++)
        if (!(groups[i].flags & PLANNED))
            g_ptr_array_add(names, (char *)groups[i].name);
    return names;
}

gboolean
mailsim_key_row_is_literal(const MailsimKeyRow *row)
{
    return strcspn(row->name, CAPITALS) == strlen(row->name);
}

gboolean
mailsim_key_row_belongs_to(const MailsimKeyRow *row, const char *does)
{
    g_auto(GStrv) words = row->steps ? g_strsplit(row->steps, " ", -1) : NULL;

    return !words || g_strv_contains((const char *const *)words, does);
}

GPtrArray *
mailsim_key_table_name_keys(MailsimGroupKind group)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        if (keys[i].group == group && !(keys[i].flags & PLANNED) &&
            mailsim_key_row_is_literal(&keys[i]))
            g_ptr_array_add(names, (char *)keys[i].name);
    return names;
}
