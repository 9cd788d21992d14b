/* SPDX-License-Identifier: MIT
 *
 * One client of Dovecot's: who he is, whether his password is right, which mail is his, and
 * what the log has of it. The words between them are the session's. */
#include "dovecot-private.h"

#include "smtpd-private.h"

#include <mailsim/lab/dovecot-conf.h>

struct MailsimDovecot {
    MailsimHost *host;
    const MailsimServiceDefinition *service;
    MailsimHop *hop;
    char *client_address;
    char *session_id;
    MailsimSaslServer *sasl;
    char *mechanism;         /* of the attempt under way */
    gint64 delay_us;         /* that the answer to the last one takes */
    char *user;              /* who has logged in; NULL: nobody yet */
    guint mail_pid;          /* of the process that serves him */
    MailsimMailStore *store; /* his; lent by the host */
    char *tls_problem;       /* NULL: the handshake has not failed, or nobody knows why */
    void (*notice)(gpointer data);
    gpointer notice_data;
    MailsimAppointment *noticing; /* NULL: nothing has changed */
};

/* ---- the log ----------------------------------------------------------------------------- */

/* All of Dovecot's daemons write through one: “dovecot: imap-login: …”. */
static void
write_log(gpointer data, MailsimLoginLog daemon, const char *text)
{
    const MailsimDovecot *dovecot = data;
    const char *protocol = mailsim_protocol_get_name(dovecot->service->protocol);

    if (daemon == MAILSIM_LOGIN_LOG_LOGIN)
        mailsim_host_log_dovecot(dovecot->host, (int)dovecot->hop->index, "%s-login: %s",
                                 protocol, text);
    else
        mailsim_host_log_dovecot(dovecot->host, (int)dovecot->hop->index, "%s(%s)<%u><%s>: %s",
                                 protocol, dovecot->user, dovecot->mail_pid,
                                 dovecot->session_id, text);
}

static gboolean
is_verbose(gpointer data)
{
    const MailsimDovecot *dovecot = data;

    return mailsim_dovecot_conf_get_flag(dovecot->host->definition, "auth_verbose");
}

/* Debian's users are PAM's, which a worker asks. */
static void
log_wrong_password(MailsimDovecot *dovecot)
{
    MailsimHost *host = dovecot->host;
    const char *named = mailsim_sasl_server_get_user(dovecot->sasl);

    if (!is_verbose(dovecot) || named == NULL)
        return;
    if (host->auth_pid == 0) {
        host->auth_pid = mailsim_host_take_pid(host);
        mailsim_host_take_pid(host);
    }
    mailsim_host_log_dovecot(host, (int)dovecot->hop->index,
                             "auth-worker(%u): conn unix:auth-worker (pid=%u,uid=%u): "
                             "auth-worker<%u>: pam(%s,%s,<%s>): pam_authenticate() failed: "
                             "Authentication failure (Password mismatch?)",
                             host->auth_pid + 1, host->auth_pid, 112U, 1U, named,
                             dovecot->client_address, dovecot->session_id);
}

/* ---- passwords --------------------------------------------------------------------------- */

static void
record_login(MailsimDovecot *dovecot, gboolean accepted, const char *user)
{
    MailsimEvent *event =
        mailsim_lab_record(dovecot->host->lab, MAILSIM_EVENT_LOGIN,
                           dovecot->host->definition->name, (int)dovecot->hop->index);

    event->login.mechanism = g_ascii_strup(dovecot->mechanism, -1);
    event->login.judge = g_strdup("dovecot");
    event->login.accepted = accepted;
    if (!accepted)
        return;
    event->login.user = g_strdup(user);
    g_free(dovecot->hop->authenticated_user);
    dovecot->hop->authenticated_user = g_strdup(user);
}

static MailsimSaslResult
conclude(MailsimDovecot *dovecot,
         const char *response,
         gint64 wait_us,
         MailsimSaslResult result,
         char **text)
{
    const gboolean judged =
        result == MAILSIM_SASL_OK || mailsim_sasl_is_wrong_password(result, *text);
    const MailsimSaslAttempt attempt = {
        .host = dovecot->host,
        .client = dovecot->client_address,
        .response = response,
        .wait_us = wait_us,
        .judged = judged,
    };

    dovecot->delay_us = judged || result == MAILSIM_SASL_CONTINUE
                            ? mailsim_sasl_penalize(&attempt, &result, text)
                            : 0;
    if (judged)
        record_login(dovecot, result == MAILSIM_SASL_OK, *text);
    if (judged && result != MAILSIM_SASL_OK)
        log_wrong_password(dovecot);
    return result;
}

static MailsimSaslResult
start_sasl(gpointer data, const char *mechanism, const char *response, char **text)
{
    MailsimDovecot *dovecot = data;
    const gint64 wait_us = mailsim_sasl_get_penalty(dovecot->host, dovecot->client_address);
    MailsimSaslResult result;

    g_free(dovecot->mechanism);
    dovecot->mechanism = g_strdup(mechanism);
    result = mailsim_sasl_server_start(dovecot->sasl, mechanism, response, text);
    return conclude(dovecot, response, wait_us, result, text);
}

static MailsimSaslResult
step_sasl(gpointer data, const char *response, char **text)
{
    MailsimDovecot *dovecot = data;
    MailsimSaslResult result = mailsim_sasl_server_step(dovecot->sasl, response, text);

    return conclude(dovecot, response, 0, result, text);
}

static gint64
take_delay(gpointer data)
{
    MailsimDovecot *dovecot = data;
    const gint64 delay_us = dovecot->delay_us;

    dovecot->delay_us = 0;
    return delay_us;
}

static const char *
get_user(gpointer data)
{
    return mailsim_sasl_server_get_user(((const MailsimDovecot *)data)->sasl);
}

/* ---- the user's mail --------------------------------------------------------------------- */

static void
tell(gpointer data)
{
    MailsimDovecot *dovecot = data;

    dovecot->noticing = NULL;
    dovecot->notice(dovecot->notice_data);
}

/* The session that has changed something may still be speaking: it hears of it behind that. */
static void
notice_change(gpointer data)
{
    MailsimDovecot *dovecot = data;

    if (dovecot->noticing == NULL)
        dovecot->noticing =
            mailsim_schedule_add(dovecot->host->lab->schedule, 0, tell, dovecot, NULL);
}

/* dovecot.conf mail_max_userip_connections: counted for each protocol. */
static guint
count_connections(const MailsimDovecot *dovecot, const char *user)
{
    guint count = 0;

    for (guint i = 0; i < dovecot->host->readers->len; i++) {
        const MailsimDovecot *other = g_ptr_array_index(dovecot->host->readers, i);

        count += other->service->protocol == dovecot->service->protocol &&
                 g_str_equal(other->user, user) &&
                 g_str_equal(other->client_address, dovecot->client_address);
    }
    return count;
}

static MailsimMailStore *
open_mail(gpointer data, const char *user, guint *pid)
{
    MailsimDovecot *dovecot = data;
    MailsimHost *host = dovecot->host;
    const guint limit =
        mailsim_dovecot_conf_get_number(host->definition, "mail_max_userip_connections");
    g_auto(MailsimMailLocation) location = {0};

    if (limit > 0 && count_connections(dovecot, user) >= limit) {
        *pid = limit;
        return NULL;
    }
    dovecot->user = g_strdup(user);
    dovecot->mail_pid = mailsim_host_take_pid(host);
    *pid = dovecot->mail_pid;
    mailsim_host_find_mail(host, user, &location);
    dovecot->store = mailsim_host_open_mail(host, &location);
    mailsim_mail_store_watch(dovecot->store, notice_change, dovecot);
    g_ptr_array_add(host->readers, dovecot);
    return dovecot->store;
}

/* ---- the session ------------------------------------------------------------------------- */

static MailsimTime
get_now(gpointer data)
{
    return mailsim_lab_get_now(((const MailsimDovecot *)data)->host->lab);
}

static const char *
get_tls_problem(gpointer data)
{
    return ((const MailsimDovecot *)data)->tls_problem;
}

void
mailsim_dovecot_note_tls_failure(MailsimDovecot *dovecot, const MailsimTlsFailure *failure)
{
    g_free(dovecot->tls_problem);
    dovecot->tls_problem = mailsim_openssl_describe_failure(failure, TRUE);
}

static const MailsimLoginPolicy policy = {
    .sasl_start = start_sasl,
    .sasl_step = step_sasl,
    .take_delay = take_delay,
    .get_user = get_user,
    .open = open_mail,
    .get_now = get_now,
    .log = write_log,
    .is_verbose = is_verbose,
    .get_tls_problem = get_tls_problem,
};

static MailsimSession *
create_imap(MailsimDovecot *dovecot, const MailsimLoginOptions *login)
{
    MailsimImapLoginOptions options = {.login = *login};

    mailsim_dovecot_read_imap(dovecot->host, &options.server);
    return mailsim_imap_login_new(&options, &policy, dovecot);
}

static MailsimSession *
create_pop3(MailsimDovecot *dovecot, const MailsimLoginOptions *login)
{
    MailsimPop3LoginOptions options = {.login = *login};

    mailsim_dovecot_read_pop3(dovecot->host, &options.server);
    return mailsim_pop3_login_new(&options, &policy, dovecot);
}

MailsimSession *
mailsim_dovecot_create_session(MailsimDovecot *dovecot,
                               void (*notice)(gpointer data),
                               gpointer data)
{
    MailsimLoginOptions options = {
        .rip = dovecot->client_address,
        .lip = dovecot->hop->address,
        .session_id = dovecot->session_id,
        .mechanisms = mailsim_sasl_server_get_mechanisms(dovecot->sasl),
    };

    dovecot->notice = notice;
    dovecot->notice_data = data;
    mailsim_dovecot_read_login(dovecot->host, dovecot->service, dovecot->client_address,
                               &options);
    return dovecot->service->protocol == MAILSIM_PROTOCOL_IMAP ? create_imap(dovecot, &options)
                                                               : create_pop3(dovecot, &options);
}

/* ---- life -------------------------------------------------------------------------------- */

/* Dovecot makes it of the time and the client's address and port; here it stands for the
 * connection, and is the same in every run. */
static char *
dup_session_id(const MailsimHop *hop)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *text = g_strdup_printf("%u %s", hop->index, hop->from);
    guint8 digest[32];
    gsize length = sizeof digest;

    g_checksum_update(checksum, (const guchar *)text, -1);
    g_checksum_get_digest(checksum, digest, &length);
    return g_base64_encode(digest, 12);
}

MailsimDovecot *
mailsim_dovecot_new(MailsimHost *host,
                    const MailsimServiceDefinition *service,
                    const char *client_address,
                    MailsimHop *hop)
{
    MailsimDovecot *dovecot = g_new0(MailsimDovecot, 1);

    dovecot->host = host;
    dovecot->service = service;
    dovecot->hop = hop;
    dovecot->client_address = g_strdup(client_address);
    dovecot->session_id = dup_session_id(hop);
    dovecot->sasl = mailsim_sasl_server_new(host, MAILSIM_SASL_DOVECOT);
    return dovecot;
}

void
mailsim_dovecot_free(MailsimDovecot *dovecot)
{
    if (dovecot == NULL)
        return;

    mailsim_schedule_cancel(dovecot->noticing);
    if (dovecot->store != NULL) {
        mailsim_mail_store_unwatch(dovecot->store, notice_change, dovecot);
        g_ptr_array_remove_fast(dovecot->host->readers, dovecot);
    }
    mailsim_sasl_server_free(dovecot->sasl);
    g_free(dovecot->client_address);
    g_free(dovecot->session_id);
    g_free(dovecot->mechanism);
    g_free(dovecot->user);
    g_free(dovecot->tls_problem);
    g_free(dovecot);
}
