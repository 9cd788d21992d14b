/* SPDX-License-Identifier: MIT
 *
 * Delivery reports. The words are those of bounce(5)'s built-in templates. */
#include <mailsim/protocol/delivery-report.h>

#include <string.h>

#include <mailsim/protocol/message.h>

#define COLUMNS 79
#define INDENT  4

typedef struct {
    const MailsimDeliveryReport *report;
    char *boundary;
    GString *out;
} Writer;

/* ---- lines ------------------------------------------------------------------------------- */

/* Blanks at its end are lost. */
static void
append_line(GString *out, int indent, const char *text, gsize length)
{
    while (length > 0 && g_ascii_isspace(text[length - 1]))
        length--;
    g_string_append_printf(out, "%*s", indent, "");
    g_string_append_len(out, text, (gssize)length);
    g_string_append_c(out, '\n');
}

/* Broken at blanks, and only there: a word that is too long stands alone on a line that is. */
static void
append_wrapped(GString *out, const char *text)
{
    const char *line = text;
    const char *word = text;
    gssize room = COLUMNS;
    int indent = 0;

    while (word != NULL) {
        const char *end = word + strcspn(word, " \t");

        if (word > line && end - line > room) {
            append_line(out, indent, line, (gsize)(word - line));
            line = word + strspn(word, " \t");
            indent = INDENT;
            room = COLUMNS - INDENT;
        }
        word = *end != '\0' ? end + 1 : NULL;
    }
    append_line(out, indent, line, strlen(line));
}

G_GNUC_PRINTF(2, 3)
static void
append_field(GString *out, const char *format, ...)
{
    g_autofree char *field = NULL;
    va_list arguments;

    va_start(arguments, format);
    field = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    append_wrapped(out, field);
}

/* ---- the header -------------------------------------------------------------------------- */

static const char *
get_subject(const MailsimDeliveryReport *report)
{
    switch (report->kind) {
    case MAILSIM_REPORT_FAILURE:
        return report->for_postmaster ? "Postmaster Copy: Undelivered Mail"
                                      : "Undelivered Mail Returned to Sender";
    case MAILSIM_REPORT_DELAY:
        return report->for_postmaster ? "Postmaster Warning: Delayed Mail"
                                      : "Delayed Mail (still being retried)";
    case MAILSIM_REPORT_SUCCESS:
        return "Successful Mail Delivery Report";
    }
    g_assert_not_reached();
}

static void
write_header(Writer *writer)
{
    const MailsimDeliveryReport *report = writer->report;
    g_autofree char *date = mailsim_time_format_rfc5322(report->now_us);

    g_string_append_printf(writer->out,
                           "Date: %s\n"
                           "From: Mail Delivery System <MAILER-DAEMON@%s>\n"
                           "Subject: %s\n"
                           "To: %s\n"
                           "Auto-Submitted: %s\n"
                           "MIME-Version: 1.0\n"
                           "Content-Type: multipart/report; report-type=delivery-status;\n"
                           "\tboundary=\"%s\"\n"
                           "Content-Transfer-Encoding: 8bit\n"
                           "\n"
                           "This is a MIME-encapsulated message.\n",
                           date, report->origin, get_subject(report), report->to,
                           report->for_postmaster ? "auto-generated" : "auto-replied",
                           writer->boundary);
}

/* ---- for people -------------------------------------------------------------------------- */

static const char please_help[] = "For further assistance, please send mail to postmaster.\n"
                                  "\n"
                                  "If you do so, please include this problem report. You can\n"
                                  "delete your own text from the attached returned message.\n"
                                  "\n";

static void
write_explanation(Writer *writer)
{
    const MailsimDeliveryReport *report = writer->report;
    static const char frame[] =
        "####################################################################\n";

    g_string_append_printf(writer->out, "This is the mail system at host %s.\n\n",
                           report->hostname);
    switch (report->kind) {
    case MAILSIM_REPORT_FAILURE:
        g_string_append_printf(writer->out,
                               "I'm sorry to have to inform you that your message could not\n"
                               "be delivered to one or more recipients. It's attached below.\n"
                               "\n%s",
                               please_help);
        break;
    case MAILSIM_REPORT_DELAY:
        g_string_append_printf(
            writer->out,
            "%s# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n%s\n"
            "Your message could not be delivered for more than %" G_GINT64_FORMAT " hour(s).\n"
            "It will be retried until it is %" G_GINT64_FORMAT " day(s) old.\n"
            "\n%s",
            frame, frame, report->warned_after_us / MAILSIM_HOUR,
            report->lifetime_us / MAILSIM_DAY, please_help);
        break;
    case MAILSIM_REPORT_SUCCESS:
        g_string_append(writer->out,
                        "Your message was successfully delivered to the destination(s)\n"
                        "listed below. If the message was delivered to mailbox you will\n"
                        "receive no further notifications. Otherwise you may still receive\n"
                        "notifications of mail delivery errors from other systems.\n"
                        "\n");
        break;
    }
    g_string_append(writer->out, "                   The mail system\n");
}

static void
write_reason(Writer *writer, const MailsimReportRecipient *recipient)
{
    g_string_append_c(writer->out, '\n');
    if (recipient->given != NULL)
        append_field(writer->out, "<%s> (expanded from <%s>): %s", recipient->address,
                     recipient->given, recipient->reason);
    else
        append_field(writer->out, "<%s>: %s", recipient->address, recipient->reason);
}

static void
write_text(Writer *writer)
{
    const GPtrArray *recipients = writer->report->recipients;

    g_string_append_printf(writer->out,
                           "\n--%s\n"
                           "Content-Description: Notification\n"
                           "Content-Type: text/plain; charset=utf-8\n"
                           "Content-Transfer-Encoding: 8bit\n"
                           "\n",
                           writer->boundary);
    if (!writer->report->for_postmaster)
        write_explanation(writer);
    for (guint i = 0; i < recipients->len; i++)
        write_reason(writer, g_ptr_array_index(recipients, i));
}

/* ---- for programs ------------------------------------------------------------------------ */

/* The mail system's name as part of a token. */
static char *
dup_mail_name(const MailsimDeliveryReport *report)
{
    return g_strdelimit(g_strdup(report->mail_name), " \t\r\n()<>@,;:\\\".[]", '-');
}

/* RFC 3464 §2.3 */
static void
write_recipient(Writer *writer, const MailsimReportRecipient *recipient)
{
    const MailsimDeliveryReport *report = writer->report;
    g_autofree char *mail_name = dup_mail_name(report);
    const char *type = g_str_is_ascii(recipient->address) ? "rfc822" : "utf-8";

    g_string_append_printf(writer->out, "\nFinal-Recipient: %s; %s\n", type,
                           recipient->address);
    if (recipient->original != NULL)
        g_string_append_printf(writer->out, "Original-Recipient: %s\n", recipient->original);
    g_string_append_printf(writer->out, "Action: %s\nStatus: %s\n", recipient->action,
                           recipient->status);
    if (recipient->remote_mta != NULL)
        append_field(writer->out, "Remote-MTA: dns; %s", recipient->remote_mta);
    if (recipient->remote_reply != NULL)
        append_field(writer->out, "Diagnostic-Code: smtp; %s", recipient->remote_reply);
    else
        append_field(writer->out, "Diagnostic-Code: X-%s; %s", mail_name, recipient->reason);
    if (report->kind == MAILSIM_REPORT_DELAY) {
        g_autofree char *until =
            mailsim_time_format_rfc5322(report->arrived_us + report->lifetime_us);

        g_string_append_printf(writer->out, "Will-Retry-Until: %s\n", until);
    }
}

/* RFC 3464 §2.2 */
static void
write_status(Writer *writer)
{
    const MailsimDeliveryReport *report = writer->report;
    g_autofree char *mail_name = dup_mail_name(report);
    g_autofree char *arrived = mailsim_time_format_rfc5322(report->arrived_us);

    g_string_append_printf(writer->out,
                           "\n--%s\n"
                           "Content-Description: Delivery report\n"
                           "Content-Type: message/%sdelivery-status\n"
                           "\n"
                           "Reporting-MTA: dns; %s\n",
                           writer->boundary, report->utf8 ? "global-" : "", report->hostname);
    if (report->envelope_id != NULL)
        g_string_append_printf(writer->out, "Original-Envelope-Id: %s\n", report->envelope_id);
    g_string_append_printf(writer->out,
                           "X-%s-Queue-ID: %s\n"
                           "X-%s-Sender: %s; %s\n"
                           "Arrival-Date: %s\n",
                           mail_name, report->queue_id, mail_name,
                           g_str_is_ascii(report->sender) ? "rfc822" : "utf-8", report->sender,
                           arrived);
    for (guint i = 0; i < report->recipients->len; i++)
        write_recipient(writer, g_ptr_array_index(report->recipients, i));
}

/* ---- the message ------------------------------------------------------------------------- */

static const char *
get_returned_type(const MailsimDeliveryReport *report)
{
    if (report->headers_only)
        return report->utf8 ? "message/global-headers" : "text/rfc822-headers";
    return report->utf8 ? "message/global" : "message/rfc822";
}

static void
write_returned(Writer *writer)
{
    const MailsimDeliveryReport *report = writer->report;
    gsize length;
    const char *text = g_bytes_get_data(report->message, &length);

    if (report->headers_only)
        length = mailsim_message_get_header_length(report->message);
    g_string_append_printf(
        writer->out,
        "\n--%s\n"
        "Content-Description: %sMessage%s\n"
        "Content-Type: %s\n"
        "Content-Transfer-Encoding: 8bit\n"
        "\n"
        "Return-Path: <%s>\n",
        writer->boundary, report->kind != MAILSIM_REPORT_SUCCESS ? "Undelivered " : "",
        report->headers_only ? " Headers" : "", get_returned_type(report), report->sender);
    g_string_append_len(writer->out, text, (gssize)length);
    if (length > 0 && text[length - 1] != '\n')
        g_string_append_c(writer->out, '\n');
    g_string_append_printf(writer->out, "\n--%s--\n", writer->boundary);
}

GBytes *
mailsim_delivery_report_write(const MailsimDeliveryReport *report)
{
    g_autofree char *boundary =
        g_strdup_printf("%s.%" G_GINT64_FORMAT "/%s", report->queue_id,
                        report->now_us / MAILSIM_SECOND, report->hostname);
    Writer writer = {report, boundary, g_string_new(NULL)};

    write_header(&writer);
    write_text(&writer);
    write_status(&writer);
    write_returned(&writer);
    return g_string_free_to_bytes(writer.out);
}
