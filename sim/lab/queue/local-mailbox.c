/* SPDX-License-Identifier: MIT
 *
 * local(8): mailboxes, and those who have none. */
#include "local-private.h"

#include <string.h>

#include <mailsim/protocol/message.h>
#include <mailsim/settings/expansion.h>

/* ---- templates --------------------------------------------------------------------------- */

/* postconf(5) forward_path, luser_relay */
static char *
look_up_name(gpointer data, const char *name)
{
    const MailsimLocalTurn *turn = data;
    const char *domain = strrchr(turn->address, '@');

    if (g_str_equal(name, "user"))
        return g_strdup(turn->user);
    if (g_str_equal(name, "home"))
        return mailsim_host_dup_home(turn->user);
    if (g_str_equal(name, "local"))
        return g_strdup(turn->local);
    if (g_str_equal(name, "recipient"))
        return g_strdup(turn->address);
    if (g_str_equal(name, "domain"))
        return g_strdup(domain != NULL ? domain + 1 : "");
    if (g_str_equal(name, "extension"))
        return g_strdup(turn->extension);
    if (g_str_equal(name, "shell"))
        return g_strdup("/bin/bash");
    if (g_str_equal(name, "recipient_delimiter"))
        return mailsim_host_dup_parameter(turn->delivery->host, NULL, name);
    return NULL;
}

char *
mailsim_local_expand_template(const MailsimLocalTurn *turn, const char *template)
{
    g_autofree char *problem = NULL;

    if (turn->extension == NULL &&
        (strstr(template, "$extension") != NULL || strstr(template, "${extension}") != NULL))
        return NULL;
    return mailsim_expansion_expand(template, look_up_name, (gpointer)turn, &problem);
}

/* ---- a user ------------------------------------------------------------------------------ */

/* Addresses as they are written, in quotes where they need them. */
static GBytes *
write_delivery_fields(const MailsimLocalTurn *turn)
{
    const gboolean shows_original =
        turn->original[0] != '\0' &&
        mailsim_host_get_flag(turn->delivery->host, NULL, "enable_original_recipient");
    g_autofree char *sender =
        turn->sender[0] != '\0' ? mailsim_address_quote(turn->sender) : g_strdup("");
    g_autofree char *original = mailsim_address_quote(turn->original);
    g_autofree char *delivered_to = mailsim_address_quote(turn->delivered_to);
    g_autofree char *fields =
        g_strdup_printf("Return-Path: <%s>\n%s%s%sDelivered-To: %s\n", sender,
                        shows_original ? "X-Original-To: " : "", shows_original ? original : "",
                        shows_original ? "\n" : "", delivered_to);
    const gsize length = strlen(fields);

    return g_bytes_new_take(g_steal_pointer(&fields), length);
}

static gboolean
is_maildir(const MailsimHost *host)
{
    g_autofree char *home_mailbox = mailsim_host_dup_parameter(host, NULL, "home_mailbox");

    return g_str_has_suffix(home_mailbox, "/");
}

/* With the line “From ana@iesgn.example  Mon Jan 12 09:00:00 2026” before it, and an empty one
 * behind. */
static gsize
measure_in_file(const MailsimLocalTurn *turn, GBytes *head, GBytes *content)
{
    const gsize sender_bytes = strlen(turn->sender[0] != '\0' ? turn->sender : "MAILER-DAEMON");

    return strlen("From   Mon Jan 12 09:00:00 2026\n") + sender_bytes +
           (head != NULL ? g_bytes_get_size(head) : 0) + g_bytes_get_size(content) + 1;
}

/* postconf(5) mailbox_size_limit: of a file, which a Maildir has one of for each message. */
static gboolean
has_room(const MailsimLocalTurn *turn, const GPtrArray *mailbox, GBytes *head, GBytes *content)
{
    const MailsimHost *host = turn->delivery->host;
    const gint64 limit = mailsim_host_get_number(host, NULL, "mailbox_size_limit");
    const guint n_before = is_maildir(host) ? 0 : mailbox->len;
    gsize bytes = measure_in_file(turn, head, content);

    if (limit <= 0)
        return TRUE;
    for (guint i = 0; i < n_before; i++) {
        const MailsimStoredMessage *message = g_ptr_array_index(mailbox, i);

        bytes += measure_in_file(turn, message->head, message->content);
    }
    return bytes <= (gsize)limit;
}

static gboolean
bounce_from_full(const MailsimLocalTurn *turn)
{
    const MailsimHost *host = turn->delivery->host;
    g_auto(MailsimMailLocation) location = {0};
    g_autofree char *reason = NULL;

    mailsim_host_find_delivery(host, turn->user, &location);
    reason = g_strdup_printf("cannot update mailbox %s for user %s. error writing message: "
                             "File too large",
                             location.inbox, turn->user);

    return mailsim_local_bounce(turn, "5.2.2", reason);
}

gboolean
mailsim_local_deliver_to_mailbox(const MailsimLocalTurn *turn, gboolean *again)
{
    MailsimLocalDelivery *delivery = turn->delivery;
    const MailsimUser *user = mailsim_host_find_user(delivery->host, turn->user);
    GBytes *content = delivery->file->content;
    g_autoptr(GBytes) head = NULL;
    MailsimMailbox *inbox;

    if (!mailsim_local_is_first(delivery, "mailbox", turn->local))
        return TRUE;
    if (user == NULL)
        return FALSE;
    head = write_delivery_fields(turn);
    inbox = mailsim_host_open_inbox(delivery->host, user->name);
    if (!has_room(turn, mailsim_mailbox_get_messages(inbox), head, content)) {
        *again = bounce_from_full(turn);
        return TRUE;
    }
    mailsim_mailbox_append(inbox, head, content, NULL,
                           mailsim_lab_get_now(delivery->host->lab));
    *again =
        mailsim_local_log(turn, &(MailsimDeliveryStatus){.status = "sent",
                                                         .dsn = "2.0.0",
                                                         .relay = "local",
                                                         .reason = is_maildir(delivery->host)
                                                                       ? "delivered to maildir"
                                                                       : "delivered to mailbox",
                                                         .delivered = TRUE});
    return TRUE;
}

/* ---- nobody ------------------------------------------------------------------------------ */

/* Whom postconf(5) luser_relay names; NULL: nobody, or the unknown himself. Free with
 * g_free(). */
static char *
find_relay(const MailsimLocalTurn *turn)
{
    const MailsimHost *host = turn->delivery->host;
    g_autofree char *template = mailsim_host_dup_parameter(host, NULL, "luser_relay");
    g_autofree char *problem = NULL;
    g_autofree char *address = NULL;
    g_auto(MailsimDestination) destination = {0};

    if (template[0] == '\0')
        return NULL;
    address = mailsim_expansion_expand(template, look_up_name, (gpointer)turn, &problem);
    if (address == NULL || address[0] == '\0')
        return NULL;
    mailsim_host_resolve(host, address, &destination);
    return g_ascii_strcasecmp(destination.recipient, turn->address) != 0
               ? g_steal_pointer(&address)
               : NULL;
}

gboolean
mailsim_local_deliver_to_unknown(MailsimLocalTurn turn)
{
    g_autofree char *relay = find_relay(&turn);
    g_autofree char *reason = g_strdup_printf("unknown user: \"%s\"", turn.user);

    turn.level++;
    if (!mailsim_local_is_first(turn.delivery, "unknown", turn.local))
        return FALSE;
    if (relay != NULL) {
        turn.unmatched = NULL;
        return mailsim_local_deliver_address(turn, relay);
    }
    if (g_str_equal(turn.user, "postmaster") || g_str_equal(turn.user, "mailer-daemon")) {
        mailsim_host_log(turn.delivery->host, "local", -1,
                         "warning: required alias not found: %s", turn.user);
        return mailsim_local_log(&turn, &(MailsimDeliveryStatus){.status = "sent",
                                                                 .dsn = "2.0.0",
                                                                 .relay = "local",
                                                                 .reason = "discarded"});
    }
    return mailsim_local_bounce(&turn, "5.1.1", reason);
}
