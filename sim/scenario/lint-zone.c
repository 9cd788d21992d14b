/* SPDX-License-Identifier: MIT
 *
 * TLSA records that no Postfix asks for, or that it cannot use. What it does with each was
 * recorded: tests/dialogue/recorded/tls/dane.txt and dns.txt. */
#include "lint-private.h"

#include <string.h>

#include <mailsim/protocol/tlsa.h>

#include "value-zone-private.h"

/* ---- one line ---------------------------------------------------------------------------- */

/* “_25._tcp.mx”: port and protocol (RFC 6698 §3). */
static gboolean
is_tlsa_owner(const char *owner)
{
    const gsize digits = *owner == '_' ? strspn(owner + 1, "0123456789") : 0;

    return digits > 0 && digits <= 5 && g_str_has_prefix(owner + 1 + digits, "._tcp.");
}

static void
judge_owner(const Lint *lint, const MailsimEntry *entry, const char *owner)
{
    MailsimSpan span = entry->key_span;

    if (is_tlsa_owner(owner))
        return;
    span.end = span.start + strcspn(entry->key, " \t");
    lint_tell(lint, "tlsa-owner", &span,
              "port and protocol come first, then the server's name: _25._tcp.mx TLSA",
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

/* The number of octets that a digest of TLSA has; 0: it is no digest. */
static guint
count_octets(guint8 matching)
{
    return matching == MAILSIM_TLSA_MATCHING_SHA2_256   ? 32
           : matching == MAILSIM_TLSA_MATCHING_SHA2_512 ? 64
                                                        : 0;
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
                           count_octets(tlsa->matching));
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

typedef struct {
    const Lint *lint;
    GHashTable *signed_once; /* entries that stand in a signed zone at some step */
} Zones;

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
    judge_owner(zones->lint, entry, key.owner);
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
    const Zones zones = {lint, signed_once};

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
