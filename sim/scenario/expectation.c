/* SPDX-License-Identifier: MIT
 *
 * What a teacher expected, held against what happened. The facts of a hop are a set of words,
 * the same words that a scenario uses; an expectation holds when all of its words are in the
 * set. */
#include "runner-private.h"

#include <string.h>

#include "outcome-private.h"
#include "value-private.h"

/* ---- words ------------------------------------------------------------------------------- */

static void
add_word(GPtrArray *words, const char *word)
{
    if (word != NULL)
        g_ptr_array_add(words, g_strdup(word));
}

static void
add_either(GPtrArray *words, gboolean which, const char *if_true, const char *if_false)
{
    add_word(words, which ? if_true : if_false);
}

/* The code that a reply begins with, or the one that Postfix quotes: “host … said: 550 5.1.1
 * …”. */
static void
add_reply_code(GPtrArray *words, const char *text)
{
    g_auto(GStrv) tokens = g_strsplit_set(text != NULL ? text : "", " -", -1);

    for (guint i = 0; tokens[i] != NULL; i++) {
        if (value_is_code(tokens[i])) {
            add_word(words, tokens[i]);
            return;
        }
    }
}

static void
add_trust(GPtrArray *words, const MailsimHop *hop)
{
    if (hop->trust != NULL)
        g_ptr_array_add(words, g_ascii_strdown(hop->trust, -1));
    if (!hop->certificate_seen)
        return;
    add_either(words, hop->chain_ok, "chain-ok", "chain-bad");
    add_either(words, hop->name_ok, "name-ok", "name-bad");
    add_either(words, hop->dates_ok, "dates-ok", "dates-bad");
}

static void
add_listener(GPtrArray *words, const MailsimEavesdropped *heard)
{
    if (heard->had_password)
        add_either(words, heard->password_seen, "password-seen", "password-hidden");
    if (heard->had_text)
        add_either(words, heard->text_seen, "text-seen", "text-hidden");
    if (heard->had_addresses)
        add_either(words, heard->addresses_seen, "addresses-seen", "addresses-hidden");
}

static GPtrArray *
collect_hop_words(const MailsimHop *hop)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);

    add_word(words, hop->status);
    add_reply_code(words, hop->reply);
    add_word(words, hop->dsn);
    add_either(words, hop->encrypted, "encrypted", "clear");
    add_word(words, hop->tls_version);
    if (hop->resumed)
        add_word(words, "resumed");
    add_trust(words, hop);
    add_either(words, hop->authenticated_user != NULL, "login", "no-login");
    add_listener(words, &hop->listener);
    add_word(words, hop->tls_failure);
    return words;
}

static GPtrArray *
collect_recipient_words(MailsimOutcomes *outcomes, const char *address)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    const char *dsn;
    const char *reason;

    add_word(words, mailsim_outcomes_get(outcomes, address, &dsn, &reason));
    add_reply_code(words, reason);
    add_word(words, dsn);
    return words;
}

static char *
join_words(GPtrArray *words)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < words->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               (const char *)g_ptr_array_index(words, i));
    return g_string_free(text, FALSE);
}

/* ---- one expectation --------------------------------------------------------------------- */

/* Of its message in whichever step: a wait may see nothing, and the message is where it was. A
 * step without one, which fetches, has its own. */
static const MailsimHop *
find_hop(const MailsimRecording *recording,
         const MailsimStepRecord *step,
         const char *host,
         gboolean first)
{
    const MailsimHop *found = NULL;
    const guint begin = step->message > 0 ? 0 : step->first_hop;

    for (guint i = begin; i < recording->hops->len && (found == NULL || !first); i++) {
        const MailsimHop *hop = g_ptr_array_index(recording->hops, i);

        if (hop->message == step->message && g_strcmp0(hop->to, host) == 0)
            found = hop;
    }
    return found;
}

static gboolean
has_word(GPtrArray *words, const char *word)
{
    for (guint i = 0; i < words->len; i++) {
        if (g_ascii_strcasecmp(g_ptr_array_index(words, i), word) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The place of WORD in the value, so that the caret stands under what did not hold. */
static MailsimSpan
find_span(const MailsimExpectation *expectation, const char *word)
{
    MailsimSpan span = expectation->span;
    const char *found = strstr(expectation->value, word);

    if (found == NULL)
        return span;
    span.start += (gsize)(found - expectation->value);
    span.end = span.start + strlen(word);
    return span;
}

static void
report(const MailsimExpectation *expectation,
       const char *word,
       const char *actual,
       MailsimDiagnostics *diagnostics)
{
    MailsimSpan span = find_span(expectation, word);
    g_autofree char *hint = g_strdup_printf("seen: %s", actual);

    mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, &span, hint,
                            "expected “%s”, and it did not happen", word);
}

/* Every word of the expectation that is not among ACTUAL is reported. */
static gboolean
compare_words(const MailsimExpectation *expectation,
              GPtrArray *actual,
              const char *actual_text,
              MailsimDiagnostics *diagnostics)
{
    gboolean holds = TRUE;

    for (guint i = 0; i < expectation->words->len; i++) {
        const char *word = g_ptr_array_index(expectation->words, i);

        if (actual != NULL && has_word(actual, word))
            continue;
        holds = FALSE;
        report(expectation, word, actual_text, diagnostics);
    }
    return holds;
}

/* reply and decided: a text that is contained. */
static gboolean
compare_text(const MailsimExpectation *expectation,
             const char *actual,
             MailsimDiagnostics *diagnostics)
{
    if (actual != NULL && strstr(actual, expectation->value) != NULL)
        return TRUE;
    report(expectation, expectation->value, actual != NULL ? actual : "nothing", diagnostics);
    return FALSE;
}

static gboolean
evaluate_hop(const MailsimExpectation *expectation,
             const MailsimRecording *recording,
             MailsimExpectationResult *result,
             MailsimDiagnostics *diagnostics)
{
    const MailsimStepRecord *step =
        g_ptr_array_index(recording->steps, recording->steps->len - 1);
    const MailsimHop *hop = find_hop(recording, step, expectation->subject, expectation->first);
    g_autoptr(GPtrArray) words = hop != NULL ? collect_hop_words(hop) : NULL;

    if (hop == NULL) {
        result->actual = g_strdup("no connection");
        return compare_words(expectation, NULL, result->actual, diagnostics);
    }
    if (expectation->kind == MAILSIM_EXPECT_HOP_REPLY) {
        result->actual = g_strdup(hop->reply);
        return compare_text(expectation, hop->reply, diagnostics);
    }
    if (expectation->kind == MAILSIM_EXPECT_HOP_DECIDED) {
        result->actual = g_strdup(hop->decided_by);
        return compare_text(expectation, hop->decided_by, diagnostics);
    }
    result->actual = join_words(words);
    return compare_words(expectation, words, result->actual, diagnostics);
}

/* Of lines and of what was looked at: a text that is there, or is not. */
static gboolean
report_text(const MailsimExpectation *expectation,
            gboolean holds,
            const char *actual,
            MailsimDiagnostics *diagnostics)
{
    const gboolean lacks = expectation->kind == MAILSIM_EXPECT_REPLY_LACKS ||
                           expectation->kind == MAILSIM_EXPECT_LACKS;
    g_autofree char *hint = g_strdup_printf("seen: %s", actual != NULL ? actual : "nothing");

    if (!holds && actual == NULL)
        mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, &expectation->span, hint,
                                "the conversation was over before this line");
    else if (!holds && lacks)
        mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, &expectation->span, hint,
                                "expected no “%s”, and it was there", expectation->value);
    else if (!holds)
        report(expectation, expectation->value, actual, diagnostics);
    return holds;
}

static gboolean
evaluate(const MailsimExpectation *expectation,
         const MailsimRecording *recording,
         MailsimOutcomes *outcomes,
         const GPtrArray *heard,
         MailsimExpectationResult *result,
         MailsimDiagnostics *diagnostics)
{
    const MailsimStepRecord *step =
        g_ptr_array_index(recording->steps, recording->steps->len - 1);
    g_autoptr(GPtrArray) words = NULL;
    gboolean holds;

    switch (expectation->kind) {
    case MAILSIM_EXPECT_OUTCOME:
        words = g_ptr_array_new_with_free_func(g_free);
        add_word(words, step->outcome);
        break;
    case MAILSIM_EXPECT_TO:
        words = collect_recipient_words(outcomes, expectation->subject);
        break;
    case MAILSIM_EXPECT_HOP:
    case MAILSIM_EXPECT_HOP_REPLY:
    case MAILSIM_EXPECT_HOP_DECIDED:
        return evaluate_hop(expectation, recording, result, diagnostics);
    case MAILSIM_EXPECT_REPLY:
    case MAILSIM_EXPECT_REPLY_LACKS:
        holds = mailsim_expectation_compare_reply(expectation, heard, &result->actual);
        return report_text(expectation, holds, result->actual, diagnostics);
    case MAILSIM_EXPECT_COUNT:
    case MAILSIM_EXPECT_HAS:
    case MAILSIM_EXPECT_LACKS:
        holds = mailsim_expectation_compare_shown(expectation, recording, &result->actual);
        return report_text(expectation, holds, result->actual, diagnostics);
    }
    result->actual = join_words(words);
    return compare_words(expectation, words, result->actual, diagnostics);
}

void
mailsim_expectations_evaluate(const MailsimStep *step,
                              MailsimRecording *recording,
                              const GPtrArray *heard,
                              MailsimDiagnostics *diagnostics)
{
    MailsimStepRecord *record = g_ptr_array_index(recording->steps, recording->steps->len - 1);
    g_autoptr(MailsimOutcomes) outcomes =
        step->sends != NULL ? mailsim_outcomes_new(recording, record->message) : NULL;

    if (outcomes != NULL)
        record->outcome = g_strdup(mailsim_outcomes_get_worst(outcomes, step->sends->to));
    for (guint i = 0; i < step->expectations->len; i++) {
        const MailsimExpectation *expectation = g_ptr_array_index(step->expectations, i);
        MailsimExpectationResult *result = mailsim_step_record_add_expectation(record);

        result->key = g_strdup(expectation->key);
        result->expected = g_strdup(expectation->value);
        result->holds = evaluate(expectation, recording, outcomes, heard, result, diagnostics);
    }
}
