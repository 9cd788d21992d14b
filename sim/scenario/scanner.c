/* SPDX-License-Identifier: MIT
 *
 * Line by line through a scenario. GKeyFile stops at the first mistake, gives no line number
 * and merges duplicates in silence; this scanner accepts the same files (a test compares the
 * two), goes on after a mistake and remembers where everything stands. */
#include <mailsim/scenario/scanner.h>

#include <string.h>

#include <mailsim/base/limits.h>

#include "scanner-private.h"

typedef struct {
    MailsimScan *scan;
    MailsimDiagnostics *diagnostics;
    GHashTable *group_names; /* name -> MailsimGroup */
    MailsimGroup *group;     /* the lines now belong to; NULL: to none */
    MailsimEntry *entry;     /* what an indented line would continue */
    Block *block;            /* a section of dovecot.conf that is not closed yet */
    gboolean drops;          /* the line above was bad: so is what continues it */
    gboolean has_group;      /* some header was seen, good or bad */
    gboolean complained;     /* about lines before the first header, once */
    guint line;
    gboolean mends; /* the line held a byte that no text has */
    gsize shift;    /* bytes of the line that were left out at its start */
} Scanner;

/* They could do anything to a terminal, and GKeyFile has its own ideas about them. */
static gboolean
is_control(char c)
{
    return g_ascii_iscntrl(c) && c != '\t';
}

static MailsimSpan
make_span(const Scanner *scanner, gsize start, gsize end)
{
    return (MailsimSpan){scanner->scan->source, scanner->line, scanner->shift + start,
                         scanner->shift + end};
}

static void
report(Scanner *scanner, gsize start, gsize end, const char *hint, const char *message)
{
    MailsimSpan span = make_span(scanner, start, end);

    mailsim_diagnostics_add(scanner->diagnostics, MAILSIM_SEVERITY_ERROR, &span, hint, "%s",
                            message);
}

static void
warn(Scanner *scanner, gsize start, gsize end, const char *hint, const char *message)
{
    MailsimSpan span = make_span(scanner, start, end);

    mailsim_diagnostics_add(scanner->diagnostics, MAILSIM_SEVERITY_WARNING, &span, hint, "%s",
                            message);
}

/* --- Headers --- */

/* The header's words, one blank between them. */
static char *
join_words(const char *text, gsize start, gsize end)
{
    GString *name = g_string_new(NULL);

    for (gsize at = start; at < end; at++)
        if (!line_is_blank(text[at]))
            g_string_append_c(name, text[at]);
        else if (name->len > 0 && name->str[name->len - 1] != ' ')
            g_string_append_c(name, ' ');
    if (name->len > 0 && name->str[name->len - 1] == ' ')
        g_string_truncate(name, name->len - 1);
    return g_string_free(name, FALSE);
}

static gboolean
check_header(Scanner *scanner, const char *text, gsize length, gsize *end)
{
    const char *bracket = memchr(text, ']', length);

    if (!bracket) {
        gsize last = line_drop_blanks(text, 0, length);

        report(scanner, last, last + 1, "write [host mail]",
               "the “]” of the header is missing");
        return FALSE;
    }
    *end = (gsize)(bracket - text);

    const char *again = memchr(text + 1, '[', *end - 1);

    if (again) {
        gsize at = (gsize)(again - text);

        report(scanner, at, at + 1, "a header is one pair of brackets with words between them",
               "a “[” inside a header");
        return FALSE;
    }
    for (gsize at = 1; at < *end; at++)
        if (text[at] == '\t') {
            report(scanner, at, at + 1, "put blanks between the words", "a tab in a header");
            return FALSE;
        }
    if (line_skip_blanks(text, 1, *end) == *end) {
        report(scanner, 0, *end + 1, "write [host mail]", "an empty header");
        return FALSE;
    }

    gsize rest = line_skip_blanks(text, *end + 1, length);

    if (rest < length) {
        report(scanner, rest, line_drop_blanks(text, rest, length),
               text[rest] == '#' ? "a comment stands on a line of its own"
                                 : "start a new line after the “]”",
               "text after the header");
        return FALSE;
    }
    return TRUE;
}

static void
read_header(Scanner *scanner, const char *text, gsize length)
{
    gsize end;

    scanner->group = NULL;
    scanner->entry = NULL;
    scanner->drops = FALSE;
    scanner->has_group = TRUE;
    if (!check_header(scanner, text, length, &end))
        return;

    g_autofree char *name = join_words(text, 1, end);
    gsize start = line_skip_blanks(text, 1, end);
    MailsimSpan span = make_span(scanner, start, line_drop_blanks(text, start, end));
    MailsimGroup *first = g_hash_table_lookup(scanner->group_names, name);

    if (first) {
        mailsim_diagnostics_add(scanner->diagnostics, MAILSIM_SEVERITY_ERROR, &span,
                                "put its lines under the first one",
                                "the header “[%s]” stands twice", name);
        mailsim_diagnostics_point_at(scanner->diagnostics, &first->span, "first written here");
        /* Its lines are still looked at, as if they stood there: one mistake, one message. */
        scanner->group = first;
        return;
    }
    scanner->group = mailsim_group_new(name, &span);
    g_ptr_array_add(scanner->scan->groups, scanner->group);
    g_hash_table_insert(scanner->group_names, scanner->group->name, scanner->group);
}

/* --- Entries --- */

static char *
name_entry(const MailsimEntry *entry)
{
    return entry->locale ? g_strdup_printf("%s[%s]", entry->key, entry->locale)
                         : g_strdup(entry->key);
}

static void
add_entry(Scanner *scanner, MailsimEntry *entry)
{
    const MailsimEntry *first = mailsim_group_find(scanner->group, entry->key, entry->locale);

    scanner->entry = entry;
    scanner->drops = FALSE;
    if (first) {
        g_autofree char *key = name_entry(entry);

        mailsim_diagnostics_add(scanner->diagnostics, MAILSIM_SEVERITY_ERROR, &entry->key_span,
                                "remove one of the two", "“%s” stands twice in [%s]", key,
                                scanner->group->name);
        mailsim_diagnostics_point_at(scanner->diagnostics, &first->key_span,
                                     "first written here");
        /* Kept apart: the entry must outlive its continuation lines, but says nothing. */
        g_ptr_array_add(scanner->group->duplicates, entry);
        return;
    }
    mailsim_group_take_entry(scanner->group, entry);
}

static gboolean
is_locale(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++)
        if (!g_ascii_isalnum(text[i]) && !strchr("-_.@", text[i]))
            return FALSE;
    return length > 0;
}

/* “key” or “key[es]” in bytes START up to END. */
static MailsimEntry *
read_key(Scanner *scanner, const char *text, gsize start, gsize end)
{
    const char *bracket = memchr(text + start, '[', end - start);
    gsize key_end = bracket ? (gsize)(bracket - text) : end;
    const char *closing = memchr(text + start, ']', end - start);

    if (bracket || closing) {
        gsize from = bracket ? key_end : (gsize)(closing - text);

        if (!bracket || closing != text + end - 1 || key_end == start ||
            line_is_blank(text[key_end - 1]) || !is_locale(bracket + 1, end - key_end - 2)) {
            report(scanner, from, end, "write title[es] = …",
                   "the brackets after a key hold the name of a language");
            return NULL;
        }
    }

    MailsimEntry *entry = g_new0(MailsimEntry, 1);

    entry->key = g_strndup(text + start, key_end - start);
    entry->key_span = make_span(scanner, start, key_end);
    if (bracket) {
        entry->locale = g_strndup(bracket + 1, end - key_end - 2);
        entry->locale_span = make_span(scanner, key_end + 1, end - 1);
    }
    return entry;
}

static void
warn_of_comment(Scanner *scanner, const char *text, gsize start, gsize end)
{
    for (gsize i = start + 1; i < end; i++)
        if (text[i] == '#' && line_is_blank(text[i - 1]) &&
            (i + 1 == end || !g_ascii_isdigit(text[i + 1]))) {
            warn(scanner, i, end, "if it is a comment, give it a line of its own",
                 "this “#” belongs to the value");
            return;
        }
}

/* The first line of a service in master.cf, pasted along with its options? */
static const char *
advise_on_prose(const Scanner *scanner, const char *text, gsize length)
{
    if (*text == ';')
        return "a comment begins with “#”";
    if (g_str_has_prefix(scanner->group->name, "service") &&
        (g_strstr_len(text, (gssize)length, " inet ") ||
         g_strstr_len(text, (gssize)length, "\tinet")))
        return "leave it out: the header [service …] says it";
    if (g_str_has_prefix(scanner->group->name, "file"))
        return "number the lines of a file: 1 = …, 2 = …";
    return "a line is a [header], “key = value” or a # comment";
}

static void
read_entry(Scanner *scanner, const char *text, gsize start, gsize length)
{
    const char *equals = memchr(text + start, '=', length - start);
    gsize last = line_drop_blanks(text, start, length);

    scanner->entry = NULL;
    scanner->drops = TRUE;
    if (!equals) {
        report(scanner, start, last, advise_on_prose(scanner, text + start, last - start),
               text[start] == ';' ? "“;” does not begin a comment" : "this line says nothing");
        return;
    }

    gsize key_end = line_drop_blanks(text, start, (gsize)(equals - text));
    gsize value = line_skip_blanks(text, (gsize)(equals - text) + 1, length);

    if (key_end == start) {
        report(scanner, start, start + 1, "write key = value",
               "there is no key before the “=”");
        return;
    }

    MailsimEntry *entry = read_key(scanner, text, start, key_end);

    if (!entry)
        return;
    value = MIN(value, MAX(last, (gsize)(equals - text) + 1));
    last = MAX(last, value);
    entry->value = g_strndup(text + value, last - value);
    entry->value_span = make_span(scanner, value, last);
    entry->is_mended = scanner->mends;
    warn_of_comment(scanner, text, value, last);
    add_entry(scanner, entry);
}

/* “-o name=value” of master.cf. */
static void
read_option(Scanner *scanner, const char *text, gsize length)
{
    gsize start = line_skip_blanks(text, 0, length);
    gsize name = line_skip_blanks(text, start + 2, length);

    if (!g_str_has_prefix(scanner->group->name, "service")) {
        report(scanner, start, line_drop_blanks(text, start, length),
               g_str_has_prefix(scanner->group->name, "postfix")
                   ? "in main.cf, and so here, it is just name = value"
                   : "put it below a header such as [service mail submission]",
               "“-o” belongs to master.cf, and so to [service …]");
        return;
    }
    if (name < length && text[name] == '{') {
        report(scanner, name, name + 1, "write -o name=value",
               "braces around an option are not read");
        return;
    }

    if (name == length) {
        report(scanner, start, start + 2, "write -o name=value", "“-o” of nothing");
        return;
    }
    read_entry(scanner, text, name, length);
    if (!scanner->entry)
        return;
    scanner->entry->is_option = TRUE;

    char *another = strstr(scanner->entry->value, " -o ");

    if (another) {
        MailsimSpan span = scanner->entry->value_span;

        span.start += (gsize)(another - scanner->entry->value) + 1;
        mailsim_diagnostics_add(scanner->diagnostics, MAILSIM_SEVERITY_ERROR, &span,
                                "give each -o a line of its own", "a second “-o” in one line");
        *another = '\0';
    }
}

/* --- Continuation lines --- */

/* In Postfix too this line would go on the value above, but it looks as if that was not
 * meant. */
static void
warn_of_indentation(Scanner *scanner, const char *text, gsize start, gsize end)
{
    gsize at = start;

    while (at < end && (g_ascii_isalnum(text[at]) || text[at] == '_'))
        at++;

    gsize after = line_skip_blanks(text, at, end);
    gboolean is_line = at > start && after < end && text[after] == '=';
    gboolean is_header = text[start] == '[' && text[end - 1] == ']' &&
                         memchr(text + start, ' ', end - start) != NULL;

    if (is_line || is_header)
        warn(scanner, start, end, "remove the blanks at its start to make it a line of its own",
             "being indented, this line continues the one above");
}

static void
continue_entry(Scanner *scanner, const char *text, gsize length)
{
    gsize start = line_skip_blanks(text, 0, length);
    gsize end = line_drop_blanks(text, start, length);

    if (!line_has_postfix_name(scanner->group->name, strlen(scanner->group->name))) {
        report(
            scanner, start, end,
            "remove the blanks at its start; only [postfix …] and [service …] have such lines",
            "an indented line, as if it continued the one above");
        return;
    }
    if (scanner->drops)
        return;
    if (!scanner->entry) {
        report(scanner, start, end, "remove the blanks at its start",
               "an indented line continues the one above, and there is none");
        return;
    }
    if (strlen(scanner->entry->value) + (end - start) > MAILSIM_SCENARIO_LINE_MAX_BYTES) {
        report(scanner, start, end, "is this a scenario?",
               "with this line the value becomes too long");
        scanner->drops = TRUE;
        return;
    }
    warn_of_indentation(scanner, text, start, end);
    warn_of_comment(scanner, text, start, end);
    mailsim_entry_append(scanner->entry, text + start, scanner->line, start, end);
}

/* --- Sections of dovecot.conf --- */

static void
end_block(Scanner *scanner)
{
    if (!scanner->block)
        return;
    block_tell(scanner->block, scanner->diagnostics);
    g_clear_pointer(&scanner->block, block_free);
}

/* A line of a section that has begun; or one that begins it, or that only files with sections
 * have. FALSE: it is a line like any other. */
static gboolean
read_block(Scanner *scanner, const char *text, gsize length)
{
    gsize start = line_skip_blanks(text, 0, length);
    gsize end = line_drop_blanks(text, start, length);
    MailsimSpan span = make_span(scanner, start, end);

    if (scanner->block) {
        block_take_line(scanner->block, text, length);
    } else if (!line_has_dovecot_name(scanner->group->name)) {
        return FALSE;
    } else if (text[start] == '}') {
        report(scanner, start, end, "leave it out", "a “}” without its “{”");
    } else if (text[start] == '!') {
        report(scanner, start, end,
               "paste the lines of those files here, or leave it out: what is not said is "
               "Debian's",
               "files of dovecot.conf are not included here");
    } else {
        scanner->block = block_new(text + start, end - start, &span);
        if (!scanner->block)
            return FALSE;
    }
    scanner->entry = NULL;
    scanner->drops = TRUE;
    if (scanner->block && !block_is_open(scanner->block))
        end_block(scanner);
    return TRUE;
}

/* --- Lines --- */

/* Is the line fit to be read as it is? */
static gboolean
check_bytes(Scanner *scanner, const char *text, gsize length)
{
    const char *nul = memchr(text, '\0', length);
    const char *bad;

    if (length > MAILSIM_SCENARIO_LINE_MAX_BYTES) {
        g_autofree char *message =
            g_strdup_printf("a line of %" G_GSIZE_FORMAT " bytes; %d are allowed", length,
                            MAILSIM_SCENARIO_LINE_MAX_BYTES);

        report(scanner, 0, 1, "is this a scenario?", message);
        return FALSE;
    }
    if (nul) {
        gsize at = (gsize)(nul - text);

        report(scanner, at, at + 1, "is this a scenario? Save it as plain text in UTF-8",
               "a NUL byte");
        return FALSE;
    }
    if (!g_utf8_validate(text, (gssize)length, &bad)) {
        gsize at = (gsize)(bad - text);

        report(scanner, at, at + 1, "save the file as UTF-8", "this is not UTF-8");
        return FALSE;
    }
    for (gsize at = 0; at < length; at++)
        if (is_control(text[at])) {
            report(scanner, at, at + 1, "remove it; in a text, \\n, \\r and \\t may be written",
                   "a control character");
            return FALSE;
        }
    return TRUE;
}

/* Lines that stand before any header: say so once, not for each of them. */
static void
refuse_homeless(Scanner *scanner, const char *text, gsize length)
{
    gsize start = line_skip_blanks(text, 0, length);

    if (scanner->complained)
        return;
    scanner->complained = TRUE;
    report(scanner, start, line_drop_blanks(text, start, length),
           text[start] == ';' ? "a comment begins with “#”"
                              : "a scenario begins with [scenario]",
           "a line before the first [header]");
}

static void read_line(Scanner *scanner, const char *text, gsize length);

/* A line with a bad byte, which has been told: if it is an entry it is one still, so that
 * nobody is told that its key is missing. */
static void
read_mended(Scanner *scanner, const char *text, gsize length)
{
    g_autofree char *mended = g_strndup("", length);
    const char *bad;

    if (length > MAILSIM_SCENARIO_LINE_MAX_BYTES || !memchr(text, '=', length))
        return;
    memcpy(mended, text, length);
    for (gsize at = 0; !g_utf8_validate(mended + at, (gssize)(length - at), &bad);) {
        at = (gsize)(bad - mended);
        mended[at] = '?';
    }
    for (gsize at = 0; at < length; at++)
        if (is_control(mended[at]))
            mended[at] = '?';
    scanner->mends = TRUE;
    read_line(scanner, mended, length);
    scanner->mends = FALSE;
}

static void
read_line(Scanner *scanner, const char *text, gsize length)
{
    LineKind kind;

    if (!check_bytes(scanner, text, length)) {
        read_mended(scanner, text, length);
        return;
    }
    kind = line_classify(text, length);
    if (kind == LINE_BLANK || kind == LINE_COMMENT)
        return;
    if (kind == LINE_HEADER) {
        end_block(scanner);
        read_header(scanner, text, length);
        return;
    }
    if (!scanner->has_group)
        refuse_homeless(scanner, text, length);
    if (!scanner->group || read_block(scanner, text, length))
        return;
    if (kind == LINE_OPTION)
        read_option(scanner, text, length);
    else if (kind == LINE_INDENTED)
        continue_entry(scanner, text, length);
    else
        read_entry(scanner, text, 0, length);
}

static void
read_lines(Scanner *scanner)
{
    MailsimSource *source = scanner->scan->source;
    guint n_lines = mailsim_source_count_lines(source);

    for (scanner->line = 1; scanner->line <= n_lines; scanner->line++) {
        gsize length;
        const char *text = mailsim_source_get_line(source, scanner->line, &length);

        if (scanner->line > MAILSIM_SCENARIO_LINES_MAX) {
            report(scanner, 0, 1, "is this a scenario?",
                   "too many lines; the rest is not looked at");
            return;
        }
        if (scanner->line == 1 && length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
            report(scanner, 0, 3, "save the file as UTF-8 without BOM",
                   "a byte order mark before the first line");
            scanner->shift = 3;
        }
        read_line(scanner, text + scanner->shift, length - scanner->shift);
        scanner->shift = 0;
    }
}

MailsimScan *
mailsim_scan(MailsimSource *source, MailsimDiagnostics *diagnostics)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
    Scanner scanner = {.diagnostics = diagnostics, .group_names = names};

    scanner.scan = mailsim_scan_new(source);
    read_lines(&scanner);
    end_block(&scanner);
    return scanner.scan;
}
