/* SPDX-License-Identifier: MIT
 *
 * What becomes of mail for the users of a host: the same questions as in recorded/delivery, and
 * the same log lines, mailboxes and replies to the letter. */
#include <string.h>

#include <mailsim/lab/lab.h>
#include <mailsim/scenario/scenario.h>

#include "recorded-text.h"
#include "run-suite.h"
#include "scenario-text.h"

/* A large message has lines of so many. */
#define LINE_OCTETS 70

static const char *const users[] = {"root", "ana", "carlos", "luis"};

/* The host that was asked; default_transport is not to let mail out. */
#define WORLD                                                                                  \
    "[scenario]\ntitle = x\n"                                                                  \
    "[host mail]\nmailname = iesgn.example\nhostname = mail.iesgn.example\n"                   \
    "address = 203.0.113.25\nusers = ana, carlos, luis\n"                                      \
    "[mua stranger]\naddress = 198.51.100.66\noutgoing = mail:25\n"                            \
    "[postfix mail]\ndefault_transport = discard:elsewhere\n"                                  \
    "smtpd_tls_security_level = none\n"                                                        \
    "mydestination = mail.iesgn.example, iesgn.example, localhost.iesgn.example, localhost\n"

typedef struct {
    char *title;
    GString *settings;
    GPtrArray *paths;   /* of char *, in order */
    GHashTable *files;  /* path: GString of lines */
    GPtrArray *letters; /* of char *: “luis > ana, carlos” */
    GPtrArray *lines;   /* of char *: what a stranger types */
    GPtrArray *replies; /* of char * */
    GPtrArray *log;
    GPtrArray *remarks; /* of char *: “local: warning: …” */
    GPtrArray *boxes;   /* of char *: owner and message */
} Section;

static GPtrArray *sections;

/* ---- reading ----------------------------------------------------------------------------- */

static Section *
new_section(const char *title)
{
    Section *section = g_new0(Section, 1);

    section->title = g_strdup(title);
    section->settings = g_string_new(NULL);
    section->paths = g_ptr_array_new();
    section->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    section->letters = g_ptr_array_new();
    section->lines = g_ptr_array_new();
    section->replies = g_ptr_array_new();
    section->log = g_ptr_array_new();
    section->remarks = g_ptr_array_new();
    section->boxes = g_ptr_array_new();
    return section;
}

/* “~ana/.forward” is at ana's home, and “~root” at root's. */
static char *
expand_homes(const char *text)
{
    GString *expanded = g_string_new(text);

    g_string_replace(expanded, "~root/", "/root/", 0);
    g_string_replace(expanded, "~", "/home/", 0);
    return g_string_free(expanded, FALSE);
}

static void
read_file_line(Section *section, const char *line)
{
    g_autofree char *rest = expand_homes(line);
    const char *end = strstr(rest, ": ");
    g_autofree char *path =
        g_strndup(rest, end != NULL ? (gsize)(end - rest) : strcspn(rest, ":"));
    GString *lines = g_hash_table_lookup(section->files, path);

    if (lines == NULL) {
        lines = g_string_new(NULL);
        g_ptr_array_add(section->paths, path);
        g_hash_table_insert(section->files, g_steal_pointer(&path), lines);
    }
    if (end != NULL && end[2] != '\0')
        g_string_append_printf(lines, "%u = %s\n", (guint)lines->len + 1, end + 2);
}

static void
read_box_line(Section *section, const char *line)
{
    char **last = (char **)&section->boxes->pdata[section->boxes->len - 1];
    char *longer = g_strconcat(*last, line, "\n", NULL);

    g_free(*last);
    *last = longer;
}

/* Which of the other lines are compared: the warnings of local(8) and cleanup(8). A bounce that
 * is too large for message_size_limit itself is nevertheless delivered in the lab, where a real
 * cleanup(8) has several warnings. */
static gboolean
is_compared(const char *remark)
{
    return g_regex_match_simple("^(local|cleanup): warning: ", remark, 0, 0) &&
           !g_regex_match_simple("queue file size limit|incoming/|mail_stream_cleanup|"
                                 "bounce message failure",
                                 remark, 0, 0);
}

static char *
hide_id(const char *remark)
{
    g_autoptr(GRegex) id = g_regex_new(": [0-9A-F]{7,12}: ", 0, 0, NULL);

    return g_regex_replace_literal(id, remark, -1, 0, ": <id>: ", 0, NULL);
}

/* What must come again pickup(8) brings again, and again; in the lab, it does not. */
static void
read_remark(Section *section, const char *line)
{
    g_autofree char *remark = is_compared(line) ? hide_id(line) : NULL;
    const guint n_remarks = section->remarks->len;

    if (remark == NULL || (g_str_has_suffix(remark, "try again later") && n_remarks > 0 &&
                           g_str_equal(section->remarks->pdata[n_remarks - 1], remark)))
        return;
    g_ptr_array_add(section->remarks, g_steal_pointer(&remark));
}

/* FALSE: the grammar has no such line. */
static gboolean
read_line(Section *section, const char *line)
{
    const char *rest = strstr(line, ": ");

    rest = rest != NULL ? rest + 2 : "";
    if (g_str_has_prefix(line, "-- "))
        read_remark(section, line + strlen("-- "));
    if (line[0] == '\0' || g_str_has_prefix(line, "-- "))
        return TRUE;
    if (line[0] == '|')
        read_box_line(section, line);
    else if (g_str_has_prefix(line, "main: "))
        g_string_append_printf(section->settings, "%s\n", rest);
    else if (g_str_has_prefix(line, "file: "))
        read_file_line(section, rest);
    else if (g_str_has_prefix(line, "send: "))
        g_ptr_array_add(section->letters, g_strdup(rest));
    else if (g_str_has_prefix(line, "C: "))
        g_ptr_array_add(section->lines, g_strcompress(rest));
    else if (g_str_has_prefix(line, "S: "))
        g_ptr_array_add(section->replies, g_strdup(rest));
    else if (g_str_has_prefix(line, "log: "))
        g_ptr_array_add(section->log, g_strdup(rest));
    else if (g_str_has_prefix(line, "box: "))
        g_ptr_array_add(section->boxes, g_strconcat(rest, "\n", NULL));
    else if (g_str_has_prefix(line, "err: "))
        g_ptr_array_add(section->log, g_strdup(rest));
    else
        return FALSE;
    return TRUE;
}

static void
read_sections(const char *name)
{
    g_autofree char *path = g_build_filename("delivery", name, NULL);
    g_autofree char *text = recorded_file_read(path);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    Section *section = NULL;

    for (guint i = 0; lines[i] != NULL; i++) {
        if (g_str_has_prefix(lines[i], "### ")) {
            section = new_section(lines[i] + strlen("### "));
            g_ptr_array_add(sections, section);
        } else if (section != NULL && !read_line(section, lines[i])) {
            g_error("%s:%u: %s", name, i + 1, lines[i]);
        }
    }
}

/* ---- asking the lab ---------------------------------------------------------------------- */

static MailsimScenario *
load(const Section *section)
{
    g_autoptr(GString) text = g_string_new(WORLD);

    g_string_append(text, section->settings->str);
    for (guint i = 0; i < section->paths->len; i++) {
        const char *path = g_ptr_array_index(section->paths, i);
        const GString *lines = g_hash_table_lookup(section->files, path);

        g_string_append_printf(text, "[file mail %s]\n%s", path, lines->str);
    }
    return scenario_text_load(text->str);
}

/* “luis 700 octets > ana, carlos”, “root as x@y.example > ana” */
static void
send_letter(MailsimLab *lab, const char *letter)
{
    g_auto(GStrv) sides = g_strsplit(letter, " > ", 2);
    g_auto(GStrv) words = g_strsplit(sides[0], " ", -1);
    g_auto(GStrv) to = g_strsplit(sides[1], ", ", -1);
    g_autoptr(GPtrArray) recipients = g_ptr_array_new();
    g_autoptr(GString) text = g_string_new(NULL);
    MailsimErrand errand = {.by_user = words[0], .by_host = "mail", .subject = "Hola"};
    const guint n_octets = g_strv_length(words) == 3 && g_str_equal(words[2], "octets")
                               ? (guint)g_ascii_strtoull(words[1], NULL, 10)
                               : 0;

    /* The shell, and sendmail(1), take quotes off. */
    for (guint i = 0; to[i] != NULL; i++) {
        g_auto(GStrv) parts = g_strsplit(to[i], "\"", -1);

        g_free(to[i]);
        to[i] = g_strjoinv("", parts);
        g_ptr_array_add(recipients, to[i]);
    }
    while (text->len < n_octets) {
        for (guint i = 1; i < LINE_OCTETS; i++)
            g_string_append_c(text, 'x');
        g_string_append_c(text, '\n');
    }
    if (n_octets == 0)
        g_string_append(text, "Hola.\n");
    if (g_strv_length(words) == 3 && g_str_equal(words[1], "as"))
        errand.from = words[2];
    errand.to = recipients;
    errand.text = text->str;
    mailsim_lab_send(lab, &errand);
    ck_assert(mailsim_lab_run(lab, NULL));
}

static void
free_reply(gpointer reply)
{
    g_ptr_array_unref(reply);
}

static GPtrArray *
talk(MailsimLab *lab, const GPtrArray *lines)
{
    GPtrArray *replies = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) heard = g_ptr_array_new_with_free_func(free_reply);
    MailsimSpan nowhere = {0};
    MailsimEndpoint *endpoint =
        mailsim_endpoint_new("mail.iesgn.example", 25, MAILSIM_ENDPOINT_CLEAR, &nowhere);
    const MailsimTalk talk = {
        .by = "stranger", .endpoint = endpoint, .lines = lines, .heard = heard};

    if (lines->len > 0) {
        mailsim_lab_talk(lab, &talk);
        ck_assert(mailsim_lab_run(lab, NULL));
    }
    mailsim_endpoint_free(endpoint);
    for (guint i = 1; i < heard->len; i++) {
        const GPtrArray *reply = g_ptr_array_index(heard, i);

        for (guint j = 0; j < reply->len; j++)
            g_ptr_array_add(replies, g_strdup(g_ptr_array_index(reply, j)));
    }
    return replies;
}

/* ---- what was seen, with names for what differs each time -------------------------------- */

/* The ids of messages with a sender, in the order in which they were first heard of. Bounces
 * are not compared here. */
static GPtrArray *
list_ids(const MailsimRecording *recording)
{
    GPtrArray *ids = g_ptr_array_new();
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);
        char *id = event->kind == MAILSIM_EVENT_QUEUED   ? event->queued.queue_id
                   : event->kind == MAILSIM_EVENT_STATUS ? event->status.queue_id
                                                         : NULL;

        if (id == NULL || !g_hash_table_add(known, id))
            continue;
        if (event->kind != MAILSIM_EVENT_QUEUED || event->queued.sender[0] != '\0')
            g_ptr_array_add(ids, id);
    }
    return ids;
}

#define DATE                                                                                   \
    "[A-Z][a-z]{2}, +\\d+ [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d [+-]\\d{4} \\([A-Z]+\\)"

static char *
name(const GPtrArray *ids, const char *text)
{
    g_autoptr(GRegex) date = g_regex_new(DATE, 0, 0, NULL);
    g_autoptr(GRegex) stamp = g_regex_new("\\d{14}\\.<id", 0, 0, NULL);
    g_autofree char *dated = g_regex_replace_literal(date, text, -1, 0, "<date>", 0, NULL);
    GString *named = g_string_new(dated);

    for (guint i = 0; i < ids->len; i++) {
        g_autofree char *id = g_strdup_printf("<id%u>", i + 1);

        g_string_replace(named, g_ptr_array_index(ids, i), id, 0);
    }
    dated = (g_free(dated), g_string_free(named, FALSE));
    return g_regex_replace_literal(stamp, dated, -1, 0, "<stamp>.<id", 0, NULL);
}

/* “F41A240A11: to=<ana@iesgn.example>, relay=local, delay=…, delays=…, dsn=2.0.0, …” without
 * its times; NULL: it is another line, or of another message. */
static char *
read_delivery(const MailsimEvent *event, const char *id)
{
    g_autofree char *begin = g_strconcat(id, ": to=<", NULL);
    g_autoptr(GRegex) delays = NULL;
    g_autofree char *untimed = NULL;

    if (event->kind != MAILSIM_EVENT_LOG || !g_str_has_prefix(event->log.text, begin))
        return NULL;
    delays = g_regex_new(" delay=[^,]*, delays=[^,]*,", 0, 0, NULL);
    untimed = g_regex_replace_literal(delays, event->log.text, -1, 0, "", 0, NULL);
    return g_strconcat(id, untimed + strlen(id) + 1, NULL);
}

/* What never had a queue id is in no log, but on the user's screen. */
static char *
read_screen(const MailsimEvent *event)
{
    return event->kind == MAILSIM_EVENT_STATUS && event->status.queue_id == NULL &&
                   !g_str_equal(event->status.status, "deferred")
               ? g_strdup(event->status.reason)
               : NULL;
}

/* Message by message. */
static GPtrArray *
list_log(const MailsimRecording *recording, const GPtrArray *ids)
{
    GPtrArray *log = g_ptr_array_new_with_free_func(g_free);

    for (guint n = 0; n <= ids->len; n++) {
        const char *id = n > 0 ? g_ptr_array_index(ids, n - 1) : NULL;

        for (guint i = 0; i < recording->events->len; i++) {
            const MailsimEvent *event = g_ptr_array_index(recording->events, i);
            g_autofree char *line = id != NULL ? read_delivery(event, id) : read_screen(event);

            if (line != NULL)
                g_ptr_array_add(log, name(ids, line));
        }
    }
    return log;
}

/* “local: warning: alias database loop for carlos” */
static GPtrArray *
list_remarks(const MailsimRecording *recording)
{
    GPtrArray *remarks = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);
        g_autofree char *remark =
            event->kind == MAILSIM_EVENT_LOG
                ? g_strdup_printf("%s: %s", strrchr(event->log.program, '/') + 1,
                                  event->log.text)
                : NULL;

        if (remark != NULL && is_compared(remark))
            g_ptr_array_add(remarks, hide_id(remark));
    }
    return remarks;
}

static GPtrArray *
list_boxes(const MailsimLab *lab, const GPtrArray *ids)
{
    GPtrArray *boxes = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < G_N_ELEMENTS(users); i++) {
        const GPtrArray *mailbox = mailsim_lab_get_mailbox(lab, "mail", users[i]);

        for (guint j = 0; j < mailbox->len; j++) {
            gsize length;
            g_autoptr(GBytes) whole =
                mailsim_stored_message_join(g_ptr_array_index(mailbox, j));
            const char *content = g_bytes_get_data(whole, &length);
            g_autofree char *text = g_strndup(content, length - 1);
            g_autofree char *named = name(ids, text);
            g_auto(GStrv) lines = g_strsplit(named, "\n", -1);
            GString *box = g_string_new(users[i]);

            for (guint k = 0; lines[k] != NULL; k++)
                g_string_append_printf(box, "\n|%s%s", lines[k][0] != '\0' ? " " : "",
                                       lines[k]);
            g_string_append_c(box, '\n');
            if (strstr(box->str, "\n| Return-Path: <>\n") == NULL)
                g_ptr_array_add(boxes, g_string_free(box, FALSE));
            else
                g_string_free(box, TRUE);
        }
    }
    return boxes;
}

/* ---- comparing --------------------------------------------------------------------------- */

static gint
compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *
join(GPtrArray *texts, gboolean sorted)
{
    GString *whole = g_string_new(NULL);

    if (sorted)
        g_ptr_array_sort(texts, compare_texts);
    for (guint i = 0; i < texts->len; i++)
        g_string_append_printf(whole, "%s\n", (const char *)g_ptr_array_index(texts, i));
    return g_string_free(whole, FALSE);
}

static void
compare(const Section *section, GPtrArray *seen, GPtrArray *recorded, gboolean sorted)
{
    g_autofree char *seen_text = join(seen, sorted);
    g_autofree char *recorded_text = join(recorded, sorted);

    ck_assert_msg(g_str_equal(seen_text, recorded_text), "%s\n--- seen:\n%s--- recorded:\n%s",
                  section->title, seen_text, recorded_text);
}

static gboolean
has_several_recipients(const MailsimRecording *recording, const char *id)
{
    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->kind == MAILSIM_EVENT_QUEUED && g_str_equal(event->queued.queue_id, id))
            return strchr(event->queued.recipients, ',') != NULL;
    }
    return FALSE;
}

/* Recipients of one message are delivered to side by side, in no order that is fixed. */
static void
sort_parallel(const MailsimRecording *recording, const GPtrArray *ids, GPtrArray *log)
{
    for (guint n = 0; n < ids->len; n++) {
        g_autofree char *prefix = g_strdup_printf("<id%u> ", n + 1);
        guint first = 0;
        guint end;

        if (!has_several_recipients(recording, g_ptr_array_index(ids, n)))
            continue;
        while (first < log->len && !g_str_has_prefix(log->pdata[first], prefix))
            first++;
        for (end = first; end < log->len && g_str_has_prefix(log->pdata[end], prefix);)
            end++;
        qsort(log->pdata + first, end - first, sizeof log->pdata[0], compare_texts);
    }
}

/* What sendmail(1) says last is what counts. */
static GPtrArray *
list_recorded_log(const Section *section)
{
    GPtrArray *log = g_ptr_array_new();

    for (guint i = 0; i < section->log->len; i++) {
        const char *line = g_ptr_array_index(section->log, i);

        if (line[0] == '<' || g_str_has_prefix(line, "sendmail: fatal: "))
            g_ptr_array_add(log, (gpointer)line);
    }
    return log;
}

START_TEST(mail_goes_where_the_real_one_took_it)
{
    const Section *section = g_ptr_array_index(sections, (guint)_i);
    g_autoptr(MailsimScenario) scenario = load(section);
    g_autoptr(MailsimRecording) recording = mailsim_recording_new();
    MailsimWorld *world = mailsim_scenario_build_world(scenario, 0);
    g_autoptr(MailsimLab) lab = mailsim_lab_new(recording, world->start_us, 0, NULL);
    g_autoptr(GPtrArray) recorded_log = list_recorded_log(section);
    g_autoptr(GPtrArray) said = NULL;
    g_autoptr(GPtrArray) replies = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) ids = NULL;
    g_autoptr(GPtrArray) log = NULL;
    g_autoptr(GPtrArray) boxes = NULL;
    g_autoptr(GPtrArray) remarks = NULL;

    ck_assert(mailsim_lab_configure(lab, world, NULL));
    for (guint i = 0; i < section->letters->len; i++)
        send_letter(lab, g_ptr_array_index(section->letters, i));
    said = talk(lab, section->lines);
    ids = list_ids(recording);
    for (guint i = 0; i < said->len; i++)
        g_ptr_array_add(replies, name(ids, g_ptr_array_index(said, i)));
    log = list_log(recording, ids);
    boxes = list_boxes(lab, ids);
    compare(section, replies, section->replies, FALSE);
    sort_parallel(recording, ids, log);
    sort_parallel(recording, ids, recorded_log);
    compare(section, log, recorded_log, FALSE);
    remarks = list_remarks(recording);
    compare(section, remarks, section->remarks, FALSE);
    compare(section, boxes, section->boxes, TRUE);
}
END_TEST

int
main(void)
{
    static const char *const files[] = {"aliases.txt", "forward.txt", "virtual.txt",
                                        "mailbox.txt"};
    Suite *suite = suite_create("delivered");
    TCase *tcase = tcase_create("recorded");

    sections = g_ptr_array_new();
    for (guint i = 0; i < G_N_ELEMENTS(files); i++)
        read_sections(files[i]);
    tcase_add_loop_test(tcase, mail_goes_where_the_real_one_took_it, 0, (int)sections->len);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
