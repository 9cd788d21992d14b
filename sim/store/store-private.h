/* SPDX-License-Identifier: MIT
 *
 * Inside the layer: a mailbox, which its store and its views hold together. */
#pragma once

#include <mailsim/store/mail-store.h>

struct MailsimMailbox {
    char *name;
    guint uid_validity;
    guint uid_next;
    GPtrArray *messages; /* of MailsimStoredMessage, by UID */
    guint first_recent;  /* the UID from which on nobody has seen them */
    guint64 n_changes;
    guint references;
};

MailsimMailbox *mailbox_new(const char *name, guint uid_validity);
MailsimMailbox *mailbox_ref(MailsimMailbox *mailbox);
void mailbox_unref(MailsimMailbox *mailbox);
void mailbox_expunge_all(MailsimMailbox *mailbox);

MailsimStoredMessage *message_ref(MailsimStoredMessage *message);
void message_unref(gpointer message);
