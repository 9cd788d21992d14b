/* SPDX-License-Identifier: MIT
 *
 * Writing a recording by hand. Each hop is a script, a line an event: milliseconds since the
 * step began, then what happened, with “|” between the fields (“120 ~> QUIT”, “180 login
 * ana|PLAIN|y”). What the lab would do, a reader can see at a glance. */
#pragma once

#include <mailsim/recording/recording.h>

typedef struct {
    MailsimRecording *recording;
    MailsimHop *hop;  /* NULL: none */
    MailsimTime base; /* when the step began */
} RecordingScript;

/* A recording with the parties of case 5, whose recording the caller takes. */
RecordingScript recording_script_begin(const char *id, const char *en, const char *es);

MailsimStepRecord *recording_script_begin_step(RecordingScript *writer,
                                               const char *id,
                                               const char *en,
                                               const char *es);
void recording_script_expect(MailsimStepRecord *step,
                             const char *key,
                             const char *expected,
                             const char *actual);

/* The hop that the next lines belong to. */
MailsimHop *recording_script_begin_hop(
    RecordingScript *writer, const char *from, const char *to, guint port, guint started_ms);
void recording_script_encrypt(MailsimHop *hop, const char *trust);
void recording_script_end_hop(MailsimHop *hop,
                              const char *status,
                              const char *dsn,
                              const char *reply,
                              const char *decided_by);

/* Write the lines of TEXT. “@party” before the word: that party did it, outside every hop. */
void recording_script_write(RecordingScript *writer, const char *text);
