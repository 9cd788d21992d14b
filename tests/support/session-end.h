/* SPDX-License-Identifier: MIT
 *
 * One session in memory, and all that a wire does for it: it hears what has come as it wants
 * it, rests and loses patience on a clock of its own, and believes in a pretended TLS. */
#pragma once

#include <mailsim/session/feed.h>

typedef struct {
    MailsimSession *session; /* borrowed */
    MailsimWant want;
    gboolean begun;
    gboolean over;
    MailsimFeed feed; /* what has come and is not heard yet */
    GString *said; /* what the session has said and nobody taken; to be emptied by the owner */
    gint64 now_us; /* passes in session_end_wait() and session_end_pass() alone */
    gint64 due_us; /* when it has rested, or is tired of waiting; 0: never */
} SessionEnd;

void session_end_init(SessionEnd *end, MailsimSession *session);
void session_end_clear(SessionEnd *end);

/* The session begins; what has come before is early. */
void session_end_begin(SessionEnd *end);

/* BYTES arrive in one packet. */
void session_end_hear(SessionEnd *end, const char *bytes, gsize length);

/* The handshake that it wants is done; what came before is never heard. */
void session_end_secure(SessionEnd *end, const MailsimTlsInfo *tls);

/* Something has happened that it may want to tell, while it waits for a line. */
void session_end_notice(SessionEnd *end);

void session_end_lose(SessionEnd *end, MailsimLoss why);

/* Time passes until the session has rested, or is tired of waiting. FALSE: it would wait for
 * ever. */
gboolean session_end_wait(SessionEnd *end);

/* DELAY_US pass, and whatever comes due. */
void session_end_pass(SessionEnd *end, gint64 delay_us);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(SessionEnd, session_end_clear)
