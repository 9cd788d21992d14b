/* SPDX-License-Identifier: MIT
 *
 * The explanation of a topic: the text that somebody wrote, and under it what the tables know.
 * */
#include "explain-private.h"

#include <string.h>

/* ---- telling ----------------------------------------------------------------------------- */

const char *
teller_say(const Teller *teller, const char *en, const char *es)
{
    return teller->language == MAILSIM_LANGUAGE_ES ? es : en;
}

MailsimExplanationFact *
teller_fact(const Teller *teller, const char *name, const char *en, const char *es)
{
    return mailsim_explanation_add_fact(teller->explanation, name, teller_say(teller, en, es));
}

/* A fact with this label, before all others; lent. */
static MailsimExplanationFact *
teller_first_fact(const Teller *teller, const char *name, const char *en, const char *es)
{
    GPtrArray *facts = teller->explanation->facts;
    MailsimExplanationFact *fact = teller_fact(teller, name, en, es);

    g_ptr_array_insert(facts, 0, g_ptr_array_steal_index(facts, facts->len - 1));
    return fact;
}

void
teller_tell_assignment(const Teller *teller,
                       const char *value,
                       const char *problem,
                       const char *hint)
{
    MailsimExplanationFact *fact =
        teller_first_fact(teller, "value", "this value", "este valor");
    const char *fine = teller_say(teller, "well formed", "bien escrito");

    mailsim_explanation_fact_add(fact, value, problem != NULL ? problem : fine);
    if (hint != NULL)
        mailsim_explanation_fact_add(fact, NULL, hint);
}

void
teller_tell(const Teller *teller,
            const char *name,
            const char *en,
            const char *es,
            const char *word,
            const char *text)
{
    if (word != NULL || text != NULL)
        mailsim_explanation_fact_add(teller_fact(teller, name, en, es), word, text);
}

const char *
teller_gloss(const Teller *teller, const char *file, const char *id)
{
    const TopicText *text = topic_texts_find(teller->topics->texts, file, id);

    return text != NULL ? text->gloss[teller->language] : NULL;
}

char *
teller_dup_sentence(const char *gloss)
{
    GString *sentence = g_string_new(NULL);
    const gsize letters = strcspn(gloss, " =_.()");
    g_autofree char *word = g_strndup(gloss, letters);
    g_autofree char *small = g_utf8_strdown(word, -1);

    /* A name is left as it is written: $name, TLSv1.3, user%domain. */
    if (strcmp(word, small) == 0 && strchr(" ,", gloss[letters]) != NULL &&
        !strpbrk(word, "%!@-/"))
        g_string_append_unichar(sentence, g_unichar_toupper(g_utf8_get_char(gloss)));
    else
        g_string_append_unichar(sentence, g_utf8_get_char(gloss));
    g_string_append(sentence, g_utf8_next_char(gloss));
    if (strchr(".!?", gloss[strlen(gloss) - 1]) == NULL && !g_str_has_suffix(gloss, "…"))
        g_string_append_c(sentence, '.');
    return g_string_free(sentence, FALSE);
}

/* ---- one topic --------------------------------------------------------------------------- */

typedef struct {
    const char *en;
    const char *es;
    void (*tell)(const Teller *teller); /* NULL: there is only the text */
    const char *reference;              /* of topics that have none of their own */
} Subject;

/* clang-format off */
static const Subject subjects[MAILSIM_SUBJECTS] = {
    [MAILSIM_SUBJECT_WORD] = {
        "a word of the field", "una palabra del oficio", NULL, NULL},
    [MAILSIM_SUBJECT_PORT] = {
        "a TCP port", "un puerto TCP", NULL, NULL},
    [MAILSIM_SUBJECT_REPLY] = {
        "a reply code of SMTP", "un código de respuesta de SMTP",
        code_tell_reply, "RFC 5321 §4.2.1"},
    [MAILSIM_SUBJECT_ENHANCED] = {
        "an enhanced status code", "un código de estado ampliado",
        code_tell_enhanced, "RFC 3463"},
    [MAILSIM_SUBJECT_VALUE] = {
        "a value of a Postfix parameter", "un valor de un parámetro de Postfix",
        postfix_tell_value, "postconf(5)"},
    [MAILSIM_SUBJECT_TRUST] = {
        "a trust word of Postfix's log", "una palabra de confianza del log de Postfix",
        NULL, NULL},
    [MAILSIM_SUBJECT_CERTIFICATE] = {
        "a certificate profile of the scenario language",
        "un perfil de certificado del lenguaje de escenarios",
        certificate_tell, NULL},
    [MAILSIM_SUBJECT_PARAMETER] = {
        "a parameter of Postfix (main.cf)", "un parámetro de Postfix (main.cf)",
        postfix_tell_parameter, "postconf(5)"},
    [MAILSIM_SUBJECT_RESTRICTION] = {
        "a restriction of Postfix's smtpd", "una restricción del smtpd de Postfix",
        restriction_tell, "postconf(5)"},
    [MAILSIM_SUBJECT_DOVECOT] = {
        "a setting of Dovecot (dovecot.conf)", "un ajuste de Dovecot (dovecot.conf)",
        dovecot_tell, "doveconf(1), doc.dovecot.org"},
    [MAILSIM_SUBJECT_LANGUAGE] = {
        "the scenario language", "el lenguaje de escenarios",
        language_tell, "mailsim show case5"},
    [MAILSIM_SUBJECT_GUIDE] = {
        "how it is done", "cómo se hace",
        guide_tell, NULL},
};
/* clang-format on */

static void
tell_text(const Teller *teller)
{
    const TopicText *text = teller->topic->text;

    if (text == NULL)
        return;
    if (text->text[teller->language] != NULL)
        mailsim_explanation_add_text(teller->explanation, text->text[teller->language]);
    if (text->more[teller->language] != NULL)
        mailsim_explanation_add_text(teller->explanation, text->more[teller->language]);
}

/* Which story shows it: mailsim run CASE, step N. */
static void
tell_sightings(const Teller *teller)
{
    const MailsimTopic *topic = &teller->topic->topic;
    const TopicTexts *texts = teller->topics->texts;
    g_autofree char *name =
        g_strdup_printf("%s %s", mailsim_subject_name(topic->subject), topic->id);
    g_auto(GStrv) cases = topic_texts_list_cases(texts, name);
    MailsimExplanationFact *fact = teller_fact(teller, "seen", "seen in", "se ve en");

    for (guint i = 0; cases[i] != NULL; i++) {
        g_autofree char *steps = topic_texts_dup_steps(texts, name, cases[i]);
        const char *form = strchr(steps, ',') == NULL
                               ? teller_say(teller, "step %s", "paso %s")
                               : teller_say(teller, "steps %s", "pasos %s");
        g_autofree char *where = g_strdup_printf(form, steps);

        mailsim_explanation_fact_add(fact, cases[i], where);
    }
}

static void
tell_references(const Teller *teller)
{
    const TopicText *text = teller->topic->text;
    const char *reference = text != NULL ? text->reference : NULL;
    MailsimExplanationFact *see;

    if (reference == NULL)
        reference = subjects[teller->topic->topic.subject].reference;
    teller_tell(teller, "reference", "read on", "para leer", reference, NULL);
    if (text == NULL)
        return;
    see = teller_fact(teller, "see", "see also", "véase");
    see->is_list = TRUE;
    for (guint i = 0; text->see[i] != NULL; i++) {
        g_autoptr(GPtrArray) found = mailsim_topics_find(teller->topics, text->see[i]);
        const OwnTopic *topic = found->len > 0 ? g_ptr_array_index(found, 0) : NULL;

        mailsim_explanation_fact_add(
            see, topic != NULL ? topic_get_title(topic, teller->language) : text->see[i], NULL);
    }
}

MailsimExplanation *
mailsim_topics_explain(MailsimTopics *self, const MailsimTopic *topic, MailsimLanguage language)
{
    g_return_val_if_fail(self != NULL && topic != NULL, NULL);
    Teller teller = {
        .topics = self,
        .topic = (const OwnTopic *)topic,
        .language = language,
    };
    const char *kind =
        teller_say(&teller, subjects[topic->subject].en, subjects[topic->subject].es);

    teller.explanation =
        mailsim_explanation_new(topic->id, topic_get_title(teller.topic, language),
                                mailsim_subject_name(topic->subject), kind);
    tell_text(&teller);
    if (subjects[topic->subject].tell != NULL)
        subjects[topic->subject].tell(&teller);
    tell_sightings(&teller);
    tell_references(&teller);
    return teller.explanation;
}

/* ---- what is asked ----------------------------------------------------------------------- */

static void
free_explanation(gpointer explanation)
{
    mailsim_explanation_free(explanation);
}

/* Several codes of one reply are all meant; of other meanings only those of the first subject
 * are told, and the rest are named. */
static gboolean
is_told(const MailsimTopic *topic, const MailsimTopic *first)
{
    return topic->subject == first->subject || (first->subject == MAILSIM_SUBJECT_REPLY &&
                                                topic->subject == MAILSIM_SUBJECT_ENHANCED);
}

static GPtrArray *
explain_found(MailsimTopics *self, const GPtrArray *found, MailsimLanguage language)
{
    GPtrArray *explanations = g_ptr_array_new_with_free_func(free_explanation);
    Teller teller = {.topics = self, .language = language};
    MailsimExplanationFact *also = NULL;

    for (guint i = 0; i < found->len; i++) {
        const MailsimTopic *topic = g_ptr_array_index(found, i);

        if (is_told(topic, g_ptr_array_index(found, 0))) {
            g_ptr_array_add(explanations, mailsim_topics_explain(self, topic, language));
            continue;
        }
        teller.explanation = g_ptr_array_index(explanations, explanations->len - 1);
        if (also == NULL)
            also = teller_fact(&teller, "also", "also", "también");
        mailsim_explanation_fact_add(
            also, topic_get_title((const OwnTopic *)topic, language),
            teller_say(&teller, subjects[topic->subject].en, subjects[topic->subject].es));
    }
    return explanations;
}

/* “name = value” where nobody has written about that value. */
static GPtrArray *
explain_assignment(MailsimTopics *self, const char *words, MailsimLanguage language)
{
    const char *sign = strchr(words, '=');
    g_autofree char *name = sign != NULL ? g_strndup(words, (gsize)(sign - words)) : NULL;
    g_autofree char *value = sign != NULL ? g_strstrip(g_strdup(sign + 1)) : NULL;
    g_autoptr(GPtrArray) found = name != NULL ? mailsim_topics_find(self, name) : NULL;
    Teller teller = {.topics = self, .language = language};

    if (found == NULL)
        return NULL;
    for (guint i = 0; i < found->len; i++) {
        teller.topic = g_ptr_array_index(found, i);
        const MailsimSubject subject = teller.topic->topic.subject;
        if (subject != MAILSIM_SUBJECT_PARAMETER && subject != MAILSIM_SUBJECT_DOVECOT)
            continue;
        GPtrArray *explanations = g_ptr_array_new_with_free_func(free_explanation);
        teller.explanation = mailsim_topics_explain(self, &teller.topic->topic, language);
        g_ptr_array_add(explanations, teller.explanation);
        if (subject == MAILSIM_SUBJECT_PARAMETER)
            postfix_tell_assignment(&teller, value);
        else
            dovecot_tell_assignment(&teller, value);
        return explanations;
    }
    return NULL;
}

GPtrArray *
mailsim_topics_explain_words(MailsimTopics *self, const char *words, MailsimLanguage language)
{
    g_return_val_if_fail(self != NULL && words != NULL, NULL);
    g_autoptr(GPtrArray) found = mailsim_topics_find(self, words);

    if (found->len > 0)
        return explain_found(self, found, language);
    return explain_assignment(self, words, language);
}

/* A name of several words is no longer than this. */
#define NAME_MAX_WORDS 6

static char *
join_words(GStrv words, guint n)
{
    GString *joined = g_string_new(words[0]);

    for (guint i = 1; i < n; i++)
        g_string_append_printf(joined, " %s", words[i]);
    return g_string_free(joined, FALSE);
}

/* “name =” and what follows, as in main.cf; what stands in one argument is whole. */
static gboolean
begins_assignment(GStrv words)
{
    if (strpbrk(words[0], " \t") != NULL)
        return FALSE;
    return g_str_has_suffix(words[0], "=") || (words[1] != NULL && words[1][0] == '=');
}

GPtrArray *
mailsim_topics_explain_first(MailsimTopics *self,
                             GStrv words,
                             MailsimLanguage language,
                             guint *n_words)
{
    g_return_val_if_fail(self != NULL && words != NULL && words[0] != NULL, NULL);
    const guint n_all = g_strv_length(words);

    for (*n_words = MIN(n_all, NAME_MAX_WORDS); *n_words > 1; (*n_words)--) {
        g_autofree char *joined = join_words(words, *n_words);
        g_autoptr(GPtrArray) found = g_ptr_array_new();

        topics_find_name(self, joined, found);
        if (found->len > 0)
            return explain_found(self, found, language);
    }
    if (begins_assignment(words)) {
        g_autofree char *line = join_words(words, n_all);
        GPtrArray *explanations = mailsim_topics_explain_words(self, line, language);

        if (explanations != NULL) {
            *n_words = n_all;
            return explanations;
        }
    }
    return mailsim_topics_explain_words(self, words[0], language);
}

/* ---- overview ---------------------------------------------------------------------------- */

static const char *const overview_labels[MAILSIM_SUBJECTS][MAILSIM_LANGUAGES] = {
    [MAILSIM_SUBJECT_WORD] = {"words",        "palabras"     },
    [MAILSIM_SUBJECT_PORT] = {"ports",        "puertos"      },
    [MAILSIM_SUBJECT_REPLY] = {"replies",      "respuestas"   },
    [MAILSIM_SUBJECT_ENHANCED] = {"codes",        "códigos"     },
    [MAILSIM_SUBJECT_VALUE] = {"values",       "valores"      },
    [MAILSIM_SUBJECT_TRUST] = {"trust",        "confianza"    },
    [MAILSIM_SUBJECT_CERTIFICATE] = {"certificates", "certificados" },
    [MAILSIM_SUBJECT_PARAMETER] = {"Postfix",      "Postfix"      },
    [MAILSIM_SUBJECT_RESTRICTION] = {"restrictions", "restricciones"},
    [MAILSIM_SUBJECT_DOVECOT] = {"Dovecot",      "Dovecot"      },
    [MAILSIM_SUBJECT_LANGUAGE] = {"scenarios",    "escenarios"   },
    [MAILSIM_SUBJECT_GUIDE] = {"how to",       "cómo se hace"},
};

/* “secure” is enough where “smtp_tls_security_level=secure” would be long. */
static const char *
get_short_name(const OwnTopic *topic, MailsimLanguage language)
{
    if (topic->topic.subject == MAILSIM_SUBJECT_VALUE && topic->text->names[0] != NULL)
        return topic->text->names[0];
    return topic_get_title(topic, language);
}

static void
tell_subject(const Teller *teller, MailsimSubject subject)
{
    const char *const *labels = overview_labels[subject];
    MailsimExplanationFact *fact = mailsim_explanation_add_fact(
        teller->explanation, mailsim_subject_name(subject), labels[teller->language]);
    guint others = 0;

    fact->is_list = TRUE;
    for (guint i = 0; i < teller->topics->topics->len; i++) {
        const OwnTopic *topic = g_ptr_array_index(teller->topics->topics, i);

        if (topic->topic.subject != subject)
            continue;
        if (topic->text != NULL && topic->text->listed)
            mailsim_explanation_fact_add(fact, get_short_name(topic, teller->language), NULL);
        else
            others++;
    }
    if (others > 0) {
        g_autofree char *more =
            g_strdup_printf(teller_say(teller, "… %u more", "… %u más"), others);
        mailsim_explanation_fact_add(fact, NULL, more);
    }
}

MailsimExplanation *
mailsim_topics_overview(MailsimTopics *self, MailsimLanguage language)
{
    Teller teller = {.topics = self, .language = language};

    teller.explanation =
        mailsim_explanation_new("mailsim explain", "mailsim explain", "overview", NULL);
    mailsim_explanation_add_text(
        teller.explanation,
        teller_say(&teller,
                   "What can be explained: mailsim explain TOPIC. Capitals do not count. "
                   "“454 4.7.1”, “smtpd_timeout = 5m”, “port 25” are understood, too, and so "
                   "is a line of a mail log, in quotes (many of them: mailsim explain - "
                   "<mail.log). Every topic, a line each: mailsim explain --list",
                   "Lo que se puede explicar: mailsim explain TEMA. Da igual en mayúsculas o "
                   "minúsculas, con tildes o sin ellas. También valen «454 4.7.1», "
                   "«smtpd_timeout = 5m» o «puerto 25», y una línea del log de correo, entre "
                   "comillas (si son muchas: mailsim explain - <mail.log). Todos los temas, "
                   "uno por línea: mailsim explain --list"));
    for (guint subject = 0; subject < MAILSIM_SUBJECTS; subject++)
        tell_subject(&teller, (MailsimSubject)subject);
    return teller.explanation;
}
