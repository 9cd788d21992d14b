/* SPDX-License-Identifier: MIT
 *
 * How smtp(8) secures a conversation with one server, as its smtp_tls_policy.c finds out: the
 * level of main.cf, or of the entry of smtp_tls_policy_maps for the next hop, and what that
 * level asks of a certificate. DANE asks DNS first, and may come to another level. */
#include "smtp-private.h"

#include <string.h>

#include <mailsim/lab/main-cf.h>
#include <mailsim/protocol/domain-name.h>
#include <mailsim/settings/postfix-parameter.h>
#include <mailsim/settings/tls-policy.h>
#include <mailsim/settings/tls-protocols.h>
#include <mailsim/wire/certificate-digest.h>

/* ---- levels ------------------------------------------------------------------------------ */

typedef struct {
    const char *name;
    MailsimClientTls mode;
    const char *names; /* the parameter with the names that its certificate must have */
} Level;

static const Level levels[] = {
    {"none",        MAILSIM_CLIENT_TLS_NONE,       NULL                        },
    {"may",         MAILSIM_CLIENT_TLS_IF_OFFERED, NULL                        },
    {"encrypt",     MAILSIM_CLIENT_TLS_REQUIRED,   NULL                        },
    {"fingerprint", MAILSIM_CLIENT_TLS_REQUIRED,   NULL                        },
    {"dane",        MAILSIM_CLIENT_TLS_REQUIRED,   NULL                        },
    {"dane-only",   MAILSIM_CLIENT_TLS_REQUIRED,   NULL                        },
    {"verify",      MAILSIM_CLIENT_TLS_REQUIRED,   "smtp_tls_verify_cert_match"},
    {"secure",      MAILSIM_CLIENT_TLS_REQUIRED,   "smtp_tls_secure_cert_match"},
};

static const Level *
find_level(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(levels); i++) {
        if (g_ascii_strcasecmp(levels[i].name, name) == 0)
            return &levels[i];
    }
    return NULL;
}

gboolean
mailsim_smtp_tls_policy_is_level(const MailsimSmtpTlsPolicy *policy, const char *level)
{
    return g_strcmp0(policy->level, level) == 0;
}

static void
set_level(MailsimSmtpTlsPolicy *policy, const Level *level)
{
    policy->level = level->name;
    policy->mode = level->mode;
}

void
mailsim_smtp_tls_policy_set_level(MailsimSmtpTlsPolicy *policy, const char *level)
{
    set_level(policy, find_level(level));
}

void
mailsim_smtp_tls_policy_warn(MailsimSmtpTlsPolicy *policy, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_ptr_array_add(policy->warnings, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

void
mailsim_smtp_tls_policy_warn_of_tls(MailsimSmtpTlsPolicy *policy, const char *format, ...)
{
    g_autofree char *words = NULL;
    va_list arguments;

    va_start(arguments, format);
    words = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(policy->tls_warnings,
                    g_strdup_printf("%s[%s]:%u: %s", policy->address->name,
                                    policy->address->address, policy->next_hop->port, words));
}

void
mailsim_smtp_tls_policy_invalidate(MailsimSmtpTlsPolicy *policy, char *problem)
{
    g_free(policy->problem);
    policy->problem = problem != NULL ? problem : g_strdup("client TLS configuration problem");
}

/* ---- tables of policies ------------------------------------------------------------------ */

/* The lists of match= that a line has become one: names are joined by “:”, fingerprints by “|”.
 */
static char *
join_matches(const MailsimTlsPolicyLine *line)
{
    const char *between = g_str_equal(line->level, "fingerprint") ? "|" : ":";
    GString *list = g_string_new(NULL);

    for (guint i = 0; i < line->matches->len; i++)
        g_string_append_printf(list, "%s%s", i > 0 ? between : "",
                               (const char *)g_ptr_array_index(line->matches, i));
    return g_string_free(list, line->matches->len == 0);
}

/* What is wrong with ciphers= TLS itself complains of, later. */
static void
take_problem(MailsimSmtpTlsPolicy *policy,
             const char *key,
             const MailsimTlsPolicyProblem *problem)
{
    if (problem->fault == MAILSIM_TLS_POLICY_BAD_GRADE)
        return;
    mailsim_smtp_tls_policy_warn(
        policy, "smtp_tls_policy_maps, next-hop destination \"%s\": %s", key, problem->words);
    if (mailsim_tls_policy_fault_is_fatal(problem->fault))
        mailsim_smtp_tls_policy_invalidate(policy, NULL);
}

static void
read_entry(const char *key, const char *text, MailsimSmtpTlsPolicy *policy)
{
    g_autoptr(MailsimTlsPolicyLine) line = mailsim_tls_policy_line_parse(text);

    policy->entry = g_strdup_printf("%s %s", key, text);
    if (line->level != NULL) {
        mailsim_smtp_tls_policy_set_level(policy, line->level);
        policy->match = join_matches(line);
    }
    policy->protocols = g_strdup(line->protocols);
    policy->ciphers = g_strdup(line->ciphers);
    policy->demand.needs_certificate = line->no_anonymous;
    for (guint i = 0; i < line->problems->len; i++)
        take_problem(policy, key, g_ptr_array_index(line->problems, i));
}

static void
warn_of_tables(MailsimSmtpTlsPolicy *policy, const char *tables, const char *key)
{
    g_autoptr(GPtrArray) lines = mailsim_host_list_lookup_errors(policy->host, tables, key);

    for (guint i = 0; i < lines->len; i++)
        mailsim_smtp_tls_policy_warn(policy, "%s", (const char *)g_ptr_array_index(lines, i));
}

/* The key is the next hop as it is written; of a plain domain the domains above it, too, with a
 * dot before them. */
static void
look_up_entry(const MailsimHost *host, const char *nexthop, MailsimSmtpTlsPolicy *policy)
{
    const char *tables = mailsim_host_get_parameter(host, NULL, "smtp_tls_policy_maps");
    const gboolean is_domain = mailsim_domain_name_is_valid_utf8(nexthop);
    const char *key = nexthop;

    while (tables[0] != '\0' && key != NULL) {
        g_autofree char *text = NULL;

        switch (mailsim_host_look_up(host, tables, key, &text)) {
        case MAILSIM_LOOKUP_FOUND:
            read_entry(key, text, policy);
            return;
        case MAILSIM_LOOKUP_ERROR:
            warn_of_tables(policy, tables, key);
            mailsim_smtp_tls_policy_warn(
                policy,
                "smtp_tls_policy_maps, next-hop destination \"%s\": policy table lookup "
                "error",
                key);
            mailsim_smtp_tls_policy_invalidate(policy, NULL);
            return;
        case MAILSIM_LOOKUP_NOT_FOUND:
            break;
        }
        key = is_domain ? strchr(key + 1, '.') : NULL;
    }
}

/* ---- the level stands -------------------------------------------------------------------- */

/* TLS before the first word, where postconf(5) smtp_tls_wrappermode says so. */
void
mailsim_smtp_tls_policy_complete(MailsimSmtpTlsPolicy *policy)
{
    const Level *level = policy->problem == NULL ? find_level(policy->level) : NULL;

    if (level != NULL && mailsim_smtp_tls_policy_is_level(policy, "fingerprint"))
        mailsim_smtp_tls_expect_fingerprints(policy);
    if (level != NULL && level->names != NULL)
        mailsim_smtp_tls_expect_names(policy, level->names);
    policy->demand.insists =
        policy->demand.announced != NULL || (level != NULL && level->names != NULL);
    mailsim_smtp_tls_limit(policy);
    if (policy->mode == MAILSIM_CLIENT_TLS_REQUIRED &&
        mailsim_host_get_flag(policy->host, NULL, "smtp_tls_wrappermode"))
        policy->mode = MAILSIM_CLIENT_TLS_IMPLICIT;
    policy->found(policy->data);
}

/* ---- the whole --------------------------------------------------------------------------- */

static void
begin(MailsimSmtpTlsPolicy *policy, const MailsimHost *host, const char *nexthop)
{
    g_autofree char *level = mailsim_main_cf_dup_client_level(host->definition);
    const Level *general = find_level(level);
    char *known_owner = g_steal_pointer(&policy->known_owner);
    const MailsimDnsAnswer known = policy->known;

    policy->known = (MailsimDnsAnswer){0};
    mailsim_smtp_tls_policy_clear(policy);
    policy->known_owner = known_owner;
    policy->known = known;
    policy->host = host;
    policy->nexthop = g_strdup(nexthop);
    policy->warnings = g_ptr_array_new_with_free_func(g_free);
    policy->tls_warnings = g_ptr_array_new_with_free_func(g_free);
    if (general != NULL)
        set_level(policy, general);
    else
        mailsim_smtp_tls_policy_invalidate(policy, NULL);
    look_up_entry(host, nexthop, policy);
}

void
mailsim_smtp_tls_policy_find(MailsimSmtpTlsPolicy *policy,
                             const MailsimHost *host,
                             const MailsimSmtpServer *server,
                             MailsimSmtpTlsPolicyFound *found,
                             gpointer data)
{
    begin(policy, host, server->nexthop);
    policy->asked = policy->level;
    policy->next_hop = server->next_hop;
    policy->address = server->address;
    policy->process = server->process;
    policy->found = found;
    policy->data = data;
    if (policy->problem == NULL &&
        (mailsim_smtp_tls_policy_is_level(policy, "dane") ||
         mailsim_smtp_tls_policy_is_level(policy, "dane-only")) &&
        mailsim_smtp_dane_begin(policy))
        return;
    mailsim_smtp_tls_policy_complete(policy);
}

static void
log_warnings(const MailsimSmtpTlsPolicy *policy,
             const MailsimProcess *process,
             const MailsimHop *hop)
{
    for (guint i = 0; i < policy->warnings->len; i++)
        mailsim_process_log(process, (int)hop->index, "warning: %s",
                            (const char *)g_ptr_array_index(policy->warnings, i));
    if (policy->problem != NULL)
        mailsim_process_log(process, (int)hop->index,
                            "warning: TLS policy lookup for %s/%s: %s", policy->nexthop,
                            policy->address->name, policy->problem);
}

void
mailsim_smtp_tls_policy_record(const MailsimSmtpTlsPolicy *policy,
                               const MailsimProcess *process,
                               const MailsimHop *hop)
{
    const gboolean is_said = policy->entry == NULL && policy->asked == policy->level &&
                             policy->demand.announced == NULL && policy->warnings->len == 0 &&
                             policy->tls_warnings->len == 0;
    MailsimEvent *event;

    if (is_said && policy->problem == NULL)
        return;
    log_warnings(policy, process, hop);
    event = mailsim_lab_record(policy->host->lab, MAILSIM_EVENT_POLICY,
                               policy->host->definition->name, (int)hop->index);
    event->policy.nexthop = g_strdup(policy->nexthop);
    event->policy.entry = g_strdup(policy->entry);
    event->policy.asked = g_strdup(policy->asked);
    event->policy.level = g_strdup(policy->level);
    event->policy.refused = policy->problem != NULL;
    event->policy.reason = g_strdup(policy->problem != NULL ? policy->problem : policy->reason);
    if (policy->demand.announced == NULL)
        return;
    event->policy.announced =
        g_strdup(policy->demand.announced->tlsa != NULL ? "tlsa" : "fingerprint");
    event->policy.records = mailsim_tls_announcement_describe(policy->demand.announced);
}

gboolean
mailsim_smtp_tls_policy_is_wrapped_in_vain(const MailsimHost *host, const char *nexthop)
{
    g_auto(MailsimSmtpTlsPolicy) policy = {0};

    if (!mailsim_host_get_flag(host, NULL, "smtp_tls_wrappermode"))
        return FALSE;
    begin(&policy, host, nexthop);
    return policy.problem == NULL && policy.mode != MAILSIM_CLIENT_TLS_REQUIRED;
}

void
mailsim_smtp_tls_policy_clear(MailsimSmtpTlsPolicy *policy)
{
    g_free(policy->nexthop);
    g_free(policy->entry);
    g_free(policy->match);
    g_free(policy->protocols);
    g_free(policy->ciphers);
    g_free(policy->known_owner);
    mailsim_dns_answer_clear(&policy->known);
    mailsim_trust_demand_clear(&policy->demand);
    g_free(policy->problem);
    g_free(policy->reason);
    g_clear_pointer(&policy->warnings, g_ptr_array_unref);
    g_clear_pointer(&policy->tls_warnings, g_ptr_array_unref);
    *policy = (MailsimSmtpTlsPolicy){0};
}
