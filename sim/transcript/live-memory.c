/* SPDX-License-Identifier: MIT
 *
 * Forgetting. Events go in sweeps, each over all that are remembered, and only when at least
 * half of them are to go: so that each is looked at but a few times, however many stay. */
#include "live-memory.h"

/* So many of the last hops that have ended are remembered. */
#define ENDED_MAX 64

/* A sweep for less is not worth while. */
#define SWEEP_MIN 256

void
live_memory_init(LiveMemory *self, MailsimRecording *recording, MailsimReading *reading)
{
    *self = (LiveMemory){.recording = recording, .reading = reading};
    g_queue_init(&self->ended);
}

void
live_memory_clear(LiveMemory *self)
{
    g_queue_clear(&self->ended);
}

void
live_memory_release(LiveMemory *self, const MailsimEvent *event)
{
    mailsim_reading_release(self->reading, event);
    self->n_released++;
}

void
live_memory_end_hop(LiveMemory *self, const MailsimHop *hop)
{
    g_queue_push_tail(&self->ended, (gpointer)hop);
}

static gboolean
is_needed(const MailsimEvent *event, gpointer data)
{
    return !mailsim_reading_forget(data, event);
}

void
live_memory_sweep(LiveMemory *self,
                  void (*forget)(const MailsimHop *hop, gpointer data),
                  gpointer data)
{
    if (self->n_released < SWEEP_MIN || self->n_released < self->recording->events->len / 2)
        return;
    self->n_released = 0;
    while (self->ended.length > ENDED_MAX) {
        const MailsimHop *hop = g_queue_pop_head(&self->ended);

        forget(hop, data);
        mailsim_reading_forget_hop(self->reading, hop);
        mailsim_recording_forget_hop(self->recording, hop);
    }
    mailsim_recording_forget_events(self->recording, is_needed, self->reading);
}
