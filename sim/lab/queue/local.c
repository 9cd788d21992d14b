/* SPDX-License-Identifier: MIT
 *
 * local(8): one recipient, by way of aliases and ~/.forward files, until all that he stands for
 * is in mailboxes or on its way. Who he is to smtpd(8) is at the top. */
#include "local-private.h"

#include <string.h>

#include <mailsim/base/limits.h>
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

/* Without tables there is nobody. */
MailsimLookup
mailsim_virtual_recipient_exists(const MailsimHost *host,
                                 const MailsimServiceDefinition *service,
                                 const char *recipient)
{
    g_autofree char *tables = mailsim_host_dup_parameter(host, service, "virtual_alias_maps");

    if (tables[0] == '\0')
        return MAILSIM_LOOKUP_NOT_FOUND;
    return mailsim_host_look_up_address(host, tables, recipient, NULL);
}

/* ---- what the turns have in common ------------------------------------------------------- */

/* Postfix forgets what is more than duplicate_filter_limit. */
gboolean
mailsim_local_is_first(MailsimLocalDelivery *delivery, const char *kind, const char *what)
{
    g_autofree char *key = g_strconcat(kind, " ", what, NULL);
    g_autofree char *folded = g_ascii_strdown(key, -1);

    if (g_hash_table_contains(delivery->seen, folded))
        return FALSE;
    if (delivery->seen_max <= 0 ||
        g_hash_table_size(delivery->seen) < (guint)delivery->seen_max)
        g_hash_table_add(delivery->seen, g_steal_pointer(&folded));
    return TRUE;
}

gboolean
mailsim_local_log(const MailsimLocalTurn *turn, const MailsimDeliveryStatus *status)
{
    MailsimLocalDelivery *delivery = turn->delivery;
    MailsimQueueRecipient *part = mailsim_queue_recipient_copy(delivery->recipient);
    MailsimDeliveryStatus own = *status;
    gboolean again;

    own.daemon = "local";

    g_free(part->address);
    part->address = g_strdup(turn->address);
    g_free(part->original);
    part->original = g_strdup(turn->original);
    part->notify = turn->notify;
    again = mailsim_qmgr_log(delivery->host, delivery->file, part, -1, &own);
    mailsim_queue_recipient_free(part);
    return again;
}

gboolean
mailsim_local_bounce(const MailsimLocalTurn *turn, const char *dsn, const char *reason)
{
    return mailsim_local_log(
        turn, &(MailsimDeliveryStatus){
                  .status = "bounced", .dsn = dsn, .relay = "local", .reason = reason});
}

gboolean
mailsim_local_defer(const MailsimLocalTurn *turn, const char *dsn, const char *reason)
{
    return mailsim_local_log(
        turn, &(MailsimDeliveryStatus){
                  .status = "deferred", .dsn = dsn, .relay = "local", .reason = reason});
}

/* ---- one recipient ----------------------------------------------------------------------- */

/* Each time a message is sent on, a line Delivered-To: is put before it. */
static gboolean
was_here_before(const MailsimLocalTurn *turn)
{
    g_autofree char *quoted = mailsim_address_quote(turn->address);
    g_autofree char *folded = g_ascii_strdown(quoted, -1);

    return g_hash_table_contains(turn->delivery->visited, folded);
}

/* TRUE: it is an alias, with its extension or without. */
static gboolean
try_alias(MailsimLocalTurn turn, gboolean *again)
{
    turn.unmatched = NULL;
    if (mailsim_local_expand_alias(turn, turn.local, again))
        return TRUE;
    if (turn.extension == NULL)
        return FALSE;
    if (mailsim_host_propagates_extension(turn.delivery->host, "alias"))
        turn.unmatched = turn.extension;
    return mailsim_local_expand_alias(turn, turn.user, again);
}

/* Aliases come before users (aliases(5)). Whoever was sent on by another user, a list or an
 * alias with an owner gets a message of his own, so that each has a status of his own. */
static gboolean
choose(MailsimLocalTurn turn)
{
    gboolean again = FALSE;

    turn.level++;
    if (try_alias(turn, &again))
        return again;
    turn.unmatched = turn.extension;
    if ((turn.owner != NULL && g_ascii_strcasecmp(turn.owner, turn.user) != 0) ||
        turn.source == MAILSIM_LOCAL_INCLUDE) {
        mailsim_local_forward(&turn);
        return FALSE;
    }
    if (mailsim_local_expand_forward(turn, &again) ||
        mailsim_local_deliver_to_mailbox(&turn, &again))
        return again;
    return mailsim_local_deliver_to_unknown(turn);
}

/* A filter that forgets finds no circle, and a real local(8) goes round until its stack or its
 * watchdog's patience ends. TRUE: enough. */
static gboolean
is_exhausted(const MailsimLocalTurn *turn)
{
    MailsimLocalDelivery *delivery = turn->delivery;

    return delivery->exhausted || ++delivery->n_turns > MAILSIM_LOCAL_TURNS_MAX ||
           turn->level > MAILSIM_LOCAL_LEVELS_MAX;
}

static gboolean
bounce_exhausted(const MailsimLocalTurn *turn)
{
    g_autofree char *reason = g_strdup_printf("alias database loop for %s", turn->address);

    if (turn->delivery->exhausted)
        return FALSE;
    turn->delivery->exhausted = TRUE;
    return mailsim_local_bounce(turn, "5.4.6", reason);
}

/* To the address of TURN, which is local(8)'s. */
static gboolean
deliver_recipient(MailsimLocalTurn turn)
{
    g_autofree char *written = mailsim_mail_address_dup_local_part(turn.address);
    g_autofree char *local = g_ascii_strdown(written, -1);
    g_autofree char *user = mailsim_host_dup_bare_local_part(turn.delivery->host, local);
    g_autofree char *kind = g_strdup_printf("recipient %u", ++turn.level);

    if (is_exhausted(&turn))
        return bounce_exhausted(&turn);
    if (!mailsim_local_is_first(turn.delivery, kind, turn.address))
        return FALSE;
    if (was_here_before(&turn)) {
        g_autofree char *reason = g_strdup_printf("mail forwarding loop for %s", turn.address);

        return mailsim_local_bounce(&turn, "5.4.6", reason);
    }
    if (turn.delivered_to == NULL)
        turn.delivered_to = turn.address;
    turn.local = local;
    turn.user = user != NULL ? user : local;
    turn.extension = user != NULL ? local + strlen(user) + 1 : NULL;
    if (turn.user[0] == '\0') {
        g_autofree char *reason = g_strdup_printf("null username in \"%s\"", turn.address);

        return mailsim_local_bounce(&turn, "5.1.3", reason);
    }
    return choose(turn);
}

/* “ana+x@iesgn.example” of “ana@iesgn.example”; free with g_free(). */
static char *
append_extension(const MailsimHost *host, const char *address, const char *extension)
{
    g_autofree char *delimiter = mailsim_host_dup_parameter(host, NULL, "recipient_delimiter");
    g_autofree char *local = mailsim_mail_address_dup_local_part(address);

    return g_strdup_printf("%s%c%s@%s", local, delimiter[0], extension,
                           mailsim_mail_address_get_domain(address));
}

gboolean
mailsim_local_deliver_address(MailsimLocalTurn turn, const char *address)
{
    g_auto(MailsimDestination) destination = {0};
    g_autofree char *extended = NULL;

    turn.level++;
    mailsim_host_resolve(turn.delivery->host, address, &destination);
    if (destination.failed)
        return mailsim_local_defer(&turn, "4.3.0", "address resolver failure");
    turn.address = destination.recipient;
    if (turn.unmatched != NULL) {
        extended = append_extension(turn.delivery->host, destination.recipient, turn.unmatched);
        turn.address = extended;
    }
    if (g_str_equal(destination.transport, "local"))
        return deliver_recipient(turn);
    mailsim_local_forward(&turn);
    return FALSE;
}

/* ---- the daemon -------------------------------------------------------------------------- */

static GHashTable *
list_visited(const MailsimQueueFile *file)
{
    GHashTable *visited = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) values = mailsim_message_list_values(file->content, "Delivered-To");

    for (guint i = 0; i < values->len; i++)
        g_hash_table_add(visited, g_ascii_strdown(g_ptr_array_index(values, i), -1));
    return visited;
}

/* local(8) does not even start with such settings. */
static gboolean
starts(const MailsimHost *host)
{
    const gint64 mailbox_bytes = mailsim_host_get_number(host, NULL, "mailbox_size_limit");
    const gint64 message_bytes = mailsim_host_get_number(host, NULL, "message_size_limit");

    return mailbox_bytes == 0 || (message_bytes != 0 && mailbox_bytes >= message_bytes);
}

static void
die(MailsimHost *host)
{
    MailsimProcess *process = mailsim_process_start(host, NULL, "local");

    mailsim_delivery_log_death(
        host, process, "local",
        "configuration error: mailbox_size_limit is smaller than message_size_limit");
    mailsim_process_end(process);
}

void
mailsim_local_deliver(MailsimHost *host,
                      MailsimQueueFile *file,
                      MailsimQueueRecipient *recipient)
{
    g_autoptr(GPtrArray) forwards = g_ptr_array_new_with_free_func(mailsim_local_forward_free);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) visited = list_visited(file);
    MailsimLocalDelivery delivery = {
        .host = host,
        .file = file,
        .recipient = recipient,
        .seen_max = mailsim_host_get_number(host, NULL, "duplicate_filter_limit"),
        .seen = seen,
        .visited = visited,
        .forwards = forwards,
    };
    MailsimLocalTurn turn = {
        .delivery = &delivery,
        .source = MAILSIM_LOCAL_RECIPIENT,
        .address = recipient->address,
        .original = recipient->original,
        .sender = file->sender,
        .dsn_original = recipient->dsn_original,
        .notify = recipient->notify,
    };
    gboolean again;

    if (!starts(host)) {
        die(host);
        return;
    }
    again = deliver_recipient(turn);
    if (!again)
        again = mailsim_local_send_forwards(&turn);
    recipient->done = !again;
}
