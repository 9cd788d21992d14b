/* SPDX-License-Identifier: MIT
 *
 * A recording made by hand, of mail that is read: by IMAP and POP3, well and badly, by programs
 * and by hand. What the server says, Dovecot was seen to say (tests/dialogue/recorded/). */
#pragma once

#include <mailsim/recording/recording.h>

MailsimRecording *sample_reading_new(void);
