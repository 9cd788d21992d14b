/* SPDX-License-Identifier: MIT
 *
 * cleanup(8): a message enters the queue, its recipients rewritten (virtual-alias.c) and its
 * header complete (cleanup-header.c). */
#include "cleanup-private.h"

#include <string.h>

#include <mailsim/protocol/message.h>

/* The first user that adduser(8) makes. */
#define FIRST_USER_ID 1000

/* postconf(5) enable_long_queue_ids = no: five digits of microseconds, then the inode. Inodes
 * of a young file system lie close together. */
#define FIRST_INODE 0x40A11

/* A line of addresses is shorter (the blank that it begins with does not count). */
#define FOLDED_LENGTH 70

/* A queue file has records beside the message, of about so many octets. */
#define ENVELOPE_BYTES 250

char *
mailsim_cleanup_new_queue_id(MailsimHost *host)
{
    gint64 microseconds = mailsim_lab_get_now(host->lab) % MAILSIM_SECOND;

    return g_strdup_printf("%05X%X", (guint)microseconds,
                           FIRST_INODE + 7 * host->n_queue_files++);
}

static void
set_arrival(MailsimQueueFile *file, const MailsimHost *host, MailsimTime arrived_us)
{
    const gint64 delay_us = mailsim_host_get_time_us(host, NULL, "delay_warning_time");

    file->arrived_us = arrived_us;
    if (delay_us > 0)
        file->warn_us = arrived_us + delay_us;
}

/* A message that carries number MESSAGE of the recording; 0: it was typed by hand, or came from
 * outside, and gets one of its own. */
static MailsimQueueFile *
add_queue_file(MailsimHost *host, const char *queue_id, guint message, const char *sender)
{
    MailsimQueueFile *file = mailsim_queue_file_new(host, queue_id);

    file->message = message != 0 ? message : ++host->lab->n_messages;
    file->sender = g_strdup(sender);
    set_arrival(file, host, file->arrived_us);
    return file;
}

/* An address without a domain gets $myorigin (postconf(5) append_at_myorigin), a route is
 * followed. */
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

char *
mailsim_cleanup_resolve(const MailsimHost *host, const char *address)
{
    g_auto(MailsimDestination) destination = {0};

    mailsim_host_resolve(host, address, &destination);
    return g_steal_pointer(&destination.recipient);
}

/* ---- whether it is taken ----------------------------------------------------------------- */

/* Why a message is not taken: what bounce(8) says of it, and what smtpd(8) answers. */
typedef struct {
    const char *warning; /* in the log; NULL: it stands there already */
    const char *dsn;
    const char *reason;
    const char *reply;
} Refusal;

static const Refusal too_many_hops = {
    .warning = "message rejected: hopcount exceeded",
    .dsn = "5.4.0",
    .reason = "too many hops",
    .reply = "554 5.4.0 Error: too many hops",
};

static const Refusal too_big = {
    .warning = "queue file size limit exceeded",
    .dsn = "5.3.4",
    .reason = "message file too big",
    .reply = "552 5.3.4 Error: message file too big",
};

static const Refusal unexpanded = {
    .dsn = "4.6.0",
    .reason = "Alias expansion error",
    .reply = "451 4.6.0 Alias expansion error",
};

static const Refusal *
find_refusal(const MailsimIntake *intake)
{
    const gint64 hops = mailsim_host_get_number(intake->host, NULL, "hopcount_limit");
    const gint64 bytes = mailsim_host_get_number(intake->host, NULL, "message_size_limit");
    g_autoptr(GPtrArray) received =
        mailsim_message_list_values(intake->file->content, "Received");

    if (intake->unexpanded)
        return &unexpanded;
    if (received->len >= hops)
        return &too_many_hops;
    if (bytes > 0 &&
        mailsim_message_get_size(intake->file->content) + ENVELOPE_BYTES > (gsize)bytes)
        return &too_big;
    return NULL;
}

static void
log_refusal(const MailsimIntake *intake, const Refusal *refusal)
{
    if (refusal->warning != NULL)
        mailsim_host_log(intake->host, "cleanup", -1, "warning: %s: %s", intake->file->queue_id,
                         refusal->warning);
}

/* The first, if there are several; of a header that has none, “<>”. Who does not know the
 * recipients, or has seen too many Received: fields, reads no further. */
static void
log_message_id(const MailsimIntake *intake, int hop)
{
    MailsimHost *host = intake->host;
    const MailsimQueueFile *file = intake->file;
    const Refusal *refusal = find_refusal(intake);
    g_autoptr(GPtrArray) values = mailsim_message_list_values(file->content, "Message-Id");

    if (refusal == &unexpanded || refusal == &too_many_hops)
        return;
    mailsim_host_log(host, "cleanup", hop, "%s: message-id=%s", file->queue_id,
                     values->len > 0 ? (const char *)values->pdata[0] : "<>");
}

/* For each recipient of a message that never had a queue id. */
static void
record_unqueued(MailsimHost *host,
                const char *recipient,
                guint message,
                const MailsimDeliveryStatus *status)
{
    MailsimEvent *event =
        mailsim_lab_record(host->lab, MAILSIM_EVENT_STATUS, host->definition->name, -1);

    event->status.message = message;
    event->status.recipient = g_strdup(recipient);
    event->status.status = g_strdup(status->status);
    event->status.dsn = g_strdup(status->dsn);
    event->status.reason = g_strdup(status->reason);
}

/* Nobody waits for an answer: whoever wrote it gets a bounce. */
static void
bounce_message(const MailsimIntake *intake, const Refusal *refusal)
{
    MailsimQueueFile *file = intake->file;
    const MailsimDeliveryStatus status = {.status = "bounced",
                                          .dsn = refusal->dsn,
                                          .relay = "none",
                                          .reason = refusal->reason,
                                          .daemon = "cleanup"};

    for (guint i = 0; i < file->recipients->len; i++)
        mailsim_qmgr_log(intake->host, file, g_ptr_array_index(file->recipients, i), -1,
                         &status);
    mailsim_bounce_send(intake->host, file, MAILSIM_BOUNCE_FAILURE, file->bounce_log);
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

/* Of a message that nobody waits with. FALSE: whoever brought it must come again; the message
 * is gone. */
static gboolean
accept_message(const MailsimIntake *intake)
{
    const Refusal *refusal = find_refusal(intake);

    if (refusal == NULL) {
        record_queued(intake->host, intake->file, -1);
        mailsim_qmgr_accept(intake->host, intake->file);
        return TRUE;
    }
    log_refusal(intake, refusal);
    if (refusal != &unexpanded)
        bounce_message(intake, refusal);
    g_ptr_array_remove(intake->host->queue, intake->file);
    return refusal != &unexpanded;
}

/* ---- from an SMTP session ---------------------------------------------------------------- */

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

/* Where the client gives no ORCPT, what it wrote after RCPT stands for it, quotes and all. */
static void
add_as_given(MailsimIntake *intake, const MailsimSmtpRecipient *recipient)
{
    g_autofree char *quoted = mailsim_address_quote(recipient->address);
    g_autofree char *original = g_strconcat("rfc822;", quoted, NULL);
    const MailsimSmtpRecipient given = {
        .address = recipient->address,
        .notify = recipient->notify,
        .original = recipient->original != NULL ? recipient->original : original,
    };

    mailsim_intake_add(intake, &given, recipient->address);
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
    MailsimHost *host = query->host;
    const MailsimSmtpEnvelope *envelope = query->envelope;
    g_autofree char *sender = complete_sender(host, envelope->sender);
    MailsimQueueFile *file = add_queue_file(host, queue_id, query->hop->message, sender);
    g_autofree char *received = mailsim_cleanup_write_received(query, queue_id);
    g_autoptr(GBytes) completed = NULL;
    g_auto(MailsimIntake) intake = {0};
    const Refusal *refusal;

    set_arrival(file, host, query->mail_us);
    file->created_us = query->opened_us;
    completed = mailsim_cleanup_complete_header(host, file, NULL, is_completed(query), message);
    mailsim_intake_init(&intake, host, file);
    for (guint i = 0; i < envelope->recipients->len; i++) {
        const MailsimSmtpRecipient *recipient = g_ptr_array_index(envelope->recipients, i);

        add_as_given(&intake, recipient);
    }
    file->returns = envelope->returns;
    file->envelope_id = g_strdup(envelope->envelope_id);
    file->content = mailsim_message_prepend(received, completed);
    file->eight_bit = envelope->eight_bit || mailsim_message_declares_8bit(message);
    file->utf8 = envelope->utf8;
    log_message_id(&intake, (int)query->hop->index);
    refusal = find_refusal(&intake);
    /* smtpd(8) has counted the octets itself. */
    if (refusal != NULL && refusal != &too_big) {
        log_refusal(&intake, refusal);
        g_ptr_array_remove(host->queue, file);
        return g_strdup(refusal->reply);
    }
    record_queued(host, file, (int)query->hop->index);
    spring_traps(query);
    mailsim_qmgr_accept(host, file);
    return NULL;
}

/* ---- from local(8), for the addresses of an alias ---------------------------------------- */

gboolean
mailsim_cleanup_take_forwarded(MailsimHost *host, const MailsimForwardedMessage *forwarded)
{
    const MailsimQueueFile *from = forwarded->from;
    MailsimQueueFile *file =
        add_queue_file(host, forwarded->queue_id, from->message, forwarded->sender);
    g_autofree char *received =
        mailsim_cleanup_write_own_received(host, forwarded->queue_id, "");
    g_autofree char *quoted = mailsim_address_quote(forwarded->delivered_to);
    g_autofree char *delivered_to = g_ascii_strdown(quoted, -1);
    g_autofree char *fields = g_strdup_printf("%sDelivered-To: %s\n", received, delivered_to);
    g_auto(MailsimIntake) intake = {0};

    mailsim_intake_init(&intake, host, file);
    for (guint i = 0; i < forwarded->recipients->len; i++) {
        const MailsimQueueRecipient *recipient = g_ptr_array_index(forwarded->recipients, i);
        const MailsimSmtpRecipient given = {.address = recipient->address,
                                            .notify = recipient->notify,
                                            .original = recipient->dsn_original};

        mailsim_intake_add(&intake, &given, recipient->original);
    }
    if (!forwarded->from_list) {
        file->returns = from->returns;
        file->envelope_id = g_strdup(from->envelope_id);
    }
    file->content = mailsim_message_prepend(fields, from->content);
    file->eight_bit = from->eight_bit;
    file->utf8 = from->utf8;
    log_message_id(&intake, -1);
    return accept_message(&intake);
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
    g_autofree char *stamp = mailsim_time_format_stamp(file->arrived_us);
    g_autofree char *received = mailsim_cleanup_write_own_received(host, queue_id, "");
    g_autofree char *fields =
        g_strdup_printf("Message-Id: <%s.%s@%s>\n", stamp, queue_id, hostname);
    g_autoptr(GBytes) completed = mailsim_message_append_fields(content, fields);
    g_auto(MailsimIntake) intake = {0};

    mailsim_intake_init(&intake, host, file);
    mailsim_intake_add_plain(&intake, recipient);
    file->content = mailsim_message_prepend(received, completed);
    file->eight_bit = mailsim_message_declares_8bit(content);
    log_message_id(&intake, -1);
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

/* The addresses of the header field at the end of TEXT, completed (postconf(5)
 * local_header_rewrite_clients): as many on a line as fit. */
static void
append_address_list(const MailsimHost *host, const GPtrArray *addresses, GString *text)
{
    gsize line_length = strlen("To: ");

    for (guint i = 0; i < addresses->len; i++) {
        g_autofree char *address =
            mailsim_cleanup_complete_address(host, g_ptr_array_index(addresses, i));
        g_autofree char *quoted = mailsim_address_quote(address);
        const char *comma = i + 1 < addresses->len ? "," : "";
        const gsize length = strlen(quoted) + strlen(comma);

        if (i > 0 && line_length + strlen(" ") + length < FOLDED_LENGTH) {
            g_string_append_c(text, ' ');
            line_length += strlen(" ");
        } else if (i > 0) {
            g_string_append(text, "\n\t");
            line_length = 0;
        }
        g_string_append_printf(text, "%s%s", quoted, comma);
        line_length += length;
    }
}

/* What sendmail(1) is given. */
static GBytes *
write_typed_message(const MailsimHost *host, const MailsimErrand *errand)
{
    GString *text = g_string_new("To: ");

    append_address_list(host, errand->to, text);
    g_string_append_printf(text, "\nSubject: %s\n\n%s", errand->subject, errand->text);
    if (text->str[text->len - 1] != '\n')
        g_string_append_c(text, '\n');
    return g_string_free_to_bytes(text);
}

/* postdrop(1) leaves no room for what is larger than message_size_limit. */
static gboolean
fits(const MailsimHost *host, GBytes *message)
{
    const gint64 limit = mailsim_host_get_number(host, NULL, "message_size_limit");

    return limit <= 0 || mailsim_message_get_size(message) <= (gsize)limit;
}

/* What the user reads. */
static void
record_too_big(MailsimHost *host, const MailsimErrand *errand, guint message)
{
    g_autofree char *reason =
        g_strdup_printf("sendmail: fatal: %s(%u): message file too big", errand->by_user,
                        get_user_id(host, errand->by_user));

    for (guint i = 0; i < errand->to->len; i++) {
        g_autofree char *address =
            mailsim_cleanup_resolve(host, g_ptr_array_index(errand->to, i));

        record_unqueued(
            host, address, message,
            &(MailsimDeliveryStatus){.status = "rejected", .dsn = "5.3.4", .reason = reason});
    }
}

/* pickup(8) keeps it and tries again each minute, which nobody but a warning tells of. */
static void
record_unexpanded(MailsimHost *host, const MailsimErrand *errand, guint message)
{
    for (guint i = 0; i < errand->to->len; i++) {
        g_autofree char *address =
            mailsim_cleanup_resolve(host, g_ptr_array_index(errand->to, i));

        record_unqueued(host, address, message,
                        &(MailsimDeliveryStatus){.status = "deferred",
                                                 .dsn = unexpanded.dsn,
                                                 .reason = unexpanded.reason});
    }
}

static void
take_typed(MailsimHost *host, const MailsimErrand *errand, guint message, GBytes *typed)
{
    g_autofree char *queue_id = mailsim_cleanup_new_queue_id(host);
    g_autofree char *sender = mailsim_cleanup_complete_address(
        host, errand->from != NULL ? errand->from : errand->by_user);
    MailsimQueueFile *file = add_queue_file(host, queue_id, message, sender);
    /* In Debian's /etc/passwd root alone has one. */
    const char *full_name = g_str_equal(errand->by_user, "root") ? "root" : NULL;
    g_autofree char *comment =
        g_strdup_printf(", from userid %u", get_user_id(host, errand->by_user));
    g_autofree char *received = mailsim_cleanup_write_own_received(host, queue_id, comment);
    g_autoptr(GBytes) completed =
        mailsim_cleanup_complete_header(host, file, full_name, TRUE, typed);
    g_auto(MailsimIntake) intake = {0};

    mailsim_intake_init(&intake, host, file);
    for (guint i = 0; i < errand->to->len; i++)
        mailsim_intake_add_plain(&intake, g_ptr_array_index(errand->to, i));
    file->content = mailsim_message_prepend(received, completed);
    mailsim_host_log(host, "pickup", -1, "%s: uid=%u from=<%s>", queue_id,
                     get_user_id(host, errand->by_user),
                     errand->from != NULL ? errand->from : errand->by_user);
    log_message_id(&intake, -1);
    if (!accept_message(&intake))
        record_unexpanded(host, errand, message);
}

void
mailsim_cleanup_take_local(MailsimHost *host, const MailsimErrand *errand, guint message)
{
    g_autoptr(GBytes) typed = write_typed_message(host, errand);

    if (fits(host, typed))
        take_typed(host, errand, message, typed);
    else
        record_too_big(host, errand, message);
}
