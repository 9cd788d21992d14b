/* SPDX-License-Identifier: MIT
 *
 * Lines of smtp_tls_policy_maps, word by word, as tls_policy_lookup_one() of Postfix 3.7 takes
 * them; what it does with each kind of mistake was asked of it. */
#include <mailsim/settings/tls-policy.h>

#include <string.h>

/* Braces join nothing here, other than in main.cf. */
#define SEPARATORS ", \t\r\n"

/* ---- levels ------------------------------------------------------------------------------ */

static const char *const levels[] = {"none",      "may",    "encrypt", "fingerprint", "dane",
                                     "dane-only", "verify", "secure",  NULL};

static const char *
find_word(const char *const *words, const char *name)
{
    for (; *words != NULL; words++)
        if (g_ascii_strcasecmp(*words, name) == 0)
            return *words;
    return NULL;
}

const char *
mailsim_tls_level_find(const char *name)
{
    return find_word(levels, name);
}

const char *const *
mailsim_tls_level_list(void)
{
    return levels;
}

static gboolean
verifies(const char *level)
{
    return g_str_equal(level, "verify") || g_str_equal(level, "secure");
}

gboolean
mailsim_tls_level_takes_match(const char *level)
{
    return verifies(level) || g_str_equal(level, "fingerprint");
}

/* ---- fingerprints ------------------------------------------------------------------------ */

gboolean
mailsim_tls_fingerprint_is_well_formed(const char *text)
{
    if (g_str_has_prefix(text, "fingerprint:") || g_str_has_prefix(text, "public-key:"))
        return TRUE;
    while (*text != '\0') {
        if (!g_ascii_isxdigit(text[0]) || !g_ascii_isxdigit(text[1]))
            return FALSE;
        text += 2;
        if (text[0] == ':' && text[1] == '\0')
            return FALSE;
        text += text[0] == ':';
    }
    return TRUE;
}

guint
mailsim_tls_digest_get_octets(const char *digest)
{
    static const struct {
        const char *name;
        guint octets;
    } digests[] = {
        {"md5",    16},
        {"sha1",   20},
        {"sha224", 28},
        {"sha256", 32},
        {"sha384", 48},
        {"sha512", 64},
    };

    for (guint i = 0; i < G_N_ELEMENTS(digests); i++)
        if (g_ascii_strcasecmp(digests[i].name, digest) == 0)
            return digests[i].octets;
    return 0;
}

/* ---- ciphers ----------------------------------------------------------------------------- */

gboolean
mailsim_tls_grade_exists(const char *grade)
{
    static const char *const grades[] = {"export", "low", "medium", "high", "null", NULL};

    return find_word(grades, grade) != NULL;
}

/* No cipher of TLS 1.2 is left by “null” where one must be known beforehand. */
char *
mailsim_tls_grade_find_problem(const char *grade, const char *level)
{
    if (!mailsim_tls_grade_exists(grade))
        return g_strdup_printf("invalid cipher grade: \"%s\"", grade);
    if (g_ascii_strcasecmp(grade, "null") == 0 && g_str_equal(level, "encrypt"))
        return g_strdup_printf("error setting cipher grade: \"%s\"", grade);
    return NULL;
}

/* ---- what is wrong ----------------------------------------------------------------------- */

gboolean
mailsim_tls_policy_fault_is_fatal(MailsimTlsPolicyFault fault)
{
    return fault != MAILSIM_TLS_POLICY_IGNORED && fault != MAILSIM_TLS_POLICY_BAD_GRADE;
}

static void
free_problem(gpointer data)
{
    MailsimTlsPolicyProblem *problem = data;

    g_free(problem->words);
    g_free(problem);
}

/* A word of the line, and what is read with it. */
typedef struct {
    MailsimTlsPolicyLine *line;
    gsize start;
    gsize end;
    char *word;
    char *name; /* “match” of “match=x”, as written; else NULL */
    const char *value;
    guint said; /* a bit for each attribute so far */
} Reader;

static void G_GNUC_PRINTF(3, 4)
    complain(const Reader *reader, MailsimTlsPolicyFault fault, const char *format, ...)
{
    MailsimTlsPolicyProblem *problem = g_new0(MailsimTlsPolicyProblem, 1);
    va_list arguments;

    problem->fault = fault;
    problem->start = reader->start;
    problem->end = reader->end;
    va_start(arguments, format);
    problem->words = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(reader->line->problems, problem);
}

static gboolean
is_refused(const MailsimTlsPolicyLine *line)
{
    const MailsimTlsPolicyProblem *last =
        line->problems->len > 0 ? g_ptr_array_index(line->problems, line->problems->len - 1)
                                : NULL;

    return last != NULL && mailsim_tls_policy_fault_is_fatal(last->fault);
}

/* ---- attributes -------------------------------------------------------------------------- */

static void
refuse_empty(const Reader *reader)
{
    complain(reader, MAILSIM_TLS_POLICY_NO_VALUE, "attribute \"%s\" has empty value",
             reader->name);
}

static void
refuse_at_level(const Reader *reader)
{
    complain(reader, MAILSIM_TLS_POLICY_NOT_AT_LEVEL,
             "attribute \"%s\" invalid at security level \"%s\"", reader->name,
             reader->line->level);
}

static void
read_ciphers(Reader *reader)
{
    g_autofree char *problem = NULL;

    if (reader->value[0] == '\0') {
        refuse_empty(reader);
        return;
    }
    g_free(reader->line->ciphers);
    reader->line->ciphers = g_strdup(reader->value);
    problem = mailsim_tls_grade_find_problem(reader->value, reader->line->level);
    if (problem != NULL)
        complain(reader, MAILSIM_TLS_POLICY_BAD_GRADE, "%s", problem);
}

static void
read_protocols(Reader *reader)
{
    g_free(reader->line->protocols);
    reader->line->protocols = g_strdup(reader->value);
}

/* Of all ciphers only the anonymous ones are told apart here. */
static void
read_exclude(Reader *reader)
{
    g_auto(GStrv) words = g_strsplit_set(reader->value, ":+", -1);

    for (guint i = 0; words[i] != NULL; i++)
        reader->line->no_anonymous |= g_ascii_strcasecmp(words[i], "aNULL") == 0;
}

static void
read_match(Reader *reader)
{
    if (reader->value[0] == '\0')
        refuse_empty(reader);
    else if (!mailsim_tls_level_takes_match(reader->line->level))
        refuse_at_level(reader);
    else
        g_ptr_array_add(reader->line->matches, g_strdup(reader->value));
}

/* valid_hostname() of Postfix: no address, and no label with a hyphen at an end. */
static gboolean
is_host_name(const char *name)
{
    g_auto(GStrv) labels = g_strsplit(name, ".", -1);

    for (guint i = 0; labels[i] != NULL; i++) {
        const gsize length = strlen(labels[i]);

        if (length == 0 || length > 63 || labels[i][0] == '-' || labels[i][length - 1] == '-')
            return FALSE;
    }
    for (const char *at = name; *at != '\0'; at++)
        if (!g_ascii_isalnum(*at) && strchr("-_.", *at) == NULL)
            return FALSE;
    return name[0] != '\0' && name[strspn(name, "0123456789.")] != '\0';
}

static void
read_server_name(Reader *reader)
{
    if (!is_host_name(reader->value))
        complain(reader, MAILSIM_TLS_POLICY_BAD_VALUE,
                 "\"%s=%s\" specifies an invalid hostname", reader->name, reader->value);
}

static void
read_reuse(Reader *reader)
{
    static const char *const flags[] = {"yes", "no", NULL};

    if (find_word(flags, reader->value) == NULL)
        complain(reader, MAILSIM_TLS_POLICY_BAD_VALUE, "attribute \"%s\" has bad value: \"%s\"",
                 reader->name, reader->value);
}

static void
read_trust_anchors(Reader *reader)
{
    if (!verifies(reader->line->level))
        refuse_at_level(reader);
    else if (reader->value[0] == '\0')
        refuse_empty(reader);
    else
        complain(reader, MAILSIM_TLS_POLICY_NOT_BUILT,
                 "the lab has no tafile=, which Postfix obeys");
}

typedef struct {
    const char *name;
    void (*read)(Reader *reader);
    gboolean once;
} Attribute;

static const Attribute attributes[] = {
    {"ciphers",          read_ciphers,       TRUE },
    {"protocols",        read_protocols,     TRUE },
    {"servername",       read_server_name,   TRUE },
    {"match",            read_match,         FALSE},
    {"exclude",          read_exclude,       TRUE },
    {"tafile",           read_trust_anchors, FALSE},
    {"connection_reuse", read_reuse,         FALSE},
};

static void
read_attribute(Reader *reader)
{
    for (guint i = 0; i < G_N_ELEMENTS(attributes); i++) {
        if (g_ascii_strcasecmp(attributes[i].name, reader->name) != 0)
            continue;
        if (attributes[i].once && (reader->said & 1U << i) != 0)
            complain(reader, MAILSIM_TLS_POLICY_TWICE,
                     "attribute \"%s\" is specified multiple times", reader->name);
        else
            attributes[i].read(reader);
        reader->said |= 1U << i;
        return;
    }
    complain(reader, MAILSIM_TLS_POLICY_UNKNOWN, "invalid attribute name: \"%s\"",
             reader->name);
}

/* ---- the whole --------------------------------------------------------------------------- */

static void
read_word(Reader *reader)
{
    const char *equals = strchr(reader->word, '=');

    if (reader->line->level == NULL) {
        reader->line->level = mailsim_tls_level_find(reader->word);
        if (reader->line->level == NULL)
            complain(reader, MAILSIM_TLS_POLICY_BAD_LEVEL, "invalid security level \"%s\"",
                     reader->word);
    } else if (g_str_equal(reader->line->level, "none")) {
        complain(reader, MAILSIM_TLS_POLICY_IGNORED,
                 "ignoring attribute \"%s\" with TLS disabled", reader->word);
    } else if (equals == NULL) {
        complain(reader, MAILSIM_TLS_POLICY_NO_ATTRIBUTE,
                 "malformed attribute/value pair \"%s\": missing '=' after attribute name",
                 reader->word);
    } else {
        reader->name = g_strndup(reader->word, (gsize)(equals - reader->word));
        reader->value = equals + 1;
        read_attribute(reader);
        g_clear_pointer(&reader->name, g_free);
    }
}

MailsimTlsPolicyLine *
mailsim_tls_policy_line_parse(const char *text)
{
    MailsimTlsPolicyLine *line = g_new0(MailsimTlsPolicyLine, 1);
    Reader reader = {.line = line};
    const char *at = text;

    line->matches = g_ptr_array_new_with_free_func(g_free);
    line->problems = g_ptr_array_new_with_free_func(free_problem);
    while (*(at += strspn(at, SEPARATORS)) != '\0' && !is_refused(line)) {
        const gsize length = strcspn(at, SEPARATORS);

        reader.start = (gsize)(at - text);
        reader.end = reader.start + length;
        reader.word = g_strndup(at, length);
        read_word(&reader);
        g_clear_pointer(&reader.word, g_free);
        at += length;
    }
    if (line->level == NULL && line->problems->len == 0) {
        reader.start = 0;
        reader.end = strlen(text);
        complain(&reader, MAILSIM_TLS_POLICY_EMPTY, "invalid empty policy");
    }
    return line;
}

void
mailsim_tls_policy_line_free(MailsimTlsPolicyLine *line)
{
    if (line == NULL)
        return;
    g_free(line->protocols);
    g_free(line->ciphers);
    g_ptr_array_unref(line->matches);
    g_ptr_array_unref(line->problems);
    g_free(line);
}
