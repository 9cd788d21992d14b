/* SPDX-License-Identifier: MIT
 *
 * What must be true between groups: every name in a header is somebody's, nobody has another's
 * name, address or port, and certificates do not sign each other in a circle. */
#include "scenario-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>
#include <mailsim/base/limits.h>
#include <mailsim/base/suggestion.h>

#include "value-private.h"

typedef struct {
    const MailsimScenario *scenario;
    MailsimDiagnostics *diagnostics;
    GHashTable *taken; /* what only one may have -> Claim */
} World;

/* Who has an address or a name, and where that stands. */
typedef struct {
    const char *owner; /* id of a section */
    MailsimSpan span;
} Claim;

static gboolean
can_suggest(const World *world)
{
    return mailsim_diagnostics_count(world->diagnostics, MAILSIM_SEVERITY_ERROR) < 256;
}

static void
fail(const World *world, const MailsimSpan *span, const char *hint, const char *message)
{
    mailsim_diagnostics_add(world->diagnostics, MAILSIM_SEVERITY_ERROR, span, hint, "%s",
                            message);
}

/* --- Names in headers --- */

static void
check_host_of(const World *world, const Section *section)
{
    const char *name = section->names[0];
    g_autofree char *hint = NULL;

    if (find_section(world->scenario, MAILSIM_GROUP_HOST, name))
        return;
    if (can_suggest(world))
        hint = find_hint(world->scenario, MAILSIM_GROUP_HOST, name);

    g_autofree char *message = g_strdup_printf("no host “%s”", name);
    g_autofree char *form = g_strdup_printf("add a group [host %s]", name);

    fail(world, &section->name_spans[0], hint ? hint : form, message);
}

static void
check_link_ends(const World *world, const Section *section)
{
    const MailsimScenario *scenario = world->scenario;

    for (guint i = 0; i < 2; i++) {
        const char *name = section->names[i];
        g_autofree char *hint = NULL;

        if (strcmp(name, "*") == 0 || strcmp(name, "dns") == 0 ||
            find_section(scenario, MAILSIM_GROUP_HOST, name) ||
            find_section(scenario, MAILSIM_GROUP_MUA, name))
            continue;
        if (can_suggest(world))
            hint = find_hint(scenario, MAILSIM_GROUP_HOST, name);
        if (!hint && can_suggest(world))
            hint = find_hint(scenario, MAILSIM_GROUP_MUA, name);

        g_autofree char *message = g_strdup_printf("no host or mail program “%s”", name);

        fail(world, &section->name_spans[i],
             hint ? hint : "a link is between hosts, mail programs, dns, or * for any",
             message);
    }
}

static void
check_change(const World *world, const Section *change)
{
    const MailsimGroupRow *row = change->row;
    g_autofree char *hint = NULL;

    if (!find_section(world->scenario, MAILSIM_GROUP_STEP, change->step)) {
        g_autofree char *message = g_strdup_printf("no step “%s”", change->step);

        if (can_suggest(world))
            hint = find_hint(world->scenario, MAILSIM_GROUP_STEP, change->step);
        fail(world, &change->step_span, hint ? hint : "@ is followed by the name of a step",
             message);
    }
    if ((row->kind == MAILSIM_GROUP_HOST || row->kind == MAILSIM_GROUP_MUA) &&
        !find_section(world->scenario, row->kind, change->names[0])) {
        g_autofree char *message = g_strdup_printf(
            "a step cannot add a %s: there is no [%s]",
            row->kind == MAILSIM_GROUP_HOST ? "host" : "mail program", change->id);
        g_autofree char *form = g_strdup_printf("add a group [%s] without @", change->id);
        g_autofree char *near =
            can_suggest(world) ? find_hint(world->scenario, row->kind, change->names[0]) : NULL;

        fail(world, &change->name_spans[0], near ? near : form, message);
    }
}

static void
check_header(const World *world, const Section *section)
{
    MailsimGroupKind kind = section->row->kind;

    if (kind == MAILSIM_GROUP_POSTFIX || kind == MAILSIM_GROUP_SERVICE ||
        kind == MAILSIM_GROUP_DOVECOT || kind == MAILSIM_GROUP_FILE)
        check_host_of(world, section);
    if (kind == MAILSIM_GROUP_LINK)
        check_link_ends(world, section);
    if (section->step)
        check_change(world, section);
}

/* --- What only one may have --- */

/* KEY belongs to OWNER from now on; FALSE, having said so, when it is another's already. */
static gboolean
claim(const World *world,
      const char *key,
      const char *owner,
      const MailsimSpan *span,
      const char *hint)
{
    const Claim *other = g_hash_table_lookup(world->taken, key);

    if (!other) {
        Claim *claimed = g_new(Claim, 1);

        *claimed = (Claim){owner, *span};
        g_hash_table_insert(world->taken, g_strdup(key), claimed);
        return TRUE;
    }
    if (strcmp(other->owner, owner) == 0)
        return TRUE;

    g_autofree char *message =
        g_strdup_printf("[%s] and [%s] both have %s", other->owner, owner, key);

    fail(world, span, hint, message);
    mailsim_diagnostics_point_at(world->diagnostics, &other->span, "the other one");
    return FALSE;
}

static void
claim_addresses(const World *world, const Section *section)
{
    const MailsimEntry *entry = section_find(section, "address");
    gsize start, end = 0;

    while (entry && value_next_item(entry->value, &start, &end)) {
        g_autofree char *item = g_strndup(entry->value + start, end - start);
        MailsimSpan span = mailsim_entry_locate(entry, start, end);
        MailsimIpAddress address;

        if (!mailsim_ip_address_parse(item, &address))
            continue;
        g_autofree char *canonical = mailsim_ip_address_format(&address);
        g_autofree char *key = g_strdup_printf("the address %s", canonical);

        claim(world, key, section->id, &span, "give one of them another address");
    }
}

static void
claim_hostname(const World *world, const Section *host)
{
    const MailsimEntry *entry = section_find(host, "hostname");
    g_autofree char *name = find_hostname(host);
    g_autofree char *key = g_strdup_printf("the host name %s", name);

    if (!entry)
        entry = section_find(host, "mailname");
    claim(world, key, host->id, entry ? &entry->value_span : &host->span,
          "give one of them another hostname =");
}

static void
check_parties(const World *world)
{
    const GPtrArray *hosts = world->scenario->by_kind[MAILSIM_GROUP_HOST];
    const GPtrArray *programs = world->scenario->by_kind[MAILSIM_GROUP_MUA];

    for (guint i = 0; i < hosts->len; i++) {
        claim_hostname(world, g_ptr_array_index(hosts, i));
        claim_addresses(world, g_ptr_array_index(hosts, i));
    }
    for (guint i = 0; i < programs->len; i++) {
        const Section *program = g_ptr_array_index(programs, i);
        const Section *host =
            find_section(world->scenario, MAILSIM_GROUP_HOST, program->names[0]);
        const GPtrArray *users = g_hash_table_lookup(world->scenario->users, program->names[0]);
        const Section *other = users && users->len > 0 ? g_ptr_array_index(users, 0) : host;

        claim_addresses(world, program);
        if (!other)
            continue;
        g_autofree char *message =
            users ? g_strdup_printf("“%s” is a user of [%s] already", program->names[0],
                                    other->id)
                  : g_strdup_printf("“%s” is a host already", program->names[0]);

        fail(world, &program->name_spans[0], "call the mail program something else", message);
        mailsim_diagnostics_point_at(world->diagnostics, &other->span, "written here");
    }
    if (hosts->len + programs->len > MAILSIM_PARTIES_MAX) {
        const GPtrArray *last = programs->len > 0 ? programs : hosts;
        const Section *section = g_ptr_array_index(last, last->len - 1);
        g_autofree char *message =
            g_strdup_printf("%u hosts and mail programs; the lab has room for %d",
                            hosts->len + programs->len, MAILSIM_PARTIES_MAX);

        fail(world, &section->span, NULL, message);
    }
}

/* --- Users and services --- */

static void
check_users(const World *world, const Section *section)
{
    const MailsimEntry *entry = section_find(section, "users");
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gsize start, end = 0;

    while (entry && value_next_item(entry->value, &start, &end)) {
        gsize length = strcspn(entry->value + start, ":");
        g_autofree char *name = g_strndup(entry->value + start, MIN(length, end - start));
        MailsimSpan span = mailsim_entry_locate(entry, start, start + strlen(name));
        g_autofree char *message = g_strdup_printf("the user “%s” stands twice", name);

        if (!g_hash_table_add(names, g_steal_pointer(&name)))
            fail(world, &span, "remove one of the two", message);
    }
}

static guint
find_port(const Section *service)
{
    static const struct {
        const char *name;
        guint port;
    } known[] = {
        {"smtp",        25 },
        {"submission",  587},
        {"submissions", 465},
    };
    const char *value = section_get(service, "port");
    guint port = 0;

    if (value && value_parse_port(value, &port))
        return port;
    for (guint i = 0; i < G_N_ELEMENTS(known); i++)
        if (strcmp(known[i].name, service->names[1]) == 0)
            return known[i].port;
    return 0;
}

/* A service without its own port is the only one that cannot be guessed. */
static void
check_service(const World *world, const Section *service)
{
    const MailsimEntry *entry = section_find(service, "port");
    guint port = find_port(service);

    if (port == 0 && !entry && !service->step) {
        g_autofree char *message =
            g_strdup_printf("the service “%s” needs port =", service->names[1]);
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        g_autofree char *hint = NULL;

        g_ptr_array_add(names, (char *)"submission");
        g_ptr_array_add(names, (char *)"submissions");
        g_ptr_array_add(names, (char *)"smtp");
        hint = mailsim_suggestion_hint(service->names[1], names);
        fail(world, &service->name_spans[1],
             hint ? hint : "only smtp, submission and submissions have one by name", message);
    }
    if (port == 0)
        return;
    /* Port 25 is smtp's, said or not. */
    g_autofree char *key = g_strdup_printf("port %u of %s", port, service->names[0]);

    if (port == 25 && strcmp(service->names[1], "smtp") != 0) {
        fail(world, entry ? &entry->value_span : &service->span, "choose another port",
             "port 25 is the service smtp's");
        return;
    }
    claim(world, key, service->id, entry ? &entry->value_span : &service->span,
          "choose another port");
}

/* --- Certificates --- */

static gboolean
chain_has(const GPtrArray *chain, const char *name)
{
    for (guint i = 0; i < chain->len; i++)
        if (strcmp(g_ptr_array_index(chain, i), name) == 0)
            return TRUE;
    return FALSE;
}

/* From START upwards. A circle is told at the first of its members, and not again at the
 * others. */
static void
follow_issuers(const World *world, GHashTable *issuers, char *start, GHashTable *told)
{
    g_autoptr(GPtrArray) chain = g_ptr_array_new();
    const MailsimEntry *first = g_hash_table_lookup(issuers, start);
    char *name = start;

    while (chain->len <= MAILSIM_INCLUDE_MAX_DEPTH) {
        const MailsimEntry *entry = g_hash_table_lookup(issuers, name);

        g_ptr_array_add(chain, name);
        if (!entry || g_hash_table_contains(told, name))
            return;
        name = entry->value;
        if (chain_has(chain, name))
            break;
    }
    if (chain_has(chain, name) && strcmp(name, start) != 0)
        return;
    g_ptr_array_add(chain, name);
    for (guint i = 0; i < chain->len; i++)
        g_hash_table_add(told, g_ptr_array_index(chain, i));
    g_ptr_array_add(chain, NULL);

    g_autofree char *shown = g_strjoinv(" → ", (char **)chain->pdata);

    fail(world, &first->value_span, shown,
         strcmp(name, start) == 0 ? "these certificates sign each other in a circle"
                                  : "a chain of too many certificates");
}

static void
set_issuer(GHashTable *issuers, const Section *certificate)
{
    const MailsimEntry *entry = section_find(certificate, "issuer");

    if (entry)
        g_hash_table_insert(issuers, certificate->names[0], (gpointer)entry);
}

/* At the beginning, and again whenever a step has changed an issuer. */
static void
check_issuers(const World *world)
{
    const MailsimScenario *scenario = world->scenario;
    const GPtrArray *certificates = scenario->by_kind[MAILSIM_GROUP_CERTIFICATE];
    const GPtrArray *steps = scenario->by_kind[MAILSIM_GROUP_STEP];
    g_autoptr(GHashTable) issuers = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) told = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < certificates->len; i++)
        set_issuer(issuers, g_ptr_array_index(certificates, i));
    for (guint i = 0; i < certificates->len; i++) {
        const Section *certificate = g_ptr_array_index(certificates, i);

        if (section_find(certificate, "issuer"))
            follow_issuers(world, issuers, certificate->names[0], told);
    }
    for (guint i = 0; i < steps->len; i++) {
        const Section *step = g_ptr_array_index(steps, i);
        const GPtrArray *changes = g_hash_table_lookup(scenario->by_step, step->names[0]);

        for (guint j = 0; changes && j < changes->len; j++) {
            const Section *change = g_ptr_array_index(changes, j);

            if (change->row->kind != MAILSIM_GROUP_CERTIFICATE ||
                !section_find(change, "issuer"))
                continue;
            set_issuer(issuers, change);
            follow_issuers(world, issuers, change->names[0], told);
        }
    }
}

/* --- All of it --- */

static void
check_scenario_group(const World *world)
{
    const MailsimScenario *scenario = world->scenario;
    const Section *section = g_hash_table_lookup(scenario->index, "scenario");
    const MailsimScan *scan = g_ptr_array_index(scenario->scans, 0);
    MailsimSpan start = {scan->source, 1, 0, 0};

    if (!section) {
        /* An empty file, or one that is no text, has been told so already. */
        if (scan->groups->len > 0)
            fail(world, &start, "a scenario begins with it, and with a title",
                 "there is no [scenario]");
        else if (mailsim_diagnostics_count(world->diagnostics, MAILSIM_SEVERITY_ERROR) == 0)
            fail(world, &start, "a scenario begins with [scenario] and a title",
                 "there is nothing in this file but comments");
        return;
    }
    if (!section_find(section, "title"))
        fail(world, &section->span, "add: title = …", "[scenario] has no title");
}

static void
check_each(const World *world, GPtrArray *sections)
{
    for (guint i = 0; i < sections->len; i++) {
        Section *section = g_ptr_array_index(sections, i);

        check_header(world, section);
        if (section->row->kind == MAILSIM_GROUP_HOST)
            check_users(world, section);
        if (section->row->kind == MAILSIM_GROUP_SERVICE)
            check_service(world, section);
        if (section->step && (section->row->kind == MAILSIM_GROUP_HOST ||
                              section->row->kind == MAILSIM_GROUP_MUA))
            claim_addresses(world, section);
    }
}

void
check_world(MailsimScenario *scenario, MailsimDiagnostics *diagnostics)
{
    g_autoptr(GHashTable) taken =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    World world = {scenario, diagnostics, taken};

    check_scenario_group(&world);
    check_parties(&world);
    check_each(&world, scenario->sections);
    check_each(&world, scenario->changes);
    check_issuers(&world);
    check_zones(scenario, diagnostics);
    check_files(scenario, diagnostics);
    check_dovecots(scenario, diagnostics);
    check_policies(scenario, MAILSIM_SEVERITY_ERROR, diagnostics);
}
