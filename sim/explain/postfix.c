/* SPDX-License-Identifier: MIT
 *
 * Parameters of main.cf and their values: what the tables of settings know of them, in the
 * order in which somebody asks. */
#include "explain-private.h"

#include <string.h>

#include <mailsim/settings/postfix-parameter.h>

void
postfix_add_topics(MailsimTopics *topics)
{
    const GPtrArray *names = mailsim_postfix_parameter_list();

    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        topics_add(topics, MAILSIM_SUBJECT_PARAMETER, name, "postfix", name);
    }
}

/* ---- what it is -------------------------------------------------------------------------- */

/* Who reads it, by the longest beginning of its name that sides.ini knows; NULL: no such. */
static const TopicText *
find_side(const Teller *teller, const char *name)
{
    const GPtrArray *sides = topic_texts_list(teller->topics->texts, "sides");
    const TopicText *best = NULL;

    for (guint i = 0; i < sides->len; i++) {
        const TopicText *side = g_ptr_array_index(sides, i);

        if (g_str_has_prefix(name, side->id) &&
            (best == NULL || strlen(side->id) > strlen(best->id)))
            best = side;
    }
    return best;
}

/* What it does, in a line: the table's English, the text's Spanish. */
static const char *
describe(const Teller *teller, const char *name)
{
    const char *gloss = teller_gloss(teller, "postfix", name);

    if (gloss == NULL && teller->language == MAILSIM_LANGUAGE_EN)
        gloss = mailsim_postfix_parameter_describe(name);
    return gloss;
}

static void
tell_what_it_is(const Teller *teller)
{
    const char *gloss = describe(teller, teller->topic->name);
    const TopicText *side = find_side(teller, teller->topic->name);

    if (teller->explanation->text->len > 0)
        return;
    if (gloss != NULL) {
        g_autofree char *sentence = teller_dup_sentence(gloss);
        mailsim_explanation_add_text(teller->explanation, sentence);
        return;
    }
    mailsim_explanation_add_text(
        teller->explanation,
        side != NULL && side->text[teller->language] != NULL
            ? side->text[teller->language]
            : teller_say(
                  teller,
                  "The lessons do not need it, and mailsim has no text about it. What it "
                  "does is in postconf(5).",
                  "En las lecciones no hace falta y mailsim no tiene texto sobre él. Lo "
                  "que hace está en postconf(5)."));
}

/* ---- its value --------------------------------------------------------------------------- */

static void
tell_default(
    const Teller *teller, const char *name, const char *en, const char *es, const char *value)
{
    if (value == NULL)
        return;
    if (*value == '\0')
        teller_tell(teller, name, en, es, NULL, teller_say(teller, "(empty)", "(vacío)"));
    else
        teller_tell(teller, name, en, es, value, NULL);
}

static void
tell_defaults(const Teller *teller)
{
    const char *name = teller->topic->name;
    const GPtrArray *services = mailsim_postfix_service_list();
    MailsimExplanationFact *fact = NULL;

    tell_default(teller, "default", "default", "por defecto",
                 mailsim_postfix_parameter_get_built_in(name));
    tell_default(teller, "debian", "Debian", "Debian",
                 mailsim_postfix_parameter_get_debian_line(name));
    for (guint i = 0; i < services->len; i++) {
        const char *service = g_ptr_array_index(services, i);
        const char *value = mailsim_postfix_service_default(service, name);

        if (value == NULL)
            continue;
        if (fact == NULL)
            fact = teller_fact(teller, "master", "master.cf", "master.cf");
        mailsim_explanation_fact_add(
            fact, service, *value != '\0' ? value : teller_say(teller, "(empty)", "(vacío)"));
    }
}

/* The kind of value: as the lab checks it, else as the default looks. */
static const char *
guess_type(const char *name)
{
    const char *type = mailsim_postfix_parameter_get_type(name);
    const char *value = mailsim_postfix_parameter_get_built_in(name);
    const gsize digits = strspn(value, "0123456789");

    if (type != NULL)
        return type;
    if (strcmp(value, "yes") == 0 || strcmp(value, "no") == 0)
        return "boolean";
    if (digits > 0 && value[digits] == '\0')
        return "number";
    if (digits > 0 && value[digits + 1] == '\0' && strchr("smhdw", value[digits]) != NULL)
        return "time";
    return NULL;
}

static void
tell_type(const Teller *teller)
{
    const char *type = guess_type(teller->topic->name);
    g_autofree char *id = g_strdup_printf("type %s", type != NULL ? type : "");
    const char *gloss = type != NULL ? teller_gloss(teller, "classes", id) : NULL;

    teller_tell(teller, "type", "type", "tipo", NULL, gloss);
}

static void
tell_words(const Teller *teller, MailsimExplanationFact *fact, gboolean built)
{
    const char *name = teller->topic->name;
    const char *const *words = mailsim_postfix_parameter_list_values(name, built);

    for (guint i = 0; words[i] != NULL; i++) {
        g_autofree char *id = g_strdup_printf("%s=%s", name, words[i]);
        const char *gloss = teller_gloss(teller, "values", id);

        if (*words[i] != '\0')
            mailsim_explanation_fact_add(fact, words[i], gloss);
    }
}

static void
tell_values(const Teller *teller)
{
    MailsimExplanationFact *fact = teller_fact(teller, "values", "values", "valores");

    tell_words(teller, fact, TRUE);
    tell_words(teller, fact, FALSE);
}

/* ---- in the lab -------------------------------------------------------------------------- */

static void
tell_lab(const Teller *teller)
{
    const char *name = teller->topic->name;
    const char *type = mailsim_postfix_parameter_get_type(name);
    const char *const *unbuilt = mailsim_postfix_parameter_list_values(name, FALSE);
    const char *word = teller_say(teller, "obeyed", "se obedece");
    g_autofree char *but = NULL;

    if (type == NULL)
        word = teller_say(teller, "without effect: accepted and passed over",
                          "sin efecto: se acepta y se pasa por alto");
    else if (strcmp(type, "default-only") == 0)
        word = teller_say(teller, "only Debian's value is built; any other is refused",
                          "solo está hecho el valor de Debian; cualquier otro se rechaza");
    if (*unbuilt != NULL) {
        g_autofree char *list = g_strjoinv(", ", (char **)unbuilt);
        but = g_strdup_printf(
            teller_say(teller, "%s; not built yet: %s", "%s; aún sin hacer: %s"), word, list);
    }
    teller_tell(teller, "lab", "in the lab", "en mailsim", NULL, but != NULL ? but : word);
}

static void
tell_side(const Teller *teller)
{
    const TopicText *side = find_side(teller, teller->topic->name);

    if (side != NULL)
        teller_tell(teller, "read-by", "read by", "lo lee", NULL,
                    side->gloss[teller->language]);
}

/* What a story says where the parameter decides. A note that quotes something of its story is
 * left there. */
static void
tell_notes(const Teller *teller)
{
    const MailsimNotes *notes = teller->topics->notes;
    MailsimExplanationFact *fact = teller_fact(teller, "notes", "in the cases", "en los casos");

    for (guint i = 0; i < mailsim_notes_count(notes) && fact->rows->len < 2; i++) {
        const MailsimNote *note = mailsim_notes_get(notes, i);
        const char *text = note->parts[MAILSIM_NOTE_TEXT][teller->language];

        if (g_strcmp0(note->parameter, teller->topic->name) == 0 && strchr(text, '{') == NULL)
            mailsim_explanation_fact_add(fact, NULL, text);
    }
}

void
postfix_tell_parameter(const Teller *teller)
{
    const gboolean has_text = teller->explanation->text->len > 0;

    tell_what_it_is(teller);
    tell_defaults(teller);
    tell_type(teller);
    tell_values(teller);
    tell_lab(teller);
    tell_side(teller);
    if (!has_text)
        tell_notes(teller);
}

void
postfix_tell_value(const Teller *teller)
{
    g_auto(GStrv) parts = g_strsplit(teller->topic->name, "=", 2);
    const char *const *unbuilt = mailsim_postfix_parameter_list_values(parts[0], FALSE);
    const char *gloss = teller_gloss(teller, "values", teller->topic->name);

    if (teller->explanation->text->len == 0 && gloss != NULL) {
        g_autofree char *sentence = teller_dup_sentence(gloss);
        mailsim_explanation_add_text(teller->explanation, sentence);
    }
    if (g_strv_contains(unbuilt, parts[1]))
        teller_tell(teller, "lab", "in the lab", "en mailsim", NULL,
                    teller_say(teller, "not built yet", "aún sin hacer"));
}

void
postfix_tell_assignment(const Teller *teller, const char *value)
{
    g_autofree char *hint = NULL;
    gboolean is_warning = FALSE;
    g_autofree char *problem =
        mailsim_postfix_parameter_check(teller->topic->name, value, &hint, &is_warning);

    teller_tell_assignment(teller, value, problem, hint);
}
