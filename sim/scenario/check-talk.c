/* SPDX-License-Identifier: MIT
 *
 * Steps that type lines and steps that look: lines in the order of their numbers, and
 * expectations about lines that are typed. */
#include "check-step-private.h"

#include <string.h>

#include "value-private.h"

#define LINE_NUMBER_MAX 99999

static gboolean
is_line(const MailsimEntry *entry)
{
    return entry->key[strspn(entry->key, "0123456789")] == '\0';
}

/* The number of “expect.N” and “expect.N.lacks”, lent, with its length; NULL for other keys. */
static const char *
find_number(const MailsimEntry *entry, gsize *length)
{
    const char *number = entry->key + strlen("expect.");

    if (!g_str_has_prefix(entry->key, "expect."))
        return NULL;
    *length = strspn(number, "0123456789");
    return *length > 0 ? number : NULL;
}

/* --- Typed lines --- */

static void
check_order(const StepChecker *checker, const MailsimEntry *entry, guint64 *before)
{
    guint64 number;

    if (strcmp(entry->key, "0") == 0) {
        check_step_fail(checker, &entry->key_span, "the first line is 1",
                        "0 is the greeting, and nobody types it");
        return;
    }
    if (*entry->key == '0' ||
        !g_ascii_string_to_unsigned(entry->key, 10, 1, LINE_NUMBER_MAX, &number, NULL)) {
        g_autofree char *message =
            g_strdup_printf("“%s” is not the number of a line", entry->key);

        check_step_fail(checker, &entry->key_span, "1, 2, 3, …; gaps are welcome", message);
        return;
    }
    if (number <= *before) {
        g_autofree char *message = g_strdup_printf(
            "line %s stands after line %" G_GUINT64_FORMAT, entry->key, *before);

        check_step_fail(checker, &entry->key_span,
                        "lines are typed in the order of their numbers: let them rise",
                        message);
        return;
    }
    *before = number;
}

static void
check_lines(const StepChecker *checker)
{
    const GPtrArray *own = check_step_get_own(checker->step);
    const GPtrArray *entries = checker->step->entries;
    guint64 before = 0;
    guint count = 0;

    for (guint i = 0; i < own->len; i++) {
        if (is_line(g_ptr_array_index(own, i)))
            check_order(checker, g_ptr_array_index(own, i), &before);
    }
    for (guint i = 0; i < entries->len; i++)
        count += is_line(g_ptr_array_index(entries, i)) ? 1 : 0;
    if (count > 0 || (section_find(checker->step, "like") && !checker->step->own))
        return;
    g_autofree char *message = g_strdup_printf("[%s] types nothing", checker->step->id);

    check_step_fail(checker, &checker->step->span, "add: 1 = EHLO client.example", message);
}

static char *
list_lines(const Section *step)
{
    GString *list = g_string_new("lines are typed at ");
    guint count = 0;

    for (guint i = 0; i < step->entries->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(step->entries, i);

        if (is_line(entry))
            g_string_append_printf(list, "%s%s", count++ > 0 ? ", " : "", entry->key);
    }
    if (count == 0)
        g_string_assign(list, "no line is typed in this step");
    return g_string_free(list, FALSE);
}

/* expect.N and expect.N.lacks: of a line that is typed, or of the greeting. */
static void
check_reply(const StepChecker *checker, const MailsimEntry *entry)
{
    gsize length = 0;
    const char *number = find_number(entry, &length);
    g_autofree char *line = number ? g_strndup(number, length) : NULL;

    if (!line || strcmp(line, "0") == 0 || section_find(checker->step, line))
        return;
    g_autofree char *message = g_strdup_printf("there is no line %s", line);
    g_autofree char *hint = list_lines(checker->step);
    MailsimSpan span = entry->key_span;

    span.start += strlen("expect.");
    span.end = span.start + length;
    check_step_fail(checker, &span, hint, message);
}

static void
check_expectations(const StepChecker *checker)
{
    const GPtrArray *own = check_step_get_own(checker->step);

    for (guint i = 0; i < own->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(own, i);

        if (!g_str_has_prefix(entry->key, "expect."))
            continue;
        check_reply(checker, entry);
        if (*entry->value == '\0')
            check_step_fail(checker, &entry->value_span,
                            "remove the line, or say what to expect", "nothing is expected");
    }
}

static void
check_connect(const StepChecker *checker)
{
    const MailsimEntry *connect = section_find(checker->step, "connect");
    g_auto(EndpointValue) endpoint = {0};
    g_auto(Problem) problem = {0};

    if (!connect)
        return;
    if (!value_parse_endpoint(connect->value, &endpoint, &problem)) {
        if (*connect->value == '\0')
            check_step_fail(checker, &connect->value_span, problem.hint, problem.message);
        return;
    }
    if (endpoint.mode == MAILSIM_ENDPOINT_STARTTLS_IF_OFFERED)
        check_step_fail(checker, &connect->value_span, "clear, starttls or tls",
                        "who types decides beforehand whether there is to be TLS");
}

void
check_talk(const StepChecker *checker)
{
    check_step_requires(checker, "by", "add by = and a host or a mail program");
    check_step_requires(checker, "connect", "add: connect = mail:25");
    check_connect(checker);
    check_lines(checker);
    check_expectations(checker);
}

/* --- Looking --- */

void
check_look_step(const StepChecker *checker)
{
    check_step_requires(checker, "at", "add: at = mailbox ana");
    check_expectations(checker);
}
