/* SPDX-License-Identifier: MIT
 *
 * Recordings of Dovecot, read by the grammar in tests/dialogue/README.md: dialogues of IMAP and
 * POP3, of several clients, and the services that they are held with. What the grammar does not
 * know is a mistake: nothing is passed over. */
#pragma once

#include <glib.h>

typedef enum {
    DOVECOT_SAY,           /* one packet of a client's */
    DOVECOT_HEAR,          /* one line of the server's, without CR LF; a bare LF shows */
    DOVECOT_TLS,           /* a handshake */
    DOVECOT_TLS_FAILS,     /* likewise; the client has begun one */
    DOVECOT_SILENCE,       /* the server says nothing more by itself */
    DOVECOT_WAIT,          /* for so many seconds, or until all connections are closed */
    DOVECOT_AFTER,         /* so long the server takes for what it says next, or has taken */
    DOVECOT_CLIENT_CLOSES, /* the connection */
    DOVECOT_SERVER_CLOSED, /* likewise */
    DOVECOT_CLIENT_COMES,  /* it connects */
    DOVECOT_MESSAGE_COMES, /* into INBOX; text is its name */
    DOVECOT_DRIP,          /* the next packet goes out an octet each so many seconds */
} DovecotStepKind;

typedef struct {
    DovecotStepKind kind;
    guint client;  /* from 1 */
    GString *text; /* octets; of HEAR with <placeholders> */
    double seconds;
    guint line; /* of the file */
} DovecotStep;

typedef enum {
    DOVECOT_NOT_CONNECTED,
    DOVECOT_CONNECTED,
    DOVECOT_LOGGED_IN,
    DOVECOT_SELECTED, /* INBOX */
    DOVECOT_EXAMINED, /* likewise */
} DovecotState;

typedef struct {
    guint port; /* 0: the service's */
    DovecotState state;
} DovecotClient;

typedef struct {
    char *name;  /* of it in imap/messages.txt */
    guint flags; /* of MailsimMessageFlags */
    gboolean recent;
    GPtrArray *keywords; /* of char * */
} DovecotMessage;

typedef struct {
    char *name;
    GPtrArray *messages; /* of DovecotMessage */
} DovecotMailbox;

typedef struct {
    char *file;           /* “imap/login.txt” */
    char *title;          /* “imap/login.txt: atoms” */
    GHashTable *settings; /* of char * by name; a block by all of its text, shared */
    guint port;
    char *address;        /* the clients' */
    GArray *clients;      /* of DovecotClient: the first is client 1 */
    GPtrArray *mailboxes; /* of DovecotMailbox */
    GPtrArray *steps;     /* of DovecotStep */
    GPtrArray *log;       /* of char *: lines with <placeholders> */

    /* As it was handed over: the client just goes at the end, mail is that of the dialogue
     * before it, if it CONTINUES that, and nothing is said of what took how long. */
    gboolean handed_over;
    gboolean continues;
} DovecotDialogue;

typedef struct {
    GPtrArray *dialogues; /* of DovecotDialogue */
    GHashTable *services; /* of settings by name */
    GPtrArray *mistakes;  /* of char *: “imap/login.txt:17: what is this: …” */
} DovecotRecordings;

/* The files of tests/dialogue/recorded with these names. */
DovecotRecordings *dovecot_recordings_read(const char *const *names);
void dovecot_recordings_free(DovecotRecordings *recordings);

/* The value of the setting, lent; NULL: it is not set. */
const char *dovecot_dialogue_get_setting(const DovecotDialogue *dialogue, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DovecotRecordings, dovecot_recordings_free)
