/* SPDX-License-Identifier: MIT
 *
 * The self-pipe trick. Neither end ever blocks. */
#include "signal-pipe-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int ends[2] = {-1, -1};

gboolean
mailsim_signal_pipe_open(void)
{
    return pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0;
}

void
mailsim_signal_pipe_tell(int number)
{
    const int reason = errno;
    const guint8 byte = (guint8)number;

    if (write(ends[1], &byte, 1) != 1) {
        /* It is full: somebody will look soon. */
    }
    errno = reason;
}

int
mailsim_signal_pipe_get_descriptor(void)
{
    return ends[0];
}

int
mailsim_signal_pipe_read(void)
{
    guint8 number;

    return read(ends[0], &number, 1) == 1 ? number : 0;
}

void
mailsim_signal_pipe_close(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        if (ends[i] >= 0)
            close(ends[i]);
        ends[i] = -1;
    }
}
