/* SPDX-License-Identifier: MIT
 *
 * smtp(8): one delivery to one destination. It looks up the mail exchanger, connects, lets the
 * session speak, and turns what it heard into Postfix's words: status, DSN and reason. */
#include "queue-private.h"

#include <string.h>

#include <mailsim/base/limits.h>
#include <mailsim/protocol/message.h>
#include <mailsim/protocol/smtp-reply.h>

typedef struct {
    MailsimHost *host;
    MailsimQueueFile *file;
    char *domain;
    GPtrArray *recipients; /* of char * */
    char *exchanger;       /* host name of the server */
    char *address;
    MailsimSmtpClient *client; /* lives in the connection */
} Delivery;

static void begin(Delivery *delivery);

void
mailsim_smtp_delivery_free(gpointer data)
{
    Delivery *delivery = data;

    g_free(delivery->domain);
    g_ptr_array_unref(delivery->recipients);
    g_free(delivery->exchanger);
    g_free(delivery->address);
    g_free(delivery);
}

/* Those that wait are behind those that are under way. */
static void
end_delivery(Delivery *delivery)
{
    GPtrArray *deliveries = delivery->host->deliveries;

    g_ptr_array_remove(deliveries, delivery);
    if (deliveries->len >= MAILSIM_DELIVERIES_MAX)
        begin(g_ptr_array_index(deliveries, MAILSIM_DELIVERIES_MAX - 1));
}

static const char *
get_name(const Delivery *delivery)
{
    return delivery->host->definition->name;
}

/* ---- the words --------------------------------------------------------------------------- */

static char *
dup_peer(const Delivery *delivery)
{
    return g_strdup_printf("%s[%s]", delivery->exchanger, delivery->address);
}

static const char *
get_status(const char *dsn)
{
    if (dsn[0] == '2')
        return "sent";
    return dsn[0] == '5' ? "bounced" : "deferred";
}

static void
record_recipient(
    const Delivery *delivery, guint recipient, int hop, const char *dsn, const char *reason)
{
    g_autofree char *peer = dup_peer(delivery);
    g_autofree char *relay = hop >= 0 && delivery->address != NULL
                                 ? g_strdup_printf("%s:25", peer)
                                 : g_strdup("none");
    MailsimDeliveryStatus status = {get_status(dsn), dsn, relay, reason, FALSE};

    mailsim_qmgr_record_status(delivery->host, delivery->file,
                               g_ptr_array_index(delivery->recipients, recipient), hop,
                               &status);
}

/* All recipients share this fate; relay=none when there never was a conversation. */
static void
record_all(const Delivery *delivery, MailsimHop *hop, const char *dsn, const char *reason)
{
    for (guint i = 0; i < delivery->recipients->len; i++)
        record_recipient(delivery, i, hop != NULL && hop->connected ? (int)hop->index : -1, dsn,
                         reason);
    if (hop == NULL)
        return;
    hop->status = g_strdup(get_status(dsn));
    hop->dsn = g_strdup(dsn);
    hop->reply = g_strdup(reason);
}

/* What smtp(8) says that it was about when the connection was lost in this step. */
static const char *const phases[][2] = {
    {"initial server greeting", "receiving the initial server greeting"                    },
    {"EHLO command",            "performing the EHLO handshake"                            },
    {"HELO command",            "performing the HELO handshake"                            },
    {"STARTTLS command",        "receiving the STARTTLS response"                          },
    {"MAIL FROM command",       "sending MAIL FROM"                                        },
    {"RCPT TO command",         "sending RCPT TO"                                          },
    {"DATA command",            "sending DATA command"                                     },
    {"end of DATA command",     "sending end of data -- message may be sent more than once"},
};

static const char *
name_phase(const char *step)
{
    for (guint i = 0; i < G_N_ELEMENTS(phases); i++) {
        if (g_strcmp0(phases[i][0], step) == 0)
            return phases[i][1];
    }
    return NULL;
}

static char *
describe_loss(const Delivery *delivery)
{
    g_autofree char *peer = dup_peer(delivery);
    const char *phase = name_phase(mailsim_smtp_client_get_lost_step(delivery->client));
    gboolean timed_out =
        mailsim_smtp_client_get_failure(delivery->client) == MAILSIM_SMTP_FAILURE_TIMEOUT;

    if (phase == NULL)
        return g_strdup_printf("lost connection with %s", peer);
    return g_strdup_printf(timed_out ? "conversation with %s timed out while %s"
                                     : "lost connection with %s while %s",
                           peer, phase);
}

static char *
describe_size(const Delivery *delivery)
{
    g_autofree char *peer = dup_peer(delivery);

    return g_strdup_printf("message size %" G_GSIZE_FORMAT
                           " exceeds size limit %" G_GUINT64_FORMAT " of server %s",
                           mailsim_message_get_size(delivery->file->content),
                           mailsim_smtp_client_get_size_limit(delivery->client), peer);
}

/* What the conversation as a whole came to; NULL: each recipient has a fate of its own. */
static char *
describe_failure(const Delivery *delivery, const char **dsn)
{
    g_autofree char *peer = dup_peer(delivery);
    const char *reply = mailsim_smtp_client_get_outcome(delivery->client, 0)->reply;

    switch (mailsim_smtp_client_get_failure(delivery->client)) {
    case MAILSIM_SMTP_FAILURE_NONE:
    case MAILSIM_SMTP_FAILURE_REPLY:
    case MAILSIM_SMTP_FAILURE_NO_REPLY:
    case MAILSIM_SMTP_FAILURE_LOST:
    case MAILSIM_SMTP_FAILURE_TIMEOUT:
        return NULL;
    case MAILSIM_SMTP_FAILURE_TLS_NOT_OFFERED:
        *dsn = "4.7.4";
        return g_strdup_printf("TLS is required, but was not offered by host %s", peer);
    case MAILSIM_SMTP_FAILURE_TLS_REFUSED:
        *dsn = "4.7.0";
        return g_strdup_printf("TLS is required, but host %s refused to start TLS: %s", peer,
                               reply);
    case MAILSIM_SMTP_FAILURE_TLS_HANDSHAKE:
        *dsn = "4.7.5";
        return g_strdup("Cannot start TLS: handshake failure");
    case MAILSIM_SMTP_FAILURE_CERTIFICATE:
        *dsn = "4.7.5";
        return g_strdup("Server certificate not verified");
    case MAILSIM_SMTP_FAILURE_AUTH_NOT_OFFERED:
        *dsn = "4.7.0";
        return g_strdup_printf("SASL authentication failed: server %s offers no mechanism",
                               peer);
    case MAILSIM_SMTP_FAILURE_TOO_LARGE:
        *dsn = "5.3.4";
        return describe_size(delivery);
    }
    g_assert_not_reached();
}

/* Before a mail transaction, it is not the mail that is refused. */
static gboolean
is_refusal_to_talk(const MailsimSmtpOutcome *outcome)
{
    return g_str_equal(outcome->command, "initial server greeting") ||
           g_str_equal(outcome->command, "EHLO command") ||
           g_str_equal(outcome->command, "HELO command");
}

/* A greeting that says “never” is taken as “not now”: postconf(5) smtp_skip_5xx_greeting. */
static char *
dup_dsn(const MailsimSmtpOutcome *outcome)
{
    char *dsn = mailsim_smtp_reply_dup_dsn(outcome->reply);

    if (dsn[0] == '5' && g_str_equal(outcome->command, "initial server greeting"))
        dsn[0] = '4';
    return dsn;
}

static char *
describe_reply(const Delivery *delivery, const MailsimSmtpOutcome *outcome)
{
    g_autofree char *peer = dup_peer(delivery);

    if (outcome->reply[0] == '2')
        return g_strdup(outcome->reply);
    if (is_refusal_to_talk(outcome))
        return g_strdup_printf("host %s refused to talk to me: %s", peer, outcome->reply);
    return g_strdup_printf("host %s said: %s (in reply to %s)", peer, outcome->reply,
                           outcome->command);
}

/* The worst of the recipients is the hop's: bounced before deferred before sent. */
static void
keep_worst(MailsimHop *hop, const char *dsn, const char *reason, const char *reply)
{
    if (hop->dsn != NULL) {
        const char *order = "245";

        if (strchr(order, dsn[0]) <= strchr(order, hop->dsn[0]))
            return;
    }
    g_free(hop->status);
    g_free(hop->dsn);
    g_free(hop->reply);
    hop->status = g_strdup(get_status(dsn));
    hop->dsn = g_strdup(dsn);
    hop->reply = g_strdup(dsn[0] == '2' ? reply : reason);
}

/* ---- the end ----------------------------------------------------------------------------- */

static void
record_recipients(const Delivery *delivery, MailsimHop *hop)
{
    g_autofree char *nothing_said = describe_loss(delivery);

    for (guint i = 0; i < delivery->recipients->len; i++) {
        const MailsimSmtpOutcome *outcome =
            mailsim_smtp_client_get_outcome(delivery->client, i);
        g_autofree char *dsn = NULL;
        g_autofree char *reason = NULL;

        if (outcome->reply == NULL) {
            record_recipient(delivery, i, (int)hop->index, "4.4.2", nothing_said);
            keep_worst(hop, "4.4.2", nothing_said, NULL);
            continue;
        }
        dsn = dup_dsn(outcome);
        reason = describe_reply(delivery, outcome);
        record_recipient(delivery, i, (int)hop->index, dsn, reason);
        keep_worst(hop, dsn, reason, outcome->reply);
    }
}

static void
finish(gpointer data, MailsimHop *hop, gboolean refused)
{
    Delivery *delivery = data;
    g_autofree char *reason = NULL;
    const char *dsn = "4.4.1";

    if (refused)
        reason = g_strdup_printf("connect to %s[%s]:25: Connection refused",
                                 delivery->exchanger, delivery->address);
    else
        reason = describe_failure(delivery, &dsn);

    if (reason != NULL)
        record_all(delivery, hop, dsn, reason);
    else
        record_recipients(delivery, hop);
    if (!refused)
        mailsim_listener_search(hop, NULL, g_bytes_get_data(delivery->file->content, NULL),
                                delivery->recipients);
    end_delivery(delivery);
}

/* ---- the conversation -------------------------------------------------------------------- */

static MailsimSmtpTls
get_tls(const char *level)
{
    if (g_ascii_strcasecmp(level, "encrypt") == 0)
        return MAILSIM_SMTP_TLS_REQUIRED;
    return g_ascii_strcasecmp(level, "may") == 0 ? MAILSIM_SMTP_TLS_IF_OFFERED
                                                 : MAILSIM_SMTP_TLS_NONE;
}

static void
converse(Delivery *delivery)
{
    MailsimHost *host = delivery->host;
    g_autofree char *level = mailsim_host_dup_parameter(host, NULL, "smtp_tls_security_level");
    g_autofree char *helo_name = mailsim_host_dup_parameter(host, NULL, "smtp_helo_name");
    g_autofree char *cache =
        mailsim_host_dup_parameter(host, NULL, "smtp_tls_session_cache_database");
    MailsimSmtpClientOptions client = {
        .relays = TRUE,
        .helo_name = helo_name,
        .tls = get_tls(level),
        .sender = delivery->file->sender,
        .recipients = delivery->recipients,
        .message = delivery->file->content,
        .eight_bit = delivery->file->eight_bit,
        .utf8 = delivery->file->utf8,
    };
    MailsimConnectionOptions connection = {
        .from = get_name(delivery),
        .from_address = g_ptr_array_index(host->definition->addresses, 0),
        .to_fqdn = delivery->exchanger,
        .address = delivery->address,
        .port = 25,
        .tls = host->relay_tls,
        .done = finish,
        .data = delivery,
    };

    if (cache[0] != '\0')
        connection.sessions = host->sessions;
    delivery->client = mailsim_smtp_client_new(&client);
    connection.session = mailsim_smtp_client_get_session(delivery->client);
    mailsim_connection_open(host->lab, &connection);
}

/* ---- where to ---------------------------------------------------------------------------- */

static void
look_up(Delivery *delivery, const char *type, MailsimDnsFound found)
{
    MailsimDnsQuestion question = {get_name(delivery), type, delivery->exchanger};

    mailsim_dns_look_up_address(delivery->host->lab, &question, found, delivery);
}

/* The best exchanger is this very host, and it does not take the mail: handing it to itself
 * would go on for ever (RFC 5321 §6.3). */
static gboolean
is_own_address(const Delivery *delivery)
{
    return mailsim_lab_find_host_at(delivery->host->lab, delivery->address) == delivery->host;
}

/* The last question is the one that an error names. */
static void
connect_to(gpointer data, const MailsimDnsAnswer *answer)
{
    Delivery *delivery = data;
    g_autofree char *reason = NULL;

    if (delivery->address == NULL)
        delivery->address = g_strdup(answer->address);
    if (delivery->address != NULL && is_own_address(delivery)) {
        reason = g_strdup_printf("mail for %s loops back to myself", delivery->domain);
        record_all(delivery, NULL, "5.4.6", reason);
        end_delivery(delivery);
        return;
    }
    if (delivery->address != NULL) {
        converse(delivery);
        return;
    }
    reason = g_strdup_printf("Host or domain name not found. Name service error for name=%s "
                             "type=AAAA: Host not found",
                             delivery->exchanger);
    record_all(delivery, NULL, "5.4.4", reason);
    end_delivery(delivery);
}

/* postconf(5) inet_protocols = all: both kinds of address are asked for in any case. */
static void
look_up_ipv6(gpointer data, const MailsimDnsAnswer *answer)
{
    Delivery *delivery = data;

    delivery->address = g_strdup(answer->address);
    look_up(delivery, "AAAA", connect_to);
}

/* RFC 5321 §5.1: without an MX record the domain itself is the exchanger. */
static void
look_up_exchanger(gpointer data, const MailsimDnsAnswer *answer)
{
    Delivery *delivery = data;

    delivery->exchanger = g_strdup(answer->name != NULL ? answer->name : delivery->domain);
    look_up(delivery, "A", look_up_ipv6);
}

static void
begin(Delivery *delivery)
{
    mailsim_dns_look_up_mx(delivery->host->lab, get_name(delivery), delivery->domain,
                           look_up_exchanger, delivery);
}

void
mailsim_smtp_deliver(MailsimHost *host,
                     MailsimQueueFile *file,
                     const char *domain,
                     GPtrArray *recipients)
{
    Delivery *delivery = g_new0(Delivery, 1);

    delivery->host = host;
    delivery->file = file;
    delivery->domain = g_strdup(domain);
    delivery->recipients = recipients;
    g_ptr_array_add(host->deliveries, delivery);
    if (host->deliveries->len <= MAILSIM_DELIVERIES_MAX)
        begin(delivery);
}
