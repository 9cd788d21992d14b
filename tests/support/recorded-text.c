/* SPDX-License-Identifier: MIT
 *
 * Octets, abbreviations and placeholders of the recordings. */
#include "recorded-text.h"

#include <stdlib.h>
#include <string.h>

#define USUAL_SIZE "10240000"

char *
recorded_file_read(const char *name)
{
    g_autofree char *path = g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), "tests",
                                             "dialogue", "recorded", name, NULL);
    char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        g_error("cannot read %s", path);
    return text;
}

/* ---- octets ------------------------------------------------------------------------------ */

/* One octet, written as such or as \r, \n, \t or \xHH; the text after it. */
static const char *
append_octet(GString *octets, const char *text)
{
    static const char letters[] = "rnt";
    const char *letter = text[0] == '\\' && text[1] != '\0' ? strchr(letters, text[1]) : NULL;

    if (letter != NULL) {
        g_string_append_c(octets, "\r\n\t"[letter - letters]);
        return text + 2;
    }
    if (text[0] == '\\' && text[1] == 'x' && g_ascii_isxdigit(text[2]) &&
        g_ascii_isxdigit(text[3])) {
        g_string_append_c(
            octets, (char)(g_ascii_xdigit_value(text[2]) * 16 + g_ascii_xdigit_value(text[3])));
        return text + 4;
    }
    g_string_append_c(octets, text[0]);
    return text + 1;
}

static void
append_line(GString *octets, const char *text)
{
    gsize start = octets->len;

    while (*text != '\0') {
        if (g_str_equal(text, "\\c") || g_str_equal(text, "   (no CRLF)"))
            return;
        text = append_octet(octets, text);
    }
    if (octets->len == start || octets->str[octets->len - 1] != '\n')
        g_string_append(octets, "\r\n");
}

static void
append_hello(GString *octets)
{
    g_autofree char *text = recorded_file_read("client-hello.hex");

    for (const char *digit = text; *digit != '\0'; digit++) {
        if (!g_ascii_isxdigit(*digit))
            continue;
        g_string_append_c(octets, (char)(g_ascii_xdigit_value(digit[0]) * 16 +
                                         g_ascii_xdigit_value(digit[1])));
        digit++;
    }
}

/* What a recording describes instead of writing it out. */
static gboolean
append_described(GString *octets, const char *text)
{
    g_autoptr(GRegex) message = g_regex_new("^<a (\\d+) kB message, then \\.>$", 0, 0, NULL);
    g_autoptr(GRegex) chunk = g_regex_new("^(BDAT .*) <(\\d+) octets>$", 0, 0, NULL);
    g_autoptr(GMatchInfo) found = NULL;
    g_autoptr(GMatchInfo) found_chunk = NULL;

    if (g_str_equal(text, "<ClientHello, binary>")) {
        append_hello(octets);
        return TRUE;
    }
    if (g_regex_match(message, text, 0, &found)) {
        g_autofree char *size = g_match_info_fetch(found, 1);
        guint64 n_bytes = g_ascii_strtoull(size, NULL, 10) * 1024;

        g_string_append(octets, "Subject: long\r\n\r\n");
        for (guint64 i = 0; i < n_bytes; i += 64)
            g_string_append_printf(octets, "%062d\r\n", 0);
        g_string_append(octets, ".\r\n");
        return TRUE;
    }
    if (g_regex_match(chunk, text, 0, &found_chunk)) {
        g_autofree char *command = g_match_info_fetch(found_chunk, 1);
        g_autofree char *size = g_match_info_fetch(found_chunk, 2);

        g_string_append_printf(octets, "%s\r\n%0*d", command, atoi(size), 0);
        return TRUE;
    }
    return FALSE;
}

void
recorded_text_append_said(GString *octets, const char *text)
{
    if (!append_described(octets, text))
        append_line(octets, text);
}

void
recorded_text_append_octets(GString *octets, const char *text)
{
    while (*text != '\0')
        text = append_octet(octets, text);
}

void
recorded_text_append_delivered(GString *octets, const char *text)
{
    g_autoptr(GRegex) shortened =
        g_regex_new("^(.*)\\.\\.\\.\\((\\d+) octets\\)$", G_REGEX_RAW, 0, NULL);
    g_autoptr(GMatchInfo) found = NULL;
    gsize start = octets->len;

    if (!g_regex_match(shortened, text, 0, &found)) {
        recorded_text_append_octets(octets, text);
        return;
    }
    g_autofree char *beginning = g_match_info_fetch(found, 1);
    g_autofree char *size = g_match_info_fetch(found, 2);

    recorded_text_append_octets(octets, beginning);
    while (octets->len - start < g_ascii_strtoull(size, NULL, 10))
        g_string_append_c(octets, octets->str[octets->len - 1]);
}

/* ---- EHLO -------------------------------------------------------------------------------- */

/* “the usual keywords + SIZE 2000 + STARTTLS - VRFY” as the lines they stand for: a keyword
 * that is added replaces the usual one of its name; STARTTLS and AUTH stand after ETRN. */
typedef struct {
    const char *keyword;
    gboolean usual;
    const char *usual_value;
} EhloKeyword;

static const EhloKeyword ehlo_keywords[] = {
    {"PIPELINING",          TRUE,  NULL      },
    {"SIZE",                TRUE,  USUAL_SIZE},
    {"VRFY",                TRUE,  NULL      },
    {"ETRN",                TRUE,  NULL      },
    {"STARTTLS",            FALSE, NULL      },
    {"AUTH",                FALSE, NULL      },
    {"AUTH=",               FALSE, NULL      },
    {"ENHANCEDSTATUSCODES", TRUE,  NULL      },
    {"8BITMIME",            TRUE,  NULL      },
    {"DSN",                 TRUE,  NULL      },
    {"SMTPUTF8",            TRUE,  NULL      },
    {"CHUNKING",            TRUE,  NULL      },
};

/* What WORDS (“+”, “SIZE 2000”, “-”, “VRFY”) make of KEYWORD; NULL: it is not listed. */
static char *
dup_ehlo_line(const EhloKeyword *keyword, const GPtrArray *words)
{
    gboolean listed = keyword->usual;
    const char *line = NULL;
    gsize length = strlen(keyword->keyword);

    for (guint i = 0; i + 1 < words->len; i += 2) {
        const char *word = g_ptr_array_index(words, i + 1);

        if (!g_str_has_prefix(word, keyword->keyword) ||
            (word[length] != '\0' && word[length] != ' ' && word[length - 1] != '='))
            continue;
        listed = g_str_equal(g_ptr_array_index(words, i), "+");
        line = word;
    }
    if (!listed)
        return NULL;
    if (line != NULL)
        return g_strdup(line);
    return keyword->usual_value != NULL
               ? g_strdup_printf("%s %s", keyword->keyword, keyword->usual_value)
               : g_strdup(keyword->keyword);
}

static gboolean
is_keyword_known(const char *word)
{
    g_autofree char *name = g_strndup(word, strcspn(word, " ="));

    for (guint i = 0; i < G_N_ELEMENTS(ehlo_keywords); i++) {
        if (g_str_equal(ehlo_keywords[i].keyword, name))
            return TRUE;
    }
    return FALSE;
}

static GPtrArray *
list_ehlo_lines(const GPtrArray *words)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    char *last;

    g_ptr_array_add(lines, g_strdup("250-mx.dest.example"));
    for (guint i = 0; i < G_N_ELEMENTS(ehlo_keywords); i++) {
        g_autofree char *line = dup_ehlo_line(&ehlo_keywords[i], words);

        if (line != NULL)
            g_ptr_array_add(lines, g_strdup_printf("250-%s", line));
    }
    last = g_ptr_array_index(lines, lines->len - 1);
    last[strlen("250")] = ' ';
    return lines;
}

/* “ + SIZE 2000 + STARTTLS - VRFY” as signs and keywords in turn; NULL: they are something
 * else. */
static GPtrArray *
split_changes(const char *text)
{
    g_autoptr(GRegex) change =
        g_regex_new("\\G ([+-]) ([A-Z0-9]+(?:[ =][A-Z0-9 -]*?)?)(?= [+-] |$)", 0, 0, NULL);
    g_autoptr(GMatchInfo) found = NULL;
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    int end = 0;

    g_regex_match(change, text, 0, &found);
    while (g_match_info_matches(found)) {
        g_ptr_array_add(words, g_match_info_fetch(found, 1));
        g_ptr_array_add(words, g_match_info_fetch(found, 2));
        if (!is_keyword_known(g_ptr_array_index(words, words->len - 1)))
            return NULL;
        g_match_info_fetch_pos(found, 0, NULL, &end);
        g_match_info_next(found, NULL);
    }
    return text[end] == '\0' ? g_steal_pointer(&words) : NULL;
}

GPtrArray *
recorded_text_list_ehlo_lines(const char *text)
{
    static const char usual[] = "250-... [EHLO reply: the usual keywords";
    gsize length = strlen(text);
    g_autofree char *changes = NULL;
    g_autoptr(GPtrArray) words = NULL;

    if (!g_str_has_prefix(text, usual) || text[length - 1] != ']')
        return NULL;
    changes = g_strndup(text + strlen(usual), length - strlen(usual) - strlen("]"));
    words = split_changes(changes);
    return words != NULL ? list_ehlo_lines(words) : NULL;
}

/* ---- comparing --------------------------------------------------------------------------- */

/* “Sat, 21 Nov 2026 21:09:47 +0000 (UTC)” */
#define DATE_PATTERN                                                                           \
    "[A-Z][a-z]{2}, \\d{1,2} [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d [+-]\\d{4} "            \
    "\\([A-Z]+\\)"

/* What a placeholder stands for: the text between two of them is taken to the letter. */
static const char *
get_placeholder_pattern(const char *placeholder)
{
    if (g_str_equal(placeholder, "<queue-id>"))
        return "[0-9A-Z]+";
    if (g_str_equal(placeholder, "<unique>"))
        return "[0-9A-Z.]+";
    if (g_str_equal(placeholder, "<challenge>"))
        return "[0-9A-Za-z+/]+=*";
    if (g_str_equal(placeholder, "<service>"))
        return "\\S+";
    if (g_str_has_prefix(placeholder, ".c:"))
        return "\\.c:\\d+:";
    return DATE_PATTERN;
}

gboolean
recorded_text_matches(const char *recorded, const char *seen)
{
    g_autoptr(GRegex) placeholders =
        g_regex_new("<queue-id>|<date>|<unique>|<challenge>|<service>|\\.c:\\d+:|" DATE_PATTERN,
                    G_REGEX_RAW, 0, NULL);
    g_autoptr(GMatchInfo) found = NULL;
    g_autoptr(GString) pattern = g_string_new("^");
    int end = 0;

    g_regex_match(placeholders, recorded, 0, &found);
    while (g_match_info_matches(found)) {
        g_autofree char *placeholder = g_match_info_fetch(found, 0);
        g_autofree char *literal = NULL;
        int start;
        int next;

        g_match_info_fetch_pos(found, 0, &start, &next);
        literal = g_regex_escape_string(recorded + end, start - end);
        g_string_append_printf(pattern, "%s%s", literal, get_placeholder_pattern(placeholder));
        end = next;
        g_match_info_next(found, NULL);
    }
    g_autofree char *rest = g_regex_escape_string(recorded + end, -1);

    g_string_append_printf(pattern, "%s\\z", rest);
    return g_regex_match_simple(pattern->str, seen, G_REGEX_RAW, 0);
}

/* What is quoted of improper pipelining depends on the packets. */
static GPtrArray *
list_comparable(const GPtrArray *lines, gboolean in_pieces)
{
    GPtrArray *comparable = g_ptr_array_new();

    for (guint i = 0; i < lines->len; i++) {
        char *line = g_ptr_array_index(lines, i);

        if (!in_pieces || strstr(line, "improper command pipelining") == NULL)
            g_ptr_array_add(comparable, line);
    }
    return comparable;
}

char *
recorded_log_find_difference(const GPtrArray *recorded,
                             const GPtrArray *seen,
                             gboolean in_pieces)
{
    g_autoptr(GPtrArray) expected = list_comparable(recorded, in_pieces);
    g_autoptr(GPtrArray) found = list_comparable(seen, in_pieces);

    for (guint i = 0; i < expected->len; i++) {
        const char *line = g_ptr_array_index(expected, i);
        const char *other = i < found->len ? g_ptr_array_index(found, i) : "nothing";

        if (!recorded_text_matches(line, other))
            return g_strdup_printf("line %u of the log, recorded: %s\nseen: %s", i + 1, line,
                                   other);
    }
    if (found->len <= expected->len)
        return NULL;
    return g_strdup_printf("more is in the log than recorded:\n%s",
                           (const char *)g_ptr_array_index(found, expected->len));
}
