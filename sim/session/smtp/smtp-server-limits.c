/* SPDX-License-Identifier: MIT
 *
 * What errors cost a client: after some it waits for every answer, after some more it is parted
 * from (postconf(5) smtpd_soft_error_limit, smtpd_hard_error_limit, smtpd_error_sleep_time).
 * The same waiting serves a policy that has to look things up. How much a client may do at all
 * is the policy's affair. */
#include "smtp-server-private.h"

#include <string.h>

static gint64
get_sleep(const MailsimSmtpServer *server)
{
    guint limit = server->options.soft_error_limit;

    return limit > 0 && server->n_errors >= limit ? server->options.error_sleep_us : 0;
}

static void
move_text(GString *from, GString *to)
{
    g_string_append_len(to, from->str, (gssize)from->len);
    g_string_truncate(from, 0);
}

/* One line of what is held back, with all that waited for it, becomes due after REST_US. */
static MailsimWant
rest(MailsimSmtpServer *server, gint64 rest_us)
{
    MailsimSmtpHeld *held = &server->held;
    const char *end = strchr(held->later->str, '\n');
    gsize length = end != NULL ? (gsize)(end - held->later->str) + 1 : held->later->len;

    g_string_append_len(held->due, held->later->str, (gssize)length);
    g_string_erase(held->later, 0, (gssize)length);
    held->rest_us = rest_us;
    return MAILSIM_WANT_REST;
}

/* Is it one error too many? Then no further command is read. */
static gboolean
is_hopeless(const MailsimSmtpServer *server, MailsimWant want)
{
    guint limit = server->options.hard_error_limit;

    return limit > 0 && server->n_errors >= limit && want == MAILSIM_WANT_LINE &&
           server->state == MAILSIM_SMTP_EXPECT_COMMAND;
}

/* What is said goes out when the server waits for its client, not before: with whole commands
 * waiting it goes on, and the answers leave together. */
static gboolean
may_keep_back(const MailsimSmtpServer *server, MailsimWant want)
{
    return want == MAILSIM_WANT_LINE && server->more_waits;
}

/* All that was held back is said now, and WANT wanted; unless there are too many errors. */
static MailsimWant
conclude(MailsimSmtpServer *server, MailsimWant want, GString *out)
{
    move_text(server->held.due, out);
    if (!is_hopeless(server, want))
        return want;
    mailsim_smtp_server_log(server, "too many errors after %s from %s", server->envelope.where,
                            server->options.client);
    g_string_append_printf(server->held.later, "421 4.7.0 %s Error: too many errors\r\n",
                           server->options.hostname);
    server->held.want = MAILSIM_WANT_END;
    if (get_sleep(server) > 0)
        return rest(server, get_sleep(server));
    move_text(server->held.later, out);
    return MAILSIM_WANT_END;
}

/* “550 5.1.1 …”: it refuses, and this one is not forgiven. */
static gboolean
is_error(const MailsimSmtpServer *server, const GString *said)
{
    return said->len > 0 && (said->str[0] == '4' || said->str[0] == '5') && !server->forgiven;
}

/* An error counts after its own reply, and so does a command too many that moves no mail. */
static void
count_error(MailsimSmtpServer *server, const GString *said)
{
    if (is_error(server, said))
        server->n_errors++;
    if (server->junk)
        server->n_errors++;
    server->junk = FALSE;
}

/* “550 5.1.1” becomes “450 4.1.1”, “521” and “501 Syntax” likewise. */
void
mailsim_smtp_server_soften(char *said)
{
    const gsize status = strlen("550 ");

    if (strlen(said) <= status || said[0] != '5')
        return;
    said[0] = '4';
    if (said[status] == '5' && said[status + 1] == '.')
        said[status] = '4';
}

/* A command is obeyed once its answer is no error; STARTTLS, once the handshake is done. */
static void
count_obeyed(MailsimSmtpServer *server, MailsimWant want, const GString *said)
{
    const gboolean obeyed = !is_error(server, said);

    server->forgiven = FALSE;
    if (server->tally == NULL || said->len == 0 || want == MAILSIM_WANT_TLS ||
        server->state != MAILSIM_SMTP_EXPECT_COMMAND)
        return;
    if (obeyed)
        server->tally->n_obeyed++;
    server->tally = NULL;
}

gboolean
mailsim_smtp_server_is_too_much(MailsimSmtpServer *server, MailsimSmtpAct act, GString *out)
{
    g_autofree char *refusal =
        server->policy->count != NULL ? server->policy->count(server->data, act) : NULL;

    if (refusal != NULL && refusal[0] != '\0')
        mailsim_smtp_server_reply(out, refusal);
    return refusal != NULL;
}

MailsimWant
mailsim_smtp_server_settle(MailsimSmtpServer *server, MailsimWant want, GString *out)
{
    gint64 delay_us =
        server->policy->take_delay != NULL ? server->policy->take_delay(server->data) : 0;
    gint64 sleep_us = out->len > 0 ? get_sleep(server) : 0;

    if (server->options.soft_bounce)
        mailsim_smtp_server_soften(out->str);
    count_error(server, out);
    count_obeyed(server, want, out);
    server->held.sleep_us = sleep_us;
    server->held.want = want;
    if (delay_us + sleep_us > 0) {
        move_text(out, server->held.later);
        server->want = rest(server, delay_us + sleep_us);
    } else {
        move_text(out, server->held.due);
        server->want = may_keep_back(server, want) && !is_hopeless(server, want)
                           ? want
                           : conclude(server, want, out);
    }
    if (server->want == MAILSIM_WANT_END)
        mailsim_smtp_server_log_end(server);
    return server->want;
}

MailsimWant
mailsim_smtp_server_go_on(MailsimSmtpServer *server, GString *out)
{
    move_text(server->held.due, out);
    if (server->held.later->len > 0 && server->held.sleep_us > 0) {
        server->want = rest(server, server->held.sleep_us);
    } else {
        move_text(server->held.later, out);
        server->want = conclude(server, server->held.want, out);
    }
    if (server->want == MAILSIM_WANT_END)
        mailsim_smtp_server_log_end(server);
    return server->want;
}
