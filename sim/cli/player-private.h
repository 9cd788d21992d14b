/* SPDX-License-Identifier: MIT
 *
 * Step mode without a terminal: which key does what, what is shown next, what the line at the
 * bottom says. Whoever has a terminal tells the player its size and its keys, and writes what
 * the player answers (play.c). The case has been run before: a player only shows. */
#pragma once

#include <mailsim/transcript/pieces.h>

/* Keys are bytes, or one of these. */
typedef enum {
    MAILSIM_KEY_NONE = 0, /* not yet: more bytes belong to it */
    MAILSIM_KEY_ESCAPE = 0x1b,
    MAILSIM_KEY_RIGHT = 0x100,
    MAILSIM_KEY_LEFT,
    MAILSIM_KEY_UP,
    MAILSIM_KEY_DOWN,
    MAILSIM_KEY_PAGE_UP,
    MAILSIM_KEY_PAGE_DOWN,
    MAILSIM_KEY_UNKNOWN,
} MailsimKey;

/* Keys that are several bytes (ECMA-48 §5.4), byte by byte. Begins as zeroes. */
typedef struct {
    enum {
        MAILSIM_KEY_STATE_GROUND,
        MAILSIM_KEY_STATE_ESCAPE,
        MAILSIM_KEY_STATE_SEQUENCE, /* after ESC [ */
        MAILSIM_KEY_STATE_SINGLE,   /* after ESC O */
    } state;
    guint number; /* before the last byte of a sequence */
} MailsimKeyReader;

guint mailsim_key_reader_read(MailsimKeyReader *reader, guint8 byte);

/* No more bytes follow soon: an ESC was meant as such. */
guint mailsim_key_reader_flush(MailsimKeyReader *reader);

/* What is shown at a time. With either, never more than fits the screen. */
typedef enum {
    MAILSIM_PLAY_STEPS, /* a step's question; each of its connections, to its end */
    MAILSIM_PLAY_LINES, /* what the client says; what comes of it */
} MailsimPlayUnit;

typedef enum {
    MAILSIM_PLAY_GOES_ON,
    MAILSIM_PLAY_ENDED, /* there is nothing after it */
    MAILSIM_PLAY_QUIT,
} MailsimPlayState;

typedef struct MailsimPlayer MailsimPlayer;

/* RECORDING is borrowed for its life; OPTIONS are copied. */
MailsimPlayer *mailsim_player_new(const MailsimRecording *recording,
                                  const MailsimRenderOptions *options,
                                  MailsimPlayUnit unit);
void mailsim_player_free(MailsimPlayer *player);

/* The screen has so many rows and columns. Not ERASABLE: nothing that stands there can be taken
 * back, so it is written once more. */
void mailsim_player_resize(MailsimPlayer *player, guint rows, guint columns, gboolean erasable);

/* Append the first piece, before any key. */
void mailsim_player_begin(MailsimPlayer *player, GString *out);

/* KEY was pressed: append to OUT what is to be written after *N_ERASED rows above the bottom
 * line have been erased. */
MailsimPlayState
mailsim_player_press(MailsimPlayer *player, guint key, guint *n_erased, GString *out);

/* The line at the bottom, narrower than the screen; free with g_free(). */
char *mailsim_player_dup_prompt(const MailsimPlayer *player);

/* Is a number being typed: does the cursor belong behind the line? */
gboolean mailsim_player_is_asking(const MailsimPlayer *player);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimPlayer, mailsim_player_free)
