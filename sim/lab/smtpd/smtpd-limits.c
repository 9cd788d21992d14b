/* SPDX-License-Identifier: MIT
 *
 * What smtpd(8) lets a client do at a time, and how often (postconf(5), the
 * smtpd_client_*_limit): anvil(8) counts, here are the limits and what is said beyond them. */
#include "smtpd-private.h"

#include <string.h>

#define UNIT "anvil_rate_time_unit"

typedef struct {
    const char *parameter;
    MailsimAnvilEvent event;
    const char *what;  /* is limited, for the log */
    const char *reply; /* before “Error: ” */
    const char *words; /* after that */
} Rate;

/* clang-format off */
static const Rate rates[] = {
    [MAILSIM_ACT_MAIL] = {
        "smtpd_client_message_rate_limit", MAILSIM_ANVIL_MESSAGES,
        "Message delivery request", "450 4.7.1", "too much mail"},
    [MAILSIM_ACT_RECIPIENT] = {
        "smtpd_client_recipient_rate_limit", MAILSIM_ANVIL_RECIPIENTS,
        "Recipient address", "450 4.7.1", "too many recipients"},
    [MAILSIM_ACT_AUTH] = {
        "smtpd_client_auth_rate_limit", MAILSIM_ANVIL_LOGINS,
        "AUTH command", "450 4.7.1", "too many AUTH commands"},
    [MAILSIM_ACT_TLS_SESSION] = {
        "smtpd_client_new_tls_session_rate_limit", MAILSIM_ANVIL_TLS_SESSIONS,
        "New TLS session", "421 4.7.0", "too many new TLS sessions"},
};
/* clang-format on */

static gint64
get_limit(const MailsimSmtpdLimits *limits, const char *parameter)
{
    return mailsim_host_get_number(limits->host, limits->service, parameter);
}

static MailsimAnvilMoment
get_moment(const MailsimSmtpdLimits *limits)
{
    return (MailsimAnvilMoment){
        .now_us = mailsim_lab_get_now(limits->host->lab),
        .unit_us = mailsim_host_get_time_us(limits->host, NULL, UNIT),
    };
}

/* Of whom the list cannot say anything, that is counted. */
static gboolean
is_excepted(const MailsimSmtpdLimits *limits)
{
    const MailsimListAsker asker = {limits->process, limits->hop,
                                    "smtpd_client_event_limit_exceptions"};
    const char *address = limits->client.address;

    mailsim_host_log_broken_list(limits->host, limits->service, &asker, address);
    return mailsim_host_match_client(limits->host, limits->service, asker.list, address,
                                     NULL) == MAILSIM_LOOKUP_FOUND;
}

static void
log_excess(const MailsimSmtpdLimits *limits, const char *what, guint n_counted)
{
    mailsim_process_log(limits->process, limits->hop,
                        "warning: %s limit exceeded: %u from %s for service %s", what,
                        n_counted, limits->name, limits->service->name);
}

/* ---- connections ------------------------------------------------------------------------- */

/* Without any limit anvil(8) is not asked at all. */
static gboolean
is_anvil_asked(const MailsimSmtpdLimits *limits)
{
    static const char *const parameters[] = {
        "smtpd_client_connection_count_limit",     "smtpd_client_connection_rate_limit",
        "smtpd_client_message_rate_limit",         "smtpd_client_recipient_rate_limit",
        "smtpd_client_new_tls_session_rate_limit", "smtpd_client_auth_rate_limit",
    };

    for (guint i = 0; i < G_N_ELEMENTS(parameters); i++) {
        if (get_limit(limits, parameters[i]) != 0)
            return TRUE;
    }
    return FALSE;
}

static char *
count_connection(MailsimSmtpdLimits *limits)
{
    const MailsimAnvilMoment moment = get_moment(limits);
    const gint64 count_limit = get_limit(limits, "smtpd_client_connection_count_limit");
    const gint64 rate_limit = get_limit(limits, "smtpd_client_connection_rate_limit");
    guint n_connections;
    guint rate;

    if (!is_anvil_asked(limits) || is_excepted(limits))
        return NULL;
    rate = mailsim_anvil_connect(limits->host->anvil, &limits->client, &moment, &n_connections);
    if (count_limit > 0 && n_connections > count_limit)
        log_excess(limits, "Connection concurrency", n_connections);
    else if (rate_limit > 0 && rate > rate_limit)
        log_excess(limits, "Connection rate", rate);
    else
        return NULL;
    return g_strdup_printf(
        "421 4.7.0 %s Error: too many connections from %s",
        mailsim_host_get_parameter(limits->host, limits->service, "myhostname"),
        limits->client.address);
}

void
mailsim_smtpd_limits_forget(MailsimSmtpdLimits *limits)
{
    const MailsimAnvilMoment moment = get_moment(limits);

    mailsim_anvil_disconnect(limits->host->anvil, &limits->client, &moment);
}

static void
count_departure(MailsimSmtpdLimits *limits)
{
    if (is_anvil_asked(limits) && !is_excepted(limits))
        mailsim_smtpd_limits_forget(limits);
}

/* ---- TLS --------------------------------------------------------------------------------- */

/* Before a handshake, which takes time. Whoever wants TLS from the first byte on could not
 * even be told why there is none. */
static char *
judge_request(MailsimSmtpdLimits *limits, MailsimSmtpAct act)
{
    const Rate *row = &rates[MAILSIM_ACT_TLS_SESSION];
    const MailsimAnvilMoment moment = get_moment(limits);
    const gint64 limit = get_limit(limits, row->parameter);
    const gboolean is_wrapped = act == MAILSIM_ACT_WRAPPED;

    if (limit <= 0 || is_excepted(limits) ||
        mailsim_anvil_look_up(limits->host->anvil, &limits->client, row->event, &moment) <=
            limit)
        return NULL;
    mailsim_process_log(
        limits->process, limits->hop, "warning: Refusing %s request from %s for service %s",
        is_wrapped ? "TLS service" : "STARTTLS", limits->name, limits->service->name);
    return is_wrapped
               ? g_strdup("")
               : g_strdup_printf("454 4.7.0 Error: %s from %s", row->words, limits->name);
}

/* ---- rates ------------------------------------------------------------------------------- */

/* With 421 it says who it is; of TLS, the client's name as well. */
static char *
dup_refusal(const MailsimSmtpdLimits *limits, const Rate *row)
{
    const gboolean is_farewell = g_str_has_prefix(row->reply, "421");

    return g_strdup_printf(
        "%s %s%sError: %s from %s", row->reply,
        is_farewell ? mailsim_host_get_parameter(limits->host, limits->service, "myhostname")
                    : "",
        is_farewell ? " " : "", row->words,
        row->event == MAILSIM_ANVIL_TLS_SESSIONS ? limits->name : limits->client.address);
}

static char *
count_rate(MailsimSmtpdLimits *limits, const Rate *row)
{
    const MailsimAnvilMoment moment = get_moment(limits);
    const gint64 limit = get_limit(limits, row->parameter);
    g_autofree char *what = g_strconcat(row->what, " rate", NULL);
    guint rate;

    if (limit <= 0 || is_excepted(limits))
        return NULL;
    rate = mailsim_anvil_count(limits->host->anvil, &limits->client, row->event, &moment);
    if (rate <= limit)
        return NULL;
    log_excess(limits, what, rate);
    return dup_refusal(limits, row);
}

char *
mailsim_smtpd_limits_count(MailsimSmtpdLimits *limits, MailsimSmtpAct act)
{
    switch (act) {
    case MAILSIM_ACT_CONNECT:
        return count_connection(limits);
    case MAILSIM_ACT_LEAVE:
        count_departure(limits);
        return NULL;
    case MAILSIM_ACT_WRAPPED:
    case MAILSIM_ACT_STARTTLS:
        return judge_request(limits, act);
    case MAILSIM_ACT_TLS_SESSION:
    case MAILSIM_ACT_AUTH:
    case MAILSIM_ACT_MAIL:
    case MAILSIM_ACT_RECIPIENT:
        return count_rate(limits, &rates[act]);
    }
    g_assert_not_reached();
}
