/* SPDX-License-Identifier: MIT
 *
 * What is known of a server before it is talked to: the policy for it, and what has been
 * announced of its certificate, in signed DNS or in main.cf. */
#include "render-parts.h"

#include <string.h>

/* Of so many hexadecimal digits, with or without colons, the beginning is shown. */
#define DIGITS_MAX   24
#define DIGITS_SHOWN 18

/* “3 1 1 6269f0389beefeae…” */
char *
render_dup_shortened(const Page *page, const char *record)
{
    const char *blank = strrchr(record, ' ');
    const char *digits = blank != NULL ? blank + 1 : record;

    if (page->options->detail == MAILSIM_DETAIL_FULL || strlen(digits) <= DIGITS_MAX ||
        digits[strspn(digits, "0123456789abcdefABCDEF:")] != '\0')
        return g_strdup(record);
    return g_strdup_printf("%.*s%.*s…", (int)(digits - record), record, DIGITS_SHOWN, digits);
}

char *
render_dup_all_shortened(const Page *page, const char *records)
{
    g_auto(GStrv) each = g_strsplit(records, ", ", -1);

    for (guint i = 0; each[i] != NULL; i++) {
        char *shortened = render_dup_shortened(page, each[i]);

        g_free(each[i]);
        each[i] = shortened;
    }
    return g_strjoinv(", ", each);
}

/* “dane becomes may: no TLSA records found” */
static void
put_change(Page *page, const MailsimEvent *event)
{
    const char *reason = event->policy.reason;
    g_autofree char *text =
        mailsim_phrase_format(MAILSIM_PHRASE_POLICY_BECOMES, page->options->language, "asked",
                              event->policy.asked, "level", event->policy.level, NULL);
    g_autofree char *whole =
        reason != NULL ? g_strdup_printf("%s (%s)", text, reason) : g_strdup(text);

    page_put_fact(page, INK_WARNING, whole, 2);
}

/* Each record in a line of its own: to be compared with what DNS has said. */
static void
put_announced(Page *page, const MailsimEvent *event)
{
    const gboolean is_dane = g_strcmp0(event->policy.announced, "tlsa") == 0;
    const char *kind = page_phrase(page, is_dane ? MAILSIM_PHRASE_MATCH_TLSA
                                                 : MAILSIM_PHRASE_MATCH_FINGERPRINT);
    g_auto(GStrv) records = g_strsplit(event->policy.records, ", ", -1);
    g_autofree char *text =
        mailsim_phrase_format(MAILSIM_PHRASE_POLICY_ANNOUNCED, page->options->language, "level",
                              event->policy.level, NULL);

    page_put_fact(page, INK_PLAIN, text, 2);
    for (guint i = 0; records[i] != NULL; i++) {
        g_autofree char *record = render_dup_shortened(page, records[i]);
        g_autofree char *line = g_strdup_printf("  %s %s", kind, record);

        page_put_fact(page, INK_PLAIN, line, 4);
    }
}

void
render_policy(Page *page, const MailsimEvent *event)
{
    if (event->policy.entry != NULL) {
        g_autofree char *entry = render_dup_all_shortened(page, event->policy.entry);
        g_autofree char *line = g_strdup_printf("smtp_tls_policy_maps: %s", entry);

        page_put_fact(page, INK_BOLD, line, 2);
    }
    if (event->policy.refused) {
        g_autofree char *text =
            mailsim_phrase_format(MAILSIM_PHRASE_POLICY_REFUSED, page->options->language,
                                  "reason", event->policy.reason, NULL);

        page_put_fact(page, INK_BAD, text, 2);
    } else if (g_strcmp0(event->policy.asked, event->policy.level) != 0) {
        put_change(page, event);
    } else if (event->policy.announced != NULL) {
        put_announced(page, event);
    }
    render_note(page, event);
}
