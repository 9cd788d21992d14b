/* SPDX-License-Identifier: MIT
 *
 * Recordings made by hand, for tests of the transcript alone: no lab has run. The first tells
 * the story of case 5; the second has all that goes wrong. */
#pragma once

#include <mailsim/recording/recording.h>

MailsimRecording *sample_story_new(void);
MailsimRecording *sample_troubles_new(void);

/* Both, for tests that try every recording; n is their number. */
#define SAMPLE_RECORDINGS 2
MailsimRecording *sample_recording_new(guint index);
