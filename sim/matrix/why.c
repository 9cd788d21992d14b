/* SPDX-License-Identifier: MIT
 *
 * From what happened in a cell to the sentences that say why. What decided is read from the
 * recording: the reason that was logged, and what the sender found of the certificate. */
#include <mailsim/matrix/why.h>

#include <string.h>

#include <mailsim/transcript/phrases.h>

#include "axis-private.h"
#include "why-private.h"

typedef struct {
    const MailsimCell *cell;
    MailsimLanguage language;
    const MailsimAttempt *attempt;   /* the one that is explained: the last */
    const MailsimEvent *certificate; /* the last that was seen; NULL: none was */
    char *from;                      /* the dates of it */
    char *until;
    GString *said; /* sentence after sentence */
    MailsimExplanation *explanation;
} Why;

static guint
get_value(const Why *why, MailsimAxis axis)
{
    return why->cell->values[axis];
}

static const MailsimEvent *
find_certificate(const MailsimRecording *recording)
{
    for (guint i = recording->events->len; i > 0; i--) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i - 1);

        if (event->kind == MAILSIM_EVENT_CERTIFICATE)
            return event;
    }
    return NULL;
}

/* No record that could be believed. */
static gboolean
acts_as_may(const Why *why)
{
    const guint level = get_value(why, MAILSIM_AXIS_CLIENT_LEVEL);

    return level == CLIENT_MAY ||
           (level == CLIENT_DANE && (get_value(why, MAILSIM_AXIS_TLSA) == TLSA_NONE ||
                                     get_value(why, MAILSIM_AXIS_ZONE) == ZONE_UNSIGNED));
}

/* ---- sentences --------------------------------------------------------------------------- */

/* As the log says it; where only the dates are bad it has its own words. */
static const char *
get_problem(const Why *why)
{
    if (why->certificate->certificate.chain_problem != NULL)
        return why->certificate->certificate.chain_problem;
    return "certificate has expired";
}

/* The level that counts. */
static const char *
get_level(const Why *why)
{
    const guint level =
        acts_as_may(why) ? CLIENT_MAY : get_value(why, MAILSIM_AXIS_CLIENT_LEVEL);

    return mailsim_axis_get_value(MAILSIM_AXIS_CLIENT_LEVEL, level)->word;
}

static const char *
look_up(const char *name, gconstpointer data)
{
    const Why *why = data;

    if (g_str_equal(name, "level"))
        return get_level(why);
    if (g_str_equal(name, "trust"))
        return why->attempt->trust;
    if (why->certificate == NULL)
        return NULL;
    if (g_str_equal(name, "problem"))
        return get_problem(why);
    if (g_str_equal(name, "names"))
        return why->certificate->certificate.names;
    if (g_str_equal(name, "expected"))
        return why->certificate->certificate.expected;
    if (g_str_equal(name, "from"))
        return why->from;
    return g_str_equal(name, "until") ? why->until : NULL;
}

static char *
dup_sentence(const Why *why, WhySentence sentence)
{
    char *text =
        mailsim_placeholders_fill(why_get_sentence(sentence, why->language), look_up, why);

    g_assert(text != NULL);
    return text;
}

static void
say(Why *why, WhySentence sentence)
{
    g_autofree char *text = dup_sentence(why, sentence);

    if (why->said->len > 0)
        g_string_append_c(why->said, ' ');
    g_string_append(why->said, text);
}

/* ---- what decided ------------------------------------------------------------------------ */

static gboolean
is_dane(const Why *why)
{
    const guint level = get_value(why, MAILSIM_AXIS_CLIENT_LEVEL);

    return level == CLIENT_DANE || level == CLIENT_DANE_ONLY;
}

static void
explain_clear(Why *why)
{
    if (get_value(why, MAILSIM_AXIS_CLIENT_LEVEL) == CLIENT_NONE) {
        say(why, WHY_NO_TLS_WANTED);
        return;
    }
    if (is_dane(why))
        say(why, get_value(why, MAILSIM_AXIS_ZONE) == ZONE_UNSIGNED ? WHY_UNSIGNED_AS_MAY
                                                                    : WHY_NO_TLSA_AS_MAY);
    switch (get_value(why, MAILSIM_AXIS_SERVER_LEVEL)) {
    case SERVER_HANDSHAKE_FAILS:
        say(why, WHY_CLEAR_LATER);
        break;
    case SERVER_REFUSES:
        say(why, WHY_REFUSED_AND_WENT_ON);
        break;
    default:
        say(why, WHY_NO_TLS_OFFERED);
        break;
    }
}

static void
explain_trust(Why *why)
{
    if (g_str_equal(why->attempt->trust, "Anonymous")) {
        say(why, WHY_ANONYMOUS);
    } else if (g_str_equal(why->attempt->trust, "Untrusted")) {
        say(why, WHY_UNTRUSTED);
    } else {
        say(why, WHY_TRUSTED);
        if (get_value(why, MAILSIM_AXIS_CERT) == CERT_WRONG_NAME)
            say(why, WHY_OTHER_NAME_UNNOTICED);
    }
}

static void
explain_tls(Why *why)
{
    const MailsimEvent *seen = why->certificate;

    if (seen != NULL && g_str_equal(why->attempt->trust, "Verified")) {
        if (seen->certificate.match == NULL)
            say(why, WHY_CHAIN_AND_NAME);
        else if (!is_dane(why))
            say(why, WHY_FINGERPRINT);
        else
            say(why, seen->certificate.match_is_authority ? WHY_TLSA_AUTHORITY : WHY_TLSA_KEY);
        return;
    }
    if (is_dane(why))
        say(why, get_value(why, MAILSIM_AXIS_ZONE) == ZONE_UNSIGNED ? WHY_UNSIGNED_AS_MAY
                                                                    : WHY_NO_TLSA_AS_MAY);
    say(why, WHY_ANYBODY);
    explain_trust(why);
}

/* What the sender has against the certificate. */
static void
explain_refusal(Why *why)
{
    const MailsimEvent *seen = why->certificate;

    if (seen->certificate.announced != NULL && seen->certificate.match == NULL) {
        say(why, is_dane(why) ? WHY_OTHER_TLSA : WHY_OTHER_FINGERPRINT);
        return;
    }
    if (!seen->certificate.chain_ok)
        say(why, WHY_BAD_CHAIN);
    if (!seen->certificate.dates_ok)
        say(why, WHY_BAD_DATES);
    if (!seen->certificate.name_ok)
        say(why, WHY_BAD_NAME);
}

static void
explain_deferral(Why *why)
{
    static const struct {
        const char *reason;
        WhySentence sentence;
    } rows[] = {
        {"TLS is required, but was not offered", WHY_TLS_MISSING      },
        {"TLS is required, but host",            WHY_REFUSED_AND_WAITS},
        {"no TLSA records found",                WHY_NO_TLSA          },
        {"non DNSSEC destination",               WHY_UNSIGNED         },
        {"TLSA lookup error",                    WHY_TLSA_LOOKUP      },
        {"Server certificate not verified",      WHY_NOT_VERIFIED     },
    };
    const char *reason = why->attempt->reason;

    if (g_str_has_prefix(reason, "Cannot start TLS"))
        say(why, acts_as_may(why) ? WHY_HANDSHAKE_MAY : WHY_HANDSHAKE);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (!g_str_has_prefix(reason, rows[i].reason))
            continue;
        if (rows[i].sentence == WHY_NOT_VERIFIED && why->certificate != NULL)
            explain_refusal(why);
        say(why, rows[i].sentence);
        return;
    }
}

static void
explain(Why *why)
{
    if (g_str_equal(why->attempt->outcome, "bounced"))
        say(why, WHY_DEMANDED);
    else if (g_str_equal(why->attempt->outcome, "deferred"))
        explain_deferral(why);
    else if (g_str_equal(why->attempt->channel, "tls"))
        explain_tls(why);
    else
        explain_clear(why);
}

/* ---- what stands around it --------------------------------------------------------------- */

static WhySentence
get_outcome(const MailsimAttempt *attempt)
{
    return g_str_equal(attempt->outcome, "delivered")  ? WHY_DELIVERED
           : g_str_equal(attempt->outcome, "deferred") ? WHY_DEFERRED
                                                       : WHY_BOUNCED;
}

/* “deferred, over TLS (Untrusted)” */
static char *
dup_result(Why *why, const MailsimAttempt *attempt)
{
    const WhySentence outcome = get_outcome(attempt);
    const WhySentence channel = g_str_equal(attempt->channel, "tls") ? WHY_OVER_TLS
                                : g_str_equal(attempt->channel, "-") ? WHY_NEVER_CONNECTED
                                : outcome == WHY_DELIVERED           ? WHY_IN_THE_CLEAR
                                                                     : WHY_WITHOUT_TLS;
    g_autofree char *how = NULL;

    why->attempt = attempt;
    how = dup_sentence(why, channel);
    return g_strdup_printf("%s, %s", why_get_sentence(outcome, why->language), how);
}

static void
add_attempts(Why *why, const GPtrArray *attempts)
{
    for (guint i = 0; i < attempts->len; i++) {
        const MailsimAttempt *attempt = g_ptr_array_index(attempts, i);
        g_autofree char *result = dup_result(why, attempt);
        g_autofree char *label = g_strdup_printf(
            "%s %u", why_get_sentence(WHY_ATTEMPT, why->language), attempt->number);
        MailsimExplanationFact *fact =
            mailsim_explanation_add_fact(why->explanation, "attempt", label);
        g_autofree char *logged = g_strdup_printf("%s %s", attempt->dsn, attempt->reason);

        mailsim_explanation_fact_add(fact, NULL, result);
        mailsim_explanation_fact_add(fact, NULL, logged);
    }
}

static void
add_values(Why *why)
{
    for (guint i = 0; i < MAILSIM_AXES; i++) {
        const MailsimAxis axis = (MailsimAxis)i;
        const MailsimAxisValue *value = mailsim_axis_get_value(axis, get_value(why, axis));
        MailsimExplanationFact *fact =
            mailsim_explanation_add_fact(why->explanation, mailsim_axis_get_name(axis),
                                         mailsim_axis_get_title(axis, why->language));

        mailsim_explanation_fact_add(fact, value->word, value->meaning[why->language]);
    }
}

static void
note_dates(Why *why)
{
    if (why->certificate == NULL)
        return;
    why->from = mailsim_time_format_day(why->certificate->certificate.not_before);
    why->until = mailsim_time_format_day(why->certificate->certificate.not_after);
}

MailsimExplanation *
mailsim_cell_explain(const MailsimCell *cell,
                     const MailsimRecording *recording,
                     MailsimLanguage language)
{
    g_autoptr(GPtrArray) attempts = mailsim_cell_list_attempts(cell, recording);
    Why why = {
        .cell = cell,
        .language = language,
        .certificate = find_certificate(recording),
    };
    g_autofree char *result = NULL;
    g_autofree char *title = NULL;

    g_assert(attempts->len > 0);
    note_dates(&why);
    result = dup_result(&why, g_ptr_array_index(attempts, attempts->len - 1));
    title = g_strdup_printf(
        "%s → %s, %s: %s",
        mailsim_axis_get_value(MAILSIM_AXIS_CLIENT_LEVEL,
                               get_value(&why, MAILSIM_AXIS_CLIENT_LEVEL))
            ->word,
        mailsim_axis_get_value(MAILSIM_AXIS_SERVER_LEVEL,
                               get_value(&why, MAILSIM_AXIS_SERVER_LEVEL))
            ->word,
        mailsim_axis_get_value(MAILSIM_AXIS_CERT, get_value(&why, MAILSIM_AXIS_CERT))->word,
        result);
    why.explanation = mailsim_explanation_new(title, title, "cell", NULL);
    why.said = g_string_new(NULL);
    explain(&why);
    mailsim_explanation_add_text(why.explanation, why.said->str);
    add_attempts(&why, attempts);
    add_values(&why);
    g_string_free(why.said, TRUE);
    g_free(why.from);
    g_free(why.until);
    return why.explanation;
}
