/* SPDX-License-Identifier: MIT
 *
 * The words of an expectation: are they words, and can they all be true at once? A word is a
 * fact, so two facts that exclude each other would fail whatever happens. */
#include "scenario-private.h"

#include <string.h>

#include <mailsim/base/suggestion.h>

#include "value-private.h"

/* What two words have in common when only one of them can be true. */
typedef struct {
    const char *word;
    guint group;
    gsize start;
    gsize end;
} Fact;

enum { CODE_GROUP = 1000, ENHANCED_CODE_GROUP };

static gboolean
is_about_tls(const char *word)
{
    static const char *const words[] = {"encrypted", "TLSv1.2",   "TLSv1.3", "resumed",
                                        "anonymous", "untrusted", "trusted", "verified"};

    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        if (strcmp(words[i], word) == 0)
            return TRUE;
    return FALSE;
}

static gboolean
exclude_each_other(const Fact *a, const Fact *b)
{
    if (strcmp(a->word, b->word) == 0)
        return FALSE;
    if (a->group != 0 && a->group == b->group)
        return TRUE;
    return (strcmp(a->word, "clear") == 0 && is_about_tls(b->word)) ||
           (strcmp(b->word, "clear") == 0 && is_about_tls(a->word));
}

static gboolean
read_word(const Checker *checker, Fact *fact)
{
    const MailsimWordRow *row = mailsim_key_table_find_word(checker->row->words, fact->word);
    gboolean takes_codes = checker->row->type != MAILSIM_TYPE_OUTCOME;

    if (row && (row->flags & MAILSIM_KEY_PLANNED)) {
        check_fail(checker, fact->start, fact->end, NULL, "“%s” is not built yet", fact->word);
        return FALSE;
    }
    if (row)
        fact->group = row->excludes;
    else if (takes_codes && value_is_code(fact->word))
        fact->group = CODE_GROUP;
    else if (takes_codes && value_is_enhanced_code(fact->word))
        fact->group = ENHANCED_CODE_GROUP;
    else {
        g_autoptr(GPtrArray) names = mailsim_key_table_name_words(checker->row->words);
        char *hint =
            check_can_suggest(checker) ? mailsim_suggestion_hint(fact->word, names) : NULL;

        if (!hint)
            hint = g_strdup(checker->row->type == MAILSIM_TYPE_HOP
                                ? "words are facts: sent, encrypted, verified, login, 4.7.5, …"
                                : "delivered, deferred, bounced, rejected or failed");
        check_fail(checker, fact->start, fact->end, hint, "“%s” is not a word that fits here",
                   fact->word);
        return FALSE;
    }
    return TRUE;
}

static void
add_fact(const Checker *checker, GArray *facts, Fact *fact)
{
    for (guint i = 0; i < facts->len; i++) {
        const Fact *other = &g_array_index(facts, Fact, i);

        if (strcmp(other->word, fact->word) == 0)
            return;
        if (exclude_each_other(other, fact)) {
            check_fail(checker, fact->start, fact->end, g_strdup("keep one of the two"),
                       "“%s” and “%s” cannot both be true", other->word, fact->word);
            return;
        }
    }
    g_array_append_val(facts, *fact);
}

void
check_words(const Checker *checker)
{
    g_autoptr(GArray) facts = g_array_new(FALSE, FALSE, sizeof(Fact));
    g_autoptr(GStringChunk) words = g_string_chunk_new(256);
    const char *value = checker->entry->value;
    gsize start, end = 0;

    while (value_next_item(value, &start, &end)) {
        Fact fact = {.start = start, .end = end};

        fact.word = g_string_chunk_insert_len(words, value + start, (gssize)(end - start));
        if (read_word(checker, &fact))
            add_fact(checker, facts, &fact);
    }
    if (*value == '\0' && checker->section->step == NULL)
        check_fail(checker, 0, 0, g_strdup("remove the line, or say what to expect"),
                   "nothing is expected");
}
