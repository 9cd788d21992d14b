/* SPDX-License-Identifier: MIT
 *
 * local(8): which recipients there are, what aliases make of them, and delivery to a user's
 * mailbox, /var/mail/USER. */
#include "queue-private.h"

#include <string.h>

#include <mailsim/protocol/mail-address.h>
#include <mailsim/protocol/message.h>

/* ---- who there is ------------------------------------------------------------------------ */

static MailsimLookup
look_up_recipient(const MailsimHost *host,
                  const MailsimServiceDefinition *service,
                  const char *parameter,
                  const char *recipient)
{
    g_autofree char *tables = mailsim_host_dup_parameter(host, service, parameter);

    if (tables[0] == '\0')
        return MAILSIM_LOOKUP_FOUND;
    return mailsim_host_look_up_address(host, tables, recipient, NULL);
}

/* Whom Postfix itself writes as; an empty name stands for the first. */
static gboolean
is_system_name(const MailsimHost *host, const char *recipient)
{
    g_autofree char *name = mailsim_mail_address_dup_local_part(recipient);
    g_autofree char *bouncer = mailsim_host_dup_parameter(host, NULL, "double_bounce_sender");

    return name[0] == '\0' || g_ascii_strcasecmp(name, "MAILER-DAEMON") == 0 ||
           g_ascii_strcasecmp(name, bouncer) == 0;
}

MailsimLookup
mailsim_local_recipient_exists(const MailsimHost *host,
                               const MailsimServiceDefinition *service,
                               const char *recipient)
{
    if (is_system_name(host, recipient))
        return MAILSIM_LOOKUP_FOUND;
    return look_up_recipient(host, service, "local_recipient_maps", recipient);
}

MailsimLookup
mailsim_relay_recipient_exists(const MailsimHost *host,
                               const MailsimServiceDefinition *service,
                               const char *recipient)
{
    return look_up_recipient(host, service, "relay_recipient_maps", recipient);
}

/* ---- one delivery ------------------------------------------------------------------------ */

typedef struct {
    MailsimHost *host;
    MailsimQueueFile *file;
    MailsimQueueRecipient *recipient;
    guint notify;        /* of what its sender is told still; see MailsimNotify */
    gboolean deferred;   /* one of its parts: it will be tried again */
    GPtrArray *chain;    /* of char *: the aliases that are being expanded, borrowed */
    GHashTable *reached; /* users who have it already, and aliases that were expanded */
    GPtrArray *forwards; /* of MailsimQueueRecipient: addresses elsewhere */
    guint n_mailboxes;
} Delivery;

/* What became of ADDRESS, which the recipient, or one of its aliases, is. */
static void
log_status(Delivery *delivery, const char *address, const MailsimDeliveryStatus *status)
{
    MailsimQueueRecipient *part = mailsim_queue_recipient_copy(delivery->recipient);

    g_free(part->address);
    part->address = g_strdup(address);
    part->notify = delivery->notify;
    mailsim_qmgr_log(delivery->host, delivery->file, part, -1, status);
    delivery->deferred |= g_str_equal(status->status, "deferred");
    mailsim_queue_recipient_free(part);
}

/* An alias's name, or a user's, as the tables have it. */
static char *
dup_name(const char *address)
{
    g_autofree char *local_part = mailsim_mail_address_dup_local_part(address);

    return g_ascii_strdown(local_part, -1);
}

/* Addresses as they are written, in quotes where they need them. */
static char *
write_delivery_fields(const Delivery *delivery, const char *address)
{
    const char *from = delivery->file->sender;
    g_autofree char *sender = from[0] != '\0' ? mailsim_address_quote(from) : g_strdup("");
    g_autofree char *original = mailsim_address_quote(delivery->recipient->original);
    g_autofree char *delivered_to = mailsim_address_quote(address);

    return g_strdup_printf("Return-Path: <%s>\nX-Original-To: %s\nDelivered-To: %s\n", sender,
                           original, delivered_to);
}

static gboolean
deliver_to_user(Delivery *delivery, const char *name, const char *address)
{
    const MailsimUser *user = mailsim_host_find_user(delivery->host, name);
    g_autofree char *fields = NULL;
    GPtrArray *mailbox;

    if (user == NULL)
        return FALSE;
    if (!g_hash_table_add(delivery->reached, g_strconcat("user ", user->name, NULL)))
        return TRUE;
    fields = write_delivery_fields(delivery, address);
    mailbox = g_hash_table_lookup(delivery->host->mailboxes, user->name);
    g_ptr_array_add(mailbox, mailsim_message_prepend(fields, delivery->file->content));
    delivery->n_mailboxes++;
    return TRUE;
}

static gboolean
is_expanding(const Delivery *delivery, const char *name)
{
    return g_ptr_array_find_with_equal_func(delivery->chain, name, g_str_equal, NULL);
}

static void deliver_to_name(Delivery *delivery, const char *address);

static void
defer(Delivery *delivery, const char *reason)
{
    MailsimDeliveryStatus status = {
        .status = "deferred", .dsn = "4.3.0", .relay = "local", .reason = reason};

    log_status(delivery, delivery->recipient->address, &status);
}

/* One address on the right-hand side of an alias. */
static void
deliver_to_target(Delivery *delivery, const char *target)
{
    g_autofree char *plain = mailsim_alias_dup_unquoted(target);
    g_autofree char *domain = mailsim_host_dup_parameter(delivery->host, NULL, "myorigin");
    g_autofree char *whole =
        strchr(plain, '@') != NULL ? g_strdup(plain) : g_strconcat(plain, "@", domain, NULL);
    g_autofree char *reason = NULL;

    if (strchr("|/:", plain[0]) != NULL) {
        reason = g_strdup_printf("delivery to \"%s\" is not built in this lab", plain);
        defer(delivery, reason);
    } else if (mailsim_host_classify(delivery->host, whole) == MAILSIM_DOMAIN_LOCAL) {
        deliver_to_name(delivery, whole);
    } else {
        MailsimQueueRecipient *next = mailsim_queue_recipient_copy(delivery->recipient);

        g_free(next->address);
        next->address = g_steal_pointer(&whole);
        next->notify = delivery->notify;
        g_ptr_array_add(delivery->forwards, next);
    }
}

/* Then the sender has his success, and hears of no other (RFC 3461 §5.2.7). */
static void
report_expansion(Delivery *delivery)
{
    if ((delivery->notify & MAILSIM_NOTIFY_SUCCESS) == 0)
        return;
    mailsim_qmgr_log_expansion(delivery->file, delivery->recipient, "local");
    delivery->notify &= ~(guint)MAILSIM_NOTIFY_SUCCESS;
    if (delivery->notify == 0)
        delivery->notify = MAILSIM_NOTIFY_NEVER;
}

/* The commas of an alias's value that separate: not those inside quotes. */
static void
deliver_to_alias(Delivery *delivery, const char *name, const char *value)
{
    g_autofree char *known = g_strconcat("alias ", name, NULL);
    const char *start = value;
    gboolean quoted = FALSE;

    if (!g_hash_table_add(delivery->reached, g_steal_pointer(&known)))
        return;
    report_expansion(delivery);
    g_ptr_array_add(delivery->chain, (gpointer)name);
    for (const char *at = value;; at++) {
        quoted ^= *at == '"';
        if (*at != '\0' && (*at != ',' || quoted))
            continue;
        g_autofree char *target = g_strstrip(g_strndup(start, (gsize)(at - start)));

        if (target[0] != '\0')
            deliver_to_target(delivery, target);
        if (*at == '\0')
            break;
        start = at + 1;
    }
    g_ptr_array_set_size(delivery->chain, (gint)delivery->chain->len - 1);
}

/* A name is an alias first, then a user (aliases(5)); in its own expansion it is the user. */
static gboolean
try_name(Delivery *delivery, const char *name, const char *address)
{
    g_autofree char *tables = mailsim_host_dup_parameter(delivery->host, NULL, "alias_maps");
    g_autofree char *value = NULL;
    MailsimLookup result = MAILSIM_LOOKUP_NOT_FOUND;

    if (!is_expanding(delivery, name))
        result = mailsim_host_look_up(delivery->host, tables, name, &value);
    switch (result) {
    case MAILSIM_LOOKUP_FOUND:
        deliver_to_alias(delivery, name, value);
        return TRUE;
    case MAILSIM_LOOKUP_ERROR:
        defer(delivery, "alias database unavailable");
        return TRUE;
    case MAILSIM_LOOKUP_NOT_FOUND:
        return deliver_to_user(delivery, name, address);
    }
    g_assert_not_reached();
}

/* With its extension, then without. */
static void
deliver_to_name(Delivery *delivery, const char *address)
{
    g_autofree char *name = dup_name(address);
    g_autofree char *bare = mailsim_host_dup_bare_local_part(delivery->host, name);
    g_autofree char *reason =
        g_strdup_printf("unknown user: \"%s\"", bare != NULL ? bare : name);
    MailsimDeliveryStatus unknown = {
        .status = "bounced", .dsn = "5.1.1", .relay = "local", .reason = reason};

    if (!try_name(delivery, name, address) &&
        (bare == NULL || !try_name(delivery, bare, address)))
        log_status(delivery, address, &unknown);
}

/* Has the message been here for this recipient before? Each time it is sent on, a line
 * Delivered-To: is put before it. */
static gboolean
goes_round(const Delivery *delivery)
{
    gsize length;
    const char *text = g_bytes_get_data(delivery->file->content, &length);
    const char *end = g_strstr_len(text, (gssize)length, "\n\n");
    g_autofree char *header = g_strndup(text, end != NULL ? (gsize)(end - text) : length);
    g_autofree char *field = g_strconcat("Delivered-To: ", delivery->recipient->address, NULL);
    g_auto(GStrv) lines = g_strsplit(header, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (g_ascii_strcasecmp(lines[i], field) == 0)
            return TRUE;
    }
    return FALSE;
}

static void
bounce_loop(Delivery *delivery)
{
    g_autofree char *reason =
        g_strdup_printf("mail forwarding loop for %s", delivery->recipient->address);
    MailsimDeliveryStatus status = {
        .status = "bounced", .dsn = "5.4.6", .relay = "local", .reason = reason};

    log_status(delivery, delivery->recipient->address, &status);
}

static void
forward(Delivery *delivery)
{
    MailsimHost *host = delivery->host;
    const char *address = delivery->recipient->address;
    g_autofree char *queue_id = mailsim_cleanup_new_queue_id(host);
    g_autofree char *reason = g_strdup_printf("forwarded as %s", queue_id);
    MailsimDeliveryStatus status = {
        .status = "sent", .dsn = "2.0.0", .relay = "local", .reason = reason};

    log_status(delivery, address, &status);
    mailsim_cleanup_take_forwarded(host, delivery->file, queue_id, address, delivery->forwards);
}

static void
free_recipient(gpointer data)
{
    mailsim_queue_recipient_free(data);
}

void
mailsim_local_deliver(MailsimHost *host,
                      MailsimQueueFile *file,
                      MailsimQueueRecipient *recipient)
{
    g_autoptr(GPtrArray) chain = g_ptr_array_new();
    g_autoptr(GPtrArray) forwards = g_ptr_array_new_with_free_func(free_recipient);
    g_autoptr(GHashTable) reached =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Delivery delivery = {
        .host = host,
        .file = file,
        .recipient = recipient,
        .notify = recipient->notify,
        .chain = chain,
        .reached = reached,
        .forwards = forwards,
    };
    const MailsimDeliveryStatus status = {.status = "sent",
                                          .dsn = "2.0.0",
                                          .relay = "local",
                                          .reason = "delivered to mailbox",
                                          .delivered = TRUE};

    if (goes_round(&delivery)) {
        bounce_loop(&delivery);
    } else {
        deliver_to_name(&delivery, recipient->address);
        if (delivery.n_mailboxes > 0)
            log_status(&delivery, recipient->address, &status);
        if (forwards->len > 0)
            forward(&delivery);
    }
    recipient->done = !delivery.deferred;
}
