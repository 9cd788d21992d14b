/* SPDX-License-Identifier: MIT
 *
 * A mail program (MUA): it looks up its outgoing server, connects as its account says, logs in
 * if it has an account, hands over one message, and tells its user how it went. */
#include "host-private.h"

#include <string.h>

#include <mailsim/protocol/message.h>
#include <mailsim/protocol/smtp-reply.h>

/* A hundred seconds for everything, as Thunderbird (mailnews.tcptimeout). */
#define PATIENCE_US (100 * MAILSIM_SECOND)

typedef struct {
    MailsimLab *lab;
    guint message_number;
    MailsimMailProgramDefinition *program;
    GPtrArray *recipients; /* of char * */
    char *sender;
    char *text;
    GBytes *message;
    MailsimTls *tls;
    MailsimSaslLogin *login;
    MailsimSmtpClient *client; /* lives in the connection */
} Submission;

static void
free_submission(Submission *submission)
{
    mailsim_mail_program_definition_free(submission->program);
    g_ptr_array_unref(submission->recipients);
    g_free(submission->sender);
    g_free(submission->text);
    g_bytes_unref(submission->message);
    mailsim_tls_unref(submission->tls);
    mailsim_sasl_login_free(submission->login);
    g_free(submission);
}

char *
mailsim_mail_program_dup_fqdn(MailsimLab *lab, const MailsimMailProgramDefinition *program)
{
    for (guint i = 0; program->user_host != NULL && i < lab->world->hosts->len; i++) {
        const MailsimHostDefinition *host = g_ptr_array_index(lab->world->hosts, i);

        if (g_str_equal(host->name, program->user_host))
            return g_strdup_printf("%s.%s", program->name, host->mailname);
    }
    return g_strdup_printf("%s.example", program->name);
}

/* ---- the end ----------------------------------------------------------------------------- */

/* What the user is told. A refusal by the server is “rejected”; all else that kept the message
 * from being accepted is “failed”: no server took it. */
static void
record_status(const Submission *submission,
              MailsimHop *hop,
              const char *recipient,
              const char *status,
              const char *text)
{
    MailsimEvent *event =
        mailsim_lab_record(submission->lab, MAILSIM_EVENT_STATUS, submission->program->name,
                           hop != NULL ? (int)hop->index : -1);
    gboolean worse = hop != NULL && (hop->status == NULL || g_str_equal(hop->status, "sent"));

    event->status.message = submission->message_number;
    event->status.recipient = g_strdup(recipient);
    event->status.status = g_strdup(status);
    event->status.dsn = mailsim_smtp_reply_dup_dsn(text);
    event->status.reason = g_strdup(text);
    if (!worse)
        return;
    g_free(hop->status);
    g_free(hop->dsn);
    g_free(hop->reply);
    hop->status = g_strdup(status);
    hop->dsn = g_strdup(event->status.dsn);
    hop->reply = g_strdup(text);
}

static const char *
describe_failure(MailsimSmtpFailure failure)
{
    switch (failure) {
    case MAILSIM_SMTP_FAILURE_TLS_NOT_OFFERED:
        return "the server does not offer STARTTLS";
    case MAILSIM_SMTP_FAILURE_TLS_REFUSED:
        return "the server refused to start TLS";
    case MAILSIM_SMTP_FAILURE_TLS_UNAVAILABLE:
    case MAILSIM_SMTP_FAILURE_TLS_HANDSHAKE:
        return "the TLS handshake failed";
    case MAILSIM_SMTP_FAILURE_CERTIFICATE:
        return "the server's certificate is not accepted";
    case MAILSIM_SMTP_FAILURE_AUTH_NOT_OFFERED:
        return "the server offers no login that the program knows";
    case MAILSIM_SMTP_FAILURE_AUTH_BROKEN:
        return "the server's questions make no sense to the program";
    case MAILSIM_SMTP_FAILURE_LOOP:
        return "the server has the program's own name";
    case MAILSIM_SMTP_FAILURE_TOO_LARGE:
        return "the message is larger than the server takes";
    case MAILSIM_SMTP_FAILURE_NO_REPLY:
        return "what came was no answer of a mail server";
    case MAILSIM_SMTP_FAILURE_TIMEOUT:
        return "the server did not answer in time";
    case MAILSIM_SMTP_FAILURE_NONE:
    case MAILSIM_SMTP_FAILURE_REPLY:
    case MAILSIM_SMTP_FAILURE_LOST:
        return "the connection was lost";
    }
    g_assert_not_reached();
}

static void
record_outcome(const Submission *submission, MailsimHop *hop, guint recipient)
{
    const MailsimSmtpOutcome *outcome =
        mailsim_smtp_client_get_outcome(submission->client, recipient);
    MailsimSmtpFailure failure = mailsim_smtp_client_get_failure(submission->client);
    const char *address = g_ptr_array_index(submission->recipients, recipient);

    if (outcome->reply != NULL)
        record_status(submission, hop, address, outcome->reply[0] == '2' ? "sent" : "rejected",
                      outcome->reply);
    else
        record_status(submission, hop, address, "failed", describe_failure(failure));
}

const char *
mailsim_mail_program_describe_end(MailsimConnectionEnd end)
{
    return end == MAILSIM_CONNECTION_REFUSED ? "nobody listens on that port: connection refused"
                                             : "no machine answers at that address";
}

static void
finish(gpointer data, MailsimHop *hop, MailsimConnectionEnd end)
{
    Submission *submission = data;
    const gboolean talked = end == MAILSIM_CONNECTION_OVER;

    if (talked && hop->tls_failure == NULL &&
        mailsim_smtp_client_get_failure(submission->client) ==
            MAILSIM_SMTP_FAILURE_TLS_NOT_OFFERED)
        hop->tls_failure = g_strdup("starttls-not-supported");
    for (guint i = 0; i < submission->recipients->len; i++) {
        if (talked)
            record_outcome(submission, hop, i);
        else
            record_status(submission, hop, g_ptr_array_index(submission->recipients, i),
                          "failed", mailsim_mail_program_describe_end(end));
    }
    if (talked)
        mailsim_listener_search(
            hop, submission->login != NULL ? submission->program->password : NULL,
            submission->text, submission->recipients);
    free_submission(submission);
}

/* ---- the conversation -------------------------------------------------------------------- */

MailsimClientTls
mailsim_mail_program_get_tls(const MailsimEndpoint *endpoint)
{
    switch (endpoint->mode) {
    case MAILSIM_ENDPOINT_CLEAR:
        return MAILSIM_CLIENT_TLS_NONE;
    case MAILSIM_ENDPOINT_STARTTLS_IF_OFFERED:
        return MAILSIM_CLIENT_TLS_IF_OFFERED;
    case MAILSIM_ENDPOINT_STARTTLS:
        return MAILSIM_CLIENT_TLS_REQUIRED;
    case MAILSIM_ENDPOINT_TLS:
        return MAILSIM_CLIENT_TLS_IMPLICIT;
    }
    g_assert_not_reached();
}

MailsimTls *
mailsim_mail_program_ref_tls(MailsimLab *lab)
{
    if (lab->mail_program_tls == NULL) {
        guint n_roots;
        const gnutls_x509_crt_t *roots = mailsim_authority_get_roots(lab->authority, &n_roots);

        lab->mail_program_tls = mailsim_tls_new(MAILSIM_TLS_ROLE_MAIL_PROGRAM, NULL);
        mailsim_tls_trust(lab->mail_program_tls, roots, n_roots);
    }
    return mailsim_tls_ref(lab->mail_program_tls);
}

/* What mail programs call “normal password”. */
static const char *const normal_password[] = {"PLAIN", "LOGIN", NULL};

MailsimSaslLogin *
mailsim_mail_program_new_login(MailsimLab *lab, const MailsimMailProgramDefinition *program)
{
    return program->user != NULL && program->login
               ? mailsim_sasl_login_new(lab, normal_password, program->user, program->password)
               : NULL;
}

gint64
mailsim_mail_program_get_patience(void)
{
    return PATIENCE_US;
}

void
mailsim_mail_program_prepare(MailsimLab *lab,
                             const MailsimMailProgramDefinition *program,
                             const MailsimEndpoint *endpoint,
                             const char *address,
                             MailsimConnectionOptions *options)
{
    options->from = program->name;
    options->from_address = program->address;
    options->from_mail_program = TRUE;
    options->to_fqdn = endpoint->name;
    options->address = address;
    options->port = endpoint->port;
    options->server_name = endpoint->name;
    options->demand.insists = program->check;
    options->demand.names = program->check ? endpoint->name : NULL;
    options->connect_timeout_us = PATIENCE_US;
    options->tls = mailsim_mail_program_ref_tls(lab);
}

static void
converse(Submission *submission, const char *address)
{
    const MailsimMailProgramDefinition *program = submission->program;
    g_autofree char *helo_name = mailsim_mail_program_dup_fqdn(submission->lab, program);
    g_autoptr(GPtrArray) recipients = mailsim_smtp_recipient_list_new();
    MailsimSmtpClientOptions client = {
        .helo_name = helo_name,
        .tls = mailsim_mail_program_get_tls(program->outgoing),
        .sender = submission->sender,
        .recipients = recipients,
        .message = submission->message,
        .eight_bit = mailsim_message_declares_8bit(submission->message),
        .timeouts = {PATIENCE_US, PATIENCE_US, PATIENCE_US, PATIENCE_US, PATIENCE_US,
                     PATIENCE_US, PATIENCE_US, PATIENCE_US},
    };
    MailsimConnectionOptions connection = {
        .message = submission->message_number,
        .done = finish,
        .data = submission,
    };

    for (guint i = 0; i < submission->recipients->len; i++)
        g_ptr_array_add(recipients, mailsim_smtp_recipient_new(
                                        g_ptr_array_index(submission->recipients, i)));
    submission->login = mailsim_mail_program_new_login(submission->lab, program);
    if (submission->login != NULL)
        client.sasl = mailsim_sasl_login_get_client(submission->login);
    mailsim_mail_program_prepare(submission->lab, program, program->outgoing, address,
                                 &connection);
    submission->tls = connection.tls;
    submission->client = mailsim_smtp_client_new(&client);
    connection.session = mailsim_smtp_client_get_session(submission->client);
    mailsim_connection_open(submission->lab, &connection);
}

static void
connect_to(gpointer data, const MailsimDnsAnswer *answer)
{
    Submission *submission = data;

    if (answer->result == MAILSIM_DNS_FOUND) {
        converse(submission, g_ptr_array_index(answer->records, 0));
        return;
    }
    for (guint i = 0; i < submission->recipients->len; i++)
        record_status(submission, NULL, g_ptr_array_index(submission->recipients, i), "failed",
                      "the server's name is not known");
    free_submission(submission);
}

/* ---- the message ------------------------------------------------------------------------- */

static char *
dup_sender(MailsimLab *lab, const MailsimErrand *errand)
{
    const MailsimHost *host;

    if (errand->from != NULL)
        return g_strdup(errand->from);
    if (errand->program->user == NULL)
        return g_strdup_printf("%s@%s.example", errand->program->name, errand->program->name);
    host = mailsim_lab_find_host(lab, errand->program->user_host);
    return g_strdup_printf("%s@%s", errand->program->user, host->definition->mailname);
}

static GBytes *
compose(const Submission *submission, const MailsimErrand *errand)
{
    MailsimLab *lab = submission->lab;
    MailsimTime now = mailsim_lab_get_now(lab);
    g_autofree char *stamp = mailsim_time_format_stamp(now);
    g_autofree char *fqdn = mailsim_mail_program_dup_fqdn(lab, submission->program);
    g_autofree char *message_id = g_strdup_printf("<%s.%u@%s>", stamp, ++lab->n_drafts, fqdn);
    g_autoptr(GPtrArray) to = g_ptr_array_new();
    MailsimDraft draft = {
        .from = submission->sender,
        .subject = errand->subject,
        .text = errand->text,
        .date_us = now,
        .message_id = message_id,
    };

    g_ptr_array_extend(to, submission->recipients, NULL, NULL);
    g_ptr_array_add(to, NULL);
    draft.to = (const char *const *)to->pdata;
    return mailsim_message_compose(&draft);
}

static gpointer
copy_string(gconstpointer string, G_GNUC_UNUSED gpointer data)
{
    return g_strdup(string);
}

void
mailsim_mail_program_send(MailsimLab *lab, const MailsimErrand *errand, guint message)
{
    const MailsimDnsQuestion question = {errand->program->name, NULL,
                                         errand->program->outgoing->name, FALSE, NULL};
    Submission *submission = g_new0(Submission, 1);

    submission->lab = lab;
    submission->message_number = message;
    submission->program = mailsim_mail_program_definition_copy(errand->program);
    submission->recipients = g_ptr_array_copy((GPtrArray *)errand->to, copy_string, NULL);
    g_ptr_array_set_free_func(submission->recipients, g_free);
    submission->sender = dup_sender(lab, errand);
    submission->text = g_strdup(errand->text);
    submission->message = compose(submission, errand);
    mailsim_dns_look_up_machine(lab, &question, connect_to, submission);
}
