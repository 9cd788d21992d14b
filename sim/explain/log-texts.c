/* SPDX-License-Identifier: MIT
 *
 * Reading the rules: key files among the program's resources. Each file is one kind of thing that
 * is looked at: lines of a kind of daemon (it says “lines” in [file]), or parts of a line. */
#include "log-private.h"

#include <string.h>

#include <mailsim/transcript/text-files.h>

#include "log-resources.h"

#define LOG_PATH "/org/mailsim/log"

/* What is no rule: how fields are called, and names for pieces of patterns. */
#define FIELDS_FILE   "fields.ini"
#define PATTERNS_FILE "patterns.ini"
#define LINES_PREFIX  "line-"

struct LogTexts {
    GHashTable *patterns; /* name to piece of a pattern */
    GPtrArray *rules;     /* of LogRule, all */
    GPtrArray *lines;     /* of those, lent: of lines; those of named daemons first */
    GHashTable *files;    /* name of another file to GPtrArray of LogRule, lent */
    GPtrArray *fields;    /* of LogField */
    GHashTable *by_field; /* id to LogField, lent */
};

static void
free_texts(char **texts)
{
    for (guint i = 0; i < MAILSIM_LANGUAGES; i++)
        g_free(texts[i]);
}

static void
free_rule(gpointer data)
{
    LogRule *rule = data;

    g_free(rule->name);
    g_strfreev(rule->daemons);
    g_free(rule->severity);
    g_free(rule->field);
    g_regex_unref(rule->regex);
    g_ptr_array_unref(rule->groups);
    free_texts(rule->title);
    free_texts(rule->brief);
    free_texts(rule->text);
    free_texts(rule->advice);
    g_strfreev(rule->see);
    g_free(rule);
}

static void
free_field(gpointer data)
{
    LogField *field = data;

    g_free(field->id);
    free_texts(field->label);
    free_texts(field->text);
    g_free(field->how);
    g_free(field->inner);
    g_free(field);
}

/* ---- patterns ---------------------------------------------------------------------------- */

/* PATTERN with “{client}” replaced by what patterns.ini has for it. “{2,3}” is left. */
static char *
expand(const LogTexts *self, const char *pattern)
{
    GString *expanded = g_string_new(NULL);
    const char *at = pattern;

    while (*at != '\0') {
        const gsize length = *at == '{' ? strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_") : 0;

        if (length == 0 || at[length + 1] != '}') {
            g_string_append_c(expanded, *at++);
            continue;
        }
        g_autofree char *name = g_strndup(at + 1, length);
        const char *piece = g_hash_table_lookup(self->patterns, name);
        if (piece == NULL)
            g_error("no pattern is called “%s”", name);
        g_string_append(expanded, piece);
        at += length + 2;
    }
    return g_string_free(expanded, FALSE);
}

/* The names in “(?<name>…)”. */
static GPtrArray *
list_groups(const char *pattern)
{
    GPtrArray *groups = g_ptr_array_new_with_free_func(g_free);

    for (const char *at = strstr(pattern, "(?<"); at != NULL; at = strstr(at + 3, "(?<")) {
        const gsize length = strcspn(at + 3, ">");

        if (at[3] != '=' && at[3] != '!')
            g_ptr_array_add(groups, g_strndup(at + 3, length));
    }
    return groups;
}

static void
read_patterns(LogTexts *self)
{
    g_autoptr(GKeyFile) file = mailsim_text_file_load(LOG_PATH, PATTERNS_FILE);
    g_auto(GStrv) names = g_key_file_get_keys(file, "patterns", NULL, NULL);

    /* In the order of the file: a piece may use those above it. */
    for (char **name = names; *name != NULL; name++) {
        g_autofree char *piece = g_key_file_get_value(file, "patterns", *name, NULL);

        g_hash_table_insert(self->patterns, g_strdup(*name), expand(self, piece));
    }
}

/* ---- rules ------------------------------------------------------------------------------- */

/* “a; b” as its members; NULL: there is none. */
static char **
read_list(GKeyFile *file, const char *group, const char *key)
{
    g_autofree char *list = g_key_file_get_value(file, group, key, NULL);
    char **members = list != NULL ? g_strsplit(list, ";", -1) : NULL;

    for (char **member = members; member != NULL && *member != NULL; member++)
        g_strstrip(*member);
    return members;
}

/* A line is Postfix's if nothing else is said; a value is anybody's. */
static MailsimLogProgram
read_program(GKeyFile *file, const char *group, gboolean is_line)
{
    g_autofree char *word = g_key_file_get_value(file, group, "program", NULL);

    if (g_strcmp0(word, "dovecot") == 0)
        return MAILSIM_LOG_DOVECOT;
    if (g_strcmp0(word, "other") == 0)
        return MAILSIM_LOG_OTHER;
    if (g_strcmp0(word, "postfix") == 0 || is_line)
        return MAILSIM_LOG_POSTFIX;
    return MAILSIM_LOG_NOTHING;
}

static LogRule *
read_rule(const LogTexts *self, GKeyFile *file, const char *name, const char *group)
{
    LogRule *rule = g_new0(LogRule, 1);
    g_autoptr(GError) error = NULL;
    g_autofree char *written = g_key_file_get_value(file, group, "match", NULL);
    g_autofree char *pattern = expand(self, written != NULL ? written : "(?!)");

    rule->name = g_strdup_printf("%s/%s", name, group);
    rule->program = read_program(file, group, g_str_has_prefix(name, LINES_PREFIX));
    rule->daemons = read_list(file, group, "daemon");
    rule->severity = g_key_file_get_value(file, group, "severity", NULL);
    rule->field = g_key_file_get_value(file, group, "field", NULL);
    rule->regex = g_regex_new(pattern, G_REGEX_DEFAULT, 0, &error);
    if (rule->regex == NULL)
        g_error("the pattern of “%s”: %s", rule->name, error->message);
    rule->groups = list_groups(pattern);
    mailsim_text_file_read_translated(file, group, "title", rule->title);
    mailsim_text_file_read_translated(file, group, "short", rule->brief);
    mailsim_text_file_read_translated(file, group, "text", rule->text);
    mailsim_text_file_read_translated(file, group, "do", rule->advice);
    rule->only_with_program = g_key_file_has_key(file, group, "bare", NULL);
    rule->see = read_list(file, group, "see");
    return rule;
}

static void
read_rules(LogTexts *self, const char *base)
{
    g_autoptr(GKeyFile) file = mailsim_text_file_load(LOG_PATH, base);
    g_autofree char *name = g_strndup(base, strlen(base) - strlen(".ini"));
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    GPtrArray *list = g_ptr_array_new();

    for (char **group = groups; *group != NULL; group++) {
        LogRule *rule = read_rule(self, file, name, *group);

        g_ptr_array_add(self->rules, rule);
        g_ptr_array_add(list, rule);
    }
    g_hash_table_insert(self->files, g_steal_pointer(&name), list);
}

/* Those of lines, of whatever file; what is said of some daemons counts before what is said of
 * all. */
static void
sort_lines(LogTexts *self)
{
    for (guint turn = 0; turn < 2; turn++) {
        for (guint i = 0; i < self->rules->len; i++) {
            LogRule *rule = g_ptr_array_index(self->rules, i);

            if (g_str_has_prefix(rule->name, LINES_PREFIX) &&
                (rule->daemons == NULL) == (turn == 1))
                g_ptr_array_add(self->lines, rule);
        }
    }
}

static void
read_fields(LogTexts *self)
{
    g_autoptr(GKeyFile) file = mailsim_text_file_load(LOG_PATH, FIELDS_FILE);
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

    for (char **group = groups; *group != NULL; group++) {
        LogField *field = g_new0(LogField, 1);

        field->id = g_strdup(*group);
        mailsim_text_file_read_translated(file, *group, "label", field->label);
        mailsim_text_file_read_translated(file, *group, "text", field->text);
        field->how = g_key_file_get_value(file, *group, "how", NULL);
        field->inner = g_key_file_get_value(file, *group, "inner", NULL);
        g_ptr_array_add(self->fields, field);
        g_hash_table_insert(self->by_field, field->id, field);
    }
}

static void
unref_list(gpointer list)
{
    g_ptr_array_unref(list);
}

LogTexts *
log_texts_new(void)
{
    LogTexts *self = g_new0(LogTexts, 1);

    self->patterns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    self->rules = g_ptr_array_new_with_free_func(free_rule);
    self->lines = g_ptr_array_new();
    self->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_list);
    self->fields = g_ptr_array_new_with_free_func(free_field);
    self->by_field = g_hash_table_new(g_str_hash, g_str_equal);
    mailsim_log_get_resource(); /* registers it, and keeps the linker from leaving it out */
    read_patterns(self);
    read_fields(self);
    g_auto(GStrv) names = mailsim_text_files_list(LOG_PATH);
    for (char **name = names; *name != NULL; name++) {
        if (strcmp(*name, PATTERNS_FILE) != 0 && strcmp(*name, FIELDS_FILE) != 0)
            read_rules(self, *name);
    }
    sort_lines(self);
    return self;
}

void
log_texts_free(LogTexts *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->patterns);
    g_ptr_array_unref(self->lines);
    g_hash_table_unref(self->files);
    g_hash_table_unref(self->by_field);
    g_ptr_array_unref(self->fields);
    g_ptr_array_unref(self->rules);
    g_free(self);
}

/* ---- finding ----------------------------------------------------------------------------- */

static gboolean
is_about(const LogRule *rule, const MailsimLogLine *line)
{
    if (line->program == MAILSIM_LOG_BARE)
        return rule->program != MAILSIM_LOG_OTHER && !rule->only_with_program;
    if (rule->program != line->program)
        return FALSE;
    return rule->daemons == NULL ||
           (line->daemon != NULL &&
            g_strv_contains((const char *const *)rule->daemons, line->daemon));
}

static gboolean
has_severity(const LogRule *rule, const MailsimLogLine *line)
{
    return g_strcmp0(rule->severity, "any") == 0 ||
           g_strcmp0(rule->severity, line->severity) == 0;
}

const LogRule *
log_texts_find_line(const LogTexts *self, const MailsimLogLine *line, GMatchInfo **match)
{
    *match = NULL;
    for (guint i = 0; i < self->lines->len; i++) {
        const LogRule *rule = g_ptr_array_index(self->lines, i);

        if (!is_about(rule, line) || !has_severity(rule, line))
            continue;
        g_clear_pointer(match, g_match_info_unref);
        if (g_regex_match(rule->regex, line->message, 0, match))
            return rule;
    }
    return NULL;
}

const LogRule *
log_texts_find(const LogTexts *self,
               const char *file,
               const char *field,
               MailsimLogProgram program,
               const char *value,
               GMatchInfo **match)
{
    const GPtrArray *rules = g_hash_table_lookup(self->files, file);

    *match = NULL;
    if (rules == NULL)
        g_error("no rules are called “%s”", file);
    for (guint i = 0; i < rules->len; i++) {
        const LogRule *rule = g_ptr_array_index(rules, i);

        if (g_strcmp0(rule->field, field) != 0 ||
            (rule->program != MAILSIM_LOG_NOTHING && rule->program != program))
            continue;
        g_clear_pointer(match, g_match_info_unref);
        if (g_regex_match(rule->regex, value, 0, match))
            return rule;
    }
    return NULL;
}

const LogField *
log_texts_find_field(const LogTexts *self, const char *id)
{
    return g_hash_table_lookup(self->by_field, id);
}

const GPtrArray *
log_texts_list(const LogTexts *self)
{
    return self->rules;
}

const GPtrArray *
log_texts_list_fields(const LogTexts *self)
{
    return self->fields;
}

/* ---- filling in ---------------------------------------------------------------------------- */

char *
log_text_fill(const char *text, GHashTable *values)
{
    GString *filled = g_string_new(NULL);

    for (const char *at = text; *at != '\0'; at++) {
        const gsize length = *at == '{' ? strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_") : 0;

        if (length == 0 || at[length + 1] != '}') {
            g_string_append_c(filled, *at);
            continue;
        }
        g_autofree char *name = g_strndup(at + 1, length);
        const char *value = g_hash_table_lookup(values, name);
        g_string_append(filled, value != NULL ? value : "?");
        at += length + 1;
    }
    return g_string_free(filled, FALSE);
}

char *
log_match_dup(const GMatchInfo *match, const char *group)
{
    gint start, end;

    if (!g_match_info_fetch_named_pos(match, group, &start, &end) || start < 0)
        return NULL;
    return start == end ? g_strdup("<>") : g_match_info_fetch_named(match, group);
}

GHashTable *
log_rule_list_values(const LogRule *rule, const GMatchInfo *match)
{
    GHashTable *values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    for (guint i = 0; i < rule->groups->len; i++) {
        const char *group = g_ptr_array_index(rule->groups, i);
        char *value = log_match_dup(match, group);

        if (value != NULL)
            g_hash_table_insert(values, g_strdup(group), value);
    }
    return values;
}
