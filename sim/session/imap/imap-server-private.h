/* SPDX-License-Identifier: MIT
 *
 * What the files of the IMAP server share: the session's state and the form of its handlers. */
#pragma once

#include <mailsim/protocol/imap-reader.h>
#include <mailsim/protocol/imap-set.h>
#include <mailsim/session/imap-server.h>

#include "imap-fetch-items-private.h"
#include "imap-search-private.h"

typedef struct MailsimImapServer MailsimImapServer;
typedef struct MailsimImapServerCommand MailsimImapServerCommand;

/* Named by what the server waits for. */
typedef enum {
    MAILSIM_IMAP_EXPECT_COMMAND,
    MAILSIM_IMAP_EXPECT_ARGUMENTS, /* a line behind a literal */
    MAILSIM_IMAP_EXPECT_LITERAL,
    MAILSIM_IMAP_EXPECT_LINE_END, /* of what nobody wants to hear */
    MAILSIM_IMAP_EXPECT_MESSAGE,  /* of APPEND */
    MAILSIM_IMAP_EXPECT_DONE,     /* of IDLE */
} MailsimImapServerState;

typedef enum {
    MAILSIM_IMAP_NEEDS_MAILBOX = 1 << 0, /* selected */
    MAILSIM_IMAP_NEEDS_STRINGS = 1 << 1, /* its arguments are strings, all that are wanted */
    MAILSIM_IMAP_STANDS_ALONE = 1 << 2,  /* what came before it is answered first */
} MailsimImapServerCommandFlags;

/* Of arguments, instead of their number. */
#define MAILSIM_IMAP_ALL_ARGUMENTS G_MAXUINT

/* ARGUMENTS are the server's reader's. The reply goes to the server's OUT. */
typedef void (*MailsimImapServerHandler)(MailsimImapServer *server);

struct MailsimImapServerCommand {
    const char *name;
    guint flags;
    guint n_arguments; /* that are looked at; the rest of the line is passed over */
    MailsimImapServerHandler handler;
    const char *syntax;
    const char *reference;
};

/* Besides those of MailsimMailboxLook: flags are told with their UIDs. */
#define MAILSIM_IMAP_LOOK_WITH_UIDS (1 << 8)

/* A command that is obeyed, and answered when the mailbox has been looked at. */
typedef struct {
    char *reply;
    guint look;
} MailsimImapServerPending;

/* What the log sums up. */
typedef struct {
    guint64 n_in; /* octets */
    guint64 n_out;
    guint64 n_deleted;
    guint64 n_expunged;
    MailsimImapFetchCounters fetched;
} MailsimImapServerTally;

/* A message of APPEND, until all of them are saved. */
typedef struct {
    GString *text;
    MailsimFlagSet flags;
    MailsimTime received_us;
} MailsimImapServerAppended;

/* APPEND under way. */
typedef struct {
    GPtrArray *messages; /* of MailsimImapServerAppended, the last is under way; NULL: there is
                            no APPEND */
    char *name;          /* of the mailbox */
    gboolean refused;    /* so the client has been told; what comes is thrown away */
    gboolean fails;      /* so it will be told with the next line */
    gsize n_missing;     /* octets of the message under way */
    gsize size;          /* of all of them */
    MailsimTime begun_us;
} MailsimImapServerAppend;

typedef struct {
    MailsimTime begun_us;
    MailsimTime still_here_us; /* when it is said next */
    MailsimTime tell_us;       /* when changes are told; 0: there are none */
    guint64 n_out_before;
} MailsimImapServerIdle;

/* FETCH under way. */
typedef struct {
    MailsimImapFetchItems *items; /* NULL: there is none */
    GArray *numbers;              /* ranges, of those that are still to come */
    guint next_range;
    guint32 next;
    gboolean in_message; /* the answer about NEXT has begun */
    gboolean missed;     /* one was gone */
    gboolean marks;      /* \Seen was set */
} MailsimImapServerFetch;

/* SEARCH under way. */
typedef struct {
    MailsimImapSearch *program; /* NULL: there is none */
    guint next;                 /* of the messages */
    gboolean missed;            /* one was gone */
} MailsimImapServerSearch;

struct MailsimImapServer {
    MailsimSession session;
    MailsimImapServerOptions options;
    const MailsimImapServerPolicy *policy; /* borrowed, with its data; NULL: nothing is told */
    gpointer data;
    MailsimMailStore *store; /* borrowed */
    GString *out;            /* of the call under way; borrowed */

    MailsimImapServerState state;
    MailsimWant want;    /* the last one */
    gboolean ended;      /* and the log says so */
    gboolean more_waits; /* a whole line behind what is heard */
    guint n_bad;         /* BAD in a row */

    /* The command under way. */
    char *tag; /* NULL: none */
    char *name;
    const MailsimImapServerCommand *command; /* NULL: it is none that is known */
    gboolean by_uid;
    MailsimImapReader reader;
    const char *line; /* the last; lent for the call */
    gsize line_length;
    gsize n_line;   /* octets of it, with its end */
    gsize n_behind; /* those that nobody has looked at */
    gboolean cut;   /* it goes on */

    char *last_name; /* of the command before; NULL: there was none */
    MailsimTime last_us;
    MailsimTime input_us; /* when something was heard last */

    /* The mailbox that is selected. */
    MailsimMailbox *mailbox;  /* lent; NULL: none is */
    MailsimMailboxView *view; /* likewise */
    gboolean examined;
    guint n_messages; /* that the client has been told of */
    guint n_recent;
    guint n_keywords;

    gboolean tells_uids; /* with the news under way */

    GPtrArray *pending; /* of MailsimImapServerPending */
    MailsimImapServerTally tally;
    MailsimImapServerAppend append;
    MailsimImapServerIdle idle;
    MailsimImapServerFetch fetch;
    MailsimImapServerSearch search;
};

/* ---- imap-server.c ----------------------------------------------------------------------- */

/* NULL: there is no such command. */
const MailsimImapServerCommand *mailsim_imap_server_find_command(const char *name);

/* The clock; 0 where it stands still. */
MailsimTime mailsim_imap_server_get_now(const MailsimImapServer *server);

/* ---- imap-server-input.c ----------------------------------------------------------------- */

/* A line: a command, what stands behind a literal, or what nobody wants. */
void mailsim_imap_server_hear_line(MailsimImapServer *server, const MailsimInput *input);
void mailsim_imap_server_hear_literal(MailsimImapServer *server, const MailsimInput *input);

/* TEXT is what is left of the line: a command of its own. */
void
mailsim_imap_server_hear_command(MailsimImapServer *server, const char *text, gsize length);

/* Arguments are read from OFFSET of the line on. */
void mailsim_imap_server_begin_reader(MailsimImapServer *server, gsize offset);

/* More arguments out of the line; where a literal is too big the session ends. */
MailsimImapReadResult mailsim_imap_server_read(MailsimImapServer *server);

/* Octets of TEXT, which nobody has heard, that belong to whole words. */
gsize mailsim_imap_server_count_words(const char *text, gsize length);

/* ---- imap-server-reply.c ----------------------------------------------------------------- */

/* An untagged line. */
void mailsim_imap_server_say(MailsimImapServer *server, const char *format, ...)
    G_GNUC_PRINTF(2, 3);

/* The command is over: “OK Select completed”. */
void mailsim_imap_server_finish(MailsimImapServer *server, const char *format, ...)
    G_GNUC_PRINTF(2, 3);

/* It is BAD: “Error in IMAP command SELECT: ” and PROBLEM. Too many of them end it all. */
void mailsim_imap_server_fail(MailsimImapServer *server, const char *problem);

/* The connection is over, for REASON, which the client is told, too (“* BYE ”). */
void mailsim_imap_server_say_bye(MailsimImapServer *server, const char *reason);

/* The line of the log about the end, once. */
void mailsim_imap_server_log_end(MailsimImapServer *server, const char *reason);

/* After what the connection was lost; LEFT is what nobody has heard. */
void mailsim_imap_server_log_loss(MailsimImapServer *server, const char *left, gsize n_left);

/* Append “INBOX”, or “"two words"”. */
void mailsim_imap_server_append_astring(GString *out, const char *text);

/* ---- imap-server-sync.c ------------------------------------------------------------------ */

GPtrArray *mailsim_imap_server_new_pending(void);

/* The command is obeyed; its reply comes once the mailbox has been looked at, in the way of
 * LOOK. */
void mailsim_imap_server_finish_with_news(MailsimImapServer *server,
                                          guint look,
                                          const char *format,
                                          ...) G_GNUC_PRINTF(3, 4);

/* May another command be heard before those are answered that wait? */
gboolean mailsim_imap_server_may_wait(const MailsimImapServer *server);

/* Answer them. */
void mailsim_imap_server_settle(MailsimImapServer *server);

/* What has happened to the selected mailbox. FALSE: it is there no more, and it is all over. */
gboolean mailsim_imap_server_tell_news(MailsimImapServer *server, guint look);

/* Keywords that the client does not know yet. */
void mailsim_imap_server_tell_keywords(MailsimImapServer *server);
void mailsim_imap_server_tell_flags(MailsimImapServer *server);

/* ---- imap-server-set.c ------------------------------------------------------------------- */

/* The text of the argument at INDEX, lent; NULL: there is none, or it is a list. */
const char *mailsim_imap_server_get_string(const MailsimImapServer *server, guint index);

/* Likewise, of an atom. */
const char *mailsim_imap_server_get_atom(const MailsimImapServer *server, guint index);
const GPtrArray *mailsim_imap_server_get_list(const MailsimImapServer *server, guint index);

/* Ranges of the numbers that TEXT means, be they UIDs or not, to be unreferenced. NULL: the
 * command has failed of it. */
GArray *mailsim_imap_server_parse_set(MailsimImapServer *server, const char *text);

/* ---- handlers ---------------------------------------------------------------------------- */

/* imap-server-simple.c */
void mailsim_imap_server_do_capability(MailsimImapServer *server);
void mailsim_imap_server_do_noop(MailsimImapServer *server);
void mailsim_imap_server_do_check(MailsimImapServer *server);
void mailsim_imap_server_do_logout(MailsimImapServer *server);
void mailsim_imap_server_do_id(MailsimImapServer *server);
void mailsim_imap_server_do_enable(MailsimImapServer *server);
void mailsim_imap_server_do_namespace(MailsimImapServer *server);

/* imap-server-select.c */
void mailsim_imap_server_do_select(MailsimImapServer *server);
void mailsim_imap_server_do_examine(MailsimImapServer *server);
void mailsim_imap_server_do_close(MailsimImapServer *server);
void mailsim_imap_server_do_unselect(MailsimImapServer *server);
void mailsim_imap_server_unselect(MailsimImapServer *server);

/* imap-server-name.c: what is wrong with the NAME of a mailbox, as a reply: “NO …”, to be
 * freed; NULL: nothing is. */
char *mailsim_imap_server_refuse_name(const MailsimImapServer *server, const char *name);

/* Likewise, of a new one. */
char *mailsim_imap_server_refuse_new_name(const MailsimImapServer *server, const char *name);

/* Octets that it can have. */
gsize mailsim_imap_server_get_name_max(const MailsimImapServer *server);

/* The mailbox of that name; NULL: *REFUSAL says why, to be freed. */
MailsimMailbox *mailsim_imap_server_find_mailbox(const MailsimImapServer *server,
                                                 const char *name,
                                                 char **refusal);

/* Likewise, where the client may want to create it first (RFC 3501 §7.1, TRYCREATE). */
MailsimMailbox *mailsim_imap_server_find_target(const MailsimImapServer *server,
                                                const char *name,
                                                char **refusal);

/* A copy without the separator at its end. */
char *mailsim_imap_server_dup_name(const MailsimImapServer *server, const char *name);

/* imap-server-mailbox.c */
void mailsim_imap_server_do_create(MailsimImapServer *server);
void mailsim_imap_server_do_delete(MailsimImapServer *server);
void mailsim_imap_server_do_rename(MailsimImapServer *server);
void mailsim_imap_server_do_subscribe(MailsimImapServer *server);
void mailsim_imap_server_do_unsubscribe(MailsimImapServer *server);

/* imap-server-status.c */
void mailsim_imap_server_do_status(MailsimImapServer *server);

/* imap-server-list.c */
void mailsim_imap_server_do_list(MailsimImapServer *server);
void mailsim_imap_server_do_lsub(MailsimImapServer *server);

/* imap-server-flags.c: FLAGS are the flags that ARGUMENTS say, from FIRST on. FALSE: the
 * command has failed of them. */
gboolean mailsim_imap_server_parse_flags(MailsimImapServer *server,
                                         const GPtrArray *arguments,
                                         guint first,
                                         MailsimFlagSet *flags);

/* MAILBOX has the keywords of FLAGS from now on, which are its own strings then, each once,
 * and outlive it. FALSE: the command has failed of that. */
gboolean mailsim_imap_server_add_keywords(MailsimImapServer *server,
                                          MailsimMailbox *mailbox,
                                          MailsimFlagSet *flags);

/* imap-server-store.c */
void mailsim_imap_server_do_store(MailsimImapServer *server);

/* imap-server-expunge.c */
void mailsim_imap_server_do_expunge(MailsimImapServer *server);
void mailsim_imap_server_do_uid_expunge(MailsimImapServer *server);

/* Those that are \Deleted, of NUMBERS (NULL: of all). */
void mailsim_imap_server_expunge(MailsimImapServer *server, const GArray *numbers);

/* imap-server-copy.c */
void mailsim_imap_server_do_copy(MailsimImapServer *server);
void mailsim_imap_server_do_move(MailsimImapServer *server);

/* For so many more messages, of so many octets together, in any of the user's mailboxes. */
gboolean
mailsim_imap_server_has_room(const MailsimImapServer *server, guint n_messages, guint64 size);

/* imap-server-append.c */
void mailsim_imap_server_do_append(MailsimImapServer *server);

/* Its line behind a literal. */
void mailsim_imap_server_continue_append(MailsimImapServer *server);
void mailsim_imap_server_hear_message(MailsimImapServer *server, const MailsimInput *input);
gsize mailsim_imap_server_count_message_bytes(const MailsimImapServer *server);
void mailsim_imap_server_clear_append(MailsimImapServer *server);

/* imap-server-mbox.c: TEXT, a message without NULs, as an mbox holds it. */
void mailsim_imap_server_tidy_for_mbox(GString *text);

/* imap-server-date.c: “02-Jul-2026 10:00:00 +0200”. FALSE: it is no date; one that cannot be
 * is NOW_US. */
gboolean
mailsim_imap_server_parse_date(const char *text, MailsimTime now_us, MailsimTime *time_us);

/* imap-server-idle.c */
void mailsim_imap_server_do_idle(MailsimImapServer *server);
void mailsim_imap_server_end_idle(MailsimImapServer *server, const char *line);
void mailsim_imap_server_notice(MailsimImapServer *server);
void mailsim_imap_server_wake_idle(MailsimImapServer *server);
gint64 mailsim_imap_server_get_idle_patience(const MailsimImapServer *server);

/* imap-server-fetch.c */
void mailsim_imap_server_do_fetch(MailsimImapServer *server);
void mailsim_imap_server_continue_fetch(MailsimImapServer *server);
void mailsim_imap_server_clear_fetch(MailsimImapServer *server);

/* imap-server-search.c */
void mailsim_imap_server_do_search(MailsimImapServer *server);
void mailsim_imap_server_continue_search(MailsimImapServer *server);
void mailsim_imap_server_clear_search(MailsimImapServer *server);
