/* SPDX-License-Identifier: MIT
 *
 * What a real Postfix was seen to do with mail for other hosts (recorded/deliveries.txt), against
 * the lab's: which addresses it connects to, what it says there, and what it logs of each
 * recipient. */
#include "queue-private.h"

#include <string.h>

#include <mailsim/scenario/scenario.h>
#include <mailsim/settings/postfix-parameter.h>

#include "replying-server.h"
#include "run-suite.h"

typedef struct {
    char *name;
    GPtrArray *main_cf;  /* of char * */
    GPtrArray *tables;   /* “FILE LINE” */
    GPtrArray *zones;    /* “NAME TYPE DATA” */
    GHashTable *servers; /* “192.0.2.11:25”: ReplyingScript */
    char *sender;
    GPtrArray *to;
    GPtrArray *connects; /* “192.0.2.11:25”, in order */
    GPtrArray *says;     /* “1 EHLO mail.sender.example”, in order */
    GHashTable *cut;     /* connections whose server did not listen to the end: “1” */
    GPtrArray *statuses; /* “to=<…>, relay=…, dsn=…, status=… (…)”, sorted */
    const char *unasked; /* why it cannot be asked here; NULL: it can */
} Case;

static GPtrArray *cases;

/* ---- reading ----------------------------------------------------------------------------- */

static GPtrArray *
new_lines(void)
{
    return g_ptr_array_new_with_free_func(g_free);
}

static void
free_script(gpointer data)
{
    replying_script_free(data);
}

static Case *
new_case(const char *name)
{
    Case *recorded = g_new0(Case, 1);

    recorded->name = g_strdup(name);
    recorded->main_cf = new_lines();
    recorded->tables = new_lines();
    recorded->zones = new_lines();
    recorded->servers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_script);
    recorded->to = new_lines();
    recorded->connects = new_lines();
    recorded->says = new_lines();
    recorded->cut = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    recorded->statuses = new_lines();
    return recorded;
}

/* “sendmail -f ana@sender.example x@dest.example y@dest.example”; other ways are not asked. */
static void
read_send(Case *recorded, const char *value)
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
static char *
mask(const char *line)
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

/* “to=<…>, relay=…, delay=<s>, delays=<a>/<b>/<c>/<d>, dsn=…, status=…”, times apart. */
static void
read_log(Case *recorded, const char *value)
{
    g_autoptr(GRegex) delays = g_regex_new(" delay=[^,]*, delays=[^,]*,", 0, 0, NULL);
    const char *to = strstr(value, ": to=<");
    g_autofree char *line = NULL;

    if (to == NULL)
        return;
    line = g_regex_replace_literal(delays, to + 2, -1, 0, "", 0, NULL);
    g_ptr_array_add(recorded->statuses, mask(line));
}

/* A server that hangs up after QUIT has listened to the end. */
static void
cut(Case *recorded, const char *number)
{
    g_autofree char *quit = g_strdup_printf("%s QUIT", number);

    if (!g_ptr_array_find_with_equal_func(recorded->says, quit, g_str_equal, NULL))
        g_hash_table_add(recorded->cut, g_strdup(number));
}

/* “3 C MAIL FROM:<…>”, “3 -- connect to 192.0.2.11:25”; what is said inside TLS has an S. */
static void
read_wire(Case *recorded, const char *value)
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
    if (g_str_equal(kind, "C") && !g_str_has_prefix(rest, "(message")) {
        g_autofree char *line = g_strdup_printf("%s %s", number, rest);

        g_ptr_array_add(recorded->says, mask(line));
    }
}

static ReplyingScript *
add_server(Case *recorded, const char *address)
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
read_zone(Case *recorded, const char *value)
{
    g_autoptr(GRegex) foreign =
        g_regex_new("DROP| MX .*[0-9.]{7}| MX .*localhost|0\\.0\\.0\\.0|^[a-z]* ", 0, 0, NULL);

    if (g_regex_match(foreign, value, 0, NULL))
        recorded->unasked = "its names or addresses are not of the lab";
    g_ptr_array_add(recorded->zones, g_strdup(value));
}

static void
read_main(Case *recorded, const char *value)
{
    g_autofree char *name = g_strndup(value, strcspn(value, " ="));

    if (!mailsim_postfix_parameter_has_effect(name))
        recorded->unasked = "it has a parameter without effect";
    g_ptr_array_add(recorded->main_cf, g_strdup(value));
}

static void
read_line(Case *recorded, ReplyingScript **server, const char *key, const char *value)
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
    } else if (g_str_equal(key, "server-reply"))
        read_reply(*server, value);
    else if (g_str_equal(key, "send"))
        read_send(recorded, value);
    else if (g_str_equal(key, "wire"))
        read_wire(recorded, value);
    else if (g_str_equal(key, "log"))
        read_log(recorded, value);
    else if (g_str_equal(key, "master"))
        recorded->unasked = "it changes master.cf";
    else if (g_str_equal(key, "other"))
        recorded->unasked = "it has another real Postfix";
}

static gint
compare_lines(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Cases by the beginnings of their names, and why they are not asked here. */
static const char *const unasked[][2] = {
    {"one-greets-garbage",               "what it says is no SMTP reply"                 },
    {"first-greets-garbage",             "what it says is no SMTP reply"                 },
    {"one-greets-220-first",             "what it says is no SMTP reply"                 },
    {"first-greets-220-first",           "what it says is no SMTP reply"                 },
    {"reply-not-a-number",               "what it says is no SMTP reply"                 },
    {"reply-250-without-code",           "what it says is no SMTP reply"                 },
    {"reply-5-octets",                   "what it says is no SMTP reply"                 },
    {"reply-very-long-line",             "Postfix cuts what it quotes, the lab does not" },
    {"cleanup-sendmail-no-recipients",   "the lab's errands have recipients"             },
    {"reply-3xx-to-MAIL",                "its 354 is taken for the answer to DATA"       },
    {"reply-999",                        "what it says is no SMTP reply"                 },
    {"reply-199",                        "what it says is no SMTP reply"                 },
    {"greeting-without-space",           "what it says is no SMTP reply"                 },
    {"mx-host-in-capitals",              "names of the lab have no capitals"             },
    {"null-mx-with-another",             "a zone of the lab has no such records"         },
    {"cname-loop",                       "a zone of the lab has no such records"         },
    {"domain-is-CNAME",                  "a zone of the lab has no such records"         },
    {"relayhost-192.0.2.999",            "no name and no address"                        },
    {"relayhost-[192.0.2.999]",          "no name and no address"                        },
    {"relayhost-relay.example.",         "no name and no address"                        },
    {"relayhost-[ipv6:::1]",             "Postfix's own network is not in the lab"       },
    {"relayhost-localhost",              "Postfix's own network is not in the lab"       },
    {"relayhost-[localhost]",            "Postfix's own network is not in the lab"       },
    {"relayhost-mail.sender",            "Postfix does not start"                        },
    {"transport-virtual:",               "the daemon is not built"                       },
    {"transport-lmtp:",                  "the daemon is not built"                       },
    {"transport-file-",                  "tables of the lab are there, and mapped"       },
    {"sasl-table-source",                "tables of the lab are there, and mapped"       },
    {"cleanup-virtual_alias_maps-table", "tables of the lab are there, and mapped"       },
    {"cleanup-virtual-loop",             "a warning without a status: see delivery/"     },
    {"cleanup-sendmail-8bit",            "SMTPUTF8 from the shell is not built"          },
    {"sasl-server-offers-only-unknown",  "NTLM is not built"                             },
    {"ten-rcpts-limit-3",                "connections are not kept for the next delivery"},
    {"bounce-seen-by-other",             "the message is compared elsewhere"             },
    {"rcpts-duplicate-local-by-plus",    "one of five is missing in the recording"       },
    {"local-alias-command",              "commands and files are not built"              },
    {"local-alias-file",                 "commands and files are not built"              },
    {"local-mailbox_command",            "commands and files are not built"              },
    {"local-home_mailbox",               "it may not write there"                        },
};

static void
choose(Case *recorded)
{
    for (guint i = 0; i < G_N_ELEMENTS(unasked); i++) {
        if (g_str_has_prefix(recorded->name, unasked[i][0]))
            recorded->unasked = unasked[i][1];
    }
}

/* Deliveries to different hosts are made side by side. */
static gboolean
has_one_destination(const Case *recorded)
{
    const char *first = strchr(g_ptr_array_index(recorded->to, 0), '@');

    for (guint i = 1; i < recorded->to->len; i++) {
        const char *domain = strchr(g_ptr_array_index(recorded->to, i), '@');

        if (g_strcmp0(first, domain) != 0)
            return FALSE;
    }
    return TRUE;
}

static void
read_cases(void)
{
    g_autofree char *path = g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), "tests",
                                             "dialogue", "recorded", "deliveries.txt", NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    Case *recorded = NULL;
    ReplyingScript *server = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        g_error("%s cannot be read", path);
    lines = g_strsplit(text, "\n", -1);
    cases = g_ptr_array_new();
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
            g_ptr_array_sort(recorded->statuses, compare_lines);
            choose(recorded);
        } else {
            read_line(recorded, &server, lines[i], value);
        }
    }
}

/* ---- the world --------------------------------------------------------------------------- */

#define BASE                                                                                   \
    "[scenario]\ntitle = x\n"                                                                  \
    "[host sender]\nmailname = sender.example\nhostname = mail.sender.example\n"               \
    "address = 203.0.113.1\nusers = ana, bob, carlos\n"                                        \
    "[postfix sender]\ninet_protocols = ipv4\nalias_maps =\nalias_database =\n"                \
    "mydestination = $myhostname, sender.example, localhost\n"                                 \
    "smtp_tls_session_cache_database =\nmynetworks = 127.0.0.0/8\n"

static gboolean
has_main(const Case *recorded, const char *name)
{
    for (guint i = 0; i < recorded->main_cf->len; i++) {
        const char *line = g_ptr_array_index(recorded->main_cf, i);

        if (g_str_has_prefix(line, name) && strchr(" =", line[strlen(name)]) != NULL)
            return TRUE;
    }
    return FALSE;
}

/* What the case says of a parameter wins. */
static void
append_main(const Case *recorded, GString *text)
{
    g_auto(GStrv) base = g_strsplit(BASE, "\n", -1);

    for (guint i = 0; base[i] != NULL; i++) {
        g_autofree char *name = g_strndup(base[i], strcspn(base[i], " ="));

        if (!has_main(recorded, name))
            g_string_append_printf(text, "%s\n", base[i]);
    }
    for (guint i = 0; i < recorded->main_cf->len; i++)
        g_string_append_printf(text, "%s\n",
                               (const char *)g_ptr_array_index(recorded->main_cf, i));
}

static void
append_tables(const Case *recorded, GString *text)
{
    const char *open = "";

    for (guint i = 0; i < recorded->tables->len; i++) {
        const char *line = g_ptr_array_index(recorded->tables, i);
        const gsize length = strcspn(line, " ");

        if (strncmp(open, line, length) != 0 || open[0] == '\0')
            g_string_append_printf(text, "[file sender %.*s]\n", (int)length, line);
        open = line;
        g_string_append_printf(text, "%u = %s\n", i + 1, line + length + 1);
    }
}

/* Each name is a zone of its own, so that one can fail alone. */
static void
append_zones(const Case *recorded, GString *text)
{
    g_autoptr(GHashTable) zones =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    GHashTableIter iter;
    gpointer zone_name;
    gpointer lines;

    for (guint i = 0; i < recorded->zones->len; i++) {
        g_auto(GStrv) words = g_strsplit(g_ptr_array_index(recorded->zones, i), " ", 3);
        const gboolean alias = g_str_equal(words[1], "CNAME");
        const char *name = alias ? strchr(words[0], '.') + 1 : words[0];
        g_autofree char *owner =
            alias ? g_strndup(words[0], strcspn(words[0], ".")) : g_strdup("@");
        g_autofree char *key = g_strdup_printf("%s %s = ", owner, words[1]);
        const char *before = g_hash_table_lookup(zones, name);
        const gboolean fails =
            g_str_equal(words[2], "SERVFAIL") || g_str_equal(words[2], "REFUSED");
        const gboolean names = g_str_equal(words[1], "MX") || g_str_equal(words[1], "CNAME");
        g_autofree char *data = g_strdup_printf(
            "%s%s", words[2], names && !g_str_has_suffix(words[2], ".") ? "." : "");
        const char *same = before != NULL ? strstr(before, key) : NULL;
        char *zone;

        if (fails)
            zone = g_strdup_printf("%sfails = %s\n", before != NULL ? before : "", words[1]);
        else if (same != NULL)
            zone = g_strdup_printf("%.*s%s%s; %s", (int)(same - before), before, key, data,
                                   same + strlen(key));
        else
            zone = g_strdup_printf("%s%s%s\n", before != NULL ? before : "", key, data);
        g_hash_table_replace(zones, g_strdup(name), zone);
    }
    g_hash_table_iter_init(&iter, zones);
    while (g_hash_table_iter_next(&iter, &zone_name, &lines))
        g_string_append_printf(text, "[zone %s]\n%s", (char *)zone_name, (char *)lines);
}

static MailsimScenario *
load(const Case *recorded)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GBytes) bytes = NULL;
    MailsimScenario *scenario;
    g_autofree char *complaints = NULL;

    append_main(recorded, text);
    append_tables(recorded, text);
    append_zones(recorded, text);
    bytes = g_bytes_new(text->str, text->len);
    scenario = mailsim_scenario_load_text("x.scenario", bytes, diagnostics);
    complaints = mailsim_diagnostics_print(diagnostics, 0);
    ck_assert_msg(mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) == 0,
                  "%s: %s\n%s", recorded->name, complaints, text->str);
    return scenario;
}

/* SYNs to 203.0.113.200 vanish. */
static gboolean
answer(gpointer data, const char *address, guint port, MailsimSession **session)
{
    const Case *recorded = data;
    g_autofree char *key = g_strdup_printf("%s:%u", address, port);
    ReplyingScript *script = g_hash_table_lookup(recorded->servers, key);

    if (script != NULL)
        *session = replying_server_new(script);
    return !g_str_equal(address, "203.0.113.200");
}

/* ---- comparing --------------------------------------------------------------------------- */

static char *
join(const GPtrArray *lines)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(text, "  %s\n", (const char *)g_ptr_array_index(lines, i));
    return g_string_free(text, FALSE);
}

static void
compare(const Case *recorded,
        const char *what,
        const GPtrArray *expected,
        const GPtrArray *seen)
{
    g_autofree char *expected_text = join(expected);
    g_autofree char *seen_text = join(seen);

    ck_assert_msg(g_str_equal(expected_text, seen_text), "%s, %s:\nexpected\n%sseen\n%s",
                  recorded->name, what, expected_text, seen_text);
}

static char *
format_status(const MailsimEvent *event)
{
    g_autofree char *original = event->status.original != NULL
                                    ? g_strdup_printf("orig_to=<%s>, ", event->status.original)
                                    : g_strdup("");
    g_autofree char *line = g_strdup_printf(
        "to=<%s>, %srelay=%s, dsn=%s, status=%s (%s)", event->status.recipient, original,
        event->status.relay, event->status.dsn, event->status.status, event->status.reason);

    return mask(line);
}

static GPtrArray *
list_statuses(const MailsimRecording *recording)
{
    GPtrArray *lines = new_lines();

    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->kind == MAILSIM_EVENT_STATUS)
            g_ptr_array_add(lines, format_status(event));
    }
    g_ptr_array_sort(lines, compare_lines);
    return lines;
}

/* What a client says after its server has stopped listening is nowhere recorded: of such a
 * connection the beginning is compared. */
static void
cut_short(const Case *recorded, GPtrArray *seen)
{
    GHashTableIter iter;
    gpointer number;

    g_hash_table_iter_init(&iter, recorded->cut);
    while (g_hash_table_iter_next(&iter, &number, NULL)) {
        g_autofree char *prefix = g_strconcat(number, " ", NULL);
        guint n_recorded = 0;
        guint n_seen = 0;

        for (guint i = 0; i < recorded->says->len; i++)
            n_recorded += g_str_has_prefix(g_ptr_array_index(recorded->says, i), prefix);
        for (guint i = 0; i < seen->len;) {
            if (g_str_has_prefix(g_ptr_array_index(seen, i), prefix) && ++n_seen > n_recorded)
                g_ptr_array_remove_index(seen, i);
            else
                i++;
        }
    }
}

static GPtrArray *
list_connects(const MailsimRecording *recording)
{
    GPtrArray *lines = new_lines();

    for (guint i = 0; i < recording->hops->len; i++) {
        const MailsimHop *hop = g_ptr_array_index(recording->hops, i);

        if (hop->connected)
            g_ptr_array_add(lines, g_strdup_printf("%s:%u", hop->address, hop->port));
    }
    return lines;
}

/* What clients said, without the lines of messages. */
static GPtrArray *
list_says(const MailsimRecording *recording)
{
    GPtrArray *lines = new_lines();
    guint number = 0;

    for (guint i = 0; i < recording->hops->len; i++) {
        const MailsimHop *hop = g_ptr_array_index(recording->hops, i);
        gboolean in_message = FALSE;
        gboolean data_said = FALSE;

        number += hop->connected ? 1 : 0;
        for (guint j = 0; j < recording->events->len; j++) {
            const MailsimEvent *event = g_ptr_array_index(recording->events, j);

            if (event->kind != MAILSIM_EVENT_LINE || event->hop != (int)hop->index)
                continue;
            if (event->line.direction == MAILSIM_DIRECTION_IN) {
                in_message |= data_said && g_str_has_prefix(event->line.text, "354");
            } else if (!in_message || g_str_equal(event->line.text, ".")) {
                g_autofree char *line = g_strdup_printf("%u %s", number, event->line.text);

                in_message = FALSE;
                data_said = g_str_equal(event->line.text, "DATA");
                g_ptr_array_add(lines, mask(line));
            }
        }
    }
    return lines;
}

static void
compare_talk(const Case *recorded, const MailsimRecording *recording)
{
    g_autoptr(GPtrArray) connects = list_connects(recording);
    g_autoptr(GPtrArray) says = list_says(recording);

    if (!has_one_destination(recorded))
        return;
    compare(recorded, "connections", recorded->connects, connects);
    cut_short(recorded, says);
    compare(recorded, "what the client says", recorded->says, says);
}

START_TEST(mail_is_sent_as_a_real_postfix_sends_it)
{
    const Case *recorded = g_ptr_array_index(cases, (guint)_i);
    g_autoptr(MailsimScenario) scenario = NULL;
    g_autoptr(MailsimRecording) recording = mailsim_recording_new();
    g_autoptr(MailsimLab) lab = NULL;
    g_autoptr(GPtrArray) seen = NULL;
    MailsimErrand errand = {.by_user = "root",
                            .by_host = "sender",
                            .to = recorded->to,
                            .from = recorded->sender,
                            .subject = "x",
                            .text = "hi\n"};
    MailsimWorld *world;

    if (recorded->unasked != NULL)
        return;
    scenario = load(recorded);
    world = mailsim_scenario_build_world(scenario, 0);
    mailsim_recording_add_step(recording);
    lab = mailsim_lab_new(recording, world->start_us, 0, NULL);
    ck_assert(mailsim_lab_configure(lab, world, NULL));
    lab->answer = answer;
    lab->answer_data = (gpointer)recorded;
    lab->answer_tls = mailsim_lab_find_host(lab, "sender")->server_tls;
    mailsim_lab_send(lab, &errand);
    ck_assert(mailsim_lab_run(lab, NULL));

    compare_talk(recorded, recording);
    seen = list_statuses(recording);
    compare(recorded, "statuses", recorded->statuses, seen);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("deliveries");
    TCase *tcase = tcase_create("recorded");

    read_cases();
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, mail_is_sent_as_a_real_postfix_sends_it, 0, (int)cases->len);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
