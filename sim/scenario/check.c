/* SPDX-License-Identifier: MIT
 *
 * Every line of every group against the key table: is there such a key, may it stand here,
 * is its value of the right type. Lines that like copies are looked at once, where they
 * stand. */
#include "scenario-private.h"

#include <string.h>

#include <mailsim/base/suggestion.h>
#include <mailsim/settings/dovecot-setting.h>
#include <mailsim/settings/expansion.h>
#include <mailsim/settings/postfix-parameter.h>

#include "value-private.h"

/* Looking for what was meant costs time; nobody reads the thousandth suggestion. */
#define SUGGESTIONS_MAX 256

#define NAME_LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

/* How many keys of a group are named, and how many parameters without effect. */
#define KEYS_SHOWN 9
#define IDLE_SHOWN 4

void
check_fail(const Checker *checker, gsize start, gsize end, char *hint, const char *format, ...)
{
    MailsimSpan span = mailsim_entry_locate(checker->entry, start, end);
    g_autofree char *owned = hint;
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    mailsim_diagnostics_add(checker->diagnostics, MAILSIM_SEVERITY_ERROR, &span, owned, "%s",
                            message);
}

gboolean
check_can_suggest(const Checker *checker)
{
    return mailsim_diagnostics_count(checker->diagnostics, MAILSIM_SEVERITY_ERROR) <
           SUGGESTIONS_MAX;
}

/* --- The key --- */

static void
fail_at_key(const Checker *checker, const char *hint, const char *message)
{
    mailsim_diagnostics_add(checker->diagnostics, MAILSIM_SEVERITY_ERROR,
                            &checker->entry->key_span, hint, "%s", message);
}

/* A key of another group, such as users in [mua]: say where it belongs. */
static char *
find_home(const char *key)
{
    for (int kind = 0; kind < MAILSIM_GROUP_KINDS; kind++) {
        const MailsimGroupRow *group = mailsim_key_table_get_group((MailsimGroupKind)kind);
        g_autoptr(GPtrArray) names = mailsim_key_table_name_keys((MailsimGroupKind)kind);

        if (group->flags & MAILSIM_KEY_PLANNED || kind == MAILSIM_GROUP_STEP)
            continue;
        if (g_ptr_array_find_with_equal_func(names, key, g_str_equal, NULL))
            return g_strdup_printf("it belongs to [%s%s%s]", group->name,
                                   *group->operands ? " " : "", group->operands);
    }
    if (mailsim_postfix_parameter_exists(key))
        return g_strdup("it belongs to [postfix H]");
    if (mailsim_dovecot_setting_exists(key))
        return g_strdup("it belongs to [dovecot H]");
    return NULL;
}

#define EXPECT "expect."

/* “expct.hop.mail”: the first word decides what was meant; where that is right, the second. */
static char *
suggest_expectation(const char *key)
{
    static const char *const beginnings[] = {EXPECT "outcome", EXPECT "to.", EXPECT "hop.",
                                             EXPECT "count",   EXPECT "has", EXPECT "lacks"};
    const gsize skip = g_str_has_prefix(key, EXPECT) ? strlen(EXPECT) : 0;
    g_auto(GStrv) parts = g_strsplit(key, ".", 3);
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    if (g_strv_length(parts) < 2)
        return NULL;
    if (skip > 0 && g_ascii_isdigit(*parts[1]))
        return g_strdup("expect.N or expect.N.lacks, of typed line N");
    g_autofree char *beginning =
        g_strconcat(parts[0], ".", parts[1], parts[2] ? "." : "", NULL);

    for (guint i = 0; i < G_N_ELEMENTS(beginnings); i++)
        g_ptr_array_add(names, (char *)beginnings[i] + skip);

    const char *nearest = mailsim_suggestion_find(beginning + skip, names);

    if (nearest && strcmp(nearest, beginning + skip) != 0)
        return g_strdup_printf("did you mean “%s%s%s”?", skip > 0 ? EXPECT : "", nearest,
                               parts[2] ? parts[2] : "");
    return skip > 0 ? g_strdup("expect.outcome, expect.to.ADDRESS, expect.hop.H, "
                               "expect.hop.H.1, expect.hop.H.reply or expect.hop.H.decided; "
                               "of a talk expect.N or expect.N.lacks; of a look expect.count, "
                               "expect.has or expect.lacks")
                    : NULL;
}

/* “[mua] has like, user, password, …”. */
static char *
list_keys(const Checker *checker, const GPtrArray *names)
{
    GString *list = g_string_new(NULL);

    if (checker->section->row->kind == MAILSIM_GROUP_FILE) {
        g_string_append(list, "the lines of a file are numbered: 1 = …");
        return g_string_free(list, FALSE);
    }
    if (checker->section->row->kind == MAILSIM_GROUP_ZONE) {
        g_string_append(list, "records have a name and a type: @ MX = …, www A = …");
        return g_string_free(list, FALSE);
    }
    g_string_printf(list, "[%s] has ", checker->section->row->name);
    for (guint i = 0; i < MIN(names->len, KEYS_SHOWN); i++)
        g_string_append_printf(list, "%s%s", i > 0 ? ", " : "",
                               (char *)g_ptr_array_index(names, i));
    if (names->len > KEYS_SHOWN)
        g_string_append(list, ", …");
    return g_string_free(list, FALSE);
}

static void
refuse_key(const Checker *checker)
{
    const char *key = checker->entry->key;
    g_autoptr(GPtrArray) names = mailsim_key_table_name_keys(checker->section->row->kind);
    g_autofree char *hint = NULL;
    g_autofree char *message =
        g_strdup_printf("unknown key “%s” in [%s]", key, checker->section->row->name);

    if (check_can_suggest(checker)) {
        if (checker->section->row->kind == MAILSIM_GROUP_STEP)
            hint = suggest_expectation(key);
        if (!hint)
            hint = mailsim_suggestion_hint(key, names);
        if (!hint && checker->section->row->kind == MAILSIM_GROUP_STEP &&
            mailsim_key_table_find_key(MAILSIM_GROUP_MUA, key))
            hint = g_strdup("it belongs to [mua M], and stays as it is there");
        if (!hint)
            hint = find_home(key);
        if (!hint)
            hint = list_keys(checker, names);
    }
    fail_at_key(checker, hint, message);
}

static gboolean
check_locale(const Checker *checker)
{
    const MailsimEntry *entry = checker->entry;
    g_autofree char *message = NULL;

    if (!entry->locale)
        return TRUE;
    if (!(checker->row->flags & MAILSIM_KEY_TRANSLATED)) {
        message = g_strdup_printf("“%s” is not translated", entry->key);
        mailsim_diagnostics_add(checker->diagnostics, MAILSIM_SEVERITY_ERROR,
                                &entry->locale_span, "only title, summary and intro are", "%s",
                                message);
        return FALSE;
    }
    if (mailsim_key_table_find_word(MAILSIM_WORDS_LANGUAGE, entry->locale))
        return TRUE;
    mailsim_diagnostics_add(checker->diagnostics, MAILSIM_SEVERITY_ERROR, &entry->locale_span,
                            "languages are en and es", "unknown language “%s”", entry->locale);
    return FALSE;
}

/* Of a step that does what is not built yet, that is all there is to say. */
static gboolean
is_planned(const Section *section)
{
    const char *does = section_get(section, "do");
    const MailsimWordRow *word =
        does ? mailsim_key_table_find_word(MAILSIM_WORDS_DO, does) : NULL;

    return section->row->kind == MAILSIM_GROUP_STEP && word &&
           (word->flags & MAILSIM_KEY_PLANNED);
}

static gboolean
check_key(const Checker *checker)
{
    g_autofree char *message = NULL;

    if (!checker->row) {
        refuse_key(checker);
        return FALSE;
    }
    if (checker->planned && strcmp(checker->entry->key, "do") != 0)
        return FALSE;
    if (checker->row->flags & MAILSIM_KEY_PLANNED) {
        message = g_strdup_printf("“%s” is not built yet", checker->entry->key);
        fail_at_key(checker, "this version of mailsim cannot run it; remove the line", message);
        return FALSE;
    }
    if (checker->section->step && !(checker->row->flags & MAILSIM_KEY_AT_STEP)) {
        message = g_strdup_printf("“%s” cannot change at a step", checker->entry->key);
        fail_at_key(checker, "write the lines that change", message);
        return FALSE;
    }
    return check_locale(checker);
}

/* --- Postfix and Dovecot --- */

/* Postfix takes any name as a parameter that some value refers to: $name, ${name}, $(name). */
static void
collect_referred(const GPtrArray *sections, GHashTable *referred)
{
    for (guint i = 0; i < sections->len; i++) {
        const Section *section = g_ptr_array_index(sections, i);

        if (section->row->kind != MAILSIM_GROUP_POSTFIX &&
            section->row->kind != MAILSIM_GROUP_SERVICE)
            continue;
        for (guint j = 0; j < section->entries->len; j++) {
            const MailsimEntry *entry = g_ptr_array_index(section->entries, j);
            const char *dollar = strchr(entry->value, '$');

            for (; dollar; dollar = strchr(dollar + 1, '$')) {
                const char *name = dollar + 1 + (dollar[1] == '{' || dollar[1] == '(');
                gsize length = strspn(name, NAME_LETTERS);

                g_hash_table_add(referred, g_strndup(name, length));
            }
        }
    }
}

/* The names of restriction classes (postconf(5) smtpd_restriction_classes) are parameters, and
 * words of restriction lists. */
static void
collect_classes(const GPtrArray *sections, GHashTable *classes)
{
    for (guint i = 0; i < sections->len; i++) {
        const Section *section = g_ptr_array_index(sections, i);

        for (guint j = 0; j < section->entries->len; j++) {
            const MailsimEntry *entry = g_ptr_array_index(section->entries, j);

            if (strcmp(entry->key, "smtpd_restriction_classes") != 0)
                continue;
            g_auto(GStrv) names = mailsim_expansion_split(entry->value);

            for (guint k = 0; names[k] != NULL; k++)
                g_hash_table_add(classes, g_strdup(names[k]));
        }
    }
}

/* The words of a restriction list that are no classes. */
static char *
dup_without_classes(const Checker *checker)
{
    g_auto(GStrv) words = mailsim_expansion_split(checker->entry->value);
    g_autoptr(GStrvBuilder) others = g_strv_builder_new();

    for (guint i = 0; words[i] != NULL; i++)
        if (!g_hash_table_contains(checker->classes, words[i]))
            g_strv_builder_add(others, words[i]);

    g_auto(GStrv) left = g_strv_builder_end(others);

    return g_strv_length(left) < g_strv_length(words) ? g_strjoinv(" ", left)
                                                      : g_strdup(checker->entry->value);
}

static char *
check_postfix_value(const Checker *checker, char **hint, gboolean *is_warning)
{
    const char *key = checker->entry->key;
    const gboolean is_class = g_hash_table_contains(checker->classes, key);

    if (!is_class && !g_str_has_suffix(key, "_restrictions"))
        return mailsim_postfix_parameter_check(key, checker->entry->value, hint, is_warning);

    g_autofree char *others = dup_without_classes(checker);

    return mailsim_postfix_parameter_check(is_class ? "smtpd_recipient_restrictions" : key,
                                           others, hint, is_warning);
}

/* The three names that Debian's commented submission block refers to and leaves undefined. */
static gboolean
is_of_debian(const char *name)
{
    return strcmp(name, "mua_client_restrictions") == 0 ||
           strcmp(name, "mua_helo_restrictions") == 0 ||
           strcmp(name, "mua_sender_restrictions") == 0;
}

static void
refuse_setting(const Checker *checker, const char *program, const GPtrArray *names)
{
    const char *key = checker->entry->key;
    g_autofree char *hint = NULL;
    g_autofree char *message = g_strdup_printf("unknown %s “%s”", program, key);

    if (check_can_suggest(checker)) {
        hint = checker->row->type == MAILSIM_TYPE_DOVECOT
                   ? g_strdup(mailsim_dovecot_setting_advise(key))
                   : NULL;
        if (!hint)
            hint = mailsim_suggestion_hint(key, names);
        if (!hint)
            hint = find_home(key);
    }
    fail_at_key(checker, hint, message);
}

static void
note_idle(const Checker *checker)
{
    const MailsimSource *source = checker->entry->key_span.source;
    GPtrArray *entries = g_hash_table_lookup(checker->idle, source);

    if (!entries) {
        entries = g_ptr_array_new();
        g_hash_table_insert(checker->idle, (gpointer)source, entries);
    }
    g_ptr_array_add(entries, (gpointer)checker->entry);
}

/* Where the word stands that a phrase quotes: in a long list, only it is wrong. */
static MailsimSpan
find_quoted(const MailsimEntry *entry, const char *phrase)
{
    const char *open = strstr(phrase, "“");
    const char *close = open ? strstr(open, "”") : NULL;

    if (close) {
        g_autofree char *word =
            g_strndup(open + strlen("“"), (gsize)(close - open) - strlen("“"));
        const char *found = *word ? strstr(entry->value, word) : NULL;

        if (found) {
            gsize start = (gsize)(found - entry->value);

            return mailsim_entry_locate(entry, start, start + strlen(word));
        }
    }
    return mailsim_entry_locate(entry, 0, strlen(entry->value));
}

static void
check_setting(const Checker *checker)
{
    const char *key = checker->entry->key, *value = checker->entry->value;
    gboolean is_dovecot = checker->row->type == MAILSIM_TYPE_DOVECOT;
    gboolean is_class = !is_dovecot && g_hash_table_contains(checker->classes, key);
    g_autofree char *hint = NULL;
    gboolean is_warning = FALSE;

    if (is_dovecot ? !mailsim_dovecot_setting_exists(key)
                   : !mailsim_postfix_parameter_exists(key) && !is_class) {
        if (is_dovecot)
            refuse_setting(checker, "Dovecot setting", mailsim_dovecot_setting_list());
        else if (!is_of_debian(key) && !g_hash_table_contains(checker->referred, key))
            refuse_setting(checker, "Postfix parameter", mailsim_postfix_parameter_list());
        return;
    }
    if (is_dovecot ? !mailsim_dovecot_setting_has_effect(key)
                   : !mailsim_postfix_parameter_has_effect(key) && !is_class) {
        note_idle(checker);
        return;
    }

    g_autofree char *phrase =
        is_dovecot ? mailsim_dovecot_setting_check(key, value, &hint, &is_warning)
                   : check_postfix_value(checker, &hint, &is_warning);

    if (phrase) {
        MailsimSpan span = find_quoted(checker->entry, phrase);

        mailsim_diagnostics_add(checker->diagnostics,
                                is_warning ? MAILSIM_SEVERITY_WARNING : MAILSIM_SEVERITY_ERROR,
                                &span, hint, "%s", phrase);
    }
}

/* “biff, readme_directory, …”: the first SHOWN of ENTRIES; 0: all. */
static char *
list_idle(const GPtrArray *entries, guint shown)
{
    const guint n_names = shown > 0 ? MIN(entries->len, shown) : entries->len;
    GString *names = g_string_new(NULL);

    for (guint i = 0; i < n_names; i++) {
        const MailsimEntry *entry = g_ptr_array_index(entries, i);

        g_string_append_printf(names, "%s%s", i > 0 ? ", " : "", entry->key);
    }
    if (n_names < entries->len)
        g_string_append(names, ", …");
    return g_string_free(names, FALSE);
}

/* One warning for each file, however many such lines it has; all names with --all. */
static void
warn_of_idle(const MailsimScenario *scenario, GHashTable *idle, MailsimDiagnostics *diagnostics)
{
    for (guint i = 0; i < scenario->scans->len; i++) {
        const MailsimScan *scan = g_ptr_array_index(scenario->scans, i);
        const GPtrArray *entries = g_hash_table_lookup(idle, scan->source);

        if (!entries)
            continue;

        const MailsimEntry *first = g_ptr_array_index(entries, 0);
        g_autofree char *names = list_idle(entries, IDLE_SHOWN);

        if (entries->len == 1)
            mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_WARNING, &first->key_span,
                                    "it may stay", "a parameter has no effect in the lab: %s",
                                    names);
        else
            mailsim_diagnostics_add(
                diagnostics, MAILSIM_SEVERITY_WARNING, &first->key_span,
                entries->len > IDLE_SHOWN ? "they may stay (--all names them)"
                                          : "they may stay",
                "%u parameters have no effect in the lab: %s", entries->len, names);
        if (entries->len > IDLE_SHOWN) {
            g_autofree char *all = list_idle(entries, 0);
            g_autofree char *hint = g_strconcat("they may stay: ", all, NULL);

            mailsim_diagnostics_set_long_hint(diagnostics, hint);
        }
    }
}

/* --- The value --- */

static gboolean
is_reference(MailsimValueType type)
{
    return type == MAILSIM_TYPE_USER || type == MAILSIM_TYPE_SENDER ||
           type == MAILSIM_TYPE_MUA || type == MAILSIM_TYPE_HOST || type == MAILSIM_TYPE_STEP ||
           type == MAILSIM_TYPE_CERTIFICATE || type == MAILSIM_TYPE_ISSUER ||
           type == MAILSIM_TYPE_ENDPOINT || type == MAILSIM_TYPE_LOOK;
}

static void
check_item(const Checker *checker, const char *item, gsize start, gsize end)
{
    g_auto(Problem) problem = {0};

    if (!value_check(checker->row, item, &problem)) {
        check_fail(checker, start + problem.start, start + problem.end,
                   g_steal_pointer(&problem.hint), "%s", problem.message);
        return;
    }
    if (is_reference(checker->row->type) && !checker->scenario->lacks_world)
        check_reference(checker, item, start, end);
}

static void
check_value(const Checker *checker)
{
    const char *value = checker->entry->value;
    MailsimValueType type = checker->row->type;
    gsize start, end = 0;

    if (type == MAILSIM_TYPE_POSTFIX || type == MAILSIM_TYPE_DOVECOT) {
        check_setting(checker);
    } else if (type == MAILSIM_TYPE_OUTCOME || type == MAILSIM_TYPE_OUTCOME_CODES ||
               type == MAILSIM_TYPE_HOP) {
        check_words(checker);
    } else if (type == MAILSIM_TYPE_RECORDS) {
        check_records(checker);
    } else if (!value_is_list(type)) {
        check_item(checker, value, 0, strlen(value));
    } else {
        while (value_next_item(value, &start, &end)) {
            g_autofree char *item = g_strndup(value + start, end - start);

            check_item(checker, item, start, end);
        }
    }
    if (g_str_has_prefix(checker->row->name, "expect.") && !checker->scenario->lacks_world)
        check_reference(checker, value, 0, strlen(value));
}

static void
check_section(Checker *checker, const Section *section)
{
    checker->section = section;
    checker->planned = is_planned(section);
    for (guint i = 0; i < section->entries->len; i++) {
        checker->entry = g_ptr_array_index(section->entries, i);
        checker->row = mailsim_key_table_find_key(section->row->kind, checker->entry->key);
        if (!checker->entry->is_mended && check_key(checker))
            check_value(checker);
    }
}

static void
free_array(gpointer data)
{
    g_ptr_array_unref(data);
}

void
check_sections(MailsimScenario *scenario, MailsimDiagnostics *diagnostics)
{
    g_autoptr(GHashTable) idle =
        g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_array);
    g_autoptr(GHashTable) referred =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) classes =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Checker checker = {scenario, diagnostics, NULL, FALSE, NULL, NULL, idle, referred, classes};

    collect_referred(scenario->sections, referred);
    collect_referred(scenario->changes, referred);
    collect_classes(scenario->sections, classes);
    collect_classes(scenario->changes, classes);

    for (guint i = 0; i < scenario->sections->len; i++)
        check_section(&checker, g_ptr_array_index(scenario->sections, i));
    for (guint i = 0; i < scenario->changes->len; i++)
        check_section(&checker, g_ptr_array_index(scenario->changes, i));
    warn_of_idle(scenario, idle, diagnostics);
}
