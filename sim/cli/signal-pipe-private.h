/* SPDX-License-Identifier: MIT
 *
 * Signals as bytes in a pipe, so that poll(2) hears of them beside all else, and nothing is
 * done in a handler that must not be (signal-safety(7)). A process has one such pipe. */
#pragma once

#include <glib.h>

/* FALSE, with errno: there is none. */
gboolean mailsim_signal_pipe_open(void);

/* For sigaction(2): put NUMBER into the pipe. */
void mailsim_signal_pipe_tell(int number);

/* To be waited at until something can be read; -1: it is not open. */
int mailsim_signal_pipe_get_descriptor(void);

/* The signal that was told first and not read yet; 0: none. */
int mailsim_signal_pipe_read(void);

/* Once nobody tells any more. May be called more than once. */
void mailsim_signal_pipe_close(void);
