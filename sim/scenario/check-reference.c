/* SPDX-License-Identifier: MIT
 *
 * Values that name other things of the scenario: users, mail programs, certificates, hosts.
 * For a name that nothing has, the nearest one is offered, with the line where it stands. */
#include "scenario-private.h"

#include <string.h>

#include <mailsim/base/limits.h>
#include <mailsim/base/suggestion.h>

#include "value-private.h"

/* --- Users --- */

static gint
compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *
suggest_user(const MailsimScenario *scenario, const char *user, gboolean or_program)
{
    g_autoptr(GPtrArray) names = find_names(scenario, MAILSIM_GROUP_MUA);
    GHashTableIter iterator;
    gpointer name;

    if (!or_program)
        g_ptr_array_set_size(names, 0);
    g_hash_table_iter_init(&iterator, scenario->users);
    while (g_hash_table_iter_next(&iterator, &name, NULL))
        g_ptr_array_add(names, name);
    g_ptr_array_sort(names, compare_strings);

    const char *at = strchr(user, '@');
    g_autofree char *local = at ? g_strndup(user, (gsize)(at - user)) : g_strdup(user);
    const char *nearest = mailsim_suggestion_find(local, names);

    if (!nearest)
        return NULL;

    const GPtrArray *hosts = g_hash_table_lookup(scenario->users, nearest);
    const Section *home = hosts && hosts->len > 0
                              ? g_ptr_array_index(hosts, 0)
                              : find_section(scenario, MAILSIM_GROUP_MUA, nearest);
    g_autofree char *mailname = at ? find_mailname(home) : NULL;

    return g_strdup_printf("did you mean “%s%s%s” (%s:%u)?", nearest, at ? "@" : "",
                           at ? mailname : "", mailsim_source_get_name(home->span.source),
                           home->span.line);
}

/* “ana is on mail and on instituto”: which one? */
static void
fail_ambiguous(
    const Checker *checker, const char *user, const GPtrArray *hosts, gsize start, gsize end)
{
    const Section *first = g_ptr_array_index(hosts, 0), *second = g_ptr_array_index(hosts, 1);
    g_autofree char *first_name = find_mailname(first), *second_name = find_mailname(second);
    const char *at = strchr(user, '@');

    if (at)
        check_fail(checker, start, end, g_strdup("give one of the hosts another mailname"),
                   "[host %s] and [host %s] both have a user “%s”", first->names[0],
                   second->names[0], user);
    else
        check_fail(checker, start, end,
                   g_strdup_printf("write %s@%s or %s@%s", user, first_name, user, second_name),
                   "[host %s] and [host %s] both have a user “%s”", first->names[0],
                   second->names[0], user);
}

static void
check_user(const Checker *checker, const char *user, gsize start, gsize end)
{
    g_autoptr(GPtrArray) hosts = find_user_hosts(checker->scenario, user);
    gboolean or_program = checker->row->type == MAILSIM_TYPE_SENDER;

    if (hosts->len > 1) {
        fail_ambiguous(checker, user, hosts, start, end);
        return;
    }
    if (hosts->len == 1)
        return;
    char *hint =
        check_can_suggest(checker) ? suggest_user(checker->scenario, user, or_program) : NULL;

    if (!hint)
        hint = g_strdup(or_program ? "a name in users = of some [host], or an [mua]"
                                   : "a name in users = of some [host]");
    check_fail(checker, start, end, hint,
               or_program ? "no user or mail program “%s”" : "no user “%s”", user);
}

/* --- Hosts, certificates, steps --- */

static void
fail_unknown(
    const Checker *checker, MailsimGroupKind kind, const char *name, gsize start, gsize end)
{
    static const char *const nouns[MAILSIM_GROUP_KINDS] = {
        [MAILSIM_GROUP_HOST] = "host",
        [MAILSIM_GROUP_MUA] = "mail program",
        [MAILSIM_GROUP_CERTIFICATE] = "certificate",
        [MAILSIM_GROUP_BLOCKLIST] = "blocklist",
        [MAILSIM_GROUP_STEP] = "step",
    };
    char *hint = check_can_suggest(checker) ? find_hint(checker->scenario, kind, name) : NULL;

    check_fail(checker, start, end, hint, "no %s “%s”", nouns[kind], name);
}

static void
check_certificate(const Checker *checker, const char *name, gsize start, gsize end)
{
    gboolean is_issuer = checker->row->type == MAILSIM_TYPE_ISSUER;
    g_autoptr(GPtrArray) names = find_names(checker->scenario, MAILSIM_GROUP_CERTIFICATE);
    g_autoptr(GPtrArray) profiles = mailsim_key_table_name_words(MAILSIM_WORDS_PROFILE);

    if (find_section(checker->scenario, MAILSIM_GROUP_CERTIFICATE, name) ||
        (is_issuer && strcmp(name, "self") == 0) ||
        (!is_issuer && mailsim_key_table_find_word(MAILSIM_WORDS_PROFILE, name)))
        return;
    for (guint i = 0; !is_issuer && i < profiles->len; i++)
        g_ptr_array_add(names, g_ptr_array_index(profiles, i));
    if (is_issuer)
        g_ptr_array_add(names, (char *)"self");

    char *hint = check_can_suggest(checker) ? mailsim_suggestion_hint(name, names) : NULL;

    if (!hint)
        hint =
            g_strdup(is_issuer ? "a [certificate C], or self"
                               : "letsencrypt, snakeoil, expired, not-yet-valid, wrong-name, "
                                 "unknown-ca, no-intermediate, or a [certificate C]");
    check_fail(checker, start, end, hint,
               is_issuer ? "no certificate “%s”" : "no profile or certificate “%s”", name);
}

/* Zones give names to hosts, too; which address such a name has is their affair. */
static gboolean
is_in_zone(const MailsimScenario *scenario, const char *name)
{
    const char *at = name;

    do {
        g_autofree char *small = g_ascii_strdown(at, -1);

        if (find_section(scenario, MAILSIM_GROUP_ZONE, small))
            return TRUE;
        at = strchr(at, '.');
    } while (at++);
    return FALSE;
}

/* A dotted name that no host has may be meant so, to see how it fails; a short one never is. */
static void
check_endpoint(const Checker *checker, const char *value)
{
    g_auto(EndpointValue) endpoint = {0};
    g_auto(Problem) problem = {0};

    if (*value == '\0' || !value_parse_endpoint(value, &endpoint, &problem) ||
        find_endpoint_host(checker->scenario, endpoint.host) ||
        is_in_zone(checker->scenario, endpoint.host))
        return;
    if (!strchr(endpoint.host, '.')) {
        fail_unknown(checker, MAILSIM_GROUP_HOST, endpoint.host, 0, endpoint.host_length);
        return;
    }
    MailsimSpan span = mailsim_entry_locate(checker->entry, 0, endpoint.host_length);

    mailsim_diagnostics_add(checker->diagnostics, MAILSIM_SEVERITY_WARNING, &span,
                            "the program will not find it", "no host is called “%s”",
                            endpoint.host);
}

/* --- Talking and looking --- */

/* Who types sits at a machine: a host or that of a mail program. */
static void
check_party(const Checker *checker, const char *name, gsize start, gsize end)
{
    char *hint = NULL;

    if (find_section(checker->scenario, MAILSIM_GROUP_HOST, name) ||
        find_section(checker->scenario, MAILSIM_GROUP_MUA, name))
        return;
    if (check_can_suggest(checker)) {
        hint = find_hint(checker->scenario, MAILSIM_GROUP_MUA, name);
        if (!hint)
            hint = find_hint(checker->scenario, MAILSIM_GROUP_HOST, name);
    }
    check_fail(checker, start, end, hint ? hint : g_strdup("a [host H] or an [mua M]"),
               "no host or mail program “%s”", name);
}

static void
check_look(const Checker *checker, const char *value)
{
    g_auto(LookValue) look = {0};
    g_auto(Problem) problem = {0};
    const char *first, *second;
    gsize start, end;

    if (!value_parse_look(value, &look, &problem))
        return;
    first = look.operands[0];
    second = look.operands[1];
    start = look.starts[0];
    end = start + strlen(first);
    switch (look.kind) {
    case MAILSIM_LOOK_MAILBOX:
        check_user(checker, first, start, end);
        break;
    case MAILSIM_LOOK_QUEUE:
    case MAILSIM_LOOK_LOG:
    case MAILSIM_LOOK_CERTIFICATE:
        if (!find_section(checker->scenario, MAILSIM_GROUP_HOST, first))
            fail_unknown(checker, MAILSIM_GROUP_HOST, first, start, end);
        break;
    case MAILSIM_LOOK_BLOCKLIST:
        if (!find_section(checker->scenario, MAILSIM_GROUP_BLOCKLIST, first))
            fail_unknown(checker, MAILSIM_GROUP_BLOCKLIST, first, start, end);
        break;
    case MAILSIM_LOOK_LISTENER:
        check_party(checker, first, start, end);
        check_party(checker, second, look.starts[1], look.starts[1] + strlen(second));
        break;
    case MAILSIM_LOOK_DNS:
        break;
    }
}

/* What the section does, also where a step that it is like says so. */
static gboolean
is_talk(const Checker *checker)
{
    const Section *step = checker->section;
    const char *does = section_get(step, "do");

    for (guint i = 0; !does && step && i < MAILSIM_INCLUDE_MAX_DEPTH; i++) {
        const char *like = section_get(step, "like");

        step = like ? find_section(checker->scenario, MAILSIM_GROUP_STEP, like) : NULL;
        does = step ? section_get(step, "do") : NULL;
    }
    return does && strcmp(does, "talk") == 0;
}

static void
check_actor(const Checker *checker, const char *name, gsize start, gsize end)
{
    if (is_talk(checker))
        check_party(checker, name, start, end);
    else if (!find_section(checker->scenario, MAILSIM_GROUP_MUA, name))
        check_user(checker, name, start, end);
}

/* expect.hop.H, and what follows it: the host stands in the key. */
static void
check_expected_host(const Checker *checker)
{
    const char *host = checker->entry->key + strlen("expect.hop.");
    gsize length = strcspn(host, ".");
    g_autofree char *name = g_strndup(host, length);
    MailsimSpan span = checker->entry->key_span;
    g_autofree char *hint = NULL;

    if (find_section(checker->scenario, MAILSIM_GROUP_HOST, name))
        return;
    if (check_can_suggest(checker))
        hint = find_hint(checker->scenario, MAILSIM_GROUP_HOST, name);
    span.start += strlen("expect.hop.");
    span.end = span.start + length;
    mailsim_diagnostics_add(checker->diagnostics, MAILSIM_SEVERITY_ERROR, &span, hint,
                            "no host “%s”", name);
}

void
check_reference(const Checker *checker, const char *item, gsize start, gsize end)
{
    MailsimValueType type = checker->row->type;

    if (g_str_has_prefix(checker->row->name, "expect.hop.")) {
        check_expected_host(checker);
    } else if (type == MAILSIM_TYPE_USER) {
        if (*item)
            check_user(checker, item, start, end);
    } else if (type == MAILSIM_TYPE_SENDER) {
        check_actor(checker, item, start, end);
    } else if (type == MAILSIM_TYPE_LOOK) {
        check_look(checker, item);
    } else if (type == MAILSIM_TYPE_STEP) {
        if (!find_section(checker->scenario, MAILSIM_GROUP_STEP, item))
            fail_unknown(checker, MAILSIM_GROUP_STEP, item, start, end);
    } else if (type == MAILSIM_TYPE_CERTIFICATE || type == MAILSIM_TYPE_ISSUER) {
        check_certificate(checker, item, start, end);
    } else if (type == MAILSIM_TYPE_ENDPOINT) {
        check_endpoint(checker, item);
    }
}
