/* SPDX-License-Identifier: MIT
 *
 * The terminal on standard input and output, as step mode needs it: keys one by one and not
 * echoed. Whatever ends the program (a key, a signal, a mistake of ours) finds it as it was;
 * only SIGKILL does not. Signals are told here like keys, and nothing is done in a handler that
 * must not be. */
#pragma once

#include <glib.h>

typedef enum {
    MAILSIM_TERMINAL_KEY,       /* a byte was typed */
    MAILSIM_TERMINAL_NOTHING,   /* nothing happened for as long as was asked for */
    MAILSIM_TERMINAL_RESIZED,   /* it has another size, or was somebody else's meanwhile */
    MAILSIM_TERMINAL_SUSPENDED, /* Ctrl-Z: mailsim_terminal_suspend() is due */
    MAILSIM_TERMINAL_OVER,      /* Ctrl-C, or there is nobody any more */
    MAILSIM_TERMINAL_KILLED,    /* SIGTERM or SIGHUP: mailsim_terminal_die() is due */
} MailsimTerminalNews;

/* Does it know escape sequences? Not where TERM says dumb, or nothing. */
gboolean mailsim_terminal_has_escapes(void);

void mailsim_terminal_get_size(guint *rows, guint *columns);

/* From now on keys are told one by one; FALSE, with errno: it is no terminal. */
gboolean mailsim_terminal_enter(void);

/* As it was. May be called at any time, and more than once. */
void mailsim_terminal_leave(void);

/* Wait for news, at most TIMEOUT_MS (-1: for ever); *BYTE: the key. */
MailsimTerminalNews mailsim_terminal_wait(int timeout_ms, guint8 *byte);

/* Stop, as Ctrl-Z asks for, and go on when the shell says so and has given the terminal back.
 */
void mailsim_terminal_suspend(void);

/* End by the signal that was told, so that whoever waits for the program sees it. */
void mailsim_terminal_die(void);
