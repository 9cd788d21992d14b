/* SPDX-License-Identifier: MIT
 *
 * Running cells, and reading what came of them. */
#include <mailsim/matrix/matrix.h>

#include <string.h>

#include <mailsim/scenario/runner.h>

#include "matrix-private.h"

#define RECIPIENT_USER "bob@"
#define SENDER         "mail"

struct MailsimMatrix {
    MailsimAuthority *authority;
};

MailsimMatrix *
mailsim_matrix_new(GError **error)
{
    g_autoptr(MailsimMatrix) matrix = g_new0(MailsimMatrix, 1);

    matrix->authority = mailsim_authority_new(error);
    return matrix->authority != NULL ? g_steal_pointer(&matrix) : NULL;
}

void
mailsim_matrix_free(MailsimMatrix *matrix)
{
    if (matrix == NULL)
        return;
    mailsim_authority_free(matrix->authority);
    g_free(matrix);
}

MailsimRecording *
mailsim_matrix_record(MailsimMatrix *matrix, const MailsimCell *cell, GError **error)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    char *text = mailsim_cell_dup_scenario(cell);
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, strlen(text));
    MailsimScenario *scenario =
        mailsim_scenario_load_text("matrix.scenario", bytes, diagnostics);
    const MailsimRunOptions options = {.authority = matrix->authority};
    MailsimRecording *recording;

    if (mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) > 0)
        g_error("a cell is no scenario:\n%s\n%s", text,
                mailsim_diagnostics_print(diagnostics, 0));
    recording = mailsim_scenario_run(scenario, &options, diagnostics, error);
    mailsim_scenario_free(scenario);
    return recording;
}

/* ---- what came of it --------------------------------------------------------------------- */

static void
free_attempt(gpointer data)
{
    MailsimAttempt *attempt = data;

    g_free(attempt->trust);
    g_free(attempt->dsn);
    g_free(attempt->reason);
    g_free(attempt->log);
    g_free(attempt->server_saw);
    g_free(attempt);
}

/* The last connection that the sender made after one moment and up to another; NULL: none. What
 * the server saw of all of them is appended to SAW. */
static const MailsimHop *
find_hop(const MailsimRecording *recording,
         MailsimTime after_us,
         MailsimTime until_us,
         GString *saw)
{
    const MailsimHop *last = NULL;

    for (guint i = 0; i < recording->hops->len; i++) {
        const MailsimHop *hop = g_ptr_array_index(recording->hops, i);

        if (!g_str_equal(hop->from, SENDER) || !hop->connected || hop->message != 1 ||
            hop->started_us <= after_us || hop->started_us > until_us)
            continue;
        last = hop;
        if (saw->len > 0)
            g_string_append(saw, " | ");
        matrix_append_server_saw(recording, hop, saw);
    }
    return last;
}

/* What differs from cell to cell and from machine to machine, in the record's words. */
static char *
dup_anonymous(const char *reason, const MailsimRecording *recording)
{
    GString *text = g_string_new(reason);
    const char *id = strstr(text->str, "queued as ");

    if (id != NULL) {
        g_string_truncate(text, (gsize)(id - text->str));
        g_string_append(text, "queued as <queue-id>");
    }
    for (guint i = 0; i < recording->parties->len; i++) {
        const MailsimParty *party = g_ptr_array_index(recording->parties, i);

        g_string_replace(text, party->fqdn, "<host>", 0);
        g_string_replace(text, party->address, "<ip>", 0);
    }
    g_string_replace(text, "<host>:25", "<host>:<port>", 0);
    return g_string_free(text, FALSE);
}

/* As the record says it. */
static const char *
get_outcome(const char *status)
{
    static const char *const outcomes[] = {"deferred", "bounced"};

    for (guint i = 0; i < G_N_ELEMENTS(outcomes); i++) {
        if (g_str_equal(status, outcomes[i]))
            return outcomes[i];
    }
    return "delivered";
}

static MailsimAttempt *
read_attempt(const MailsimRecording *recording,
             const MailsimEvent *event,
             MailsimTime after_us,
             guint number)
{
    g_autoptr(GString) saw = g_string_new(NULL);
    const MailsimHop *hop = find_hop(recording, after_us, event->time_us, saw);
    const gboolean secured = hop != NULL && hop->encrypted;
    MailsimAttempt *attempt = g_new0(MailsimAttempt, 1);

    attempt->number = number;
    attempt->outcome = get_outcome(event->status.status);
    attempt->channel = hop == NULL ? "-" : secured ? "tls" : "plaintext";
    attempt->trust = g_strdup(secured ? hop->trust : "-");
    attempt->dsn = g_strdup(event->status.dsn);
    attempt->reason = dup_anonymous(event->status.reason, recording);
    attempt->server_saw = g_strdup(saw->len > 0 ? saw->str : "-");
    return attempt;
}

static char *
dup_log(const MailsimRecording *recording, guint after, guint until)
{
    GString *log = g_string_new(NULL);

    matrix_append_log(recording, SENDER, after, until, log);
    if (log->len == 0)
        g_string_append_c(log, '-');
    return g_string_free(log, FALSE);
}

GPtrArray *
mailsim_cell_list_attempts(const MailsimCell *cell, const MailsimRecording *recording)
{
    GPtrArray *attempts = g_ptr_array_new_with_free_func(free_attempt);
    MailsimTime after_us = G_MININT64;
    guint after = 0;

    for (guint i = 0; i < recording->events->len && attempts->len < cell->n_attempts; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);
        MailsimAttempt *attempt;

        if (event->kind != MAILSIM_EVENT_STATUS || g_strcmp0(event->party, SENDER) != 0 ||
            !g_str_has_prefix(event->status.recipient, RECIPIENT_USER))
            continue;
        attempt = read_attempt(recording, event, after_us, attempts->len + 1);
        attempt->log = dup_log(recording, after, i);
        g_ptr_array_add(attempts, attempt);
        after_us = event->time_us;
        after = i;
    }
    return attempts;
}
