/* SPDX-License-Identifier: MIT
 *
 * Every notification that was recorded of a real bounce(8), written again, byte for byte: see
 * tests/dialogue/recorded/notifications.md. */
#include <mailsim/protocol/delivery-report.h>

#include <string.h>

#include "../support/run-suite.h"

#define NOW_US     ((MailsimTime)1782979200 * MAILSIM_SECOND)
#define ARRIVED_US (NOW_US - 7 * MAILSIM_HOUR)
#define LIFETIME   (5 * MAILSIM_DAY)

typedef struct {
    char *title;
    GHashTable *settings;  /* what bounce(8) was given, by its name */
    GPtrArray *recipients; /* of MailsimReportRecipient */
    GPtrArray *blocks;     /* of char *: the whole; or reasons, and recipients */
} Recorded;

static GPtrArray *all;

/* ---- reading ----------------------------------------------------------------------------- */

/* Recordings live as long as the program. What is empty was not given. */
static const char *
keep(const char *part)
{
    return part[0] != '\0' ? g_strdup(part) : NULL;
}

static MailsimReportRecipient *
read_recipient(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, " | ", -1);
    MailsimReportRecipient *recipient = g_new0(MailsimReportRecipient, 1);

    g_assert(g_strv_length(parts) == 8);
    recipient->address = keep(parts[0]);
    recipient->given = keep(parts[1]);
    recipient->original = keep(parts[2]);
    recipient->action = keep(parts[3]);
    recipient->status = keep(parts[4]);
    recipient->reason = keep(parts[5]);
    recipient->remote_mta = keep(parts[6]);
    recipient->remote_reply = keep(parts[7]);
    return recipient;
}

static void
read_settings(Recorded *recorded, const char *block)
{
    g_auto(GStrv) lines = g_strsplit(block, "\n", -1);

    for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++) {
        g_auto(GStrv) pair = g_strsplit(lines[i], ": ", 2);

        g_assert(g_strv_length(pair) == 2);
        if (g_str_equal(pair[0], "recipient"))
            g_ptr_array_add(recorded->recipients, read_recipient(pair[1]));
        else
            g_hash_table_insert(recorded->settings, g_strdup(pair[0]), g_strdup(pair[1]));
    }
}

static Recorded *
read_section(const char *section)
{
    Recorded *recorded = g_new0(Recorded, 1);
    g_auto(GStrv) parts = g_strsplit(section, "\n```\n", -1);

    recorded->title = g_strndup(section, strcspn(section, "\n"));
    recorded->settings = g_hash_table_new(g_str_hash, g_str_equal);
    recorded->recipients = g_ptr_array_new();
    recorded->blocks = g_ptr_array_new();
    read_settings(recorded, parts[1]);
    for (guint i = 3; parts[i] != NULL; i += 2)
        g_ptr_array_add(recorded->blocks, g_strconcat(parts[i], "\n", NULL));
    g_assert(recorded->blocks->len >= 1);
    return recorded;
}

static void
read_all(void)
{
    g_autofree char *path = g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), "tests",
                                             "dialogue", "recorded", "notifications.md", NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) sections = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        g_error("%s cannot be read", path);
    sections = g_strsplit(text, "\n### ", -1);
    all = g_ptr_array_new();
    for (guint i = 1; sections[i] != NULL; i++)
        g_ptr_array_add(all, read_section(sections[i]));
}

/* ---- writing ----------------------------------------------------------------------------- */

static const char *
get(const Recorded *recorded, const char *name, const char *usual)
{
    const char *value = g_hash_table_lookup(recorded->settings, name);

    return value != NULL ? value : usual;
}

static MailsimReportKind
get_kind(const Recorded *recorded)
{
    const char *word = get(recorded, "kind", NULL);

    if (g_str_equal(word, "delay"))
        return MAILSIM_REPORT_DELAY;
    return g_str_equal(word, "success") ? MAILSIM_REPORT_SUCCESS : MAILSIM_REPORT_FAILURE;
}

/* The message that came back, out of what was recorded; a body of its own if none came back. */
static char *
dup_message(const Recorded *recorded)
{
    const char *whole = g_ptr_array_index(recorded->blocks, 0);
    const char *part = recorded->blocks->len == 1
                           ? g_strstr_len(strstr(whole, "\nTo: ") + 1, -1, "\nReturn-Path: ")
                           : NULL;
    const char *start = part != NULL ? strchr(part + 1, '\n') + 1 : "Subject: x\n\n";
    const char *end = g_strrstr(start, "\n\n--");

    return g_strdup_printf("%.*s\n%s", end != NULL ? (int)(end - start) : (int)strlen(start),
                           start, get(recorded, "headers", NULL) != NULL ? "\nHola.\n" : "");
}

static void
replace_time(GString *text, MailsimTime time_us)
{
    g_autofree char *date = mailsim_time_format_rfc5322(time_us);

    g_string_replace(text, date, "<date>", 0);
}

static char *
write_again(const Recorded *recorded)
{
    g_autofree char *message = dup_message(recorded);
    g_autoptr(GBytes) bytes = g_bytes_new(message, strlen(message));
    const MailsimDeliveryReport report = {
        .kind = get_kind(recorded),
        .for_postmaster = get(recorded, "postmaster", NULL) != NULL,
        .headers_only = get(recorded, "headers", NULL) != NULL,
        .to = get(recorded, "to", "ana@iesgn.example"),
        .origin = get(recorded, "origin", "iesgn.example"),
        .hostname = get(recorded, "hostname", "mail.iesgn.example"),
        .mail_name = "Postfix",
        .now_us = NOW_US,
        .queue_id = get(recorded, "id", NULL),
        .sender = get(recorded, "sender", "ana@iesgn.example"),
        .envelope_id = get(recorded, "envelope", NULL),
        .utf8 = get(recorded, "utf8", NULL) != NULL,
        .arrived_us = ARRIVED_US,
        .message = bytes,
        .warned_after_us = 4 * MAILSIM_HOUR,
        .lifetime_us = LIFETIME,
        .recipients = recorded->recipients,
    };
    g_autoptr(GBytes) written = mailsim_delivery_report_write(&report);
    gsize length;
    const char *start = g_bytes_get_data(written, &length);
    GString *text = g_string_new_len(start, (gssize)length);

    replace_time(text, NOW_US);
    replace_time(text, ARRIVED_US);
    replace_time(text, ARRIVED_US + LIFETIME);
    g_string_replace(text, ".1782979200/", ".<seconds>/", 0);
    return g_string_free(text, FALSE);
}

/* Without what cleanup(8) and local(8) added. */
static char *
dup_expected(const char *whole)
{
    const char *start = strstr(whole, "\nDate: ") + 1;
    const char *id = strstr(start, "Message-Id: <<date>.");

    return g_strdup_printf("%.*s%s", (int)(id - start), start, strchr(id, '\n') + 1);
}

START_TEST(a_notification_is_what_postfix_wrote)
{
    const Recorded *recorded = g_ptr_array_index(all, (guint)_i);
    g_autofree char *written = write_again(recorded);

    if (recorded->blocks->len == 1) {
        g_autofree char *expected = dup_expected(g_ptr_array_index(recorded->blocks, 0));

        ck_assert_msg(g_str_equal(written, expected), "%s:\n%s\n--- not\n%s", recorded->title,
                      written, expected);
        return;
    }
    for (guint i = 0; i < recorded->blocks->len; i++) {
        g_autofree char *part =
            g_strdup_printf("\n\n%s\n--", (const char *)g_ptr_array_index(recorded->blocks, i));

        ck_assert_msg(strstr(written, part) != NULL, "%s:\n%s\n--- has no\n%s", recorded->title,
                      written, part);
    }
}
END_TEST

/* ---- what was not recorded --------------------------------------------------------------- */

/* postconf -b, with these times: whole hours and days, cut off. */
START_TEST(times_are_cut_off)
{
    static const struct {
        gint64 warned_after_us;
        gint64 lifetime_us;
        const char *expected;
    } rows[] = {
        {5400 * MAILSIM_SECOND, 2 * MAILSIM_DAY,
         "than 1 hour(s).\nIt will be retried until it is 2 day(s) old.\n" },
        {7199 * MAILSIM_SECOND, 225000 * MAILSIM_SECOND,
         "than 1 hour(s).\nIt will be retried until it is 2 day(s) old.\n" },
        {MAILSIM_HOUR,          1000 * MAILSIM_HOUR,
         "than 1 hour(s).\nIt will be retried until it is 41 day(s) old.\n"},
        {30 * MAILSIM_MINUTE,   30 * MAILSIM_HOUR,
         "than 0 hour(s).\nIt will be retried until it is 1 day(s) old.\n" },
    };
    g_autoptr(GBytes) message = g_bytes_new_static("", 0);
    g_autoptr(GPtrArray) recipients = g_ptr_array_new();
    MailsimReportRecipient recipient = {
        .address = "x@x", .action = "delayed", .status = "4.0.0", .reason = "x"};
    MailsimDeliveryReport report = {
        .kind = MAILSIM_REPORT_DELAY,
        .to = "x",
        .origin = "x",
        .hostname = "x",
        .mail_name = "My Mail.er",
        .queue_id = "1",
        .sender = "x",
        .message = message,
        .recipients = recipients,
    };
    g_autoptr(GBytes) written = NULL;
    const char *text;

    g_ptr_array_add(recipients, &recipient);
    report.warned_after_us = rows[_i].warned_after_us;
    report.lifetime_us = rows[_i].lifetime_us;
    written = mailsim_delivery_report_write(&report);
    text = g_bytes_get_data(written, NULL);
    ck_assert_ptr_nonnull(strstr(text, rows[_i].expected));
    ck_assert_ptr_nonnull(strstr(text, "\nX-My-Mail-er-Queue-ID: 1\n"));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("delivery-report");
    TCase *tcase = tcase_create("recorded");

    read_all();
    tcase_add_loop_test(tcase, a_notification_is_what_postfix_wrote, 0, (int)all->len);
    tcase_add_loop_test(tcase, times_are_cut_off, 0, 4);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
