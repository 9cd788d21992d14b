/* SPDX-License-Identifier: MIT
 *
 * Lint: settings that Postfix takes and that do harm, or do nothing. They are no mistakes of
 * the language, and lessons make them on purpose; so only “mailsim check” asks. Every rule is
 * held against every daemon of every host, in the world as it is at each step that changes it;
 * each line is told of once. */
#include "lint-private.h"

#include <string.h>

#include <mailsim/lab/dovecot-conf.h>

/* Between the members of a list: postconf(5). */
#define SEPARATORS ", \t\r\n"

static void
finding_clear(LintFinding *finding)
{
    g_free(finding->word);
    g_free(finding->message);
    g_free(finding->hint);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LintFinding, finding_clear)

/* --- Where it stands --- */

static const MailsimEntry *
find_entry_of(const GPtrArray *sections, const MailsimSpan *span)
{
    for (guint i = 0; i < sections->len; i++) {
        const Section *section = g_ptr_array_index(sections, i);

        for (guint j = 0; j < section->entries->len; j++) {
            const MailsimEntry *entry = g_ptr_array_index(section->entries, j);

            if (entry->key_span.source == span->source && entry->key_span.line == span->line)
                return entry;
        }
    }
    return NULL;
}

/* WORD where it is a member of the list VALUE; NULL: it is none as it is written there. */
static const char *
find_member(const char *value, const char *word)
{
    const gsize length = strlen(word);

    for (const char *at = value; *(at += strspn(at, SEPARATORS)); at += strcspn(at, SEPARATORS))
        if (strcspn(at, SEPARATORS) == length && g_ascii_strncasecmp(at, word, length) == 0)
            return at;
    return NULL;
}

/* The value of the line that SETTING stands in, or its member WORD. */
static MailsimSpan
find_value(const Lint *lint, const MailsimSetting *setting, const char *word)
{
    const MailsimEntry *entry = find_entry_of(lint->scenario->sections, &setting->span);
    const char *found;
    gsize start;

    if (!entry)
        entry = find_entry_of(lint->scenario->changes, &setting->span);
    if (!entry)
        return setting->span;
    found = word ? find_member(entry->value, word) : NULL;
    start = found ? (gsize)(found - entry->value) : 0;
    return mailsim_entry_locate(entry, start,
                                found ? start + strlen(word) : strlen(entry->value));
}

static MailsimSpan
find_place(const Lint *lint,
           const LintView *view,
           const LintRule *rule,
           const LintFinding *finding)
{
    for (guint i = 0; i < LINT_PLACES && rule->places[i]; i++) {
        const MailsimSetting *setting =
            mailsim_main_cf_find(view->host, view->service, rule->places[i]);

        if (!setting)
            setting = mailsim_dovecot_conf_find(view->host, rule->places[i]);
        if (setting)
            return finding->is_name ? setting->span : find_value(lint, setting, finding->word);
    }
    return view->service && view->service->span.source ? view->service->span : view->host->span;
}

void
lint_tell(const Lint *lint,
          const char *rule,
          const MailsimSpan *span,
          const char *hint,
          const char *message)
{
    char *key = g_strdup_printf("%s %p %u %" G_GSIZE_FORMAT, rule, (const void *)span->source,
                                span->line, span->start);

    if (g_hash_table_add(lint->told, key))
        mailsim_diagnostics_add(lint->diagnostics, MAILSIM_SEVERITY_WARNING, span, hint, "%s",
                                message);
}

/* --- Rules, from the tables --- */

static void
hold(const Lint *lint, const LintView *view, const LintRule *rules, guint n_rules)
{
    for (guint i = 0; i < n_rules; i++) {
        g_auto(LintFinding) finding = {0};

        if (!rules[i].find(view, &finding))
            continue;

        const MailsimSpan span = find_place(lint, view, &rules[i], &finding);

        lint_tell(lint, rules[i].name, &span, finding.hint ? finding.hint : rules[i].hint,
                  finding.message ? finding.message : rules[i].message);
    }
}

/* --- Mail programs --- */

static void
hold_program(const Lint *lint,
             const MailsimMailProgramDefinition *program,
             const MailsimSpan *place)
{
    if (!program->user || !program->login || !program->outgoing)
        return;
    for (guint i = 0; i < lint_n_program_rules; i++) {
        const LintProgramRule *rule = &lint_program_rules[i];

        if (!rule->fits(program->outgoing))
            continue;
        lint_tell(lint, rule->name, place, rule->hint, rule->message);
        return;
    }
}

/* A step says more than its mail program: what it says itself is marked. */
static void
hold_step(const Lint *lint, const MailsimStep *step)
{
    const Section *section = find_section(lint->scenario, MAILSIM_GROUP_STEP, step->id);
    const GPtrArray *own = section && section->own ? section->own : NULL;
    const MailsimEntry *login = section && !own ? section_find(section, "login") : NULL;

    if (!step->program || !step->program->outgoing)
        return;
    for (guint i = 0; own && i < own->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(own, i);

        if (strcmp(entry->key, "login") == 0)
            login = entry;
    }
    hold_program(lint, step->program,
                 login ? &login->value_span : &step->program->outgoing->span);
}

/* --- The world, step by step --- */

static void
hold_service(const Lint *lint, LintView *view, const MailsimServiceDefinition *service)
{
    view->service = service;
    hold(lint, view, lint_server_rules, lint_n_server_rules);
}

static const MailsimServiceDefinition *
find_port_25(const MailsimHostDefinition *host)
{
    for (guint i = 0; i < host->services->len; i++) {
        const MailsimServiceDefinition *service = g_ptr_array_index(host->services, i);

        if (service->port == 25)
            return service;
    }
    return NULL;
}

/* Port 25 first, for which main.cf is written. */
static void
hold_host(const Lint *lint, LintView *view)
{
    g_autoptr(GPtrArray) nothing = g_ptr_array_new();
    const MailsimServiceDefinition standard = {
        .name = (char *)"smtp", .port = 25, .settings = nothing};
    const MailsimServiceDefinition *smtp = find_port_25(view->host);

    view->is_mx = lint_is_mx(view->world, view->host);
    view->service = NULL;
    hold(lint, view, lint_client_rules, lint_n_client_rules);
    hold(lint, view, lint_client_tls_rules, lint_n_client_tls_rules);
    lint_hold_policies(lint, view);
    if (view->host->has_dovecot)
        hold(lint, view, lint_dovecot_rules, lint_n_dovecot_rules);
    hold_service(lint, view, smtp ? smtp : &standard);
    for (guint i = 0; i < view->host->services->len; i++)
        if (g_ptr_array_index(view->host->services, i) != smtp)
            hold_service(lint, view, g_ptr_array_index(view->host->services, i));
}

static void
hold_world(const Lint *lint, guint step)
{
    g_autoptr(MailsimWorld) world = mailsim_scenario_build_world(lint->scenario, step);
    LintView view = {.world = world};

    for (guint i = 0; i < world->hosts->len; i++) {
        view.host = g_ptr_array_index(world->hosts, i);
        hold_host(lint, &view);
    }
    for (guint i = 0; i < world->mail_programs->len; i++) {
        const MailsimMailProgramDefinition *program =
            g_ptr_array_index(world->mail_programs, i);

        if (program->outgoing)
            hold_program(lint, program, &program->outgoing->span);
    }
}

void
mailsim_scenario_lint(const MailsimScenario *scenario, MailsimDiagnostics *diagnostics)
{
    const guint n_steps = mailsim_scenario_count_steps(scenario);
    g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const Lint lint = {scenario, diagnostics, told};

    hold_world(&lint, 0);
    for (guint i = 0; i < n_steps; i++) {
        const MailsimStep *step = mailsim_scenario_get_step(scenario, i);

        if (i > 0 && g_hash_table_contains(scenario->by_step, step->id))
            hold_world(&lint, i);
        hold_step(&lint, step);
    }
    lint_hold_zones(&lint);
    check_policies(scenario, MAILSIM_SEVERITY_WARNING, diagnostics);
}
