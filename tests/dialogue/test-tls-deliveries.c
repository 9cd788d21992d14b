/* SPDX-License-Identifier: MIT
 *
 * What a real Postfix made of a server's TLS and of its certificate (recorded/tls), against the
 * lab's: what became of the message at each attempt, in which words, and over which channel. */
#include <string.h>

#include <mailsim/recording/recording.h>

#include "recorded-text.h"
#include "run-suite.h"
#include "scenario-text.h"
#include "tls-case-values.h"
#include "tls-case.h"
#include "tls-log.h"

static GPtrArray *cases;

/* The last connection for the message to the server that EVENT names; NULL: none. */
static const MailsimHop *
find_hop(const MailsimRecording *recording, const MailsimEvent *event)
{
    const MailsimHop *found = NULL;

    for (guint i = 0; i < recording->hops->len; i++) {
        const MailsimHop *hop = g_ptr_array_index(recording->hops, i);
        g_autofree char *address = g_strdup_printf("[%s]", hop->address);

        if (hop->message == 1 && hop->started_us <= event->time_us &&
            g_str_equal(hop->from, "mail") && strstr(event->status.relay, address) != NULL)
            found = hop;
    }
    return found;
}

static TlsAttempt *
describe(const MailsimRecording *recording, const MailsimEvent *event)
{
    TlsAttempt *attempt = g_new0(TlsAttempt, 1);
    const MailsimHop *hop = find_hop(recording, event);
    const gboolean connected = hop != NULL && hop->connected;
    const gboolean secured = connected && hop->trust != NULL;

    attempt->recipient = g_strdup(event->status.recipient);
    attempt->relay = tls_log_mask_addresses(event->status.relay);
    attempt->version = g_strdup(secured ? hop->tls_version : "-");
    attempt->status = g_strdup(event->status.status);
    attempt->dsn = g_strdup(event->status.dsn);
    attempt->reason = tls_log_mask_addresses(event->status.reason);
    attempt->tls = g_strdup(secured ? hop->trust : "-");
    attempt->channel = g_strdup(secured ? "tls" : connected ? "plaintext" : "-");
    return attempt;
}

static GPtrArray *
list_attempts(const MailsimRecording *recording)
{
    GPtrArray *attempts = g_ptr_array_new_with_free_func((GDestroyNotify)tls_attempt_free);

    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->kind == MAILSIM_EVENT_STATUS && event->status.message == 1 &&
            g_str_equal(event->party, "mail"))
            g_ptr_array_add(attempts, describe(recording, event));
    }
    return attempts;
}

/* The next one of that recipient is taken out of SEEN. */
static TlsAttempt *
take_attempt(GPtrArray *seen, const char *recipient)
{
    for (guint i = 0; i < seen->len; i++) {
        const TlsAttempt *attempt = g_ptr_array_index(seen, i);

        if (recipient == NULL || g_str_equal(attempt->recipient, recipient))
            return g_ptr_array_steal_index(seen, i);
    }
    return NULL;
}

static void
compare(const TlsCase *tls_case, const TlsAttempt *recorded, const TlsAttempt *seen)
{
    const struct {
        const char *what;
        const char *recorded;
        const char *seen;
    } fields[] = {
        {"status",  recorded->status,  seen->status },
        {"dsn",     recorded->dsn,     seen->dsn    },
        {"reason",  recorded->reason,  seen->reason },
        {"tls",     recorded->tls,     seen->tls    },
        {"channel", recorded->channel, seen->channel},
        {"relay",   recorded->relay,   seen->relay  },
        {"version", recorded->version, seen->version},
    };

    for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
        ck_assert_msg(fields[i].recorded == NULL ||
                          recorded_text_matches(fields[i].recorded, fields[i].seen),
                      "%s, %s, %s: recorded “%s”, here “%s” (%s %s, %s, %s)", tls_case->file,
                      tls_case->name, fields[i].what, fields[i].recorded, fields[i].seen,
                      seen->status, seen->dsn, seen->tls, seen->reason);
}

/* What check refuses a real Postfix was asked all the same. */
static gboolean
is_refused(const char *text)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(MailsimScenario) scenario =
        mailsim_scenario_load_text("test.scenario", bytes, diagnostics);

    (void)scenario; /* clang takes an autoptr for unused */
    return mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) > 0;
}

/* What tlsproxy(8) writes is not compared: the lab has none, smtp(8) does its TLS itself. */
static gboolean
is_by_proxy(const TlsCase *tls_case)
{
    for (guint i = 0; i < tls_case->log->len; i++)
        if (g_str_has_prefix(g_ptr_array_index(tls_case->log, i), "(tlsproxy) "))
            return TRUE;
    return FALSE;
}

START_TEST(a_server_is_judged_as_a_real_postfix_judges_it)
{
    const TlsCase *tls_case = g_ptr_array_index(cases, (guint)_i);
    g_autofree char *told = NULL;
    g_autofree char *text = tls_case_write_values(tls_case->scenario, tls_case->world);
    g_autofree char *hidden = tls_case_write_values(tls_case->hidden, tls_case->world);
    g_autoptr(MailsimRecording) recording =
        scenario_text_run(is_refused(text) ? hidden : text, &told);
    g_autoptr(GPtrArray) seen = list_attempts(recording);

    ck_assert_msg(tls_case->attempts->len > 0 || seen->len == 0, "%s, %s: nothing is recorded",
                  tls_case->file, tls_case->name);
    for (guint i = 0; i < tls_case->attempts->len; i++) {
        const TlsAttempt *recorded = g_ptr_array_index(tls_case->attempts, i);
        TlsAttempt *attempt = take_attempt(seen, recorded->recipient);

        ck_assert_msg(attempt != NULL, "%s, %s: %u attempts are recorded", tls_case->file,
                      tls_case->name, tls_case->attempts->len);
        compare(tls_case, recorded, attempt);
        tls_attempt_free(attempt);
    }
    if (!is_by_proxy(tls_case))
        tls_log_compare(tls_case, recording);
}
END_TEST

/* Recorded of what the lab passes over, with a word from check. */
/* clang-format off */
static const struct {
    const char *name; /* what the names of cases begin with */
    const char *why;
} passed_over[] = {
    {"smtp_tls_exclude_ciphers = HIGH", "only anonymous ciphers are told from the others"},
    {"smtp_tls_mandatory_exclude_ciphers = HIGH", "the same"},
    {"tls_medium_cipherlist", "no effect"},
    {"smtp_tls_ciphers = null", "the same"},
    {"smtp_tls_scert_verifydepth", "no effect"},
    {"smtpd_tls_fingerprint_digest", "no effect"},
    {"default digest, compatibility_level = 2", "the lab's Debian is at level 3.6"},
    {"smtp_tls_fingerprint_digest = sha-256", "another name for sha256"},
    {"smtp_tls_force_insecure_host_tlsa_lookup = yes, destination signed", "zones below a name"},
    {"a table that is a directory", "the lab has no directories"},
    {"no table type", "check refuses it, and the lab never sees it"},
    {"3 1 1 without data", "a zone file cannot say so"},
    {"3 1 0 without data", "the same"},
    {"3 1 1 with an empty digest", "the same"},
};
/* clang-format on */

static gboolean
is_passed_over(const TlsCase *tls_case)
{
    for (guint i = 0; i < G_N_ELEMENTS(passed_over); i++)
        if (g_str_has_prefix(tls_case->name, passed_over[i].name))
            return TRUE;
    return FALSE;
}

/* Where check says so outright, there is nothing to ask. */
static gboolean
is_unbuilt(const TlsCase *tls_case)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(GBytes) bytes = g_bytes_new(tls_case->scenario, strlen(tls_case->scenario));
    g_autofree char *told = NULL;
    g_autoptr(MailsimScenario) scenario =
        mailsim_scenario_load_text("test.scenario", bytes, diagnostics);

    (void)scenario; /* clang takes an autoptr for unused */
    told = mailsim_diagnostics_print(diagnostics, 100);
    return strstr(told, "not built yet") != NULL || strstr(told, "the lab has no") != NULL;
}

/* What no scenario can say is recorded for whoever teaches the language to. */
static void
drop_what_cannot_be_said(void)
{
    for (guint i = 0; i < cases->len; i++) {
        const TlsCase *tls_case = g_ptr_array_index(cases, i);

        if (tls_case->is_beyond || is_passed_over(tls_case) || is_unbuilt(tls_case))
            g_ptr_array_remove_index(cases, i--);
    }
}

/* FILE: “names.txt”. */
int
main(int n_arguments, char **arguments)
{
    Suite *suite = suite_create("tls-deliveries");
    TCase *tcase = tcase_create("recorded");

    /* Each case makes a laboratory of its own: it needs no process of its own, for which the
     * sanitizers take ten times as long. */
    g_setenv("CK_FORK", "no", TRUE);
    g_assert(n_arguments == 2);
    cases = tls_cases_read(arguments[1]);
    drop_what_cannot_be_said();
    tcase_add_loop_test(tcase, a_server_is_judged_as_a_real_postfix_judges_it, 0,
                        (int)cases->len);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
