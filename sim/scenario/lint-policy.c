/* SPDX-License-Identifier: MIT
 *
 * Lines of smtp_tls_policy_maps beside what a host sends to, and beside its main.cf: keys that
 * no next hop has, and levels that lack what they need. A line that is wrong by itself is
 * check-policy.c's. What Postfix does was recorded: policies.txt in
 * tests/dialogue/recorded/tls. */
#include "lint-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>
#include <mailsim/lab/implied.h>
#include <mailsim/settings/next-hop.h>
#include <mailsim/settings/tls-policy.h>

#define BLANKS " \t"

typedef struct {
    const Lint *lint;
    const LintView *view;
    const MailsimEntry *entry; /* the line */
    char *key;
    const char *policy; /* what follows it; lent */
} Line;

static void
tell(const Line *line, const char *rule, gsize start, gsize end, char *hint, char *message)
{
    const MailsimSpan span = mailsim_entry_locate(line->entry, start, end);
    g_autofree char *owned_hint = hint;
    g_autofree char *owned = message;

    lint_tell(line->lint, rule, &span, owned_hint, owned);
}

static void
tell_key(const Line *line, char *hint, char *message)
{
    tell(line, "policy-key", 0, strlen(line->key), hint, message);
}

/* ---- keys -------------------------------------------------------------------------------- */

/* Does mail go elsewhere than to relayhost, or to the recipient's domain? Then nobody knows
 * here which next hops there are. */
static gboolean
has_transports(const LintView *view)
{
    return !lint_is(view, "transport_maps", "") ||
           !lint_is(view, "default_transport", "smtp") ||
           !lint_is(view, "relay_transport", "relay");
}

/* Is KEY asked for when the next hop is RELAY: itself or, of a plain domain, one above it? */
static gboolean
is_asked_for(const char *key, const char *relay)
{
    const gboolean is_domain = strpbrk(relay, "[]:") == NULL;

    for (const char *at = relay; at; at = is_domain ? strchr(at + 1, '.') : NULL)
        if (g_ascii_strcasecmp(at, key) == 0)
            return TRUE;
    return FALSE;
}

/* “[mx.dest.example]:587” and “mx.dest.example” are the same machine. */
static gboolean
means_the_same(const char *key, const char *relay)
{
    g_auto(MailsimNextHop) one = {0}, other = {0};
    g_autofree char *fatal = mailsim_next_hop_parse(key, &one);
    g_autofree char *other_fatal = mailsim_next_hop_parse(relay, &other);

    return !fatal && !other_fatal && g_ascii_strcasecmp(one.name, other.name) == 0;
}

static void
judge_beside_relay(const Line *line, const char *relay)
{
    if (is_asked_for(line->key, relay))
        return;
    if (means_the_same(line->key, relay))
        tell_key(line,
                 g_strdup_printf("the key is the next hop as it is written, with brackets and "
                                 "port: %s; so the general level holds",
                                 relay),
                 g_strdup_printf("“%s” is not as relayhost writes it", line->key));
    else
        tell_key(line,
                 g_strdup_printf("all mail for others goes to relayhost, and the key is the "
                                 "next hop: only a line for %s is looked at",
                                 relay),
                 g_strdup_printf("no mail goes to “%s”", line->key));
}

static gboolean
is_mailname(const MailsimWorld *world, const char *name)
{
    for (guint i = 0; i < world->hosts->len; i++) {
        const MailsimHostDefinition *host = g_ptr_array_index(world->hosts, i);

        if (g_ascii_strcasecmp(host->mailname, name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The domain whose MX leads to KEY, where KEY is no domain itself; free with g_free(). */
static char *
dup_domain_of_exchanger(const MailsimWorld *world, const char *key)
{
    g_autoptr(GPtrArray) implied = mailsim_world_list_implied_records(world);
    g_autoptr(GPtrArray) all = lint_list_records(world, implied);
    g_autofree char *target = g_strconcat(" ", key, ".", NULL);
    g_autofree char *small = g_ascii_strdown(target, -1);
    const char *found = NULL;

    for (guint i = 0; i < all->len; i++) {
        const MailsimRecordsDefinition *records = g_ptr_array_index(all, i);

        if (strcmp(records->type, "MX") != 0)
            continue;
        if (g_ascii_strcasecmp(records->owner, key) == 0)
            return NULL;
        for (guint j = 0; j < records->data->len; j++)
            if (g_str_has_suffix(g_ptr_array_index(records->data, j), small))
                found = records->owner;
    }
    return is_mailname(world, key) ? NULL : g_strdup(found);
}

static gboolean
is_bracketed_address(const char *key)
{
    const gsize length = strlen(key);
    g_autofree char *inside =
        length > 2 && key[length - 1] == ']' ? g_strndup(key + 1, length - 2) : NULL;
    MailsimIpAddress address;

    return inside && mailsim_ip_address_parse(
                         g_str_has_prefix(inside, "ipv6:") ? inside + 5 : inside, &address);
}

static void
judge_domain(const Line *line)
{
    const char *key = line->key;
    g_autofree char *domain = NULL;
    MailsimIpAddress address;

    if (*key == '[' || strchr(key, ':')) {
        if (!is_bracketed_address(key))
            tell_key(
                line,
                g_strdup("the key is the next hop, and that has brackets or a port only "
                         "where relayhost or transport_maps says so; else it is the domain "
                         "after the @"),
                g_strdup_printf("no mail goes to “%s”", key));
        return;
    }
    if (mailsim_ip_address_parse(key, &address)) {
        tell_key(line,
                 g_strdup_printf("of a recipient at an address it has brackets: [%s]", key),
                 g_strdup_printf("no mail goes to “%s”", key));
        return;
    }
    domain = dup_domain_of_exchanger(line->view->world, key);
    if (domain)
        tell_key(line,
                 g_strdup_printf("Postfix looks for the next hop, the domain after the @, and "
                                 "not for its MX: write %s",
                                 domain),
                 g_strdup_printf("“%s” is a server of %s, and no domain", key, domain));
}

/* postconf(5) smtp_fallback_relay: the next hop when all servers have failed. */
static gboolean
is_fallback(const LintView *view, const char *key)
{
    g_auto(GStrv) relays = lint_dup_list(view, "smtp_fallback_relay");

    for (guint i = 0; relays[i]; i++)
        if (is_asked_for(key, relays[i]))
            return TRUE;
    return FALSE;
}

static void
judge_key(const Line *line)
{
    g_autofree char *relay = lint_dup(line->view, "relayhost");

    if (strcmp(line->key, "*") == 0 || strcmp(line->key, ".") == 0)
        tell_key(line,
                 g_strdup("smtp_tls_security_level is for all others; .example is for what is "
                          "below example"),
                 g_strdup_printf("“%s” stands for no domain", line->key));
    else if (strchr(line->key, '@'))
        tell_key(line, g_strdup("the key is the next hop: what follows the @, alone"),
                 g_strdup_printf("“%s” is no next hop", line->key));
    else if (has_transports(line->view) || is_fallback(line->view, line->key))
        return;
    else if (*relay)
        judge_beside_relay(line, relay);
    else
        judge_domain(line);
}

/* ---- what levels need -------------------------------------------------------------------- */

static gboolean
has_fingerprint(const Line *line, const MailsimTlsPolicyLine *parsed)
{
    g_auto(GStrv) general = lint_dup_list(line->view, "smtp_tls_fingerprint_cert_match");

    for (guint i = 0; parsed->matches->len == 0 && general[i]; i++)
        if (mailsim_tls_fingerprint_is_well_formed(general[i]))
            return TRUE;
    for (guint i = 0; i < parsed->matches->len; i++) {
        g_auto(GStrv) words = g_strsplit(g_ptr_array_index(parsed->matches, i), "|", -1);

        for (guint j = 0; words[j]; j++)
            if (*words[j] && mailsim_tls_fingerprint_is_well_formed(words[j]))
                return TRUE;
    }
    return FALSE;
}

static gboolean
is_level(const MailsimTlsPolicyLine *parsed, const char *level)
{
    return g_strcmp0(parsed->level, level) == 0;
}

static void
judge_level(const Line *line)
{
    g_autoptr(MailsimTlsPolicyLine) parsed = mailsim_tls_policy_line_parse(line->policy);
    const gsize start = (gsize)(line->policy - line->entry->value);
    const gsize end = start + strcspn(line->policy, ", \t");

    if (parsed->problems->len > 0)
        return;
    if (is_level(parsed, "fingerprint") && !has_fingerprint(line, parsed))
        tell(line, "no-fingerprint", start, end,
             g_strdup_printf("mail for %s would wait, 4.7.5 client TLS configuration problem; "
                             "add match= with that of its certificate, or of its key",
                             line->key),
             g_strdup("level fingerprint, and no fingerprint to match"));
    if ((is_level(parsed, "dane") || is_level(parsed, "dane-only")) &&
        !mailsim_main_cf_wants_signed_answers(line->view->host))
        tell(
            line, "unsigned-answers", start, end,
            g_strdup_printf("%s; in main.cf write smtp_dns_support_level = dnssec",
                            is_level(parsed, "dane")
                                ? "no TLSA record is looked at: dane comes to may"
                                : "its mail would wait, 4.7.5 client TLS configuration "
                                  "problem"),
            g_strdup_printf("level %s, and nobody asks DNS for signed answers", parsed->level));
}

/* TLS before the first word is for a level that insists on TLS. */
static void
judge_wrapped(const Line *line)
{
    g_autoptr(MailsimTlsPolicyLine) parsed = mailsim_tls_policy_line_parse(line->policy);
    const gsize start = (gsize)(line->policy - line->entry->value);

    if (!lint_get_flag(line->view, "smtp_tls_wrappermode") ||
        (!is_level(parsed, "none") && !is_level(parsed, "may")))
        return;
    tell(
        line, "wrapped-weakly", start, start + strlen(parsed->level),
        g_strdup_printf("mail for %s would wait: 4.3.0 server unavailable or unable to receive "
                        "mail",
                        line->key),
        g_strdup("smtp_tls_wrappermode needs level encrypt, or a stricter one"));
}

/* A table that postmap(1) has made has the first line of two. */
static void
judge_twice(const Line *line, const MailsimFileDefinition *file)
{
    guint count = 0;

    for (guint i = 0; i < file->lines->len; i++) {
        const char *other = g_ptr_array_index(file->lines, i);

        if (strcmp(other, line->entry->value) == 0)
            break;
        count += strcspn(other, BLANKS) == strlen(line->key) &&
                 g_ascii_strncasecmp(other, line->key, strlen(line->key)) == 0;
    }
    if (count > 0)
        tell(line, "policy-twice", 0, strlen(line->key),
             g_strdup("of a hash table the first line counts; a texthash table "
                      "Postfix could not read at all: all mail would wait, 4.7.5 client TLS "
                      "configuration problem"),
             g_strdup_printf("“%s” is there twice", line->key));
}

/* ---- which lines ------------------------------------------------------------------------- */

static gboolean
is_in_force(const MailsimFileDefinition *file, const char *value)
{
    return g_ptr_array_find_with_equal_func(file->lines, value, g_str_equal, NULL);
}

static void
judge_file(const Lint *lint,
           const LintView *view,
           const MailsimFileDefinition *file,
           const Section *section)
{
    for (guint i = 0; i < section->entries->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(section->entries, i);
        const gsize length = strcspn(entry->value, BLANKS);
        g_autofree char *key = g_ascii_strdown(entry->value, (gssize)length);
        const Line line = {lint, view, entry, key,
                           entry->value + length + strspn(entry->value + length, BLANKS)};

        if (*key == '\0' || *key == '#' || *line.policy == '\0' ||
            !is_in_force(file, entry->value))
            continue;
        judge_key(&line);
        judge_level(&line);
        judge_wrapped(&line);
        judge_twice(&line, file);
    }
}

void
lint_hold_policies(const Lint *lint, const LintView *view)
{
    const GPtrArray *const all[] = {lint->scenario->sections, lint->scenario->changes};
    g_autofree char *tables = lint_dup(view, "smtp_tls_policy_maps");
    g_autoptr(GPtrArray) paths = check_list_policy_files(tables);

    for (guint i = 0; i < view->host->files->len; i++) {
        const MailsimFileDefinition *file = g_ptr_array_index(view->host->files, i);

        if (!g_ptr_array_find_with_equal_func(paths, file->path, g_str_equal, NULL))
            continue;
        for (guint j = 0; j < G_N_ELEMENTS(all); j++)
            for (guint k = 0; k < all[j]->len; k++) {
                const Section *section = g_ptr_array_index(all[j], k);

                if (section->row->kind == MAILSIM_GROUP_FILE &&
                    strcmp(section->names[0], view->host->name) == 0 &&
                    strcmp(section->names[1], file->path) == 0)
                    judge_file(lint, view, file, section);
            }
    }
}

/* ---- the relay's ------------------------------------------------------------------------- */

/* The level in the line of FILE for RELAY; NULL: there is none. */
static const char *
find_level_in(const MailsimFileDefinition *file, const char *relay)
{
    const gsize length = strlen(relay);

    for (guint i = 0; i < file->lines->len; i++) {
        const char *line = g_ptr_array_index(file->lines, i);
        g_autoptr(MailsimTlsPolicyLine) parsed = NULL;

        if (strcspn(line, BLANKS) != length || g_ascii_strncasecmp(line, relay, length) != 0)
            continue;
        parsed = mailsim_tls_policy_line_parse(line + length);
        return parsed->level;
    }
    return NULL;
}

char *
lint_dup_relay_level(const LintView *view)
{
    g_autofree char *tables = lint_dup(view, "smtp_tls_policy_maps");
    g_autofree char *relay = lint_dup(view, "relayhost");
    g_autoptr(GPtrArray) paths = check_list_policy_files(tables);
    const char *level = NULL;

    for (guint i = 0; *relay && !level && i < view->host->files->len; i++) {
        const MailsimFileDefinition *file = g_ptr_array_index(view->host->files, i);

        if (g_ptr_array_find_with_equal_func(paths, file->path, g_str_equal, NULL))
            level = find_level_in(file, relay);
    }
    return level ? g_strdup(level) : mailsim_main_cf_dup_client_level(view->host);
}
