/* SPDX-License-Identifier: MIT
 *
 * The messages of the recordings of Dovecot, and mailboxes that are filled with them. */
#pragma once

#include <mailsim/store/mail-store.h>

#include "dovecot-dialogue.h"

/* Into INBOX arrives the message of that name in imap/messages.txt. */
void dovecot_mail_append(MailsimMailbox *mailbox, const DovecotMessage *message);
void dovecot_mail_deliver(MailsimMailStore *store, const char *name);

/* The mailboxes that the dialogue begins with. */
MailsimMailStore *dovecot_mail_create_store(const DovecotDialogue *dialogue);
