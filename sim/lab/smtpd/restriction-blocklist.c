/* SPDX-License-Identifier: MIT
 *
 * The rules that ask a DNS blocklist or allowlist: of an address (RFC 5782 §2.1), backwards in
 * front of the list's zone, or of a domain, in front of it as it is. */
#include "restrictions-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>
#include <mailsim/protocol/mail-address.h>
#include <mailsim/settings/expansion.h>

/* Postfix takes no more text than this out of TXT records. */
#define REASON_MAX_BYTES 500

typedef struct {
    const MailsimScrutiny *scrutiny;
    char *zone;       /* “bl.example” */
    char *wanted;     /* “127.0.0.[2;4..6]”; NULL: any address will do */
    const char *what; /* what is asked about: the client's address, a domain, a mail address */
    const char *class;
    char *reason;   /* what the list says of it; NULL: nothing */
    gboolean fails; /* the list gives no answer */
} Listing;

static void
clear_listing(Listing *listing)
{
    g_free(listing->zone);
    g_free(listing->wanted);
    g_free(listing->reason);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Listing, clear_listing)

/* “bl.example=127.0.0.2” */
static void
set_list(Listing *listing, const char *argument)
{
    const char *equals = strchr(argument, '=');

    listing->zone =
        equals != NULL ? g_strndup(argument, (gsize)(equals - argument)) : g_strdup(argument);
    listing->wanted = equals != NULL ? g_strdup(equals + 1) : NULL;
}

/* ---- the answer -------------------------------------------------------------------------- */

/* “7”, “[2;4..6]”: is OCTET among them? Goes past it and the dot behind it. */
static gboolean
octet_matches(const char **pattern, guint octet)
{
    const char *end = (*pattern)[0] == '[' ? strchr(*pattern, ']') : NULL;
    g_autofree char *inside = NULL;
    g_auto(GStrv) choices = NULL;
    gboolean found = FALSE;

    if (end == NULL)
        end = *pattern + strcspn(*pattern, ".");
    else
        (*pattern)++;
    inside = g_strndup(*pattern, (gsize)(end - *pattern));
    choices = g_strsplit(inside, ";", -1);
    for (guint i = 0; choices[i] != NULL && !found; i++) {
        const char *dots = strstr(choices[i], "..");
        guint64 from = g_ascii_strtoull(choices[i], NULL, 10);
        guint64 to = dots != NULL ? g_ascii_strtoull(dots + 2, NULL, 10) : from;

        found = octet >= from && octet <= to;
    }
    end += *end == ']';
    *pattern = end + (*end == '.');
    return found;
}

static gboolean
address_matches(const char *pattern, const char *text)
{
    MailsimIpAddress address;

    if (!mailsim_ip_address_parse(text, &address) || address.n_bytes != 4)
        return FALSE;
    for (guint i = 0; i < address.n_bytes; i++) {
        if (!octet_matches(&pattern, address.bytes[i]))
            return FALSE;
    }
    return pattern[0] == '\0';
}

static gboolean
any_matches(const Listing *listing, const GPtrArray *addresses)
{
    for (guint i = 0; addresses != NULL && i < addresses->len; i++) {
        if (listing->wanted == NULL ||
            address_matches(listing->wanted, g_ptr_array_index(addresses, i)))
            return TRUE;
    }
    return FALSE;
}

/* The texts of the TXT records, without quotes; of several strings in one, Postfix takes the
 * first. */
static char *
dup_reason(const GPtrArray *texts)
{
    GString *reason = g_string_new(NULL);

    for (guint i = 0; texts != NULL && i < texts->len; i++) {
        const char *text = g_ptr_array_index(texts, i);

        g_string_append(reason, i > 0 ? " / " : "");
        for (text += *text == '"'; *text != '\0' && *text != '"'; text++) {
            text += *text == '\\' && text[1] != '\0';
            g_string_append_c(reason, *text);
        }
    }
    g_string_truncate(reason, MIN(reason->len, REASON_MAX_BYTES));
    return g_string_free(reason, FALSE);
}

/* Is it on the list? The reason is asked for only then. */
static gboolean
ask_list(Listing *listing, const char *prefix)
{
    g_autofree char *name = g_strconcat(prefix, ".", listing->zone, NULL);
    g_auto(MailsimDnsAnswer) addresses = {0};
    g_auto(MailsimDnsAnswer) texts = {0};

    mailsim_scrutiny_ask_dns(listing->scrutiny, "A", name, &addresses);
    listing->fails = addresses.result == MAILSIM_DNS_FAILED;
    if (listing->fails)
        mailsim_scrutiny_log(listing->scrutiny,
                             "warning: %s: RBL lookup error: Host or domain name not found. "
                             "Name service error for name=%s type=A: Host not found, try again",
                             name, name);
    if (addresses.result != MAILSIM_DNS_FOUND)
        return FALSE;
    mailsim_scrutiny_ask_dns(listing->scrutiny, "TXT", name, &texts);
    listing->reason = dup_reason(texts.records);
    return any_matches(listing, addresses.records);
}

static gboolean
ask_about_address(Listing *listing)
{
    g_autofree char *reverse = mailsim_dns_dup_reverse_name(listing->what);
    const char *suffix = reverse != NULL ? strstr(reverse, ".in-addr.arpa") : NULL;

    if (reverse == NULL)
        return FALSE;
    if (suffix == NULL)
        suffix = strstr(reverse, ".ip6.arpa");
    reverse[suffix - reverse] = '\0';
    return ask_list(listing, reverse);
}

/* Of a mail address only the domain counts; an address in brackets is on no such list. */
static gboolean
ask_about_domain(Listing *listing)
{
    const char *domain = mailsim_mail_address_get_domain(listing->what);

    if (domain == NULL)
        domain = listing->what;
    return domain[0] != '\0' && domain[0] != '[' && ask_list(listing, domain);
}

/* ---- the reply --------------------------------------------------------------------------- */

static char *
dup_address_part(const char *address, const char *part)
{
    const char *domain = address != NULL ? mailsim_mail_address_get_domain(address) : NULL;

    if (address == NULL)
        return g_strdup("");
    if (g_str_equal(part, "_domain"))
        return g_strdup(domain != NULL ? domain : "");
    if (address[0] == '\0')
        return g_strdup("<>");
    return g_str_equal(part, "_name") ? mailsim_mail_address_dup_local_part(address)
                                      : g_strdup(address);
}

/* What default_rbl_reply (postconf(5)) can ask for. */
static char *
look_up_macro(gpointer data, const char *name)
{
    const Listing *listing = data;
    const MailsimScrutiny *scrutiny = listing->scrutiny;
    const MailsimClientName reverse =
        mailsim_dns_find_client(scrutiny->query->host->lab, scrutiny->query->client_address);
    const struct {
        const char *name;
        const char *value;
    } macros[] = {
        {"rbl_domain",          listing->zone                  },
        {"rbl_reason",          listing->reason                },
        {"rbl_txt",             listing->reason                },
        {"rbl_what",            listing->what                  },
        {"rbl_class",           listing->class                 },
        {"client",              scrutiny->client               },
        {"client_address",      scrutiny->query->client_address},
        {"client_name",         scrutiny->query->client_name   },
        {"reverse_client_name", reverse.reverse_name           },
        {"helo_name",           scrutiny->helo_name            },
    };

    if (g_str_equal(name, "rbl_code"))
        return mailsim_scrutiny_dup_parameter(scrutiny, "maps_rbl_reject_code");
    if (g_str_has_prefix(name, "sender"))
        return dup_address_part(scrutiny->sender, name + strlen("sender"));
    if (g_str_has_prefix(name, "recipient"))
        return dup_address_part(scrutiny->recipient, name + strlen("recipient"));
    for (guint i = 0; i < G_N_ELEMENTS(macros); i++) {
        if (g_str_equal(macros[i].name, name))
            return g_strdup(macros[i].value != NULL ? macros[i].value : "");
    }
    return NULL;
}

/* rbl_reply_maps has a reply for single lists. */
static char *
dup_template(const Listing *listing)
{
    const MailsimRestrictionQuery *query = listing->scrutiny->query;
    g_autofree char *maps = mailsim_scrutiny_dup_parameter(listing->scrutiny, "rbl_reply_maps");
    char *found = NULL;

    if (mailsim_host_look_up(query->host, maps, listing->zone, &found) == MAILSIM_LOOKUP_FOUND)
        return found;
    return mailsim_host_dup_raw_parameter(query->host, query->service, "default_rbl_reply");
}

static void
refuse(const Listing *listing, MailsimRuleLook *look)
{
    g_autofree char *template = dup_template(listing);
    g_autofree char *problem = NULL;
    g_autofree char *reply =
        mailsim_expansion_expand(template, look_up_macro, (gpointer)listing, &problem);
    g_autofree char *code = g_strndup(reply != NULL ? reply : "", 3);
    g_autofree char *status = NULL;
    const char *text;

    if (reply == NULL || strlen(reply) < 4 || reply[3] != ' ' ||
        strchr("45", reply[0]) == NULL) {
        mailsim_scrutiny_log(listing->scrutiny,
                             "warning: rbl response code configuration error: %s",
                             reply != NULL ? reply : "");
        mailsim_look_refuse(listing->scrutiny, look, "450", "4.7.1", "Service unavailable");
        return;
    }
    text = mailsim_split_status(listing->scrutiny, reply + 4, "4.7.1", listing->class, &status);
    mailsim_look_refuse(listing->scrutiny, look, code, status, "%s",
                        text[0] != '\0' ? text : "Service unavailable");
}

static void
say(const Listing *listing, gboolean listed, MailsimRuleLook *look)
{
    g_free(look->reason);
    look->reason = listing->fails ? g_strdup_printf("%s does not answer for %s", listing->zone,
                                                    listing->what)
                                  : g_strdup_printf("%s is %son %s", listing->what,
                                                    listed ? "" : "not ", listing->zone);
}

/* ---- the rules --------------------------------------------------------------------------- */

static gboolean
look_address_up(MailsimScrutiny *scrutiny, const char *argument, MailsimRuleLook *look)
{
    g_auto(Listing) listing = {
        .scrutiny = scrutiny,
        .what = scrutiny->query->client_address,
        .class = MAILSIM_CLASS_CLIENT,
    };
    gboolean listed;

    set_list(&listing, argument);
    listed = ask_about_address(&listing);
    say(&listing, listed, look);
    if (listed)
        refuse(&listing, look);
    return listed;
}

void
mailsim_look_rbl_client(MailsimScrutiny *scrutiny, const char *argument, MailsimRuleLook *look)
{
    look->subject = g_strdup(scrutiny->query->client_address);
    look->against = g_strdup(argument);
    look_address_up(scrutiny, argument, look);
}

/* What Postfix had before reject_rbl_client; 3.7 warns that it will go. */
void
mailsim_look_maps_rbl(MailsimScrutiny *scrutiny,
                      G_GNUC_UNUSED const char *argument,
                      MailsimRuleLook *look)
{
    char **zones;

    mailsim_scrutiny_log_old(scrutiny, "reject_maps_rbl", "reject_rbl_client domain-name");
    zones = mailsim_host_get_list(scrutiny->query->host, scrutiny->query->service,
                                  "maps_rbl_domains");

    look->subject = g_strdup(scrutiny->query->client_address);
    look->against = g_strjoinv(" ", zones);
    for (guint i = 0; zones[i] != NULL; i++) {
        if (look_address_up(scrutiny, zones[i], look))
            return;
    }
}

static void
look_domain_up(MailsimScrutiny *scrutiny,
               const char *argument,
               const char *what,
               const char *class,
               MailsimRuleLook *look)
{
    g_auto(Listing) listing = {.scrutiny = scrutiny, .what = what, .class = class};
    gboolean listed;

    look->subject = g_strdup(what);
    look->against = g_strdup(argument);
    if (what == NULL || what[0] == '\0' || g_str_equal(what, "unknown")) {
        look->reason = g_strdup("there is no name to ask about");
        return;
    }
    set_list(&listing, argument);
    listed = ask_about_domain(&listing);
    say(&listing, listed, look);
    if (listed)
        refuse(&listing, look);
}

void
mailsim_look_rhsbl_client(MailsimScrutiny *scrutiny,
                          const char *argument,
                          MailsimRuleLook *look)
{
    look_domain_up(scrutiny, argument, scrutiny->query->client_name, MAILSIM_CLASS_CLIENT,
                   look);
}

void
mailsim_look_rhsbl_reverse_client(MailsimScrutiny *scrutiny,
                                  const char *argument,
                                  MailsimRuleLook *look)
{
    const MailsimClientName client =
        mailsim_dns_find_client(scrutiny->query->host->lab, scrutiny->query->client_address);

    look_domain_up(scrutiny, argument, client.reverse_name, MAILSIM_CLASS_REVERSE_CLIENT, look);
}

void
mailsim_look_rhsbl_helo(MailsimScrutiny *scrutiny, const char *argument, MailsimRuleLook *look)
{
    look_domain_up(scrutiny, argument, scrutiny->helo_name, MAILSIM_CLASS_HELO, look);
}

void
mailsim_look_rhsbl_sender(MailsimScrutiny *scrutiny,
                          const char *argument,
                          MailsimRuleLook *look)
{
    look_domain_up(scrutiny, argument, scrutiny->sender, MAILSIM_CLASS_SENDER, look);
}

void
mailsim_look_rhsbl_recipient(MailsimScrutiny *scrutiny,
                             const char *argument,
                             MailsimRuleLook *look)
{
    look_domain_up(scrutiny, argument, scrutiny->recipient, MAILSIM_CLASS_RECIPIENT, look);
}

/* A list of good clients that does not answer might have permitted: nobody is refused for good
 * now. */
static void
excuse(const Listing *listing, MailsimRuleLook *look)
{
    mailsim_look_refuse(listing->scrutiny, look, "450", "4.7.1",
                        "<%s>: %s rejected: Service unavailable", listing->what,
                        MAILSIM_CLASS_CLIENT);
    look->effect = MAILSIM_EFFECT_IF_REFUSED;
}

/* A list of good clients opens no relay. */
static void
permit(const MailsimScrutiny *scrutiny, MailsimRuleLook *look)
{
    g_autofree char *reason = NULL;

    if (scrutiny->recipient == NULL ||
        mailsim_scrutiny_may_relay(scrutiny, scrutiny->recipient)) {
        look->verdict = MAILSIM_VERDICT_PERMIT;
        return;
    }
    reason = g_steal_pointer(&look->reason);
    look->reason = g_strconcat(reason, ", but ", scrutiny->recipient, " is not ours", NULL);
}

void
mailsim_look_dnswl_client(MailsimScrutiny *scrutiny,
                          const char *argument,
                          MailsimRuleLook *look)
{
    g_auto(Listing) listing = {.scrutiny = scrutiny, .what = scrutiny->query->client_address};
    gboolean listed;

    look->subject = g_strdup(listing.what);
    look->against = g_strdup(argument);
    set_list(&listing, argument);
    listed = ask_about_address(&listing);
    say(&listing, listed, look);
    if (listing.fails)
        excuse(&listing, look);
    else if (listed)
        permit(scrutiny, look);
}

void
mailsim_look_rhswl_client(MailsimScrutiny *scrutiny,
                          const char *argument,
                          MailsimRuleLook *look)
{
    g_auto(Listing) listing = {.scrutiny = scrutiny, .what = scrutiny->query->client_name};
    gboolean listed;

    look->subject = g_strdup(listing.what);
    look->against = g_strdup(argument);
    if (g_str_equal(listing.what, "unknown")) {
        look->reason = g_strdup("there is no name to ask about");
        return;
    }
    set_list(&listing, argument);
    listed = ask_about_domain(&listing);
    say(&listing, listed, look);
    if (listing.fails)
        excuse(&listing, look);
    else if (listed)
        permit(scrutiny, look);
}
