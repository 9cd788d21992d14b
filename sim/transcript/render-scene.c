/* SPDX-License-Identifier: MIT
 *
 * One scene in text: what was looked up, who speaks to whom, the lines of the conversation with
 * their notes, and what became of the message. */
#include "render-parts.h"

#include <string.h>

#include "columns.h"
#include "fold.h"
#include "pieces-private.h"

static gboolean
holds(const Page *page, const MailsimEvent *event, const char *condition)
{
    return mailsim_reading_holds(page->reading, event->sequence, condition);
}

static gboolean
is_brief(const Page *page)
{
    return page->options->detail == MAILSIM_DETAIL_BRIEF;
}

/* --- what is no line ---------------------------------------------------------------------- */

static void
put_remark(Page *page, const MailsimEvent *event, Ink ink, const char *text)
{
    page_put_mark(page, ink, event->time_us, "");
    page_put_line(page, ink, text);
}

/* “(signed)”, which is a fact about the answer and not a part of it. */
static const char *
describe_signature(const Page *page, const MailsimEvent *event)
{
    if (event->dns.authenticated)
        return page_phrase(page, MAILSIM_PHRASE_SIGNED);
    return event->dns.bogus ? page_phrase(page, MAILSIM_PHRASE_BOGUS) : "";
}

/* Records of certificates are long: each has a line of its own. */
static void
put_tlsa(Page *page, const MailsimEvent *event)
{
    g_auto(GStrv) records = g_strsplit(event->dns.answer, ", ", -1);

    for (guint i = 0; records[i] != NULL; i++) {
        g_autofree char *record = render_dup_shortened(page, records[i]);
        g_autofree char *line = g_strdup_printf("     %s", record);

        page_put_marked(page, INK_PLAIN, event->time_us, "", INK_PLAIN, line, 11);
    }
}

static void
put_dns(Page *page, const MailsimEvent *event)
{
    const char *answer = event->dns.answer != NULL ? event->dns.answer : "";
    const char *signature = describe_signature(page, event);
    const gboolean is_tlsa =
        g_str_has_prefix(event->dns.question, "TLSA ") && g_ascii_isdigit(answer[0]);

    if (g_strcmp0(answer, "NXDOMAIN") == 0)
        answer = page_phrase(page, MAILSIM_PHRASE_NOT_FOUND);
    else if (g_strcmp0(answer, "NODATA") == 0)
        answer = page_phrase(page, MAILSIM_PHRASE_NO_RECORD);
    g_autofree char *text =
        g_strdup_printf("%s  →  %s%s%s", event->dns.question, is_tlsa ? "" : answer,
                        !is_tlsa && signature[0] != '\0' ? "  " : "", signature);

    page_put_marked(page, INK_WARNING, event->time_us, "DNS", INK_PLAIN, text, 4);
    if (is_tlsa)
        put_tlsa(page, event);
    render_note(page, event);
}

static void
put_port(Page *page, const MailsimEvent *event)
{
    const gboolean refused = event->kind == MAILSIM_EVENT_REFUSED;
    const MailsimPhrase phrase = refused ? MAILSIM_PHRASE_REFUSED : MAILSIM_PHRASE_CONNECTED;
    const MailsimHop *hop = mailsim_recording_find_hop(page->recording, event->hop);
    g_autofree char *port = g_strdup_printf("%u", hop->port);
    g_autofree char *text =
        mailsim_phrase_format(phrase, page->options->language, "port", port, NULL);

    if (!is_brief(page) || refused)
        put_remark(page, event, refused ? INK_BAD : INK_DIM, text);
    render_note(page, event);
}

const char *
render_name_party(const Page *page, const char *name)
{
    const MailsimParty *party =
        name == NULL ? NULL : mailsim_recording_find_party(page->recording, name);

    if (party == NULL)
        return name != NULL ? name : "?";
    return party->is_host && party->fqdn != NULL ? party->fqdn : party->name;
}

static void
put_login(Page *page, const MailsimEvent *event)
{
    const gboolean accepted = event->login.accepted;
    g_autofree char *text = mailsim_phrase_format(
        accepted                                      ? MAILSIM_PHRASE_LOGIN_ACCEPTED
        : holds(page, event, "no-password")           ? MAILSIM_PHRASE_LOGIN_UNASKED
        : g_strcmp0(event->login.judge, "cyrus") == 0 ? MAILSIM_PHRASE_LOGIN_UNKNOWN
                                                      : MAILSIM_PHRASE_LOGIN_REFUSED,
        page->options->language, "user",
        mailsim_reading_get_value(page->reading, event->sequence, "user"), "mechanism",
        event->login.mechanism, NULL);

    page_put_fact(page, accepted ? INK_GOOD : INK_BAD, text, 2);
    render_note(page, event);
}

/* “greeting”, “TLS handshake” … in the page's language. */
static const char *
name_wait(const Page *page, const char *waits_for)
{
    static const struct {
        const char *waits_for;
        MailsimPhrase phrase;
    } known[] = {
        {"connection",    MAILSIM_PHRASE_WAIT_CONNECTION},
        {"greeting",      MAILSIM_PHRASE_WAIT_GREETING  },
        {"reply",         MAILSIM_PHRASE_WAIT_REPLY     },
        {"command",       MAILSIM_PHRASE_WAIT_COMMAND   },
        {"message",       MAILSIM_PHRASE_WAIT_MESSAGE   },
        {"SASL response", MAILSIM_PHRASE_WAIT_SASL      },
        {"TLS handshake", MAILSIM_PHRASE_WAIT_TLS       },
    };

    for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
        if (g_strcmp0(known[i].waits_for, waits_for) == 0)
            return page_phrase(page, known[i].phrase);
    }
    return waits_for;
}

/* Who gave up and what it had waited for, then where the scenario says so. */
static void
put_timeout(Page *page, const MailsimEvent *event)
{
    const MailsimLanguage language = page->options->language;
    g_autofree char *seconds = g_strdup_printf(
        "%" G_GINT64_FORMAT, (event->timeout.waited_us + MAILSIM_SECOND / 2) / MAILSIM_SECOND);
    g_autofree char *text = mailsim_phrase_format(
        MAILSIM_PHRASE_TIMEOUT, language, "party", render_name_party(page, event->party),
        "what", name_wait(page, event->timeout.waits_for), "seconds", seconds, NULL);

    page_put_fact(page, INK_BAD, text, 2);
    if (event->timeout.place != NULL) {
        g_autofree char *place = mailsim_phrase_format(MAILSIM_PHRASE_TIMEOUT_AT, language,
                                                       "place", event->timeout.place, NULL);

        page_put_fact(page, INK_BAD, place, 2);
    }
    render_note(page, event);
}

static const char *
describe_tls_failure(const Page *page, const char *reason)
{
    if (g_str_equal(reason, "plain-text"))
        return page_phrase(page, MAILSIM_PHRASE_TLS_FAILED_PLAIN);
    if (g_str_equal(reason, "alert"))
        return page_phrase(page, MAILSIM_PHRASE_TLS_FAILED_ALERT);
    if (g_str_equal(reason, "closed"))
        return page_phrase(page, MAILSIM_PHRASE_TLS_FAILED_CLOSED);
    return page_phrase(page, MAILSIM_PHRASE_TLS_FAILED_OTHER);
}

static void
put_tls_failed(Page *page, const MailsimEvent *event)
{
    g_autofree char *text =
        mailsim_phrase_format(MAILSIM_PHRASE_TLS_FAILED, page->options->language, "reason",
                              describe_tls_failure(page, event->tls_failed.reason), NULL);

    page_put_fact(page, INK_BAD, text, 2);
    render_note(page, event);
}

static void
put_closed(Page *page, const MailsimEvent *event)
{
    g_autofree char *text =
        mailsim_phrase_format(MAILSIM_PHRASE_CLOSED, page->options->language, "party",
                              render_name_party(page, event->closed.by), NULL);

    if (event->closed.by != NULL && !holds(page, event, "goodbye"))
        put_remark(page, event, INK_DIM, text);
    render_note(page, event);
}

/* What a daemon dies of, its log says. */
static gboolean
is_death(const MailsimEvent *event)
{
    return g_strcmp0(event->finding.rule, "fatal") == 0 ||
           g_strcmp0(event->finding.rule, "smtpd-fatal") == 0;
}

static void
put_finding(Page *page, const MailsimEvent *event)
{
    const char *reference = event->finding.reference;
    g_autofree char *listed =
        event->finding.list == NULL
            ? NULL
            : mailsim_phrase_format(MAILSIM_PHRASE_LISTED, page->options->language, "address",
                                    event->finding.subject, "trap", event->finding.trap, "list",
                                    event->finding.list, NULL);
    g_autofree char *text =
        g_strdup_printf("⚠ %s%s%s%s", listed != NULL ? listed : event->finding.text,
                        reference != NULL ? " (" : "", reference != NULL ? reference : "",
                        reference != NULL ? ")" : "");

    if (!is_death(event) || is_brief(page))
        page_put_fact(page, INK_WARNING, text, 2);
    render_note(page, event);
}

/* --- one event after the other ------------------------------------------------------------ */

/* Of those that are told one by one. */
static void
put_event(Page *page, const Scene *scene, const MailsimEvent *event)
{
    switch (event->kind) {
    case MAILSIM_EVENT_DNS:
        put_dns(page, event);
        break;
    case MAILSIM_EVENT_CONNECTED:
    case MAILSIM_EVENT_REFUSED:
        put_port(page, event);
        break;
    case MAILSIM_EVENT_SECURED:
        render_secured(page, event);
        break;
    case MAILSIM_EVENT_TLS_FAILED:
        put_tls_failed(page, event);
        break;
    case MAILSIM_EVENT_LOGIN:
        put_login(page, event);
        break;
    case MAILSIM_EVENT_QUEUED:
        render_queued(page, event);
        break;
    case MAILSIM_EVENT_STATUS:
        render_status(page, event);
        break;
    case MAILSIM_EVENT_CLOSED:
        put_closed(page, event);
        break;
    case MAILSIM_EVENT_FINDING:
        put_finding(page, event);
        break;
    case MAILSIM_EVENT_TIMEOUT:
        put_timeout(page, event);
        break;
    case MAILSIM_EVENT_SHOWN:
        render_shown(page, event);
        break;
    case MAILSIM_EVENT_QUEUE:
        render_queue(page, event, scene->attempt);
        break;
    case MAILSIM_EVENT_NOTIFICATION:
        render_notification(page, event);
        break;
    case MAILSIM_EVENT_POLICY:
        render_policy(page, event);
        break;
    case MAILSIM_EVENT_LOG:
        render_log(page, event);
        break;
    case MAILSIM_EVENT_FETCHED:
        render_fetched(page, event);
        break;
    case MAILSIM_EVENT_LINE:
    case MAILSIM_EVENT_HANDSHAKE:
    case MAILSIM_EVENT_CERTIFICATE:
    case MAILSIM_EVENT_RULE:
    case MAILSIM_EVENT_STEP:
        break;
    }
}

guint
render_event(Page *page, const Scene *scene, guint index)
{
    const MailsimEvent *event = g_ptr_array_index(scene->events, index);

    if (event->kind == MAILSIM_EVENT_LINE)
        return render_line(page, scene, index);
    if (event->kind == MAILSIM_EVENT_HANDSHAKE || event->kind == MAILSIM_EVENT_CERTIFICATE)
        return render_handshake(page, scene, index);
    if (event->kind == MAILSIM_EVENT_RULE)
        return render_rules(page, scene, index);
    put_event(page, scene, event);
    return index + 1;
}

/* “laptop 198.51.100.7  ─▶  mail.iesgn.example 203.0.113.25:587 (submission)” */
static void
render_who_to_whom(Page *page, const MailsimHop *hop)
{
    const MailsimParty *client = mailsim_recording_find_party(page->recording, hop->from);
    const char *address = client != NULL ? client->address : NULL;
    const gboolean v6 = hop->address != NULL && strchr(hop->address, ':') != NULL;
    g_autofree char *from = g_strdup_printf("%s %s", render_name_party(page, hop->from),
                                            address != NULL ? address : "");
    g_autofree char *service =
        hop->service == NULL ? g_strdup("") : g_strdup_printf(" (%s)", hop->service);
    g_autofree char *to = g_strdup_printf(
        "%s %s%s%s:%u%s", hop->to_fqdn != NULL ? hop->to_fqdn : "?", v6 ? "[" : "",
        hop->address != NULL ? hop->address : "?", v6 ? "]" : "", hop->port, service);
    g_autofree char *line = g_strdup_printf("%s ─▶ %s", from, to);
    g_autofree char *shown = page_dup_shown(page, line);

    page_end_line(page);
    if (columns_width(shown) + 3 <= PAGE_COLUMNS) {
        page_put_paragraph(page, INK_BOLD, 3, line);
    } else {
        g_autofree char *second = g_strdup_printf("─▶ %s", to);
        page_put_paragraph(page, INK_BOLD, 3, from);
        page_put_paragraph(page, INK_BOLD, 5, second);
    }
    page_end_line(page);
}

static gboolean
holds_any(const Page *page,
          const MailsimEvent *event,
          const char *const *conditions,
          guint n_conditions)
{
    for (guint i = 0; i < n_conditions; i++) {
        if (holds(page, event, conditions[i]))
            return TRUE;
    }
    return FALSE;
}

/* A new phase of the conversation begins: the eye gets a gap. */
static gboolean
begins_phase(const Page *page, const MailsimEvent *event)
{
    static const char *const commands[] = {"verb=STARTTLS", "verb=AUTH", "verb=MAIL",
                                           "verb=QUIT"};
    static const char *const reading[] = {"verb=STLS", "verb=LOGIN",  "verb=AUTHENTICATE",
                                          "verb=USER", "verb=SELECT", "verb=LOGOUT"};

    if (is_brief(page) || event->kind != MAILSIM_EVENT_LINE)
        return FALSE;
    if (holds(page, event, "command") && holds(page, event, "again"))
        return TRUE;
    return !holds(page, event, "pipelined") &&
           (holds_any(page, event, commands, G_N_ELEMENTS(commands)) ||
            (!holds(page, event, "protocol=smtp") &&
             holds_any(page, event, reading, G_N_ELEMENTS(reading))));
}

/* A piece may begin with it. */
static guint
tell_event(Page *page, const Scene *scene, guint index)
{
    guint next;

    pieces_reach(page, g_ptr_array_index(scene->events, index));
    if (page->time_us >= 0 && begins_phase(page, g_ptr_array_index(scene->events, index)))
        page_end_line(page);
    next = render_event(page, scene, index);
    pieces_add(page, scene, index, next);
    return next;
}

/* Hops overlap, but each is told to its end: where the clock goes back, say why. */
static void
put_meanwhile(Page *page, const Scene *scene)
{
    const MailsimEvent *first = g_ptr_array_index(scene->events, 0);

    if (scene->hop == NULL || scene->hop->from_mail_program || page->time_us < 0 ||
        first->time_us >= page->time_us)
        return;
    g_autofree char *text =
        mailsim_phrase_format(MAILSIM_PHRASE_MEANWHILE, page->options->language, "party",
                              render_name_party(page, scene->hop->from), NULL);
    page_end_line(page);
    page_put_paragraph(page, INK_DIM, 3, text);
}

/* A conversation like the one before: only what came of it. */
static void
put_shortly(Page *page, const Scene *scene)
{
    guint n_lines = 0;

    for (guint i = 0; i < scene->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(scene->events, i);
        n_lines += event->kind == MAILSIM_EVENT_LINE ? 1 : 0;
    }
    if (n_lines > 0) {
        const MailsimEvent *first = g_ptr_array_index(scene->events, scene->n_before);
        g_autofree char *count = g_strdup_printf("%u", n_lines);
        g_autofree char *text =
            mailsim_phrase_format(MAILSIM_PHRASE_CONVERSATION_AS_BEFORE,
                                  page->options->language, "count", count, NULL);
        put_remark(page, first, INK_DIM, text);
    }
    for (guint i = 0; i < scene->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(scene->events, i);
        if (fold_keeps(event) ||
            (event->kind == MAILSIM_EVENT_LOG && page->options->detail == MAILSIM_DETAIL_FULL))
            tell_event(page, scene, i);
    }
}

static void
put_wholly(Page *page, const Scene *scene)
{
    guint i = 0;

    if (scene->n_before > 0 || scene->hop == NULL)
        page_end_line(page);
    while (i < scene->n_before)
        i = tell_event(page, scene, i);
    if (scene->hop != NULL) {
        pieces_begin(page, MAILSIM_PIECE_TURN);
        render_who_to_whom(page, scene->hop);
    }
    page->time_us = -1;
    render_events(page, scene, i);
}

void
render_events(Page *page, const Scene *scene, guint index)
{
    for (guint i = index; i < scene->events->len;)
        i = tell_event(page, scene, i);
}

/* Of an attempt that is one of many, the first stands for all. */
static void
put_counted(Page *page, const Scene *scene)
{
    if (story_begins_attempt(scene) && scene->attempt->others->len > 0)
        render_counted(page, scene->attempt);
}

void
render_scene(Page *page, const Scene *scene)
{
    const Extent extent = scene->attempt != NULL ? scene->attempt->extent : EXTENT_WHOLE;

    if (scene->events->len == 0)
        return;
    pieces_begin(page, MAILSIM_PIECE_SCENE);
    if (extent == EXTENT_COUNTED) {
        put_counted(page, scene);
        return;
    }
    put_meanwhile(page, scene);
    page->time_us = -1;
    if (extent == EXTENT_WHOLE) {
        put_wholly(page, scene);
        return;
    }
    if (scene->hop != NULL)
        render_who_to_whom(page, scene->hop);
    else
        page_end_line(page);
    page->time_us = -1;
    put_shortly(page, scene);
}
