/* SPDX-License-Identifier: MIT
 *
 * The types of scenario-language.md, as far as a value alone can tell: what other groups
 * have to say to it (is there such a host?) is check-reference.c's. */
#include "value-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>
#include <mailsim/base/suggestion.h>
#include <mailsim/scenario/key-table.h>

void
problem_clear(Problem *problem)
{
    g_clear_pointer(&problem->message, g_free);
    g_clear_pointer(&problem->hint, g_free);
}

gboolean
problem_set(Problem *problem, gsize start, gsize end, char *message, char *hint)
{
    problem_clear(problem);
    *problem = (Problem){start, end, message, hint};
    return FALSE;
}

/* --- Words --- */

gboolean
value_next_item(const char *value, gsize *start, gsize *end)
{
    *start = *end + strspn(value + *end, ", \t");
    *end = *start + strcspn(value + *start, ", \t");
    return *end > *start;
}

GPtrArray *
value_split(const char *value)
{
    GPtrArray *items = g_ptr_array_new_with_free_func(g_free);
    gsize start, end = 0;

    while (value_next_item(value, &start, &end))
        g_ptr_array_add(items, g_strndup(value + start, end - start));
    return items;
}

static gboolean
consists_of(const char *text, const char *more)
{
    if (*text == '\0')
        return FALSE;
    for (; *text; text++)
        if (!g_ascii_islower(*text) && !g_ascii_isdigit(*text) && !strchr(more, *text))
            return FALSE;
    return TRUE;
}

gboolean
value_is_name(const char *text)
{
    return consists_of(text, "-");
}

gboolean
value_is_lab_name(const char *text)
{
    static const char *const tops[] = {"example", "test", "invalid"};
    g_auto(GStrv) labels = g_strsplit(text, ".", -1);
    guint count = g_strv_length(labels);

    if (count < 2 || strlen(text) > 253)
        return FALSE;
    for (guint i = 0; i < count; i++) {
        g_autofree char *label = g_ascii_strdown(labels[i], -1);
        gsize length = strlen(label);

        if (!consists_of(label, "-_") || length > 63 || label[0] == '-' ||
            label[length - 1] == '-')
            return FALSE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(tops); i++)
        if (g_ascii_strcasecmp(labels[count - 1], tops[i]) == 0)
            return TRUE;
    return FALSE;
}

gboolean
value_is_code(const char *text)
{
    return strlen(text) == 3 && *text >= '2' && *text <= '5' && g_ascii_isdigit(text[1]) &&
           g_ascii_isdigit(text[2]);
}

/* RFC 3463 §2: class "." subject "." detail */
gboolean
value_is_enhanced_code(const char *text)
{
    gsize subject, detail;

    if (!strchr("245", text[0]) || text[0] == '\0' || text[1] != '.')
        return FALSE;
    subject = strspn(text + 2, "0123456789");
    if (subject < 1 || subject > 3 || text[2 + subject] != '.')
        return FALSE;
    detail = strspn(text + 3 + subject, "0123456789");
    return detail >= 1 && detail <= 3 && text[3 + subject + detail] == '\0';
}

/* --- Texts --- */

char *
value_unescape(const char *value, Problem *problem)
{
    static const char letters[] = "nrts\\";
    static const char meanings[] = "\n\r\t \\";
    g_autoptr(GString) text = g_string_new(NULL);

    for (const char *at = value; *at; at++) {
        if (*at != '\\') {
            g_string_append_c(text, *at);
            continue;
        }
        const char *letter = at[1] ? strchr(letters, at[1]) : NULL;

        if (!letter) {
            gsize start = (gsize)(at - value);

            problem_set(problem, start, start + (at[1] ? 2 : 1),
                        g_strdup("a backslash begins \\n, \\r, \\t, \\s or \\\\"),
                        g_strdup("for a backslash itself write \\\\"));
            return NULL;
        }
        g_string_append_c(text, meanings[letter - letters]);
        at++;
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* --- Names and addresses --- */

static gboolean
check_lab_name(const char *name, gsize start, gsize end, Problem *problem)
{
    if (value_is_lab_name(name))
        return TRUE;

    const char *dot = strrchr(name, '.');
    g_autofree char *better = dot ? g_strdup_printf("%.*s.example", (int)(dot - name), name)
                                  : g_strdup_printf("%s.example", name);

    if (!value_is_lab_name(better))
        return problem_set(problem, start, end, g_strdup_printf("“%s” is not a DNS name", name),
                           g_strdup("letters, digits and “-” between dots: iesgn.example"));
    return problem_set(
        problem, start, end,
        g_strdup_printf(
            "“%s” is not a name of the lab: those end in .example, .test or .invalid", name),
        g_strdup_printf("write “%s”", better));
}

static gboolean
check_address(const char *text, gsize start, gsize end, Problem *problem)
{
    MailsimIpAddress address;

    if (!mailsim_ip_address_parse(text, &address))
        return problem_set(problem, start, end, g_strdup_printf("“%s” is not an address", text),
                           g_strdup("an address looks like 203.0.113.25 or 2001:db8::25"));
    if (!mailsim_ip_address_is_unroutable(&address))
        return problem_set(
            problem, start, end,
            g_strdup_printf("%s is a public address: somebody else's", text),
            g_strdup("take one of 192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, "
                     "2001:db8::/32 or a private one"));
    return TRUE;
}

/* RFC 5321 §4.1.2: Dot-string "@" Domain. The lab needs no quoted strings or address
 * literals. */
static gboolean
check_mail_address(const char *text, gsize start, gsize end, Problem *problem)
{
    static const char specials[] = "!#$%&'*+-/=?^_`{|}~.";
    const char *at = strrchr(text, '@');
    gsize local = at ? (gsize)(at - text) : strlen(text);

    for (gsize i = 0; i < local; i++)
        if (!g_ascii_isalnum(text[i]) && !strchr(specials, text[i]))
            return problem_set(problem, start, end,
                               g_strdup_printf("“%s” is not a mail address", text),
                               g_strdup("an address looks like bob@instituto.example"));
    if (local == 0 || text[0] == '.' || text[local - 1] == '.' ||
        g_strstr_len(text, (gssize)local, "..") || (at && !at[1]))
        return problem_set(problem, start, end,
                           g_strdup_printf("“%s” is not a mail address", text),
                           g_strdup("an address looks like bob@instituto.example"));
    return !at || check_lab_name(at + 1, start + local + 1, end, problem);
}

static gboolean
check_user(const char *item, gsize start, gsize end, Problem *problem)
{
    const char *colon = strchr(item, ':');
    g_autofree char *name = colon ? g_strndup(item, (gsize)(colon - item)) : g_strdup(item);

    if (consists_of(name, "-_.") && (g_ascii_islower(*name) || *name == '_'))
        return TRUE;
    return problem_set(problem, start, colon ? start + strlen(name) : end,
                       g_strdup_printf("“%s” is not a user's name", name),
                       g_strdup("users = ana:melocoton, luis: small letters, digits, - _ ."));
}

/* --- Endpoints --- */

gboolean
value_parse_port(const char *text, guint *port)
{
    guint64 number;

    if (!g_ascii_string_to_unsigned(text, 10, 1, 65535, &number, NULL))
        return FALSE;
    *port = (guint)number;
    return TRUE;
}

void
endpoint_value_clear(EndpointValue *endpoint)
{
    g_clear_pointer(&endpoint->host, g_free);
}

/* The ports at which everybody knows how a connection begins. */
static const guint usual_ports[] = {25, 110, 143, 465, 587, 993, 995};
static const MailsimEndpointMode usual_modes[G_N_ELEMENTS(usual_ports)] = {
    MAILSIM_ENDPOINT_CLEAR, MAILSIM_ENDPOINT_STARTTLS, MAILSIM_ENDPOINT_STARTTLS,
    MAILSIM_ENDPOINT_TLS,   MAILSIM_ENDPOINT_STARTTLS, MAILSIM_ENDPOINT_TLS,
    MAILSIM_ENDPOINT_TLS,
};

const guint *
mailsim_key_table_list_ports(guint *n_ports)
{
    *n_ports = G_N_ELEMENTS(usual_ports);
    return usual_ports;
}

static gboolean
find_usual_mode(guint port, MailsimEndpointMode *mode)
{
    for (guint i = 0; i < G_N_ELEMENTS(usual_ports); i++)
        if (usual_ports[i] == port) {
            *mode = usual_modes[i];
            return TRUE;
        }
    return FALSE;
}

static gboolean
parse_mode(
    const char *word, gsize start, gsize end, MailsimEndpointMode *mode, Problem *problem)
{
    for (int i = MAILSIM_ENDPOINT_CLEAR; i <= MAILSIM_ENDPOINT_TLS; i++)
        if (strcmp(word, mailsim_endpoint_mode_name((MailsimEndpointMode)i)) == 0) {
            *mode = (MailsimEndpointMode)i;
            return TRUE;
        }
    return problem_set(problem, start, end, g_strdup_printf("“%s” is not a mode", word),
                       g_strdup("clear, starttls-if-offered, starttls or tls"));
}

static gboolean
parse_host_and_port(const char *value, gsize end, EndpointValue *endpoint, Problem *problem)
{
    g_autofree char *word = g_strndup(value, end);
    char *colon = strrchr(word, ':');

    if (!colon)
        return problem_set(problem, 0, end, g_strdup("the port is missing"),
                           g_strdup_printf("write %s:587", word));
    *colon = '\0';
    endpoint->host_length = (gsize)(colon - word);
    if (!value_parse_port(colon + 1, &endpoint->port))
        return problem_set(problem, endpoint->host_length + 1, end,
                           g_strdup_printf("“%s” is not a port", colon + 1),
                           g_strdup("a port is a number from 1 to 65535"));
    endpoint->host = g_strdup(word);
    if (value_is_name(word) && !strchr(word, '.'))
        return TRUE;
    return check_lab_name(word, 0, endpoint->host_length, problem);
}

gboolean
value_parse_endpoint(const char *value, EndpointValue *endpoint, Problem *problem)
{
    gsize end = strcspn(value, " \t");
    gsize mode = end + strspn(value + end, " \t");
    gsize mode_end = mode + strcspn(value + mode, " \t");
    gsize rest = mode_end + strspn(value + mode_end, " \t");

    *endpoint = (EndpointValue){0};
    if (*value == '\0')
        return problem_set(problem, 0, 0, g_strdup("the endpoint is empty"),
                           g_strdup("an endpoint looks like mail:587"));
    if (!parse_host_and_port(value, end, endpoint, problem))
        return FALSE;
    if (value[rest])
        return problem_set(problem, rest, strlen(value),
                           g_strdup("there is more than host:port and a mode"), NULL);
    if (value[mode]) {
        g_autofree char *word = g_strndup(value + mode, mode_end - mode);

        return parse_mode(word, mode, mode_end, &endpoint->mode, problem);
    }
    if (!find_usual_mode(endpoint->port, &endpoint->mode))
        return problem_set(
            problem, end, end,
            g_strdup_printf("port %u has no usual mode: say which", endpoint->port),
            g_strdup("clear, starttls-if-offered, starttls or tls"));
    return TRUE;
}

/* --- Words of the table --- */

static char *
list_words(MailsimWordSet set)
{
    g_autoptr(GPtrArray) names = mailsim_key_table_name_words(set);
    GString *list = g_string_new(NULL);

    for (guint i = 0; i < names->len; i++)
        g_string_append_printf(list, "%s%s",
                               i == 0                ? ""
                               : i + 1 == names->len ? " or "
                                                     : ", ",
                               (char *)g_ptr_array_index(names, i));
    return g_string_free(list, FALSE);
}

/* A word of a set, or a hint: the nearest one, else all of them where they are few. */
static char *
hint_at_words(MailsimWordSet set, const char *word)
{
    g_autoptr(GPtrArray) names = mailsim_key_table_name_words(set);
    char *hint = mailsim_suggestion_hint(word, names);

    return hint ? hint : list_words(set);
}

static gboolean
check_word(const MailsimKeyRow *row, const char *word, gsize start, Problem *problem)
{
    const MailsimWordRow *found = mailsim_key_table_find_word(row->words, word);
    gsize end = start + strlen(word);
    g_autofree char *words = list_words(row->words);

    if (!found && *word == '\0')
        return problem_set(problem, start, end, g_strdup_printf("“%s” is empty", row->name),
                           g_steal_pointer(&words));
    if (!found)
        return problem_set(problem, start, end,
                           g_strdup_printf("“%s” cannot be “%s”", row->name, word),
                           hint_at_words(row->words, word));
    if (found->flags & MAILSIM_KEY_PLANNED)
        return problem_set(problem, start, end,
                           g_strdup_printf("%s = %s is not built yet", row->name, word),
                           g_strconcat("this version knows ", words, NULL));
    return TRUE;
}

/* --- One value, by its type --- */

static gboolean
check_port(const char *item, gsize start, gsize end, Problem *problem)
{
    guint port;

    return value_parse_port(item, &port) ||
           problem_set(problem, start, end, g_strdup_printf("“%s” is not a port", item),
                       g_strdup("a port is a number from 1 to 65535"));
}

/* A certificate may be for an address, for somebody's mail, and for many names; which of its
 * asterisks stand for something is for those to say who look at it. */
static gboolean
check_certificate_name(const char *item, gsize start, gsize end, Problem *problem)
{
    g_autofree char *name = g_strdelimit(g_strdup(item), "*", 'x');

    if (g_hostname_is_ip_address(item))
        return check_address(item, start, end, problem);
    if (strchr(item, '@'))
        return check_mail_address(item, start, end, problem);
    return value_is_lab_name(name) || check_lab_name(item, start, end, problem);
}

static gboolean
check_duration(const char *value, Problem *problem)
{
    gint64 duration;

    if (mailsim_duration_parse(value, &duration))
        return TRUE;
    if (*value && strspn(value, "0123456789") == strlen(value))
        return problem_set(problem, 0, strlen(value),
                           g_strdup_printf("“%s” has no unit", value),
                           g_strdup("the unit is required: 20ms, 300s, 1h"));
    return problem_set(problem, 0, strlen(value),
                       g_strdup_printf("“%s” is not a duration", value),
                       g_strdup("a number and a unit: 20ms, 300s, 5m, 1h, 90d, 6w"));
}

static gboolean
check_moment(const char *value, Problem *problem)
{
    MailsimTime moment;

    return mailsim_time_parse(value, &moment) ||
           problem_set(problem, 0, strlen(value),
                       g_strdup_printf("“%s” is not a moment", value),
                       g_strdup("a day, and perhaps a time, UTC: 2026-01-12 09:00"));
}

static gboolean
check_number(const char *value, Problem *problem)
{
    guint64 number;

    return g_ascii_string_to_unsigned(value, 10, 1, 100000, &number, NULL) ||
           problem_set(problem, 0, strlen(value),
                       g_strdup_printf("“%s” is not a number of this kind", value),
                       g_strdup("a number from 1 to 100000"));
}

static gboolean
check_count(const char *value, Problem *problem)
{
    guint64 number;

    return g_ascii_string_to_unsigned(value, 10, 0, 100000, &number, NULL) ||
           problem_set(problem, 0, strlen(value),
                       g_strdup_printf("“%s” is not a number", value),
                       g_strdup("a number from 0 to 100000"));
}

static gboolean
check_text(const char *value, Problem *problem)
{
    g_autofree char *text = value_unescape(value, problem);

    return text != NULL;
}

static gboolean
check_scenario_name(const char *value, Problem *problem)
{
    return value_is_name(value) ||
           problem_set(problem, 0, strlen(value),
                       g_strdup_printf("“%s” is not the name of a scenario", value),
                       g_strdup("the name of a file without .scenario: a-z 0-9 -"));
}

static gboolean
check_endpoint(const char *value, Problem *problem)
{
    g_auto(EndpointValue) endpoint = {0};

    /* Rule 10: an empty value takes the server away. */
    return *value == '\0' || value_parse_endpoint(value, &endpoint, problem);
}

static gboolean
check_name(const MailsimKeyRow *row, const char *value, gsize length, Problem *problem)
{
    if (row->type == MAILSIM_TYPE_DNS_NAME_LIST)
        return check_certificate_name(value, 0, length, problem);
    return check_lab_name(value, 0, length, problem);
}

gboolean
value_is_list(MailsimValueType type)
{
    return type == MAILSIM_TYPE_PORT_LIST || type == MAILSIM_TYPE_ADDRESS_LIST ||
           type == MAILSIM_TYPE_DNS_NAME_LIST || type == MAILSIM_TYPE_MAIL_ADDRESS_LIST ||
           type == MAILSIM_TYPE_USER_LIST || type == MAILSIM_TYPE_WORD_LIST ||
           type == MAILSIM_TYPE_OUTCOME_CODES || type == MAILSIM_TYPE_HOP ||
           type == MAILSIM_TYPE_RECORD_TYPE_LIST;
}

gboolean
value_check(const MailsimKeyRow *row, const char *value, Problem *problem)
{
    gsize length = strlen(value);

    switch (row->type) {
    case MAILSIM_TYPE_TEXT:
    case MAILSIM_TYPE_LINE:
        return check_text(value, problem);
    case MAILSIM_TYPE_YES_NO:
    case MAILSIM_TYPE_WORD:
    case MAILSIM_TYPE_WORD_LIST: /* whose items are never empty */
        return check_word(row, value, 0, problem);
    case MAILSIM_TYPE_NUMBER:
        return check_number(value, problem);
    case MAILSIM_TYPE_COUNT:
        return check_count(value, problem);
    case MAILSIM_TYPE_LOOK:
        return value_check_look(value, problem);
    case MAILSIM_TYPE_PORT:
    case MAILSIM_TYPE_PORT_LIST:
        return check_port(value, 0, length, problem);
    case MAILSIM_TYPE_DURATION:
        return check_duration(value, problem);
    case MAILSIM_TYPE_MOMENT:
        return check_moment(value, problem);
    case MAILSIM_TYPE_ADDRESS:
    case MAILSIM_TYPE_ADDRESS_LIST:
        return check_address(value, 0, length, problem);
    case MAILSIM_TYPE_DNS_NAME:
    case MAILSIM_TYPE_DNS_NAME_LIST:
        return check_name(row, value, length, problem);
    case MAILSIM_TYPE_ENDPOINT:
        return check_endpoint(value, problem);
    case MAILSIM_TYPE_MAIL_ADDRESS:
    case MAILSIM_TYPE_MAIL_ADDRESS_LIST: /* whose items are never empty */
        return length == 0 || check_mail_address(value, 0, length, problem);
    case MAILSIM_TYPE_USER_LIST:
        return check_user(value, 0, length, problem);
    case MAILSIM_TYPE_SCENARIO:
        return check_scenario_name(value, problem);
    case MAILSIM_TYPE_RECORD_TYPE_LIST:
        return value_check_record_type(value, 0, problem);
    case MAILSIM_TYPE_RAW:
    case MAILSIM_TYPE_RECORDS:
    case MAILSIM_TYPE_LIKE:
    case MAILSIM_TYPE_USER:
    case MAILSIM_TYPE_SENDER:
    case MAILSIM_TYPE_MUA:
    case MAILSIM_TYPE_HOST:
    case MAILSIM_TYPE_STEP:
    case MAILSIM_TYPE_CERTIFICATE:
    case MAILSIM_TYPE_ISSUER:
    case MAILSIM_TYPE_POSTFIX:
    case MAILSIM_TYPE_DOVECOT:
    case MAILSIM_TYPE_OUTCOME:
    case MAILSIM_TYPE_OUTCOME_CODES:
    case MAILSIM_TYPE_HOP:
        return TRUE;
    }
    g_assert_not_reached();
}
