/* SPDX-License-Identifier: MIT
 *
 * Access tables: in what order the parts of a name, an address or a network are looked up, and
 * what an entry then means (access(5)). */
#include "restrictions-private.h"

#include <string.h>

#include <mailsim/protocol/domain-name.h>
#include <mailsim/protocol/mail-address.h>

/* ---- what an entry means ----------------------------------------------------------------- */

typedef struct {
    const MailsimScrutiny *scrutiny;
    const char *name;
    const char *class;
    const char *text; /* after the action's word */
    const char *table;
    const char *key;
} Entry;

typedef struct {
    const char *word;
    void (*obey)(const Entry *entry, MailsimRuleLook *look);
} Action;

static void obey_permit(const Entry *entry, MailsimRuleLook *look);
static void obey_reject(const Entry *entry, MailsimRuleLook *look);
static void obey_defer(const Entry *entry, MailsimRuleLook *look);
static void obey_defer_if_permit(const Entry *entry, MailsimRuleLook *look);
static void obey_defer_if_reject(const Entry *entry, MailsimRuleLook *look);
static void obey_nothing(const Entry *entry, MailsimRuleLook *look);
static void obey_warn(const Entry *entry, MailsimRuleLook *look);
static void obey_info(const Entry *entry, MailsimRuleLook *look);
static void obey_redirect(const Entry *entry, MailsimRuleLook *look);
static void obey_bcc(const Entry *entry, MailsimRuleLook *look);
static void obey_filter(const Entry *entry, MailsimRuleLook *look);
static void obey_hold(const Entry *entry, MailsimRuleLook *look);
static void obey_prepend(const Entry *entry, MailsimRuleLook *look);
static void obey_discard(const Entry *entry, MailsimRuleLook *look);

static const Action actions[] = {
    {"OK",              obey_permit         },
    {"RELAY",           obey_permit         },
    {"REJECT",          obey_reject         },
    {"DEFER",           obey_defer          },
    {"DEFER_IF_PERMIT", obey_defer_if_permit},
    {"DEFER_IF_REJECT", obey_defer_if_reject},
    {"DUNNO",           obey_nothing        },
    {"WARN",            obey_warn           },
    {"INFO",            obey_info           },
    {"BCC",             obey_bcc            },
    {"FILTER",          obey_filter         },
    {"HOLD",            obey_hold           },
    {"PREPEND",         obey_prepend        },
    {"REDIRECT",        obey_redirect       },
    {"DISCARD",         obey_discard        },
};

static void
obey_permit(G_GNUC_UNUSED const Entry *entry, MailsimRuleLook *look)
{
    look->verdict = MAILSIM_VERDICT_PERMIT;
}

static void
obey_reject(const Entry *entry, MailsimRuleLook *look)
{
    const MailsimRefusal refusal = {"access_map_reject_code", "5.7.1", entry->text,
                                    "Access denied"};

    mailsim_look_refuse_with_text(entry->scrutiny, look, &refusal, entry->name, entry->class);
}

static void
obey_defer(const Entry *entry, MailsimRuleLook *look)
{
    const MailsimRefusal refusal = {"access_map_defer_code", "4.7.1", entry->text,
                                    "Access denied"};

    mailsim_look_refuse_with_text(entry->scrutiny, look, &refusal, entry->name, entry->class);
}

static void
obey_defer_if_permit(const Entry *entry, MailsimRuleLook *look)
{
    const MailsimRefusal refusal = {"access_map_defer_code", "4.7.1", entry->text,
                                    "Service unavailable"};

    look->effect = MAILSIM_EFFECT_IF_PERMITTED;
    mailsim_look_refuse_with_text(entry->scrutiny, look, &refusal, entry->name, entry->class);
}

static void
obey_defer_if_reject(const Entry *entry, MailsimRuleLook *look)
{
    const MailsimRefusal refusal = {"access_map_defer_code", "4.7.1", entry->text,
                                    "Service unavailable"};

    look->effect = MAILSIM_EFFECT_IF_REFUSED;
    mailsim_look_refuse_with_text(entry->scrutiny, look, &refusal, entry->name, entry->class);
}

static void
obey_nothing(G_GNUC_UNUSED const Entry *entry, G_GNUC_UNUSED MailsimRuleLook *look)
{
}

static void
obey_warn(const Entry *entry, G_GNUC_UNUSED MailsimRuleLook *look)
{
    mailsim_scrutiny_log_action(entry->scrutiny, "warn", entry->text);
}

static void
obey_info(const Entry *entry, G_GNUC_UNUSED MailsimRuleLook *look)
{
    mailsim_scrutiny_log_action(entry->scrutiny, "info", entry->text);
}

static void
say_not_built(MailsimRuleLook *look)
{
    g_autofree char *reason = g_steal_pointer(&look->reason);

    look->reason = g_strconcat(reason, ", which is not built: nothing is done", NULL);
}

/* What the action must say, and does not. */
static void
log_required(const Entry *entry, const char *what)
{
    mailsim_scrutiny_log(entry->scrutiny, "warning: access table %s entry \"%s\" requires %s",
                         entry->table, entry->key, what);
}

static void
log_trigger(const Entry *entry, const char *action, const char *words)
{
    g_autofree char *text =
        g_strdup_printf("<%s>: %s triggers %s", entry->name, entry->class, words);

    mailsim_scrutiny_log_action(entry->scrutiny, action, text);
}

static void
log_trigger_with_text(const Entry *entry, const char *action, const char *word)
{
    g_autofree char *words = g_strdup_printf("%s %s", word, entry->text);

    log_trigger(entry, action, words);
}

static void
obey_redirect(const Entry *entry, MailsimRuleLook *look)
{
    if (strchr(entry->text, '@') != NULL)
        log_trigger_with_text(entry, "redirect", "REDIRECT");
    else
        log_required(entry, "user@domain target");
    say_not_built(look);
}

static void
obey_bcc(const Entry *entry, MailsimRuleLook *look)
{
    if (strchr(entry->text, '@') != NULL)
        log_trigger_with_text(entry, "bcc", "BCC");
    else
        log_required(entry, "user@domain target");
    say_not_built(look);
}

static void
obey_filter(const Entry *entry, MailsimRuleLook *look)
{
    if (strchr(entry->text, ':') != NULL)
        log_trigger_with_text(entry, "filter", "FILTER");
    else
        log_required(entry, "transport:destination");
    say_not_built(look);
}

/* “X-Test: yes” */
static void
obey_prepend(const Entry *entry, MailsimRuleLook *look)
{
    const gsize length = strcspn(entry->text, ": \t");

    if (length == 0 || entry->text[length] != ':')
        log_required(entry, "header: text");
    say_not_built(look);
}

/* It is said once of a message. */
static void
obey_hold(const Entry *entry, MailsimRuleLook *look)
{
    gboolean *held = entry->scrutiny->query->held;

    if (held == NULL || !*held)
        log_trigger(entry, "hold", "HOLD action");
    if (held != NULL)
        *held = TRUE;
    say_not_built(look);
}

/* The client is told that all is well. */
static void
obey_discard(const Entry *entry, MailsimRuleLook *look)
{
    g_autofree char *text =
        entry->text[0] != '\0'
            ? g_strdup_printf("<%s>: %s %s", entry->name, entry->class, entry->text)
            : g_strdup_printf("<%s>: %s triggers DISCARD action", entry->name, entry->class);

    mailsim_scrutiny_log_action(entry->scrutiny, "discard", text);
    say_not_built(look);
    look->verdict = MAILSIM_VERDICT_PERMIT;
}

/* “550 5.1.1 No such user”, “450 Come back later” */
static gboolean
is_code_and_text(const char *value, gsize word, const char *text)
{
    return word == 3 && text[0] != '\0' && (value[0] == '4' || value[0] == '5') &&
           g_ascii_isdigit(value[1]) && g_ascii_isdigit(value[2]);
}

static void
obey_code(const Entry *entry, const char *value, MailsimRuleLook *look)
{
    g_autofree char *code = g_strndup(value, 3);
    const MailsimRefusal refusal = {code, code[0] == '4' ? "4.7.1" : "5.7.1", entry->text,
                                    "Access denied"};

    mailsim_look_refuse_with_text(entry->scrutiny, look, &refusal, entry->name, entry->class);
}

static void
break_table_in_table(const MailsimAccess *access, MailsimRuleLook *look, const char *value)
{
    mailsim_look_break(look, "an access table cannot name another table");
    mailsim_scrutiny_log(access->scrutiny,
                         "warning: access table %s has entry with lookup table: %s",
                         access->table, value);
    mailsim_scrutiny_log(access->scrutiny,
                         "warning: do not specify lookup tables inside SMTPD access maps");
    mailsim_scrutiny_log(access->scrutiny,
                         "warning: define a restriction class and specify its name instead.");
}

/* access(5): what the entry VALUE of a table means. What is no action is a list of
 * restrictions; numbers alone have always been permission. */
static void
obey_access(const MailsimAccess *access,
            MailsimRuleLook *look,
            const char *key,
            const char *value)
{
    gsize word = strcspn(value, " \t");
    Entry entry = {access->scrutiny, access->name,
                   access->class,    value + word + strspn(value + word, " \t"),
                   access->table,    key};

    for (guint i = 0; i < G_N_ELEMENTS(actions); i++) {
        if (strlen(actions[i].word) == word &&
            g_ascii_strncasecmp(actions[i].word, value, word) == 0) {
            actions[i].obey(&entry, look);
            return;
        }
    }
    if (value[strspn(value, "0123456789")] == '\0')
        obey_permit(&entry, look);
    else if (is_code_and_text(value, word, entry.text))
        obey_code(&entry, value, look);
    else if (strchr(value, ':') != NULL)
        break_table_in_table(access, look, value);
    else
        look->restrictions = g_strsplit_set(value, ", \t\r\n", -1);
}

/* ---- looking up -------------------------------------------------------------------------- */

/* TRUE: KEY is in the table, or the table cannot be asked; LOOK says what comes of it. Tables
 * of patterns are asked for the WHOLE only. */
static gboolean
find_key(const MailsimAccess *access, const char *key, gboolean whole, MailsimRuleLook *look)
{
    const MailsimHost *host = access->scrutiny->query->host;
    g_autofree char *wanted = g_ascii_strdown(key, -1);
    g_autofree char *value = NULL;
    MailsimLookup result = whole
                               ? mailsim_host_look_up(host, access->table, wanted, &value)
                               : mailsim_host_look_up_part(host, access->table, wanted, &value);

    switch (result) {
    case MAILSIM_LOOKUP_NOT_FOUND:
        return FALSE;
    case MAILSIM_LOOKUP_ERROR:
        mailsim_look_break(look, "the table cannot be read");
        mailsim_scrutiny_log_lookup_error(access->scrutiny, access->table, wanted);
        g_free(look->reply);
        look->reply = g_strdup_printf("451 4.3.5 <%s>: %s rejected: Server configuration error",
                                      access->name, access->class);
        return TRUE;
    case MAILSIM_LOOKUP_FOUND:
        break;
    }
    look->reason = g_strdup_printf("%s has %s: %s", access->table, wanted, value);
    obey_access(access, look, wanted, value);
    if (look->verdict == MAILSIM_VERDICT_NO_OPINION)
        g_clear_pointer(&look->against, g_free); /* it was not held against it */
    return TRUE;
}

/* postconf(5) parent_domain_matches_subdomains: “example” holds for what is below it, or
 * “.example” does. */
static gboolean
parents_match(const MailsimScrutiny *scrutiny)
{
    char **lists = mailsim_host_get_list(scrutiny->query->host, scrutiny->query->service,
                                         "parent_domain_matches_subdomains");

    return g_strv_contains((const char *const *)lists, "smtpd_access_maps");
}

static gboolean
find_domain(const MailsimAccess *access,
            const char *domain,
            gboolean whole,
            MailsimRuleLook *look)
{
    gboolean with_dot = !parents_match(access->scrutiny);

    for (const char *key = domain; key[0] != '\0';) {
        const char *dot;

        if (find_key(access, key, whole && key == domain, look))
            return TRUE;
        dot = strchr(key + 1, '.');
        if (dot == NULL || mailsim_domain_name_is_number(domain))
            return FALSE;
        key = with_dot ? dot : dot + 1;
    }
    return FALSE;
}

gboolean
mailsim_access_find_domain(const MailsimAccess *access,
                           const char *domain,
                           MailsimRuleLook *look)
{
    return find_domain(access, domain, TRUE, look);
}

/* 192.0.2.7, then 192.0.2, 192.0 and 192. */
gboolean
mailsim_access_find_address(const MailsimAccess *access,
                            const char *address,
                            MailsimRuleLook *look)
{
    char separator = strchr(address, ':') != NULL ? ':' : '.';
    g_autofree char *key = g_strdup(address);

    for (char *end = key; end != NULL; end = strrchr(key, separator)) {
        if (end != key)
            *end = '\0';
        if (key[0] != '\0' && find_key(access, key, end == key, look))
            return TRUE;
        if (strchr(key, separator) == NULL)
            return FALSE;
    }
    return FALSE;
}

/* “user” of “user+ext”, by the recipient_delimiter of this service; NULL: there is no
 * extension. */
static char *
dup_bare(const MailsimScrutiny *scrutiny, const char *local_part)
{
    g_autofree char *delimiter =
        mailsim_scrutiny_dup_parameter(scrutiny, "recipient_delimiter");
    const char *extension = local_part[0] != '\0' ? strpbrk(local_part + 1, delimiter) : NULL;

    return extension != NULL ? g_strndup(local_part, (gsize)(extension - local_part)) : NULL;
}

/* The parts of an address in access(5)'s order: user+ext@domain, user@domain, domain and what
 * it is part of, user+ext@, user@. */
static gboolean
find_mail_address(const MailsimAccess *access, const char *address, MailsimRuleLook *look)
{
    const char *domain = mailsim_mail_address_get_domain(address);
    g_autofree char *local_part = mailsim_mail_address_dup_local_part(address);
    g_autofree char *bare = dup_bare(access->scrutiny, local_part);
    g_autofree char *bare_address = g_strconcat(bare != NULL ? bare : "", "@", domain, NULL);
    g_autofree char *local_key = g_strconcat(local_part, "@", NULL);
    g_autofree char *bare_key = g_strconcat(bare != NULL ? bare : "", "@", NULL);

    if (find_key(access, address, TRUE, look) ||
        (bare != NULL && find_key(access, bare_address, FALSE, look)) ||
        (domain != NULL && find_domain(access, domain, FALSE, look)) ||
        find_key(access, local_key, FALSE, look))
        return TRUE;
    return bare != NULL && find_key(access, bare_key, FALSE, look);
}

/* ---- the rules --------------------------------------------------------------------------- */

static void
say_not_found(const MailsimAccess *access, MailsimRuleLook *look)
{
    look->reason = g_strdup_printf("%s is not in %s", look->subject, access->table);
}

/* FALSE: there is nothing to look up yet. */
static gboolean
begin(const char *subject, const char *table, MailsimRuleLook *look)
{
    look->subject = g_strdup(subject);
    look->against = g_strdup(table);
    if (subject == NULL)
        look->reason = g_strdup("there is nothing to look up yet");
    return subject != NULL;
}

static void
look_name_up(MailsimScrutiny *scrutiny,
             const char *table,
             const char *name,
             const char *class,
             MailsimRuleLook *look)
{
    const MailsimAccess access = {scrutiny, table, name, class};

    if (begin(name, table, look) && !mailsim_access_find_domain(&access, name, look))
        say_not_found(&access, look);
}

/* The name comes before the address, and “unknown” is one. */
void
mailsim_look_client_access(MailsimScrutiny *scrutiny, const char *table, MailsimRuleLook *look)
{
    const MailsimRestrictionQuery *query = scrutiny->query;
    const MailsimAccess access = {scrutiny, table, scrutiny->client, MAILSIM_CLASS_CLIENT};

    begin(scrutiny->client, table, look);
    if (!mailsim_access_find_domain(&access, query->client_name, look) &&
        !mailsim_access_find_address(&access, query->client_address, look))
        say_not_found(&access, look);
}

void
mailsim_look_reverse_client_access(MailsimScrutiny *scrutiny,
                                   const char *table,
                                   MailsimRuleLook *look)
{
    const MailsimClientName client =
        mailsim_dns_find_client(scrutiny->query->host->lab, scrutiny->query->client_address);

    look_name_up(scrutiny, table, client.reverse_name, MAILSIM_CLASS_REVERSE_CLIENT, look);
}

void
mailsim_look_helo_access(MailsimScrutiny *scrutiny, const char *table, MailsimRuleLook *look)
{
    look_name_up(scrutiny, table, scrutiny->helo_name, MAILSIM_CLASS_HELO, look);
}

void
mailsim_look_etrn_access(MailsimScrutiny *scrutiny, const char *table, MailsimRuleLook *look)
{
    look_name_up(scrutiny, table, scrutiny->etrn_domain, MAILSIM_CLASS_ETRN, look);
}

void
mailsim_look_sasl_access(MailsimScrutiny *scrutiny, const char *table, MailsimRuleLook *look)
{
    const char *user = scrutiny->query->envelope->user;
    const MailsimAccess access = {scrutiny, table, user, MAILSIM_CLASS_SASL};

    if (begin(user, table, look) && !find_key(&access, user, TRUE, look))
        say_not_found(&access, look);
}

/* The address that it is for is looked up, the one that was said is shown. */
static gboolean
find_resolved(const MailsimAccess *access, const char *address, MailsimRuleLook *look)
{
    g_auto(MailsimDestination) destination = {0};
    gsize length;

    mailsim_host_resolve(access->scrutiny->query->host, address, &destination);
    length = strlen(destination.recipient);
    if (length > 0 && destination.recipient[length - 1] == '.')
        destination.recipient[length - 1] = '\0';
    if (!find_mail_address(access, destination.recipient, look))
        return FALSE;
    /* An OK is not believed of mail that would be sent on from elsewhere. */
    if (destination.routed && look->verdict == MAILSIM_VERDICT_PERMIT &&
        g_str_equal(access->class, MAILSIM_CLASS_RECIPIENT))
        look->verdict = MAILSIM_VERDICT_NO_OPINION;
    return TRUE;
}

void
mailsim_look_sender_access(MailsimScrutiny *scrutiny, const char *table, MailsimRuleLook *look)
{
    const MailsimAccess access = {scrutiny, table, scrutiny->sender, MAILSIM_CLASS_SENDER};
    g_autofree char *null_key =
        mailsim_scrutiny_dup_parameter(scrutiny, "smtpd_null_access_lookup_key");

    if (!begin(scrutiny->sender, table, look))
        return;
    if (scrutiny->sender[0] == '\0' ? find_key(&access, null_key, TRUE, look)
                                    : find_resolved(&access, scrutiny->sender, look))
        return;
    say_not_found(&access, look);
}

void
mailsim_look_recipient_access(MailsimScrutiny *scrutiny,
                              const char *table,
                              MailsimRuleLook *look)
{
    const MailsimAccess access = {scrutiny, table, scrutiny->recipient,
                                  MAILSIM_CLASS_RECIPIENT};

    if (begin(scrutiny->recipient, table, look) &&
        !find_resolved(&access, scrutiny->recipient, look))
        say_not_found(&access, look);
}
