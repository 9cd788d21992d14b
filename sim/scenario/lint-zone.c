/* SPDX-License-Identifier: MIT
 *
 * TLSA records that no Postfix asks for, or that it cannot use. What it does with each was
 * recorded: tests/dialogue/recorded/tls/dane.txt and dns.txt. */
#include "lint-private.h"

#include <string.h>

#include <mailsim/lab/implied.h>
#include <mailsim/protocol/tlsa.h>

#include "value-zone-private.h"

typedef struct {
    const Lint *lint;
    const GPtrArray *records; /* of MailsimRecordsDefinition: all of DNS, as it begins */
    GHashTable *signed_once;  /* entries that stand in a signed zone at some step */
} Zones;

/* ---- one line ---------------------------------------------------------------------------- */

/* “_25._tcp.mx”: port and protocol (RFC 6698 §3). */
static gboolean
is_tlsa_owner(const char *owner)
{
    const gsize digits = *owner == '_' ? strspn(owner + 1, "0123456789") : 0;

    return digits > 0 && digits <= 5 && g_str_has_prefix(owner + 1 + digits, "._tcp.");
}

/* Where the MX records of DOMAIN lead, as long as that is not DOMAIN itself: the first of them.
 * NULL: it has none, or they do. Lent. */
static const char *
find_exchanger(const GPtrArray *records, const char *domain)
{
    g_autofree char *itself = g_strconcat(" ", domain, ".", NULL);
    const char *first = NULL;

    for (guint i = 0; i < records->len; i++) {
        const MailsimRecordsDefinition *line = g_ptr_array_index(records, i);

        if (strcmp(line->type, "MX") != 0 || strcmp(line->owner, domain) != 0)
            continue;
        for (guint j = 0; j < line->data->len; j++) {
            const char *data = g_ptr_array_index(line->data, j);

            if (g_str_has_suffix(data, itself))
                return NULL;
            first = first ? first : strchr(data, ' ');
        }
    }
    return first ? first + 1 : NULL;
}

static void
judge_owner(const Zones *zones, const MailsimEntry *entry, const char *owner)
{
    const char *name = is_tlsa_owner(owner) ? strstr(owner, "._tcp.") + strlen("._tcp.") : NULL;
    const char *exchanger = name ? find_exchanger(zones->records, name) : NULL;
    MailsimSpan span = entry->key_span;
    g_autofree char *hint = NULL;

    if (name && !exchanger)
        return;
    if (name)
        hint = g_strdup_printf("Postfix asks for those of the MX: write _25._tcp.%s TLSA",
                               exchanger);
    else
        hint = g_strdup("port and protocol come first, then the server's name: _25._tcp.mx "
                        "TLSA");
    span.end = span.start + strcspn(entry->key, " \t");
    lint_tell(zones->lint, "tlsa-owner", &span, hint,
              "nobody asks for TLSA records of that name");
}

/* What follows where no other record of that name is of use. */
static char *
dup_consequence(const char *dane_only)
{
    return g_strdup_printf("Postfix passes over it. Without another record dane comes to "
                           "encrypt, and takes any certificate; at dane-only mail waits, 4.7.5 "
                           "%s. Most domains have 3 1 1",
                           dane_only);
}

static void
tell_record(const Lint *lint,
            const MailsimEntry *entry,
            gsize start,
            gsize end,
            const char *message,
            const char *dane_only)
{
    const MailsimSpan span = mailsim_entry_locate(entry, start, end);
    g_autofree char *hint = dup_consequence(dane_only);

    lint_tell(lint, "tlsa-useless", &span, hint, message);
}

static char *
describe_useless(const MailsimTlsa *tlsa)
{
    if (tlsa->usage < MAILSIM_TLSA_USAGE_DANE_TA)
        return g_strdup_printf("usage %u is not for mail: 2 (an authority) and 3 (the "
                               "certificate itself) are (RFC 7672)",
                               tlsa->usage);
    if (tlsa->usage > MAILSIM_TLSA_USAGE_DANE_EE)
        return g_strdup_printf("nobody knows usage %u", tlsa->usage);
    if (tlsa->selector > MAILSIM_TLSA_SELECTOR_SPKI)
        return g_strdup_printf("nobody knows selector %u: 0 is the certificate, 1 its key",
                               tlsa->selector);
    if (tlsa->matching > MAILSIM_TLSA_MATCHING_SHA2_512)
        return g_strdup_printf("nobody knows matching type %u: 0 is all of it, 1 is SHA-256, 2 "
                               "is SHA-512",
                               tlsa->matching);
    return g_strdup_printf("%u octets are no SHA-%s, which has %u",
                           (guint)strlen(tlsa->hex) / 2,
                           tlsa->matching == MAILSIM_TLSA_MATCHING_SHA2_256 ? "256" : "512",
                           mailsim_tlsa_count_digest_octets(tlsa->matching));
}

static void
judge_record(const Lint *lint, const MailsimEntry *entry, const char *item, gsize start)
{
    g_auto(MailsimTlsa) tlsa = {0};
    g_autofree char *message = NULL;
    const gboolean well = mailsim_tlsa_parse(item, &tlsa, NULL);
    const gboolean unusable = well && mailsim_tlsa_find_unusable(&tlsa) != NULL;

    if (!well || (!unusable && mailsim_tlsa_is_understood(&tlsa)))
        return;
    message = describe_useless(&tlsa);
    tell_record(lint, entry, start, start + strlen(item), message,
                unusable ? "TLSA records unusable" : "Server certificate not verified");
}

/* ---- zones as they are at a step --------------------------------------------------------- */

static gboolean
is_signed(const Section *zone)
{
    const char *dnssec = section_get(zone, "dnssec");

    return dnssec && *dnssec && strcmp(dnssec, "no") != 0;
}

/* The key of a TLSA record; FALSE: ENTRY is another one, or empty. */
static gboolean
read_key(const Section *zone, const MailsimEntry *entry, RecordKey *key)
{
    g_autofree char *name = g_ascii_strdown(zone->names[0], -1);
    g_auto(ZoneReader) reader = {.zone = name};

    return *entry->value && strchr(entry->key, ' ') &&
           value_parse_record_key(&reader, entry->key, key) && strcmp(key->type, "TLSA") == 0;
}

static void
note_signed(const Zones *zones, const Section *zone)
{
    for (guint i = 0; is_signed(zone) && i < zone->entries->len; i++)
        g_hash_table_add(zones->signed_once, g_ptr_array_index(zone->entries, i));
}

static void
note_signed_at_steps(const Zones *zones)
{
    const MailsimScenario *scenario = zones->lint->scenario;
    const GPtrArray *steps = scenario->by_kind[MAILSIM_GROUP_STEP];
    g_autoptr(Overlay) overlay = overlay_new(scenario);
    guint i = 0;

    do {
        g_autoptr(GPtrArray) sections = overlay_list(overlay, MAILSIM_GROUP_ZONE);

        for (guint j = 0; j < sections->len; j++)
            note_signed(zones, g_ptr_array_index(sections, j));
        if (i < steps->len)
            overlay_apply(overlay, ((const Section *)g_ptr_array_index(steps, i))->names[0]);
    } while (i++ < steps->len);
}

static void
judge_line(const Zones *zones, const Section *zone, const MailsimEntry *entry)
{
    g_auto(RecordKey) key = {0};
    gsize start, end = 0;

    if (!read_key(zone, entry, &key))
        return;
    judge_owner(zones, entry, key.owner);
    if (!g_hash_table_contains(zones->signed_once, entry))
        lint_tell(zones->lint, "tlsa-unsigned", &entry->key_span,
                  "a TLSA record counts only where DNSSEC proves it: Postfix does not even ask "
                  "for it. Write dnssec = yes",
                  "TLSA in a zone that is not signed");
    while (value_next_record(entry->value, &start, &end)) {
        g_autofree char *item = g_strndup(entry->value + start, end - start);

        judge_record(zones->lint, entry, item, start);
    }
}

void
lint_hold_zones(const Lint *lint)
{
    const GPtrArray *const all[] = {lint->scenario->sections, lint->scenario->changes};
    g_autoptr(GHashTable) signed_once = g_hash_table_new(g_direct_hash, g_direct_equal);
    g_autoptr(MailsimWorld) world = mailsim_scenario_build_world(lint->scenario, 0);
    g_autoptr(GPtrArray) implied = mailsim_world_list_implied_records(world);
    g_autoptr(GPtrArray) records = lint_list_records(world, implied);
    const Zones zones = {lint, records, signed_once};

    note_signed_at_steps(&zones);
    for (guint i = 0; i < G_N_ELEMENTS(all); i++)
        for (guint j = 0; j < all[i]->len; j++) {
            const Section *section = g_ptr_array_index(all[i], j);

            if (section->row->kind != MAILSIM_GROUP_ZONE)
                continue;
            for (guint k = 0; k < section->entries->len; k++)
                judge_line(&zones, section, g_ptr_array_index(section->entries, k));
        }
}
