/* SPDX-License-Identifier: MIT
 *
 * cleanup(8): a message enters the queue. The Received: line is smtpd's, or pickup's. */
#include "queue-private.h"

#include <string.h>

#include <mailsim/protocol/mail-address.h>
#include <mailsim/protocol/message.h>
#include <mailsim/settings/expansion.h>

/* The first user that adduser(8) makes. */
#define FIRST_USER_ID 1000

/* postconf(5) enable_long_queue_ids = no: five digits of microseconds, then the inode. Inodes
 * of a young file system lie close together. */
#define FIRST_INODE 0x40A11

char *
mailsim_cleanup_new_queue_id(MailsimHost *host)
{
    gint64 microseconds = mailsim_lab_get_now(host->lab) % MAILSIM_SECOND;

    return g_strdup_printf("%05X%X", (guint)microseconds,
                           FIRST_INODE + 7 * host->n_queue_files++);
}

/* A message that carries number MESSAGE of the recording; 0: it was typed by hand, or came from
 * outside, and gets one of its own. */
static MailsimQueueFile *
add_queue_file(MailsimHost *host, const char *queue_id, guint message, const char *sender)
{
    MailsimQueueFile *file = mailsim_queue_file_new(host, queue_id);
    const gint64 delay_us = mailsim_host_get_time_us(host, NULL, "delay_warning_time");

    file->message = message != 0 ? message : ++host->lab->n_messages;
    file->sender = g_strdup(sender);
    if (delay_us > 0)
        file->warn_us = file->arrived_us + delay_us;
    return file;
}

char *
mailsim_cleanup_complete_address(const MailsimHost *host, const char *address)
{
    g_auto(MailsimRewriter) rewriter = {0};

    if (address[0] == '\0')
        return g_strdup("");
    mailsim_rewriter_init(&rewriter, host);
    return mailsim_address_rewrite(address, &rewriter.rules);
}

/* What comes from the host's own MAILER-DAEMON comes from nobody: it must not be bounced. */
static char *
complete_sender(const MailsimHost *host, const char *address)
{
    g_autofree char *sender = mailsim_cleanup_complete_address(host, address);
    g_autofree char *nobody = mailsim_cleanup_complete_address(host, "MAILER-DAEMON");

    if (g_ascii_strcasecmp(sender, nobody) == 0)
        sender[0] = '\0';
    return g_steal_pointer(&sender);
}

static char *
resolve_recipient(const MailsimHost *host, const char *address)
{
    g_auto(MailsimDestination) destination = {0};

    mailsim_host_resolve(host, address, &destination);
    return g_steal_pointer(&destination.recipient);
}

static gboolean
has_recipient(const MailsimQueueFile *file, const char *address, const char *original)
{
    for (guint i = 0; i < file->recipients->len; i++) {
        const MailsimQueueRecipient *recipient = g_ptr_array_index(file->recipients, i);

        if (mailsim_mail_address_equal(recipient->original, original) &&
            mailsim_mail_address_equal(recipient->address, address))
            return TRUE;
    }
    return FALSE;
}

/* Once, however often it was given (postconf(5) duplicate_filter_limit), capitals or not.
 * ORIGINAL: before an alias; else the same. */
static void
add_recipient(MailsimHost *host,
              MailsimQueueFile *file,
              const char *given,
              const char *original,
              guint notify,
              const char *dsn_original)
{
    g_autofree char *address = resolve_recipient(host, given);
    MailsimQueueRecipient *recipient;

    if (has_recipient(file, address, original))
        return;
    recipient = mailsim_queue_recipient_new(address, original);
    recipient->notify = notify;
    recipient->dsn_original =
        dsn_original != NULL ? g_strdup(dsn_original) : g_strconcat("rfc822;", address, NULL);
    g_ptr_array_add(file->recipients, recipient);
}

static const char *
get_address(const GPtrArray *recipients, guint i)
{
    return ((const MailsimQueueRecipient *)g_ptr_array_index(recipients, i))->address;
}

static void
record_queued(MailsimHost *host, const MailsimQueueFile *file, int hop)
{
    MailsimEvent *event =
        mailsim_lab_record(host->lab, MAILSIM_EVENT_QUEUED, host->definition->name, hop);
    GString *recipients = g_string_new(NULL);

    for (guint i = 0; i < file->recipients->len; i++)
        g_string_append_printf(recipients, "%s%s", i > 0 ? ", " : "",
                               get_address(file->recipients, i));
    event->queued.queue_id = g_strdup(file->queue_id);
    event->queued.message = file->message;
    event->queued.sender = g_strdup(file->sender);
    event->queued.recipients = g_string_free(recipients, FALSE);
    event->queued.size_bytes = mailsim_message_get_size(file->content);
}

/* ---- from an SMTP session ---------------------------------------------------------------- */

/* postconf(5) smtpd_tls_received_header */
static void
append_tls_comment(const MailsimRestrictionQuery *query, GString *field)
{
    const MailsimSmtpEnvelope *envelope = query->envelope;

    if (!envelope->secured ||
        !mailsim_host_get_flag(query->host, query->service, "smtpd_tls_received_header"))
        return;
    g_string_append_printf(field, "\t(using %s\n\t %s)\n\t(%s)\n", envelope->tls_description,
                           envelope->tls_key_exchange,
                           mailsim_smtpd_asks_certificate(query->host, query->service)
                               ? "Client did not present a certificate"
                               : "No client certificate requested");
}

/* RFC 5321 §4.4, as smtpd(8) writes it: the recipient is named when there is only one. */
static char *
format_received(const MailsimRestrictionQuery *query, const char *queue_id)
{
    const MailsimSmtpEnvelope *envelope = query->envelope;
    GString *field = g_string_new(NULL);
    g_autofree char *hostname =
        mailsim_host_dup_parameter(query->host, query->service, "myhostname");
    g_autofree char *mail_name =
        mailsim_host_dup_parameter(query->host, query->service, "mail_name");
    g_autofree char *date = mailsim_time_format_rfc5322(mailsim_lab_get_now(query->host->lab));

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

/* postconf(5) local_header_rewrite_clients: what comes from the host itself is completed, and
 * with always_add_missing_headers everything is. */
static gboolean
is_completed(const MailsimRestrictionQuery *query)
{
    const GPtrArray *own = query->host->definition->addresses;

    return mailsim_host_get_flag(query->host, query->service, "always_add_missing_headers") ||
           g_str_equal(query->client_address, "127.0.0.1") ||
           g_str_equal(query->client_address, "::1") ||
           g_ptr_array_find_with_equal_func((GPtrArray *)own, query->client_address,
                                            g_str_equal, NULL);
}

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
                     const char *queue_id,
                     const char *sender,
                     GBytes *message)
{
    static const char *const names[][3] = {
        {"Message-Id",        "Date",        "From"       },
        {"Resent-Message-Id", "Resent-Date", "Resent-From"},
    };
    const char *const *chosen = names[is_resent(message)];
    MailsimTime now = mailsim_lab_get_now(host->lab);
    g_autofree char *hostname = mailsim_host_dup_parameter(host, NULL, "myhostname");
    g_autofree char *date = mailsim_time_format_rfc5322(now);
    g_autofree char *stamp = mailsim_time_format_stamp(now);
    g_autofree char *id = g_strdup_printf("<%s.%s@%s>", stamp, queue_id, hostname);
    g_autofree char *from = mailsim_address_quote(sender[0] != '\0' ? sender : "MAILER-DAEMON");
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

static GBytes *
complete_message(const MailsimRestrictionQuery *query,
                 const char *queue_id,
                 const char *sender,
                 GBytes *message)
{
    g_autoptr(GBytes) tidy = tidy_header(query->host, message);
    g_autofree char *fields = is_completed(query)
                                  ? write_missing_fields(query->host, queue_id, sender, message)
                                  : g_strdup("");

    return mailsim_message_append_fields(tidy, fields);
}

/* A trap is where its mail ends: who only passes it on knows nothing of it. */
static void
spring_traps(const MailsimRestrictionQuery *query)
{
    const GPtrArray *recipients = query->envelope->recipients;

    for (guint i = 0; i < recipients->len; i++) {
        const MailsimSmtpRecipient *recipient = g_ptr_array_index(recipients, i);
        g_auto(MailsimDestination) destination = {0};

        mailsim_host_resolve(query->host, recipient->address, &destination);
        if (destination.class == MAILSIM_DOMAIN_LOCAL && !destination.failed)
            mailsim_blocklists_catch(query->host->lab, query->host->definition->name,
                                     query->hop, query->client_address, destination.recipient);
    }
}

char *
mailsim_cleanup_take_smtp(const MailsimRestrictionQuery *query,
                          const char *queue_id,
                          GBytes *message)
{
    const MailsimSmtpEnvelope *envelope = query->envelope;
    g_autofree char *sender = complete_sender(query->host, envelope->sender);
    MailsimQueueFile *file = add_queue_file(query->host, queue_id, query->hop->message, sender);
    g_autofree char *received = format_received(query, queue_id);
    g_autoptr(GBytes) completed = complete_message(query, queue_id, sender, message);

    for (guint i = 0; i < envelope->recipients->len; i++) {
        const MailsimSmtpRecipient *recipient = g_ptr_array_index(envelope->recipients, i);

        g_autofree char *quoted = mailsim_address_quote(recipient->address);
        g_autofree char *original = g_strconcat("rfc822;", quoted, NULL);

        add_recipient(query->host, file, recipient->address, recipient->address,
                      recipient->notify,
                      recipient->original != NULL ? recipient->original : original);
    }
    file->returns = envelope->returns;
    file->envelope_id = g_strdup(envelope->envelope_id);
    file->content = mailsim_message_prepend(received, completed);
    file->eight_bit = envelope->eight_bit || mailsim_message_declares_8bit(message);
    file->utf8 = envelope->utf8;
    record_queued(query->host, file, (int)query->hop->index);
    spring_traps(query);
    mailsim_qmgr_accept(query->host, file);
    return NULL;
}

/* ---- from local(8), for the addresses of an alias ---------------------------------------- */

void
mailsim_cleanup_take_forwarded(MailsimHost *host,
                               const MailsimQueueFile *from,
                               const char *queue_id,
                               const char *delivered_to,
                               const GPtrArray *recipients)
{
    MailsimQueueFile *file = add_queue_file(host, queue_id, from->message, from->sender);
    g_autofree char *hostname = mailsim_host_dup_parameter(host, NULL, "myhostname");
    g_autofree char *mail_name = mailsim_host_dup_parameter(host, NULL, "mail_name");
    g_autofree char *date = mailsim_time_format_rfc5322(mailsim_lab_get_now(host->lab));
    g_autofree char *fields =
        g_strdup_printf("Received: by %s (%s)\n\tid %s; %s\nDelivered-To: %s\n", hostname,
                        mail_name, queue_id, date, delivered_to);

    for (guint i = 0; i < recipients->len; i++) {
        const MailsimQueueRecipient *recipient = g_ptr_array_index(recipients, i);

        add_recipient(host, file, recipient->address, recipient->original, recipient->notify,
                      recipient->dsn_original);
    }
    file->returns = from->returns;
    file->envelope_id = g_strdup(from->envelope_id);
    file->content = mailsim_message_prepend(fields, from->content);
    file->eight_bit = from->eight_bit;
    file->utf8 = from->utf8;
    record_queued(host, file, -1);
    mailsim_qmgr_accept(host, file);
}

/* ---- from bounce(8) ---------------------------------------------------------------------- */

/* The fields that cleanup(8) itself adds stand at the beginning and at the end of the
 * header. */
void
mailsim_cleanup_take_notification(MailsimHost *host,
                                  const char *queue_id,
                                  const char *sender,
                                  const char *recipient,
                                  GBytes *content)
{
    MailsimQueueFile *file = add_queue_file(host, queue_id, ++host->lab->n_messages, sender);
    g_autofree char *hostname = mailsim_host_dup_parameter(host, NULL, "myhostname");
    g_autofree char *mail_name = mailsim_host_dup_parameter(host, NULL, "mail_name");
    g_autofree char *date = mailsim_time_format_rfc5322(file->arrived_us);
    g_autofree char *stamp = mailsim_time_format_stamp(file->arrived_us);
    g_autofree char *received = g_strdup_printf("Received: by %s (%s)\n\tid %s; %s\n", hostname,
                                                mail_name, queue_id, date);
    g_autofree char *fields =
        g_strdup_printf("Message-Id: <%s.%s@%s>\n", stamp, queue_id, hostname);
    g_autoptr(GBytes) completed = mailsim_message_append_fields(content, fields);

    add_recipient(host, file, recipient, recipient, 0, NULL);
    file->content = mailsim_message_prepend(received, completed);
    record_queued(host, file, -1);
    mailsim_qmgr_accept(host, file);
}

/* ---- from a user at a shell -------------------------------------------------------------- */

static guint
get_user_id(const MailsimHost *host, const char *name)
{
    guint id = FIRST_USER_ID;

    for (guint i = 0; i < host->definition->users->len; i++) {
        const MailsimUser *user = g_ptr_array_index(host->definition->users, i);

        if (g_str_equal(user->name, "root")) {
            if (g_str_equal(name, "root"))
                return 0;
            continue;
        }
        if (g_str_equal(user->name, name))
            return id;
        id++;
    }
    return id;
}

/* The addresses of a header field, completed: postconf(5) local_header_rewrite_clients. */
static void
append_address_list(const MailsimHost *host, const GPtrArray *addresses, GString *text)
{
    for (guint i = 0; i < addresses->len; i++) {
        g_autofree char *address =
            mailsim_cleanup_complete_address(host, g_ptr_array_index(addresses, i));

        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", address);
    }
}

/* What sendmail(1) is given, and what cleanup(8) adds to a message of the host's own:
 * Message-Id, Date and From, in this order. */
static GBytes *
write_local_message(MailsimHost *host,
                    const MailsimErrand *errand,
                    const char *queue_id,
                    const char *sender)
{
    GString *text = g_string_new(NULL);
    MailsimTime now = mailsim_lab_get_now(host->lab);
    g_autofree char *hostname = mailsim_host_dup_parameter(host, NULL, "myhostname");
    g_autofree char *mail_name = mailsim_host_dup_parameter(host, NULL, "mail_name");
    g_autofree char *date = mailsim_time_format_rfc5322(now);
    g_autofree char *stamp = mailsim_time_format_stamp(now);

    g_string_append_printf(text,
                           "Received: by %s (%s, from userid %u)\n\tid %s; %s\nTo: ", hostname,
                           mail_name, get_user_id(host, errand->by_user), queue_id, date);
    append_address_list(host, errand->to, text);
    g_string_append_printf(text,
                           "\nSubject: %s\nMessage-Id: <%s.%s@%s>\nDate: %s\nFrom: %s\n\n%s",
                           errand->subject, stamp, queue_id, hostname, date,
                           sender[0] != '\0' ? sender : "MAILER-DAEMON", errand->text);
    if (text->str[text->len - 1] != '\n')
        g_string_append_c(text, '\n');
    return g_string_free_to_bytes(text);
}

void
mailsim_cleanup_take_local(MailsimHost *host, const MailsimErrand *errand, guint message)
{
    g_autofree char *queue_id = mailsim_cleanup_new_queue_id(host);
    g_autofree char *sender = mailsim_cleanup_complete_address(
        host, errand->from != NULL ? errand->from : errand->by_user);
    MailsimQueueFile *file = add_queue_file(host, queue_id, message, sender);

    for (guint i = 0; i < errand->to->len; i++)
        add_recipient(host, file, g_ptr_array_index(errand->to, i),
                      g_ptr_array_index(errand->to, i), 0, NULL);
    file->content = write_local_message(host, errand, queue_id, sender);
    record_queued(host, file, -1);
    mailsim_qmgr_accept(host, file);
}
