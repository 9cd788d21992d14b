/* SPDX-License-Identifier: MIT
 *
 * One recorded dialogue, held with the pure sessions. */
#pragma once

#include "dovecot-world.h"

typedef struct {
    gsize piece_bytes; /* how much arrives at a time; 0: packets as they were */
    gboolean with_log; /* it is compared */
    gboolean shown;    /* what is said goes to standard output, as TAP's remarks */
} DovecotReplayOptions;

/* The dialogue of WORLD: the first difference, to be freed; NULL: none. */
char *dovecot_replay(DovecotWorld *world, const DovecotReplayOptions *options);
