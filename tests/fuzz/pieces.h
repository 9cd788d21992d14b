/* SPDX-License-Identifier: MIT
 *
 * How bytes are cut into packets must make no difference to a session. */
#pragma once

#include "../support/session-end.h"

/* What a session hears is all of DATA but the first byte, PIECE octets at once; what is said
 * and done is appended to CONVERSATION. */
typedef void (*Converse)(const guint8 *data, gsize size, gsize piece, GString *conversation);

/* A server hears it, rests and shakes hands as it wishes; then the client has gone. What it has
 * said is moved from END->said to SAID, and CHECK looks at each part of it. */
void hear_in_pieces(SessionEnd *end,
                    const guint8 *data,
                    gsize size,
                    gsize piece,
                    GString *said,
                    void (*check)(const GString *part));

/* The conversation is the same in one piece and in many. Where one of STARTS_TLS (ends in NULL)
 * stands in it, it need not be: what is thrown away behind it depends on what came with it. */
void
check_pieces(const guint8 *data, gsize size, Converse converse, const char *const *starts_tls);
