/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a scenario: nothing may crash, every place must lie in its line, diagnostics
 * must print as UTF-8 without controls, what has no syntax error GKeyFile must read alike, and
 * what has no error at all must build its worlds. libFuzzer calls it with
 *
 *     CC=clang meson setup build-fuzz -Dfuzz=true -Db_lundef=false \
 *         -Db_sanitize=address,undefined -Dc_args=-fsanitize=fuzzer-no-link
 *     ninja -C build-fuzz && build-fuzz/tests/fuzz/fuzz-scenario tests/fuzz/corpus/scenario
 *
 * and run-corpus.c, as an ordinary test, with every file of the corpus. */
#include <string.h>

#include <mailsim/scenario/scanner.h>
#include <mailsim/scenario/scenario.h>

#include "../support/compare-key-file.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

static void
check_span(const MailsimSpan *span)
{
    gsize length;

    if (!span->source)
        return;
    g_assert_nonnull(mailsim_source_get_line(span->source, span->line, &length));
    g_assert_cmpuint(span->start, <=, span->end);
    g_assert_cmpuint(span->end, <=, length);
}

static void
check_entry(const MailsimEntry *entry)
{
    gsize length = strlen(entry->value);

    check_span(&entry->key_span);
    check_span(&entry->locale_span);
    check_span(&entry->value_span);
    for (gsize start = 0; start <= length; start += 1 + start / 8) {
        MailsimSpan span = mailsim_entry_locate(entry, start, length);

        check_span(&span);
    }
}

static void
check_scan(GBytes *text)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(MailsimSource) source = mailsim_source_new("fuzz.scenario", text);
    g_autoptr(MailsimScan) scan = mailsim_scan(source, diagnostics);

    for (guint i = 0; i < scan->groups->len; i++) {
        const MailsimGroup *group = g_ptr_array_index(scan->groups, i);

        check_span(&group->span);
        for (guint j = 0; j < group->entries->len; j++)
            check_entry(g_ptr_array_index(group->entries, j));
    }
    if (mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) == 0) {
        g_autofree char *difference = compare_with_key_file(scan);

        if (difference)
            g_error("%s", difference);
    }
}

static void
check_printed(const MailsimDiagnostics *diagnostics)
{
    g_autofree char *printed = mailsim_diagnostics_print(diagnostics, 0);

    g_assert_true(g_utf8_validate(printed, -1, NULL));
    for (const char *at = printed; *at; at++)
        g_assert_true(*at == '\n' || !g_ascii_iscntrl(*at));
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autoptr(GBytes) text = g_bytes_new(data, size);
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(MailsimScenario) scenario = NULL;

    check_scan(text);
    scenario = mailsim_scenario_load_text("fuzz.scenario", text, diagnostics);
    check_printed(diagnostics);
    if (mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) > 0)
        return 0;
    for (guint i = 0; i <= mailsim_scenario_count_steps(scenario); i++) {
        g_autoptr(MailsimWorld) world = mailsim_scenario_build_world(scenario, i);

        g_assert_nonnull(world);
    }
    return 0;
}
