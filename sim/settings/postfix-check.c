/* SPDX-License-Identifier: MIT
 *
 * What each type of value in main.cf may be, and what Postfix says of one that it may not
 * be. Its own words are used where it has some; where it says nothing until the first client
 * is turned away, the hint tells what would happen. */
#include "postfix-parameter-private.h"

#include <errno.h>
#include <string.h>

#include <mailsim/base/ip-address.h>
#include <mailsim/base/suggestion.h>
#include <mailsim/settings/postfix-parameter.h>

/* Between the members of a list: postconf(5), “separated by commas and/or whitespace”. */
#define LIST_SEPARATORS ", \t\r\n"

static const char *
find_word(const char *word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (g_ascii_strcasecmp(word, *words) == 0)
            return *words;
    return NULL;
}

char *
mailsim_postfix_check_boolean(const char *name,
                              const char *value,
                              char **hint,
                              G_GNUC_UNUSED gboolean *is_warning)
{
    static const char *const words[] = {"yes", "no", NULL};
    if (find_word(value, words) != NULL)
        return NULL;
    *hint = g_strdup("write yes or no; with anything else Postfix's daemon dies");
    return g_strdup_printf("bad boolean configuration: %s = %s", name, value);
}

/* ---- TLS levels ---- */

static char *
describe_bad_level(const char *value, const char *levels, char **hint)
{
    if (strchr(value, '#') != NULL)
        *hint = g_strdup("in main.cf a # begins a comment only at the start of a line");
    else
        *hint = g_strdup(levels);
    return g_strdup_printf("invalid TLS level “%s”", value);
}

char *
mailsim_postfix_check_client_level(G_GNUC_UNUSED const char *name,
                                   const char *value,
                                   char **hint,
                                   G_GNUC_UNUSED gboolean *is_warning)
{
    static const char *const built[] = {"", "none", "may", "encrypt", NULL};
    static const char *const others[] = {"verify", "secure",    "fingerprint",
                                         "dane",   "dane-only", NULL};
    if (find_word(value, built) != NULL)
        return NULL;
    const char *other = find_word(value, others);
    if (other != NULL) {
        *hint = g_strdup("so far the levels are none, may, encrypt");
        return g_strdup_printf("the TLS level “%s” is not built yet", other);
    }
    return describe_bad_level(
        value, "smtp has none, may, encrypt, dane, dane-only, fingerprint, verify, secure",
        hint);
}

char *
mailsim_postfix_check_server_level(G_GNUC_UNUSED const char *name,
                                   const char *value,
                                   char **hint,
                                   gboolean *is_warning)
{
    static const char *const levels[] = {"", "none", "may", "encrypt", NULL};
    static const char *const client_levels[] = {"verify", "secure", "fingerprint", NULL};
    if (find_word(value, levels) != NULL)
        return NULL;
    if (find_word(value, client_levels) != NULL) {
        *is_warning = TRUE;
        *hint = g_strdup("Postfix would warn and use “encrypt”; so does the lab");
        return g_strdup_printf("“%s” is a client level; smtpd has none, may, encrypt", value);
    }
    return describe_bad_level(value, "smtpd has none, may, encrypt", hint);
}

/* ---- single words and numbers ---- */

char *
mailsim_postfix_check_sasl_type(G_GNUC_UNUSED const char *name,
                                const char *value,
                                char **hint,
                                G_GNUC_UNUSED gboolean *is_warning)
{
    if (strcmp(value, "cyrus") == 0 || strcmp(value, "dovecot") == 0)
        return NULL;
    *hint = g_strdup("Debian's Postfix has cyrus and dovecot");
    return g_strdup_printf("unsupported SASL server implementation: “%s”", value);
}

char *
mailsim_postfix_check_size(const char *name,
                           const char *value,
                           char **hint,
                           G_GNUC_UNUSED gboolean *is_warning)
{
    guint64 number;
    if (g_ascii_string_to_unsigned(value, 10, 0, G_MAXINT64, &number, NULL))
        return NULL;
    *hint = g_strdup("write a plain number of bytes: 10240000");
    return g_strdup_printf("bad numerical configuration: %s = %s", name, value);
}

/* ---- lists ---- */

typedef char *EntryCheck(const char *entry, char **hint, gboolean *is_warning);

/* The first error among the entries of a list; else the first warning. */
static char *
check_entries(const char *value, EntryCheck *check, char **hint, gboolean *is_warning)
{
    g_auto(GStrv) entries = g_strsplit_set(value, LIST_SEPARATORS, -1);
    g_autofree char *warning = NULL;
    g_autofree char *warning_hint = NULL;
    for (char **entry = entries; *entry != NULL; entry++) {
        g_autofree char *own_hint = NULL;
        gboolean mild = FALSE;
        g_autofree char *problem = **entry != '\0' ? check(*entry, &own_hint, &mild) : NULL;
        if (problem != NULL && !mild) {
            *hint = g_steal_pointer(&own_hint);
            return g_steal_pointer(&problem);
        }
        if (problem != NULL && warning == NULL) {
            warning = g_steal_pointer(&problem);
            warning_hint = g_steal_pointer(&own_hint);
        }
    }
    *is_warning = warning != NULL;
    *hint = g_steal_pointer(&warning_hint);
    return g_steal_pointer(&warning);
}

/* A member that is a file or a table instead of a value: “/etc/postfix/x”, “hash:/etc/x”. */
static char *
refuse_table(const char *entry)
{
    return g_strdup_printf("the lookup table “%s” is not built yet", entry);
}

static char *
check_domain_entry(const char *entry, char **hint, gboolean *is_warning)
{
    if (*entry == '/' || strchr(entry, ':') != NULL)
        return refuse_table(entry);
    if (*entry == '!')
        return g_strdup_printf("the exception “%s” is not built yet", entry);
    if (strchr(entry, ';') == NULL)
        return NULL;
    *is_warning = TRUE;
    *hint = g_strdup("separate the names by commas or blanks");
    return g_strdup_printf("“%s” matches nothing", entry);
}

char *
mailsim_postfix_check_names(G_GNUC_UNUSED const char *name,
                            const char *value,
                            char **hint,
                            gboolean *is_warning)
{
    return check_entries(value, check_domain_entry, hint, is_warning);
}

/* “192.168.1.0/24”, “[2001:db8::]/32”: as Postfix's advice writes a network. */
static char *
format_network(const MailsimIpNetwork *network)
{
    g_autofree char *address = mailsim_ip_address_format(&network->address);
    const gboolean brackets = network->address.n_bytes == 16;
    return g_strdup_printf("%s%s%s/%u", brackets ? "[" : "", address, brackets ? "]" : "",
                           network->prefix_bits);
}

/* The part before the mask, without brackets. */
static gboolean
parse_network_address(const char *entry, MailsimIpAddress *address)
{
    g_autofree char *text = g_strndup(entry, strcspn(entry, "/"));
    const gsize length = strlen(text);
    if (length < 2 || text[0] != '[' || text[length - 1] != ']')
        return mailsim_ip_address_parse(text, address);
    text[length - 1] = '\0';
    return mailsim_ip_address_parse(text + 1, address);
}

/* Postfix takes no network whose host bits are set, and no mask but a number of bits. */
static char *
check_masked_entry(const char *entry, char **hint)
{
    MailsimIpNetwork network;
    MailsimIpAddress address;
    const char *mask = strchr(entry, '/') + 1;

    if (!parse_network_address(entry, &address)) {
        *hint = g_strdup("Postfix would answer 451 Temporary lookup failure to strangers");
        return g_strdup_printf("bad network value in “%s”", entry);
    }
    if (mask[strspn(mask, "0123456789")] != '\0' || *mask == '\0') {
        *hint = g_strdup("write the number of bits, as in 192.168.1.0/24");
        return g_strdup_printf("bad mask value in “%s”", entry);
    }
    if (!mailsim_ip_network_parse(entry, &network)) {
        *hint = g_strdup_printf("at most %u bits", address.n_bytes * 8);
        return g_strdup_printf("bad mask length in “%s”", entry);
    }
    if (mailsim_ip_address_equal(&network.address, &address))
        return NULL;
    g_autofree char *better = format_network(&network);
    *hint = g_strdup_printf("perhaps you should use “%s” instead", better);
    return g_strdup_printf("non-null host address bits in “%s”", entry);
}

static char *
check_network_entry(const char *entry, char **hint, gboolean *is_warning)
{
    MailsimIpAddress address;
    MailsimIpNetwork network;
    if (*entry == '!')
        return g_strdup_printf("the exception “%s” is not built yet", entry);
    if (*entry != '[' && strchr(entry, ':') != NULL) {
        if (!parse_network_address(entry, &address))
            return refuse_table(entry);
        *hint = g_strdup("write an IPv6 address in brackets: [::1]/128");
        return g_strdup_printf("expecting “type:name” form instead of “%s”", entry);
    }
    if (*entry == '/')
        return refuse_table(entry);
    const gboolean closed = *entry != '[' || strchr(entry, ']') != NULL;
    if (closed && strchr(entry, '/') != NULL)
        return check_masked_entry(entry, hint);
    if (mailsim_ip_network_parse(entry, &network))
        return NULL;
    *is_warning = TRUE;
    *hint = g_strdup("write addresses and networks, separated by commas or blanks");
    return g_strdup_printf("“%s” matches nothing", entry);
}

char *
mailsim_postfix_check_networks(G_GNUC_UNUSED const char *name,
                               const char *value,
                               char **hint,
                               gboolean *is_warning)
{
    return check_entries(value, check_network_entry, hint, is_warning);
}

static char *
check_restriction_entry(const char *entry, char **hint, G_GNUC_UNUSED gboolean *is_warning)
{
    if (mailsim_restriction_is_built(entry))
        return NULL;
    if (mailsim_restriction_exists(entry))
        return g_strdup_printf("%s is not built yet", entry);
    if (strchr(entry, ':') != NULL)
        return refuse_table(entry);
    *hint = mailsim_suggestion_hint(entry, mailsim_restriction_list());
    if (*hint == NULL)
        *hint = g_strdup("Postfix would answer 451 Server configuration error to everybody");
    return g_strdup_printf("unknown smtpd restriction: “%s”", entry);
}

char *
mailsim_postfix_check_restrictions(G_GNUC_UNUSED const char *name,
                                   const char *value,
                                   char **hint,
                                   gboolean *is_warning)
{
    return check_entries(value, check_restriction_entry, hint, is_warning);
}
