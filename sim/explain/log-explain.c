/* SPDX-License-Identifier: MIT
 *
 * What one line says: the rule that knows it, its fields from left to right, what each value
 * means, and what to do. */
#include "log-private.h"

#include <string.h>

struct MailsimLog {
    MailsimTopics *topics; /* lent */
    LogTexts *texts;
    gboolean brief;
    GHashTable *told; /* names of what has been said, in the language it was said in */
    LogMessages *messages;
};

/* A reason holds a reply, which holds a reason: no deeper than this. */
#define DEPTH_MAX 4

/* The explanation of one line, in the making. */
typedef struct {
    Teller teller;
    MailsimLog *log;
    const MailsimLogLine *line;
    GHashTable *values; /* by the name of the field */
    GPtrArray *advice;  /* of char *, lent or owned by the log's texts */
    GPtrArray *see;     /* of char * */
} LineTeller;

MailsimLog *
mailsim_log_new(MailsimTopics *topics)
{
    g_return_val_if_fail(topics != NULL, NULL);
    MailsimLog *self = g_new0(MailsimLog, 1);

    self->topics = topics;
    self->texts = log_texts_new();
    self->told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->messages = log_messages_new();
    return self;
}

void
mailsim_log_free(MailsimLog *self)
{
    if (self == NULL)
        return;
    log_texts_free(self->texts);
    g_hash_table_unref(self->told);
    log_messages_free(self->messages);
    g_free(self);
}

void
mailsim_log_set_brief(MailsimLog *self, gboolean brief)
{
    g_return_if_fail(self != NULL);
    self->brief = brief;
}

/* Whether WHAT of NAME is to be said: always, or once. */
static gboolean
is_new(MailsimLog *self, const char *what, const char *name)
{
    g_autofree char *key = g_strdup_printf("%s %s", what, name);

    return !self->brief || g_hash_table_add(self->told, g_steal_pointer(&key));
}

/* ---- what is a line ---------------------------------------------------------------------- */

gboolean
mailsim_log_knows(const MailsimLog *self, const MailsimLogLine *line)
{
    g_return_val_if_fail(self != NULL && line != NULL, FALSE);
    g_autoptr(GMatchInfo) match = NULL;

    return line->program == MAILSIM_LOG_NOTHING ||
           log_texts_find_line(self->texts, line, &match) != NULL;
}

gboolean
mailsim_log_is_line(const MailsimLog *self, const char *words)
{
    g_return_val_if_fail(self != NULL && words != NULL, FALSE);
    g_autoptr(MailsimLogLine) line = mailsim_log_line_new(words, strlen(words));

    if (line->program == MAILSIM_LOG_NOTHING)
        return FALSE;
    if (line->program != MAILSIM_LOG_BARE)
        return TRUE;
    /* A single word is a topic, or nothing. */
    return line->queue_id != NULL ||
           (strchr(words, ' ') != NULL && mailsim_log_knows(self, line));
}

/* ---- words ------------------------------------------------------------------------------- */

static const char *
choose(const LineTeller *self, char *const *texts)
{
    return texts[self->teller.language];
}

static void
add_topic(LineTeller *self, const char *topic)
{
    if (!g_ptr_array_find_with_equal_func(self->see, topic, g_str_equal, NULL))
        g_ptr_array_add(self->see, g_strdup(topic));
}

/* What a rule says beyond its fields. TEXT goes to the paragraphs, or is returned to stand
 * beside the value that it is about; NULL: there is nothing new. */
static const char *
take_rule(LineTeller *self, const LogRule *rule)
{
    const char *advice = choose(self, rule->advice);
    const char *text = choose(self, rule->text);

    if (advice != NULL && is_new(self->log, "advice", rule->name))
        g_ptr_array_add(self->advice, log_text_fill(advice, self->values));
    if (is_new(self->log, "see", rule->name))
        for (char **see = rule->see; see != NULL && *see != NULL; see++)
            add_topic(self, *see);
    return text != NULL && is_new(self->log, "text", rule->name) ? text : NULL;
}

/* The named parts of what has matched are values from here on. */
static void
note_groups(LineTeller *self, const LogRule *rule, const GMatchInfo *match)
{
    g_autoptr(GHashTable) values = log_rule_list_values(rule, match);
    GHashTableIter iter;
    gpointer name, value;

    g_hash_table_iter_init(&iter, values);
    while (g_hash_table_iter_next(&iter, &name, &value)) {
        g_hash_table_iter_steal(&iter);
        g_hash_table_insert(self->values, name, value);
    }
}

/* ---- fields ------------------------------------------------------------------------------ */

static void
tell_groups(LineTeller *self, const LogRule *rule, const GMatchInfo *match, guint depth);

/* One field in the making. */
typedef struct {
    LineTeller *line;
    MailsimExplanationFact *fact;
    const char *field;
    gboolean says; /* something new */
} FieldTeller;

static void
append_sentence(GString *text, const char *sentence)
{
    if (text->len > 0)
        g_string_append(text, strchr(".:!?", text->str[text->len - 1]) != NULL ? " " : "; ");
    g_string_append(text, sentence);
}

static void
tell_finding(const char *part, const char *meaning, gboolean notable, gpointer data)
{
    FieldTeller *self = data;
    g_autofree char *name = g_strdup_printf("%s: %s", self->field, meaning);

    if (!is_new(self->line->log, "finding", name) && !notable)
        return;
    mailsim_explanation_fact_add(self->fact, part, meaning);
    self->says = TRUE;
}

/* What the field means, and what this value of it means, beside the value. *INNER and *MATCH:
 * the rule that knows the value; the match is the caller's. */
static char *
describe(LineTeller *self,
         const LogField *field,
         const char *value,
         const LogRule **inner,
         GMatchInfo **match)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GMatchInfo) value_match = NULL;
    const LogRule *rule = log_texts_find(self->log->texts, "value", field->id,
                                         self->line->program, value, &value_match);
    const char *sentence = choose(self, field->text);

    if (sentence != NULL && is_new(self->log, "field", field->id))
        append_sentence(text, sentence);
    sentence = rule != NULL ? take_rule(self, rule) : NULL;
    if (sentence != NULL) {
        g_autofree char *filled = log_text_fill(sentence, self->values);
        append_sentence(text, filled);
    }
    *inner = NULL;
    if (field->inner != NULL)
        *inner = log_texts_find(self->log->texts, field->inner, NULL, self->line->program,
                                value, match);
    if (*inner != NULL) {
        note_groups(self, *inner, *match);
        sentence = take_rule(self, *inner);
        if (sentence != NULL) {
            g_autofree char *filled = log_text_fill(sentence, self->values);
            append_sentence(text, filled);
        }
    }
    return text->len > 0 ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}

/* A value of which nothing is said, where its only part is said to be the same. */
static void
drop_repeated(MailsimExplanationFact *fact, const char *value)
{
    const MailsimExplanationRow *part =
        fact->rows->len > 1 ? g_ptr_array_index(fact->rows, 1) : NULL;

    if (part != NULL && g_strcmp0(part->word, value) == 0)
        g_ptr_array_remove_index(fact->rows, 0);
}

static void
tell_field(LineTeller *self, const char *id, const char *value, guint depth)
{
    const LogField *field = log_texts_find_field(self->log->texts, id);
    g_autoptr(GMatchInfo) match = NULL;
    const LogRule *inner;
    g_autofree char *text = NULL;
    FieldTeller teller = {.line = self, .field = id};

    if (field == NULL)
        g_error("fields.ini lacks “%s”", id);
    text = describe(self, field, value, &inner, &match);
    teller.fact = mailsim_explanation_add_fact(
        self->teller.explanation, id,
        choose(self, field->label) != NULL ? choose(self, field->label) : id);
    mailsim_explanation_fact_add(teller.fact, value, text);
    teller.says = text != NULL || !self->log->brief;
    if (field->how != NULL) {
        g_auto(GStrv) topics = log_value_list_topics(field->how, value);

        log_value_tell(&self->teller, self->log->texts, field->how, value, tell_finding,
                       &teller);
        for (char **topic = topics; *topic != NULL; topic++)
            if (is_new(self->log, "see", *topic))
                add_topic(self, *topic);
    }
    if (!teller.says)
        g_ptr_array_set_size(teller.fact->rows, 0);
    else if (text == NULL && self->log->brief)
        drop_repeated(teller.fact, value);
    if (inner != NULL && depth < DEPTH_MAX)
        tell_groups(self, inner, match, depth + 1);
}

/* The fields of what has matched, from left to right. */
static void
tell_groups(LineTeller *self, const LogRule *rule, const GMatchInfo *match, guint depth)
{
    for (guint i = 0; i < rule->groups->len; i++) {
        const char *group = g_ptr_array_index(rule->groups, i);
        g_autofree char *value = *group != '_' ? log_match_dup(match, group) : NULL;

        if (value != NULL)
            tell_field(self, group, value, depth);
    }
}

/* ---- the line ---------------------------------------------------------------------------- */

/* What stands before the message. */
static void
tell_prefix(LineTeller *self)
{
    const MailsimLogLine *line = self->line;
    const struct {
        const char *id;
        const char *value;
    } parts[] = {
        {"time",     line->time    },
        {"host",     line->host    },
        {"program",  line->name    },
        {"service",  line->service },
        {"daemon",   line->daemon  },
        {"pid",      line->pid     },
        {"account",  line->user    },
        {"session",  line->session },
        {"severity", line->severity},
        {"queue_id", line->queue_id},
    };

    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (parts[i].value == NULL)
            continue;
        g_hash_table_insert(self->values, g_strdup(parts[i].id), g_strdup(parts[i].value));
        tell_field(self, parts[i].id, parts[i].value, 0);
    }
}

static void
tell_advice(LineTeller *self)
{
    const Teller *teller = &self->teller;
    MailsimExplanationFact *fact;

    if (self->advice->len > 0) {
        fact = teller_fact(teller, "advice", "what to do", "qué hacer");
        for (guint i = 0; i < self->advice->len; i++)
            mailsim_explanation_fact_add(fact, NULL, g_ptr_array_index(self->advice, i));
    }
    if (self->see->len > 0) {
        fact = teller_fact(teller, "see", "see also", "véase");
        fact->is_list = TRUE;
        for (guint i = 0; i < self->see->len; i++)
            mailsim_explanation_fact_add(fact, g_ptr_array_index(self->see, i), NULL);
    }
}

static const char *
choose_unknown(const LineTeller *self)
{
    static const char *const words[][MAILSIM_LANGUAGES] = {
        {"unknown: this kind of line is not known to mailsim",
         "desconocida: mailsim no conoce este tipo de línea"                        },
        {"unknown: a line of another program, neither Postfix nor Dovecot",
         "desconocida: es de otro programa, ni Postfix ni Dovecot"                   },
        {"unknown: no line of Postfix or Dovecot that mailsim knows",
         "desconocida: no es una línea de Postfix ni de Dovecot que mailsim conozca"},
    };

    if (self->line->program == MAILSIM_LOG_OTHER)
        return words[1][self->teller.language];
    return words[self->line->program == MAILSIM_LOG_BARE ? 2 : 0][self->teller.language];
}

/* “12  submission/smtpd  4F1C2A0B3D” */
static char *
dup_place(const MailsimLogLine *line, guint64 number)
{
    GString *place = g_string_new(NULL);

    if (number > 0)
        g_string_append_printf(place, "%" G_GUINT64_FORMAT " ", number);
    if (line->service != NULL)
        g_string_append_printf(place, "%s/", line->service);
    g_string_append(place, line->daemon != NULL ? line->daemon : "");
    if (line->queue_id != NULL)
        g_string_append_printf(place, "%s%s", place->len > 0 ? " " : "", line->queue_id);
    g_strchomp(place->str);
    return g_string_free(place, FALSE);
}

/* Anything but its title. */
static gboolean
says_more(const MailsimExplanation *explanation)
{
    gboolean more = explanation->text->len > 0;

    for (guint i = 0; i < explanation->facts->len; i++) {
        const MailsimExplanationFact *fact = g_ptr_array_index(explanation->facts, i);
        more = more || fact->rows->len > 0;
    }
    return more;
}

static void
tell_line(LineTeller *self, guint64 number)
{
    g_autoptr(GMatchInfo) match = NULL;
    const LogRule *rule = log_texts_find_line(self->log->texts, self->line, &match);
    MailsimExplanation *explanation = self->teller.explanation;
    const char *text;

    tell_prefix(self);
    explanation->number = number;
    explanation->place = dup_place(self->line, number);
    explanation->quoted = g_strdup(self->line->text);
    if (rule == NULL) {
        explanation->title = g_strdup(choose_unknown(self));
        explanation->subject = g_strdup("unknown-line");
        return;
    }
    note_groups(self, rule, match);
    tell_groups(self, rule, match, 0);
    explanation->topic = g_strdup(rule->name);
    explanation->subject = g_strdup("log-line");
    explanation->title = log_text_fill(choose(self, rule->title), self->values);
    text = take_rule(self, rule);
    if (text != NULL) {
        g_autofree char *filled = log_text_fill(text, self->values);
        mailsim_explanation_add_text(explanation, filled);
    }
    tell_advice(self);
    if (self->log->brief && choose(self, rule->brief) != NULL && !says_more(explanation)) {
        g_free(explanation->title);
        explanation->title = log_text_fill(choose(self, rule->brief), self->values);
    }
}

MailsimExplanation *
mailsim_log_explain(MailsimLog *self,
                    const MailsimLogLine *line,
                    guint64 number,
                    MailsimLanguage language)
{
    g_return_val_if_fail(self != NULL && line != NULL, NULL);
    g_autoptr(GHashTable) values =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GPtrArray) advice = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) see = g_ptr_array_new_with_free_func(g_free);
    LineTeller teller = {
        .teller = {.topics = self->topics, .language = language},
        .log = self,
        .line = line,
        .values = values,
        .advice = advice,
        .see = see,
    };

    teller.teller.explanation = mailsim_explanation_new(NULL, NULL, NULL, NULL);
    tell_line(&teller, number);
    if (line->queue_id != NULL && strcmp(line->queue_id, "NOQUEUE") != 0)
        log_messages_add(self->messages, line->queue_id, number, values);
    return teller.teller.explanation;
}

MailsimExplanation *
mailsim_log_explain_messages(const MailsimLog *self, MailsimLanguage language)
{
    g_return_val_if_fail(self != NULL, NULL);
    Teller teller = {.topics = self->topics, .language = language};

    if (!log_messages_has_some(self->messages))
        return NULL;
    teller.explanation = mailsim_explanation_new(
        NULL,
        teller_say(&teller, "The messages of these lines", "Los mensajes de estas líneas"),
        "log-messages", NULL);
    log_messages_tell(self->messages, &teller);
    return teller.explanation;
}
