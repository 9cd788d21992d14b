/* SPDX-License-Identifier: MIT */
#include "tls-log.h"

#include <string.h>

#include <check.h>

#include "recorded-text.h"
#include "tls-case-values.h"

static char *
replace(const char *text, const char *pattern, const char *by)
{
    g_autoptr(GRegex) regex = g_regex_new(pattern, 0, 0, NULL);

    return g_regex_replace(regex, text, -1, 0, by, 0, NULL);
}

char *
tls_log_mask_addresses(const char *text)
{
    return replace(text, "\\[[0-9]+(\\.[0-9]+){3}\\]", "[<ip>]");
}

/* ---- lines of the log -------------------------------------------------------------------- */

/* What only smtp_tls_loglevel = 2 brings is not compared yet. */
static gboolean
is_of_level_two(const char *line)
{
    static const char of_level_two[] =
        "^(initializing the client-side TLS engine|setting up TLS connection to .*"
        "|SSL3 alert .*|SSL_connect:.*|looking for session .*|save session .*"
        "|DNSSEC-signed TLSA record: .*"
        "|\\S+\\[\\S+\\]:\\d+: (TLS cipher list|SNI hostname|depth=\\d|subject_CN=|matched "
        "peername"
        "|Matched DANE).*)$";

    return g_regex_match_simple(of_level_two, line, 0, 0);
}

static gboolean
is_established(const char *line)
{
    return strstr(line, " TLS connection established to ") != NULL;
}

static gboolean
says_established(const GPtrArray *lines)
{
    for (guint i = 0; i < lines->len; i++)
        if (is_established(g_ptr_array_index(lines, i)))
            return TRUE;
    return FALSE;
}

/* Queue ids, addresses, process ids, and the lines of OpenSSL's sources. */
static char *
mask(const char *line)
{
    g_autofree char *without_id = replace(line, "^[0-9A-F]{8,}: ", "");
    g_autofree char *without_address = tls_log_mask_addresses(without_id);
    g_autofree char *without_pid = replace(without_address, " pid \\d+ ", " pid <pid> ");

    return replace(without_pid, "\\.c:(\\d+|<line>):", ".c:<line>:");
}

static gboolean
is_written_by(const MailsimEvent *event, const char *daemon)
{
    return g_str_has_suffix(event->log.program, daemon);
}

static gboolean
is_of_sender(const TlsCase *tls_case, const MailsimEvent *event)
{
    return event->kind == MAILSIM_EVENT_LOG && g_str_equal(event->party, "mail") &&
           (is_written_by(event, "/smtp") || is_written_by(event, "/tlsproxy") ||
            (!tls_case->is_brief && is_written_by(event, "/master")));
}

/* In a brief file that TLS was established is said where several servers are, up to the
 * server's name. */
static char *
shorten(const TlsCase *tls_case, const MailsimEvent *event)
{
    g_autofree char *line = mask(event->log.text);

    if (tls_case->is_brief && is_established(line)) {
        if (!says_established(tls_case->log))
            return NULL;
        line[strcspn(line, "[")] = '\0';
    }
    return is_written_by(event, "/tlsproxy") ? g_strconcat("(tlsproxy) ", line, NULL)
                                             : g_steal_pointer(&line);
}

static gboolean
is_status(const MailsimEvent *event)
{
    return event->kind == MAILSIM_EVENT_STATUS && event->status.message == 1 &&
           g_str_equal(event->party, "mail");
}

/* The lab may have tried again after the recording ended. */
static gboolean
is_past(const TlsCase *tls_case, guint n_settled)
{
    return tls_case->attempts->len > 0 && n_settled >= tls_case->attempts->len;
}

static GPtrArray *
list_seen(const TlsCase *tls_case, const MailsimRecording *recording)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    guint n_settled = 0;

    for (guint i = 0; i < recording->events->len && !is_past(tls_case, n_settled); i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);
        g_autofree char *line = is_of_sender(tls_case, event) ? shorten(tls_case, event) : NULL;

        if (line != NULL && strstr(line, ", status=") == NULL && !is_of_level_two(line))
            g_ptr_array_add(lines, g_steal_pointer(&line));
        n_settled += is_status(event);
    }
    return lines;
}

static GPtrArray *
list_recorded(const TlsCase *tls_case)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < tls_case->log->len; i++) {
        g_autofree char *written = tls_case_write_logged_values(
            g_ptr_array_index(tls_case->log, i), tls_case->scenario, tls_case->world);

        if (!is_of_level_two(written))
            g_ptr_array_add(lines, mask(written));
    }
    return lines;
}

/* ---- what was asked, and what servers saw ------------------------------------------------ */

/* “dest.example MX dnssec NOERROR ad”; NULL: it was not smtp(8) that asked. */
static char *
describe_question(const MailsimEvent *event)
{
    static const char *const failures[] = {"NXDOMAIN", "SERVFAIL"};
    const char *result = "NOERROR";
    g_auto(GStrv) words = NULL;

    if (event->kind != MAILSIM_EVENT_DNS || !g_str_equal(event->party, "mail") ||
        event->hop >= 0)
        return NULL;
    words = g_strsplit(event->dns.question, " ", 2);
    for (guint i = 0; i < G_N_ELEMENTS(failures); i++)
        if (g_str_has_suffix(event->dns.answer, failures[i]))
            result = failures[i];
    if (g_str_equal(event->dns.answer, "NODATA")) /* with an alias there is something */
        result = "NODATA";
    return g_strdup_printf("%s %s %s%s%s", words[1], words[0],
                           event->dns.asks_signed ? "dnssec " : "", result,
                           event->dns.authenticated ? " ad" : "");
}

static GPtrArray *
list_questions(const TlsCase *tls_case, const MailsimRecording *recording)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    guint n_settled = 0;

    for (guint i = 0; i < recording->events->len && !is_past(tls_case, n_settled); i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);
        char *line = describe_question(event);

        if (line != NULL)
            g_ptr_array_add(lines, line);
        n_settled += is_status(event);
    }
    return lines;
}

/* “ehlo=1 quit=1 commands=2 | …” of HOST, each time that the sender came; “-”: he did not. */
static char *
dup_sums(const MailsimRecording *recording, const char *host)
{
    static const char begins[] = "disconnect from ";
    GString *sums = g_string_new(NULL);

    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->kind == MAILSIM_EVENT_LOG && g_str_equal(event->party, host) &&
            g_str_has_prefix(event->log.text, begins) &&
            strstr(event->log.text, "[203.0.113.25] ") != NULL)
            g_string_append_printf(sums, "%s%s", sums->len > 0 ? " | " : "",
                                   strstr(event->log.text, "] ") + 2);
    }
    if (sums->len == 0)
        g_string_append_c(sums, '-');
    return g_string_free(sums, FALSE);
}

static GPtrArray *
list_sums(const TlsCase *tls_case, const MailsimRecording *recording)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < tls_case->saw->len; i++) {
        const char *line = g_ptr_array_index(tls_case->saw, i);
        g_autofree char *host = g_strndup(line, strcspn(line, " "));
        g_autofree char *sums = dup_sums(recording, host);

        g_ptr_array_add(lines, g_strdup_printf("%s %s", host, sums));
    }
    return lines;
}

/* ---- comparing --------------------------------------------------------------------------- */

static char *
join(GPtrArray *lines)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(text, "    %s\n", (const char *)g_ptr_array_index(lines, i));
    return g_string_free(text, FALSE);
}

static void
compare(const TlsCase *tls_case, const char *what, GPtrArray *recorded, GPtrArray *seen)
{
    g_autofree char *theirs = join(recorded);
    g_autofree char *ours = join(seen);
    gboolean same = recorded->len == seen->len;

    for (guint i = 0; same && i < recorded->len; i++)
        same =
            recorded_text_matches(g_ptr_array_index(recorded, i), g_ptr_array_index(seen, i));
    ck_assert_msg(same, "%s, %s, %s: recorded\n%shere\n%s", tls_case->file, tls_case->name,
                  what, theirs, ours);
}

void
tls_log_compare(const TlsCase *tls_case, const MailsimRecording *recording)
{
    g_autoptr(GPtrArray) recorded = list_recorded(tls_case);
    g_autoptr(GPtrArray) seen = list_seen(tls_case, recording);

    g_autoptr(GPtrArray) questions = list_questions(tls_case, recording);
    g_autoptr(GPtrArray) sums = list_sums(tls_case, recording);

    compare(tls_case, "log", recorded, seen);
    compare(tls_case, "servers saw", tls_case->saw, sums);
    if (tls_case->asked->len > 0)
        compare(tls_case, "asked", tls_case->asked, questions);
}
