/* SPDX-License-Identifier: MIT
 *
 * Lists of domains and of clients: mydestination, relay_domains, mynetworks. Members are names,
 * networks, tables and files with more members; “!” before one is an exception. The first that
 * fits decides, and one that cannot be asked ends it all with a temporary error: the members
 * behind it are not reached. */
#include "host-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>
#include <mailsim/settings/expansion.h>
#include <mailsim/settings/postfix-parameter.h>

/* What a list of domains means by “a.example” and by “.a.example”. */
typedef enum {
    THE_DOMAIN,      /* the domain alone; with the dot, nothing */
    DOMAIN_OR_BELOW, /* the domain alone; with the dot, its subdomains */
    DOMAIN_AND_ALL,  /* the domain and its subdomains; with the dot, nothing */
} Reach;

typedef struct {
    const MailsimHost *host;
    Reach reach;
    const char *name;    /* a domain, or the client's name */
    const char *address; /* the client's; NULL: a list of domains */
} Match;

typedef struct {
    char *text; /* without “!”; NULL: a file that is not there */
    gboolean negated;
    char *path; /* of that file */
} Member;

static void
clear_member(gpointer data)
{
    Member *member = data;

    g_free(member->text);
    g_free(member->path);
}

/* ---- members ----------------------------------------------------------------------------- */

static void
add_member(GArray *members, const char *text, gboolean negated)
{
    Member member = {g_strdup(text), negated, NULL};

    g_array_append_val(members, member);
}

/* Each “!” turns around what the next one, or the member, says. */
static const char *
skip_negations(const char *text, gboolean *negated)
{
    for (; *text == '!'; text++)
        *negated = !*negated;
    return text;
}

/* The members that a file has; what stands before its name holds for each. */
static void
add_file(GArray *members, const MailsimHost *host, const char *path, gboolean negated)
{
    const MailsimFileDefinition *file = mailsim_host_find_file(host, path);

    if (file == NULL) {
        Member member = {NULL, negated, g_strdup(path)};

        g_array_append_val(members, member);
        return;
    }
    for (guint i = 0; i < file->lines->len; i++) {
        const char *line = g_ptr_array_index(file->lines, i);
        g_auto(GStrv) texts = *line == '#' ? NULL : mailsim_expansion_split(line);

        for (guint j = 0; texts != NULL && texts[j] != NULL; j++) {
            gboolean turned = negated;
            const char *text = skip_negations(texts[j], &turned);

            add_member(members, text, turned);
        }
    }
}

/* All members, of Member, those of files in the file's place. */
static GArray *
read_members(const MailsimHost *host, const char *list)
{
    GArray *members = g_array_new(FALSE, FALSE, sizeof(Member));
    g_auto(GStrv) texts = mailsim_expansion_split(list);

    g_array_set_clear_func(members, clear_member);
    for (guint i = 0; texts[i] != NULL; i++) {
        gboolean negated = FALSE;
        const char *text = skip_negations(texts[i], &negated);

        if (*text == '/')
            add_file(members, host, text, negated);
        else
            add_member(members, text, negated);
    }
    return members;
}

static void
unref_members(gpointer members)
{
    g_array_unref(members);
}

GHashTable *
mailsim_match_lists_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_members);
}

/* The same, read once; lent. */
static const GArray *
get_members(const MailsimHost *host, const char *list)
{
    GArray *members = g_hash_table_lookup(host->match_lists, list);

    if (members == NULL) {
        members = read_members(host, list);
        g_hash_table_insert(host->match_lists, g_strdup(list), members);
    }
    return members;
}

/* A table, and no address in brackets. */
static gboolean
is_table(const char *text)
{
    return *text != '[' && strchr(text, ':') != NULL;
}

/* ---- names ------------------------------------------------------------------------------- */

/* The part of a domain behind its next dot; NULL: there is none. */
static const char *
get_parent(const char *domain)
{
    const char *dot = strchr(domain, '.');

    return dot != NULL && dot[1] != '\0' ? dot + 1 : NULL;
}

static MailsimLookup
match_name_in_table(const Match *match, const char *table)
{
    MailsimLookup result = mailsim_host_look_up(match->host, table, match->name, NULL);
    const char *parent = match->reach != THE_DOMAIN ? get_parent(match->name) : NULL;

    for (; parent != NULL && result == MAILSIM_LOOKUP_NOT_FOUND; parent = get_parent(parent))
        result = mailsim_host_look_up(match->host, table,
                                      parent - (match->reach == DOMAIN_OR_BELOW ? 1 : 0), NULL);
    return result;
}

static gboolean
matches_name(const Match *match, const char *text)
{
    gsize length = strlen(match->name);
    gsize end = strlen(text);

    if (g_ascii_strcasecmp(text, match->name) == 0)
        return TRUE;
    if (match->reach == THE_DOMAIN || length <= end ||
        (*text == '.') != (match->reach == DOMAIN_OR_BELOW))
        return FALSE;
    return (*text == '.' || match->name[length - end - 1] == '.') &&
           g_ascii_strcasecmp(match->name + length - end, text) == 0;
}

/* ---- addresses --------------------------------------------------------------------------- */

/* “[::1]” is “::1”; a bracket that nothing closes stays. Free with g_free(). */
static char *
dup_unbracketed(const char *text, gsize length)
{
    if (length >= 2 && text[0] == '[' && text[length - 1] == ']')
        return g_strndup(text + 1, length - 2);
    return g_strndup(text, length);
}

/* Postfix takes no mask but a number of bits, and no host bits beyond it. */
static MailsimLookup
match_network(const char *text, const char *slash, const MailsimIpAddress *client)
{
    g_autofree char *address = dup_unbracketed(text, (gsize)(slash - text));
    g_autofree char *masked = g_strconcat(address, slash, NULL);
    MailsimIpNetwork network;
    MailsimIpAddress written;

    if (!mailsim_ip_address_parse(address, &written) ||
        !mailsim_ip_network_parse(masked, &network) ||
        !mailsim_ip_address_equal(&network.address, &written))
        return MAILSIM_LOOKUP_ERROR;
    return client->n_bytes == written.n_bytes && mailsim_ip_network_contains(&network, client)
               ? MAILSIM_LOOKUP_FOUND
               : MAILSIM_LOOKUP_NOT_FOUND;
}

/* What has other letters than an address can have is none, and nothing is said; nor is a
 * network of the other family looked at. */
static MailsimLookup
match_address(const Match *match, const char *text)
{
    g_autofree char *bare = dup_unbracketed(text, strlen(text));
    const char *slash = strchr(text, '/');
    MailsimIpAddress client;
    MailsimIpAddress address;

    if (!mailsim_ip_address_parse(match->address, &client) ||
        text[strspn(text, "0123456789abcdefABCDEF.:/[]")] != '\0' ||
        (strchr(text, ':') != NULL) != (client.n_bytes == 16))
        return MAILSIM_LOOKUP_NOT_FOUND;
    if (*text == '[' && strchr(text, ']') == NULL)
        return MAILSIM_LOOKUP_ERROR;
    if (slash != NULL)
        return match_network(text, slash, &client);
    return mailsim_ip_address_parse(bare, &address) &&
                   mailsim_ip_address_equal(&address, &client)
               ? MAILSIM_LOOKUP_FOUND
               : MAILSIM_LOOKUP_NOT_FOUND;
}

/* ---- lists ------------------------------------------------------------------------------- */

static MailsimLookup
match_member(const Match *match, const char *text)
{
    MailsimLookup result;

    if (text == NULL)
        return MAILSIM_LOOKUP_ERROR;
    if (is_table(text)) {
        result =
            match->name != NULL ? match_name_in_table(match, text) : MAILSIM_LOOKUP_NOT_FOUND;
        if (result == MAILSIM_LOOKUP_NOT_FOUND && match->address != NULL)
            result = mailsim_host_look_up(match->host, text, match->address, NULL);
        return result;
    }
    if (match->name != NULL && matches_name(match, text))
        return MAILSIM_LOOKUP_FOUND;
    return match->address != NULL ? match_address(match, text) : MAILSIM_LOOKUP_NOT_FOUND;
}

/* postconf(5) parent_domain_matches_subdomains: the names of the lists that reach below a
 * domain without being told. */
static Reach
find_reach(const MailsimHost *host, const char *parameter)
{
    static const char *const plain[] = {"mydestination", "virtual_alias_domains",
                                        "virtual_mailbox_domains"};

    for (guint i = 0; i < G_N_ELEMENTS(plain); i++) {
        if (g_str_equal(plain[i], parameter))
            return THE_DOMAIN;
    }
    return mailsim_host_list_has(host, NULL, "parent_domain_matches_subdomains", parameter)
               ? DOMAIN_AND_ALL
               : DOMAIN_OR_BELOW;
}

static void
log_broken_member(const MailsimHost *host,
                  const MailsimListAsker *asker,
                  const Member *member,
                  const char *address)
{
    g_autofree char *problem = NULL;

    if (member->text == NULL) {
        mailsim_process_log(
            asker->process, asker->hop,
            "warning: non-existent:%s is unavailable. open file %s: No such file "
            "or directory",
            member->path, member->path);
        problem = g_strdup_printf("non-existent:%s: table lookup problem", member->path);
    } else if (is_table(member->text)) {
        mailsim_process_log_unavailable(asker->process, asker->hop, host, member->text,
                                        address);
        problem = g_strdup_printf("%s: table lookup problem", member->text);
    } else {
        problem = mailsim_postfix_network_find_problem(member->text);
    }
    if (problem != NULL)
        mailsim_process_log(asker->process, asker->hop, "warning: %s: %s", asker->list,
                            problem);
}

/* Those that come before one that cannot be asked say nothing of ADDRESS. */
void
mailsim_host_log_broken_list(const MailsimHost *host,
                             const MailsimServiceDefinition *service,
                             const MailsimListAsker *asker,
                             const char *address)
{
    const char *list = mailsim_host_get_parameter(host, service, asker->list);
    const GArray *members = get_members(host, list);
    const Match match = {
        .host = host,
        .reach = find_reach(host, asker->list),
        .name = mailsim_dns_get_client_name(host->lab, address),
        .address = address,
    };

    for (guint i = 0; i < members->len; i++) {
        const Member *member = &g_array_index(members, Member, i);
        const MailsimLookup result = match_member(&match, member->text);

        if (result == MAILSIM_LOOKUP_ERROR)
            log_broken_member(host, asker, member, address);
        if (result != MAILSIM_LOOKUP_NOT_FOUND)
            return;
    }
}

static MailsimLookup
match_list(const Match *match, const char *list, char **pattern)
{
    const GArray *members = get_members(match->host, list);

    for (guint i = 0; i < members->len; i++) {
        const Member *member = &g_array_index(members, Member, i);
        MailsimLookup result = match_member(match, member->text);

        if (result == MAILSIM_LOOKUP_NOT_FOUND)
            continue;
        if (pattern != NULL)
            *pattern = g_strconcat(member->negated ? "!" : "", member->text, NULL);
        if (result == MAILSIM_LOOKUP_FOUND && member->negated)
            return MAILSIM_LOOKUP_NOT_FOUND;
        return result;
    }
    return MAILSIM_LOOKUP_NOT_FOUND;
}

MailsimLookup
mailsim_host_match_domain(const MailsimHost *host,
                          const MailsimServiceDefinition *service,
                          const char *parameter,
                          const char *domain)
{
    const char *list = mailsim_host_get_parameter(host, service, parameter);
    Match match = {
        .host = host,
        .reach = find_reach(host, parameter),
        .name = domain,
    };

    return match_list(&match, list, NULL);
}

MailsimLookup
mailsim_host_match_client(const MailsimHost *host,
                          const MailsimServiceDefinition *service,
                          const char *parameter,
                          const char *address,
                          char **pattern)
{
    const char *list = mailsim_host_get_parameter(host, service, parameter);
    Match match = {
        .host = host,
        .reach = find_reach(host, parameter),
        .name = mailsim_dns_get_client_name(host->lab, address),
        .address = address,
    };

    if (pattern != NULL)
        *pattern = NULL;
    return match_list(&match, list, pattern);
}

char *
mailsim_host_find_fatal_list(const MailsimHost *host,
                             const MailsimServiceDefinition *service,
                             const char *parameter)
{
    const char *list = mailsim_host_get_parameter(host, service, parameter);
    const GArray *members = get_members(host, list);

    for (guint i = 0; i < members->len; i++) {
        const Member *member = &g_array_index(members, Member, i);

        if (member->text != NULL && *member->text == '\0')
            return g_strdup_printf("%s: no pattern after '!'", parameter);
        if (member->text != NULL && is_table(member->text)) {
            char *fatal = mailsim_host_find_fatal_table(member->text);

            if (fatal != NULL)
                return fatal;
        }
    }
    return NULL;
}

void
mailsim_host_log_missing_files(const MailsimHost *host,
                               const MailsimServiceDefinition *service,
                               const MailsimListAsker *asker)
{
    const char *list = mailsim_host_get_parameter(host, service, asker->list);
    const GArray *members = get_members(host, list);

    for (guint i = 0; i < members->len; i++) {
        const Member *member = &g_array_index(members, Member, i);

        if (member->text == NULL && mailsim_process_is_first(asker->process, member->path))
            mailsim_process_log(asker->process, asker->hop,
                                "error: open file %s: No such file or directory", member->path);
        else if (member->text != NULL && is_table(member->text) &&
                 mailsim_process_is_first(asker->process, member->text))
            mailsim_process_log_opening(asker->process, host, member->text);
    }
}
