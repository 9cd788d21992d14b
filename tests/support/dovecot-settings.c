/* SPDX-License-Identifier: MIT
 *
 * imap/services.txt: lines for all, then a table. */
#include "dovecot-settings.h"

#include <string.h>

#include "recorded-text.h"

static GHashTable *
create_settings(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

/* “name = value”; a block is a name without a value. */
static void
set(GHashTable *settings, const char *text)
{
    const char *sign = strchr(text, '{') == NULL ? strstr(text, " = ") : NULL;

    if (sign != NULL)
        g_hash_table_insert(settings, g_strndup(text, (gsize)(sign - text)),
                            g_strdup(sign + strlen(" = ")));
    else
        g_hash_table_insert(settings, g_strdup(text), g_strdup(""));
}

static void
copy(GHashTable *from, GHashTable *to)
{
    GHashTableIter iter;
    gpointer name;
    gpointer value;

    g_hash_table_iter_init(&iter, from);
    while (g_hash_table_iter_next(&iter, &name, &value))
        g_hash_table_insert(to, g_strdup(name), g_strdup(value));
}

/* Each text between backquotes. */
static void
set_quoted(GHashTable *settings, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "`", -1);

    for (guint i = 0; parts[i] != NULL && parts[i + 1] != NULL; i += 2)
        set(settings, parts[i + 1]);
}

void
dovecot_settings_read_line(GHashTable *settings, const char *line)
{
    if (g_str_has_prefix(line, "    ") && strstr(line, " = ") != NULL)
        set(settings, line + strlen("    "));
    else if (g_str_has_prefix(line, "Settings besides the certificate: "))
        set_quoted(settings, line);
}

GHashTable *
dovecot_settings_new_recorded(void)
{
    GHashTable *settings = create_settings();

    set(settings, "disable_plaintext_auth = yes");
    set(settings, "auth_mechanisms = plain login");
    set(settings, "auth_verbose = yes");
    set(settings, "log_path = a file");
    return settings;
}

/* “| strict | as debian, `disable_plaintext_auth = yes` |” */
static void
read_row(GHashTable *services, GHashTable *base, const char *line)
{
    g_autoptr(GRegex) row =
        g_regex_new("^\\| ([a-z0-9-]+) \\| (?:as ([a-z-]+), )?(.*?) ?\\|$", 0, 0, NULL);
    g_autoptr(GMatchInfo) found = NULL;
    g_autofree char *other = NULL;
    g_autofree char *quoted = NULL;
    GHashTable *settings;

    if (!g_regex_match(row, line, 0, &found))
        return;
    settings = create_settings();
    other = g_match_info_fetch(found, 2);
    quoted = g_match_info_fetch(found, 3);
    copy(other[0] != '\0' ? g_hash_table_lookup(services, other) : base, settings);
    set_quoted(settings, quoted);
    g_hash_table_insert(services, g_match_info_fetch(found, 1), settings);
}

GHashTable *
dovecot_settings_read_services(void)
{
    GHashTable *services = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                                 (GDestroyNotify)g_hash_table_unref);
    g_autoptr(GHashTable) base = create_settings();
    g_autofree char *text = recorded_file_read("imap/services.txt");
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        dovecot_settings_read_line(base, *line);
        read_row(services, base, *line);
    }
    return services;
}
