/* SPDX-License-Identifier: MIT
 *
 * Reading recorded deliveries, and which of them the lab can be asked. */
#include "recorded-delivery.h"

#include <string.h>

#include <mailsim/settings/postfix-parameter.h>

#include "replying-server.h"

GPtrArray *
recorded_delivery_new_lines(void)
{
    return g_ptr_array_new_with_free_func(g_free);
}

/* g_ptr_array_sort() does not keep the order of equals. */
static void
sort_stably(GPtrArray *lines, GCompareFunc compare)
{
    for (guint i = 1; i < lines->len; i++) {
        for (guint j = i; j > 0 && compare(&lines->pdata[j - 1], &lines->pdata[j]) > 0; j--) {
            gpointer line = lines->pdata[j];

            lines->pdata[j] = lines->pdata[j - 1];
            lines->pdata[j - 1] = line;
        }
    }
}

static void
free_script(gpointer data)
{
    replying_script_free(data);
}

static RecordedDelivery *
new_case(const char *name)
{
    RecordedDelivery *recorded = g_new0(RecordedDelivery, 1);

    recorded->name = g_strdup(name);
    recorded->main_cf = recorded_delivery_new_lines();
    recorded->tables = recorded_delivery_new_lines();
    recorded->zones = recorded_delivery_new_lines();
    recorded->servers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_script);
    recorded->to = recorded_delivery_new_lines();
    recorded->connects = recorded_delivery_new_lines();
    recorded->says = recorded_delivery_new_lines();
    recorded->cut = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    recorded->log = recorded_delivery_new_lines();
    return recorded;
}

/* “sendmail -f ana@sender.example x@dest.example y@dest.example”; other ways are not asked. */
static void
read_send(RecordedDelivery *recorded, const char *value)
{
    g_auto(GStrv) words = g_strsplit(value, " ", -1);

    if (recorded->to->len > 0)
        recorded->unasked = "it is several messages";
    if (!g_str_equal(words[0], "sendmail") || words[1] == NULL ||
        !g_str_equal(words[1], "-f")) {
        recorded->unasked = "it is not handed in by sendmail -f";
        return;
    }
    recorded->sender = g_strdup(strstr(words[2], "<>") != NULL ? "" : words[2]);
    for (guint i = 3; words[i] != NULL; i++) {
        if (words[i][0] == '-')
            recorded->unasked = "sendmail has more options than the lab's";
        g_ptr_array_add(recorded->to, g_strdup(words[i]));
    }
}

/* Queue ids, times and sizes are the run's own. */
char *
recorded_delivery_mask(const char *line)
{
    static const char *const patterns[][2] = {
        {"<id[0-9]+>",                    "<id>"            },
        {"\\b[0-9A-F]{5}4[0-9A-F]{4}\\b", "<id>"            },
        {"FAKE[0-9]+",                    "FAKE"            },
        {"SIZE=[0-9]+",                   "SIZE=<n>"        },
        {"message size [0-9]+",           "message size <n>"},
    };
    char *masked = g_strdup(line);

    for (guint i = 0; i < G_N_ELEMENTS(patterns); i++) {
        g_autoptr(GRegex) regex = g_regex_new(patterns[i][0], 0, 0, NULL);
        char *next = g_regex_replace_literal(regex, masked, -1, 0, patterns[i][1], 0, NULL);

        g_free(masked);
        masked = next;
    }
    return masked;
}

/* “postfix/smtp[<pid>]: <id1>: to=<…>, relay=…, delay=<s>, …”, perhaps behind a time. */
static void
read_log(RecordedDelivery *recorded, const char *value)
{
    const char *begin = strstr(value, "postfix/");
    g_auto(GStrv) parts = g_strsplit(begin, "[<pid>]: ", 2);
    GString *text = g_string_new(parts[1]);
    char *line;

    g_string_replace(text, "<run>/s/etc/", "/etc/postfix/", 0);
    line = g_strjoin(": ", parts[0], text->str, NULL);
    g_string_free(text, TRUE);

    if (recorded_delivery_shows(line))
        g_ptr_array_add(recorded->log, line);
    else
        g_free(line);
}

/* What has neither word is left out of the recording; test-tls-deliveries compares what is said
 * of TLS. */
gboolean
recorded_delivery_shows(const char *line)
{
    static const char tls[] =
        "TLS library problem|error opening chain file|disabling TLS|DNSSEC validation|"
        "dnssec_probe|Digest algorithm|Invalid TLS protocol list|invalid cipher grade";

    return (strstr(line, "status=") != NULL || strstr(line, "warning") != NULL) &&
           !g_regex_match_simple(tls, line, 0, 0);
}

static char *
replace(const char *pattern, const char *text, const char *by)
{
    g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);

    return g_regex_replace_literal(regex, text, -1, 0, by, 0, NULL);
}

typedef struct {
    char *program; /* “postfix/smtp” */
    char *sorted;  /* the line without its ids */
    char *line;
    char *delays; /* “delay=6.1, delays=2/0/2/2.1”; empty: it has none */
} LogLine;

static void
free_log_line(gpointer data)
{
    LogLine *log_line = data;

    g_free(log_line->program);
    g_free(log_line->sorted);
    g_free(log_line->line);
    g_free(log_line->delays);
    g_free(log_line);
}

#define DELAYS "delay=[^,]*, delays=[^,]*,"

static char *
dup_delays(const char *line)
{
    g_autoptr(GRegex) regex = g_regex_new(DELAYS, 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    return g_regex_match(regex, line, 0, &match) ? g_match_info_fetch(match, 0) : g_strdup("");
}

static LogLine *
new_log_line(const char *line)
{
    LogLine *log_line = g_new0(LogLine, 1);
    g_autofree char *untimed = replace(" " DELAYS, line, "");
    g_autofree char *unsized = replace("message size [0-9]+", untimed, "message size <n>");
    g_autofree char *of_nobody = replace("pid ([0-9]+|<pid>)", unsized, "pid <pid>");

    log_line->program = g_strndup(line, strcspn(line, ":"));
    log_line->line = replace("FAKE[0-9]+", of_nobody, "FAKE");
    log_line->sorted = recorded_delivery_mask(log_line->line);
    log_line->delays = dup_delays(line);
    return log_line;
}

/* The recipients of local(8) are delivered to side by side, each by a process of its own. */
static gint
compare_programs(gconstpointer a, gconstpointer b)
{
    const LogLine *first = *(const LogLine *const *)a;
    const LogLine *second = *(const LogLine *const *)b;
    const int result = strcmp(first->program, second->program);

    return result == 0 && g_str_equal(first->program, "postfix/local")
               ? strcmp(first->sorted, second->sorted)
               : result;
}

static gint
compare_log_lines(gconstpointer a, gconstpointer b)
{
    return strcmp((*(const LogLine *const *)a)->sorted, (*(const LogLine *const *)b)->sorted);
}

/* The same name wherever the same id comes. */
static char *
number_ids(const char *line, GPtrArray *ids)
{
    g_autoptr(GRegex) regex =
        g_regex_new("<id[0-9]+>|\\b[0-9A-F]{5}4[0-9A-F]{4}\\b", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    GString *numbered = g_string_new(NULL);
    int done = 0;

    for (g_regex_match(regex, line, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL)) {
        char *id = g_match_info_fetch(match, 0);
        int start;
        int end;
        guint number;

        g_match_info_fetch_pos(match, 0, &start, &end);
        if (g_ptr_array_find_with_equal_func(ids, id, g_str_equal, &number)) {
            g_free(id);
        } else {
            number = ids->len;
            g_ptr_array_add(ids, id);
        }
        g_string_append_len(numbered, line + done, start - done);
        g_string_append_printf(numbered, "<id%u>", number + 1);
        done = end;
    }
    g_string_append(numbered, line + done);
    return g_string_free(numbered, FALSE);
}

static GPtrArray *
arrange(const GPtrArray *log, gboolean in_order)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(free_log_line);

    for (guint i = 0; i < log->len; i++)
        g_ptr_array_add(lines, new_log_line(g_ptr_array_index(log, i)));
    if (in_order)
        sort_stably(lines, compare_programs);
    else
        g_ptr_array_sort(lines, compare_log_lines);
    return lines;
}

GPtrArray *
recorded_delivery_arrange_log(const GPtrArray *log, gboolean in_order)
{
    g_autoptr(GPtrArray) lines = arrange(log, in_order);
    g_autoptr(GPtrArray) ids = recorded_delivery_new_lines();
    GPtrArray *arranged = recorded_delivery_new_lines();

    for (guint i = 0; i < lines->len; i++) {
        const LogLine *log_line = g_ptr_array_index(lines, i);

        g_ptr_array_add(arranged, number_ids(log_line->line, ids));
    }
    return arranged;
}

GPtrArray *
recorded_delivery_list_delays(const GPtrArray *log, gboolean in_order)
{
    g_autoptr(GPtrArray) lines = arrange(log, in_order);
    GPtrArray *delays = recorded_delivery_new_lines();

    for (guint i = 0; i < lines->len; i++) {
        const LogLine *log_line = g_ptr_array_index(lines, i);

        g_ptr_array_add(delays, g_strdup(log_line->delays));
    }
    return delays;
}

/* A server that hangs up after QUIT has listened to the end. */
static void
cut(RecordedDelivery *recorded, const char *number)
{
    g_autofree char *quit = g_strdup_printf("%s QUIT", number);

    if (!g_ptr_array_find_with_equal_func(recorded->says, quit, g_str_equal, NULL))
        g_hash_table_add(recorded->cut, g_strdup(number));
}

/* The order of lines is that of each connection: the client does not wait for the end of one
 * before it begins the next. */
static gint
compare_connections(gconstpointer a, gconstpointer b)
{
    return (gint)(g_ascii_strtoull(*(const char *const *)a, NULL, 10) -
                  g_ascii_strtoull(*(const char *const *)b, NULL, 10));
}

/* “3 C MAIL FROM:<…>”, “3 -- connect to 192.0.2.11:25”; what is said inside TLS has an S. */
static void
read_wire(RecordedDelivery *recorded, const char *value)
{
    g_auto(GStrv) words = g_strsplit(value, " ", 3);
    const char *number = words[0];
    const char *kind = words[1];
    const char *rest = words[2];

    if (g_str_equal(kind, "S") &&
        (g_str_has_prefix(rest, "C ") || g_str_has_prefix(rest, "S "))) {
        kind = rest[0] == 'C' ? "C" : "S";
        rest += 2;
    }
    if (g_str_equal(kind, "--") && g_str_has_prefix(rest, "connect to "))
        g_ptr_array_add(recorded->connects, g_strdup(rest + strlen("connect to ")));
    if (g_str_equal(kind, "--") && g_str_has_prefix(rest, "server "))
        cut(recorded, number);
    /* A ClientHello is no line. */
    if (g_str_equal(kind, "C") && !g_str_has_prefix(rest, "(message") &&
        !g_str_has_prefix(rest, "\\x")) {
        g_autofree char *line = g_strdup_printf("%s %s", number, rest);

        g_ptr_array_add(recorded->says, recorded_delivery_mask(line));
    }
}

static ReplyingScript *
add_server(RecordedDelivery *recorded, const char *address)
{
    ReplyingScript *script = replying_script_new();

    g_hash_table_replace(recorded->servers, g_strdup(address), script);
    return script;
}

static void
read_reply(ReplyingScript *script, const char *value)
{
    g_auto(GStrv) words = g_strsplit(value, " ", 2);

    replying_script_add(script, words[0], words[1] != NULL ? words[1] : "");
}

/* Names and addresses that the lab keeps out, and name servers that do not answer at all. */
static void
read_zone(RecordedDelivery *recorded, const char *value)
{
    g_autoptr(GRegex) foreign =
        g_regex_new("DROP| MX .*[0-9.]{7}| MX .*localhost|0\\.0\\.0\\.0|^[a-z]* ", 0, 0, NULL);

    if (g_regex_match(foreign, value, 0, NULL))
        recorded->unasked = "its names or addresses are not of the lab";
    g_ptr_array_add(recorded->zones, g_strdup(value));
}

static void
read_main(RecordedDelivery *recorded, const char *value)
{
    g_autofree char *name = g_strndup(value, strcspn(value, " ="));

    if (!mailsim_postfix_parameter_has_effect(name))
        recorded->unasked = "it has a parameter without effect";
    if (strstr(value, "<run>") != NULL)
        recorded->unasked = "its certificates are not in the lab";
    g_ptr_array_add(recorded->main_cf, g_strdup(value));
}

static void
read_line(RecordedDelivery *recorded,
          ReplyingScript **server,
          const char *key,
          const char *value)
{
    if (g_str_equal(key, "main"))
        read_main(recorded, value);
    else if (g_str_equal(key, "table"))
        g_ptr_array_add(recorded->tables, g_strdup(value));
    else if (g_str_equal(key, "zone"))
        read_zone(recorded, value);
    else if (g_str_equal(key, "server"))
        *server = add_server(recorded, value);
    else if (g_str_equal(key, "server-ehlo")) {
        g_free((*server)->ehlo);
        (*server)->ehlo = g_strdup(value);
    } else if (g_str_equal(key, "server-ehlo_tls")) {
        g_free((*server)->ehlo_tls);
        (*server)->ehlo_tls = g_strdup(value);
    } else if (g_str_equal(key, "server-reply"))
        read_reply(*server, value);
    else if (g_str_equal(key, "send"))
        read_send(recorded, value);
    else if (g_str_equal(key, "wire"))
        read_wire(recorded, value);
    else if (g_str_equal(key, "log"))
        read_log(recorded, value);
    else if (g_str_equal(key, "times"))
        recorded->times = TRUE;
    else if (g_str_equal(key, "master"))
        recorded->unasked = "it changes master.cf";
    else if (g_str_equal(key, "other"))
        recorded->unasked = "it has another real Postfix";
}

/* Cases by the beginnings of their names, and why they are not asked here. */
static const char *const unasked[][2] = {
    {"one-greets-garbage",              "what it says is no SMTP reply"                 },
    {"first-greets-garbage",            "what it says is no SMTP reply"                 },
    {"one-greets-220-first",            "what it says is no SMTP reply"                 },
    {"first-greets-220-first",          "what it says is no SMTP reply"                 },
    {"reply-not-a-number",              "what it says is no SMTP reply"                 },
    {"reply-250-without-code",          "what it says is no SMTP reply"                 },
    {"reply-5-octets",                  "what it says is no SMTP reply"                 },
    {"reply-very-long-line",            "Postfix cuts what it quotes, the lab does not" },
    {"cleanup-sendmail-no-recipients",  "the lab's errands have recipients"             },
    {"reply-3xx-to-MAIL",               "its 354 is taken for the answer to DATA"       },
    {"reply-999",                       "what it says is no SMTP reply"                 },
    {"reply-199",                       "what it says is no SMTP reply"                 },
    {"greeting-without-space",          "what it says is no SMTP reply"                 },
    {"mx-host-in-capitals",             "names of the lab have no capitals"             },
    {"null-mx-with-another",            "a zone of the lab has no such records"         },
    {"cname-loop",                      "a zone of the lab has no such records"         },
    {"domain-is-CNAME",                 "a zone of the lab has no such records"         },
    {"relayhost-192.0.2.999",           "no name and no address"                        },
    {"relayhost-[192.0.2.999]",         "no name and no address"                        },
    {"relayhost-relay.example.",        "no name and no address"                        },
    {"relayhost-[ipv6:::1]",            "Postfix's own network is not in the lab"       },
    {"relayhost-localhost",             "Postfix's own network is not in the lab"       },
    {"relayhost-[localhost]",           "Postfix's own network is not in the lab"       },
    {"relayhost-mail.sender",           "Postfix does not start"                        },
    {"transport-virtual:",              "the daemon is not built"                       },
    {"transport-lmtp:",                 "the daemon is not built"                       },
    {"transport-file-",                 "trivial-rewrite(8) writes nothing in the lab"  },
    {"sasl-table-source",               "tables of the lab are there, and mapped"       },
    {"cleanup-sendmail-8bit",           "SMTPUTF8 from the shell is not built"          },
    {"sasl-server-offers-only-unknown", "NTLM is not built"                             },
    {"ten-rcpts-limit-3",               "connections are not kept for the next delivery"},
    {"bounce-seen-by-other",            "the message is compared elsewhere"             },
    {"rcpts-duplicate-local-by-plus",   "one of five is missing in the recording"       },
    {"local-alias-command",             "commands and files are not built"              },
    {"local-alias-file",                "commands and files are not built"              },
    {"local-mailbox_command",           "commands and files are not built"              },
    {"local-home_mailbox",              "it may not write there"                        },
};

static void
choose(RecordedDelivery *recorded)
{
    for (guint i = 0; i < G_N_ELEMENTS(unasked); i++) {
        if (g_str_has_prefix(recorded->name, unasked[i][0]))
            recorded->unasked = unasked[i][1];
    }
}

static void
read_cases(const char *name, GPtrArray *cases)
{
    g_autofree char *path = g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), "tests",
                                             "dialogue", "recorded", name, NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    RecordedDelivery *recorded = NULL;
    ReplyingScript *server = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        g_error("%s cannot be read", path);
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++) {
        char *colon = strstr(lines[i], ": ");
        const char *value = colon != NULL ? colon + 2 : "";

        if (lines[i][0] == '#' || lines[i][0] == '\0')
            continue;
        if (colon != NULL)
            *colon = '\0';
        if (g_str_equal(lines[i], "case")) {
            recorded = new_case(value);
            g_ptr_array_add(cases, recorded);
        } else if (g_str_has_prefix(lines[i], "end")) {
            sort_stably(recorded->says, compare_connections);
            choose(recorded);
        } else {
            read_line(recorded, &server, lines[i], value);
        }
    }
}

GPtrArray *
recorded_deliveries_read(void)
{
    GPtrArray *cases = g_ptr_array_new();

    read_cases("deliveries.txt", cases);
    read_cases("delays.txt", cases);
    return cases;
}
