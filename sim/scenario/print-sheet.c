/* SPDX-License-Identifier: MIT
 *
 * One group on paper: its lines in the order of the key table, the equals signs below each
 * other, and above each run of lines where they come from. */
#include "print-private.h"

#include <string.h>

#define PAGE_COLUMNS 80

/* A longer key does not push the others to the right. */
#define SHORT_KEY 12

/* Lines of a file that are no further apart are told as one run. */
#define RUN_GAP 4

typedef struct {
    char *key; /* as printed: “title[es]”, “#hostname” */
    char *value;
    char *comment; /* it is one; NULL: it is a line */
    Origin origin;
    MailsimSpan span; /* of ORIGIN_FILE */
    guint64 rank;
} Line;

struct Sheet {
    const Printer *printer; /* borrowed */
    MailsimGroupKind kind;
    char *header;
    gboolean is_implied;
    GPtrArray *lines; /* of Line */
    GHashTable *keys; /* that it has */
    gsize widths[2];  /* of its long keys, of its short ones */
};

static void
free_line(gpointer data)
{
    Line *line = data;

    g_free(line->key);
    g_free(line->value);
    g_free(line->comment);
    g_free(line);
}

Sheet *
sheet_new(const Printer *printer, MailsimGroupKind kind, const char *header)
{
    Sheet *sheet = g_new0(Sheet, 1);

    sheet->printer = printer;
    sheet->kind = kind;
    sheet->header = g_strdup(header);
    sheet->lines = g_ptr_array_new_with_free_func(free_line);
    sheet->keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return sheet;
}

Sheet *
sheet_new_implied(const Printer *printer, MailsimGroupKind kind, const char *header)
{
    Sheet *sheet = sheet_new(printer, kind, header);

    sheet->is_implied = TRUE;
    return sheet;
}

void
sheet_free(Sheet *sheet)
{
    if (!sheet)
        return;
    g_free(sheet->header);
    g_ptr_array_unref(sheet->lines);
    g_hash_table_unref(sheet->keys);
    g_free(sheet);
}

gboolean
sheet_has(const Sheet *sheet, const char *key)
{
    return g_hash_table_contains(sheet->keys, key);
}

/* ---- the order of lines ------------------------------------------------------------------ */

/* What is expected stays as it was written; what is expected of a typed line follows it. */
static guint64
rank_key(MailsimGroupKind kind, const char *key)
{
    static const struct {
        const char *name;
        guint after;
    } numbered[] = {
        {"N",              0},
        {"expect.N",       1},
        {"expect.N.lacks", 2},
    };
    const MailsimKeyRow *row = mailsim_key_table_find_key(kind, key);
    guint n_rows;
    const MailsimKeyRow *rows = mailsim_key_table_list_keys(&n_rows);
    const char *number = g_str_has_prefix(key, "expect.") ? key + strlen("expect.") : key;

    if (!row)
        return n_rows;
    for (guint i = 0; i < G_N_ELEMENTS(numbered); i++)
        if (strcmp(row->name, numbered[i].name) == 0)
            return n_rows + 1 + 3 * g_ascii_strtoull(number, NULL, 10) + numbered[i].after;
    if (g_str_has_prefix(row->name, "expect."))
        return n_rows;
    return (guint64)(row - rows);
}

static gint
compare_lines(gconstpointer a, gconstpointer b)
{
    const Line *first = *(const Line *const *)a, *second = *(const Line *const *)b;

    return first->rank < second->rank ? -1 : first->rank > second->rank;
}

/* ---- collecting -------------------------------------------------------------------------- */

void
sheet_add_entry(Sheet *sheet, const MailsimEntry *entry)
{
    const MailsimKeyRow *row = mailsim_key_table_find_key(sheet->kind, entry->key);
    Line *line = g_new0(Line, 1);

    line->key = entry->locale ? g_strdup_printf("%s[%s]", entry->key, entry->locale)
                              : g_strdup(entry->key);
    line->value = print_value(row, entry->value);
    line->origin = ORIGIN_FILE;
    line->span = entry->key_span;
    line->rank = rank_key(sheet->kind, entry->key);
    g_ptr_array_add(sheet->lines, line);
    g_hash_table_add(sheet->keys, g_strdup(entry->key));
}

static gboolean
follows(const Sheet *sheet, const Line *line)
{
    return sheet->is_implied || line->origin >= ORIGIN_MAILNAME;
}

void
sheet_add(Sheet *sheet, const char *key, const char *value, Origin origin)
{
    const MailsimKeyRow *row = mailsim_key_table_find_key(sheet->kind, key);
    Line *line = g_new0(Line, 1);

    line->value = print_value(row, value);
    line->origin = origin;
    line->rank = rank_key(sheet->kind, key);
    line->key = g_strconcat(follows(sheet, line) ? "#" : "", key, NULL);
    g_ptr_array_add(sheet->lines, line);
    g_hash_table_add(sheet->keys, g_strdup(key));
}

void
sheet_add_comment(Sheet *sheet, const char *key, const char *comment)
{
    Line *line = g_new0(Line, 1);

    line->comment = g_strdup(comment);
    line->rank = rank_key(sheet->kind, key);
    g_ptr_array_add(sheet->lines, line);
}

/* ---- where a line comes from ------------------------------------------------------------- */

static const char *
name_origin(Origin origin, MailsimLanguage language)
{
    /* clang-format off */
    static const char *const names[][MAILSIM_LANGUAGES] = {
        [ORIGIN_FILE] = {NULL, NULL},
        [ORIGIN_DEFAULT] = {"default", "por defecto"},
        [ORIGIN_MAIN_CF] = {"Debian's main.cf", "del main.cf de Debian"},
        [ORIGIN_MASTER_CF] = {"Debian's master.cf", "del master.cf de Debian"},
        [ORIGIN_DOVECOT_CONF] = {"Debian's dovecot.conf", "del dovecot.conf de Debian"},
        [ORIGIN_ALIASES] = {"Debian's /etc/aliases", "/etc/aliases de Debian"},
        [ORIGIN_MAILNAME] = {"follows from mailname", "se deduce de mailname"},
        [ORIGIN_HOST] = {"follows from the names of the host",
                         "se deduce de los nombres del servidor"},
        [ORIGIN_HOSTS] = {"follows from the hosts", "se deduce de los servidores"},
        [ORIGIN_PASSWORD] = {"the right one: the user's", "la correcta: la del usuario"},
        [ORIGIN_ADDRESS] = {"the user's address", "la dirección del usuario"},
        [ORIGIN_PROFILE] = {"follows from the profile", "se deduce del perfil"},
    };
    /* clang-format on */

    return names[origin][language];
}

static gboolean
has_header(const MailsimSource *source, guint from, guint to)
{
    for (guint line = from; line <= to; line++) {
        gsize length;
        const char *text = mailsim_source_get_line(source, line, &length);

        if (length > 0 && *text == '[')
            return TRUE;
    }
    return FALSE;
}

/* Is the line of SPAN near the lines FIRST to LAST, and below the same header? */
static gboolean
is_near(const MailsimSpan *span, guint first, guint last)
{
    if (span->line < first)
        return span->line + RUN_GAP >= first && !has_header(span->source, span->line, first);
    return span->line <= last + RUN_GAP && !has_header(span->source, last, span->line);
}

/* The lines from INDEX on that come from one place: where they end, and of a file's the first
 * and the last. */
static guint
find_run(const Sheet *sheet, guint index, guint *first, guint *last)
{
    const Line *begin = g_ptr_array_index(sheet->lines, index);
    guint end = index + 1;

    *first = *last = begin->span.line;
    for (; end < sheet->lines->len; end++) {
        const Line *line = g_ptr_array_index(sheet->lines, end);

        if (line->comment || line->origin != begin->origin)
            break;
        if (line->origin != ORIGIN_FILE)
            continue;
        if (line->span.source != begin->span.source || !is_near(&line->span, *first, *last))
            break;
        *first = MIN(*first, line->span.line);
        *last = MAX(*last, line->span.line);
    }
    return end;
}

static void
write_origin(const Sheet *sheet, const Line *line, guint first, guint last)
{
    GString *out = sheet->printer->out;

    if (line->origin != ORIGIN_FILE) {
        g_string_append_printf(out, "# %s\n",
                               name_origin(line->origin, sheet->printer->options.language));
        return;
    }
    g_string_append_printf(out, "# %s:%u", mailsim_source_get_name(line->span.source), first);
    if (last > first)
        g_string_append_printf(out, "-%u", last);
    g_string_append_c(out, '\n');
}

/* ---- writing ----------------------------------------------------------------------------- */

/* main.cf and master.cf go on in an indented line. It must not look like anything else there:
 * see line_classify(). */
static gboolean
may_go_on_at(const char *value, const char *word)
{
    return word > value && word[-1] == ' ' && (word - 1 == value || word[-2] != ' ') &&
           (g_ascii_isalnum(*word) || *word == '$' || *word == '!') && !strchr(word, '=');
}

static void
write_folded(GString *out, gsize column, const char *value, const char *indentation)
{
    const char *begin = value;

    while (indentation && column + (gsize)g_utf8_strlen(begin, -1) > PAGE_COLUMNS) {
        const char *fold = NULL;

        for (const char *at = begin + 1; *at; at++) {
            if (!may_go_on_at(value, at))
                continue;
            if (fold && column + (gsize)(at - 1 - begin) > PAGE_COLUMNS)
                break;
            fold = at;
        }
        if (!fold)
            break;
        g_string_append_len(out, begin, fold - 1 - begin);
        g_string_append_printf(out, "\n%s", indentation);
        column = strlen(indentation);
        begin = fold;
    }
    g_string_append(out, begin);
    g_string_append_c(out, '\n');
}

static gboolean
is_short(const char *key)
{
    return strlen(key) <= SHORT_KEY;
}

/* Lines of configuration files stand as they would there. */
static gboolean
is_configuration(const Sheet *sheet)
{
    return sheet->kind == MAILSIM_GROUP_POSTFIX || sheet->kind == MAILSIM_GROUP_SERVICE ||
           sheet->kind == MAILSIM_GROUP_DOVECOT || sheet->kind == MAILSIM_GROUP_FILE ||
           sheet->kind == MAILSIM_GROUP_ZONE;
}

static gboolean
is_written(const Sheet *sheet, const Line *line)
{
    return !sheet->printer->options.bare || (!line->comment && !follows(sheet, line));
}

static void
measure(Sheet *sheet)
{
    for (guint i = 0; !is_configuration(sheet) && i < sheet->lines->len; i++) {
        const Line *line = g_ptr_array_index(sheet->lines, i);

        if (!line->comment && is_written(sheet, line)) {
            gsize *width = &sheet->widths[is_short(line->key)];

            *width = MAX(*width, strlen(line->key));
        }
    }
}

static void
write_line(const Sheet *sheet, const Line *line)
{
    GString *out = sheet->printer->out;
    gboolean may_fold =
        sheet->kind == MAILSIM_GROUP_POSTFIX || sheet->kind == MAILSIM_GROUP_SERVICE;
    g_autofree char *left =
        g_strdup_printf("%-*s =", (int)sheet->widths[is_short(line->key)], line->key);

    g_string_append(out, left);
    if (*line->value)
        g_string_append_c(out, ' ');
    write_folded(out, strlen(left) + 1, line->value,
                 !may_fold              ? NULL
                 : follows(sheet, line) ? "#    "
                                        : "    ");
}

/* One run of lines, from INDEX on; where the next begins. */
static guint
write_run(const Sheet *sheet, guint index)
{
    const Line *line = g_ptr_array_index(sheet->lines, index);
    guint first, last;
    guint end = find_run(sheet, index, &first, &last);

    if (line->comment) {
        g_string_append_printf(sheet->printer->out, "# %s\n", line->comment);
        return index + 1;
    }
    if (!sheet->printer->options.bare)
        write_origin(sheet, line, first, last);
    for (guint i = index; i < end; i++)
        write_line(sheet, g_ptr_array_index(sheet->lines, i));
    return end;
}

void
sheet_write(Sheet *sheet)
{
    GString *out = sheet->printer->out;

    if (sheet->printer->options.bare && sheet->is_implied)
        return;
    g_ptr_array_sort(sheet->lines, compare_lines);
    measure(sheet);
    g_string_append_printf(out, "%s%s[%s]\n", out->len > 0 ? "\n" : "",
                           sheet->is_implied ? "#" : "", sheet->header);
    for (guint i = 0; i < sheet->lines->len;) {
        const Line *line = g_ptr_array_index(sheet->lines, i);

        i = is_written(sheet, line) ? write_run(sheet, i) : i + 1;
    }
}
