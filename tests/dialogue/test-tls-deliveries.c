/* SPDX-License-Identifier: MIT
 *
 * What a real Postfix made of a server's TLS and of its certificate (recorded/tls), against the
 * lab's: what became of the message at each attempt, in which words, and over which channel. */
#include <mailsim/recording/recording.h>

#include "recorded-text.h"
#include "run-suite.h"
#include "scenario-text.h"
#include "tls-case.h"

static GPtrArray *cases;

static char *
mask_addresses(const char *text)
{
    g_autoptr(GRegex) addresses = g_regex_new("\\[[0-9]+(\\.[0-9]+){3}\\]", 0, 0, NULL);

    return g_regex_replace_literal(addresses, text, -1, 0, "[<ip>]", 0, NULL);
}

/* HOP: the last that was opened for it; NULL: none. */
static TlsAttempt *
describe(const MailsimEvent *event, const MailsimHop *hop)
{
    TlsAttempt *attempt = g_new0(TlsAttempt, 1);
    const gboolean connected = hop != NULL && hop->connected;

    attempt->status = g_strdup(event->status.status);
    attempt->dsn = g_strdup(event->status.dsn);
    attempt->reason = mask_addresses(event->status.reason);
    attempt->tls = g_strdup(connected && hop->trust != NULL ? hop->trust : "-");
    attempt->channel = g_strdup(!connected ? "-" : hop->trust != NULL ? "tls" : "plaintext");
    return attempt;
}

static GPtrArray *
list_attempts(const MailsimRecording *recording)
{
    GPtrArray *attempts = g_ptr_array_new_with_free_func((GDestroyNotify)tls_attempt_free);
    const MailsimHop *hop = NULL;

    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->hop >= 0) {
            const MailsimHop *seen = g_ptr_array_index(recording->hops, (guint)event->hop);

            if (g_str_equal(seen->from, "mail") && seen->message == 1)
                hop = seen;
        }
        if (event->kind != MAILSIM_EVENT_STATUS || event->status.message != 1 ||
            !g_str_equal(event->party, "mail"))
            continue;
        g_ptr_array_add(attempts, describe(event, hop));
        hop = NULL;
    }
    return attempts;
}

static void
compare(const TlsCase *tls_case,
        guint number,
        const TlsAttempt *recorded,
        const TlsAttempt *seen)
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
    };

    for (guint i = 0; i < G_N_ELEMENTS(fields); i++)
        ck_assert_msg(recorded_text_matches(fields[i].recorded, fields[i].seen),
                      "%s, %s, attempt %u, %s: recorded “%s”, here “%s” (%s %s, %s, %s)",
                      tls_case->file, tls_case->name, number, fields[i].what,
                      fields[i].recorded, fields[i].seen, seen->status, seen->dsn, seen->tls,
                      seen->reason);
}

START_TEST(a_server_is_judged_as_a_real_postfix_judges_it)
{
    const TlsCase *tls_case = g_ptr_array_index(cases, (guint)_i);
    g_autofree char *told = NULL;
    g_autoptr(MailsimRecording) recording = scenario_text_run(tls_case->scenario, &told);
    g_autoptr(GPtrArray) seen = list_attempts(recording);

    ck_assert_msg(tls_case->attempts->len == 0 ? seen->len == 0
                                               : seen->len >= tls_case->attempts->len,
                  "%s, %s: %u attempts, recorded %u", tls_case->file, tls_case->name, seen->len,
                  tls_case->attempts->len);
    for (guint i = 0; i < tls_case->attempts->len; i++)
        compare(tls_case, i + 1, g_ptr_array_index(tls_case->attempts, i),
                g_ptr_array_index(seen, i));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("tls-deliveries");
    TCase *tcase = tcase_create("recorded");

    cases = tls_cases_read();
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, a_server_is_judged_as_a_real_postfix_judges_it, 0,
                        (int)cases->len);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
