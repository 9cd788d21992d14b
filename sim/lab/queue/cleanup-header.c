/* SPDX-License-Identifier: MIT
 *
 * cleanup(8): the fields that a message is given on its way into the queue: Received: by
 * whoever brings it, and those that its writer left out. */
#include "queue-private.h"

#include <string.h>

#include <mailsim/protocol/message.h>
#include <mailsim/settings/expansion.h>

/* ---- Received: --------------------------------------------------------------------------- */

/* postconf(5) smtpd_tls_received_header */
static void
append_tls_comment(const MailsimRestrictionQuery *query, GString *field)
{
    const MailsimSmtpEnvelope *envelope = query->envelope;

    if (!envelope->secured ||
        !mailsim_host_get_flag(query->host, query->service, "smtpd_tls_received_header"))
        return;
    g_string_append_printf(field, "\t(using %s%s%s)\n\t(%s)\n", envelope->tls_description,
                           envelope->tls_key_exchange != NULL ? "\n\t " : "",
                           envelope->tls_key_exchange != NULL ? envelope->tls_key_exchange : "",
                           mailsim_smtpd_asks_certificate(query->host, query->service)
                               ? "Client did not present a certificate"
                               : "No client certificate requested");
}

/* RFC 5321 §4.4, as smtpd(8) writes it: the recipient is named when there is only one. */
char *
mailsim_cleanup_write_received(const MailsimRestrictionQuery *query, const char *queue_id)
{
    const MailsimSmtpEnvelope *envelope = query->envelope;
    GString *field = g_string_new(NULL);
    g_autofree char *hostname =
        mailsim_host_dup_parameter(query->host, query->service, "myhostname");
    g_autofree char *mail_name =
        mailsim_host_dup_parameter(query->host, query->service, "mail_name");
    g_autofree char *date = mailsim_time_format_rfc5322(query->mail_us);

    /* RFC 5321 §4.1.3: an IPv6 address literal says so. */
    g_string_append_printf(
        field, "Received: from %s (%s [%s%s])\n",
        envelope->helo_name != NULL ? envelope->helo_name : query->client_name,
        query->client_name, strchr(query->client_address, ':') != NULL ? "IPv6:" : "",
        query->client_address);
    append_tls_comment(query, field);
    g_string_append_printf(field, "\tby %s (%s) with %s id %s", hostname, mail_name,
                           mailsim_smtp_envelope_get_protocol(envelope), queue_id);
    if (envelope->recipients->len == 1) {
        const MailsimSmtpRecipient *only = g_ptr_array_index(envelope->recipients, 0);
        g_autofree char *recipient = mailsim_address_quote(only->address);

        g_string_append_printf(field, "\n\tfor <%s>; %s\n", recipient, date);
    } else {
        g_string_append_printf(field, ";\n\t%s\n", date);
    }
    return g_string_free(field, FALSE);
}

char *
mailsim_cleanup_write_own_received(const MailsimHost *host,
                                   const char *queue_id,
                                   const char *comment)
{
    g_autofree char *hostname = mailsim_host_dup_parameter(host, NULL, "myhostname");
    g_autofree char *mail_name = mailsim_host_dup_parameter(host, NULL, "mail_name");
    g_autofree char *date = mailsim_time_format_rfc5322(mailsim_lab_get_now(host->lab));

    return g_strdup_printf("Received: by %s (%s%s)\n\tid %s; %s\n", hostname, mail_name,
                           comment, queue_id, date);
}

/* ---- what is missing --------------------------------------------------------------------- */

/* Has somebody sent it on, who then is named by fields of his own (RFC 5322 §3.6.6)? */
static gboolean
is_resent(GBytes *message)
{
    static const char *const names[] = {
        "Resent-Bcc", "Resent-Cc",         "Resent-Date",     "Resent-From",
        "Resent-To",  "Resent-Message-Id", "Resent-Reply-To", "Resent-Sender",
    };

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (mailsim_message_has_field(message, names[i]))
            return TRUE;
    }
    return FALSE;
}

static void
append_missing(GBytes *message, const char *name, const char *value, GString *fields)
{
    if (!mailsim_message_has_field(message, name))
        g_string_append_printf(fields, "%s: %s\n", name, value);
}

/* Message-Id, Date and From, in this order. */
static char *
write_missing_fields(MailsimHost *host,
                     const MailsimQueueFile *file,
                     const char *full_name,
                     GBytes *message)
{
    static const char *const names[][3] = {
        {"Message-Id",        "Date",        "From"       },
        {"Resent-Message-Id", "Resent-Date", "Resent-From"},
    };
    const char *const *chosen = names[is_resent(message)];
    g_autofree char *hostname = mailsim_host_dup_parameter(host, NULL, "myhostname");
    g_autofree char *date = mailsim_time_format_rfc5322(file->arrived_us);
    g_autofree char *stamp = mailsim_time_format_stamp(file->created_us);
    g_autofree char *id = g_strdup_printf("<%s.%s@%s>", stamp, file->queue_id, hostname);
    g_autofree char *address =
        mailsim_address_quote(file->sender[0] != '\0' ? file->sender : "MAILER-DAEMON");
    g_autofree char *from =
        full_name != NULL ? g_strdup_printf("%s <%s>", full_name, address) : g_strdup(address);
    GString *fields = g_string_new(NULL);

    append_missing(message, chosen[0], id, fields);
    append_missing(message, chosen[1], date, fields);
    append_missing(message, chosen[2], from, fields);
    return g_string_free(fields, FALSE);
}

/* postconf(5) message_drop_headers */
static GBytes *
tidy_header(const MailsimHost *host, GBytes *message)
{
    g_autofree char *value = mailsim_host_dup_parameter(host, NULL, "message_drop_headers");
    g_auto(GStrv) dropped = mailsim_expansion_split(value);

    return mailsim_message_tidy_header(message, dropped);
}

GBytes *
mailsim_cleanup_complete_header(MailsimHost *host,
                                const MailsimQueueFile *file,
                                const char *full_name,
                                gboolean adds_fields,
                                GBytes *message)
{
    g_autoptr(GBytes) tidy = tidy_header(host, message);
    g_autofree char *fields =
        adds_fields ? write_missing_fields(host, file, full_name, message) : g_strdup("");

    return mailsim_message_append_fields(tidy, fields);
}
