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

    compare(tls_case, "log", recorded, seen);
}
