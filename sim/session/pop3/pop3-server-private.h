/* SPDX-License-Identifier: MIT
 *
 * What the files of the POP3 server share: the session's state, and how it answers. */
#pragma once

#include <mailsim/session/pop3-server.h>

/* What the session has done with a message. */
typedef struct {
    gboolean deleted;
    gboolean seen; /* RETR has shown it */
} MailsimPop3Entry;

/* Of RETR and of TOP, for the log. */
typedef struct {
    guint n_times;
    gsize n_bytes; /* said for it, but for the last dot */
} MailsimPop3Tally;

typedef struct {
    MailsimSession session;
    MailsimPop3ServerOptions options;      /* with strings of its own */
    const MailsimPop3ServerPolicy *policy; /* borrowed, with its data */
    gpointer data;

    MailsimMailbox *mailbox;
    MailsimMailboxView *view; /* as it was at the login: nobody looks again */
    MailsimPop3Entry *entries;
    guint n_messages;
    gsize size; /* of all of them */
    MailsimPop3Tally top;
    MailsimPop3Tally retr;
    guint n_bad;      /* commands refused, one after the other */
    gboolean refused; /* the one under way is */
} MailsimPop3Server;

/* One line, and wait for the next. */
MailsimWant
mailsim_pop3_server_reply(MailsimPop3Server *server, GString *out, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* The message that *ARGUMENT begins with, which moves on; MORE must follow, or nothing may. 0:
 * there is no such message, and that is said. */
guint mailsim_pop3_server_read_number(MailsimPop3Server *server,
                                      const char **argument,
                                      gboolean more,
                                      GString *out);

/* In pop3-server-query.c. */
MailsimWant
mailsim_pop3_server_do_list(MailsimPop3Server *server, const char *argument, GString *out);
MailsimWant
mailsim_pop3_server_do_stat(MailsimPop3Server *server, const char *argument, GString *out);
MailsimWant
mailsim_pop3_server_do_uidl(MailsimPop3Server *server, const char *argument, GString *out);

/* In pop3-server-message.c. */
MailsimWant
mailsim_pop3_server_do_retr(MailsimPop3Server *server, const char *argument, GString *out);
MailsimWant
mailsim_pop3_server_do_top(MailsimPop3Server *server, const char *argument, GString *out);
