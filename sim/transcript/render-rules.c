/* SPDX-License-Identifier: MIT
 *
 * What a server's restriction list said to one recipient: a row for each rule, the one that
 * decided marked. */
#include "render-parts.h"

#include <string.h>

#include "columns.h"

/* A rule that is longer, with its table or its zone, has its verdict on the line below. */
#define RULE_MAX_COLUMNS 46

static MailsimPhrase
phrase_of(const MailsimEvent *event)
{
    switch (event->rule.verdict) {
    case MAILSIM_VERDICT_PERMIT:
        return MAILSIM_PHRASE_RULE_PERMIT;
    case MAILSIM_VERDICT_NO_OPINION:
        return MAILSIM_PHRASE_RULE_NO_OPINION;
    case MAILSIM_VERDICT_REJECT:
        return MAILSIM_PHRASE_RULE_REJECT;
    case MAILSIM_VERDICT_DEFER:
        return event->rule.decided ? MAILSIM_PHRASE_RULE_DEFER : MAILSIM_PHRASE_RULE_PENDING;
    case MAILSIM_VERDICT_NOT_REACHED:
        break;
    }
    return MAILSIM_PHRASE_RULE_NOT_REACHED;
}

static gboolean
goes_on(const MailsimEvent *event, const MailsimEvent *first)
{
    return event->kind == MAILSIM_EVENT_RULE &&
           g_strcmp0(event->rule.list, first->rule.list) == 0 &&
           g_strcmp0(event->rule.recipient, first->rule.recipient) == 0;
}

static Ink
ink_of(const MailsimEvent *event)
{
    if (!event->rule.decided)
        return INK_DIM;
    return event->rule.verdict == MAILSIM_VERDICT_PERMIT ? INK_GOOD : INK_WARNING;
}

/* Was the subject found where the rule looked for it? A list of unwanted ones refuses whom it
 * has, a list of users whom it has not. */
static gboolean
was_found(const MailsimEvent *event)
{
    switch (event->rule.verdict) {
    case MAILSIM_VERDICT_PERMIT:
        return TRUE;
    case MAILSIM_VERDICT_REJECT:
    case MAILSIM_VERDICT_DEFER:
        return strstr(event->rule.rule, "rbl") != NULL ||
               strstr(event->rule.rule, "rhsbl_") != NULL ||
               strstr(event->rule.rule, "check_") != NULL;
    case MAILSIM_VERDICT_NO_OPINION:
    case MAILSIM_VERDICT_NOT_REACHED:
        break;
    }
    return FALSE;
}

/* The line of an access table that spoke, “TABLE has KEY: ACTION” in the recording; NULL: none
 * did; free with g_free(). */
static char *
describe_entry(const Page *page, const MailsimEvent *event)
{
    const char *reason = event->rule.reason;
    const char *has = reason == NULL ? NULL : strstr(reason, " has ");

    if (has == NULL || !g_str_has_prefix(event->rule.rule, "check_"))
        return NULL;
    const char *missing = strstr(has, ", which is not built");
    g_autofree char *table = g_strndup(reason, (gsize)(has - reason));
    if (strchr(table, ':') == NULL)
        return NULL;
    g_autofree char *entry =
        missing == NULL ? g_strdup(has + 5) : g_strndup(has + 5, (gsize)(missing - has) - 5);
    return mailsim_phrase_format(
        missing == NULL ? MAILSIM_PHRASE_BECAUSE_TABLE : MAILSIM_PHRASE_BECAUSE_NOT_BUILT,
        page->options->language, "against", table, "entry", entry, NULL);
}

/* Why, in the page's own language; free with g_free(); NULL: the rule's name says it all. */
static char *
describe_reason(const Page *page, const MailsimEvent *event)
{
    const char *rule = event->rule.rule;
    const gboolean destination = g_str_has_suffix(rule, "_auth_destination") ||
                                 g_str_has_suffix(rule, "_unauth_destination");
    MailsimPhrase phrase = MAILSIM_PHRASE_BECAUSE_NOT_IN;

    if (event->rule.verdict == MAILSIM_VERDICT_NOT_REACHED)
        return NULL;
    g_autofree char *entry = describe_entry(page, event);
    if (entry != NULL)
        return g_steal_pointer(&entry);
    if (g_strcmp0(rule, "permit_sasl_authenticated") == 0)
        phrase = event->rule.subject != NULL ? MAILSIM_PHRASE_BECAUSE_LOGGED_IN
                                             : MAILSIM_PHRASE_BECAUSE_NOBODY;
    else if (event->rule.subject == NULL)
        return NULL;
    else if (destination)
        phrase = event->rule.against != NULL ? MAILSIM_PHRASE_BECAUSE_IN
                                             : MAILSIM_PHRASE_BECAUSE_ELSEWHERE;
    else if (event->rule.against == NULL)
        return NULL;
    else if (was_found(event))
        phrase = MAILSIM_PHRASE_BECAUSE_IN;
    return mailsim_phrase_format(phrase, page->options->language, "subject",
                                 event->rule.subject, "against", event->rule.against, NULL);
}

static void
put_row(Page *page, const MailsimEvent *event, guint width)
{
    g_autoptr(GString) line = g_string_new("  ");
    guint hanging = width;

    g_string_append(line, event->rule.rule);
    if (columns_width(line->str) > width - 2) {
        page_put_fact(page, ink_of(event), line->str, 6);
        g_string_assign(line, "      ");
        hanging = 6;
    }
    columns_pad(line, hanging);
    g_string_append(line, page_phrase(page, phrase_of(event)));
    if (event->rule.decided)
        g_string_append_printf(line, "  %s", page_phrase(page, MAILSIM_PHRASE_RULE_DECIDED));
    page_put_fact(page, ink_of(event), line->str, hanging);
    g_autofree char *reason = describe_reason(page, event);
    if (reason == NULL || page->options->detail == MAILSIM_DETAIL_BRIEF)
        return;
    g_autofree char *indented = g_strdup_printf("      %s", reason);
    page_put_fact(page, INK_DIM, indented, 6);
}

guint
render_rules(Page *page, const Scene *scene, guint index)
{
    const MailsimEvent *first = g_ptr_array_index(scene->events, index);
    g_autofree char *title =
        mailsim_phrase_format(MAILSIM_PHRASE_RULES_TITLE, page->options->language, "list",
                              first->rule.list, "recipient", first->rule.recipient, NULL);
    const gboolean brief = page->options->detail == MAILSIM_DETAIL_BRIEF;
    gboolean decided = FALSE;
    guint width = 0;
    guint end = index;

    for (; end < scene->events->len; end++) {
        const MailsimEvent *event = g_ptr_array_index(scene->events, end);
        if (!goes_on(event, first))
            break;
        decided = decided || event->rule.decided;
        width = MAX(width, MIN(columns_width(event->rule.rule) + 4, RULE_MAX_COLUMNS));
    }
    if (!brief || decided)
        page_put_fact(page, INK_BOLD, title, 2);
    for (guint i = index; i < end; i++) {
        const MailsimEvent *event = g_ptr_array_index(scene->events, i);
        if (!brief || event->rule.decided)
            put_row(page, event, width);
    }
    if (!decided && !brief) {
        g_autofree char *accepted =
            g_strdup_printf("  %s", page_phrase(page, MAILSIM_PHRASE_RULE_NOBODY_DECIDED));
        page_put_fact(page, INK_GOOD, accepted, 2);
    }
    for (guint i = index; i < end; i++)
        render_note(page, g_ptr_array_index(scene->events, i));
    return end;
}
