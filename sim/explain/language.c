/* SPDX-License-Identifier: MIT
 *
 * The scenario language: groups, keys and words, as the key table has them. Its descriptions
 * are English; language.ini has the Spanish ones, under “group mua”, “key mua.outgoing”, “word
 * hop.sent”, “type duration”. */
#include "explain-private.h"

#include <string.h>

typedef struct {
    MailsimWordSet set;
    const char *name; /* in language.ini */
    const char *en;   /* what the words are of */
    const char *es;
} WordSet;

/* clang-format off */
/* Yes and no explain themselves; profiles are topics of their own. */
static const WordSet word_sets[] = {
    {MAILSIM_WORDS_LANGUAGE, "language",
     "language of [scenario]", "language de [scenario]"},
    {MAILSIM_WORDS_KEY, "key",
     "key of [certificate]", "key de [certificate]"},
    {MAILSIM_WORDS_KEY_USAGE, "key-usage",
     "key-usage of [certificate]", "key-usage de [certificate]"},
    {MAILSIM_WORDS_EXTENDED_KEY_USAGE, "extended-key-usage",
     "extended-key-usage of [certificate]", "extended-key-usage de [certificate]"},
    {MAILSIM_WORDS_MODE, "mode",
     "how a connection begins: mail:587 starttls",
     "cómo empieza una conexión: mail:587 starttls"},
    {MAILSIM_WORDS_DNSSEC, "dnssec",
     "dnssec of [zone]", "dnssec de [zone]"},
    {MAILSIM_WORDS_ATTACK, "attack",
     "attack of [link]", "attack de [link]"},
    {MAILSIM_WORDS_ATTACK_CERTIFICATE, "attack-certificate",
     "attack.certificate of [link]", "attack.certificate de [link]"},
    {MAILSIM_WORDS_DO, "do",
     "do of [step]", "do de [step]"},
    {MAILSIM_WORDS_OUTCOME, "outcome",
     "an outcome: expect.outcome, expect.to.ADDRESS",
     "un resultado: expect.outcome, expect.to.DIRECCIÓN"},
    {MAILSIM_WORDS_HOP, "hop",
     "a word on a hop: expect.hop.H",
     "una palabra sobre una conexión: expect.hop.H"},
    {MAILSIM_WORDS_ATTACK_RESULT, "attack-result",
     "expect.attack of [step]", "expect.attack de [step]"},
};
/* clang-format on */

/* ---- topics ------------------------------------------------------------------------------ */

static void
add_groups(MailsimTopics *topics)
{
    for (guint kind = 0; kind < MAILSIM_GROUP_KINDS; kind++) {
        const MailsimGroupRow *row = mailsim_key_table_get_group((MailsimGroupKind)kind);
        g_autofree char *id = g_strdup_printf("[%s%s%s]", row->name,
                                              *row->operands != '\0' ? " " : "", row->operands);
        g_autofree char *group = g_strdup_printf("group %s", row->name);
        g_autofree char *bracketed = g_strdup_printf("[%s]", row->name);
        OwnTopic *topic = topics_add(topics, MAILSIM_SUBJECT_LANGUAGE, id, "language", group);

        topic->group = row;
        topics_name(topics, topic, bracketed);
        topics_name(topics, topic, row->name);
    }
}

static void
add_keys(MailsimTopics *topics)
{
    guint n_keys;
    const MailsimKeyRow *keys = mailsim_key_table_list_keys(&n_keys);

    for (guint i = 0; i < n_keys; i++) {
        const char *group = mailsim_key_table_get_group(keys[i].group)->name;
        g_autofree char *id = g_strdup_printf("[%s] %s", group, keys[i].name);
        g_autofree char *dotted = g_strdup_printf("%s.%s", group, keys[i].name);
        g_autofree char *text = g_strdup_printf("key %s", dotted);
        OwnTopic *topic = topics_add(topics, MAILSIM_SUBJECT_LANGUAGE, id, "language", text);

        topic->key = &keys[i];
        topics_name(topics, topic, dotted);
        if (strlen(keys[i].name) > 1)
            topics_name(topics, topic, keys[i].name);
    }
}

static void
add_words(MailsimTopics *topics)
{
    for (guint i = 0; i < G_N_ELEMENTS(word_sets); i++) {
        guint n_words;
        const MailsimWordRow *words = mailsim_key_table_list_words(&n_words);

        for (guint j = 0; j < n_words; j++) {
            if (words[j].set != word_sets[i].set)
                continue;
            g_autofree char *text =
                g_strdup_printf("word %s.%s", word_sets[i].name, words[j].word);
            OwnTopic *topic =
                topics_add(topics, MAILSIM_SUBJECT_LANGUAGE, words[j].word, "language", text);
            topic->word = &words[j];
        }
    }
}

void
language_add_topics(MailsimTopics *topics)
{
    add_groups(topics);
    add_keys(topics);
    add_words(topics);
}

const char *
language_find_pattern(const char *words)
{
    const MailsimKeyRow *row = mailsim_key_table_find_key(MAILSIM_GROUP_STEP, words);

    return row != NULL && g_str_has_prefix(row->name, "expect.") ? row->name : NULL;
}

/* ---- telling ----------------------------------------------------------------------------- */

/* The table's English, or the Spanish of language.ini. */
static const char *
describe(const Teller *teller, const char *description, const char *id)
{
    const char *gloss = teller_gloss(teller, "language", id);

    return gloss != NULL ? gloss : description;
}

/* Before the paragraphs, the description as a sentence. */
static void
tell_description(const Teller *teller, const char *description)
{
    const TopicText *text = teller->topic->text;
    const char *gloss = text != NULL ? text->gloss[teller->language] : NULL;
    char *sentence = teller_dup_sentence(gloss != NULL ? gloss : description);

    g_ptr_array_insert(teller->explanation->text, 0, sentence);
}

static void
tell_planned(const Teller *teller, guint flags)
{
    if (flags & MAILSIM_KEY_PLANNED)
        teller_tell(teller, "lab", "in the lab", "en mailsim", NULL,
                    teller_say(teller, "planned, not built yet", "previsto, aún sin hacer"));
}

static void
tell_group(const Teller *teller, const MailsimGroupRow *row)
{
    guint n_keys;
    const MailsimKeyRow *keys = mailsim_key_table_list_keys(&n_keys);
    MailsimExplanationFact *fact;

    tell_description(teller, row->description);
    fact = teller_fact(teller, "keys", "keys", "claves");
    for (guint i = 0; i < n_keys; i++) {
        g_autofree char *id = g_strdup_printf("key %s.%s", row->name, keys[i].name);

        if (keys[i].group == row->kind && !(keys[i].flags & MAILSIM_KEY_PLANNED))
            mailsim_explanation_fact_add(fact, keys[i].name,
                                         describe(teller, keys[i].description, id));
    }
    if (row->flags & MAILSIM_KEY_AT_STEP)
        teller_tell(teller, "at-step", "changes", "cambios", NULL,
                    teller_say(teller, "also in the middle of the story: [… @STEP]",
                               "también a mitad de la historia: [… @PASO]"));
    tell_planned(teller, row->flags);
}

static const WordSet *
find_set(MailsimWordSet set)
{
    for (guint i = 0; i < G_N_ELEMENTS(word_sets); i++) {
        if (word_sets[i].set == set)
            return &word_sets[i];
    }
    return NULL;
}

static void
tell_words(const Teller *teller, MailsimWordSet wanted)
{
    guint n_words;
    const MailsimWordRow *words = mailsim_key_table_list_words(&n_words);
    const WordSet *set = find_set(wanted);
    MailsimExplanationFact *fact;

    if (wanted == MAILSIM_WORDS_NONE || wanted == MAILSIM_WORDS_YES_NO)
        return;
    fact = teller_fact(teller, "words", "words", "palabras");
    for (guint i = 0; i < n_words; i++) {
        g_autofree char *id =
            g_strdup_printf("word %s.%s", set != NULL ? set->name : "profile", words[i].word);

        if (words[i].set == wanted && !(words[i].flags & MAILSIM_KEY_PLANNED))
            mailsim_explanation_fact_add(fact, words[i].word,
                                         describe(teller, words[i].description, id));
    }
}

/* What values look like: “port: from 1 to 65535”. The table's line is Markdown. */
static void
tell_type(const Teller *teller, MailsimValueType type)
{
    const MailsimTypeRow *row = mailsim_key_table_get_type(type);
    g_autofree char *id = g_strdup_printf("type %s", row->name);
    g_autoptr(GString) line = g_string_new(NULL);

    g_string_printf(line, "%s: %s", row->name, row->looks);
    g_string_replace(line, "`", "", 0);
    teller_tell(teller, "type", "type", "tipo", NULL, describe(teller, line->str, id));
}

static void
tell_key(const Teller *teller, const MailsimKeyRow *row)
{
    tell_description(teller, row->description);
    tell_type(teller, row->type);
    teller_tell(teller, "default", "default", "por defecto", row->default_value, NULL);
    tell_words(teller, row->words);
    if (row->steps != NULL)
        teller_tell(teller, "steps", "with do =", "con do =", row->steps, NULL);
    if (row->flags & MAILSIM_KEY_REQUIRED)
        teller_tell(teller, "required", "required", "obligatoria", NULL,
                    teller_say(teller, "yes", "sí"));
    if (row->flags & MAILSIM_KEY_TRANSLATED)
        teller_tell(teller, "translated", "languages", "idiomas", NULL,
                    teller_say(teller, "also with [en] and [es]", "también con [en] y [es]"));
    tell_planned(teller, row->flags);
}

static void
tell_word(const Teller *teller, const MailsimWordRow *row)
{
    const WordSet *set = find_set(row->set);

    tell_description(teller, row->description);
    teller_tell(teller, "word-of", "is", "es", NULL, teller_say(teller, set->en, set->es));
    tell_planned(teller, row->flags);
}

void
language_tell(const Teller *teller)
{
    if (teller->topic->group != NULL)
        tell_group(teller, teller->topic->group);
    else if (teller->topic->key != NULL)
        tell_key(teller, teller->topic->key);
    else if (teller->topic->word != NULL)
        tell_word(teller, teller->topic->word);
}
