/* SPDX-License-Identifier: MIT
 *
 * The words that a note may use: facts in its conditions, placeholders in its text. A test
 * compares every note with these two tables, so a mistyped word cannot make a note silently
 * unreachable. */
#include <mailsim/transcript/facts.h>

#include <stdlib.h>
#include <string.h>

static const char *const fact_names[] = {
    /* of a hop, and so of each of its events */
    "mail-program",             /* a mail program is the client */
    "mta",                      /* a host is */
    "typed",                    /* a person types, whatever machine it is at */
    "protocol",                 /* “smtp”, “imap”, “pop3” */
    "port", "service", "clear", /* TLS does not stand yet, or never will */
    "secured",                  /* it does */
    "implicit-tls", "authenticated", "resumed",
    "deletes",          /* POP3: something is marked to be deleted */
    "version",          /* “TLSv1.3”; known from the start when the hop gets that far */
    "trust", "failure", /* a result type of RFC 8460 §4.3 */
    "fall-back",        /* in the clear, since TLS has failed with the same server */

    /* of a line: its role first */
    "command", "reply", "response", /* the client's answer to a 334 */
    "message",                      /* the content that DATA announced */
    "verb", "again",                /* EHLO, and not the first; log: a status, and not the
                                       daemon's first of this kind */
    "pipelined", "parameter",       /* of MAIL and RCPT */
    "mechanism", "decoded",         /* here user and password can be read */
    "base64",                       /* there too: they were in base64 */
    "reply-to", "code", "class", "enhanced", "first", "last",
    "excess",    /* of what there is too much: “connections”, “messages” … */
    "result",    /* “ok”, “no”, “go-on”; IMAP: “bad”, too */
    "untagged",  /* IMAP: “EXISTS”, “FETCH”, “BYE” …: not the end of an answer */
    "literal",   /* IMAP: octets are announced (“waits”: for a “+”), or are these */
    "unasked",   /* IMAP: untagged, and no part of the answer to a command */
    "continued", /* IMAP: goes on after a literal */
    "item", "flag", /* IMAP: what is asked for, “BODY[]”; “\\Seen”, asked for or told */
    "keyword",      /* of one line of a reply to EHLO or CAPA */
    "offers",       /* on its last line: each of the keywords */
    "auth-later",   /* there too: a login is offered later on in this hop */
    "starttls-follows",                  /* there too: the client uses the offer */
    "quit-follows",                      /* there too: it gives up */
    "header", "field", "folded", "with", /* Received: … with ESMTPSA */
    "using-tls",                         /* Received: … (using TLSv1.3 …) */
    "encoded-word",                      /* RFC 2047 */
    "blank", "body", "stuffed", "end", "bare-line-end", /* CR or LF alone, inside a line */
    "new",      /* the hop before did not carry this line of the message; or the EHLO before
                   did not bring this keyword */
    "repeated", /* it did; or the server has offered this keyword before */

    /* of the other kinds */
    "type",                         /* dns; shown: of records */
    "no-such-name", "message-name", /* handshake: “ClientHello” */
    "out", "in", "server-name", "chain-ok", "chain-bad", "name-ok", "name-bad", "dates-ok",
    "dates-bad", "expired", "self-signed", "not-for-servers", "invalid-authority", "required",
    "accepted", "refused", "list", "rule", "verdict", "decided", "status", "dsn",
    "relay",                   /* “local”, “none”, “remote” */
    "delivered", "queue-id",   /* it had one */
    "goodbye",                 /* closed: after QUIT, as it should be */
    "awaits-tls", "ungreeted", /* closed: TLS was agreed and did not begin; nobody spoke */
    "unfinished",              /* closed: in the middle of a message */
    "failure",                 /* tls-failed: a result type of RFC 8460 §4.3 */
    "no-mechanisms",           /* finding: smtpd cannot check passwords */
    "late",                    /* reply: it has taken a second or more */
    "cyrus",                   /* login, and the reply to AUTH: Cyrus SASL was asked */
    "no-password",             /* there too: refused, and none had come that could be read */
    "shown", /* “mailbox”, “queue”, “dns”, “certificate”, “listener”, … */
    "nothing",    /* of it there is none; of dns: the name lacks this type */
    "listed",     /* there too: a block list answers yes */
    "from-shell", /* queued: written on this machine, no connection brought it */
    "reason", /* status: “loops-back”, “connection-refused” …; fetched: “no-tls”,
                          “login-disabled” */
    "original",        /* there too: it was another address, before an alias */
    "next-exchanger",  /* connected, refused: the one before was no good */
    "next-address",    /* the same, of one name */
    "without-tls",     /* the same, of one address: this time in the clear */
    "null-sender",     /* queued, queue: it is a notification, nobody is told of its fate */
    "action",          /* queue: “retried”, “deferred”, “expired”, “removed” */
    "attempt",         /* there too: “1”, “2” … */
    "signed", "bogus", /* dns: its zone is, and well; is, and not well */
    "asked", "level",  /* policy: “dane”; what it came to: “may” */
    "entry", "match",  /* there too: smtp_tls_policy_maps has one; with match= */
    "announced", /* there and of a certificate: “tlsa”, “fingerprint”; of what comes after it */
    "match-none", "match-own", "match-authority", /* certificate: which record it fits */
    "incomplete", /* certificate: it came without the one that signed it */
    "log", "program", /* log: “reject”, “status” … (log-kind.c); “smtpd”, “smtp”, “qmgr” … */
    "refusals", /* there too: disconnect, and some command was refused */
    "proof",    /* there too: tls, and its first word, “Untrusted” */
    "notification", /* “bounce”, “delay”, “success”, “postmaster”; shown: there is one */
};

typedef struct {
    const char *name;
    const char *sample;
} Placeholder;

/* In the order of strcmp(). */
static const Placeholder placeholders[] = {
    {"address",    "192.0.2.10"                                     },
    {"base64",     "AGFuYQBtZWxvY290b24="                           },
    {"client",     "laptop"                                         },
    {"code",       "250"                                            },
    {"connect",    "-starttls smtp -connect mx.instituto.example:25"},
    {"count",      "2"                                              },
    {"domain",     "instituto.example"                              },
    {"enhanced",   "4.7.5"                                          },
    {"expected",   "mail.iesgn.example"                             },
    {"group",      "X25519"                                         },
    {"host",       "mx.instituto.example"                           },
    {"issuer",     "Lab Encrypt R1"                                 },
    {"level",      "may"                                            },
    {"list",       "smtpd_relay_restrictions"                       },
    {"mailbox",    "INBOX"                                          },
    {"mechanism",  "PLAIN"                                          },
    {"mechanisms", "PLAIN LOGIN"                                    },
    {"name",       "laptop.iesgn.example"                           },
    {"names",      "mx.instituto.example"                           },
    {"nexthop",    "instituto.example"                              },
    {"not_after",  "2026-03-30"                                     },
    {"not_before", "2025-12-30"                                     },
    {"number",     "1"                                              },
    {"original",   "info@iesgn.example"                             },
    {"party",      "mx.instituto.example"                           },
    {"password",   "melocoton"                                      },
    {"port",       "587"                                            },
    {"prompt",     "Username:"                                      },
    {"queue_id",   "4C1A7B0001"                                     },
    {"recipient",  "bob@instituto.example"                          },
    {"rule",       "permit_sasl_authenticated"                      },
    {"sender",     "ana@iesgn.example"                              },
    {"server",     "mx.instituto.example"                           },
    {"service",    "submission"                                     },
    {"size",       "10240000"                                       },
    {"tag",        "a1"                                             },
    {"user",       "ana"                                            },
    {"version",    "TLS 1.3"                                        },
    {"waits_for",  "the server's greeting"                          },
};

/* Both are asked for each fact and value of each event: from the tables by name. */
static GHashTable *
get_facts(void)
{
    static GHashTable *facts;

    if (g_once_init_enter(&facts)) {
        GHashTable *made = g_hash_table_new(g_str_hash, g_str_equal);

        for (guint i = 0; i < G_N_ELEMENTS(fact_names); i++)
            g_hash_table_add(made, (gpointer)fact_names[i]);
        g_once_init_leave(&facts, made);
    }
    return facts;
}

gboolean
mailsim_fact_is_known(const char *name)
{
    return g_hash_table_contains(get_facts(), name);
}

static int
compare_name(const void *name, const void *placeholder)
{
    return strcmp(name, ((const Placeholder *)placeholder)->name);
}

const char *
mailsim_placeholder_sample(const char *name)
{
    const Placeholder *found = bsearch(name, placeholders, G_N_ELEMENTS(placeholders),
                                       sizeof *placeholders, compare_name);

    return found != NULL ? found->sample : NULL;
}
