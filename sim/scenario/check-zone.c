/* SPDX-License-Identifier: MIT
 *
 * What can be wrong with the lines of a zone: one by one, and beside each other. */
#include "scenario-private.h"

#include <string.h>

#include "value-zone-private.h"

/* ---- one line ---------------------------------------------------------------------------- */

static void
report(const Checker *checker,
       MailsimSeverity severity,
       const MailsimSpan *span,
       const Problem *problem)
{
    mailsim_diagnostics_add(checker->diagnostics, severity, span, problem->hint, "%s",
                            problem->message);
}

static MailsimSpan
locate_in_key(const MailsimEntry *entry, const Problem *problem)
{
    MailsimSpan span = entry->key_span;

    span.start += problem->start;
    span.end = MIN(span.end, entry->key_span.start + problem->end);
    return span;
}

static gboolean
check_record_key(const Checker *checker, ZoneReader *reader, RecordKey *key)
{
    const gboolean good = value_parse_record_key(reader, checker->entry->key, key);
    MailsimSpan span;

    if (!good) {
        span = locate_in_key(checker->entry, &reader->problem);
        report(checker, MAILSIM_SEVERITY_ERROR, &span, &reader->problem);
    } else if (reader->doubt.message) {
        span = locate_in_key(checker->entry, &reader->doubt);
        report(checker, MAILSIM_SEVERITY_WARNING, &span, &reader->doubt);
    }
    problem_clear(&reader->doubt);
    return good;
}

static void
check_record(
    const Checker *checker, ZoneReader *reader, const char *type, const char *item, gsize start)
{
    g_autofree char *data = value_dup_record(reader, type, item, start);
    gsize named;

    if (data && strcmp(type, "TLSA") == 0 && value_find_announced(item, &named)) {
        MailsimSpan span =
            mailsim_entry_locate(checker->entry, start + named, start + strlen(item));

        check_announced(checker->scenario, checker->diagnostics, &span, item + named);
    }
    if (!data) {
        check_fail(checker, reader->problem.start, reader->problem.end,
                   g_steal_pointer(&reader->problem.hint), "%s", reader->problem.message);
    } else if (reader->doubt.message) {
        MailsimSpan span =
            mailsim_entry_locate(checker->entry, reader->doubt.start, reader->doubt.end);

        report(checker, MAILSIM_SEVERITY_WARNING, &span, &reader->doubt);
    }
    problem_clear(&reader->doubt);
}

/* What must stand alone: an alias (RFC 1034 §3.6.2), “0 .” (RFC 7505 §3). */
static void
check_count(const Checker *checker, const char *type, guint count, gboolean has_null)
{
    const gsize length = strlen(checker->entry->value);

    if (count > 1 && strcmp(type, "CNAME") == 0)
        check_fail(checker, 0, length, g_strdup("remove all but one"),
                   "an alias leads to one name only");
    if (count > 1 && has_null)
        check_fail(checker, 0, length, g_strdup("“0 .” says that no mail is taken at all"),
                   "“0 .” stands alone, or not at all");
}

void
check_records(const Checker *checker)
{
    g_autofree char *zone = g_ascii_strdown(checker->section->names[0], -1);
    g_auto(ZoneReader) reader = {.zone = zone};
    g_auto(RecordKey) key = {0};
    const char *value = checker->entry->value;
    gboolean has_null = FALSE;
    gsize start, end = 0;
    guint count = 0;

    if (!check_record_key(checker, &reader, &key))
        return;
    for (; value_next_record(value, &start, &end); count++) {
        g_autofree char *item = g_strndup(value + start, end - start);

        check_record(checker, &reader, key.type, item, start);
        has_null |= strcmp(key.type, "MX") == 0 && g_str_has_suffix(item, " .");
    }
    check_count(checker, key.type, count, has_null);
}

/* ---- lines beside each other ------------------------------------------------------------- */

typedef struct {
    const MailsimScenario *scenario;
    MailsimDiagnostics *diagnostics;
    GHashTable *lines; /* “owner TYPE”: the entry, wherever it stands */
} Zones;

static void
fail_beside(const Zones *zones,
            const MailsimEntry *entry,
            const MailsimEntry *other,
            const char *hint,
            char *message)
{
    g_autofree char *owned = message;

    mailsim_diagnostics_add(zones->diagnostics, MAILSIM_SEVERITY_ERROR, &entry->key_span, hint,
                            "%s", owned);
    if (other)
        mailsim_diagnostics_point_at(zones->diagnostics, &other->key_span, "the other one");
}

/* The same records in two spellings, “@ MX” and “iesgn.example. MX”: neither would replace the
 * other. */
static void
check_twice(const Zones *zones, const MailsimEntry *entry, const RecordKey *key)
{
    g_autofree char *id = g_strconcat(key->owner, " ", key->type, NULL);
    const MailsimEntry *other = g_hash_table_lookup(zones->lines, id);

    if (!other)
        g_hash_table_insert(zones->lines, g_steal_pointer(&id), (gpointer)entry);
    else if (strcmp(entry->key, other->key) != 0)
        fail_beside(zones, entry, other, "write its name one way only, and its records once",
                    g_strdup_printf("“%s” and “%s” are the same", entry->key, other->key));
}

/* An alias is nothing else beside (RFC 1034 §3.6.2): neither a name of a host nor the zone
 * itself, which has its name servers. */
static void
check_alias(const Zones *zones, const MailsimEntry *entry, const char *owner, const char *zone)
{
    const GPtrArray *hosts = zones->scenario->by_kind[MAILSIM_GROUP_HOST];

    if (strcmp(owner, zone) == 0) {
        fail_beside(zones, entry, NULL, "give it MX and A records of its own",
                    g_strdup("the zone itself cannot be an alias"));
        return;
    }
    for (guint i = 0; i < hosts->len; i++) {
        const Section *host = g_ptr_array_index(hosts, i);
        g_autofree char *hostname = find_hostname(host);
        g_autofree char *mailname = find_mailname(host);

        if (strcmp(hostname, owner) == 0 || strcmp(mailname, owner) == 0)
            fail_beside(
                zones, entry, NULL, "call the alias something else",
                g_strdup_printf("“%s” is a name of [%s], which has records", owner, host->id));
    }
}

/* Parse the key of a line that is a record and not empty; FALSE: it is not. */
static gboolean
read_record(const MailsimEntry *entry, const char *zone, RecordKey *key)
{
    g_auto(ZoneReader) reader = {.zone = zone};

    return *entry->value && strchr(entry->key, ' ') &&
           value_parse_record_key(&reader, entry->key, key);
}

/* owner: the entry of its CNAME. Free with g_hash_table_unref(). */
static GHashTable *
index_aliases(const Section *section, const char *zone)
{
    GHashTable *aliases = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < section->entries->len; i++) {
        gpointer entry = g_ptr_array_index(section->entries, i);
        g_auto(RecordKey) key = {0};

        if (read_record(entry, zone, &key) && strcmp(key.type, "CNAME") == 0)
            g_hash_table_insert(aliases, g_strdup(key.owner), entry);
    }
    return aliases;
}

static gboolean
has_entry(const Section *section, const MailsimEntry *entry)
{
    return g_ptr_array_find((GPtrArray *)section->entries, entry, NULL);
}

/* SECTION as it is once CHANGE, itself or a group of a step, has changed it. */
static void
check_aliases(const Zones *zones, const Section *section, const Section *change)
{
    g_autofree char *zone = g_ascii_strdown(section->names[0], -1);
    g_autoptr(GHashTable) aliases = index_aliases(section, zone);

    for (guint i = 0; g_hash_table_size(aliases) > 0 && i < section->entries->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(section->entries, i);
        g_auto(RecordKey) key = {0};
        const MailsimEntry *alias;

        if (!read_record(entry, zone, &key))
            continue;
        alias = g_hash_table_lookup(aliases, key.owner);
        if (alias == entry && has_entry(change, entry))
            check_alias(zones, entry, key.owner, zone);
        else if (alias && alias != entry &&
                 (has_entry(change, entry) || has_entry(change, alias)))
            fail_beside(zones, entry, alias, "an alias has no records but itself",
                        g_strdup_printf("“%s” is an alias, and has other records", key.owner));
    }
}

static void
check_spellings(const Zones *zones, const Section *section)
{
    g_autofree char *zone = g_ascii_strdown(section->names[0], -1);

    for (guint i = 0; i < section->entries->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(section->entries, i);
        g_auto(ZoneReader) reader = {.zone = zone};
        g_auto(RecordKey) key = {0};

        if (strchr(entry->key, ' ') && value_parse_record_key(&reader, entry->key, &key))
            check_twice(zones, entry, &key);
    }
}

/* Zones as steps change them, one after the other. */
static void
check_steps_of_zones(const Zones *zones)
{
    const MailsimScenario *scenario = zones->scenario;
    const GPtrArray *steps = scenario->by_kind[MAILSIM_GROUP_STEP];
    g_autoptr(Overlay) overlay = overlay_new(scenario);

    for (guint i = 0; i < steps->len; i++) {
        const char *step = ((const Section *)g_ptr_array_index(steps, i))->names[0];
        const GPtrArray *changes = g_hash_table_lookup(scenario->by_step, step);

        overlay_apply(overlay, step);
        for (guint j = 0; changes && j < changes->len; j++) {
            const Section *change = g_ptr_array_index(changes, j);

            if (change->row->kind == MAILSIM_GROUP_ZONE)
                check_aliases(zones, overlay_get(overlay, change), change);
        }
    }
}

/* ---- traps ------------------------------------------------------------------------------- */

static gboolean
mentions(const GPtrArray *sections, const char *domain)
{
    for (guint i = 0; i < sections->len; i++) {
        const Section *section = g_ptr_array_index(sections, i);

        if (section->row->kind != MAILSIM_GROUP_POSTFIX &&
            section->row->kind != MAILSIM_GROUP_FILE)
            continue;
        for (guint j = 0; j < section->entries->len; j++)
            if (strstr(((const MailsimEntry *)g_ptr_array_index(section->entries, j))->value,
                       domain))
                return TRUE;
    }
    return FALSE;
}

/* Does some host take mail for DOMAIN, or speak of it? */
static gboolean
has_domain(const MailsimScenario *scenario, const char *domain)
{
    const GPtrArray *hosts = scenario->by_kind[MAILSIM_GROUP_HOST];

    for (guint i = 0; i < hosts->len; i++) {
        g_autofree char *mailname = find_mailname(g_ptr_array_index(hosts, i));
        g_autofree char *hostname = find_hostname(g_ptr_array_index(hosts, i));

        if (g_ascii_strcasecmp(mailname, domain) == 0 ||
            g_ascii_strcasecmp(hostname, domain) == 0)
            return TRUE;
    }
    return mentions(scenario->sections, domain) || mentions(scenario->changes, domain);
}

static void
check_trap(const Zones *zones, const Section *section)
{
    const MailsimEntry *entry = section_find(section, "trap");
    const char *at = entry ? strrchr(entry->value, '@') : NULL;
    MailsimSpan span;

    if (!entry || !*entry->value || (at && has_domain(zones->scenario, at + 1)))
        return;
    span = mailsim_entry_locate(entry, at ? (gsize)(at + 1 - entry->value) : 0,
                                strlen(entry->value));
    mailsim_diagnostics_add(zones->diagnostics, MAILSIM_SEVERITY_ERROR, &span,
                            at ? "a trap is an address at a host of the lab"
                               : "write the whole address: trap@iesgn.example",
                            at ? "no host takes mail for “%s”" : "“%s” has no domain",
                            at ? at + 1 : entry->value);
}

void
check_zones(const MailsimScenario *scenario, MailsimDiagnostics *diagnostics)
{
    g_autoptr(GHashTable) lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const Zones zones = {scenario, diagnostics, lines};
    const GPtrArray *const all[] = {scenario->sections, scenario->changes};

    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        for (guint j = 0; j < all[i]->len; j++) {
            const Section *section = g_ptr_array_index(all[i], j);

            if (section->row->kind == MAILSIM_GROUP_ZONE)
                check_spellings(&zones, section);
            if (section->row->kind == MAILSIM_GROUP_ZONE && i == 0)
                check_aliases(&zones, section, section);
            if (section->row->kind == MAILSIM_GROUP_BLOCKLIST)
                check_trap(&zones, section);
        }
    check_steps_of_zones(&zones);
}
