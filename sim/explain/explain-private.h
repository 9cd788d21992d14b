/* SPDX-License-Identifier: MIT
 *
 * Inside the layer: the texts as they are read, what a topic is made of, and one function for
 * each kind of topic that says what the tables know. */
#pragma once

#include <gio/gio.h>

#include <mailsim/explain/topics.h>
#include <mailsim/scenario/key-table.h>
#include <mailsim/transcript/notes.h>
#include <mailsim/wire/certificate.h>

/* What is typed into a program, or into a file. */
typedef struct {
    char *name;   /* “curl”, “/etc/hosts” */
    char **lines; /* of one command, as it goes on */
} TopicCommand;

/* A group of sim/explain/topics/NAME.ini. */
typedef struct {
    char *file; /* “postfix” */
    char *id;   /* “smtpd_banner” */
    char **names;
    char *title[MAILSIM_LANGUAGES]; /* NULL: the id */
    char *gloss[MAILSIM_LANGUAGES]; /* a line; the next: paragraphs. NULL where there is none */
    char *text[MAILSIM_LANGUAGES];
    char *more[MAILSIM_LANGUAGES];
    char *reference;
    char **see;
    GPtrArray *commands; /* of TopicCommand; of a guide */
    char
        *choices[MAILSIM_LANGUAGES]; /* “Thunderbird: Settings → …”: what is clicked at; NULL */
    gboolean listed;                 /* in the overview */
} TopicText;

typedef struct TopicTexts TopicTexts;

TopicTexts *topic_texts_new(void);
void topic_texts_free(TopicTexts *texts);

/* NULL: there is no such group. Lent. */
const TopicText *topic_texts_find(const TopicTexts *texts, const char *file, const char *id);

/* The groups of a file, in its order; lent. */
const GPtrArray *topic_texts_list(const TopicTexts *texts, const char *file);

/* The cases in which TOPIC (“parameter mynetworks”) can be seen, free with g_strfreev();
 * the steps of one, “1, 3”, free with g_free(). */
char **topic_texts_list_cases(const TopicTexts *texts, const char *topic);
char *topic_texts_dup_steps(const TopicTexts *texts, const char *topic, const char *name);

/* A topic with what it comes from. */
typedef struct {
    MailsimTopic topic;
    const TopicText *text; /* NULL: there is none */
    const char *name;      /* of the parameter, the profile, the code …; lent, or the id */
    const MailsimGroupRow *group; /* of the language: one of the three */
    const MailsimKeyRow *key;
    const MailsimWordRow *word;
} OwnTopic;

struct MailsimTopics {
    TopicTexts *texts;
    MailsimNotes *notes;
    MailsimAuthority *authority; /* what it says of its profiles */
    GPtrArray *topics;           /* of OwnTopic */
    GPtrArray *asked;            /* of OwnTopic that only questions made */
    GHashTable *names;           /* normalized name to GPtrArray of OwnTopic, lent */
    GPtrArray *shown;            /* names as somebody may have meant them, for hints */
};

/* topics.c: append TOPIC, taking it over, and give it a name more. */
OwnTopic *topics_add(MailsimTopics *topics,
                     MailsimSubject subject,
                     const char *id,
                     const char *file,
                     const char *group);
void topics_name(MailsimTopics *topics, OwnTopic *topic, const char *name);

/* Add to FOUND the topics of that name, best first. */
void topics_find_name(MailsimTopics *topics, const char *name, GPtrArray *found);

/* A topic without a text, for one question; lent. */
OwnTopic *topics_make(MailsimTopics *topics, MailsimSubject subject, const char *id);

/* As the language calls it, lent: the title, else the id. */
const char *topic_get_title(const OwnTopic *topic, MailsimLanguage language);

/* What one explanation is written with. */
typedef struct {
    MailsimTopics *topics;
    const OwnTopic *topic;
    MailsimLanguage language;
    MailsimExplanation *explanation;
} Teller;

/* The text of the teller's language; a literal stays where it is used. */
const char *teller_say(const Teller *teller, const char *en, const char *es);

/* A fact with this label, lent. */
MailsimExplanationFact *
teller_fact(const Teller *teller, const char *name, const char *en, const char *es);

/* What a check says of VALUE, before all else: its PROBLEM (NULL: none), and a HINT (NULL). */
void teller_tell_assignment(const Teller *teller,
                            const char *value,
                            const char *problem,
                            const char *hint);

/* A fact of one row; nothing when WORD and TEXT are NULL. */
void teller_tell(const Teller *teller,
                 const char *name,
                 const char *en,
                 const char *es,
                 const char *word,
                 const char *text);

/* The gloss of group ID of FILE in the teller's language; NULL: none. Lent. */
const char *teller_gloss(const Teller *teller, const char *file, const char *id);

/* “TLS to other servers …” as a sentence, with a capital and a full stop; free with
 * g_free(). */
char *teller_dup_sentence(const char *gloss);

/* Add the topics of a table; tell what it knows of one. */
void postfix_add_topics(MailsimTopics *topics);
void postfix_tell_parameter(const Teller *teller);
void postfix_tell_value(const Teller *teller);
/* What Postfix makes of NAME = VALUE. */
void postfix_tell_assignment(const Teller *teller, const char *value);

void restriction_add_topics(MailsimTopics *topics);
void restriction_tell(const Teller *teller);

void dovecot_add_topics(MailsimTopics *topics);
void dovecot_tell(const Teller *teller);
void dovecot_tell_assignment(const Teller *teller, const char *value);

void certificate_add_topics(MailsimTopics *topics);
void certificate_tell(const Teller *teller);

void guide_tell(const Teller *teller);

void language_add_topics(MailsimTopics *topics);
void language_tell(const Teller *teller);
/* The topic of a key such as “expect.hop.mail”, whose row stands for any host; NULL: none. */
const char *language_find_pattern(const char *words);

/* code.c: the topics of a reply “454 4.7.1 …”, codes that have no text included. */
void code_find(MailsimTopics *topics, const char *words, GPtrArray *found);
void code_tell_reply(const Teller *teller);
void code_tell_enhanced(const Teller *teller);
