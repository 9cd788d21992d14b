/* SPDX-License-Identifier: MIT
 *
 * The annotated transcript in pieces, for whoever shows it bit by bit: a step's question before
 * what happens, a command before its answer. Put together, the pieces are what
 * mailsim_render_text() appends, byte for byte. Where they begin depends on the recording and
 * the detail alone: with other notes, other colours or in the other language there are as many,
 * about the same events. */
#pragma once

#include <mailsim/transcript/render.h>

typedef enum {
    MAILSIM_PIECE_OPENING, /* title, picture, legend */
    MAILSIM_PIECE_STEP,    /* a step's heading, and what it says beforehand */
    MAILSIM_PIECE_SCENE,   /* another connection, or what happens on none */
    MAILSIM_PIECE_TURN,    /* the other side speaks now, or time has passed */
    MAILSIM_PIECE_OUTCOME, /* what the step came to */
    MAILSIM_PIECE_END,     /* the table, and whether all holds */
} MailsimPieceKind;

typedef struct {
    MailsimPieceKind kind;
    guint step;          /* from 1; 0: none */
    MailsimTime time_us; /* when it began to happen; -1: at no time */
    char *text;          /* whole lines */
    GPtrArray *events;   /* of MailsimEvent, borrowed from the recording: what it tells */
} MailsimPiece;

/* An array of MailsimPiece, at least one; free with g_ptr_array_unref(). They borrow from
 * RECORDING. */
GPtrArray *mailsim_render_pieces(const MailsimRecording *recording,
                                 const MailsimRenderOptions *options);
