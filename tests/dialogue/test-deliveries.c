/* SPDX-License-Identifier: MIT
 *
 * What a real Postfix was seen to do with mail for other hosts (recorded/deliveries.txt),
 * against the lab's: which addresses it connects to, what it says there, and what it logs of
 * each recipient. */
#include "queue-private.h"

#include <string.h>

#include <mailsim/scenario/scenario.h>

#include "recorded-delivery.h"
#include "replying-server.h"
#include "run-suite.h"
#include "scenario-text.h"

static GPtrArray *cases;

/* ---- the world --------------------------------------------------------------------------- */

#define BASE                                                                                   \
    "[scenario]\ntitle = x\n"                                                                  \
    "[host sender]\nmailname = sender.example\nhostname = mail.sender.example\n"               \
    "address = 203.0.113.1\nusers = ana, bob, carlos\n"                                        \
    "[postfix sender]\ninet_protocols = ipv4\nalias_maps =\nalias_database =\n"                \
    "mydestination = $myhostname, sender.example, localhost\n"                                 \
    "smtp_tls_session_cache_database =\nmynetworks = 127.0.0.0/8\n"

static gboolean
has_main(const RecordedDelivery *recorded, const char *name)
{
    for (guint i = 0; i < recorded->main_cf->len; i++) {
        const char *line = g_ptr_array_index(recorded->main_cf, i);

        if (g_str_has_prefix(line, name) && strchr(" =", line[strlen(name)]) != NULL)
            return TRUE;
    }
    return FALSE;
}

/* A level that is none would be refused, were it not behind a reference. */
static void
append_parameter(const char *line, GString *text)
{
    static const char level[] = "smtp_tls_security_level = ";

    if (g_str_has_prefix(line, level))
        g_string_append_printf(text, "%s$asked\nasked = %s\n", level, line + strlen(level));
    else
        g_string_append_printf(text, "%s\n", line);
}

/* What the case says of a parameter wins. */
static void
append_main(const RecordedDelivery *recorded, GString *text)
{
    g_auto(GStrv) base = g_strsplit(BASE, "\n", -1);

    for (guint i = 0; base[i] != NULL; i++) {
        g_autofree char *name = g_strndup(base[i], strcspn(base[i], " ="));

        if (!has_main(recorded, name))
            g_string_append_printf(text, "%s\n", base[i]);
    }
    for (guint i = 0; i < recorded->main_cf->len; i++)
        append_parameter(g_ptr_array_index(recorded->main_cf, i), text);
}

static void
append_tables(const RecordedDelivery *recorded, GString *text)
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
append_zones(const RecordedDelivery *recorded, GString *text)
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
load(const RecordedDelivery *recorded)
{
    g_autoptr(GString) text = g_string_new(NULL);

    append_main(recorded, text);
    append_tables(recorded, text);
    append_zones(recorded, text);
    return scenario_text_load(text->str);
}

/* SYNs to 203.0.113.200 vanish. */
static gboolean
answer(gpointer data, const char *address, guint port, MailsimSession **session)
{
    const RecordedDelivery *recorded = data;
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
compare(const RecordedDelivery *recorded,
        const char *what,
        const GPtrArray *expected,
        const GPtrArray *seen)
{
    g_autofree char *expected_text = join(expected);
    g_autofree char *seen_text = join(seen);

    ck_assert_msg(g_str_equal(expected_text, seen_text), "%s, %s:\nexpected\n%sseen\n%s",
                  recorded->name, what, expected_text, seen_text);
}

static GPtrArray *
list_log(const MailsimRecording *recording)
{
    GPtrArray *lines = recorded_delivery_new_lines();

    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);
        g_autofree char *line =
            event->kind == MAILSIM_EVENT_LOG
                ? g_strdup_printf("%s: %s", event->log.program, event->log.text)
                : NULL;

        if (line != NULL && recorded_delivery_shows(line))
            g_ptr_array_add(lines, g_steal_pointer(&line));
    }
    return lines;
}

/* What a client says after its server has stopped listening is nowhere recorded: of such a
 * connection the beginning is compared. */
static void
cut_short(const RecordedDelivery *recorded, GPtrArray *seen)
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
    GPtrArray *lines = recorded_delivery_new_lines();

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
    GPtrArray *lines = recorded_delivery_new_lines();
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
                g_ptr_array_add(lines, recorded_delivery_mask(line));
            }
        }
    }
    return lines;
}

/* Deliveries to different hosts are made side by side. */
static gboolean
has_one_destination(const RecordedDelivery *recorded)
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
compare_talk(const RecordedDelivery *recorded, const MailsimRecording *recording)
{
    g_autoptr(GPtrArray) connects = list_connects(recording);
    g_autoptr(GPtrArray) says = list_says(recording);

    if (!has_one_destination(recorded))
        return;
    compare(recorded, "connections", recorded->connects, connects);
    cut_short(recorded, says);
    compare(recorded, "what the client says", recorded->says, says);
}

/* Real processes have to be started, a real queue run comes within a second, and the lab's
 * links take 20 ms: seconds are compared. */
#define NEAR 0.4
#define LONG 5.0
/* So long the real server was looked at. */
#define LOOKED_AT_US (20 * MAILSIM_SECOND)
#define NOT_FAR      1.1

static gboolean
is_near(double recorded, double seen)
{
    return ABS(recorded - seen) <= (recorded < LONG ? NEAR : NOT_FAR);
}

static gboolean
have_same_delays(const char *recorded, const char *seen)
{
    g_auto(GStrv) expected = g_strsplit_set(recorded, "=/,", -1);
    g_auto(GStrv) found = g_strsplit_set(seen, "=/,", -1);

    if (g_strv_length(expected) != g_strv_length(found))
        return FALSE;
    for (guint i = 0; expected[i] != NULL; i++) {
        if (!is_near(g_ascii_strtod(expected[i], NULL), g_ascii_strtod(found[i], NULL)))
            return FALSE;
    }
    return TRUE;
}

static void
compare_delays(const RecordedDelivery *recorded, const GPtrArray *log, gboolean in_order)
{
    g_autoptr(GPtrArray) expected = recorded_delivery_list_delays(recorded->log, in_order);
    g_autoptr(GPtrArray) seen = recorded_delivery_list_delays(log, in_order);

    for (guint i = 0; i < expected->len && recorded->times; i++)
        ck_assert_msg(have_same_delays(expected->pdata[i], seen->pdata[i]),
                      "%s:\nexpected %s\nseen     %s", recorded->name,
                      (char *)expected->pdata[i], (char *)seen->pdata[i]);
}

static void
compare_log(const RecordedDelivery *recorded, const MailsimRecording *recording)
{
    const gboolean in_order = has_one_destination(recorded);
    g_autoptr(GPtrArray) log = list_log(recording);
    g_autoptr(GPtrArray) expected = recorded_delivery_arrange_log(recorded->log, in_order);
    g_autoptr(GPtrArray) seen = recorded_delivery_arrange_log(log, in_order);

    compare(recorded, "log", expected, seen);
    compare_delays(recorded, log, in_order);
}

START_TEST(mail_is_sent_as_a_real_postfix_sends_it)
{
    const RecordedDelivery *recorded = g_ptr_array_index(cases, (guint)_i);
    g_autoptr(MailsimScenario) scenario = NULL;
    g_autoptr(MailsimRecording) recording = mailsim_recording_new();
    g_autoptr(MailsimLab) lab = NULL;
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
    if (recorded->times)
        ck_assert(mailsim_lab_wait(lab, world->start_us + LOOKED_AT_US, NULL));

    if (!recorded->times)
        compare_talk(recorded, recording);
    compare_log(recorded, recording);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("deliveries");
    TCase *tcase = tcase_create("recorded");

    /* Each case makes a laboratory of its own: it needs no process of its own, for which the
     * sanitizers take ten times as long. */
    g_setenv("CK_FORK", "no", TRUE);
    cases = recorded_deliveries_read();
    tcase_add_loop_test(tcase, mail_is_sent_as_a_real_postfix_sends_it, 0, (int)cases->len);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
