/* SPDX-License-Identifier: MIT
 *
 * Lines into groups and entries, with their places; and GKeyFile as the judge. What the scanner
 * says of lines that it refuses is in tests/broken. */
#include <string.h>

#include <mailsim/scenario/scanner.h>

#include "../support/compare-key-file.h"
#include "../support/run-suite.h"

static MailsimScan *
scan_bytes(const char *text, gsize length, MailsimDiagnostics *diagnostics)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, length);
    g_autoptr(MailsimSource) source = mailsim_source_new("a.scenario", bytes);

    return mailsim_scan(source, diagnostics);
}

/* “[host mail] users=ana | [step a]”: all that was read. */
static char *
show_scan(const MailsimScan *scan)
{
    GString *shown = g_string_new(NULL);

    for (guint i = 0; i < scan->groups->len; i++) {
        const MailsimGroup *group = g_ptr_array_index(scan->groups, i);

        g_string_append_printf(shown, "%s[%s]", i > 0 ? " " : "", group->name);
        for (guint j = 0; j < group->entries->len; j++) {
            const MailsimEntry *entry = g_ptr_array_index(group->entries, j);

            g_string_append_printf(shown, " %s%s%s%s%s=“%s”", entry->is_option ? "-o " : "",
                                   entry->key, entry->locale ? "[" : "",
                                   entry->locale ? entry->locale : "", entry->locale ? "]" : "",
                                   entry->value);
        }
    }
    return g_string_free(shown, FALSE);
}

/* clang-format off */
static const struct {
    const char *description;
    const char *text;
    const char *expected;
} readings[] = {
    {"a group and an entry", "[host mail]\nusers = ana\n", "[host mail] users=“ana”"},
    {"no blanks", "[a]\nb=c", "[a] b=“c”"},
    {"many blanks", "[ a   b ]  \nb  =  c  d  \t\n", "[a b] b=“c  d”"},
    {"an empty value", "[a]\nb =\nc=  \n", "[a] b=“” c=“”"},
    {"CRLF", "[a]\r\nb = c\r\n\r\n", "[a] b=“c”"},
    {"comments and empty lines", "# x\n\n[a]\n# [b]\n  # c\n   \nb = c\n", "[a] b=“c”"},
    {"an equals sign in the value", "[a]\nb = c = d\n", "[a] b=“c = d”"},
    {"brackets in the value", "[a]\nb = [::1]/128 [x]\n", "[a] b=“[::1]/128 [x]”"},
    {"dots, slashes, blanks in the key", "[a]\nb.c/d @ e = f\n", "[a] b.c/d @ e=“f”"},
    {"a translation", "[a]\nt = x\nt[es] = y\nt[en_GB.UTF-8@x] = z\n",
     "[a] t=“x” t[es]=“y” t[en_GB.UTF-8@x]=“z”"},
    {"a value on two lines", "[postfix mail]\nx = a,\n    b\n", "[postfix mail] x=“a, b”"},
    {"the first line empty", "[postfix mail]\nx =\n\ta\n  b\n", "[postfix mail] x=“a b”"},
    {"comments between them", "[postfix mail]\nx = a\n# y\n\n  # z\n  b\n",
     "[postfix mail] x=“a b”"},
    {"with an equals sign", "[service mail smtp]\nx = a\n  b.c==d\n",
     "[service mail smtp] x=“a b.c==d”"},
    {"a bracket on the second line", "[postfix mail]\nmynetworks = 127.0.0.0/8\n  [::1]/128\n",
     "[postfix mail] mynetworks=“127.0.0.0/8 [::1]/128”"},
    {"at a step too", "[postfix mail @night]\nx = a\n b\n", "[postfix mail @night] x=“a b”"},
    {"options of master.cf", "[service mail submission]\n  -o a=b\n\t-o c = d e\n-o f=\n",
     "[service mail submission] -o a=“b” -o c=“d e” -o f=“”"},
    {"an option on two lines", "[service mail submission]\n  -o a=b,\n     c\n  -o d=e\n",
     "[service mail submission] -o a=“b, c” -o d=“e”"},
    {"an option without blank", "[service mail submission]\n  -oa=b\n",
     "[service mail submission] -o a=“b”"},
    {"letters of any language", "[step a]\ntitle = Contraseña — 日本\n",
     "[step a] title=“Contraseña — 日本”"},
};
/* clang-format on */

START_TEST(what_is_written_is_read)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(MailsimScan) scan =
        scan_bytes(readings[_i].text, strlen(readings[_i].text), diagnostics);
    g_autofree char *shown = show_scan(scan);
    g_autofree char *printed = mailsim_diagnostics_print(diagnostics, 0);
    g_autofree char *difference = compare_with_key_file(scan);

    ck_assert_msg(strcmp(shown, readings[_i].expected) == 0, "%s: got %s",
                  readings[_i].description, shown);
    ck_assert_str_eq(printed, "");
    ck_assert_msg(!difference, "%s: %s", readings[_i].description, difference);
}
END_TEST

static char *
text_of(const MailsimSpan *span)
{
    gsize length;
    const char *line = mailsim_source_get_line(span->source, span->line, &length);

    ck_assert_uint_le(span->end, length);
    return g_strndup(line + span->start, span->end - span->start);
}

START_TEST(everything_has_its_place)
{
    static const char text[] = "# x\n[ host  mail ]\n\ttitle[es]  =  a b  \n"
                               "[postfix mail]\n  \nx = one,\n   two  three\n";
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(MailsimScan) scan = scan_bytes(text, sizeof text - 1, diagnostics);
    const MailsimGroup *host = g_ptr_array_index(scan->groups, 0);
    const MailsimGroup *postfix = g_ptr_array_index(scan->groups, 1);
    const MailsimEntry *x = mailsim_group_find(postfix, "x", NULL);
    g_autofree char *header = text_of(&host->span);
    MailsimSpan two = mailsim_entry_locate(x, strlen("one, "), strlen("one, two"));
    MailsimSpan all = mailsim_entry_locate(x, 0, strlen(x->value));
    g_autofree char *two_text = text_of(&two), *all_text = text_of(&all);

    /* The indented line is refused: here only [postfix] has such lines. */
    ck_assert_uint_eq(host->entries->len, 0);
    ck_assert_str_eq(header, "host  mail");
    ck_assert_uint_eq(host->span.line, 2);
    ck_assert_str_eq(x->value, "one, two  three");
    ck_assert_uint_eq(two.line, 7);
    ck_assert_str_eq(two_text, "two");
    /* A span lies in one line. */
    ck_assert_uint_eq(all.line, 6);
    ck_assert_str_eq(all_text, "one,");
}
END_TEST

START_TEST(keys_locales_and_values_have_their_places)
{
    static const char text[] = "[a]\ntitle[es]  =  a b  \n";
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(MailsimScan) scan = scan_bytes(text, sizeof text - 1, diagnostics);
    const MailsimEntry *entry =
        mailsim_group_find(g_ptr_array_index(scan->groups, 0), "title", "es");
    g_autofree char *key = text_of(&entry->key_span);
    g_autofree char *locale = text_of(&entry->locale_span);
    g_autofree char *value = text_of(&entry->value_span);

    ck_assert_str_eq(key, "title");
    ck_assert_str_eq(locale, "es");
    ck_assert_str_eq(value, "a b");
}
END_TEST

/* --- GKeyFile --- */

static guint n_compared;

static void
compare_folder(const char *path)
{
    g_autofree char *folder = g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), path, NULL);
    g_autoptr(GDir) open = g_dir_open(folder, 0, NULL);
    const char *name;

    ck_assert_msg(open != NULL, "%s", folder);
    while ((name = g_dir_read_name(open))) {
        g_autofree char *file = g_build_filename(folder, name, NULL);
        g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
        g_autofree char *text = NULL;
        gsize length;

        if (!g_str_has_suffix(name, ".scenario"))
            continue;
        ck_assert(g_file_get_contents(file, &text, &length, NULL));

        g_autoptr(MailsimScan) scan = scan_bytes(text, length, diagnostics);

        if (mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) > 0)
            continue;

        g_autofree char *difference = compare_with_key_file(scan);

        ck_assert_msg(!difference, "%s: %s", name, difference);
        n_compared++;
    }
}

START_TEST(the_syntax_is_that_of_a_key_file)
{
    compare_folder("scenarios");
    ck_assert_uint_gt(n_compared, 0);
    compare_folder("tests/broken");
    compare_folder("tests/fuzz/corpus/scenario");
    ck_assert_uint_gt(n_compared, 50);
}
END_TEST

START_TEST(three_hundred_thousand_groups_are_read_soon)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();

    for (guint i = 0; i < 300000; i++)
        g_string_append_printf(text, "[host h%u]\nusers = ana%u:secret\n\n", i, i);

    gint64 before = g_get_monotonic_time();
    g_autoptr(MailsimScan) scan = scan_bytes(text->str, text->len, diagnostics);
    double seconds = (double)(g_get_monotonic_time() - before) / G_USEC_PER_SEC;

    ck_assert_uint_eq(scan->groups->len, 300000);
    /* About 0.3 s; sanitizers and busy machines included. */
    ck_assert_msg(seconds < 10, "%.1f s", seconds);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("scanner");
    TCase *tcase = tcase_create("scanner");

    tcase_add_loop_test(tcase, what_is_written_is_read, 0, G_N_ELEMENTS(readings));
    tcase_add_test(tcase, everything_has_its_place);
    tcase_add_test(tcase, keys_locales_and_values_have_their_places);
    tcase_add_test(tcase, the_syntax_is_that_of_a_key_file);
    tcase_add_test(tcase, three_hundred_thousand_groups_are_read_soon);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);

    return run_suite(suite);
}
