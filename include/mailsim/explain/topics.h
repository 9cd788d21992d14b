/* SPDX-License-Identifier: MIT
 *
 * What mailsim can explain by itself, without a story: parameters and restrictions of Postfix,
 * settings of Dovecot, reply codes, ports, the scenario language, and the words of the field.
 * Which names exist, and what is true of them (defaults, types, what the lab obeys), comes from
 * the tables of the other layers; sim/explain/topics/ has the texts. Facts about parameters are
 * those of postconf(5), about codes those of RFC 5321, RFC 3463 and IANA's registry. */
#pragma once

#include <mailsim/transcript/explanation.h>

/* In the order in which one name's meanings are told. */
typedef enum {
    MAILSIM_SUBJECT_WORD,        /* relay, envelope, MX */
    MAILSIM_SUBJECT_PORT,        /* 25 */
    MAILSIM_SUBJECT_REPLY,       /* 454 */
    MAILSIM_SUBJECT_ENHANCED,    /* 4.7.1 */
    MAILSIM_SUBJECT_VALUE,       /* smtp_tls_security_level=secure */
    MAILSIM_SUBJECT_TRUST,       /* Verified */
    MAILSIM_SUBJECT_CERTIFICATE, /* snakeoil */
    MAILSIM_SUBJECT_PARAMETER,   /* smtpd_banner */
    MAILSIM_SUBJECT_RESTRICTION, /* permit_mynetworks */
    MAILSIM_SUBJECT_DOVECOT,     /* auth_mechanisms */
    MAILSIM_SUBJECT_LANGUAGE,    /* [mua] outgoing, name-bad */
    MAILSIM_SUBJECT_GUIDE,       /* trust-the-lab */
} MailsimSubject;

#define MAILSIM_SUBJECTS (MAILSIM_SUBJECT_GUIDE + 1)

typedef struct {
    MailsimSubject subject;
    char *id;          /* as it is shown, and as it is always found */
    gboolean has_text; /* somebody has written about it; else only tables speak */
} MailsimTopic;

typedef struct MailsimTopics MailsimTopics;

/* The texts are part of the program: a mistake in them is an assertion. */
MailsimTopics *mailsim_topics_new(void);
void mailsim_topics_free(MailsimTopics *topics);

/* All topics, by subject; lent. Codes that have no text of their own are explained, too, but
 * are not in it. */
const GPtrArray *mailsim_topics_list(const MailsimTopics *topics);

/* The meanings of WORDS, topics that are lent, best first; free with g_ptr_array_unref(). Case
 * and blanks do not count. Empty: nobody knows them. */
GPtrArray *mailsim_topics_find(MailsimTopics *topics, const char *words);

/* The explanation of one topic. What it says of itself in “see” is always a topic. */
MailsimExplanation *mailsim_topics_explain(MailsimTopics *topics,
                                           const MailsimTopic *topic,
                                           MailsimLanguage language);

/* The explanations (of MailsimExplanation) of WORDS: a topic, “name = value”, the beginning
 * of a reply; other meanings are named by the last one. NULL: nobody knows them. Free with
 * g_ptr_array_unref(). */
GPtrArray *mailsim_topics_explain_words(MailsimTopics *topics,
                                        const char *words,
                                        MailsimLanguage language);

/* The same for what the first of several arguments begins: as many of WORDS as belong to one
 * topic (“port” “25”; “smtpd_timeout” “=” “5m”). *N_WORDS, never 0: how many those are. */
GPtrArray *mailsim_topics_explain_first(MailsimTopics *topics,
                                        GStrv words,
                                        MailsimLanguage language,
                                        guint *n_words);

/* “did you mean …?” for words that nobody knows; NULL: nothing is near. Free with g_free(). */
char *mailsim_topics_dup_hint(const MailsimTopics *topics, const char *words);

/* The overview: what may be asked, by subject. */
MailsimExplanation *mailsim_topics_overview(MailsimTopics *topics, MailsimLanguage language);

/* “parameter”, the same in every language. */
const char *mailsim_subject_name(MailsimSubject subject);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimTopics, mailsim_topics_free)
