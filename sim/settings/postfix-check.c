/* SPDX-License-Identifier: MIT
 *
 * What each type of value in main.cf may be, and what Postfix says of one that it may not
 * be. Its own words are used where it has some; where it says nothing until the first client
 * is turned away, the hint tells what would happen. */
#include "postfix-parameter-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>
#include <mailsim/base/suggestion.h>
#include <mailsim/settings/expansion.h>
#include <mailsim/settings/postfix-parameter.h>

static const char *
find_word(const char *word, const char *const *words)
{
    for (; *words != NULL; words++)
        if (g_ascii_strcasecmp(word, *words) == 0)
            return *words;
    return NULL;
}

/* ---- TLS levels ---- */

/* The nearest of WORDS, then all of them; free with g_free(). */
static char *
dup_level_hint(const char *value, const char *const *words, const char *levels)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *small = g_ascii_strdown(value, -1);
    g_autofree char *nearest = NULL;

    for (; *words != NULL; words++)
        if (**words != '\0')
            g_ptr_array_add(names, (gpointer)*words);
    nearest = mailsim_suggestion_hint(small, names);
    return g_strdup_printf("%s%s%s", nearest != NULL ? nearest : "", nearest != NULL ? " " : "",
                           levels);
}

static char *
describe_bad_level(const char *value, const char *const *words, const char *levels, char **hint)
{
    if (strchr(value, '#') != NULL)
        *hint = g_strdup("in main.cf a # begins a comment only at the start of a line");
    else
        *hint = dup_level_hint(value, words, levels);
    return g_strdup_printf("invalid TLS level “%s”", value);
}

static const char *const client_levels[] = {
    "", "none", "may", "encrypt", "dane", "dane-only", "fingerprint", "verify", "secure", NULL};
static const char *const server_levels[] = {"", "none", "may", "encrypt", NULL};
static const char *const client_only_levels[] = {"verify", "secure", "fingerprint", NULL};

static char *
check_client_level(G_GNUC_UNUSED const char *name,
                   const char *value,
                   char **hint,
                   G_GNUC_UNUSED gboolean *is_warning)
{
    if (find_word(value, client_levels) != NULL)
        return NULL;
    return describe_bad_level(
        value, client_levels,
        "smtp has none, may, encrypt, dane, dane-only, fingerprint, verify, secure", hint);
}

static char *
check_server_level(G_GNUC_UNUSED const char *name,
                   const char *value,
                   char **hint,
                   gboolean *is_warning)
{
    if (find_word(value, server_levels) != NULL)
        return NULL;
    if (find_word(value, client_only_levels) != NULL) {
        *is_warning = TRUE;
        *hint = g_strdup("Postfix would warn and use “encrypt”; so does the lab");
        return g_strdup_printf("“%s” is a client level; smtpd has none, may, encrypt", value);
    }
    return describe_bad_level(value, server_levels, "smtpd has none, may, encrypt", hint);
}

static char *
find_fatal_server_level(G_GNUC_UNUSED const char *name, const char *value)
{
    return find_word(value, server_levels) != NULL ||
                   find_word(value, client_only_levels) != NULL
               ? NULL
               : g_strdup_printf("Invalid TLS level \"%s\"", value);
}

static char *
find_fatal_client_level(G_GNUC_UNUSED const char *name, const char *value)
{
    return find_word(value, client_levels) != NULL
               ? NULL
               : g_strdup_printf("Invalid TLS level \"%s\"", value);
}

const MailsimPostfixType mailsim_postfix_client_level = {
    .name = "level",
    .values = client_levels,
    .check = check_client_level,
    .find_fatal = find_fatal_client_level,
};
const MailsimPostfixType mailsim_postfix_server_level = {
    .name = "level",
    .values = server_levels,
    .check = check_server_level,
    .find_fatal = find_fatal_server_level,
};

/* ---- single words ---- */

const MailsimPostfixType mailsim_postfix_text = {.name = "text"};

static const char *const sasl_types[] = {"cyrus", "dovecot", NULL};

static char *
check_sasl_type(G_GNUC_UNUSED const char *name,
                const char *value,
                char **hint,
                G_GNUC_UNUSED gboolean *is_warning)
{
    if (g_strv_contains(sasl_types, value))
        return NULL;
    *hint = g_strdup("Debian's Postfix has cyrus and dovecot");
    return g_strdup_printf("unsupported SASL server implementation: “%s”", value);
}

const MailsimPostfixType mailsim_postfix_sasl_type = {
    .name = "word", .values = sasl_types, .check = check_sasl_type};

/* postconf(5) smtpd_sasl_security_options, smtp_sasl_security_options: what mechanisms must, or
 * must not, be. */
static char *
check_sasl_options(const char *value, const char *const *built, const char *only, char **hint)
{
    g_auto(GStrv) options = mailsim_expansion_split(value);

    for (guint i = 0; options[i] != NULL; i++) {
        if (find_word(options[i], built) != NULL)
            continue;
        *hint = g_strdup_printf("so far it can only be %s, or empty", only);
        return g_strdup_printf("the option “%s” is not built yet", options[i]);
    }
    return NULL;
}

static const char *const server_options[] = {"noanonymous", NULL};
static const char *const unbuilt_server_options[] = {
    "noplaintext", "noactive", "nodictionary", "forward_secrecy", "mutual_auth", NULL};
static const char *const client_options[] = {"noanonymous", "noplaintext", NULL};
static const char *const unbuilt_client_options[] = {"noactive", "nodictionary", "mutual_auth",
                                                     NULL};

static char *
check_server_sasl_options(G_GNUC_UNUSED const char *name,
                          const char *value,
                          char **hint,
                          G_GNUC_UNUSED gboolean *is_warning)
{
    return check_sasl_options(value, server_options, "“noanonymous”", hint);
}

static char *
check_client_sasl_options(G_GNUC_UNUSED const char *name,
                          const char *value,
                          char **hint,
                          G_GNUC_UNUSED gboolean *is_warning)
{
    return check_sasl_options(value, client_options, "“noanonymous”, “noplaintext”", hint);
}

const MailsimPostfixType mailsim_postfix_server_sasl_options = {
    .name = "options",
    .values = server_options,
    .unbuilt = unbuilt_server_options,
    .check = check_server_sasl_options,
};
const MailsimPostfixType mailsim_postfix_client_sasl_options = {
    .name = "options",
    .values = client_options,
    .unbuilt = unbuilt_client_options,
    .check = check_client_sasl_options,
};

/* ---- bare newlines ---- */

static const char *const bare_newlines[] = {"yes", "no", "normalize", "reject", NULL};

static char *
find_fatal_bare_newline(const char *name, const char *value)
{
    if (find_word(value, bare_newlines) != NULL)
        return NULL;
    if (*value == '\0')
        return g_strdup_printf("bad string length 0 < 1: %s = ", name);
    return g_strdup_printf("bad parameter value: '%s = %s'", name, value);
}

const MailsimPostfixType mailsim_postfix_bare_newline = {
    .name = "word",
    .values = bare_newlines,
    .find_fatal = find_fatal_bare_newline,
    .hint = "Postfix 3.7 has no, yes, normalize and reject",
};

/* ---- lists ---- */

typedef char *EntryCheck(const char *entry, char **hint, gboolean *is_warning);

/* The first error among the entries of a list; else the first warning. */
static char *
check_entries(const char *value, EntryCheck *check, char **hint, gboolean *is_warning)
{
    g_auto(GStrv) entries = mailsim_expansion_split(value);
    g_autofree char *warning = NULL;
    g_autofree char *warning_hint = NULL;
    for (char **entry = entries; *entry != NULL; entry++) {
        g_autofree char *own_hint = NULL;
        gboolean mild = FALSE;
        g_autofree char *problem = check(*entry, &own_hint, &mild);
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

/* ---- tables ---- */

typedef struct {
    const char *type;
    gboolean has_file;
    gboolean built;
} TableType;

/* postconf -m of Debian 12, its packages included. What each does is told in the lab's
 * lookup-table.c. */
static const TableType table_types[] = {
    {"btree",     TRUE,  TRUE },
    {"cdb",       TRUE,  TRUE },
    {"cidr",      TRUE,  TRUE },
    {"environ",   FALSE, TRUE },
    {"fail",      FALSE, TRUE },
    {"hash",      TRUE,  TRUE },
    {"inline",    FALSE, TRUE },
    {"internal",  FALSE, TRUE },
    {"ldap",      TRUE,  FALSE},
    {"lmdb",      TRUE,  TRUE },
    {"memcache",  TRUE,  FALSE},
    {"mysql",     TRUE,  FALSE},
    {"nis",       FALSE, TRUE },
    {"pcre",      TRUE,  TRUE },
    {"pgsql",     TRUE,  FALSE},
    {"pipemap",   FALSE, FALSE},
    {"proxy",     FALSE, TRUE },
    {"randmap",   FALSE, FALSE},
    {"regexp",    TRUE,  TRUE },
    {"socketmap", FALSE, FALSE},
    {"sqlite",    TRUE,  FALSE},
    {"static",    FALSE, TRUE },
    {"tcp",       FALSE, FALSE},
    {"texthash",  TRUE,  TRUE },
    {"unionmap",  FALSE, FALSE},
    {"unix",      FALSE, TRUE },
};

static const TableType *
find_table_type(const char *entry)
{
    const gsize length = strcspn(entry, ":");
    for (guint i = 0; i < G_N_ELEMENTS(table_types); i++)
        if (strlen(table_types[i].type) == length &&
            strncmp(table_types[i].type, entry, length) == 0)
            return &table_types[i];
    return NULL;
}

gboolean
mailsim_postfix_has_table_type(const char *table)
{
    return find_table_type(table) != NULL;
}

static const char *
skip_proxy(const char *entry)
{
    while (g_str_has_prefix(entry, "proxy:"))
        entry += strlen("proxy:");
    return entry;
}

static char *
check_table_entry(const char *entry, char **hint, gboolean *is_warning)
{
    const char *table = skip_proxy(entry);
    const char *colon = strchr(table, ':');
    const TableType *type = find_table_type(table);
    if (colon == NULL || colon == table || colon[1] == '\0') {
        *hint = g_strdup("write, for example, hash:/etc/postfix/table; Postfix's daemon dies");
        return g_strdup_printf("expecting “type:name” form instead of “%s”", entry);
    }
    if (type != NULL && type->built)
        return NULL;
    if (type != NULL)
        return g_strdup_printf("the lookup table “%s” is not built yet", entry);
    *is_warning = TRUE;
    *hint = g_strdup("Postfix would answer 451 Temporary lookup failure, and so does the lab");
    return g_strdup_printf("unsupported dictionary type in “%s”", entry);
}

/* smtp(8) has nobody to answer. */
static char *
check_tables(const char *name, const char *value, char **hint, gboolean *is_warning)
{
    char *problem = check_entries(value, check_table_entry, hint, is_warning);

    if (problem != NULL && *is_warning && strcmp(name, "smtp_tls_policy_maps") == 0) {
        g_free(*hint);
        *hint = g_strdup("all mail would wait, 4.7.5 client TLS configuration problem");
    }
    return problem;
}

const MailsimPostfixType mailsim_postfix_tables = {
    .name = "tables", .check = check_tables, .has_tables = TRUE};

/* The path of a member that is a file, or a table with one; NULL: it has none. Lent. */
static const char *
find_path(const char *entry, gboolean may_be_bare)
{
    while (*entry == '!')
        entry++;
    if (*entry == '/')
        return may_be_bare ? entry : NULL;
    entry = skip_proxy(entry);
    const TableType *type = find_table_type(entry);
    const char *colon = strchr(entry, ':');
    return type != NULL && type->has_file && colon != NULL && colon[1] == '/' ? colon + 1
                                                                              : NULL;
}

GPtrArray *
mailsim_postfix_list_files(const char *value, gboolean may_be_bare)
{
    GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
    g_auto(GStrv) entries = mailsim_expansion_split(value);
    for (guint i = 0; entries[i] != NULL; i++) {
        const char *path = find_path(entries[i], may_be_bare);
        if (path != NULL)
            g_ptr_array_add(paths, g_strdup(path));
    }
    return paths;
}

/* ---- domains and networks ---- */

static char *
check_domain_entry(const char *entry, char **hint, gboolean *is_warning)
{
    while (*entry == '!')
        entry++;
    if (*entry == '/')
        return NULL;
    if (strchr(entry, ':') != NULL)
        return check_table_entry(entry, hint, is_warning);
    if (strchr(entry, ';') == NULL)
        return NULL;
    *is_warning = TRUE;
    *hint = g_strdup("separate the names by commas or blanks");
    return g_strdup_printf("“%s” matches nothing", entry);
}

static char *
check_domains(G_GNUC_UNUSED const char *name,
              const char *value,
              char **hint,
              gboolean *is_warning)
{
    return check_entries(value, check_domain_entry, hint, is_warning);
}

const MailsimPostfixType mailsim_postfix_domains = {
    .name = "domains", .check = check_domains, .has_tables = TRUE};

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
check_masked_entry(const char *entry, char **hint, gboolean *is_warning)
{
    MailsimIpNetwork network;
    MailsimIpAddress address;
    const char *mask = strchr(entry, '/') + 1;

    *is_warning = TRUE; /* the daemon lives, and refuses nearly everybody */
    if (!parse_network_address(entry, &address)) {
        *hint = g_strdup("write the whole address, as in 192.168.1.0/24");
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

/* A client's name will do, where DNS has it for its address. */
static gboolean
is_host_name(const char *entry)
{
    const char *dot = strrchr(entry, '.');
    return dot != NULL && g_ascii_isalpha(dot[1]) && strpbrk(entry, ";[]/") == NULL;
}

/* An address and a mask, good or bad. */
static gboolean
has_mask(const char *entry)
{
    const gboolean closed = *entry != '[' || strchr(entry, ']') != NULL;
    const gboolean readable = entry[strspn(entry, "0123456789abcdefABCDEF.:/[]")] == '\0';
    return readable && closed && strchr(entry, '/') != NULL;
}

static char *
check_network_entry(const char *entry, char **hint, gboolean *is_warning)
{
    MailsimIpAddress address;
    MailsimIpNetwork network;
    while (*entry == '!')
        entry++;
    if (*entry == '/')
        return NULL;
    if (*entry != '[' && strchr(entry, ':') != NULL) {
        if (!parse_network_address(entry, &address))
            return check_table_entry(entry, hint, is_warning);
        *hint = g_strdup("write an IPv6 address in brackets: [::1]/128");
        return g_strdup_printf("expecting “type:name” form instead of “%s”", entry);
    }
    if (has_mask(entry))
        return check_masked_entry(entry, hint, is_warning);
    if (mailsim_ip_network_parse(entry, &network))
        return NULL;
    if (is_host_name(entry))
        return NULL;
    *is_warning = TRUE;
    *hint = g_strdup("write addresses and networks, separated by commas or blanks");
    return g_strdup_printf("“%s” matches nothing", entry);
}

/* smtpd(8) asks mynetworks for every client, and so cannot do without. */
static char *
check_trusted_entry(const char *entry, char **hint, gboolean *is_warning)
{
    char *problem = check_network_entry(entry, hint, is_warning);
    if (problem == NULL || !*is_warning || !has_mask(entry + strspn(entry, "!")))
        return problem;
    g_autofree char *advice = *hint;
    *hint = g_strdup_printf("%s; till then Postfix answers 451 4.3.0 Temporary lookup failure "
                            "to all whom no earlier entry matches, for our own users too",
                            advice);
    return problem;
}

static char *
check_networks(const char *name, const char *value, char **hint, gboolean *is_warning)
{
    const gboolean is_trusted = strcmp(name, "mynetworks") == 0;
    return check_entries(value, is_trusted ? check_trusted_entry : check_network_entry, hint,
                         is_warning);
}

const MailsimPostfixType mailsim_postfix_networks = {
    .name = "networks", .check = check_networks, .has_tables = TRUE};

static char *
check_restriction_entry(const char *entry, char **hint, gboolean *is_warning)
{
    if (mailsim_restriction_is_built(entry))
        return NULL;
    if (mailsim_restriction_exists(entry))
        return g_strdup_printf("%s is not built yet", entry);
    if (strchr(entry, ':') != NULL)
        return check_table_entry(entry, hint, is_warning);
    g_autofree char *suggestion = mailsim_suggestion_hint(entry, mailsim_restriction_list());
    if (suggestion != NULL)
        *hint =
            g_strdup_printf("%s Till then 451 4.3.5 Server configuration error to everybody "
                            "who gets that far",
                            suggestion);
    else
        *hint = g_strdup("Postfix would answer 451 Server configuration error to everybody");
    *is_warning = TRUE;
    return g_strdup_printf("unknown smtpd restriction: “%s”", entry);
}

/* postconf(5): “check_client_access type:table”. */
static gboolean
takes_table(const char *word)
{
    return g_ascii_strncasecmp(word, "check_", 6) == 0 &&
           g_ascii_strcasecmp(word + strlen(word) - MIN(strlen(word), 7), "_access") == 0;
}

/* And “reject_rbl_client domain”, “check_policy_service endpoint”, “sleep seconds”. */
static gboolean
takes_argument(const char *word)
{
    static const char *const parts[] = {"_rbl_", "_rhsbl_", "_dnswl_", "_rhswl_", "_policy_"};
    g_autofree char *small = g_ascii_strdown(word, -1);
    if (strchr(word, ':') != NULL) /* a table, whatever stands in it */
        return FALSE;
    for (guint i = 0; i < G_N_ELEMENTS(parts); i++)
        if (strstr(small, parts[i]) != NULL)
            return TRUE;
    return strcmp(small, "sleep") == 0 || takes_table(small);
}

static char *
check_argument(const char *word, const char *argument, char **hint, gboolean *is_warning)
{
    if (argument == NULL && strstr(word, "wl_client") == NULL && strstr(word, "bl_") != NULL) {
        *is_warning = TRUE;
        *hint = g_strdup("Postfix warns of it, and passes over it");
        return g_strdup_printf("“%s” needs an argument", word);
    }
    if (argument == NULL) {
        *hint = g_strdup("Postfix would answer 451 Server configuration error");
        return g_strdup_printf("“%s” needs an argument", word);
    }
    return takes_table(word) && *argument != '{' ? check_table_entry(argument, hint, is_warning)
                                                 : NULL;
}

static char *
check_restrictions(G_GNUC_UNUSED const char *name,
                   const char *value,
                   char **hint,
                   gboolean *is_warning)
{
    g_auto(GStrv) words = mailsim_expansion_split(value);
    for (guint i = 0; words[i] != NULL; i++) {
        char *problem = check_restriction_entry(words[i], hint, is_warning);
        if (problem == NULL && takes_argument(words[i])) {
            problem = check_argument(words[i], words[i + 1], hint, is_warning);
            i++;
        }
        if (problem != NULL)
            return problem;
    }
    return NULL;
}

const MailsimPostfixType mailsim_postfix_restrictions = {
    .name = "restrictions", .check = check_restrictions, .has_tables = TRUE};
