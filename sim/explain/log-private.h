/* SPDX-License-Identifier: MIT
 *
 * Inside the layer: the rules by which lines are known, and what is told of one. */
#pragma once

#include <mailsim/explain/log.h>

#include "explain-private.h"

/* A group of sim/explain/log/NAME.ini: what matches, and what is said of it. A rule of a line
 * looks at its message; others at a field of it, or at a part of that. */
typedef struct {
    char *name;                /* “delivery/sent”, of the file and the group */
    MailsimLogProgram program; /* NOTHING: any */
    char **daemons;            /* NULL: any */
    char *severity;            /* NULL: none; “any” */
    char *field;               /* of a value: whose; NULL: of no value */
    GRegex *regex;
    GPtrArray *groups;               /* of char *: its named groups, in their order */
    gboolean only_with_program;      /* too general for a line that names none */
    char *title[MAILSIM_LANGUAGES];  /* with {group} for what matched */
    char *brief[MAILSIM_LANGUAGES];  /* instead of it where nothing else is said, or NULL */
    char *text[MAILSIM_LANGUAGES];   /* likewise; NULL: none */
    char *advice[MAILSIM_LANGUAGES]; /* NULL: there is nothing to do */
    char **see;                      /* topics */
} LogRule;

/* A group of fields.ini. */
typedef struct {
    char *id;
    char *label[MAILSIM_LANGUAGES]; /* NULL: as it is called in the log, the id */
    char *text[MAILSIM_LANGUAGES];  /* NULL: the value says it all */
    char *how;                      /* what is worked out of the value; NULL: nothing */
    char *inner;                    /* the file whose rules know the value; NULL: none */
} LogField;

typedef struct LogTexts LogTexts;

LogTexts *log_texts_new(void);
void log_texts_free(LogTexts *texts);

/* The rule that knows the line; NULL: none does. *MATCH is the caller's, to be freed with
 * g_match_info_unref() even then. */
const LogRule *
log_texts_find_line(const LogTexts *texts, const MailsimLogLine *line, GMatchInfo **match);

/* The same for a VALUE in a line of PROGRAM, by the rules of FILE: those of FIELD, NULL: of
 * none. */
const LogRule *log_texts_find(const LogTexts *texts,
                              const char *file,
                              const char *field,
                              MailsimLogProgram program,
                              const char *value,
                              GMatchInfo **match);

/* TEXT with “{field}” replaced by its value; free with g_free(). */
char *log_text_fill(const char *text, GHashTable *values);

/* What MATCH has for a named group, “<>” where that is nothing, as in “from=<>”; NULL: it is not
 * part of it. Free with g_free(). */
char *log_match_dup(const GMatchInfo *match, const char *group);

/* What RULE calls the parts of MATCH, by name; free with g_hash_table_unref(). */
GHashTable *log_rule_list_values(const LogRule *rule, const GMatchInfo *match);

/* NULL: fields.ini lacks it. Lent. */
const LogField *log_texts_find_field(const LogTexts *texts, const char *id);

/* All rules, of LogRule, and all fields, of LogField; for tests. Lent. */
const GPtrArray *log_texts_list(const LogTexts *texts);
const GPtrArray *log_texts_list_fields(const LogTexts *texts);

/* log-messages.c: what the lines say of each message. */
typedef struct LogMessages LogMessages;

LogMessages *log_messages_new(void);
void log_messages_free(LogMessages *messages);

/* VALUES: by the name of the field. */
void log_messages_add(LogMessages *messages,
                      const char *queue_id,
                      guint64 number,
                      GHashTable *values);
void log_messages_tell(const LogMessages *messages, const Teller *teller);
gboolean log_messages_has_some(const LogMessages *messages);

/* log-value.c: what is worked out of a value. TELL is called for each finding, with the part of
 * the value that it is about, what it means, and whether it should be said again and again. */
typedef void (*LogFindingFunction)(const char *part,
                                   const char *meaning,
                                   gboolean notable,
                                   gpointer data);

void log_value_tell(const Teller *teller,
                    const LogTexts *texts,
                    const char *how,
                    const char *value,
                    LogFindingFunction tell,
                    gpointer data);

/* The topics of a “reply” or “dsn”, to be named under “see also”. Free with g_strfreev(). */
char **log_value_list_topics(const char *how, const char *value);
