/* SPDX-License-Identifier: MIT
 *
 * The right side of a line of smtp_tls_policy_maps, “secure match=mx.provider.example”, as
 * smtp(8) of Postfix 3.7 reads it: postconf(5). The lab obeys what is read here, and “check”
 * tells of what is wrong. */
#pragma once

#include <glib.h>

typedef enum {
    MAILSIM_TLS_POLICY_IGNORED,      /* an attribute at level none: Postfix warns, goes on */
    MAILSIM_TLS_POLICY_BAD_GRADE,    /* ciphers= that breaks every handshake off */
    MAILSIM_TLS_POLICY_EMPTY,        /* no level; from here on no mail goes there: 4.7.5 */
    MAILSIM_TLS_POLICY_BAD_LEVEL,    /* no such level */
    MAILSIM_TLS_POLICY_NO_ATTRIBUTE, /* a word without = */
    MAILSIM_TLS_POLICY_UNKNOWN,      /* no such attribute */
    MAILSIM_TLS_POLICY_NO_VALUE,     /* nothing after = */
    MAILSIM_TLS_POLICY_BAD_VALUE,    /* servername=, connection_reuse= */
    MAILSIM_TLS_POLICY_NOT_AT_LEVEL, /* an attribute that the level does not take */
    MAILSIM_TLS_POLICY_TWICE,        /* said before */
    MAILSIM_TLS_POLICY_NOT_BUILT,    /* Postfix obeys it, and the lab cannot: tafile= */
} MailsimTlsPolicyFault;

/* Does Postfix send nothing there, because the line is wrong? */
gboolean mailsim_tls_policy_fault_is_fatal(MailsimTlsPolicyFault fault);

typedef struct {
    MailsimTlsPolicyFault fault;
    gsize start; /* the word: bytes of the text */
    gsize end;
    char *words; /* what Postfix's log says of it, without what stands before each such line */
} MailsimTlsPolicyProblem;

typedef struct {
    const char *level;     /* “secure”, static; NULL: none is there that exists */
    char *protocols;       /* NULL: not said */
    char *ciphers;         /* a grade; likewise */
    gboolean no_anonymous; /* exclude=aNULL */
    GPtrArray *matches;    /* of char *: a list each, as it is written */
    GPtrArray *problems;   /* of MailsimTlsPolicyProblem; after a fatal one nothing is read */
} MailsimTlsPolicyLine;

/* Never NULL; free with mailsim_tls_policy_line_free(). */
MailsimTlsPolicyLine *mailsim_tls_policy_line_parse(const char *text);
void mailsim_tls_policy_line_free(MailsimTlsPolicyLine *line);

/* The level called NAME, in whichever case, in small letters; NULL: there is none. Static. */
const char *mailsim_tls_level_find(const char *name);

/* All of them, ended by NULL; lent. */
const char *const *mailsim_tls_level_list(void);

/* Does match= say anything at LEVEL: names, or fingerprints? */
gboolean mailsim_tls_level_takes_match(const char *level);

/* A fingerprint, “AB:CD:…” or “abcd…”, or the lab's fingerprint:C and public-key:C for that of
 * certificate C. FALSE: Postfix warns that it is malformed, and passes over it. */
gboolean mailsim_tls_fingerprint_is_well_formed(const char *text);

/* Is GRADE one of postconf(5) smtp_tls_ciphers? */
gboolean mailsim_tls_grade_exists(const char *grade);

/* Why no handshake can begin with such ciphers at LEVEL, as Postfix's log says it; NULL: one
 * can. Free with g_free(). */
char *mailsim_tls_grade_find_problem(const char *grade, const char *level);

/* How many octets a fingerprint by DIGEST has: 32 for “sha256”. 0: Postfix knows no such
 * digest. */
guint mailsim_tls_digest_get_octets(const char *digest);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimTlsPolicyLine, mailsim_tls_policy_line_free)
