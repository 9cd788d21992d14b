/* SPDX-License-Identifier: MIT
 *
 * What was expected of a server's words, line by line, and of what somebody looked at. */
#include "runner-private.h"

#include <string.h>

/* ---- replies ----------------------------------------------------------------------------- */

/* In the fourth place a hyphen says that more lines follow, and a blank that none does: for
 * who expects a line, that is the same (RFC 5321 §4.2.1). */
static gboolean
begins_with(const char *line, const char *beginning)
{
    for (gsize i = 0; beginning[i] != '\0'; i++) {
        const gboolean alike = i == 3 && strchr(" -", line[i]) != NULL && line[i] != '\0' &&
                               strchr(" -", beginning[i]) != NULL;

        if (line[i] != beginning[i] && !alike)
            return FALSE;
    }
    return TRUE;
}

static char *
join_lines(const GPtrArray *lines)
{
    GString *text = g_string_new(NULL);

    if (lines->len == 0)
        g_string_append(text, "nothing");
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? " / " : "",
                               (const char *)g_ptr_array_index(lines, i));
    return g_string_free(text, FALSE);
}

gboolean
mailsim_expectation_compare_reply(const MailsimExpectation *expectation,
                                  const GPtrArray *heard,
                                  char **actual)
{
    const gboolean lacks = expectation->kind == MAILSIM_EXPECT_REPLY_LACKS;
    const char *wanted = g_ptr_array_index(expectation->words, 0);
    const GPtrArray *lines =
        expectation->line < heard->len ? g_ptr_array_index(heard, expectation->line) : NULL;

    for (guint i = 0; lines != NULL && i < lines->len; i++) {
        const char *line = g_ptr_array_index(lines, i);

        if (lacks ? strstr(line, wanted) == NULL : !begins_with(line, wanted))
            continue;
        *actual = g_strdup(line);
        return !lacks;
    }
    *actual = lines != NULL ? join_lines(lines) : NULL;
    return lacks && lines != NULL;
}

/* ---- what was shown ---------------------------------------------------------------------- */

/* Of a fetch, what the program saw. */
static const MailsimEvent *
find_shown(const MailsimRecording *recording)
{
    guint first;
    guint end;

    mailsim_recording_get_step_events(recording, recording->steps->len - 1, &first, &end);
    for (guint i = first; i < end; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->kind == MAILSIM_EVENT_SHOWN || event->kind == MAILSIM_EVENT_FETCHED)
            return event;
    }
    return NULL;
}

gboolean
mailsim_expectation_compare_shown(const MailsimExpectation *expectation,
                                  const MailsimRecording *recording,
                                  char **actual)
{
    const MailsimEvent *event = find_shown(recording);
    const char *wanted = g_ptr_array_index(expectation->words, 0);
    gboolean found;

    g_assert(event != NULL);
    if (expectation->kind == MAILSIM_EXPECT_COUNT) {
        const guint count =
            event->kind == MAILSIM_EVENT_SHOWN ? event->shown.count : event->fetched.n_messages;

        *actual = g_strdup_printf("%u", count);
        return count == g_ascii_strtoull(wanted, NULL, 10);
    }
    found = strstr(event->shown.text, wanted) != NULL;
    *actual = g_strdup(found ? wanted : "no such text");
    return found == (expectation->kind == MAILSIM_EXPECT_HAS);
}
