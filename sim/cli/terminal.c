/* SPDX-License-Identifier: MIT
 *
 * termios, signals and escape sequences; see termios(3), POSIX.1 §11. */
#include "terminal-private.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "signal-pipe-private.h"

#define DEFAULT_ROWS    24
#define DEFAULT_COLUMNS 80

/* Told through a pipe, so that waiting for keys hears of them. */
static const int told_signals[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH};

/* A mistake of ours, or Ctrl-\: the terminal is set right, and then it takes its course. */
static const int fatal_signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGQUIT};

static struct termios before;
static volatile sig_atomic_t entered;
static int deadly_signal;
static struct sigaction old_actions[NSIG];

/* ---- signals ----------------------------------------------------------------------------- */

/* May be called in a handler (signal-safety(7)). Whatever is said next has a line of its own.
 */
static void
fall(int number)
{
    if (entered && tcsetattr(STDIN_FILENO, TCSANOW, &before) == 0 &&
        write(STDOUT_FILENO, "\n", 1) != 1) {
        /* Then it has not. */
    }
    signal(number, SIG_DFL);
    raise(number);
}

static void
handle(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};

    sigemptyset(&action.sa_mask);
    sigaction(number, &action, &old_actions[number]);
}

/* What our caller wants ignored (nohup) stays so. */
static void
handle_signals(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(told_signals); i++) {
        handle(told_signals[i], mailsim_signal_pipe_tell);
        if (old_actions[told_signals[i]].sa_handler == SIG_IGN)
            sigaction(told_signals[i], &old_actions[told_signals[i]], NULL);
    }
    for (guint i = 0; i < G_N_ELEMENTS(fatal_signals); i++)
        handle(fatal_signals[i], fall);
}

static void
forget_signals(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(told_signals); i++)
        sigaction(told_signals[i], &old_actions[told_signals[i]], NULL);
    for (guint i = 0; i < G_N_ELEMENTS(fatal_signals); i++)
        sigaction(fatal_signals[i], &old_actions[fatal_signals[i]], NULL);
}

/* ---- modes ------------------------------------------------------------------------------- */

/* Ctrl-C and Ctrl-Z stay signals: they must work even if we do not. */
static gboolean
set_modes(void)
{
    struct termios modes = before;

    modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN);
    modes.c_cc[VMIN] = 1;
    modes.c_cc[VTIME] = 0;
    return tcsetattr(STDIN_FILENO, TCSADRAIN, &modes) == 0;
}

gboolean
mailsim_terminal_enter(void)
{
    static gboolean registered;

    if (tcgetattr(STDIN_FILENO, &before) != 0 || !mailsim_signal_pipe_open())
        return FALSE;
    if (!registered)
        atexit(mailsim_terminal_leave);
    registered = TRUE;
    handle_signals();
    entered = 1;
    if (set_modes())
        return TRUE;
    mailsim_terminal_leave();
    return FALSE;
}

void
mailsim_terminal_leave(void)
{
    if (!entered)
        return;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
    entered = 0;
    forget_signals();
    mailsim_signal_pipe_close();
}

/* ---- news -------------------------------------------------------------------------------- */

static MailsimTerminalNews
read_signal(void)
{
    const int number = mailsim_signal_pipe_read();

    switch (number) {
    case 0:
        return MAILSIM_TERMINAL_NOTHING;
    case SIGINT:
        return MAILSIM_TERMINAL_OVER;
    case SIGTSTP:
        return MAILSIM_TERMINAL_SUSPENDED;
    case SIGCONT: /* after a SIGSTOP the shell may have set it otherwise */
        set_modes();
        return MAILSIM_TERMINAL_RESIZED;
    case SIGWINCH:
        return MAILSIM_TERMINAL_RESIZED;
    default:
        deadly_signal = number;
        return MAILSIM_TERMINAL_KILLED;
    }
}

MailsimTerminalNews
mailsim_terminal_wait(int timeout_ms, guint8 *byte)
{
    struct pollfd files[] = {
        {.fd = mailsim_signal_pipe_get_descriptor(), .events = POLLIN},
        {.fd = STDIN_FILENO,                         .events = POLLIN},
    };
    int n_ready;

    do
        n_ready = poll(files, G_N_ELEMENTS(files), timeout_ms);
    while (n_ready < 0 && errno == EINTR);
    if (n_ready < 0)
        return MAILSIM_TERMINAL_OVER;
    if (files[0].revents != 0)
        return read_signal();
    if (files[1].revents == 0)
        return MAILSIM_TERMINAL_NOTHING;
    return read(STDIN_FILENO, byte, 1) == 1 ? MAILSIM_TERMINAL_KEY : MAILSIM_TERMINAL_OVER;
}

/* After “bg” the terminal is still the shell's: its modes of that moment are not those in which
 * we were called. tcdrain(3) returns when it is ours: until then the kernel stops us again with
 * SIGTTOU, each time that we go on (POSIX.1 §11.1.4). Where nobody is left to give it to us, it
 * fails. */
static void
wait_for_foreground(void)
{
    while (tcdrain(STDIN_FILENO) != 0 && errno == EINTR) {
    }
}

void
mailsim_terminal_suspend(void)
{
    tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
    sigaction(SIGTSTP, &old_actions[SIGTSTP], NULL);
    raise(SIGTSTP);
    wait_for_foreground();
    tcgetattr(STDIN_FILENO, &before);
    handle(SIGTSTP, mailsim_signal_pipe_tell);
    set_modes();
}

void
mailsim_terminal_die(void)
{
    mailsim_terminal_leave();
    signal(deadly_signal, SIG_DFL);
    raise(deadly_signal);
}

/* ---- what it is like --------------------------------------------------------------------- */

gboolean
mailsim_terminal_has_escapes(void)
{
    const char *name = g_getenv("TERM");

    return name != NULL && name[0] != '\0' && !g_str_equal(name, "dumb");
}

void
mailsim_terminal_get_size(guint *rows, guint *columns)
{
    struct winsize size = {0};

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        size.ws_row = size.ws_col = 0;
    *rows = size.ws_row > 0 ? size.ws_row : DEFAULT_ROWS;
    *columns = size.ws_col > 0 ? size.ws_col : DEFAULT_COLUMNS;
}
