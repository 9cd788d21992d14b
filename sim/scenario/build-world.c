/* SPDX-License-Identifier: MIT
 *
 * From sections without a mistake to the world that the lab obeys: defaults filled in, names
 * made whole, addresses given to those who ask for none. */
#include "scenario-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>
#include <mailsim/settings/dovecot-setting.h>

#include "value-private.h"

#define LATENCY_DEFAULT_US (20 * MAILSIM_MILLISECOND)

/* --- Values --- */

char *
build_text(const Section *section, const char *key, const char *otherwise)
{
    g_auto(Problem) problem = {0};
    const char *value = section_get(section, key);

    return value ? value_unescape(value, &problem) : g_strdup(otherwise);
}

static gboolean
build_yes_no(const Section *section, const char *key, gboolean otherwise)
{
    const char *value = section_get(section, key);

    return value ? strcmp(value, "yes") == 0 : otherwise;
}

static char *
build_raw(const Section *section, const char *key, const char *otherwise)
{
    const char *value = section_get(section, key);

    return g_strdup(value ? value : otherwise);
}

char *
build_user_name(const char *user)
{
    return g_strndup(user, strcspn(user, "@"));
}

/* --- Addresses --- */

/* Documentation ranges first; a world too large for them goes on in private ones. */
typedef struct {
    const char *range;  /* “192.0.2.%u”, from .10 to .254 */
    const char *beyond; /* “10.1.%u.%u” */
    guint next;
} Pool;

static void
take_addresses(const GPtrArray *sections, GHashTable *taken)
{
    for (guint i = 0; i < sections->len; i++) {
        const Section *section = g_ptr_array_index(sections, i);
        const char *value = section_get(section, "address");
        gsize start, end = 0;

        while (value && value_next_item(value, &start, &end)) {
            g_autofree char *item = g_strndup(value + start, end - start);
            MailsimIpAddress address;

            if (mailsim_ip_address_parse(item, &address))
                g_hash_table_add(taken, mailsim_ip_address_format(&address));
        }
    }
}

static char *
take_next(Pool *pool, GHashTable *taken)
{
    for (;;) {
        guint number = pool->next++;
        guint rest = number - 255;
        g_autofree char *address =
            number < 255 ? g_strdup_printf("%s%u", pool->range, number)
                         : g_strdup_printf("%s%u.%u", pool->beyond, rest / 250, rest % 250 + 1);

        if (!g_hash_table_contains(taken, address))
            return g_steal_pointer(&address);
    }
}

/* --- Hosts --- */

/* The password that a host's “users” gives NAME: root has none, nor has who is not said to. */
static char *
find_password(const Section *host, const char *name)
{
    const char *users = section_get(host, "users");
    g_autoptr(GPtrArray) items = value_split(users ? users : "");

    for (guint i = 0; i < items->len; i++) {
        const char *item = g_ptr_array_index(items, i);
        gsize length = strcspn(item, ":");

        if (strlen(name) == length && strncmp(item, name, length) == 0)
            return g_strdup(item[length] ? item + length + 1 : "");
    }
    return g_strdup("");
}

static void
build_users(const Section *section, MailsimHostDefinition *host)
{
    const char *users = section_get(section, "users");
    g_autoptr(GPtrArray) items = value_split(users ? users : "");
    g_autofree char *root = find_password(section, "root");

    g_ptr_array_add(host->users, mailsim_user_new("root", root));
    for (guint i = 0; i < items->len; i++) {
        char *item = g_ptr_array_index(items, i);
        char *colon = strchr(item, ':');
        const char *password = colon ? colon + 1 : "";

        if (colon)
            *colon = '\0';
        if (strcmp(item, "root") != 0)
            g_ptr_array_add(host->users, mailsim_user_new(item, password));
    }
}

static gboolean
has_address(const Section *section)
{
    const char *value = section_get(section, "address");
    gsize start, end = 0;

    return value && value_next_item(value, &start, &end);
}

/* The next free address for whoever has none. BEGINNING, the same section before any step, had
 * one reserved if it had none: what a step says later moves nobody else. */
static char *
find_address(const Section *section, const Section *beginning, Pool *pool, GHashTable *taken)
{
    const gboolean had = has_address(beginning);
    const gboolean has = has_address(section);
    g_autofree char *next = had && has ? NULL : take_next(pool, taken);

    return has ? NULL : g_steal_pointer(&next);
}

static MailsimHostDefinition *
build_host(const Section *section, char *address)
{
    MailsimHostDefinition *host = mailsim_host_definition_new();
    const char *addresses = section_get(section, "address");
    g_autoptr(GPtrArray) items = value_split(addresses ? addresses : "");

    host->name = g_strdup(section->names[0]);
    host->mailname = find_mailname(section);
    host->hostname = find_hostname(section);
    host->certificate = build_raw(section, "certificate", "snakeoil");
    host->certificate_issue = section->certificate_issue;
    host->span = section->span;
    build_users(section, host);
    for (guint i = 0; i < items->len; i++)
        g_ptr_array_add(host->addresses, g_strdup(g_ptr_array_index(items, i)));
    if (address)
        g_ptr_array_add(host->addresses, address);
    return host;
}

static void
build_settings(const Section *section, GPtrArray *settings)
{
    for (guint i = 0; i < section->entries->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(section->entries, i);
        MailsimSpan span = entry->key_span;

        if (strcmp(entry->key, "like") == 0 ||
            (section->row->kind == MAILSIM_GROUP_SERVICE && strcmp(entry->key, "port") == 0) ||
            (section->row->kind == MAILSIM_GROUP_DOVECOT && strcmp(entry->key, "ports") == 0))
            continue;
        span.end = MAX(span.end, entry->value_span.end);
        g_ptr_array_add(settings, mailsim_setting_new(entry->key, entry->value, &span));
    }
}

guint
build_service_port(const Section *section)
{
    const char *value = section_get(section, "port");
    guint port = 25;

    if (value && value_parse_port(value, &port))
        return port;
    if (strcmp(section->names[1], "submission") == 0)
        return 587;
    return strcmp(section->names[1], "submissions") == 0 ? 465 : 25;
}

static void
build_service(const Section *section, MailsimHostDefinition *host)
{
    MailsimServiceDefinition *service = mailsim_service_definition_new();

    service->name = g_strdup(section->names[1]);
    service->port = build_service_port(section);
    service->span = section->span;
    build_settings(section, service->settings);
    g_ptr_array_add(host->services, service);
}

/* Values as Dovecot has them once it has taken the quotes away; and “ports”, which dovecot.conf
 * has in its sections. */
static void
build_dovecot(const Section *section, MailsimHostDefinition *host)
{
    const char *ports = section_get(section, "ports");
    g_autoptr(GPtrArray) items = value_split(ports ? ports : "");

    host->has_dovecot = TRUE;
    build_settings(section, host->dovecot);
    for (guint i = 0; i < host->dovecot->len; i++) {
        MailsimSetting *setting = g_ptr_array_index(host->dovecot, i);
        char *plain = mailsim_dovecot_setting_unquote(setting->value);

        g_free(setting->value);
        setting->value = plain;
    }
    host->dovecot_ports = ports ? g_array_new(FALSE, FALSE, sizeof(guint)) : NULL;
    for (guint i = 0; i < items->len; i++) {
        guint port = 0;

        if (value_parse_port(g_ptr_array_index(items, i), &port))
            g_array_append_val(host->dovecot_ports, port);
    }
}

/* The lines by their numbers; an empty one takes a line away. */
static void
build_file(const Section *section, MailsimHostDefinition *host)
{
    MailsimFileDefinition *file =
        mailsim_file_definition_new(section->names[1], &section->span);
    g_autoptr(GPtrArray) entries = build_sort_lines(section);

    for (guint i = 0; i < entries->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(entries, i);

        if (*entry->value)
            g_ptr_array_add(file->lines, g_strdup(entry->value));
    }
    g_ptr_array_add(host->files, file);
}

static void
build_hosts(const MailsimScenario *scenario,
            const Overlay *overlay,
            MailsimWorld *world,
            GHashTable *taken)
{
    static const MailsimGroupKind kinds[] = {MAILSIM_GROUP_POSTFIX, MAILSIM_GROUP_SERVICE,
                                             MAILSIM_GROUP_DOVECOT, MAILSIM_GROUP_FILE};
    Pool pool = {"192.0.2.", "10.1.", 10};
    g_autoptr(GHashTable) by_name = g_hash_table_new(g_str_hash, g_str_equal);
    const GPtrArray *hosts = scenario->by_kind[MAILSIM_GROUP_HOST];

    for (guint i = 0; i < hosts->len; i++) {
        const Section *beginning = g_ptr_array_index(hosts, i);
        const Section *section = overlay_get(overlay, beginning);
        MailsimHostDefinition *host =
            build_host(section, find_address(section, beginning, &pool, taken));

        g_ptr_array_add(world->hosts, host);
        g_hash_table_insert(by_name, host->name, host);
    }
    for (guint k = 0; k < G_N_ELEMENTS(kinds); k++) {
        g_autoptr(GPtrArray) sections = overlay_list(overlay, kinds[k]);

        for (guint i = 0; i < sections->len; i++) {
            const Section *section = g_ptr_array_index(sections, i);
            MailsimHostDefinition *host = g_hash_table_lookup(by_name, section->names[0]);

            if (kinds[k] == MAILSIM_GROUP_SERVICE) {
                build_service(section, host);
                continue;
            }
            if (kinds[k] == MAILSIM_GROUP_FILE) {
                build_file(section, host);
                continue;
            }
            if (kinds[k] == MAILSIM_GROUP_DOVECOT)
                build_dovecot(section, host);
            else
                build_settings(section, host->postfix);
        }
    }
}

/* --- Mail programs --- */

/* A host's short name stands for its host name: that is what a person types into a mail
 * program. */
MailsimEndpoint *
build_endpoint(const MailsimScenario *scenario,
               const Overlay *overlay,
               const MailsimEntry *entry)
{
    g_auto(EndpointValue) endpoint = {0};
    g_auto(Problem) problem = {0};

    if (!value_parse_endpoint(entry->value, &endpoint, &problem))
        return NULL;

    const Section *host = find_section(scenario, MAILSIM_GROUP_HOST, endpoint.host);
    g_autofree char *name =
        host ? find_hostname(overlay_get(overlay, host)) : g_ascii_strdown(endpoint.host, -1);

    return mailsim_endpoint_new(name, endpoint.port, endpoint.mode, &entry->value_span);
}

static void
build_account(const MailsimScenario *scenario,
              const Overlay *overlay,
              const char *user,
              MailsimMailProgramDefinition *program)
{
    g_autoptr(GPtrArray) hosts = find_user_hosts(scenario, user);

    g_clear_pointer(&program->user, g_free);
    g_clear_pointer(&program->user_host, g_free);
    g_clear_pointer(&program->password, g_free);
    if (hosts->len == 0)
        return;

    const Section *host = g_ptr_array_index(hosts, 0);

    program->user = build_user_name(user);
    program->user_host = g_strdup(host->names[0]);
    program->password = find_password(overlay_get(overlay, host), program->user);
}

void
build_mail_program(const MailsimScenario *scenario,
                   const Overlay *overlay,
                   const Section *section,
                   MailsimMailProgramDefinition *program)
{
    const char *user = section_get(section, "user");
    const MailsimEntry *outgoing = section_find(section, "outgoing");
    const MailsimEntry *incoming = section_find(section, "incoming");

    if (user)
        build_account(scenario, overlay, user, program);
    if (program->user && section_find(section, "password")) {
        g_free(program->password);
        program->password = build_text(section, "password", "");
    }
    program->login = build_yes_no(section, "login", program->login);
    program->check = build_yes_no(section, "check", program->check);
    program->keep = build_yes_no(section, "keep", program->keep);
    if (outgoing) {
        g_clear_pointer(&program->outgoing, mailsim_endpoint_free);
        program->outgoing = build_endpoint(scenario, overlay, outgoing);
    }
    if (incoming) {
        g_clear_pointer(&program->incoming, mailsim_endpoint_free);
        program->incoming = build_endpoint(scenario, overlay, incoming);
    }
}

static void
build_mail_programs(const MailsimScenario *scenario,
                    const Overlay *overlay,
                    MailsimWorld *world,
                    GHashTable *taken)
{
    Pool pool = {"198.51.100.", "10.2.", 10};
    const GPtrArray *sections = scenario->by_kind[MAILSIM_GROUP_MUA];

    for (guint i = 0; i < sections->len; i++) {
        const Section *beginning = g_ptr_array_index(sections, i);
        const Section *section = overlay_get(overlay, beginning);
        MailsimMailProgramDefinition *program = mailsim_mail_program_definition_new();
        char *address = find_address(section, beginning, &pool, taken);

        program->name = g_strdup(section->names[0]);
        program->span = section->span;
        program->login = program->check = TRUE;
        program->address = address ? address : g_strdup(section_get(section, "address"));
        build_mail_program(scenario, overlay, section, program);
        g_ptr_array_add(world->mail_programs, program);
    }
}

/* --- Links, certificates and blocklists --- */

static void
build_links(const Overlay *overlay, MailsimWorld *world)
{
    g_autoptr(GPtrArray) sections = overlay_list(overlay, MAILSIM_GROUP_LINK);

    for (guint i = 0; i < sections->len; i++) {
        const Section *section = g_ptr_array_index(sections, i);
        const char *value = section_get(section, "latency");
        gint64 latency_us = LATENCY_DEFAULT_US;

        if (value)
            mailsim_duration_parse(value, &latency_us);
        g_ptr_array_add(world->links, mailsim_link_definition_new(
                                          section->names[0], section->names[1], latency_us));
    }
}

/* Words of a list; NULL: nothing is said. */
static char **
build_words(const Section *section, const char *key)
{
    const char *value = section_get(section, key);
    g_autoptr(GPtrArray) words = value ? value_split(value) : NULL;
    GStrvBuilder *builder;
    char **result;

    if (!words)
        return NULL;
    builder = g_strv_builder_new();
    for (guint i = 0; i < words->len; i++)
        g_strv_builder_add(builder, g_ptr_array_index(words, i));
    result = g_strv_builder_end(builder);
    g_strv_builder_unref(builder);
    return result;
}

/* Whoever signs others is an authority, unless it is said that it is none. */
static gboolean
build_is_authority(const Section *section, const GPtrArray *sections)
{
    gboolean issues = FALSE;

    for (guint i = 0; i < sections->len; i++)
        issues |= g_strcmp0(section_get(g_ptr_array_index(sections, i), "issuer"),
                            section->names[0]) == 0;
    return build_yes_no(section, "ca", issues);
}

static void
build_certificates(const Overlay *overlay, MailsimWorld *world)
{
    g_autoptr(GPtrArray) sections = overlay_list(overlay, MAILSIM_GROUP_CERTIFICATE);

    for (guint i = 0; i < sections->len; i++) {
        const Section *section = g_ptr_array_index(sections, i);
        MailsimCertificateDefinition *certificate = mailsim_certificate_definition_new();
        const char *names = section_get(section, "names");
        const char *issued = section_get(section, "issued");
        const char *days = section_get(section, "days");

        certificate->name = g_strdup(section->names[0]);
        certificate->profile = build_raw(section, "profile", "letsencrypt");
        certificate->names = names ? value_split(names) : NULL;
        certificate->cn = build_raw(section, "cn", NULL);
        certificate->issuer = build_raw(section, "issuer", NULL);
        certificate->key = build_raw(section, "key", NULL);
        certificate->issued_us = G_MININT64;
        if (issued)
            mailsim_time_parse(issued, &certificate->issued_us);
        certificate->days = days ? (int)g_ascii_strtoll(days, NULL, 10) : 0;
        certificate->is_authority = build_is_authority(section, sections);
        certificate->key_usage = build_words(section, "key-usage");
        certificate->extended_key_usage = build_words(section, "extended-key-usage");
        certificate->span = section->span;
        g_ptr_array_add(world->certificates, certificate);
    }
}

static void
build_blocklists(const Overlay *overlay, MailsimWorld *world)
{
    g_autoptr(GPtrArray) sections = overlay_list(overlay, MAILSIM_GROUP_BLOCKLIST);

    for (guint i = 0; i < sections->len; i++) {
        const Section *section = g_ptr_array_index(sections, i);
        MailsimBlocklistDefinition *blocklist =
            mailsim_blocklist_definition_new(section->names[0]);
        const char *listed = section_get(section, "listed");
        const char *trap = section_get(section, "trap");

        blocklist->listings = section->listings;
        blocklist->trap = trap && *trap ? g_strdup(trap) : NULL;
        if (listed)
            g_ptr_array_extend_and_steal(blocklist->listed, value_split(listed));
        blocklist->span = section->span;
        g_ptr_array_add(world->blocklists, blocklist);
    }
}

MailsimWorld *
build_world(const MailsimScenario *scenario, const Overlay *overlay)
{
    g_autoptr(GHashTable) taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    MailsimWorld *world = mailsim_world_new();

    /* Also what steps will say later: nobody's address moves when another's is written. */
    take_addresses(scenario->by_kind[MAILSIM_GROUP_HOST], taken);
    take_addresses(scenario->by_kind[MAILSIM_GROUP_MUA], taken);
    take_addresses(scenario->changes, taken);

    world->start_us = find_start(scenario);
    build_hosts(scenario, overlay, world, taken);
    build_mail_programs(scenario, overlay, world, taken);
    build_links(overlay, world);
    build_certificates(overlay, world);
    build_zones(overlay, world);
    build_blocklists(overlay, world);
    return world;
}

MailsimWorld *
mailsim_scenario_build_world(const MailsimScenario *scenario, guint index)
{
    g_autoptr(Overlay) overlay = overlay_new(scenario);
    const GPtrArray *steps = scenario->by_kind[MAILSIM_GROUP_STEP];

    for (guint i = 0; i <= index && i < steps->len; i++)
        overlay_apply(overlay, ((const Section *)g_ptr_array_index(steps, i))->names[0]);
    return build_world(scenario, overlay);
}
