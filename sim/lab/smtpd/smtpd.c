/* SPDX-License-Identifier: MIT
 *
 * smtpd(8) of one connection: what main.cf and master.cf make of the session's options, and the
 * policy behind it: restrictions, Dovecot's verdict on passwords, and cleanup(8). */
#include "queue-private.h"

#include <string.h>

#include <mailsim/lab/main-cf.h>
#include <mailsim/settings/expansion.h>

struct MailsimSmtpd {
    MailsimHost *host;
    const MailsimServiceDefinition *service;
    MailsimHop *hop;
    MailsimProcess *process;
    MailsimSmtpdTlsLog *tls_log;
    char *client_address;
    const char *client_name; /* as it was when the client connected */
    char *client;            /* both: “unknown[198.51.100.7]” */
    MailsimSaslServer *sasl;
    MailsimRewriter rewriter;
    char *login_mechanism;
    char *afterwards;      /* to be logged behind the next line; NULL: nothing */
    gboolean held;         /* the message under way: HOLD has been logged */
    char *tls_problem;     /* NULL: the handshake has not failed, or nobody knows why */
    MailsimTime mail_us;   /* when the last MAIL FROM came */
    char *queue_id;        /* of the message under way; NULL: none yet */
    MailsimTime opened_us; /* when it got that */
    gint64 delay_us;       /* what the restrictions have waited for since the last reply */
    MailsimRestrictionMemory memory;
    MailsimSmtpdLimits limits;
};

/* ---- settings ---------------------------------------------------------------------------- */

static char *
dup_parameter(const MailsimSmtpd *smtpd, const char *name)
{
    return mailsim_host_dup_parameter(smtpd->host, smtpd->service, name);
}

static MailsimSaslType
get_sasl_type(const MailsimSmtpd *smtpd)
{
    g_autofree char *type = dup_parameter(smtpd, "smtpd_sasl_type");

    return g_str_equal(type, "dovecot") ? MAILSIM_SASL_DOVECOT : MAILSIM_SASL_CYRUS;
}

void
mailsim_smtpd_record_fatal(const MailsimSmtpd *smtpd, const char *words)
{
    MailsimEvent *event =
        mailsim_lab_record(smtpd->host->lab, MAILSIM_EVENT_FINDING,
                           smtpd->host->definition->name, (int)smtpd->hop->index);

    event->finding.rule = g_strdup("smtpd-fatal");
    event->finding.text = g_strdup_printf("fatal: %s", words);
    mailsim_process_die(smtpd->process, (int)smtpd->hop->index, words);
}

/* ---- the policy -------------------------------------------------------------------------- */

static MailsimRestrictionQuery
make_query(MailsimSmtpd *smtpd,
           const MailsimSmtpEnvelope *envelope,
           MailsimSmtpStage stage,
           const char *subject)
{
    MailsimRestrictionQuery query = {
        .host = smtpd->host,
        .service = smtpd->service,
        .hop = smtpd->hop,
        .client_address = smtpd->client_address,
        .client_name = smtpd->client_name,
        .envelope = envelope,
        .stage = stage,
        .subject = subject,
        .process = smtpd->process,
        .queue_id = smtpd->queue_id,
        .afterwards = &smtpd->afterwards,
        .held = &smtpd->held,
        .mail_us = smtpd->mail_us,
        .opened_us = smtpd->opened_us,
        .delay_us = &smtpd->delay_us,
        .memory = &smtpd->memory,
    };

    return query;
}

/* postconf(5) smtpd_delay_open_until_valid_rcpt: a message gets its queue id with the first
 * recipient that is accepted. */
static void
open_message(MailsimSmtpd *smtpd, const MailsimSmtpEnvelope *envelope)
{
    g_autoptr(GString) login = g_string_new(NULL);

    smtpd->opened_us = mailsim_lab_get_now(smtpd->host->lab);
    smtpd->queue_id = mailsim_cleanup_new_queue_id(smtpd->host);
    if (envelope->user != NULL)
        g_string_append_printf(login, ", sasl_method=%s, sasl_username=%s", envelope->mechanism,
                               envelope->user);
    mailsim_process_log(smtpd->process, (int)smtpd->hop->index, "%s: client=%s%s",
                        smtpd->queue_id, smtpd->client, login->str);
}

static char *
check(gpointer data,
      MailsimSmtpStage stage,
      const MailsimSmtpEnvelope *envelope,
      const char *subject)
{
    MailsimSmtpd *smtpd = data;
    MailsimRestrictionQuery query = make_query(smtpd, envelope, stage, subject);
    char *refusal = mailsim_restrictions_check(&query);

    if (stage == MAILSIM_STAGE_MAIL)
        smtpd->mail_us = mailsim_lab_get_now(smtpd->host->lab);
    if (stage == MAILSIM_STAGE_RCPT && refusal == NULL && smtpd->queue_id == NULL)
        open_message(smtpd, envelope);
    return refusal;
}

static void
write_log(gpointer data, const char *text)
{
    MailsimSmtpd *smtpd = data;
    g_autofree char *afterwards = g_steal_pointer(&smtpd->afterwards);

    mailsim_process_log(smtpd->process, (int)smtpd->hop->index, "%s", text);
    if (afterwards != NULL)
        mailsim_process_log(smtpd->process, (int)smtpd->hop->index, "%s", afterwards);
}

static const char *
get_queue_id(gpointer data)
{
    return ((const MailsimSmtpd *)data)->queue_id;
}

static gint64
take_delay(gpointer data)
{
    MailsimSmtpd *smtpd = data;
    gint64 delay_us = smtpd->delay_us;

    smtpd->delay_us = 0;
    return delay_us;
}

static gboolean
find_mechanisms(gpointer data)
{
    MailsimSmtpd *smtpd = data;

    if (mailsim_main_cf_is_sasl_answered(smtpd->host->definition, smtpd->service))
        return TRUE;
    mailsim_process_log(
        smtpd->process, (int)smtpd->hop->index,
        "warning: SASL: Connect to Dovecot auth socket '%s' failed: No such file "
        "or directory",
        mailsim_host_get_parameter(smtpd->host, smtpd->service, "smtpd_sasl_path"));
    mailsim_smtpd_record_fatal(smtpd, "no SASL authentication mechanisms");
    smtpd->delay_us += mailsim_smtpd_throttle(smtpd->host, smtpd->service, smtpd->delay_us);
    return FALSE;
}

/* The members of such a list are words, capitals or not, and tables. */
static gboolean
lists_command(gpointer data, MailsimSmtpCommandList list, const char *verb)
{
    MailsimSmtpd *smtpd = data;
    g_autofree char *value =
        dup_parameter(smtpd, list == MAILSIM_COMMANDS_NOOP ? "smtpd_noop_commands"
                                                           : "smtpd_forbidden_commands");
    g_auto(GStrv) members = mailsim_expansion_split(value);

    for (guint i = 0; members[i] != NULL; i++) {
        if (g_ascii_strcasecmp(members[i], verb) == 0)
            return TRUE;
        if (strchr(members[i], ':') != NULL &&
            mailsim_host_look_up(smtpd->host, members[i], verb, NULL) == MAILSIM_LOOKUP_FOUND)
            return TRUE;
    }
    return FALSE;
}

/* postconf(5) fast_flush_domains */
static char *
flush(gpointer data, const char *domain)
{
    MailsimSmtpd *smtpd = data;

    switch (
        mailsim_host_match_domain(smtpd->host, smtpd->service, "fast_flush_domains", domain)) {
    case MAILSIM_LOOKUP_FOUND:
        return g_strdup("250 Queuing started");
    case MAILSIM_LOOKUP_ERROR:
        return g_strdup("458 Unable to queue messages");
    case MAILSIM_LOOKUP_NOT_FOUND:
        break;
    }
    return NULL;
}

/* What is not finished leaves nothing behind. */
static void
forget_transaction(gpointer data)
{
    MailsimSmtpd *smtpd = data;

    smtpd->held = FALSE;
    g_clear_pointer(&smtpd->queue_id, g_free);
}

/* Was a password looked at? */
static gboolean
is_judged(MailsimSaslResult result, const char *text)
{
    return result == MAILSIM_SASL_OK || mailsim_sasl_is_wrong_password(result, text);
}

/* What Dovecot does not know, or what is no base64, is answered at once. */
static gboolean
is_nonsense(MailsimSaslResult result, const char *text)
{
    return result == MAILSIM_SASL_FAILED && !is_judged(result, text);
}

static void
record_login(MailsimSmtpd *smtpd, gboolean accepted, const char *user)
{
    MailsimEvent *event =
        mailsim_lab_record(smtpd->host->lab, MAILSIM_EVENT_LOGIN, smtpd->host->definition->name,
                           (int)smtpd->hop->index);

    event->login.mechanism = g_ascii_strup(smtpd->login_mechanism, -1);
    event->login.judge =
        g_strdup(get_sasl_type(smtpd) == MAILSIM_SASL_DOVECOT ? "dovecot" : "cyrus");
    event->login.accepted = accepted;
    if (accepted) {
        event->login.user = g_strdup(user);
        g_free(smtpd->hop->authenticated_user);
        smtpd->hop->authenticated_user = g_strdup(user);
    }
}

/* Dovecot names the user when it has looked at a password. */
static void
log_failed_login(const MailsimSmtpd *smtpd, const char *user, const char *reason)
{
    const char *complaint = mailsim_sasl_server_get_complaint(smtpd->sasl);

    if (complaint != NULL)
        mailsim_process_log(smtpd->process, (int)smtpd->hop->index,
                            "warning: SASL authentication failure: %s", complaint);
    mailsim_process_log(smtpd->process, (int)smtpd->hop->index,
                        "warning: %s: SASL %s authentication failed: %s, sasl_username=%s",
                        smtpd->client, smtpd->login_mechanism, reason,
                        user != NULL ? user : "(unavailable)");
}

static MailsimSaslResult
conclude(MailsimSmtpd *smtpd,
         const char *response,
         gint64 wait_us,
         MailsimSaslResult result,
         char **text)
{
    const MailsimSaslAttempt attempt = {
        .host = smtpd->host,
        .client = smtpd->client_address,
        .response = response,
        .wait_us = wait_us,
        .judged = is_judged(result, *text),
        .by_postfix = TRUE,
    };

    if (get_sasl_type(smtpd) == MAILSIM_SASL_DOVECOT && !is_nonsense(result, *text))
        smtpd->delay_us += mailsim_sasl_penalize(&attempt, &result, text);
    if (result != MAILSIM_SASL_CONTINUE)
        record_login(smtpd, result == MAILSIM_SASL_OK, *text);
    if (result == MAILSIM_SASL_FAILED || result == MAILSIM_SASL_UNAVAILABLE)
        log_failed_login(smtpd, mailsim_sasl_server_get_user(smtpd->sasl), *text);
    return result;
}

static MailsimSaslResult
start_sasl(gpointer data, const char *mechanism, const char *response, char **text)
{
    MailsimSmtpd *smtpd = data;
    MailsimSaslResult result;

    g_free(smtpd->login_mechanism);
    smtpd->login_mechanism = g_strdup(mechanism);
    result = mailsim_sasl_server_start(smtpd->sasl, mechanism, response, text);
    return conclude(smtpd, response,
                    mailsim_sasl_get_penalty(smtpd->host, smtpd->client_address), result, text);
}

static MailsimSaslResult
step_sasl(gpointer data, const char *response, char **text)
{
    MailsimSmtpd *smtpd = data;
    MailsimSaslResult result = mailsim_sasl_server_step(smtpd->sasl, response, text);

    return conclude(smtpd, response, 0, result, text);
}

static char *
take_message(gpointer data,
             const MailsimSmtpEnvelope *envelope,
             GBytes *message,
             char **refusal)
{
    MailsimSmtpd *smtpd = data;
    MailsimRestrictionQuery query =
        make_query(smtpd, envelope, MAILSIM_STAGE_END_OF_MESSAGE, NULL);
    g_autofree char *queue_id = g_steal_pointer(&smtpd->queue_id);

    *refusal = mailsim_cleanup_take_smtp(&query, queue_id, message);
    return *refusal == NULL ? g_steal_pointer(&queue_id) : NULL;
}

/* A TLS session that is resumed is no new one. */
static char *
count(gpointer data, MailsimSmtpAct act)
{
    MailsimSmtpd *smtpd = data;

    if (act == MAILSIM_ACT_TLS_SESSION && mailsim_smtpd_tls_log_is_resumed(smtpd->tls_log))
        return NULL;
    return mailsim_smtpd_limits_count(&smtpd->limits, act);
}

void
mailsim_smtpd_note_tls_failure(MailsimSmtpd *smtpd, const MailsimTlsFailure *failure)
{
    g_free(smtpd->tls_problem);
    smtpd->tls_problem = mailsim_openssl_describe_failure(failure, TRUE);
}

static const char *
get_tls_problem(gpointer data)
{
    return ((const MailsimSmtpd *)data)->tls_problem;
}

static const MailsimSmtpPolicy policy = {
    .count = count,
    .check = check,
    .take_delay = take_delay,
    .sasl_start = start_sasl,
    .sasl_step = step_sasl,
    .lists_command = lists_command,
    .find_mechanisms = find_mechanisms,
    .flush = flush,
    .log = write_log,
    .get_tls_problem = get_tls_problem,
    .get_queue_id = get_queue_id,
    .forget_transaction = forget_transaction,
    .take_message = take_message,
};

/* ---- the daemon -------------------------------------------------------------------------- */

/* With its first client the process has made ready for TLS. */
static void
begin_tls(const MailsimSmtpd *smtpd)
{
    if (!mailsim_process_is_new(smtpd->process) ||
        mailsim_main_cf_get_server_tls(smtpd->host->definition, smtpd->service) ==
            MAILSIM_SERVER_TLS_NONE)
        return;
    if (mailsim_host_get_tls_loglevel(smtpd->host, smtpd->service, "smtpd_tls_loglevel") >= 2)
        mailsim_tls_log_engine(smtpd->process, "server");
    mailsim_tlsmgr_begin(smtpd->host->tlsmgr);
}

MailsimSmtpdTlsLog *
mailsim_smtpd_get_tls_log(const MailsimSmtpd *smtpd)
{
    return smtpd->tls_log;
}

MailsimSmtpd *
mailsim_smtpd_new(MailsimHost *host,
                  const MailsimServiceDefinition *service,
                  const char *client_address,
                  MailsimHop *hop)
{
    MailsimSmtpd *smtpd = g_new0(MailsimSmtpd, 1);

    smtpd->host = host;
    smtpd->service = service;
    smtpd->hop = hop;
    smtpd->client_address = g_strdup(client_address);
    smtpd->client_name = mailsim_dns_get_client_name(host->lab, client_address);
    smtpd->client = g_strdup_printf("%s[%s]", smtpd->client_name, client_address);
    smtpd->process = mailsim_process_start(host, service, "smtpd");
    smtpd->tls_log =
        mailsim_smtpd_tls_log_new(host, service, hop, smtpd->process, smtpd->client);
    begin_tls(smtpd);
    smtpd->limits = (MailsimSmtpdLimits){
        .host = host,
        .service = service,
        .process = smtpd->process,
        .hop = (int)hop->index,
        .name = smtpd->client,
        .client = {.service = service->name, .address = smtpd->client_address},
    };
    mailsim_rewriter_init(&smtpd->rewriter, host);
    smtpd->sasl = mailsim_sasl_server_new(host, get_sasl_type(smtpd));
    return smtpd;
}

void
mailsim_smtpd_free(MailsimSmtpd *smtpd)
{
    if (smtpd == NULL)
        return;

    mailsim_smtpd_limits_forget(&smtpd->limits);
    mailsim_sasl_server_free(smtpd->sasl);
    mailsim_rewriter_clear(&smtpd->rewriter);
    mailsim_restriction_memory_clear(&smtpd->memory);
    mailsim_smtpd_tls_log_free(smtpd->tls_log);
    mailsim_process_end(smtpd->process);
    g_free(smtpd->client);
    g_free(smtpd->client_address);
    g_free(smtpd->login_mechanism);
    g_free(smtpd->afterwards);
    g_free(smtpd->tls_problem);
    g_free(smtpd->queue_id);
    g_free(smtpd);
}

static MailsimSession *
create_serving_session(MailsimSmtpd *smtpd)
{
    g_auto(MailsimSmtpdSettings) settings = {0};

    mailsim_smtpd_settings_read(&settings, smtpd->host, smtpd->service, smtpd->client_address);
    smtpd->delay_us = mailsim_smtpd_get_throttle(smtpd->host, smtpd->service);
    settings.options.client = smtpd->client;
    settings.options.service = smtpd->service->name;
    settings.options.rules = &smtpd->rewriter.rules;
    settings.options.mechanisms = mailsim_sasl_server_get_mechanisms(smtpd->sasl);
    return mailsim_smtp_server_new(&settings.options, &policy, smtpd);
}

MailsimSession *
mailsim_smtpd_create_session(MailsimSmtpd *smtpd)
{
    const char *fatal = mailsim_smtpd_find_fatal(smtpd->host, smtpd->service);
    const int hop = (int)smtpd->hop->index;

    mailsim_smtpd_log_start(smtpd->host, smtpd->service, smtpd->process, hop);
    if (fatal == NULL) {
        mailsim_smtpd_log_client_name(smtpd->host, smtpd->process, hop, smtpd->client_address);
        return create_serving_session(smtpd);
    }
    return mailsim_smtpd_silent_session_new(smtpd, fatal);
}
