/* SPDX-License-Identifier: MIT
 *
 * Lookup tables: “hash:/etc/aliases”, “inline:{a=b}”, “unix:passwd.byname”. The scenario's
 * [file] groups are the files, each as it was before postmap(1) or postalias(1) made an index
 * of it. Tables of patterns are pattern-table.c's. */
#include "host-private.h"

#include <string.h>

#include <mailsim/lab/implied.h>
#include <mailsim/protocol/mail-address.h>
#include <mailsim/settings/expansion.h>

#define BLANKS " \t\r\n"

typedef struct {
    const MailsimHost *host;
    const char *type;
    const char *name; /* after “type:” */
    const char *key;
    char **value; /* NULL: nobody wants it */
} Query;

typedef enum {
    MATCHES_KEYS,
    MATCHES_PATTERNS, /* is asked for whole keys only: DICT_FLAG_PATTERN of Postfix */
} TableKind;

typedef struct {
    const char *type;
    MailsimLookup (*look_up)(const Query *query);
    TableKind kind;
} TableType;

static MailsimLookup look_up_indexed(const Query *query);
static MailsimLookup look_up_text(const Query *query);
static MailsimLookup look_up_pattern(const Query *query);
static MailsimLookup look_up_inline(const Query *query);
static MailsimLookup look_up_static(const Query *query);
static MailsimLookup look_up_unix(const Query *query);
static MailsimLookup look_up_nothing(const Query *query);

/* What Debian has, with its packages postfix-pcre, postfix-lmdb and postfix-cdb. Any other type
 * is unavailable, as is “fail”, whose business that is. */
static const TableType types[] = {
    {"hash",     look_up_indexed, MATCHES_KEYS    },
    {"btree",    look_up_indexed, MATCHES_KEYS    },
    {"texthash", look_up_text,    MATCHES_KEYS    },
    {"lmdb",     look_up_indexed, MATCHES_KEYS    },
    {"cdb",      look_up_indexed, MATCHES_KEYS    },
    {"regexp",   look_up_pattern, MATCHES_PATTERNS},
    {"pcre",     look_up_pattern, MATCHES_PATTERNS},
    {"cidr",     look_up_pattern, MATCHES_PATTERNS},
    {"inline",   look_up_inline,  MATCHES_KEYS    },
    {"static",   look_up_static,  MATCHES_KEYS    },
    {"unix",     look_up_unix,    MATCHES_KEYS    },
    {"environ",  look_up_nothing, MATCHES_KEYS    },
    {"internal", look_up_nothing, MATCHES_KEYS    },
    {"nis",      look_up_nothing, MATCHES_KEYS    }, /* no NIS domain: lookups disabled */
};

static MailsimLookup
find(const Query *query, const char *value)
{
    if (query->value != NULL)
        *query->value = g_strdup(value);
    return MAILSIM_LOOKUP_FOUND;
}

/* ---- files ------------------------------------------------------------------------------- */

const MailsimFileDefinition *
mailsim_host_find_file(const MailsimHost *host, const char *path)
{
    for (guint i = 0; i < host->definition->files->len; i++) {
        const MailsimFileDefinition *file = g_ptr_array_index(host->definition->files, i);

        if (g_str_equal(file->path, path))
            return file;
    }
    return NULL;
}

/* The lines of a file but the comments; NULL: there is no such file. Lent strings. */
static GPtrArray *
list_lines(const MailsimHost *host, const char *path)
{
    const MailsimFileDefinition *file = mailsim_host_find_file(host, path);
    const char *const *installed = mailsim_host_installed_aliases();
    GPtrArray *lines;

    if (file == NULL && !g_str_equal(path, "/etc/aliases"))
        return NULL;
    lines = g_ptr_array_new();
    for (guint i = 0; file != NULL && i < file->lines->len; i++) {
        const char *line = g_ptr_array_index(file->lines, i);

        if (line[strspn(line, BLANKS)] != '#')
            g_ptr_array_add(lines, (gpointer)line);
    }
    for (guint i = 0; file == NULL && installed[i] != NULL; i++)
        g_ptr_array_add(lines, (gpointer)installed[i]);
    return lines;
}

/* postalias(1) makes the tables of alias_database, postmap(1) all the others. */
static gboolean
is_alias_table(const Query *query)
{
    static const char *const parameters[] = {"alias_database", "alias_maps"};
    g_autofree char *table = g_strconcat(query->type, ":", query->name, NULL);

    for (guint i = 0; i < G_N_ELEMENTS(parameters); i++) {
        g_autofree char *value = mailsim_host_dup_parameter(query->host, NULL, parameters[i]);
        g_auto(GStrv) tables = mailsim_expansion_split(value);

        for (guint j = 0; tables[j] != NULL; j++) {
            const char *other = tables[j];

            while (g_str_has_prefix(other, "proxy:"))
                other += strlen("proxy:");
            if (g_str_equal(other, table))
                return TRUE;
        }
    }
    return FALSE;
}

/* The length of the key at the beginning of a line: a word, or “what is "quoted"”. */
static gsize
measure_key(const char *line, const char *ends)
{
    gboolean quoted = FALSE;
    gsize length = 0;

    for (; line[length] != '\0'; length++) {
        if (line[length] == '\\' && line[length + 1] != '\0')
            length++;
        else if (line[length] == '"')
            quoted = !quoted;
        else if (!quoted && strchr(ends, line[length]) != NULL)
            break;
    }
    return length;
}

char *
mailsim_alias_dup_unquoted(const char *text)
{
    GString *out = g_string_new(NULL);

    for (; *text != '\0'; text++) {
        if (*text == '\\' && text[1] != '\0')
            text++;
        else if (*text == '"')
            continue;
        g_string_append_c(out, *text);
    }
    return g_string_free(out, FALSE);
}

/* aliases(5): “name: value”, and a name that is no plain word in quotes. postmap(5): “key
 * value”. FALSE: the line is neither, and ignored. */
static gboolean
read_line(const char *line, gboolean is_alias, char **key, char **value)
{
    gsize length = measure_key(line, is_alias ? ":" : BLANKS);
    const char *rest = line + length + (is_alias && line[length] == ':');

    rest += strspn(rest, BLANKS);
    if ((is_alias && line[length] != ':') || length == 0 || *rest == '\0')
        return FALSE;
    *key = g_strchomp(g_ascii_strdown(line, (gssize)length));
    if (is_alias) {
        g_autofree char *quoted = *key;

        *key = mailsim_alias_dup_unquoted(quoted);
    }
    *value = g_strchomp(g_strdup(rest));
    return TRUE;
}

/* The first line with a key counts; postmap(1) warns of the others. */
static MailsimLookup
look_up_indexed(const Query *query)
{
    g_autoptr(GPtrArray) lines = list_lines(query->host, query->name);
    g_autofree char *wanted = g_ascii_strdown(query->key, -1);
    gboolean is_alias = is_alias_table(query);

    if (lines == NULL)
        return MAILSIM_LOOKUP_ERROR;
    for (guint i = 0; i < lines->len; i++) {
        g_autofree char *key = NULL;
        g_autofree char *value = NULL;

        if (read_line(g_ptr_array_index(lines, i), is_alias, &key, &value) &&
            g_str_equal(key, wanted))
            return find(query, value);
    }
    return MAILSIM_LOOKUP_NOT_FOUND;
}

char *
mailsim_host_find_duplicate(const MailsimHost *host, const char *path)
{
    const MailsimFileDefinition *file = mailsim_host_find_file(host, path);
    g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; file != NULL && i < file->lines->len; i++) {
        const char *line = g_ptr_array_index(file->lines, i);
        char *key = NULL;
        g_autofree char *value = NULL;

        if (line[strspn(line, BLANKS)] == '#' || !read_line(line, FALSE, &key, &value))
            continue;
        if (g_hash_table_contains(keys, key)) {
            g_autofree char *twice = key;

            return g_strdup_printf("%s, line %u: duplicate entry: \"%s\"", path, i + 1, twice);
        }
        g_hash_table_add(keys, key);
    }
    return NULL;
}

/* A key twice makes the whole table unavailable: nobody is there who could warn of it. */
static MailsimLookup
look_up_text(const Query *query)
{
    g_autofree char *duplicate = mailsim_host_find_duplicate(query->host, query->name);

    return duplicate != NULL ? MAILSIM_LOOKUP_ERROR : look_up_indexed(query);
}

/* “{ text }” without its braces and the blanks inside them; free with g_free(). */
static char *
dup_unbraced(const char *text)
{
    gsize length = strlen(text);

    if (length < 2 || text[0] != '{' || text[length - 1] != '}')
        return g_strdup(text);
    return g_strstrip(g_strndup(text + 1, length - 2));
}

/* The rules are in the file, or here: “cidr:{{10.0.0.0/8 OK}, {192.0.2.0/24 OK}}”. */
static MailsimLookup
look_up_pattern(const Query *query)
{
    g_autoptr(GPtrArray) lines = NULL;
    g_auto(GStrv) rules = NULL;

    if (query->name[0] == '{') {
        g_autofree char *inside = dup_unbraced(query->name);

        rules = mailsim_expansion_split(inside);
        for (guint i = 0; rules[i] != NULL; i++) {
            g_autofree char *braced = rules[i];

            rules[i] = dup_unbraced(braced);
        }
        return mailsim_pattern_table_look_up((const char *const *)rules, query->type,
                                             query->key, query->value);
    }
    lines = list_lines(query->host, query->name);
    if (lines == NULL)
        return MAILSIM_LOOKUP_ERROR;
    g_ptr_array_add(lines, NULL);
    return mailsim_pattern_table_look_up((const char *const *)lines->pdata, query->type,
                                         query->key, query->value);
}

/* ---- tables without a file --------------------------------------------------------------- */

/* “inline:{name=value, {name = text with blanks}}”: the last with a name counts. One that is
 * not written so is unavailable as a whole. */
static MailsimLookup
look_up_inline(const Query *query)
{
    g_autofree char *inside = dup_unbraced(query->name);
    g_auto(GStrv) entries = mailsim_expansion_split(inside);
    g_autofree char *found = NULL;

    if (query->name[0] != '{' || entries[0] == NULL)
        return MAILSIM_LOOKUP_ERROR;
    for (guint i = 0; entries[i] != NULL; i++) {
        g_autofree char *entry = dup_unbraced(entries[i]);
        char *equals = strchr(entry, '=');

        if (equals == NULL)
            return MAILSIM_LOOKUP_ERROR;
        *equals = '\0';
        g_strstrip(entry);
        if (g_ascii_strcasecmp(entry, query->key) != 0)
            continue;
        g_free(found);
        found = g_strstrip(g_strdup(equals + 1));
    }
    return found != NULL ? find(query, found) : MAILSIM_LOOKUP_NOT_FOUND;
}

static MailsimLookup
look_up_static(const Query *query)
{
    g_autofree char *value = dup_unbraced(query->name);

    return find(query, value);
}

/* getpwnam(3) and getgrnam(3), with the key in lower case. */
static MailsimLookup
look_up_unix(const Query *query)
{
    g_autofree char *name = g_ascii_strdown(query->key, -1);
    const MailsimUser *user;
    g_autofree char *value = NULL;

    if (!g_str_equal(query->name, "passwd.byname") && !g_str_equal(query->name, "group.byname"))
        return MAILSIM_LOOKUP_ERROR;
    user = mailsim_host_find_user(query->host, name);
    if (user == NULL || !g_str_equal(user->name, name))
        return MAILSIM_LOOKUP_NOT_FOUND;
    if (g_str_equal(query->name, "group.byname"))
        value = g_strdup_printf("%s:x:", name);
    else
        value = g_strdup_printf("%s:x::", name);
    return find(query, value);
}

static MailsimLookup
look_up_nothing(G_GNUC_UNUSED const Query *query)
{
    return MAILSIM_LOOKUP_NOT_FOUND;
}

/* ---- one key ----------------------------------------------------------------------------- */

static const TableType *
find_type(const char *type)
{
    for (guint i = 0; i < G_N_ELEMENTS(types); i++) {
        if (g_str_equal(types[i].type, type))
            return &types[i];
    }
    return NULL;
}

/* proxy: is the same table, asked by proxymap(8) outside the chroot. */
static MailsimLookup
look_up_in(Query *query, const char *table, gboolean whole)
{
    const char *colon;
    g_autofree char *type_name = NULL;
    const TableType *type;

    while (g_str_has_prefix(table, "proxy:"))
        table += strlen("proxy:");
    colon = strchr(table, ':');
    if (colon == NULL)
        return MAILSIM_LOOKUP_ERROR;
    type_name = g_strndup(table, (gsize)(colon - table));
    type = find_type(type_name);
    if (type == NULL)
        return MAILSIM_LOOKUP_ERROR;
    if (!whole && type->kind == MATCHES_PATTERNS)
        return MAILSIM_LOOKUP_NOT_FOUND;
    query->type = type_name;
    query->name = colon + 1;
    return type->look_up(query);
}

static MailsimLookup
look_up_in_all(Query *query, const char *tables, gboolean whole)
{
    g_auto(GStrv) list = mailsim_expansion_split(tables);

    for (guint i = 0; list[i] != NULL; i++) {
        MailsimLookup result = look_up_in(query, list[i], whole);

        if (result != MAILSIM_LOOKUP_NOT_FOUND)
            return result;
    }
    return MAILSIM_LOOKUP_NOT_FOUND;
}

MailsimLookup
mailsim_host_look_up(const MailsimHost *host, const char *tables, const char *key, char **value)
{
    Query query = {.host = host, .key = key, .value = value};

    return look_up_in_all(&query, tables, TRUE);
}

MailsimLookup
mailsim_host_look_up_part(const MailsimHost *host,
                          const char *tables,
                          const char *key,
                          char **value)
{
    Query query = {.host = host, .key = key, .value = value};

    return look_up_in_all(&query, tables, FALSE);
}

char *
mailsim_host_find_fatal_table(const char *tables)
{
    g_auto(GStrv) list = mailsim_expansion_split(tables);

    for (guint i = 0; list[i] != NULL; i++) {
        const char *colon = strchr(list[i], ':');

        if (colon == NULL || colon == list[i] || colon[1] == '\0')
            return g_strdup_printf(
                "open dictionary: expecting \"type:name\" form instead of \"%s\"", list[i]);
    }
    return NULL;
}

/* Whoever maps an index says it of the index when he makes it. */
GPtrArray *
mailsim_host_list_skipped_lines(const MailsimHost *host, const char *table)
{
    GPtrArray *skipped = g_ptr_array_new_with_free_func(g_free);
    const gboolean is_text = g_str_has_prefix(table, "texthash:");
    const gboolean is_regexp = g_str_has_prefix(table, "regexp:");
    const char *path = strchr(table, ':');
    const MailsimFileDefinition *file =
        is_text || is_regexp ? mailsim_host_find_file(host, path + 1) : NULL;

    for (guint i = 0; file != NULL && i < file->lines->len; i++) {
        const char *line = g_ptr_array_index(file->lines, i);
        g_autofree char *key = NULL;
        g_autofree char *value = NULL;

        if (line[strspn(line, BLANKS)] == '#')
            continue;
        if (is_text && !read_line(line, FALSE, &key, &value))
            g_ptr_array_add(
                skipped, g_strdup_printf("%s, line %u: expected format: key whitespace value "
                                         "-- ignoring this line",
                                         path + 1, i + 1));
        if (is_regexp && mailsim_pattern_is_unclosed(line))
            g_ptr_array_add(skipped,
                            g_strdup_printf("regexp map %s, line %u: no closing regexp "
                                            "delimiter \"%c\": skipping this rule",
                                            path + 1, i + 1, line[0]));
    }
    return skipped;
}

/* ---- addresses --------------------------------------------------------------------------- */

/* The names that mail systems write from are never taken apart. */
char *
mailsim_host_dup_bare_local_part(const MailsimHost *host, const char *local_part)
{
    static const char *const whole[] = {"postmaster", "mailer-daemon", "double-bounce"};
    g_autofree char *delimiter = mailsim_host_dup_parameter(host, NULL, "recipient_delimiter");
    const char *extension = local_part[0] != '\0' ? strpbrk(local_part + 1, delimiter) : NULL;

    for (guint i = 0; i < G_N_ELEMENTS(whole); i++) {
        if (g_ascii_strcasecmp(local_part, whole[i]) == 0)
            return NULL;
    }
    if (extension == NULL)
        return NULL;
    return g_strndup(local_part, (gsize)(extension - local_part));
}

/* One of the keys of an address. */
typedef struct {
    char *text;
    gboolean is_bare; /* its extension is left off */
} AddressKey;

static void
free_address_key(gpointer data)
{
    AddressKey *key = data;

    g_free(key->text);
    g_free(key);
}

static void
add_address_key(GPtrArray *keys, char *text, gboolean is_bare)
{
    AddressKey *key = g_new0(AddressKey, 1);

    key->text = text;
    key->is_bare = is_bare;
    g_ptr_array_add(keys, key);
}

/* Is it enough to name the user? */
static gboolean
is_own_domain(const MailsimHost *host, const char *address, const char *domain)
{
    g_autofree char *origin = mailsim_host_dup_parameter(host, NULL, "myorigin");

    return domain == NULL || g_ascii_strcasecmp(domain, origin) == 0 ||
           mailsim_host_classify(host, address) == MAILSIM_DOMAIN_LOCAL;
}

/* The keys of an address, from the most special; the first is the whole of it. */
static GPtrArray *
list_address_keys(const MailsimHost *host, const char *address)
{
    GPtrArray *keys = g_ptr_array_new_with_free_func(free_address_key);
    const char *domain = mailsim_mail_address_get_domain(address);
    g_autofree char *local_part = mailsim_mail_address_dup_local_part(address);
    g_autofree char *bare = mailsim_host_dup_bare_local_part(host, local_part);
    const gboolean is_own = is_own_domain(host, address, domain);

    add_address_key(keys, g_strdup(address), FALSE);
    if (bare != NULL && domain != NULL)
        add_address_key(keys, g_strconcat(bare, "@", domain, NULL), TRUE);
    if (is_own)
        add_address_key(keys, g_strdup(local_part), FALSE);
    if (is_own && bare != NULL)
        add_address_key(keys, g_strdup(bare), TRUE);
    if (domain != NULL)
        add_address_key(keys, g_strconcat("@", domain, NULL), FALSE);
    return keys;
}

MailsimLookup
mailsim_host_look_up_alias(const MailsimHost *host,
                           const char *tables,
                           const char *address,
                           char **value,
                           char **extension)
{
    g_autoptr(GPtrArray) keys = list_address_keys(host, address);
    Query query = {.host = host, .value = value};

    *extension = NULL;
    for (guint i = 0; i < keys->len; i++) {
        const AddressKey *key = g_ptr_array_index(keys, i);
        MailsimLookup result;

        query.key = key->text;
        result = look_up_in_all(&query, tables, i == 0);
        if (result == MAILSIM_LOOKUP_NOT_FOUND)
            continue;
        if (result == MAILSIM_LOOKUP_FOUND && key->is_bare) {
            g_autofree char *local_part = mailsim_mail_address_dup_local_part(address);
            g_autofree char *bare = mailsim_host_dup_bare_local_part(host, local_part);

            *extension = g_strdup(local_part + strlen(bare));
        }
        return result;
    }
    return MAILSIM_LOOKUP_NOT_FOUND;
}

MailsimLookup
mailsim_host_look_up_address(const MailsimHost *host,
                             const char *tables,
                             const char *address,
                             char **value)
{
    g_autofree char *extension = NULL;

    return mailsim_host_look_up_alias(host, tables, address, value, &extension);
}
