/* SPDX-License-Identifier: MIT
 *
 * Tables of patterns, asked from the first line to the last: regexp_table(5), pcre_table(5) and
 * cidr_table(5), which share their shape: “pattern value”, “!pattern value”, “if pattern”,
 * “endif”. A line that cannot be read is skipped, as Postfix skips it with a warning. */
#include "host-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>

#define BLANKS " \t\r\n"

/* One pattern, as far as it has been read. */
typedef struct {
    gboolean negated;
    GRegex *regex; /* NULL: a network */
    MailsimIpNetwork network;
    const char *rest; /* what follows on the line */
} Pattern;

static void
clear_pattern(Pattern *pattern)
{
    g_clear_pointer(&pattern->regex, g_regex_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pattern, clear_pattern)

/* ---- reading ----------------------------------------------------------------------------- */

typedef struct {
    char letter;
    const char *type; /* NULL: both */
    GRegexCompileFlags toggles;
} Flag;

/* Each letter turns around what the table begins with. */
static const Flag flags[] = {
    {'i', NULL,     G_REGEX_CASELESS      },
    {'m', NULL,     G_REGEX_MULTILINE     },
    {'x', "regexp", 0                     }, /* extended syntax: there is no other here */
    {'x', "pcre",   G_REGEX_EXTENDED      },
    {'s', "pcre",   G_REGEX_DOTALL        },
    {'A', "pcre",   G_REGEX_ANCHORED      },
    {'E', "pcre",   G_REGEX_DOLLAR_ENDONLY},
    {'U', "pcre",   G_REGEX_UNGREEDY      },
    {'X', "pcre",   0                     },
};

static gboolean
toggle_flag(const char *type, char letter, GRegexCompileFlags *compile)
{
    for (guint i = 0; i < G_N_ELEMENTS(flags); i++) {
        if (flags[i].letter != letter ||
            (flags[i].type != NULL && !g_str_equal(flags[i].type, type)))
            continue;
        *compile ^= flags[i].toggles;
        return TRUE;
    }
    return FALSE;
}

/* The first DELIMITER that has no backslash before it, or the end of TEXT. */
static const char *
find_unescaped(const char *text, char delimiter)
{
    for (; *text != '\0' && *text != delimiter; text++) {
        if (*text == '\\' && text[1] != '\0')
            text++;
    }
    return text;
}

/* “/pattern/flags”: any character that is no letter or digit may stand for the slash. */
static gboolean
read_regex(const char *text, const char *type, Pattern *pattern)
{
    GRegexCompileFlags compile =
        G_REGEX_CASELESS | G_REGEX_RAW | (g_str_equal(type, "pcre") ? G_REGEX_DOTALL : 0);
    char delimiter = *text;
    const char *end;
    g_autofree char *source = NULL;

    if (delimiter == '\0' || g_ascii_isalnum(delimiter))
        return FALSE;
    end = find_unescaped(text + 1, delimiter);
    if (*end == '\0')
        return FALSE;
    source = g_strndup(text + 1, (gsize)(end - text) - 1);
    for (end++; *end != '\0' && strchr(BLANKS, *end) == NULL; end++) {
        if (!toggle_flag(type, *end, &compile))
            return FALSE;
    }
    pattern->rest = end + strspn(end, BLANKS);
    pattern->regex = g_regex_new(source, compile, 0, NULL);
    return pattern->regex != NULL;
}

gboolean
mailsim_pattern_is_unclosed(const char *line)
{
    return *line != '\0' && !g_ascii_isalnum(*line) && strchr(BLANKS "!#", *line) == NULL &&
           *find_unescaped(line + 1, *line) == '\0';
}

/* “192.0.2.0/24”, “2001:db8::/32”, with brackets or without. No host bits may be set. */
static gboolean
read_network(const char *text, Pattern *pattern)
{
    gsize length = strcspn(text, BLANKS);
    g_autofree char *whole = g_strndup(text, length);
    g_autofree char *address = g_strndup(text, strcspn(whole, "/"));
    MailsimIpNetwork alone;

    pattern->rest = text + length + strspn(text + length, BLANKS);
    return mailsim_ip_network_parse(whole, &pattern->network) &&
           mailsim_ip_network_parse(address, &alone) &&
           mailsim_ip_address_equal(&alone.address, &pattern->network.address);
}

static gboolean
read_pattern(const char *text, const char *type, Pattern *pattern)
{
    for (; *text == '!'; text++)
        pattern->negated = !pattern->negated;
    text += strspn(text, BLANKS);
    return g_str_equal(type, "cidr") ? read_network(text, pattern)
                                     : read_regex(text, type, pattern);
}

/* ---- matching ---------------------------------------------------------------------------- */

/* MATCH is what the regular expression found; NULL for a network, and where nothing was to be
 * found. */
static gboolean
matches(const Pattern *pattern, const char *key, GMatchInfo **match)
{
    MailsimIpAddress address;
    gboolean found;

    *match = NULL;
    if (pattern->regex != NULL)
        found = g_regex_match(pattern->regex, key, 0, match);
    else
        found = mailsim_ip_address_parse(key, &address) &&
                address.n_bytes == pattern->network.address.n_bytes &&
                mailsim_ip_network_contains(&pattern->network, &address);
    return found != pattern->negated;
}

/* The number at *TEXT, which stands behind a $: 1, {1}, (1). -1: none. */
static int
take_group(const char **text)
{
    gboolean bracketed = **text == '{' || **text == '(';
    const char *start = *text + bracketed;
    gsize length = strspn(start, "0123456789");
    int group = length > 0 && length < 4 ? (int)g_ascii_strtoll(start, NULL, 10) : -1;

    if (bracketed && start[length] != (**text == '{' ? '}' : ')'))
        return -1;
    *text = start + length + bracketed;
    return group;
}

/* $1, ${1} and $(1) become what the parentheses caught, $$ a dollar. NULL: there is no such
 * group, and the line is no rule. */
static char *
substitute(const char *text, const GRegex *regex, const GMatchInfo *match)
{
    g_autoptr(GString) out = g_string_new(NULL);

    while (*text != '\0') {
        int group;

        if (*text != '$' || regex == NULL) {
            g_string_append_c(out, *text++);
            continue;
        }
        text++;
        if (*text == '$') {
            g_string_append_c(out, *text++);
            continue;
        }
        group = take_group(&text);
        if (group < 1 || match == NULL || group > g_regex_get_capture_count(regex))
            return NULL;
        g_autofree char *caught = g_match_info_fetch(match, group);

        g_string_append(out, caught != NULL ? caught : "");
    }
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static gboolean
begins_with_word(const char *line, const char *word)
{
    gsize length = strlen(word);

    return g_ascii_strncasecmp(line, word, length) == 0 && !g_ascii_isalnum(line[length]);
}

typedef struct {
    const char *type;
    const char *key;
    guint depth;   /* of if that hold */
    guint skipped; /* of if inside one that does not hold, that one included */
} Walk;

/* An “if” or “endif”: TRUE, and the walk knows. */
static gboolean
branch(Walk *walk, const char *line)
{
    g_auto(Pattern) pattern = {0};
    g_autoptr(GMatchInfo) match = NULL;

    if (begins_with_word(line, "endif")) {
        if (walk->skipped > 0)
            walk->skipped--;
        else if (walk->depth > 0)
            walk->depth--;
        return TRUE;
    }
    if (!begins_with_word(line, "if"))
        return FALSE;
    line += strlen("if");
    line += strspn(line, BLANKS);
    if (walk->skipped > 0 ||
        (read_pattern(line, walk->type, &pattern) && !matches(&pattern, walk->key, &match)))
        walk->skipped++;
    else
        walk->depth++;
    return TRUE;
}

/* The value that a rule gives the key; NULL: none. Free with g_free(). */
static char *
apply_rule(const Walk *walk, const char *line)
{
    g_auto(Pattern) pattern = {0};
    g_autoptr(GMatchInfo) match = NULL;

    if (!read_pattern(line, walk->type, &pattern) || !matches(&pattern, walk->key, &match))
        return NULL;
    return substitute(pattern.rest, pattern.regex, pattern.negated ? NULL : match);
}

MailsimLookup
mailsim_pattern_table_look_up(const char *const *lines,
                              const char *type,
                              const char *key,
                              char **value)
{
    Walk walk = {.type = type, .key = key};

    for (; *lines != NULL; lines++) {
        const char *line = *lines + strspn(*lines, BLANKS);
        g_autofree char *found = NULL;

        if (branch(&walk, line) || walk.skipped > 0)
            continue;
        found = apply_rule(&walk, line);
        if (found == NULL)
            continue;
        if (value != NULL)
            *value = g_strchomp(g_steal_pointer(&found));
        return MAILSIM_LOOKUP_FOUND;
    }
    return MAILSIM_LOOKUP_NOT_FOUND;
}
