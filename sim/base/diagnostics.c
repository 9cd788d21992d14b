/* SPDX-License-Identifier: MIT
 *
 * Mistakes, kept in the order in which they are found and printed in the order in which they
 * stand. What a person wrote may hold anything, so nothing of it reaches a terminal raw:
 * lines are cut around the caret, control characters become pictures, and bytes that are not
 * UTF-8 a mark. */
#include <mailsim/base/diagnostics.h>

#include <string.h>

#include <mailsim/base/text-width.h>

/* What is shown of a line: with the gutter, 76 columns. */
#define TEXT_WIDTH 68
#define GUTTER     "      | "
/* A hint goes on in lines of its own where a terminal of 80 columns ends. */
#define HINT_WIDTH (80 - (sizeof GUTTER - 1))
#define TAB_WIDTH  8
/* Quoted words longer than this are cut in the middle of a message. */
#define QUOTE_MAX_CHARACTERS 48

typedef struct {
    MailsimSeverity severity;
    MailsimSpan span;
    MailsimSpan place; /* a second one; its label is NULL without */
    char *message;
    char *hint;
    char *long_hint; /* NULL: the same */
    char *label;
    guint file;  /* rank of the file */
    guint order; /* in which it was added */
} Diagnostic;

struct MailsimDiagnostics {
    GPtrArray *list;    /* of Diagnostic */
    GPtrArray *sources; /* of MailsimSource, in order of first appearance */
    guint counts[MAILSIM_SEVERITY_WARNING + 1];
};

static void
free_diagnostic(gpointer data)
{
    Diagnostic *diagnostic = data;

    g_free(diagnostic->message);
    g_free(diagnostic->hint);
    g_free(diagnostic->long_hint);
    g_free(diagnostic->label);
    g_free(diagnostic);
}

static void
unref_source(gpointer data)
{
    mailsim_source_unref(data);
}

MailsimDiagnostics *
mailsim_diagnostics_new(void)
{
    MailsimDiagnostics *diagnostics = g_new0(MailsimDiagnostics, 1);

    diagnostics->list = g_ptr_array_new_with_free_func(free_diagnostic);
    diagnostics->sources = g_ptr_array_new_with_free_func(unref_source);
    return diagnostics;
}

void
mailsim_diagnostics_free(MailsimDiagnostics *diagnostics)
{
    if (!diagnostics)
        return;
    g_ptr_array_unref(diagnostics->list);
    g_ptr_array_unref(diagnostics->sources);
    g_free(diagnostics);
}

/* The rank of SOURCE, keeping it alive: spans only borrow it. */
static guint
remember_source(MailsimDiagnostics *diagnostics, const MailsimSource *source)
{
    guint rank = 0;

    if (!source)
        return 0;
    if (!g_ptr_array_find(diagnostics->sources, source, &rank)) {
        rank = diagnostics->sources->len;
        g_ptr_array_add(diagnostics->sources, mailsim_source_ref((MailsimSource *)source));
    }
    return rank + 1;
}

void
mailsim_diagnostics_add(MailsimDiagnostics *diagnostics,
                        MailsimSeverity severity,
                        const MailsimSpan *span,
                        const char *hint,
                        const char *format,
                        ...)
{
    Diagnostic *diagnostic = g_new0(Diagnostic, 1);
    va_list arguments;

    va_start(arguments, format);
    diagnostic->message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    diagnostic->severity = severity;
    diagnostic->hint = g_strdup(hint);
    if (span)
        diagnostic->span = *span;
    diagnostic->file = remember_source(diagnostics, diagnostic->span.source);
    diagnostic->order = diagnostics->list->len;
    diagnostics->counts[severity]++;
    g_ptr_array_add(diagnostics->list, diagnostic);
}

void
mailsim_diagnostics_point_at(MailsimDiagnostics *diagnostics,
                             const MailsimSpan *span,
                             const char *label)
{
    g_return_if_fail(diagnostics->list->len > 0);

    Diagnostic *last = g_ptr_array_index(diagnostics->list, diagnostics->list->len - 1);

    last->place = *span;
    g_free(last->label);
    last->label = g_strdup(label);
    remember_source(diagnostics, span->source);
}

void
mailsim_diagnostics_set_long_hint(MailsimDiagnostics *diagnostics, const char *hint)
{
    g_return_if_fail(diagnostics->list->len > 0);

    Diagnostic *last = g_ptr_array_index(diagnostics->list, diagnostics->list->len - 1);

    g_free(last->long_hint);
    last->long_hint = g_strdup(hint);
}

guint
mailsim_diagnostics_count(const MailsimDiagnostics *diagnostics, MailsimSeverity severity)
{
    return diagnostics->counts[severity];
}

/* --- Characters, made harmless --- */

/* One character of a text as it is shown, at most a tab's worth of columns. Controls that could
 * move the cursor or turn the direction of writing are shown, not obeyed. */
typedef struct {
    char text[TAB_WIDTH + 1];
    guint columns;
    gsize bytes; /* that it takes in the text */
} Cell;

static gboolean
is_formatting(gunichar c)
{
    return (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0x80 && c < 0xa0);
}

static Cell
read_cell(const char *text, gsize length, guint column)
{
    gunichar c = g_utf8_get_char_validated(text, (gssize)length);
    Cell cell = {.columns = 1, .bytes = 1};

    if (*text == '\t') {
        cell.columns = TAB_WIDTH - column % TAB_WIDTH;
        memset(cell.text, ' ', cell.columns);
        return cell;
    }
    if (*text == '\0')
        c = 0x2400;
    else if (c == (gunichar)-1 || c == (gunichar)-2)
        c = 0xfffd;
    else {
        cell.bytes = (gsize)(g_utf8_next_char(text) - text);
        if (c < 0x20)
            c += 0x2400;
        else if (c == 0x7f)
            c = 0x2421;
        else if (is_formatting(c))
            c = 0xfffd;
        else
            cell.columns = mailsim_character_width(c);
    }
    cell.text[g_unichar_to_utf8(c, cell.text)] = '\0';
    return cell;
}

/* TEXT without controls, and what it quotes cut to a length that can be read. */
static void
append_phrase(GString *out, const char *text)
{
    gsize length = strlen(text);
    gboolean quoted = FALSE;
    guint count = 0;

    for (gsize at = 0; at < length;) {
        Cell cell = read_cell(text + at, length - at, 0);

        if (strcmp(cell.text, "“") == 0) {
            quoted = TRUE;
            count = 0;
        } else if (strcmp(cell.text, "”") == 0) {
            quoted = FALSE;
        } else if (quoted && ++count > QUOTE_MAX_CHARACTERS) {
            if (count == QUOTE_MAX_CHARACTERS + 1)
                g_string_append(out, "…");
            at += cell.bytes;
            continue;
        }
        g_string_append(out, text[at] == '\t' ? " " : cell.text);
        at += cell.bytes;
    }
}

char *
mailsim_diagnostics_dup_phrase(const char *text)
{
    GString *out = g_string_new(NULL);

    append_phrase(out, text);
    return g_string_free(out, FALSE);
}

static guint
count_characters(const char *text, gsize length)
{
    guint count = 0;

    for (gsize at = 0; at < length; count++)
        at += read_cell(text + at, length - at, 0).bytes;
    return count;
}

/* --- One line with its carets --- */

/* Show what fits around the caret: from the start of the line where the caret is near
 * enough. */
static gsize
choose_start(const char *text, gsize length, const MailsimSpan *span)
{
    guint before = count_characters(text, MIN(span->start, length));
    guint all = count_characters(text, length);

    if (all <= TEXT_WIDTH || before < TEXT_WIDTH * 3 / 4)
        return 0;

    guint skip = before - TEXT_WIDTH / 3;
    gsize at = 0;

    while (skip-- > 0)
        at += read_cell(text + at, length - at, 0).bytes;
    return at;
}

/* HINT behind the COLUMN columns that the line has already, or below it. */
static void
append_hint(GString *out, const char *hint, guint column)
{
    g_autoptr(GString) phrase = g_string_new(NULL);

    append_phrase(phrase, hint);
    if (column > 0 && column + 1 + count_characters(phrase->str, phrase->len) <= HINT_WIDTH) {
        g_string_append_printf(out, " %s\n", phrase->str);
        return;
    }
    if (column > 0)
        g_string_append_c(out, '\n');

    g_auto(GStrv) words = g_strsplit(phrase->str, " ", -1);

    column = 0;
    for (guint i = 0; words[i]; i++) {
        const guint width = count_characters(words[i], strlen(words[i]));
        const gboolean fits = column > 0 && column + 1 + width <= HINT_WIDTH;

        if (i > 0)
            g_string_append_c(out, fits ? ' ' : '\n');
        if (!fits)
            g_string_append(out, GUTTER);
        g_string_append(out, words[i]);
        column = fits ? column + 1 + width : width;
    }
    g_string_append_c(out, '\n');
}

static void
append_excerpt(GString *out, const MailsimSpan *span, const char *hint)
{
    gsize length;
    const char *text = mailsim_source_get_line(span->source, span->line, &length);
    g_autoptr(GString) carets = g_string_new(NULL);
    guint column = 0;

    if (!text) {
        if (hint)
            append_hint(out, hint, 0);
        return;
    }
    g_string_append_printf(out, "%5u | ", span->line);

    gsize at = choose_start(text, length, span);

    if (at > 0) {
        g_string_append(out, "…");
        g_string_append_c(carets, ' ');
        column++;
    }
    while (at < length && column < TEXT_WIDTH) {
        Cell cell = read_cell(text + at, length - at, column);
        gboolean marked = at >= span->start && at < MAX(span->end, span->start + 1);

        g_string_append(out, cell.text);
        for (guint i = 0; i < cell.columns; i++)
            g_string_append_c(carets, marked ? '^' : ' ');
        column += cell.columns;
        at += cell.bytes;
    }
    if (at < length)
        g_string_append(out, "…");
    if (span->start >= length)
        g_string_append_c(carets, '^');
    while (carets->len > 0 && carets->str[carets->len - 1] == ' ')
        g_string_truncate(carets, carets->len - 1);
    g_string_append_printf(out, "\n" GUTTER "%s", carets->str);
    if (hint)
        append_hint(out, hint, (guint)carets->len);
    else
        g_string_append_c(out, '\n');
}

/* “case5.scenario:14:1: ” */
static void
append_place(GString *out, const MailsimSpan *span)
{
    gsize length;

    if (!span->source) {
        g_string_append(out, "mailsim: ");
        return;
    }

    const char *text = mailsim_source_get_line(span->source, span->line, &length);

    append_phrase(out, mailsim_source_get_name(span->source));
    g_string_append_c(out, ':');
    if (span->line > 0)
        g_string_append_printf(out, "%u:%u:", span->line,
                               text ? count_characters(text, MIN(span->start, length)) + 1 : 1);
    g_string_append_c(out, ' ');
}

static void
append_diagnostic(GString *out, const Diagnostic *diagnostic, gboolean all)
{
    static const char *const severities[] = {"error", "warning"};
    const char *hint = all && diagnostic->long_hint ? diagnostic->long_hint : diagnostic->hint;

    G_STATIC_ASSERT(G_N_ELEMENTS(severities) == MAILSIM_SEVERITY_WARNING + 1);

    append_place(out, &diagnostic->span);
    g_string_append_printf(out, "%s: ", severities[diagnostic->severity]);
    append_phrase(out, diagnostic->message);
    g_string_append_c(out, '\n');
    if (diagnostic->span.source) {
        append_excerpt(out, &diagnostic->span, hint);
    } else if (hint) {
        append_hint(out, hint, 0);
    }
    if (!diagnostic->label || !diagnostic->place.source)
        return;
    if (diagnostic->place.source == diagnostic->span.source) {
        append_excerpt(out, &diagnostic->place, diagnostic->label);
    } else {
        append_place(out, &diagnostic->place);
        g_string_append_printf(out, "note: %s\n", diagnostic->label);
        append_excerpt(out, &diagnostic->place, NULL);
    }
}

/* --- All of them --- */

static int
compare_numbers(gsize a, gsize b)
{
    return a < b ? -1 : a > b;
}

static gint
compare_diagnostics(gconstpointer a, gconstpointer b)
{
    const Diagnostic *first = *(const Diagnostic *const *)a;
    const Diagnostic *second = *(const Diagnostic *const *)b;
    int order = compare_numbers(first->file, second->file);

    if (order == 0)
        order = compare_numbers(first->span.line, second->span.line);
    if (order == 0)
        order = compare_numbers(first->span.start, second->span.start);
    return order != 0 ? order : compare_numbers(first->order, second->order);
}

char *
mailsim_diagnostics_print(const MailsimDiagnostics *diagnostics, guint shown)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_copy(diagnostics->list, NULL, NULL);
    GString *out = g_string_new(NULL);

    /* The copy borrows its elements. */
    g_ptr_array_set_free_func(sorted, NULL);
    g_ptr_array_sort(sorted, compare_diagnostics);
    const gboolean all = shown == 0;

    if (all || shown > sorted->len)
        shown = sorted->len;
    for (guint i = 0; i < shown; i++)
        append_diagnostic(out, g_ptr_array_index(sorted, i), all);
    if (shown < sorted->len)
        g_string_append_printf(out, "and %u more (--all prints them)\n", sorted->len - shown);
    return g_string_free(out, FALSE);
}
