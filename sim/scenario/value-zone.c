/* SPDX-License-Identifier: MIT
 *
 * Lines of a zone, “@ MX = 10 mail; 20 backup.other.example.”: whose records, of which type,
 * and the data of each type as a zone file has it (RFC 1035 §5.1). */
#include "value-zone-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>
#include <mailsim/base/suggestion.h>

/* RFC 1035 §3.3 */
#define TEXT_MAX_BYTES 255

static const char *const types[] = {"A",   "AAAA", "MX",  "CNAME", "TXT",
                                    "PTR", "NS",   "SRV", "TLSA"};

/* ---- types ------------------------------------------------------------------------------- */

gboolean
value_is_reverse_name(const char *name)
{
    return g_str_has_suffix(name, ".in-addr.arpa") || g_str_has_suffix(name, ".ip6.arpa");
}

const char *
value_find_record_type(const char *word)
{
    for (guint i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_ascii_strcasecmp(types[i], word) == 0)
            return types[i];
    return NULL;
}

gboolean
value_check_record_type(const char *word, gsize start, Problem *problem)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *capitals = g_ascii_strup(word, -1);
    char *hint;

    if (value_find_record_type(word))
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(types); i++)
        g_ptr_array_add(names, (char *)types[i]);
    hint = mailsim_suggestion_hint(capitals, names);
    return problem_set(problem, start, start + strlen(word),
                       g_strdup_printf("no records of type “%s”", word),
                       hint ? hint : g_strdup("A, AAAA, MX, CNAME, TXT, PTR, NS, SRV or TLSA"));
}

/* ---- names ------------------------------------------------------------------------------- */

/* A name that was meant to be whole, by its end. */
static gboolean
looks_whole(const char *name)
{
    static const char *const tops[] = {"example", "test", "invalid", "arpa", "com",
                                       "org",     "net",  "es",      "edu"};
    const char *dot = strrchr(name, '.');

    for (guint i = 0; dot && i < G_N_ELEMENTS(tops); i++)
        if (g_ascii_strcasecmp(dot + 1, tops[i]) == 0)
            return TRUE;
    return FALSE;
}

static gboolean
fail_at_name(const char *whole, const char *word, gsize start, Problem *problem)
{
    return problem_set(
        problem, start, start + strlen(word),
        looks_whole(word) || g_str_has_suffix(word, ".")
            ? g_strdup_printf("“%s” is not a name of the lab", whole)
            : g_strdup_printf("“%s” is not a DNS name", word),
        g_strdup("letters, digits and “-” between dots; names of the lab end in .example, "
                 ".test or .invalid"));
}

/* WORD made whole, in small letters and without final dot; NULL: it is no name. */
static char *
dup_whole(ZoneReader *reader, const char *word, gsize start)
{
    const gsize length = strlen(word);
    g_autofree char *small = g_ascii_strdown(word, -1);
    g_autofree char *whole = NULL;

    if (strcmp(word, "@") == 0)
        return g_strdup(reader->zone);
    if (length > 1 && word[length - 1] == '.')
        whole = g_strndup(small, length - 1);
    else
        whole = g_strconcat(small, ".", reader->zone, NULL);
    if (!value_is_lab_name(whole + (g_str_has_prefix(whole, "*.") ? 2 : 0)) &&
        !value_is_reverse_name(whole)) {
        fail_at_name(whole, word, start, &reader->problem);
        return NULL;
    }
    if (word[length - 1] != '.' && looks_whole(word))
        problem_set(&reader->doubt, start, start + length,
                    g_strdup_printf("“%s” has no final dot, so it means “%s.”", word, whole),
                    g_strdup_printf("if it is whole, write “%s.”", word));
    return g_steal_pointer(&whole);
}

/* The name that data ends in; “mail.iesgn.example.” */
static char *
dup_target(ZoneReader *reader, const char *word, gsize start)
{
    MailsimIpAddress address;
    g_autofree char *whole = NULL;

    if (mailsim_ip_address_parse(word, &address)) {
        problem_set(&reader->problem, start, start + strlen(word),
                    g_strdup_printf("“%s” is an address: here a name is needed", word),
                    g_strdup_printf("give it a name, such as mail %s = %s, and write that",
                                    address.n_bytes == 4 ? "A" : "AAAA", word));
        return NULL;
    }
    whole = dup_whole(reader, word, start);
    if (whole && strchr(whole, '*')) {
        fail_at_name(whole, word, start, &reader->problem);
        return NULL;
    }
    return whole ? g_strconcat(whole, ".", NULL) : NULL;
}

/* ---- whose records ----------------------------------------------------------------------- */

void
record_key_clear(RecordKey *key)
{
    g_clear_pointer(&key->owner, g_free);
}

/* “25.113.0.203.in-addr.arpa” is the name of an address, and that of nobody else's. */
static gboolean
check_reverse_owner(const char *owner, const char *word, Problem *problem)
{
    g_auto(GStrv) labels = g_strsplit(owner, ".", -1);
    const guint count = g_strv_length(labels);
    GString *text = g_string_new(NULL);
    g_autofree char *shown = NULL;
    MailsimIpAddress address;
    gboolean whole;

    if (g_str_has_suffix(owner, ".in-addr.arpa")) {
        whole = count == 6;
        for (guint i = count - 2; i > 0; i--)
            g_string_append_printf(text, "%s%s", text->len > 0 ? "." : "", labels[i - 1]);
    } else {
        whole = count == 34;
        for (guint i = count - 2; i > 0; i--)
            g_string_append_printf(text, "%s%s", labels[i - 1],
                                   (count - i) % 4 == 1 && i > 1 ? ":" : "");
    }
    shown = g_string_free(text, FALSE);
    if (!whole || !mailsim_ip_address_parse(shown, &address))
        return problem_set(problem, 0, strlen(word),
                           g_strdup_printf("“%s” is not the name of an address", owner),
                           g_strdup("an address backwards: 25.113.0.203.in-addr.arpa"));
    if (!mailsim_ip_address_is_unroutable(&address))
        return problem_set(problem, 0, strlen(word),
                           g_strdup_printf("%s is a public address: somebody else's", shown),
                           g_strdup("take one of 192.0.2.0/24, 198.51.100.0/24, "
                                    "203.0.113.0/24, 2001:db8::/32 or a private one"));
    return TRUE;
}

static gboolean
check_owner(ZoneReader *reader, const RecordKey *key, const char *word)
{
    const gsize length = strlen(word);
    g_autofree char *below = g_strconcat(".", reader->zone, NULL);

    if (strcmp(key->owner, reader->zone) != 0 && !g_str_has_suffix(key->owner, below))
        return problem_set(&reader->problem, 0, length,
                           g_strdup_printf("“%s” is not in the zone “%s”", word, reader->zone),
                           g_strdup("each zone has its own group"));
    if (strchr(key->owner + 1, '*'))
        return problem_set(&reader->problem, 0, length,
                           g_strdup_printf("“%s”: only the first label can be *", word),
                           g_strdup("write * or *.department"));
    return !value_is_reverse_name(key->owner) || strcmp(key->type, "PTR") != 0 ||
           check_reverse_owner(key->owner, word, &reader->problem);
}

gboolean
value_parse_record_key(ZoneReader *reader, const char *text, RecordKey *key)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
    const char *last = strrchr(text, ' ');
    guint count = 0;

    for (guint i = 0; words[i]; i++)
        if (*words[i])
            words[count++] = words[i];
    *key = (RecordKey){0};
    if (count != 2)
        return problem_set(&reader->problem, 0, strlen(text),
                           g_strdup_printf("“%s” is not a name and a type", text),
                           g_strdup("write the name and the type alone: @ MX, www A"));
    if (!value_check_record_type(words[1], last ? (gsize)(last + 1 - text) : 0,
                                 &reader->problem))
        return FALSE;
    key->type = value_find_record_type(words[1]);
    key->owner = dup_whole(reader, words[0], 0);
    return key->owner && check_owner(reader, key, words[0]);
}

/* ---- data -------------------------------------------------------------------------------- */

gboolean
value_next_record(const char *value, gsize *start, gsize *end)
{
    gboolean quoted = FALSE;
    gsize at = *end;

    at += strspn(value + at, "; \t");
    *start = at;
    for (; value[at] && (quoted || value[at] != ';'); at++) {
        if (value[at] == '\\' && value[at + 1])
            at++;
        else if (value[at] == '"')
            quoted = !quoted;
    }
    *end = at;
    while (*end > *start && g_ascii_isspace(value[*end - 1]))
        (*end)--;
    return *end > *start;
}

/* One record's data, and its words. */
typedef struct {
    ZoneReader *reader;
    const char *type;
    const char *text;
    gsize start; /* of text in the value */
    char *words[5];
    gsize starts[5];
    guint count; /* perhaps more than there is room for */
} Data;

static void
split_data(Data *data)
{
    for (const char *at = data->text; *at;) {
        at += strspn(at, " \t");
        const gsize length = strcspn(at, " \t");

        if (length > 0 && data->count < G_N_ELEMENTS(data->words)) {
            data->words[data->count] = g_strndup(at, length);
            data->starts[data->count] = data->start + (gsize)(at - data->text);
        }
        data->count += length > 0;
        at += length;
    }
}

static void
clear_data(Data *data)
{
    for (guint i = 0; i < G_N_ELEMENTS(data->words); i++)
        g_free(data->words[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Data, clear_data)

static char *
fail_whole(const Data *data, const char *hint)
{
    problem_set(&data->reader->problem, data->start, data->start + strlen(data->text),
                g_strdup_printf("“%s” is not the data of %s %s record", data->text,
                                strchr("AMS", data->type[0]) ? "an" : "a", data->type),
                g_strdup(hint));
    return NULL;
}

static gboolean
is_number(const Data *data, guint index)
{
    guint64 number;

    return g_ascii_string_to_unsigned(data->words[index], 10, 0, 65535, &number, NULL) ||
           problem_set(&data->reader->problem, data->starts[index],
                       data->starts[index] + strlen(data->words[index]),
                       g_strdup_printf("“%s” is not a number of %s records", data->words[index],
                                       data->type),
                       g_strdup("a number from 0 to 65535"));
}

static char *
read_address(const Data *data)
{
    const gboolean wants_ipv4 = strcmp(data->type, "A") == 0;
    const char *example = wants_ipv4 ? "203.0.113.25" : "2001:db8::25";
    const gsize end = data->start + strlen(data->text);
    MailsimIpAddress address;

    if (!mailsim_ip_address_parse(data->text, &address) ||
        (address.n_bytes == 4) != wants_ipv4) {
        problem_set(&data->reader->problem, data->start, end,
                    g_strdup_printf("“%s” is not an %s address", data->text,
                                    wants_ipv4 ? "IPv4" : "IPv6"),
                    g_strdup_printf("an %s record holds one such as %s", data->type, example));
        return NULL;
    }
    if (!mailsim_ip_address_is_unroutable(&address)) {
        problem_set(&data->reader->problem, data->start, end,
                    g_strdup_printf("%s is a public address: somebody else's", data->text),
                    g_strdup("take one of 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, "
                             "2001:db8::/32 or a private one"));
        return NULL;
    }
    return mailsim_ip_address_format(&address);
}

/* CNAME, PTR, NS: nothing but a name. */
static char *
read_name(const Data *data)
{
    if (data->count != 1)
        return fail_whole(data, "one name, such as mail or mail.iesgn.example.");
    return dup_target(data->reader, data->words[0], data->starts[0]);
}

/* “10 mail”; “0 .”: no mail is taken (RFC 7505). */
static char *
read_mx(const Data *data)
{
    g_autofree char *target = NULL;

    if (data->count != 2)
        return fail_whole(data, "a preference and a name: 10 mail");
    if (!is_number(data, 0))
        return NULL;
    if (strcmp(data->words[1], ".") == 0)
        return g_strdup("0 .");
    target = dup_target(data->reader, data->words[1], data->starts[1]);
    return target ? g_strdup_printf("%lu %s", strtoul(data->words[0], NULL, 10), target) : NULL;
}

/* RFC 2782: priority, weight, port, target. */
static char *
read_srv(const Data *data)
{
    g_autofree char *target = NULL;

    if (data->count != 4)
        return fail_whole(data, "priority, weight, port and a name: 0 1 587 mail");
    for (guint i = 0; i < 3; i++)
        if (!is_number(data, i))
            return NULL;
    target = strcmp(data->words[3], ".") == 0
                 ? g_strdup(".")
                 : dup_target(data->reader, data->words[3], data->starts[3]);
    return target ? g_strdup_printf("%s %s %s %s", data->words[0], data->words[1],
                                    data->words[2], target)
                  : NULL;
}

/* The closing quote of the string that AT opens; NULL: there is none. */
static const char *
find_quote(const char *at)
{
    for (at++; *at && *at != '"'; at++)
        if (*at == '\\' && at[1])
            at++;
    return *at ? at : NULL;
}

/* One string or several: what has blanks in it stands in quotation marks. */
static char *
read_text(const Data *data)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const char *at = data->text;

    if (*at != '"' && data->count == 1 && strlen(at) <= TEXT_MAX_BYTES && !strchr(at, '"'))
        return g_strdup_printf("\"%s\"", at);
    for (; *at; at += strspn(at, " \t")) {
        const gsize start = data->start + (gsize)(at - data->text);
        const char *close = *at == '"' ? find_quote(at) : NULL;

        if (!close)
            return fail_whole(data, "write the text in quotation marks: \"v=spf1 mx -all\"");
        if (close - at - 1 > TEXT_MAX_BYTES) {
            problem_set(&data->reader->problem, start, start + (gsize)(close - at) + 1,
                        g_strdup_printf("a string of %u bytes; TXT records have room for %d",
                                        (guint)(close - at - 1), TEXT_MAX_BYTES),
                        g_strdup("make two of it: \"…\" \"…\""));
            return NULL;
        }
        g_string_append_printf(text, "%s%.*s", text->len > 0 ? " " : "", (int)(close - at) + 1,
                               at);
        at = close + 1;
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *
value_dup_record(ZoneReader *reader, const char *type, const char *text, gsize start)
{
    g_auto(Data) data = {.reader = reader, .type = type, .text = text, .start = start};

    split_data(&data);
    if (strcmp(type, "A") == 0 || strcmp(type, "AAAA") == 0)
        return read_address(&data);
    if (strcmp(type, "MX") == 0)
        return read_mx(&data);
    if (strcmp(type, "SRV") == 0)
        return read_srv(&data);
    if (strcmp(type, "TXT") == 0)
        return read_text(&data);
    if (strcmp(type, "TLSA") == 0)
        return value_dup_tlsa(reader, text, start);
    return read_name(&data);
}

void
zone_reader_clear(ZoneReader *reader)
{
    problem_clear(&reader->problem);
    problem_clear(&reader->doubt);
}
