/* SPDX-License-Identifier: MIT
 *
 * A scenario that nobody wrote: hosts that are set up well and badly, and mail between them. */
#pragma once

#include <glib.h>

/* The same text for the same SEED, on every machine; free with g_free(). */
char *random_world_write(guint32 seed);
