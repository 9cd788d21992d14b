/* SPDX-License-Identifier: MIT
 *
 * What a client of IMAP and one of POP3 share: what they are told, what they have learnt, and
 * the steps that are the same but for a word. */
#pragma once

#include <mailsim/protocol/imap-command.h>
#include <mailsim/protocol/imap-response.h>
#include <mailsim/session/dialogue.h>
#include <mailsim/session/fetch-client.h>

/* The classes of replies, whatever the protocol. */
#define MAILSIM_FETCH_GOOD      'O' /* OK, +OK */
#define MAILSIM_FETCH_ERROR     'E' /* NO, BAD, -ERR; BYE instead of a greeting */
#define MAILSIM_FETCH_CHALLENGE '+'
#define MAILSIM_FETCH_PREAUTH   'P' /* a greeting of IMAP's: logged in already */

typedef struct {
    char class;
    char *text; /* “NO [AUTHENTICATIONFAILED] …”, “-ERR …”; of a challenge, it alone */
} MailsimFetchReply;

typedef struct {
    const MailsimDialogueTable *table;

    /* Hear one line; DONE: *REPLY is whole. ERROR: it is no answer of such a server. */
    MailsimParse (*read)(MailsimFetchClient *client,
                         const MailsimInput *input,
                         MailsimFetchReply *reply);

    /* Free what is the protocol's own. */
    void (*clear)(MailsimFetchClient *client);
} MailsimFetchProtocol;

struct MailsimFetchClient {
    MailsimSession session;
    MailsimDialogue dialogue;
    const MailsimFetchProtocol *protocol;

    MailsimClientTls tls;
    MailsimSaslClient sasl;
    char *user;
    char *password;
    GHashTable *known; /* of char *: ids */
    gboolean deletes;
    gint64 timeout_us;

    gsize n_heard; /* octets, in all */

    /* What the server has announced, in upper case, with what follows it; forgotten with
     * STARTTLS (RFC 3501 §6.2.1, RFC 2595 §4). */
    GHashTable *capabilities;
    gboolean capable; /* they have been learnt */

    /* AUTH: what is to be said next, and NULL where nothing is left to be said. */
    gboolean sasl_started;
    char *sasl_initial; /* that did not go with the command */
    char *sasl_response;

    GArray *numbers; /* of guint32: what each of the messages is asked for by */
    guint next;      /* of the messages: to be asked for */

    MailsimFetchResult result;
};

typedef struct MailsimImapClient MailsimImapClient;

struct MailsimImapClient {
    MailsimFetchClient fetch;
    MailsimImapResponse *response; /* the one being read; NULL: none has begun */
    guint n_commands;              /* the last one's tag is “aN” */
    gboolean over;                 /* the server has said BYE */
    guint32 n_messages;
    guint32 uid_validity;
    GHashTable *uids; /* of those listed */

    /* What the server says of a message; FALSE: that is too much. NULL: nobody has asked. */
    gboolean (*hear_message)(MailsimImapClient *client, const GPtrArray *items);
};

/* ---- fetch-client.c ---------------------------------------------------------------------- */

void mailsim_fetch_client_init(MailsimFetchClient *client,
                               const MailsimFetchProtocol *protocol,
                               const MailsimFetchOptions *options);

/* The first failure is the one that counts. */
MailsimHeard mailsim_fetch_client_fail(MailsimFetchClient *client, MailsimFetchFailure failure);

/* STEP was answered by an error, TEXT. */
MailsimHeard mailsim_fetch_client_refuse(MailsimFetchClient *client,
                                         const MailsimDialogueStep *step,
                                         const char *text);

void mailsim_fetch_client_learn(MailsimFetchClient *client,
                                const char *keyword,
                                const char *argument);

/* What followed KEYWORD; NULL: it is not announced. */
const char *mailsim_fetch_client_find(const MailsimFetchClient *client, const char *keyword);

/* ALL: TLS is to be asked for, by KEYWORD. */
MailsimSaid mailsim_fetch_client_say_tls(MailsimFetchClient *client, const char *keyword);
MailsimHeard mailsim_fetch_client_hear_tls(gpointer data, gconstpointer reply);

/* Whether the program logs in, and has not yet. */
gboolean mailsim_fetch_client_needs_login(const MailsimFetchClient *client);

/* The mechanism to begin with, of MECHANISMS; NULL: none will do. Free with g_free(). */
char *mailsim_fetch_client_start_sasl(MailsimFetchClient *client, const char *mechanisms);

/* Append the initial response, if there is one of at most MOST octets, after a blank. */
void mailsim_fetch_client_append_initial(MailsimFetchClient *client, gsize most, GString *out);

/* Say what comes after a challenge. */
MailsimSaid mailsim_fetch_client_say_response(const MailsimFetchClient *client, GString *out);
MailsimHeard mailsim_fetch_client_hear_sasl(gpointer data, gconstpointer reply);
MailsimHeard mailsim_fetch_client_hear_login(gpointer data, gconstpointer reply);

/* FALSE: there are too many. ID is taken. */
gboolean mailsim_fetch_client_take_message(MailsimFetchClient *client,
                                           guint32 number,
                                           char *id,
                                           gboolean seen);

/* The message to be asked for, *NUMBER by its number; NULL: all are here. */
MailsimFetchedMessage *mailsim_fetch_client_find_wanted(MailsimFetchClient *client,
                                                        guint32 *number);
gboolean mailsim_fetch_client_has(const MailsimFetchClient *client,
                                  const MailsimFetchedMessage *message);

MailsimHeard mailsim_fetch_client_hear_refusal(gpointer data,
                                               const MailsimDialogueStep *step,
                                               gconstpointer reply);

/* ---- imap-data.c ------------------------------------------------------------------------- */

MailsimParse mailsim_imap_client_read(MailsimFetchClient *client,
                                      const MailsimInput *input,
                                      MailsimFetchReply *reply);

/* What the server says of messages while their list is awaited, and while one is. */
gboolean mailsim_imap_client_list_message(MailsimImapClient *client, const GPtrArray *items);
gboolean mailsim_imap_client_keep_message(MailsimImapClient *client, const GPtrArray *items);
