/* SPDX-License-Identifier: MIT
 *
 * Lines of the files that smtp_tls_policy_maps names, as smtp(8) reads them, and the lab's own
 * words for what certificates have: fingerprint:C, public-key:C, digest:C. Postfix lives on
 * with a line that is wrong, and sends nothing to whom it is for; lessons have such lines on
 * purpose, and so only lint tells of them. */
#include "scenario-private.h"

#include <string.h>

#include <mailsim/base/suggestion.h>
#include <mailsim/settings/expansion.h>
#include <mailsim/settings/tls-policy.h>
#include <mailsim/wire/certificate.h>

#define BLANKS     " \t"
#define SEPARATORS ", \t\r\n" /* of lists in main.cf */

typedef struct {
    const MailsimScenario *scenario;
    MailsimDiagnostics *diagnostics;
    MailsimSeverity severity; /* what is asked for: mistakes of the language, or lint */
    GHashTable *files;        /* “host path”, of those whose lines have been looked at */
} Policies;

static void G_GNUC_PRINTF(5, 6) report(const Policies *policies,
                                       MailsimSeverity severity,
                                       const MailsimSpan *span,
                                       const char *hint,
                                       const char *format,
                                       ...)
{
    va_list arguments;
    g_autofree char *message = NULL;

    if (severity != policies->severity)
        return;
    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    mailsim_diagnostics_add(policies->diagnostics, severity, span, hint, "%s", message);
}

/* ---- certificates by name ---------------------------------------------------------------- */

void
check_announced(const MailsimScenario *scenario,
                MailsimDiagnostics *diagnostics,
                const MailsimSpan *span,
                const char *name)
{
    g_autofree char *hint = NULL;

    if (find_section(scenario, MAILSIM_GROUP_CERTIFICATE, name) ||
        find_section(scenario, MAILSIM_GROUP_HOST, name) ||
        mailsim_certificate_authority_exists(name))
        return;
    if (mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) < 256) {
        hint = find_hint(scenario, MAILSIM_GROUP_CERTIFICATE, name);
        if (!hint)
            hint = find_hint(scenario, MAILSIM_GROUP_HOST, name);
    }
    mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, span,
                            hint ? hint
                                 : "the name of a [certificate C], or of a [host H] that shows "
                                   "one",
                            "no certificate or host “%s”", name);
}

/* TEXT stands at byte START of the value: “fingerprint:C”, perhaps. */
static void
check_fingerprint_of(const Policies *policies,
                     const MailsimEntry *entry,
                     const char *text,
                     gsize start)
{
    static const char *const words[] = {"fingerprint:", "public-key:"};

    for (guint i = 0; policies->severity == MAILSIM_SEVERITY_ERROR && i < G_N_ELEMENTS(words);
         i++) {
        const gsize skipped = strlen(words[i]);
        MailsimSpan span;

        if (!g_str_has_prefix(text, words[i]))
            continue;
        span = mailsim_entry_locate(entry, start + skipped, start + strlen(text));
        check_announced(policies->scenario, policies->diagnostics, &span, text + skipped);
    }
}

/* Each member of main.cf's list. */
static void
check_fingerprints_of(const Policies *policies, const MailsimEntry *entry)
{
    const char *text = entry->value;

    for (const char *at = text; *(at += strspn(at, SEPARATORS));
         at += strcspn(at, SEPARATORS)) {
        g_autofree char *word = g_strndup(at, strcspn(at, SEPARATORS));

        check_fingerprint_of(policies, entry, word, (gsize)(at - text));
    }
}

/* ---- a line ------------------------------------------------------------------------------ */

typedef struct {
    const Policies *policies;
    const MailsimEntry *entry;
    const char *key; /* “dest.example” */
    gsize policy;    /* where it begins in the value */
} Line;

static char *
suggest_level(const char *word)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (const char *const *level = mailsim_tls_level_list(); *level; level++)
        g_ptr_array_add(names, (char *)*level);
    return mailsim_suggestion_hint(word, names);
}

static char *
suggest_attribute(const char *word)
{
    static const char *const all[] = {"match", "protocols", "ciphers", "exclude", "servername"};
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *name = g_strndup(word, strcspn(word, "="));

    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        g_ptr_array_add(names, (char *)all[i]);
    return mailsim_suggestion_hint(name, names);
}

static const char *const advices[] = {
    [MAILSIM_TLS_POLICY_EMPTY] = "write a level, such as secure",
    [MAILSIM_TLS_POLICY_BAD_LEVEL] =
        "none, may, encrypt, dane, dane-only, fingerprint, verify or secure",
    [MAILSIM_TLS_POLICY_NO_ATTRIBUTE] =
        "after the level come attributes, without blanks: match=mx.provider.example",
    [MAILSIM_TLS_POLICY_UNKNOWN] =
        "match=, protocols=, ciphers=, exclude= and servername= exist",
    [MAILSIM_TLS_POLICY_NO_VALUE] = "write what follows =, or leave it out",
    [MAILSIM_TLS_POLICY_BAD_VALUE] =
        "servername= takes a host's name, hostname or nexthop, connection_reuse= yes or no",
    [MAILSIM_TLS_POLICY_NOT_AT_LEVEL] = "it is for levels that look who the certificate is of",
    [MAILSIM_TLS_POLICY_TWICE] = "write it once; versions are joined by “:”",
};

/* What to write instead, and what would happen. Free with g_free(). */
static char *
advise(const Line *line, MailsimTlsPolicyFault fault, const char *word)
{
    g_autofree char *meant = fault == MAILSIM_TLS_POLICY_BAD_LEVEL ? suggest_level(word)
                             : fault == MAILSIM_TLS_POLICY_UNKNOWN ? suggest_attribute(word)
                                                                   : NULL;
    const char *advice = *word == '#' ? "a remark has a line of its own" : advices[fault];

    if (fault == MAILSIM_TLS_POLICY_IGNORED)
        return g_strdup("Postfix passes over it; the lab, too");
    if (fault == MAILSIM_TLS_POLICY_BAD_GRADE)
        return g_strdup("Postfix would break off every handshake; write medium or high");
    return g_strdup_printf(
        "%s%s mail for %s would wait, 4.7.5 client TLS configuration problem",
        meant ? meant : advice, meant ? " Till then" : "; till then", line->key);
}

static void
tell(const Line *line, const MailsimTlsPolicyProblem *problem)
{
    const char *text = line->entry->value + line->policy;
    const MailsimSpan span = mailsim_entry_locate(line->entry, line->policy + problem->start,
                                                  line->policy + problem->end);
    g_autofree char *word = g_strndup(text + problem->start, problem->end - problem->start);
    g_autofree char *hint = NULL;

    if (problem->fault == MAILSIM_TLS_POLICY_NOT_BUILT) {
        report(
            line->policies, MAILSIM_SEVERITY_ERROR, &span,
            "Postfix trusts the authorities in that file alone; here smtp_tls_CAfile says whom "
            "to trust, for all destinations",
            "tafile= is not built yet");
        return;
    }
    hint = advise(line, problem->fault, word);
    report(line->policies, MAILSIM_SEVERITY_WARNING, &span, hint, "%s", problem->words);
}

/* Of certificates; names are only compared. A list has “|” between its members. */
static void
check_match(const Line *line, const char *list, gsize start)
{
    for (const char *at = list; *(at += strspn(at, "|")); at += strcspn(at, "|")) {
        g_autofree char *word = g_strndup(at, strcspn(at, "|"));
        const gsize from = start + (gsize)(at - list);
        const MailsimSpan span = mailsim_entry_locate(line->entry, from, from + strlen(word));

        if (mailsim_tls_fingerprint_is_well_formed(word))
            check_fingerprint_of(line->policies, line->entry, word, from);
        else
            report(line->policies, MAILSIM_SEVERITY_WARNING, &span,
                   "hexadecimal digits in pairs, with or without colons, and "
                   "“|” between several; Postfix warns of it, and passes over "
                   "it",
                   "malformed fingerprint value “%s”", word);
    }
}

static void
check_matches(const Line *line, const MailsimTlsPolicyLine *parsed)
{
    const char *text = line->entry->value + line->policy;

    if (g_strcmp0(parsed->level, "fingerprint") != 0)
        return;
    for (const char *at = text; *(at += strspn(at, ", \t")); at += strcspn(at, ", \t")) {
        g_autofree char *word = g_strndup(at, strcspn(at, ", \t"));
        const gsize start = line->policy + (gsize)(at - text) + strlen("match=");

        if (g_ascii_strncasecmp(word, "match=", 6) == 0)
            check_match(line, word + strlen("match="), start);
    }
}

static void
check_line(const Policies *policies, const MailsimEntry *entry)
{
    const gsize length = strcspn(entry->value, BLANKS);
    g_autofree char *key = g_strndup(entry->value, length);
    const Line line = {policies, entry, key, length + strspn(entry->value + length, BLANKS)};
    g_autoptr(MailsimTlsPolicyLine) parsed = NULL;

    if (*key == '#' || *key == '\0')
        return;
    if (entry->value[line.policy] == '\0') {
        report(policies, MAILSIM_SEVERITY_WARNING, &entry->value_span,
               "write, for example, iesgn.example secure; Postfix passes over "
               "the line",
               "no level after “%s”", key);
        return;
    }
    parsed = mailsim_tls_policy_line_parse(entry->value + line.policy);
    for (guint i = 0; i < parsed->problems->len; i++)
        tell(&line, g_ptr_array_index(parsed->problems, i));
    check_matches(&line, parsed);
}

/* ---- which lines ------------------------------------------------------------------------- */

/* The path of a table whose lines are a key and a value each; NULL: ENTRY is none. Lent. */
static const char *
find_path(const char *entry)
{
    static const char *const types[] = {"hash:", "btree:", "texthash:", "lmdb:", "cdb:"};

    while (g_str_has_prefix(entry, "proxy:"))
        entry += strlen("proxy:");
    for (guint i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_has_prefix(entry, types[i]))
            return entry + strlen(types[i]);
    return NULL;
}

GPtrArray *
check_list_policy_files(const char *tables)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) entries = mailsim_expansion_split(tables);

    for (guint i = 0; entries[i]; i++) {
        const char *path = find_path(entries[i]);

        if (path && !g_ptr_array_find_with_equal_func(paths, path, g_str_equal, NULL))
            g_ptr_array_add(paths, g_strdup(path));
    }
    return paths;
}

static void
check_file(const Policies *policies, const Section *file)
{
    for (guint i = 0; i < file->entries->len; i++)
        check_line(policies, g_ptr_array_index(file->entries, i));
}

static void
check_tables(const Policies *policies, const char *host, const char *tables)
{
    const MailsimScenario *scenario = policies->scenario;
    const GPtrArray *const all[] = {scenario->sections, scenario->changes};
    g_autoptr(GPtrArray) paths = check_list_policy_files(tables);

    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);

        if (!g_hash_table_add(policies->files, g_strdup_printf("%s %s", host, path)))
            continue;
        for (guint j = 0; j < G_N_ELEMENTS(all); j++)
            for (guint k = 0; k < all[j]->len; k++) {
                const Section *section = g_ptr_array_index(all[j], k);

                if (section->row->kind == MAILSIM_GROUP_FILE &&
                    strcmp(section->names[0], host) == 0 &&
                    strcmp(section->names[1], path) == 0)
                    check_file(policies, section);
            }
    }
}

static void
check_section(const Policies *policies, const Section *section)
{
    for (guint i = 0; i < section->entries->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(section->entries, i);

        if (strcmp(entry->key, "smtp_tls_policy_maps") == 0)
            check_tables(policies, section->names[0], entry->value);
        if (strcmp(entry->key, "smtp_tls_fingerprint_cert_match") == 0)
            check_fingerprints_of(policies, entry);
    }
}

void
check_policies(const MailsimScenario *scenario,
               MailsimSeverity severity,
               MailsimDiagnostics *diagnostics)
{
    const GPtrArray *const all[] = {scenario->sections, scenario->changes};
    g_autoptr(GHashTable) files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const Policies policies = {scenario, diagnostics, severity, files};

    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        for (guint j = 0; j < all[i]->len; j++) {
            const Section *section = g_ptr_array_index(all[i], j);

            if (section->row->kind == MAILSIM_GROUP_POSTFIX)
                check_section(&policies, section);
        }
}
