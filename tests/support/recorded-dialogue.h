/* SPDX-License-Identifier: MIT
 *
 * Recordings of a real server, read by the grammar in tests/dialogue/README.md: the dialogues,
 * the messages that came of them, and the table of services. What the grammar does not know is
 * a mistake: nothing is passed over. */
#pragma once

#include <glib.h>

typedef enum {
    RECORDED_SAY,           /* one packet of the client's */
    RECORDED_HEAR,          /* one line of the server's, without line end */
    RECORDED_TLS,           /* a handshake; text is the version */
    RECORDED_SILENCE,       /* the server says nothing more by itself */
    RECORDED_WAIT,          /* the client says nothing; the server has not spoken yet */
    RECORDED_CLIENT_CLOSES, /* the connection */
    RECORDED_SERVER_CLOSED, /* likewise, and has nothing more to say */
    RECORDED_DELAYS,        /* “0s 1s”: before each of the last replies */
    RECORDED_AFTER,         /* “2.0”: so many seconds before what the server does next */
    RECORDED_DRIP, /* “1.2”: the next packet goes out an octet each so many seconds */
} RecordedStepKind;

typedef struct {
    RecordedStepKind kind;
    GString *text; /* octets; of HEAR with <placeholders> */
    guint line;    /* of the file */
} RecordedStep;

typedef struct {
    char *title;   /* “smtp-dialogues.md: AUTH LOGIN right” */
    char *service; /* NULL: the one on PORT */
    guint port;
    char *client;         /* its address */
    double later_s;       /* after the dialogue before it ended; negative: they are apart */
    guint n_more;         /* connections of the same client to the same service */
    GPtrArray *steps;     /* of RecordedStep */
    GPtrArray *log;       /* of char *: lines with <placeholders> */
    GPtrArray *delivered; /* of char *: messages with <placeholders>; NULL: not recorded */
    GPtrArray *excerpts;  /* of char *: lines that stand in the message that was delivered */
} RecordedDialogue;

typedef struct {
    char *name;
    GPtrArray *settings; /* of char *: “name=value” */
} RecordedService;

typedef struct {
    GPtrArray *dialogues; /* of RecordedDialogue */
    GPtrArray *services;  /* of RecordedService */
    GPtrArray *mistakes;  /* of char *: “octets.txt:17: what is this: …” */
} Recordings;

/* Every smtp-dialogues.md and *.txt in tests/dialogue/recorded. */
Recordings *recordings_read(void);
void recordings_free(Recordings *recordings);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Recordings, recordings_free)
