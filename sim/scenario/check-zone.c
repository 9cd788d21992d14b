/* SPDX-License-Identifier: MIT
 *
 * What can be wrong with the lines of a zone: one by one, and beside each other. */
#include "scenario-private.h"

#include <string.h>

#include "value-zone-private.h"

/* ---- one line ---------------------------------------------------------------------------- */

static void
report(const Checker *checker,
       MailsimSeverity severity,
       const MailsimSpan *span,
       const Problem *problem)
{
    mailsim_diagnostics_add(checker->diagnostics, severity, span, problem->hint, "%s",
                            problem->message);
}

static MailsimSpan
locate_in_key(const MailsimEntry *entry, const Problem *problem)
{
    MailsimSpan span = entry->key_span;

    span.start += problem->start;
    span.end = MIN(span.end, entry->key_span.start + problem->end);
    return span;
}

static gboolean
check_record_key(const Checker *checker, ZoneReader *reader, RecordKey *key)
{
    const gboolean good = value_parse_record_key(reader, checker->entry->key, key);
    MailsimSpan span;

    if (!good) {
        span = locate_in_key(checker->entry, &reader->problem);
        report(checker, MAILSIM_SEVERITY_ERROR, &span, &reader->problem);
    } else if (reader->doubt.message) {
        span = locate_in_key(checker->entry, &reader->doubt);
        report(checker, MAILSIM_SEVERITY_WARNING, &span, &reader->doubt);
    }
    problem_clear(&reader->doubt);
    return good;
}

static void
check_record(
    const Checker *checker, ZoneReader *reader, const char *type, const char *item, gsize start)
{
    g_autofree char *data = value_dup_record(reader, type, item, start);

    if (!data) {
        check_fail(checker, reader->problem.start, reader->problem.end,
                   g_steal_pointer(&reader->problem.hint), "%s", reader->problem.message);
    } else if (reader->doubt.message) {
        MailsimSpan span =
            mailsim_entry_locate(checker->entry, reader->doubt.start, reader->doubt.end);

        report(checker, MAILSIM_SEVERITY_WARNING, &span, &reader->doubt);
    }
    problem_clear(&reader->doubt);
}

/* What must stand alone: an alias (RFC 1034 §3.6.2), “0 .” (RFC 7505 §3). */
static void
check_count(const Checker *checker, const char *type, guint count, gboolean has_null)
{
    const gsize length = strlen(checker->entry->value);

    if (count > 1 && strcmp(type, "CNAME") == 0)
        check_fail(checker, 0, length, g_strdup("remove all but one"),
                   "an alias leads to one name only");
    if (count > 1 && has_null)
        check_fail(checker, 0, length, g_strdup("“0 .” says that no mail is taken at all"),
                   "“0 .” stands alone, or not at all");
}

void
check_records(const Checker *checker)
{
    g_autofree char *zone = g_ascii_strdown(checker->section->names[0], -1);
    g_auto(ZoneReader) reader = {.zone = zone};
    g_auto(RecordKey) key = {0};
    const char *value = checker->entry->value;
    gboolean has_null = FALSE;
    gsize start, end = 0;
    guint count = 0;

    if (!check_record_key(checker, &reader, &key))
        return;
    for (; value_next_record(value, &start, &end); count++) {
        g_autofree char *item = g_strndup(value + start, end - start);

        check_record(checker, &reader, key.type, item, start);
        has_null |= strcmp(key.type, "MX") == 0 && g_str_has_suffix(item, " .");
    }
    check_count(checker, key.type, count, has_null);
}
