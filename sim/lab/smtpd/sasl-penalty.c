/* SPDX-License-Identifier: MIT
 *
 * What guessing passwords costs a client at Dovecot: a wrong one is answered late, and whoever
 * goes on guessing from the same address waits ever longer, even for the right one. Postfix
 * does not wait that long, imap-login and pop3-login do. */
#include "smtpd-private.h"

#include <mailsim/lab/dovecot-conf.h>

/* After this much time without a new failure all is forgotten; it is also the longest wait. */
#define MEMORY_US (15 * MAILSIM_SECOND)

/* How long smtpd(8) waits for Dovecot's answer. */
#define POSTFIX_PATIENCE_US (10 * MAILSIM_SECOND)

/* Of one client: then they are forgotten. */
#define WRONG_MAX 1000

typedef struct {
    guint n_failures;
    MailsimTime last_us;
    GHashTable *wrong; /* all that was: to say it again makes nothing worse, ever */
} Penalty;

static void
free_penalty(gpointer data)
{
    Penalty *penalty = data;

    g_hash_table_unref(penalty->wrong);
    g_free(penalty);
}

GHashTable *
mailsim_sasl_penalties_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_penalty);
}

/* Waited for before the password is looked at. */
static gint64
get_wait(const Penalty *penalty, MailsimTime now_us)
{
    static const gint64 waits_us[] = {0, 4 * MAILSIM_SECOND, 8 * MAILSIM_SECOND, MEMORY_US};

    if (penalty == NULL || now_us - penalty->last_us >= MEMORY_US)
        return 0;
    return waits_us[MIN(penalty->n_failures, G_N_ELEMENTS(waits_us) - 1)];
}

static void
remember(GHashTable *penalties, const char *client, MailsimTime now_us, const char *response)
{
    Penalty *penalty = g_hash_table_lookup(penalties, client);

    if (penalty == NULL) {
        penalty = g_new0(Penalty, 1);
        penalty->wrong = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_insert(penalties, g_strdup(client), penalty);
    } else if (now_us - penalty->last_us >= MEMORY_US) {
        penalty->n_failures = 0;
    }
    if (g_hash_table_size(penalty->wrong) >= WRONG_MAX)
        g_hash_table_remove_all(penalty->wrong);
    if (!g_hash_table_add(penalty->wrong, g_strdup(response != NULL ? response : "")))
        return;
    penalty->n_failures++;
    penalty->last_us = now_us;
}

/* Whoever knows the right one has guessed nothing. */
static void
forgive(GHashTable *penalties, const char *client)
{
    Penalty *penalty = g_hash_table_lookup(penalties, client);

    if (penalty != NULL)
        penalty->n_failures = 0;
}

static gint64
give_up(MailsimSaslResult *result, char **text)
{
    g_free(*text);
    *text = g_strdup("Connection lost to authentication server");
    *result = MAILSIM_SASL_UNAVAILABLE;
    return POSTFIX_PATIENCE_US;
}

gint64
mailsim_sasl_get_penalty(const MailsimHost *host, const char *client)
{
    return get_wait(g_hash_table_lookup(host->auth_penalties, client),
                    mailsim_lab_get_now(host->lab));
}

gint64
mailsim_sasl_penalize(const MailsimSaslAttempt *attempt, MailsimSaslResult *result, char **text)
{
    MailsimHost *host = attempt->host;
    MailsimTime judged_us = mailsim_lab_get_now(host->lab) + attempt->wait_us;
    gint64 delay_us = attempt->wait_us;

    if (attempt->judged && *result == MAILSIM_SASL_FAILED) {
        remember(host->auth_penalties, attempt->client, judged_us, attempt->response);
        delay_us += mailsim_dovecot_conf_get_time_us(host->definition, "auth_failure_delay");
    } else if (attempt->judged) {
        forgive(host->auth_penalties, attempt->client);
    }
    return delay_us < POSTFIX_PATIENCE_US || !attempt->by_postfix ? delay_us
                                                                  : give_up(result, text);
}
