/* SPDX-License-Identifier: MIT
 *
 * The two sessions of SMTP with their wires and nothing around them: no lab, no rules, no
 * queue, no record. What they do is what smtp-source(1) and smtp-sink(1) do. */
#pragma once

#include <glib.h>

/* N messages of SIZE bytes in the clear, each on a connection of its own, taken and thrown
 * away. */
void session_load_run(guint n, guint size);
