/* SPDX-License-Identifier: MIT
 *
 * The arguments of MAIL, RCPT and VRFY (RFC 5321 §4.1.1), as Postfix takes and refuses them:
 * it looks for an RFC 822 address in what was typed, and then asks whether the address can be
 * one. */
#pragma once

#include <glib.h>

#include <mailsim/protocol/trivial-rewrite.h>

typedef struct {
    char *text;  /* as written */
    char *name;  /* upper case: “SIZE” */
    char *value; /* NULL when the parameter has none */
} MailsimSmtpParameter;

typedef enum {
    MAILSIM_PATH_OK,
    MAILSIM_PATH_SYNTAX,      /* not “FROM:<…>” at all; no argument */
    MAILSIM_PATH_BAD_ADDRESS, /* no address, more than one, or one that cannot be */
} MailsimPathResult;

/* The argument of MAIL or RCPT: a path, then ESMTP parameters; or that of VRFY. */
typedef struct {
    char *address;         /* internal form, without brackets and quotes: what the envelope
                            * carries; empty for the null sender <> */
    char *text;            /* `address` as a refusal shows it, control characters blank */
    char *written;         /* the path as typed; as VRFY repeats it */
    char *resolved;        /* who it is for, always with a domain: what decisions look at; empty
                            * for the null sender */
    gboolean routed;       /* see MailsimResolution */
    gboolean utf8;         /* SMTPUTF8 is among the words */
    GPtrArray *parameters; /* of MailsimSmtpParameter */
} MailsimSmtpPath;

typedef struct {
    MailsimRewriteRules rules;
    gboolean strict;        /* strict_rfc821_envelopes */
    gboolean utf8_withheld; /* smtpd itself offers no SMTPUTF8 (smtputf8_enable in master.cf) */
    gboolean utf8; /* the transaction has asked for SMTPUTF8; MAIL and VRFY ask for it by
                      * themselves */
} MailsimSmtpPathOptions;

/* The words of a command: blanks part them, except in quotes and brackets, and “FROM:” and
 * “TO:” are words even when something follows at once. Free with g_strfreev(). */
GStrv mailsim_smtp_split_words(const char *text);

/* KEYWORD is “FROM” or “TO”; the null sender is an address after FROM only. PATH is filled only
 * with MAILSIM_PATH_OK; with MAILSIM_PATH_BAD_ADDRESS, what was WRITTEN is told,
 * unless its end is missing. */
MailsimPathResult mailsim_smtp_path_parse_with(const char *argument,
                                               const char *keyword,
                                               const MailsimSmtpPathOptions *options,
                                               MailsimSmtpPath *path);

/* The argument of VRFY, “SMTPUTF8” after it put aside; strictness is not asked for. */
MailsimPathResult mailsim_smtp_mailbox_parse_with(const char *argument,
                                                  const MailsimSmtpPathOptions *options,
                                                  MailsimSmtpPath *path);

/* The same with Postfix's defaults and no local domains. */
MailsimPathResult
mailsim_smtp_path_parse(const char *argument, const char *keyword, MailsimSmtpPath *path);
void mailsim_smtp_path_clear(MailsimSmtpPath *path);

/* The address that TEXT is, as VRFY takes it; NULL: it is none. Free with g_free(). */
char *mailsim_smtp_mailbox_parse(const char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimSmtpPath, mailsim_smtp_path_clear)
