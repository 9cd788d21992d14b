/* SPDX-License-Identifier: MIT
 *
 * report-relay.md, table by table: what each client is told that writes to each recipient, when
 * smtpd would not serve, in which order the lists are looked at, and what a parameter is that
 * nobody sets. */
#include <string.h>

#include "dest-lab.h"
#include "recorded-text.h"

#include "../support/run-suite.h"

/* A client that writes to a recipient of SERVICE; without reply, smtpd does not serve. */
typedef struct {
    char *title; /* “B. …: outside, elsewhere” */
    char *service;
    const char *client;
    gboolean authenticated;
    const char *recipient;
    char *reply;
    char *fatal; /* what was in the log instead */
} Cell;

/* clang-format off */
static const struct {
    const char *row;
    const char *address;
    gboolean authenticated;
} clients[] = {
    {"outside",                "127.0.0.9", FALSE},
    {"in mynetworks",          "127.0.0.1", FALSE},
    {"authenticated, outside", "127.0.0.9", TRUE},
};

static const struct {
    const char *column;
    const char *address;
} recipients[] = {
    {"local, known",          "alice@dest.example"},
    {"local, unknown",        "nobody@dest.example"},
    {"relay domain, known",   "rita@relayed.example"},
    {"relay domain, unknown", "nobody@relayed.example"},
    {"elsewhere",             "x@elsewhere.example"},
};
/* clang-format on */

static void
free_cell(gpointer data)
{
    Cell *cell = data;

    g_free(cell->title);
    g_free(cell->service);
    g_free(cell->reply);
    g_free(cell->fatal);
    g_free(cell);
}

static char *report;
static DestScenario *dest;
static DestLab *lab;
static GPtrArray *cells;    /* of Cell */
static GPtrArray *defaults; /* of char **: name, as built, level 3.6, level 0 */

/* ---- reading ----------------------------------------------------------------------------- */

/* “| a | `b` |” as {"a", "b"}; NULL: no row, or the line under the header. */
static char **
split_row(const char *line)
{
    char **parts;

    if (!g_str_has_prefix(line, "| ") || !g_str_has_suffix(line, " |"))
        return NULL;
    g_autofree char *inside = g_strndup(line + 2, strlen(line) - 4);

    parts = g_strsplit(inside, " | ", -1);
    for (guint i = 0; parts[i] != NULL; i++) {
        gsize length = strlen(parts[i]);

        if (length < 2 || parts[i][0] != '`' || parts[i][length - 1] != '`')
            continue;
        parts[i][length - 1] = '\0';
        memmove(parts[i], parts[i] + 1, length - 1);
    }
    return parts;
}

/* The part of the report under the heading “## TITLE”. */
static char *
dup_part(const char *title)
{
    g_autofree char *heading = g_strdup_printf("\n## %s\n", title);
    const char *start = strstr(report, heading);
    const char *end;

    if (start == NULL)
        g_error("report-relay.md has no part “%s”", title);
    start += strlen(heading);
    end = strstr(start, "\n## ");
    return end != NULL ? g_strndup(start, (gsize)(end - start)) : g_strdup(start);
}

static char *
dup_replaced(const char *text, const char *from, const char *to)
{
    g_auto(GStrv) parts = g_strsplit(text, from, -1);

    return g_strjoinv(to, parts);
}

static Cell *
add_cell(const char *section)
{
    Cell *cell = g_new0(Cell, 1);

    cell->service = g_ascii_strdown(section, 1);
    cell->client = clients[0].address;
    cell->title = g_strndup(section, strcspn(section, "\n"));
    g_ptr_array_add(cells, cell);
    return cell;
}

static void
read_row(const char *section, char **columns, char **row)
{
    guint client = 0;

    while (client < G_N_ELEMENTS(clients) && !g_str_equal(clients[client].row, row[0]))
        client++;
    if (client == G_N_ELEMENTS(clients))
        g_error("what client is this: %s", row[0]);
    for (guint i = 1; row[i] != NULL; i++) {
        Cell *cell = add_cell(section);
        g_autofree char *title = cell->title;
        guint recipient = i - 1;

        g_assert_cmpstr(columns[i], ==, recipients[recipient].column);
        cell->title = g_strdup_printf("%s: %s, %s", title, row[0], columns[i]);
        cell->client = clients[client].address;
        cell->authenticated = clients[client].authenticated;
        cell->recipient = recipients[recipient].address;
        cell->reply = dup_replaced(row[i], "<rcpt>", cell->recipient);
    }
}

/* A section is one service, which is named after its letter. */
static void
read_section(const char *section)
{
    g_auto(GStrv) lines = g_strsplit(section, "\n", -1);
    g_auto(GStrv) columns = NULL;
    const char *fatal = strstr(section, "]: fatal: ");
    guint n_cells = cells->len;

    if (strstr(section, "\nNo greeting at all, smtpd exits:\n") != NULL && fatal != NULL) {
        fatal += strlen("]: fatal: ");
        add_cell(section)->fatal = g_strndup(fatal, strcspn(fatal, "\n"));
        return;
    }
    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) row = split_row(lines[i]);

        if (row != NULL && columns == NULL)
            columns = g_steal_pointer(&row);
        else if (row != NULL)
            read_row(section, columns, row);
    }
    if (cells->len == n_cells)
        g_error("neither a table nor an exit: %s", section);
}

static void
read_report(void)
{
    report = recorded_file_read("report-relay.md");
    cells = g_ptr_array_new_with_free_func(free_cell);
    defaults = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);

    g_autofree char *answers = dup_part("What RCPT TO is answered");
    g_auto(GStrv) sections = g_strsplit(answers, "\n### ", -1);
    g_autofree char *table = dup_part("Defaults");
    g_auto(GStrv) lines = g_strsplit(table, "\n", -1);

    for (guint i = 1; sections[0] != NULL && sections[i] != NULL; i++)
        read_section(sections[i]);
    for (guint i = 0; lines[i] != NULL; i++) {
        char **row = split_row(lines[i]);

        if (row != NULL && !g_str_equal(row[0], "parameter"))
            g_ptr_array_add(defaults, row);
        else
            g_strfreev(row);
    }
}

/* ---- who may send where ------------------------------------------------------------------ */

/* The last line of the next reply, for which time may have to pass. */
static char *
dup_reply(SessionEnd *server)
{
    g_autofree char *line = NULL;

    while (line == NULL || line[3] == '-') {
        const char *end;

        while ((end = strstr(server->said->str, "\r\n")) == NULL)
            ck_assert_msg(session_end_wait(server), "nothing is said");
        g_free(line);
        line = g_strndup(server->said->str, (gsize)(end - server->said->str));
        g_string_erase(server->said, 0, end + 2 - server->said->str);
        ck_assert_uint_gt(strlen(line), 3);
    }
    return g_steal_pointer(&line);
}

static char *
dup_answer(SessionEnd *server, const char *command)
{
    g_autofree char *line = g_strconcat(command, "\r\n", NULL);

    session_end_hear(server, line, strlen(line));
    return dup_reply(server);
}

/* Where a client is refused earlier, that reply counts. */
static char *
dup_verdict(SessionEnd *server, const Cell *cell)
{
    g_autofree char *rcpt = g_strdup_printf("RCPT TO:<%s>", cell->recipient);
    const char *commands[] = {
        "EHLO client.example",
        cell->authenticated ? "AUTH PLAIN AGFsaWNlAGFsaWNlcHc=" : "NOOP",
        "MAIL FROM:<a@sender.example>",
        rcpt,
    };
    char *reply = dup_reply(server);

    for (guint i = 0; i < G_N_ELEMENTS(commands) && reply[0] == '2'; i++) {
        g_free(reply);
        reply = dup_answer(server, commands[i]);
    }
    return reply;
}

/* It says nothing, and the recorded reason is told in a finding. */
static void
expect_no_service(const Cell *cell, SessionEnd *server, guint first)
{
    gboolean told = FALSE;

    for (guint i = first; i < lab->recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(lab->recording->events, i);

        told = told || (event->kind == MAILSIM_EVENT_FINDING &&
                        strstr(event->finding.text, cell->fatal) != NULL);
    }
    ck_assert_msg(told, "%s: no finding tells “%s”", cell->title, cell->fatal);
    session_end_wait(server);
    ck_assert_msg(server->said->len == 0, "%s: %s", cell->title, server->said->str);
}

START_TEST(a_client_is_told_what_postfix_told_it)
{
    const Cell *cell = g_ptr_array_index(cells, _i);
    const MailsimServiceDefinition *service = dest_lab_find_service(lab, cell->service, 0);
    g_auto(DestConnection) connection = {0};
    guint first = lab->recording->events->len;

    ck_assert_msg(service != NULL, "%s: dest.scenario has no such service", cell->title);
    dest_connection_open(&connection, lab, service, cell->client);
    session_end_begin(&connection.end);
    if (cell->fatal != NULL) {
        expect_no_service(cell, &connection.end, first);
        return;
    }
    g_autofree char *verdict = dup_verdict(&connection.end, cell);

    ck_assert_msg(g_str_equal(verdict, cell->reply), "%s: %s, recorded: %s", cell->title,
                  verdict, cell->reply);
}
END_TEST

/* ---- in which order ---------------------------------------------------------------------- */

/* “client, helo”: the lists that were looked at since event FIRST; “-”: none. */
static char *
dup_lists(guint first)
{
    g_autoptr(GPtrArray) lists = g_ptr_array_new_with_free_func(g_free);

    for (guint i = first; i < lab->recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(lab->recording->events, i);
        const char *list = event->kind == MAILSIM_EVENT_RULE ? event->rule.list : "";
        g_autofree char *name = NULL;

        if (!g_str_has_prefix(list, "smtpd_") || !g_str_has_suffix(list, "_restrictions"))
            continue;
        name = g_strndup(list + strlen("smtpd_"), strlen(list) - strlen("smtpd__restrictions"));
        if (lists->len == 0 || !g_str_equal(g_ptr_array_index(lists, lists->len - 1), name))
            g_ptr_array_add(lists, g_steal_pointer(&name));
    }
    if (lists->len == 0)
        return g_strdup("-");
    g_ptr_array_add(lists, NULL);
    return g_strjoinv(", ", (char **)lists->pdata);
}

/* The lines that the report shows, with a placeholder for the queue id. */
static GPtrArray *
list_recorded_warnings(char **lines)
{
    g_autoptr(GRegex) queue_id = g_regex_new("(?<=\\]: )[0-9A-F]{8,}(?=: )", 0, 0, NULL);
    GPtrArray *warnings = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (strstr(lines[i], ": warn: ") != NULL)
            g_ptr_array_add(warnings,
                            g_regex_replace(queue_id, lines[i], -1, 0, "<queue-id>", 0, NULL));
    }
    return warnings;
}

/* Other lines of the log were not recorded here. */
static void
expect_warnings(const DestConnection *connection, char **lines)
{
    g_autoptr(GPtrArray) log = dest_connection_list_log(connection, lab);
    g_autoptr(GPtrArray) recorded = list_recorded_warnings(lines);
    g_autoptr(GPtrArray) seen = g_ptr_array_new();
    g_autofree char *difference = NULL;

    for (guint i = 0; i < log->len; i++) {
        if (strstr(g_ptr_array_index(log, i), ": warn: ") != NULL)
            g_ptr_array_add(seen, g_ptr_array_index(log, i));
    }
    ck_assert_uint_gt(recorded->len, 0);
    difference = recorded_log_find_difference(recorded, seen, FALSE);
    ck_assert_msg(difference == NULL, "%s", difference);
}

static void
expect_order(const char *service_name, guint column, char **lines)
{
    static const char *const commands[][2] = {
        {"EHLO",        "EHLO client.example"         },
        {"MAIL",        "MAIL FROM:<a@sender.example>"},
        {"RCPT",        "RCPT TO:<alice@dest.example>"},
        {"DATA",        "DATA"                        },
        {"end of data", "Subject: x\r\n\r\nx\r\n."    },
    };
    g_auto(DestConnection) connection = {0};
    guint next = 0;

    dest_connection_open(&connection, lab, dest_lab_find_service(lab, service_name, 0),
                         "127.0.0.9");
    session_end_begin(&connection.end);
    g_free(dup_reply(&connection.end));
    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) row = split_row(lines[i]);
        guint first = lab->recording->events->len;

        if (row == NULL || g_str_equal(row[0], "after the reply to"))
            continue;
        ck_assert_uint_lt(next, G_N_ELEMENTS(commands));
        ck_assert_str_eq(row[0], commands[next][0]);
        g_free(dup_answer(&connection.end, commands[next++][1]));

        g_autofree char *lists = dup_lists(first);

        ck_assert_msg(g_str_equal(lists, row[column]), "%s, after %s: %s, recorded: %s",
                      service_name, row[0], lists, row[column]);
    }
    ck_assert_uint_eq(next, G_N_ELEMENTS(commands));
    if (g_str_equal(service_name, "orderyes"))
        expect_warnings(&connection, lines);
}

/* “delay=no (…): client, helo, ….” */
static char *
dup_whole_order(const char *part, const char *pattern)
{
    g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);
    g_autoptr(GMatchInfo) found = NULL;

    ck_assert(g_regex_match(regex, part, 0, &found));
    return g_match_info_fetch(found, 1);
}

START_TEST(lists_are_looked_at_in_postfix_order)
{
    static const struct {
        const char *service;
        const char *whole;
    } columns[] = {
        {"orderyes", "delay=yes: ([a-z_]+(?:, [a-z_]+)*)\\."           },
        {"orderno",  "delay=no \\([^)]*\\): ([a-z_]+(?:, [a-z_]+)*)\\."},
    };
    g_autofree char *part = dup_part("Order in which the lists are looked at");
    g_auto(GStrv) lines = g_strsplit(part, "\n", -1);
    g_autofree char *recorded = dup_whole_order(part, columns[_i].whole);
    guint first = lab->recording->events->len;

    expect_order(columns[_i].service, (guint)_i + 1, lines);

    g_autofree char *seen = dup_lists(first);

    ck_assert_str_eq(seen, recorded);
}
END_TEST

/* ---- defaults ---------------------------------------------------------------------------- */

/* A list may be written with commas or blanks. */
static char *
dup_comparable(const char *value)
{
    g_auto(GStrv) words = g_strsplit_set(value, ", ", -1);
    GString *joined = g_string_new(NULL);

    for (guint i = 0; words[i] != NULL; i++) {
        if (words[i][0] != '\0')
            g_string_append_printf(joined, "%s ", words[i]);
    }
    return g_string_free(joined, FALSE);
}

START_TEST(a_parameter_that_nobody_sets_is_what_postconf_says)
{
    char *const *row = g_ptr_array_index(defaults, _i);
    const MailsimHost *bare = mailsim_lab_find_host(lab->lab, "bare");
    const char *recorded = g_str_equal(row[2], "(empty)") ? "" : row[2];
    g_autofree char *expected = dup_comparable(recorded);
    g_autofree char *value = mailsim_host_dup_parameter(bare, NULL, row[0]);
    g_autofree char *seen = dup_comparable(value);

    /* What names the recorded machine is its own. */
    if (strchr(recorded, '<') != NULL)
        return;
    ck_assert_msg(g_str_equal(seen, expected), "%s: “%s”, recorded: “%s”", row[0], value,
                  recorded);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("report-relay");
    TCase *tables = tcase_create("tables");

    read_report();
    dest = dest_scenario_read();
    lab = dest_lab_new(dest);
    tcase_add_loop_test(tables, a_client_is_told_what_postfix_told_it, 0, (int)cells->len);
    tcase_add_loop_test(tables, lists_are_looked_at_in_postfix_order, 0, 2);
    tcase_add_loop_test(tables, a_parameter_that_nobody_sets_is_what_postconf_says, 0,
                        (int)defaults->len);
    suite_add_tcase(suite, tables);

    const int status = run_suite(suite);

    dest_lab_free(lab);
    dest_scenario_free(dest);
    g_free(report);
    g_ptr_array_unref(cells);
    g_ptr_array_unref(defaults);
    return status;
}
