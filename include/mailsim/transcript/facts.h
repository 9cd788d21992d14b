/* SPDX-License-Identifier: MIT
 *
 * A reading of a recording: for every event the facts that hold there (“reply”,
 * “reply-to=EHLO”, “offers=STARTTLS”, “secured”) and the values that a text may quote ({user},
 * {server}). A reading finds out and explains nothing: explaining is the work of notes.h,
 * showing that of render.h. */
#pragma once

#include <mailsim/recording/recording.h>

typedef struct MailsimReading MailsimReading;

/* Read all of RECORDING, which must outlive the reading. */
MailsimReading *mailsim_reading_new(const MailsimRecording *recording);
void mailsim_reading_free(MailsimReading *reading);

/* A reading of a RECORDING that is still being written, and of nothing in it yet; then of what
 * has been added since the last time, in the order of time. A fact that a later event settles
 * (“starttls-follows”) is not known before it. */
MailsimReading *mailsim_reading_new_open(const MailsimRecording *recording);
void mailsim_reading_go_on(MailsimReading *reading);

/* Of an open reading: nobody will ask any more what holds at EVENT. When nothing needs it, it
 * can be forgotten (TRUE: it is), and then the recording may forget the event itself; a hop,
 * when all its events are. */
void mailsim_reading_release(MailsimReading *reading, const MailsimEvent *event);
gboolean mailsim_reading_forget(MailsimReading *reading, const MailsimEvent *event);
void mailsim_reading_forget_hop(MailsimReading *reading, const MailsimHop *hop);

const MailsimRecording *mailsim_reading_get_recording(const MailsimReading *reading);

/* Does “fact”, “fact=value” or “!…” hold at the event with this SEQUENCE? */
gboolean
mailsim_reading_holds(const MailsimReading *reading, guint sequence, const char *condition);

/* What stands for {NAME} at that event; lent; NULL when nothing does. */
const char *
mailsim_reading_get_value(const MailsimReading *reading, guint sequence, const char *name);

/* The vocabulary. A condition with another fact, or a text with another placeholder, is a
 * mistake. */
gboolean mailsim_fact_is_known(const char *name);

/* A usual value of the placeholder NAME, to try how long a text gets; NULL: there is no such
 * one. */
const char *mailsim_placeholder_sample(const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimReading, mailsim_reading_free)
