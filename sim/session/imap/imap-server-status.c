/* SPDX-License-Identifier: MIT
 *
 * STATUS (RFC 3501 §6.3.10, RFC 8438), in an order of its own, whatever was asked. */
#include "imap-server-private.h"

typedef struct {
    guint n_messages;
    guint n_recent;
    guint uid_next;
    guint uid_validity;
    guint n_unseen;
    guint64 size;
} Status;

typedef enum {
    MESSAGES = 1 << 0,
    RECENT = 1 << 1,
    UIDNEXT = 1 << 2,
    UIDVALIDITY = 1 << 3,
    UNSEEN = 1 << 4,
    SIZE = 1 << 5,
} Item;

static const struct {
    Item item;
    const char *name;
} items[] = {
    {MESSAGES,    "MESSAGES"   },
    {RECENT,      "RECENT"     },
    {UIDNEXT,     "UIDNEXT"    },
    {UIDVALIDITY, "UIDVALIDITY"},
    {UNSEEN,      "UNSEEN"     },
    {SIZE,        "SIZE"       },
};

/* ---- what is asked ----------------------------------------------------------------------- */

/* 0: there is no such item. */
static guint
find_item(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(items); i++) {
        if (g_ascii_strcasecmp(name, items[i].name) == 0)
            return items[i].item;
    }
    return 0;
}

/* 0: the command has failed. */
static guint
parse_items(MailsimImapServer *server, const GPtrArray *list)
{
    guint asked = 0;

    for (guint i = 0; i < list->len; i++) {
        const MailsimImapArgument *argument = g_ptr_array_index(list, i);
        const gboolean atom = argument->kind == MAILSIM_IMAP_ATOM;
        const guint item = atom ? find_item(argument->text) : 0;

        if (item == 0) {
            g_autofree char *name = atom ? g_ascii_strup(argument->text, -1) : NULL;
            g_autofree char *problem = atom ? g_strdup_printf("Invalid status item %s", name)
                                            : g_strdup("Status list contains non-atoms");

            mailsim_imap_server_fail(server, problem);
            return 0;
        }
        asked |= item;
    }
    if (asked == 0)
        mailsim_imap_server_fail(server, "Empty status list");
    return asked;
}

/* ---- what is so -------------------------------------------------------------------------- */

static void
count_message(Status *status, const MailsimStoredMessage *message, guint flags)
{
    status->n_messages++;
    status->n_unseen += (flags & MAILSIM_MESSAGE_SEEN) == 0;
    status->size += message->size;
}

static void
look_at_mailbox(MailsimMailbox *mailbox, Status *status)
{
    const GPtrArray *messages = mailsim_mailbox_get_messages(mailbox);

    mailsim_mailbox_come_upon(mailbox);
    status->n_recent = mailsim_mailbox_count_recent(mailbox);
    status->uid_next = mailsim_mailbox_get_uid_next(mailbox);
    for (guint i = 0; i < messages->len; i++) {
        const MailsimStoredMessage *message = g_ptr_array_index(messages, i);

        count_message(status, message, message->flags.flags);
    }
}

/* Of the selected mailbox, what the session has been told. */
static void
look_at_view(const MailsimMailboxView *view, Status *status)
{
    status->n_recent = mailsim_mailbox_view_count_recent(view);
    status->uid_next = mailsim_mailbox_view_get_uid_next(view);
    for (guint number = 1; number <= mailsim_mailbox_view_count(view); number++)
        count_message(status, mailsim_mailbox_view_get(view, number),
                      mailsim_mailbox_view_get_known_flags(view, number)->flags);
}

static void
append_values(GString *out, const Status *status, guint asked)
{
    const struct {
        Item item;
        guint64 value;
    } values[] = {
        {MESSAGES,    status->n_messages  },
        {RECENT,      status->n_recent    },
        {UIDNEXT,     status->uid_next    },
        {UIDVALIDITY, status->uid_validity},
        {UNSEEN,      status->n_unseen    },
        {SIZE,        status->size        },
    };
    const char *between = "";

    G_STATIC_ASSERT(G_N_ELEMENTS(values) == G_N_ELEMENTS(items));
    for (guint i = 0; i < G_N_ELEMENTS(values); i++) {
        if ((asked & values[i].item) == 0)
            continue;
        g_string_append_printf(out, "%s%s %" G_GUINT64_FORMAT, between, items[i].name,
                               values[i].value);
        between = " ";
    }
}

static void
tell_status(MailsimImapServer *server, const char *name, MailsimMailbox *mailbox, guint asked)
{
    const gboolean selected = mailbox == server->mailbox;
    Status status = {.uid_validity = mailsim_mailbox_get_uid_validity(mailbox)};

    if (selected)
        look_at_view(server->view, &status);
    else
        look_at_mailbox(mailbox, &status);
    g_string_append(server->out, "* STATUS ");
    mailsim_imap_server_append_astring(server->out, name);
    g_string_append(server->out, " (");
    append_values(server->out, &status, asked);
    g_string_append(server->out, ")\r\n");
    mailsim_imap_server_finish(server,
                               selected ? "OK [CLIENTBUG] Status on selected mailbox completed"
                                        : "OK Status completed");
}

void
mailsim_imap_server_do_status(MailsimImapServer *server)
{
    const char *name = mailsim_imap_server_get_string(server, 0);
    const GPtrArray *list = mailsim_imap_server_get_list(server, 1);
    g_autofree char *refusal = NULL;
    MailsimMailbox *mailbox;
    guint asked;

    if (name == NULL || list == NULL) {
        mailsim_imap_server_fail(server, "Invalid arguments");
        return;
    }
    asked = parse_items(server, list);
    if (asked == 0)
        return;
    mailbox = mailsim_imap_server_find_mailbox(server, name, &refusal);
    if (mailbox == NULL)
        mailsim_imap_server_finish(server, "%s", refusal);
    else
        tell_status(server, name, mailbox, asked);
}
