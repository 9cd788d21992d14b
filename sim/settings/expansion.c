/* SPDX-License-Identifier: MIT
 *
 * References in the values of main.cf: a reader that goes down into braces and into the values
 * of names, with Postfix's own words for what it cannot read. */
#include <mailsim/settings/expansion.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS          " \t\r\n"
#define LIST_SEPARATORS ", \t\r\n"
#define NAME_LETTERS    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

/* Postfix's own limit, beyond which a parameter must be part of itself; and ours on how much
 * work parameters that are not may make by naming each other twice. */
#define NESTING_MAX    100
#define REFERENCES_MAX 100000

typedef struct {
    MailsimExpansionLookup look_up;
    gpointer data;
    guint depth;
    guint n_references;
    char *problem; /* NULL: none so far */
} Expansion;

static void expand_text(Expansion *expansion, const char *text, GString *out);

static char *
expand_piece(Expansion *expansion, const char *text)
{
    GString *out = g_string_new(NULL);

    expand_text(expansion, text, out);
    return g_string_free(out, FALSE);
}

static void fail(Expansion *expansion, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The first problem is the one that is told. */
static void
fail(Expansion *expansion, const char *format, ...)
{
    va_list arguments;

    if (expansion->problem != NULL)
        return;
    va_start(arguments, format);
    expansion->problem = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

static const char *
skip_blanks(const char *text)
{
    return text + strspn(text, BLANKS);
}

/* The byte after the bracket that closes the one at TEXT; NULL: nothing closes it. */
static const char *
find_end(const char *text)
{
    char open = *text;
    char close = open == '{' ? '}' : ')';
    guint level = 0;

    for (; *text != '\0'; text++) {
        if (*text == open)
            level++;
        else if (*text == close && --level == 0)
            return text + 1;
    }
    return NULL;
}

/* What stands in the {…} at *TEXT, which is moved behind it; NULL, having failed: no end. */
static char *
take_braced(Expansion *expansion, const char **text)
{
    const char *start = *text;
    const char *end = find_end(start);

    if (end == NULL) {
        fail(expansion, "unbalanced {} in attribute expression: \"%s\"", start);
        return NULL;
    }
    *text = end;
    return g_strndup(start + 1, (gsize)(end - start) - 2);
}

/* ---- comparisons ------------------------------------------------------------------------ */

static gboolean
is_number(const char *text)
{
    return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static long
read_number(Expansion *expansion, const char *text)
{
    errno = 0;

    long number = strtol(text, NULL, 10);

    if (errno == ERANGE)
        fail(expansion, "mac_exp_eval: bad conversion: %s", text);
    return number;
}

/* “3.6” and “3.6.0” are the same level: what is left out is 0. */
static long
read_level(Expansion *expansion, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ".", -1);
    guint n_parts = g_strv_length(parts);
    long level = 0;

    for (guint i = 0; i < 3; i++) {
        const char *part = i < n_parts ? parts[i] : "0";

        if (n_parts == 0 || n_parts > 3 || !is_number(part) || strlen(part) > 4) {
            fail(expansion, "malformed compatibility level syntax: \"%s\"", text);
            return 0;
        }
        level = level * 10000 + strtol(part, NULL, 10);
    }
    return level;
}

/* As numbers where both are numbers, else as texts; less than 0, 0, more than 0. */
static int
compare_values(Expansion *expansion, const char *left, const char *right, gboolean levels)
{
    long a;
    long b;

    if (!levels && !(is_number(left) && is_number(right)))
        return strcmp(left, right);
    a = levels ? read_level(expansion, left) : read_number(expansion, left);
    b = levels ? read_level(expansion, right) : read_number(expansion, right);
    return (a > b) - (a < b);
}

static gboolean
holds(const char *operator, int order)
{
    switch (*operator) {
    case '=':
        return order == 0;
    case '!':
        return order != 0;
    case '<':
        return operator[1] == '=' ? order <= 0 : order<0;
    default:
        return operator[1] == '=' ? order >= 0 : order> 0;
    }
}

static const char *
find_operator(const char *text)
{
    static const char *const operators[] = {"==", "!=", "<=", "<", ">=", ">"};

    for (guint i = 0; i < G_N_ELEMENTS(operators); i++) {
        if (g_str_has_prefix(text, operators[i]))
            return operators[i];
    }
    return NULL;
}

/* {value} operator {value}, at *TEXT, which is moved behind it. */
static gboolean
read_comparison(Expansion *expansion, const char **text)
{
    const char *start = *text;
    g_autofree char *left = take_braced(expansion, text);
    const char *operator= left != NULL ? find_operator(skip_blanks(*text)) : NULL;
    g_autofree char *right = NULL;
    gboolean levels;

    if (operator== NULL) {
        fail(expansion,
             "\"==\" or \"!=\"\" or \"<\"\" or \"<=\"\" or \">=\"\" or \">\" expected at: "
             "\"...%s}>>>%s\"",
             left, skip_blanks(*text));
        return FALSE;
    }
    *text = skip_blanks(*text) + strlen(operator);
    levels = g_str_has_prefix(*text, "level");
    *text += levels ? strlen("level") : 0;
    if (*skip_blanks(*text) != '{') {
        fail(expansion, "\"{expression}\" expected at: \"...%.*s>>>%s\"", (int)(*text - start),
             start, *text);
        return FALSE;
    }
    *text = skip_blanks(*text);
    right = take_braced(expansion, text);
    if (right == NULL)
        return FALSE;

    g_autofree char *left_value = expand_piece(expansion, left);
    g_autofree char *right_value = expand_piece(expansion, right);

    return expansion->problem == NULL &&
           holds(operator, compare_values(expansion, left_value, right_value, levels));
}

/* ---- references ------------------------------------------------------------------------- */

/* The texts behind ? and : of a reference; NULL where there is none. */
typedef struct {
    char *when_set;
    char *when_empty;
} Choice;

/* {text}, or everything that is left. BRACED says which. */
static char *
take_choice(Expansion *expansion, const char **text, gboolean *braced)
{
    const char *start = *text;

    *braced = *skip_blanks(start) == '{';
    if (*braced) {
        *text = skip_blanks(start);
        return take_braced(expansion, text);
    }
    *text = start + strlen(start);
    return g_strdup(start);
}

/* What follows the name: “?text”, “:text”, “?{text}:{text}”. */
static void
read_choice(Expansion *expansion, const char *text, Choice *choice)
{
    gboolean braced = TRUE;
    char **last = *text == '?' ? &choice->when_set : &choice->when_empty;

    text++;
    *last = take_choice(expansion, &text, &braced);
    if (*last == NULL || !braced || *skip_blanks(text) == '\0')
        return;
    text = skip_blanks(text);
    if (last == &choice->when_set) {
        if (*text != ':') {
            fail(expansion, "\":\" expected at: \"...%s}>>>%s\"", *last, text);
            return;
        }
        text++;
        last = &choice->when_empty;
        *last = take_choice(expansion, &text, &braced);
        text = skip_blanks(text);
    }
    if (*text != '\0' && expansion->problem == NULL)
        fail(expansion, "unexpected input at: \"...%s}>>>%s\"", *last, text);
}

/* The value of a name, or of a comparison, at *TEXT, which is moved behind it. */
static char *
take_value(Expansion *expansion, const char **text)
{
    gsize length = strspn(*text, NAME_LETTERS);
    g_autofree char *name = NULL;
    g_autofree char *raw = NULL;

    if (**text == '{')
        return g_strdup(read_comparison(expansion, text) ? "true" : "");
    name = g_strndup(*text, length);
    *text += length;
    if (expansion->depth >= NESTING_MAX || ++expansion->n_references > REFERENCES_MAX) {
        fail(expansion, "unreasonable macro call nesting: \"%s\"", name);
        return g_strdup("");
    }
    raw = expansion->look_up(expansion->data, name);
    return expand_piece(expansion, raw != NULL ? raw : "");
}

/* INSIDE is what stands between the brackets, or the bare name. */
static void
expand_reference(Expansion *expansion, const char *inside, GString *out)
{
    const char *text = skip_blanks(inside);
    Choice choice = {NULL, NULL};
    const char *start = text;
    g_autofree char *value = take_value(expansion, &text);

    if (expansion->problem != NULL)
        return;
    text = skip_blanks(text);
    if (*text == '\0') {
        g_string_append(out, value);
        return;
    }
    if (*text != '?' && *text != ':') {
        fail(expansion, "attribute name syntax error at: \"...%.*s>>>%s\"", (int)(text - start),
             start, text);
        return;
    }
    read_choice(expansion, text, &choice);

    const char *chosen = value[0] != '\0' ? choice.when_set : choice.when_empty;

    if (expansion->problem == NULL && chosen != NULL)
        expand_text(expansion, chosen, out);
    g_free(choice.when_set);
    g_free(choice.when_empty);
}

/* What belongs to the $ at *TEXT, which is moved behind it: the inside of the brackets, or the
 * name. NULL, having failed: nothing that can be read. */
static char *
take_reference(Expansion *expansion, const char *whole, const char **text)
{
    const char *start = *text + 1;
    gboolean bracketed = *start == '{' || *start == '(';
    const char *end = bracketed ? find_end(start) : start + strspn(start, NAME_LETTERS);

    if (end == NULL) {
        fail(expansion, "truncated macro reference: \"%s\"", whole);
        return NULL;
    }
    *text = end;
    if (end - start <= (bracketed ? 2 : 0)) {
        fail(expansion, "empty macro name: \"%s\"", whole);
        return NULL;
    }
    return bracketed ? g_strndup(start + 1, (gsize)(end - start) - 2)
                     : g_strndup(start, (gsize)(end - start));
}

static void
expand_text(Expansion *expansion, const char *text, GString *out)
{
    const char *whole = text;

    expansion->depth++;
    while (*text != '\0' && expansion->problem == NULL) {
        gsize literal = strcspn(text, "$");
        g_autofree char *inside = NULL;

        g_string_append_len(out, text, (gssize)literal);
        text += literal;
        if (text[0] == '$' && text[1] == '$') {
            g_string_append_c(out, '$');
            text += 2;
        } else if (*text == '$') {
            inside = take_reference(expansion, whole, &text);
            if (inside != NULL)
                expand_reference(expansion, inside, out);
        }
    }
    expansion->depth--;
}

char *
mailsim_expansion_expand(const char *text,
                         MailsimExpansionLookup look_up,
                         gpointer data,
                         char **problem)
{
    Expansion expansion = {.look_up = look_up, .data = data};
    g_autofree char *value = expand_piece(&expansion, text);

    *problem = expansion.problem;
    return expansion.problem == NULL ? g_steal_pointer(&value) : NULL;
}

/* ---- lists ------------------------------------------------------------------------------ */

char **
mailsim_expansion_split(const char *list)
{
    GPtrArray *members = g_ptr_array_new();

    for (const char *at = list; *(at += strspn(at, LIST_SEPARATORS)) != '\0';) {
        const char *start = at;
        int level = 0;

        for (; *at != '\0' && (level > 0 || strchr(LIST_SEPARATORS, *at) == NULL); at++)
            level += (*at == '{') - (*at == '}');
        g_ptr_array_add(members, g_strndup(start, (gsize)(at - start)));
    }
    g_ptr_array_add(members, NULL);
    return (char **)g_ptr_array_free(members, FALSE);
}
