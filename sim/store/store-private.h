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
    guint64 size;        /* of all of them */
    guint first_new;     /* the UID from which on no session has come upon them */
    guint64 n_changes;
    GPtrArray *keywords;       /* of reference counted strings */
    GHashTable *keyword_index; /* of the place in them plus one, by keyword in small letters */
    guint references;
    MailsimMailStore *store; /* whom it tells of changes; NULL: it is deleted */
};

MailsimMailbox *mailbox_new(MailsimMailStore *store, const char *name, guint uid_validity);
MailsimMailbox *mailbox_ref(MailsimMailbox *mailbox);
void mailbox_unref(MailsimMailbox *mailbox);
void mailbox_expunge_all(MailsimMailbox *mailbox);

/* Its place; messages->len: another session has expunged it. */
guint mailbox_find_message(const MailsimMailbox *mailbox, const MailsimStoredMessage *message);

/* Tell those who watch. */
void store_tell(const MailsimMailStore *store);

MailsimStoredMessage *message_ref(MailsimStoredMessage *message);
void message_unref(gpointer message);
