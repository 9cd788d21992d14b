/* SPDX-License-Identifier: MIT
 *
 * The second part of the key table: the words that values are made of, and which of them
 * exclude each other. */
#include <mailsim/scenario/key-table.h>

#include <string.h>

#define PLANNED MAILSIM_KEY_PLANNED

/* clang-format off */

#define LANGUAGE      MAILSIM_WORDS_LANGUAGE
#define YES_NO        MAILSIM_WORDS_YES_NO
#define PROFILE       MAILSIM_WORDS_PROFILE
#define KEY           MAILSIM_WORDS_KEY
#define USAGE         MAILSIM_WORDS_KEY_USAGE
#define EXTENDED      MAILSIM_WORDS_EXTENDED_KEY_USAGE
#define MODE          MAILSIM_WORDS_MODE
#define DNSSEC        MAILSIM_WORDS_DNSSEC
#define ATTACK        MAILSIM_WORDS_ATTACK
#define ATTACK_CERT   MAILSIM_WORDS_ATTACK_CERTIFICATE
#define DO            MAILSIM_WORDS_DO
#define OUTCOME       MAILSIM_WORDS_OUTCOME
#define HOP           MAILSIM_WORDS_HOP
#define ATTACK_RESULT MAILSIM_WORDS_ATTACK_RESULT

/* What words on a hop exclude each other by. */
enum {
    ANY,
    STATUS,
    PATH,
    VERSION,
    TRUST,
    CHAIN,
    NAME,
    DATES,
    LOGIN,
    PASSWORD,
    TEXT,
    ADDRESSES,
    FAILURE
};

static const MailsimWordRow words[] = {
    {LANGUAGE,      "en",                        1, 0, "English"},
    {LANGUAGE,      "es",                        1, 0, "Spanish"},

    {YES_NO,        "yes",                       1, 0, ""},
    {YES_NO,        "no",                        1, 0, ""},

    {PROFILE,       "letsencrypt",               1, 0, "trusted, as from Let's Encrypt"},
    {PROFILE,       "snakeoil",                  1, 0, "self-signed, as Debian makes it"},
    {PROFILE,       "expired",                   1, 0, "its last day is over"},
    {PROFILE,       "not-yet-valid",             1, 0, "its first day is to come"},
    {PROFILE,       "wrong-name",                1, 0, "for another host"},
    {PROFILE,       "unknown-ca",                1, 0, "from an unknown authority"},
    {PROFILE,       "no-intermediate",           1, 0, "trusted, but sent without its chain"},

    {KEY,           "ecdsa",                     1, 0, "ECDSA, P-256"},
    {KEY,           "rsa",                       1, 0, "RSA, 2048 bits"},
    {KEY,           "ed25519",                   1, 0, "EdDSA"},

    {USAGE,         "digital-signature",         0, 0, "it signs handshakes"},
    {USAGE,         "key-encipherment",          0, 0, "a secret may be encrypted to it, with RSA"},
    {USAGE,         "key-agreement",             0, 0, "it agrees on secrets"},
    {USAGE,         "key-cert-sign",             0, 0, "it signs certificates"},
    {USAGE,         "crl-sign",                  0, 0, "it signs lists of those revoked"},

    {EXTENDED,      "server-auth",               0, 0, "for servers"},
    {EXTENDED,      "client-auth",               0, 0, "for clients"},
    {EXTENDED,      "email-protection",          0, 0, "for signed mail (S/MIME)"},
    {EXTENDED,      "any",                       0, 0, "for everything"},

    {MODE,          "clear",                     1, 0, "no TLS at all"},
    {MODE,          "starttls-if-offered",       1, 0, "TLS if the server offers it"},
    {MODE,          "starttls",                  1, 0, "TLS by STARTTLS, or no mail"},
    {MODE,          "tls",                       1, 0, "TLS from the first byte"},

    {DNSSEC,        "no",                        1, 0, "not signed"},
    {DNSSEC,        "yes",                       1, 0, "signed"},
    {DNSSEC,        "bogus",                     1, 0, "signed, and the signatures are wrong"},

    {ATTACK,        "listen",                    0, PLANNED, "reads along"},
    {ATTACK,        "strip-starttls",            0, PLANNED, "takes STARTTLS out of the reply"},
    {ATTACK,        "mask-starttls",             0, PLANNED, "overwrites it with XXXXXXXX"},
    {ATTACK,        "refuse-starttls",           0, PLANNED, "answers STARTTLS with an error"},
    {ATTACK,        "refuse-ehlo",               0, PLANNED, "answers EHLO with an error"},
    {ATTACK,        "impostor",                  0, PLANNED, "answers in the server's place"},
    {ATTACK,        "forge-mx",                  0, PLANNED, "answers DNS with another MX"},
    {ATTACK,        "inject-command",            0, PLANNED, "slips a command in before TLS"},
    {ATTACK,        "inject-response",           0, PLANNED, "slips a reply in before TLS"},
    {ATTACK,        "preauth",                   0, PLANNED, "greets with PREAUTH"},
    {ATTACK,        "tamper",                    0, PLANNED, "changes bytes"},
    {ATTACK,        "reset",                     0, PLANNED, "cuts the connection"},
    {ATTACK,        "delay",                     0, PLANNED, "holds bytes back"},
    {ATTACK,        "replay",                    0, PLANNED, "sends recorded bytes again"},

    {ATTACK_CERT,   "self-signed",               1, PLANNED, "made by the impostor"},
    {ATTACK_CERT,   "other-name",                1, PLANNED, "trusted, for another name"},
    {ATTACK_CERT,   "stolen",                    1, PLANNED, "the server's, with its key"},

    {DO,            "send",                      1, 0, "one message"},
    {DO,            "fetch",                     1, 0, "reads the mailbox"},
    {DO,            "talk",                      1, 0, "types lines"},
    {DO,            "wait",                      1, 0, "time passes, queues run"},
    {DO,            "set",                       1, 0, "only the @STEP groups of this step"},
    {DO,            "look",                      1, 0, "shows a mailbox, a log, …"},

    {OUTCOME,       "delivered",                 1, 0, "it lies in a mailbox"},
    {OUTCOME,       "deferred",                  1, 0, "it waits in a queue"},
    {OUTCOME,       "bounced",                   1, 0, "it was sent back"},
    {OUTCOME,       "rejected",                  1, 0, "the program was told no"},
    {OUTCOME,       "failed",                    1, 0, "no server took it"},
    {OUTCOME,       "fetched",                   1, 0, "the mailbox was read"},

    {HOP,           "sent",                      STATUS, 0, "the host took it"},
    {HOP,           "deferred",                  STATUS, 0, "to be tried again"},
    {HOP,           "bounced",                   STATUS, 0, "never to be tried again"},
    {HOP,           "rejected",                  STATUS, 0, "the program was told no"},
    {HOP,           "failed",                    STATUS, 0, "no server took it"},
    {HOP,           "fetched",                   STATUS, 0, "the mailbox was read"},

    {HOP,           "clear",                     PATH, 0, "no TLS"},
    {HOP,           "encrypted",                 PATH, 0, "TLS, whoever is at the other end"},
    {HOP,           "TLSv1.2",                   VERSION, 0, "this version of it"},
    {HOP,           "TLSv1.3",                   VERSION, 0, "this version of it"},
    {HOP,           "resumed",                   ANY, 0, "a TLS session taken up again"},

    {HOP,           "anonymous",                 TRUST, 0, "the server showed no certificate"},
    {HOP,           "untrusted",                 TRUST, 0, "a certificate that proves nothing"},
    {HOP,           "trusted",                   TRUST, 0, "from a trusted authority"},
    {HOP,           "verified",                  TRUST, 0, "and for the right name"},

    {HOP,           "chain-ok",                  CHAIN, 0, "a trusted authority signed"},
    {HOP,           "chain-bad",                 CHAIN, 0, "no trusted authority signed"},
    {HOP,           "name-ok",                   NAME, 0, "it is for the right name"},
    {HOP,           "name-bad",                  NAME, 0, "it is for another name"},
    {HOP,           "dates-ok",                  DATES, 0, "it is valid today"},
    {HOP,           "dates-bad",                 DATES, 0, "it is not valid today"},

    {HOP,           "login",                     LOGIN, 0, "a user logged in"},
    {HOP,           "no-login",                  LOGIN, 0, "nobody did"},
    {HOP,           "password-seen",             PASSWORD, 0, "a listener got the password"},
    {HOP,           "password-hidden",           PASSWORD, 0, "a listener did not"},
    {HOP,           "text-seen",                 TEXT, 0, "a listener got the text"},
    {HOP,           "text-hidden",               TEXT, 0, "a listener did not"},
    {HOP,           "addresses-seen",            ADDRESSES, 0, "a listener got the addresses"},
    {HOP,           "addresses-hidden",          ADDRESSES, 0, "a listener did not"},

    {HOP,           "starttls-not-supported",    FAILURE, 0, "RFC 8460 §4.3"},
    {HOP,           "certificate-host-mismatch", FAILURE, 0, "RFC 8460 §4.3"},
    {HOP,           "certificate-expired",       FAILURE, 0, "RFC 8460 §4.3"},
    {HOP,           "certificate-not-trusted",   FAILURE, 0, "RFC 8460 §4.3"},
    {HOP,           "validation-failure",        FAILURE, 0, "RFC 8460 §4.3"},
    {HOP,           "tlsa-invalid",              FAILURE, 0, "RFC 8460 §4.3"},
    {HOP,           "dnssec-invalid",            FAILURE, 0, "RFC 8460 §4.3"},
    {HOP,           "dane-required",             FAILURE, 0, "RFC 8460 §4.3"},
    {HOP,           "sts-policy-fetch-error",    FAILURE, 0, "RFC 8460 §4.3"},
    {HOP,           "sts-policy-invalid",        FAILURE, 0, "RFC 8460 §4.3"},
    {HOP,           "sts-webpki-invalid",        FAILURE, 0, "RFC 8460 §4.3"},

    {ATTACK_RESULT, "safe",                      1, PLANNED, "the attacker got nothing"},
    {ATTACK_RESULT, "read",                      1, PLANNED, "he read it"},
    {ATTACK_RESULT, "altered",                   1, PLANNED, "he changed it"},
    {ATTACK_RESULT, "stolen",                    1, PLANNED, "he has it, and nobody else"},
    {ATTACK_RESULT, "noticed",                   1, PLANNED, "somebody noticed"},
};

/* clang-format on */

const MailsimWordRow *
mailsim_key_table_find_word(MailsimWordSet set, const char *word)
{
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (words[i].set == set && strcmp(words[i].word, word) == 0)
            return &words[i];
    return NULL;
}

const MailsimWordRow *
mailsim_key_table_list_words(guint *n_words)
{
    *n_words = G_N_ELEMENTS(words);
    return words;
}

GPtrArray *
mailsim_key_table_name_words(MailsimWordSet set)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (words[i].set == set && !(words[i].flags & PLANNED))
            g_ptr_array_add(names, (char *)words[i].word);
    return names;
}
