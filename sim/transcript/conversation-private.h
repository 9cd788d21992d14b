/* SPDX-License-Identifier: MIT
 *
 * What the readers of the three protocols share: what is remembered of a hop, whatever is
 * spoken on it. Between conversation.c and smtp-, imap- and pop3-conversation.c. */
#pragma once

#include "reading-private.h"

/* How the lines of a protocol are read. */
typedef struct {
    const char *protocol;
    gpointer (*create)(void); /* NULL: it has nothing to remember for itself */
    void (*destroy)(gpointer speech);
    void (*hear_client)(Conversation *self, const MailsimEvent *event);
    void (*hear_server)(Conversation *self, const MailsimEvent *event);
} ConversationProtocol;

extern const ConversationProtocol conversation_smtp;
extern const ConversationProtocol conversation_imap;
extern const ConversationProtocol conversation_pop3;

/* A command that waits for its reply. */
typedef struct {
    char *tag; /* NULL: the protocol has none */
    char *verb;
} Command;

struct Conversation {
    MailsimReading *reading; /* borrowed */
    const MailsimHop *hop;   /* borrowed */
    const ConversationProtocol *protocol;
    gpointer speech; /* what protocol remembers */

    gboolean implicit_tls;
    GPtrArray *prelude; /* of MailsimEvent, held: before the first line; NULL after it */
    gboolean announced; /* the client knew beforehand what the certificate had to fit */
    gboolean secured;
    gboolean authenticated;

    MailsimTime before_us; /* of the line before, either side's, or what came in its place */
    GQueue *unanswered;    /* of Command, oldest first; the first, CONNECT, is nobody's */
    gboolean reply_open;   /* in the middle of a reply of several lines */
    gboolean response_due; /* the next line answers a challenge, and is no command */
    char *mechanism;       /* of the login that is going on */
    char *user;
    char *password;
    const char *judgement; /* of the last password: “accepted”, “refused”, “cyrus”, which
                              knows none, or “no-password”: none has come */

    gboolean offered;    /* the last command asked what is offered */
    gboolean goodbye;    /* it was QUIT or LOGOUT */
    gboolean deletes;    /* DELE was answered by yes */
    gboolean awaits_tls; /* STARTTLS or STLS was answered by yes */

    gboolean in_message;
    gboolean in_body;
    char *header;       /* name of the header field that the next line may continue */
    char *message_id;   /* what the header says; NULL: nothing yet */
    GPtrArray *message; /* of MailsimEvent, held: the lines of the last message */
    gsize n_octets;     /* of them */

    GPtrArray *offers; /* of char *: what this reply has offered so far, with arguments */
    GPtrArray *lists;  /* of MailsimEvent, held: last lines of replies that offer */
};

void conversation_add(Conversation *self,
                      const MailsimEvent *event,
                      const char *name,
                      const char *value);
void conversation_add_value(Conversation *self,
                            const MailsimEvent *event,
                            const char *name,
                            const char *value);

/* EVENTS are held as long as they are in the array. */
void conversation_hold(Conversation *self, GPtrArray *events, const MailsimEvent *event);
void conversation_let_go(Conversation *self, GPtrArray *events, guint n_first);

/* --- commands and replies, in conversation.c ---------------------------------------------- */

/* The client has said VERB (NULL: nothing that can be read); it is noted down as a fact of
 * EVENT, and waits for its reply. What it asks for next tells something of what was offered. */
void conversation_hear_verb(Conversation *self,
                            const MailsimEvent *event,
                            const char *tag,
                            const char *verb);
void conversation_await(Conversation *self, const char *tag, const char *verb);

/* The verb that waits longest; NULL: none does. */
const char *conversation_peek_verb(const Conversation *self);

/* That, or the command with TAG, has its reply. */
void conversation_settle(Conversation *self, const char *tag);

/* Facts of each first line of a reply to VERB; NULL: to nothing. */
void
conversation_hear_reply_to(Conversation *self, const MailsimEvent *event, const char *verb);

/* A reply to a login that is not a challenge: was it a yes? */
void
conversation_conclude_login(Conversation *self, const MailsimEvent *event, gboolean accepted);

/* --- what is offered ---------------------------------------------------------------------- */

/* The list before, on this same connection, did not bring it. */
gboolean conversation_is_new_offer(const Conversation *self, const char *keyword);

/* EVENT is the last line of a list: its facts are all offers, which are then forgotten.
 * TELLS_PASSWORDS: one of them is a way to log in. */
void
conversation_end_list(Conversation *self, const MailsimEvent *event, gboolean tells_passwords);

/* --- passwords ---------------------------------------------------------------------------- */

/* A login by MECHANISM (NULL: by none) begins; RESPONSE came with it, or is NULL. */
void conversation_begin_sasl(Conversation *self,
                             const MailsimEvent *event,
                             const char *mechanism,
                             const char *response);

/* The answer to a challenge. */
void
conversation_hear_response(Conversation *self, const MailsimEvent *event, const char *verb);

/* A challenge in base64: what it asks for. */
void conversation_read_prompt(Conversation *self, const MailsimEvent *event, const char *text);

/* USER and PASSWORD can be read in EVENT, as they are. */
void conversation_read_password(Conversation *self, const MailsimEvent *event);

/* --- messages, in conversation-message.c -------------------------------------------------- */

void conversation_begin_message(Conversation *self, gboolean in_body);

/* A line of it. Of a message that is too long none is remembered. */
void conversation_hear_message(Conversation *self, const MailsimEvent *event);

/* It has come whole, and later ones may be compared with it. */
void conversation_remember_message(Conversation *self, const MailsimEvent *event);

/* It has been fetched: which of its lines has the reader seen on its way here? */
void conversation_end_fetched(Conversation *self, const MailsimEvent *event);
