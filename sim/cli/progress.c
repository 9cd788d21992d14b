/* SPDX-License-Identifier: MIT
 *
 * The bar. Whoever reads standard error without a terminal gets none. */
#include "progress-private.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include <mailsim/base/time.h>

#include "terminal-private.h"

#define WIDTH 40 /* columns of the bar itself */

static volatile sig_atomic_t interrupted; /* the signal; 0: none */

static void
note_signal(int number)
{
    interrupted = number;
}

static void
set_handlers(void (*handler)(int))
{
    const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = handler};

    for (guint i = 0; i < G_N_ELEMENTS(signals); i++) {
        struct sigaction old;

        /* What the caller ignores (nohup, a shell's background) stays ignored. */
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
}

void
mailsim_progress_begin(MailsimProgress *progress, gboolean ascii)
{
    *progress = (MailsimProgress){
        .began_us = g_get_monotonic_time(),
        .may_show = isatty(STDERR_FILENO) && mailsim_terminal_has_escapes(),
        .ascii = ascii,
    };
    interrupted = 0;
    set_handlers(note_signal);
}

static void
draw(MailsimProgress *progress, guint done, guint all)
{
    g_autoptr(GString) bar = g_string_new(NULL);
    const guint filled = done * WIDTH / all;

    for (guint i = 0; i < WIDTH; i++)
        g_string_append(bar,
                        progress->ascii ? (i < filled ? "#" : ".") : (i < filled ? "█" : "░"));
    fprintf(stderr, "\r%s %3u %%  %u/%u", bar->str, done * 100 / all, done, all);
    fflush(stderr);
    progress->shown = TRUE;
    progress->drawn = done * 100 / all;
}

gboolean
mailsim_progress_tell(MailsimProgress *progress, guint done, guint all)
{
    const gint64 taken_us = g_get_monotonic_time() - progress->began_us;

    if (progress->may_show && taken_us > MAILSIM_SECOND &&
        (!progress->shown || progress->drawn != done * 100 / all))
        draw(progress, done, all);
    return interrupted == 0;
}

void
mailsim_progress_end(MailsimProgress *progress)
{
    if (progress->shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    progress->shown = FALSE;
    set_handlers(SIG_DFL);
    if (interrupted != 0)
        raise(interrupted);
}
