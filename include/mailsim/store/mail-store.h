/* SPDX-License-Identifier: MIT
 *
 * The mail of one user as IMAP and POP3 see it: mailboxes, and in them messages with UIDs and
 * flags (RFC 3501 §2.3). Plain data without I/O or clock: local(8) appends, sessions read and
 * change, each through a view of its own. */
#pragma once

#include <mailsim/base/time.h>

/* System flags (RFC 3501 §2.3.2), in the order in which Dovecot names them. \Recent is no flag
 * of a message, but what a view is the first to see. */
typedef enum {
    MAILSIM_MESSAGE_ANSWERED = 1 << 0,
    MAILSIM_MESSAGE_FLAGGED = 1 << 1,
    MAILSIM_MESSAGE_DELETED = 1 << 2,
    MAILSIM_MESSAGE_SEEN = 1 << 3,
    MAILSIM_MESSAGE_DRAFT = 1 << 4,
} MailsimMessageFlags;

typedef struct {
    guint flags;         /* of MailsimMessageFlags */
    GPtrArray *keywords; /* of char *, as the mailbox writes them; NULL: none */
} MailsimFlagSet;

/* Keywords are shared: nobody changes the array of a set that somebody else has, too. */
void mailsim_flag_set_copy(const MailsimFlagSet *from, MailsimFlagSet *to);
void mailsim_flag_set_clear(MailsimFlagSet *set);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimFlagSet, mailsim_flag_set_clear)

/* Keywords are compared without regard to capitals. */
gboolean mailsim_flag_set_has(const MailsimFlagSet *set, const char *keyword);

/* One message; it never changes but for its flags. Shared by the mailbox and its views. */
typedef struct {
    guint uid;
    MailsimFlagSet flags;
    MailsimTime received_us; /* INTERNALDATE */
    GBytes *head;            /* what the delivery has put before it; NULL: nothing */
    GBytes *content;         /* may be shared by copies; lines end in LF, or in CR LF */
    gsize size;              /* of all, RFC822.SIZE: lines end in CR LF */
    gboolean recent;         /* no view that selects has seen it yet */
    guint64 changed;         /* when its flags did; counted by the mailbox */
    guint references;
} MailsimStoredMessage;

/* All of MESSAGE, as it crosses the wire: lines end in CR LF. Free with g_bytes_unref(). */
GBytes *mailsim_stored_message_dup_text(const MailsimStoredMessage *message);

/* The same as it lies on the disk, line ends as they came; a NUL stands behind it. Free with
 * g_bytes_unref(). */
GBytes *mailsim_stored_message_join(const MailsimStoredMessage *message);

typedef struct MailsimMailbox MailsimMailbox;
typedef struct MailsimMailStore MailsimMailStore;

/* ---- the store --------------------------------------------------------------------------- */

/* How mailboxes lie on the disk, which shows in their names (mail_location). */
typedef enum {
    MAILSIM_LAYOUT_MAILDIR, /* “a.b”, below and beside each other */
    MAILSIM_LAYOUT_MBOX,    /* “a/b”: files, and folders, which hold no messages */
} MailsimMailLayout;

/* With an INBOX, which is empty. */
MailsimMailStore *mailsim_mail_store_new(MailsimMailLayout layout, guint uid_validity);
void mailsim_mail_store_free(MailsimMailStore *store);

MailsimMailLayout mailsim_mail_store_get_layout(const MailsimMailStore *store);

/* Between the levels of a name: “.” or “/”. */
char mailsim_mail_store_get_separator(const MailsimMailStore *store);

/* CHANGED is called whenever a message has come, gone, or changed its flags in any of its
 * mailboxes, until the same is taken back. One may be taken back while they are called. */
typedef void (*MailsimMailStoreChanged)(gpointer data);
void mailsim_mail_store_watch(MailsimMailStore *store,
                              MailsimMailStoreChanged changed,
                              gpointer data);
void mailsim_mail_store_unwatch(MailsimMailStore *store,
                                MailsimMailStoreChanged changed,
                                gpointer data);

/* INBOX in any capitals is INBOX, also as the first part of a name. NULL: there is none. */
MailsimMailbox *mailsim_mail_store_find(const MailsimMailStore *store, const char *name);

/* All, by name, INBOX first; lent. */
const GPtrArray *mailsim_mail_store_list(const MailsimMailStore *store);

/* Names, of char *, that stand above mailboxes without being one, and can be told from a mere
 * part of a name: folders of the disk, and of MAILSIM_LAYOUT_MAILDIR a mailbox that was deleted
 * and left others below it. By name; lent. */
const GPtrArray *mailsim_mail_store_list_folders(const MailsimMailStore *store);
gboolean mailsim_mail_store_has_folder(const MailsimMailStore *store, const char *name);

/* Are there mailboxes below NAME? */
gboolean mailsim_mail_store_has_below(const MailsimMailStore *store, const char *name);

/* NULL: it is there already, or there are MAILSIM_MAILBOXES_MAX. */
MailsimMailbox *mailsim_mail_store_create(MailsimMailStore *store, const char *name);

/* MAILSIM_LAYOUT_MBOX. FALSE: there is one of that name already, or a mailbox. */
gboolean mailsim_mail_store_create_folder(MailsimMailStore *store, const char *name);
void mailsim_mail_store_delete_folder(MailsimMailStore *store, const char *name);

/* With what is in it; views of it live on, empty. Mailboxes below it stay. */
void mailsim_mail_store_delete(MailsimMailStore *store, MailsimMailbox *mailbox);

/* A mailbox, or what is above some, with those below it. FALSE: there is no such name, or one
 * that is there already stands in the way. */
gboolean
mailsim_mail_store_rename(MailsimMailStore *store, const char *name, const char *new_name);

/* Names are remembered whether there are such mailboxes or not (RFC 3501 §6.3.6); at most
 * MAILSIM_MAILBOXES_MAX. */
void mailsim_mail_store_subscribe(MailsimMailStore *store, const char *name);
gboolean mailsim_mail_store_unsubscribe(MailsimMailStore *store, const char *name);
gboolean mailsim_mail_store_is_subscribed(const MailsimMailStore *store, const char *name);
const GPtrArray *mailsim_mail_store_get_subscriptions(const MailsimMailStore *store);

/* ---- a mailbox --------------------------------------------------------------------------- */

const char *mailsim_mailbox_get_name(const MailsimMailbox *mailbox);
guint mailsim_mailbox_get_uid_validity(const MailsimMailbox *mailbox);
guint mailsim_mailbox_get_uid_next(const MailsimMailbox *mailbox);

/* Of MailsimStoredMessage, by UID; lent. */
const GPtrArray *mailsim_mailbox_get_messages(const MailsimMailbox *mailbox);

/* How many nobody has seen in a view yet. */
guint mailsim_mailbox_count_recent(const MailsimMailbox *mailbox);

/* Of char *: all keywords that it ever had, in that order; lent. */
const GPtrArray *mailsim_mailbox_get_keywords(const MailsimMailbox *mailbox);

/* It has KEYWORD from now on, if it had not: as the mailbox writes it, the same each time;
 * lent, reference counted (GRefString). NULL: there are MAILSIM_KEYWORDS_MAX. */
char *mailsim_mailbox_add_keyword(MailsimMailbox *mailbox, const char *keyword);

/* HEAD (NULL: nothing) and CONTENT are referenced, FLAGS (NULL: none) are copied. The UID that
 * it gets. */
guint mailsim_mailbox_append(MailsimMailbox *mailbox,
                             GBytes *head,
                             GBytes *content,
                             const MailsimFlagSet *flags,
                             MailsimTime received_us);

/* Likewise, a copy of MESSAGE, of whatever mailbox. */
guint mailsim_mailbox_append_copy(MailsimMailbox *mailbox, const MailsimStoredMessage *message);

/* Octets of all its messages. */
guint64 mailsim_mailbox_get_size(const MailsimMailbox *mailbox);

/* A session has put there what came last: all others come upon it, too. */
void mailsim_mailbox_come_upon(MailsimMailbox *mailbox);

/* MESSAGE, one of its own, now has these flags, which are copied. */
void mailsim_mailbox_set_flags(MailsimMailbox *mailbox,
                               MailsimStoredMessage *message,
                               const MailsimFlagSet *flags);

/* MESSAGES (of MailsimStoredMessage), by UID, are gone for good, if they were still there. Its
 * views notice when they look. */
void mailsim_mailbox_expunge(MailsimMailbox *mailbox, const GPtrArray *messages);

/* ---- a view ------------------------------------------------------------------------------ */

/* What one session has been told of a mailbox: messages by number, until it looks again. */
typedef struct MailsimMailboxView MailsimMailboxView;

/* All that is there, as of now. Who examines only (RFC 3501 §6.3.2) leaves \Recent to the
 * next. */
MailsimMailboxView *mailsim_mailbox_view_new(MailsimMailbox *mailbox, gboolean examines);
void mailsim_mailbox_view_free(MailsimMailboxView *view);

/* Has its mailbox been deleted, or got another name? */
gboolean mailsim_mailbox_view_is_lost(const MailsimMailboxView *view);

guint mailsim_mailbox_view_count(const MailsimMailboxView *view);
guint mailsim_mailbox_view_count_recent(const MailsimMailboxView *view);

/* The lowest UID that what it will be told of can have. */
guint mailsim_mailbox_view_get_uid_next(const MailsimMailboxView *view);

/* The message with that number, from 1, lent; it may have been expunged by another session. */
MailsimStoredMessage *mailsim_mailbox_view_get(const MailsimMailboxView *view, guint number);
gboolean mailsim_mailbox_view_is_recent(const MailsimMailboxView *view, guint number);

/* The flags that the session has been told of, or has set, lent; another one may have changed
 * them. */
const MailsimFlagSet *mailsim_mailbox_view_get_known_flags(const MailsimMailboxView *view,
                                                           guint number);

/* Has another session expunged it? */
gboolean mailsim_mailbox_view_is_gone(const MailsimMailboxView *view, guint number);

/* The number of the first message whose UID is not below that; one beyond the last: there is
 * none. */
guint mailsim_mailbox_view_find_from(const MailsimMailboxView *view, guint uid);

/* The session itself changes the flags of NUMBER, which are copied. Where it has TOLD so, a
 * look does not tell it, unless another session has changed them, too. */
void mailsim_mailbox_view_set_flags(MailsimMailboxView *view,
                                    guint number,
                                    const MailsimFlagSet *flags,
                                    gboolean told);

/* What a look may tell besides flags. */
typedef enum {
    MAILSIM_LOOK_EXPUNGES = 1 << 0, /* else what is gone keeps its number (RFC 3501 §7.4.1) */
    MAILSIM_LOOK_DELIVERIES = 1 << 1, /* else mail that no session has come upon yet waits */
} MailsimMailboxLook;

/* What has changed since the last look: told one by one, in this order, and then known.
 * Numbers are those from before; the last message that is gone is told first. */
typedef struct {
    void (*changed)(gpointer data, guint number); /* flags */
    void (*expunged)(gpointer data, guint number);
} MailsimMailboxNews;

void mailsim_mailbox_view_look(MailsimMailboxView *view,
                               guint look, /* of MailsimMailboxLook */
                               const MailsimMailboxNews *news,
                               gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimMailStore, mailsim_mail_store_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimMailboxView, mailsim_mailbox_view_free)
