/* SPDX-License-Identifier: MIT
 *
 * TLS in the transcript: the handshake, a line for each direction, and the certificate with its
 * three answers. That the line is encrypted and that the server is proved are two facts here,
 * and stay two. */
#include "render-parts.h"

#include <string.h>

#include "columns.h"

#define SERVER_NAME "server_name "

/* What stands before an answer: good, bad, or not asked for. */
typedef struct {
    const char *sign;
    Ink ink;
} Mark;

static const Mark unasked = {"·", INK_PLAIN};

Proof
render_judge_proof(const MailsimHop *hop)
{
    const gboolean good = hop->certificate_seen && hop->chain_ok && hop->name_ok &&
                          hop->dates_ok && hop->tls_failure == NULL;

    if (g_strcmp0(hop->trust, "Verified") == 0)
        return PROOF_GIVEN;
    return good ? PROOF_UNASKED : PROOF_MISSING;
}

/* --- the certificate ---------------------------------------------------------------------- */

static char *
describe_dates(const Page *page, const MailsimEvent *event)
{
    const gboolean early = event->time_us < event->certificate.not_before;
    g_autofree char *before = mailsim_time_format_day(event->certificate.not_before);
    g_autofree char *after = mailsim_time_format_day(event->certificate.not_after);
    MailsimPhrase phrase = MAILSIM_PHRASE_DATES_OK;

    if (!event->certificate.dates_ok)
        phrase = early ? MAILSIM_PHRASE_DATES_EARLY : MAILSIM_PHRASE_DATES_EXPIRED;
    return mailsim_phrase_format(phrase, page->options->language, "date",
                                 phrase == MAILSIM_PHRASE_DATES_EARLY ? before : after, NULL);
}

/* What was announced of the certificate beforehand, if anything was. */
static MailsimPhrase
get_match_question(const MailsimEvent *event)
{
    return g_strcmp0(event->certificate.announced, "tlsa") == 0
               ? MAILSIM_PHRASE_MATCH_TLSA
               : MAILSIM_PHRASE_MATCH_FINGERPRINT;
}

/* One of the questions and its answer. */
static void
put_answer(Page *page,
           const MailsimEvent *event,
           MailsimPhrase question,
           const char *answer,
           const Mark *mark)
{
    const MailsimPhrase questions[] = {MAILSIM_PHRASE_CHAIN, MAILSIM_PHRASE_NAME,
                                       MAILSIM_PHRASE_DATES, get_match_question(event)};
    const guint n_questions =
        G_N_ELEMENTS(questions) - (event->certificate.announced == NULL ? 1 : 0);
    g_autoptr(GString) line = g_string_new("  ");
    guint width = 0;

    for (guint i = 0; i < n_questions; i++)
        width = MAX(width, columns_width(page_phrase(page, questions[i])));
    g_string_append(line, page_phrase(page, question));
    columns_pad(line, width + 4);
    g_string_append_printf(line, "%s %s", mark->sign, answer);
    page_put_fact(page, mark->ink, line->str, width + 6);
}

/* Whoever is the announced one needs nobody to vouch for him: then chain, name and dates are
 * facts, and nothing more. */
static gboolean
counts(const MailsimEvent *event)
{
    return event->certificate.announced == NULL || event->certificate.match_is_authority;
}

static void
put_judged(Page *page,
           const MailsimEvent *event,
           MailsimPhrase question,
           gboolean good,
           const char *answer)
{
    static const Mark marks[] = {
        {"✘", INK_WARNING},
        {"✔", INK_GOOD   }
    };

    put_answer(page, event, question, answer, counts(event) ? &marks[good] : &unasked);
}

static char *
describe_chain(const Page *page, const MailsimEvent *event)
{
    const char *issuers = event->certificate.issuers;
    const char *trusted = page_phrase(
        page, event->certificate.chain_ok ? MAILSIM_PHRASE_CHAIN_OK : MAILSIM_PHRASE_CHAIN_BAD);

    if (event->certificate.self_signed)
        return g_strdup_printf("%s: %s", trusted,
                               page_phrase(page, MAILSIM_PHRASE_CERTIFICATE_SELF));
    if (issuers == NULL)
        return g_strdup(trusted);
    g_auto(GStrv) names = g_strsplit(issuers, ", ", -1);
    g_autofree char *upwards = g_strjoinv(" ◀ ", names);
    return g_strdup_printf("%s: %s", trusted, upwards);
}

/* A client that asks for no name does not look at it: that is an answer too. */
static void
put_name(Page *page, const MailsimEvent *event)
{
    const gboolean good = event->certificate.name_ok;
    g_autofree char *name = NULL;

    if (event->certificate.expected == NULL || !counts(event)) {
        put_answer(page, event, MAILSIM_PHRASE_NAME,
                   page_phrase(page, MAILSIM_PHRASE_NAME_UNASKED), &unasked);
        return;
    }
    name = mailsim_phrase_format(good ? MAILSIM_PHRASE_NAME_OK : MAILSIM_PHRASE_NAME_BAD,
                                 page->options->language, "name", event->certificate.expected,
                                 NULL);
    put_judged(page, event, MAILSIM_PHRASE_NAME, good, name);
}

/* Whether it is the announced one, where it should be. */
static void
put_match(Page *page, const MailsimEvent *event)
{
    static const Mark fits = {"✔", INK_GOOD};
    static const Mark fits_not = {"✘", INK_WARNING};
    const MailsimPhrase question = get_match_question(event);
    const char *match = event->certificate.match;
    g_autofree char *record = match != NULL ? render_dup_shortened(page, match) : NULL;
    g_autofree char *answer = mailsim_phrase_format(
        match != NULL                           ? MAILSIM_PHRASE_MATCH_OK
        : question == MAILSIM_PHRASE_MATCH_TLSA ? MAILSIM_PHRASE_MATCH_NO_RECORD
                                                : MAILSIM_PHRASE_MATCH_NO_FINGERPRINT,
        page->options->language, "record", record != NULL ? record : "", NULL);

    put_answer(page, event, question, answer, match != NULL ? &fits : &fits_not);
}

static void
put_certificate(Page *page, const MailsimEvent *event)
{
    const MailsimLanguage language = page->options->language;
    const char *names = event->certificate.names != NULL ? event->certificate.names
                                                         : event->certificate.subject;
    g_autofree char *chain = describe_chain(page, event);
    g_autofree char *dates = describe_dates(page, event);
    g_autofree char *title =
        mailsim_phrase_format(MAILSIM_PHRASE_CERTIFICATE, language, "names", names, NULL);

    page_put_fact(page, INK_BOLD, title, 4);
    if (event->certificate.announced != NULL)
        put_match(page, event);
    put_judged(page, event, MAILSIM_PHRASE_CHAIN, event->certificate.chain_ok, chain);
    put_name(page, event);
    put_judged(page, event, MAILSIM_PHRASE_DATES, event->certificate.dates_ok, dates);
    render_note(page, event);
}

/* --- the handshake ------------------------------------------------------------------------ */

/* “server_name mail.iesgn.example” and “TLSv1.3, X25519, …” for people. */
static char *
describe_hello(const Page *page, const MailsimEvent *event)
{
    const MailsimLanguage language = page->options->language;
    const char *detail = event->handshake.detail;

    if (g_str_has_prefix(detail, SERVER_NAME))
        return mailsim_phrase_format(MAILSIM_PHRASE_HELLO_ASKS, language, "name",
                                     detail + strlen(SERVER_NAME), NULL);
    if (event->handshake.direction == MAILSIM_DIRECTION_OUT)
        return g_strdup(detail);
    return mailsim_phrase_format(MAILSIM_PHRASE_HELLO_CHOOSES, language, "what", detail, NULL);
}

static void
put_messages(Page *page, const MailsimEvent *first, const char *text)
{
    const gboolean out = first->handshake.direction == MAILSIM_DIRECTION_OUT;
    g_autofree char *shown = page_dup_shown(page, text);

    page_put_marked(page, INK_GOOD, first->time_us, out ? "==>" : "<==", INK_BOLD, shown, 2);
}

static void
put_hello(Page *page, const MailsimEvent *event)
{
    g_autofree char *detail = describe_hello(page, event);
    g_autoptr(GString) line = g_string_new(event->handshake.message);

    columns_pad(line, strlen("ServerHello") + 2);
    g_string_append(line, detail);
    put_messages(page, event, line->str);
    render_note(page, event);
}

static gboolean
goes_on(const MailsimEvent *event, const MailsimEvent *first)
{
    return event->kind == MAILSIM_EVENT_CERTIFICATE ||
           (event->kind == MAILSIM_EVENT_HANDSHAKE && event->handshake.detail == NULL &&
            event->handshake.direction == first->handshake.direction);
}

guint
render_handshake(Page *page, const Scene *scene, guint index)
{
    const MailsimEvent *first = g_ptr_array_index(scene->events, index);
    g_autoptr(GString) messages = g_string_new(NULL);
    g_autoptr(GPtrArray) listed = g_ptr_array_new();
    const MailsimEvent *certificate = NULL;
    guint i = index;

    if (first->kind == MAILSIM_EVENT_HANDSHAKE && first->handshake.detail != NULL) {
        if (page->options->detail != MAILSIM_DETAIL_BRIEF)
            put_hello(page, first);
        return index + 1;
    }
    for (; i < scene->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(scene->events, i);
        if (!goes_on(event, first))
            break;
        if (event->kind == MAILSIM_EVENT_CERTIFICATE) {
            certificate = event;
            continue;
        }
        g_string_append_printf(messages, "%s%s", messages->len > 0 ? ", " : "",
                               event->handshake.message);
        g_ptr_array_add(listed, (gpointer)event);
    }
    if (page->options->detail != MAILSIM_DETAIL_BRIEF && listed->len > 0) {
        put_messages(page, g_ptr_array_index(listed, 0), messages->str);
        for (guint j = 0; j < listed->len; j++)
            render_note(page, g_ptr_array_index(listed, j));
    }
    if (certificate != NULL)
        put_certificate(page, certificate);
    return i;
}

/* Postfix's word goes with it, unless its log has a line with that word here: students will
 * meet “Untrusted”, and it sounds as if nothing were encrypted. */
static char *
describe_proof(const Page *page, const MailsimEvent *event, const MailsimHop *hop)
{
    static const MailsimPhrase answers[] = {
        [PROOF_GIVEN] = MAILSIM_PHRASE_YES,
        [PROOF_MISSING] = MAILSIM_PHRASE_NO,
        [PROOF_UNASKED] = MAILSIM_PHRASE_UNASKED,
    };
    const MailsimLanguage language = page->options->language;
    const char *answer = page_phrase(page, answers[render_judge_proof(hop)]);
    g_autofree char *proved = mailsim_phrase_format(
        MAILSIM_PHRASE_VERDICT_PROVED, language, "name", hop->to_fqdn, "answer", answer, NULL);

    if (hop->from_mail_program || hop->trust == NULL || render_is_logged(page, event))
        return g_steal_pointer(&proved);
    g_autofree char *word =
        mailsim_phrase_format(MAILSIM_PHRASE_VERDICT_WORD, language, "trust", hop->trust, NULL);
    return g_strdup_printf("%s %s", proved, word);
}

void
render_secured(Page *page, const MailsimEvent *event)
{
    const MailsimHop *hop = mailsim_recording_find_hop(page->recording, event->hop);
    const MailsimLanguage language = page->options->language;
    const char *version = event->secured.version;
    g_autofree char *tls = g_strdup_printf(
        "TLS %s, %s", version != NULL && g_str_has_prefix(version, "TLSv") ? version + 4 : "?",
        event->secured.cipher);
    g_autofree char *secured =
        mailsim_phrase_format(MAILSIM_PHRASE_VERDICT_SECURED, language, "version", tls, NULL);
    g_autofree char *proved = hop->trust == NULL
                                  ? mailsim_phrase_format(MAILSIM_PHRASE_VERDICT_UNKNOWN,
                                                          language, "name", hop->to_fqdn, NULL)
                                  : describe_proof(page, event, hop);
    const gboolean verified = render_judge_proof(hop) == PROOF_GIVEN;

    if (hop->resumed)
        page_put_fact(page, INK_PLAIN, page_phrase(page, MAILSIM_PHRASE_VERDICT_RESUMED), 2);
    page_put_fact(page, INK_GOOD, secured, 2);
    page_put_fact(page, verified ? INK_GOOD : INK_WARNING, proved, 2);
    render_note(page, event);
}
