/* SPDX-License-Identifier: MIT
 *
 * What a recording that is told as it grows need not keep: events that have been told, and
 * connections that are over, but for the last, which a note may compare with. */
#pragma once

#include <mailsim/transcript/facts.h>

typedef struct {
    MailsimRecording *recording; /* borrowed, as is the next */
    MailsimReading *reading;
    guint n_released; /* events that wait to be forgotten */
    GQueue ended;     /* of MailsimHop, borrowed: oldest first */
} LiveMemory;

void live_memory_init(LiveMemory *memory, MailsimRecording *recording, MailsimReading *reading);
void live_memory_clear(LiveMemory *memory);

/* Nobody asks for EVENT any more. */
void live_memory_release(LiveMemory *memory, const MailsimEvent *event);

/* HOP is over, and has been told. */
void live_memory_end_hop(LiveMemory *memory, const MailsimHop *hop);

/* Forget the released events, when they are many; then the oldest hop that has ended, for which
 * there are enough younger ones: call FORGET before it goes, as often as there is one. */
void live_memory_sweep(LiveMemory *memory,
                       void (*forget)(const MailsimHop *hop, gpointer data),
                       gpointer data);
