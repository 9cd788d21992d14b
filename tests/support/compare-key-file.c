/* SPDX-License-Identifier: MIT
 *
 * GKeyFile as the judge of our scanner: the syntax of a scenario stays GLib's. */
#include "compare-key-file.h"

#include <string.h>

#include "scanner-private.h"

/* GKeyFile keeps blanks as they stand in names; the scanner leaves one between words. */
static char *
squeeze(const char *name)
{
    g_auto(GStrv) words = g_strsplit_set(name, " \t\v\f", -1);
    g_autoptr(GPtrArray) kept = g_ptr_array_new();

    for (guint i = 0; words[i]; i++)
        if (*words[i])
            g_ptr_array_add(kept, words[i]);
    g_ptr_array_add(kept, NULL);
    return g_strjoinv(" ", (char **)kept->pdata);
}

/* “-o name” is the key as GKeyFile sees it. */
static char *
name_key(const char *key)
{
    const char *name = key;

    if (g_str_has_prefix(name, "-o") && (g_ascii_isspace(name[2]) || g_ascii_isalpha(name[2])))
        for (name += 2; g_ascii_isspace(*name); name++)
            ;
    return g_strdup(name);
}

static char *
compare_entry(GKeyFile *file, const char *group, const char *key, const MailsimGroup *scanned)
{
    g_autofree char *value = g_key_file_get_value(file, group, key, NULL);
    g_autofree char *name = name_key(key);
    char *bracket = strchr(name, '[');

    if (bracket) {
        *bracket = '\0';
        bracket[strcspn(bracket + 1, "]") + 1] = '\0';
    }

    const MailsimEntry *entry = mailsim_group_find(scanned, name, bracket ? bracket + 1 : NULL);

    if (!entry)
        return g_strdup_printf("the scanner has no “%s” in [%s]", key, group);

    gsize length = strlen(value);
    while (length > 0 && strchr(" \t\v\f\r", value[length - 1]))
        value[--length] = '\0';
    if (strcmp(entry->value, value) != 0)
        return g_strdup_printf("“%s” in [%s]: the scanner has “%s”, GKeyFile “%s”", key, group,
                               entry->value, value);
    return NULL;
}

static char *
compare_group(GKeyFile *file, const char *group, const MailsimGroup *scanned)
{
    gsize n_keys;
    g_auto(GStrv) keys = g_key_file_get_keys(file, group, &n_keys, NULL);
    g_autofree char *name = squeeze(group);

    if (strcmp(name, scanned->name) != 0)
        return g_strdup_printf("the scanner has [%s], GKeyFile [%s]", scanned->name, name);
    if (n_keys != scanned->entries->len)
        return g_strdup_printf("[%s] has %u entries for the scanner, %u for GKeyFile", group,
                               scanned->entries->len, (guint)n_keys);
    for (gsize i = 0; i < n_keys; i++) {
        char *difference = compare_entry(file, group, keys[i], scanned);

        if (difference)
            return difference;
    }
    return NULL;
}

/* The text with continuation lines joined to the lines that they continue, which GKeyFile does
 * not know. */
static char *
join_lines(const MailsimSource *source)
{
    GString *joined = g_string_new(NULL);
    guint n_lines = mailsim_source_count_lines(source);
    gboolean continues = FALSE;

    for (guint line = 1; line <= n_lines; line++) {
        gsize length;
        const char *text = mailsim_source_get_line(source, line, &length);
        LineKind kind = line_classify(text, length);

        if (kind == LINE_BLANK || kind == LINE_COMMENT)
            continue;
        if (kind == LINE_HEADER)
            continues = line_has_postfix_name(text + 1, length - 1);
        if (kind == LINE_INDENTED && continues) {
            gsize start = line_skip_blanks(text, 0, length);

            g_string_truncate(joined, line_drop_blanks(joined->str, 0, joined->len - 1));
            g_string_append_c(joined, ' ');
            g_string_append_len(joined, text + start, (gssize)(length - start));
        } else {
            g_string_append_len(joined, text, (gssize)length);
        }
        g_string_append_c(joined, '\n');
    }
    return g_string_free(joined, FALSE);
}

char *
compare_with_key_file(const MailsimScan *scan)
{
    g_autofree char *joined = join_lines(scan->source);
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) error = NULL;
    gsize n_groups;

    if (!g_key_file_load_from_data(file, joined, strlen(joined), G_KEY_FILE_KEEP_TRANSLATIONS,
                                   &error))
        return g_strdup_printf("GKeyFile does not load it: %s", error->message);

    g_auto(GStrv) groups = g_key_file_get_groups(file, &n_groups);

    if (n_groups != scan->groups->len)
        return g_strdup_printf("%u groups for the scanner, %u for GKeyFile", scan->groups->len,
                               (guint)n_groups);
    for (gsize i = 0; i < n_groups; i++) {
        char *difference = compare_group(file, groups[i], g_ptr_array_index(scan->groups, i));

        if (difference)
            return difference;
    }
    return NULL;
}
