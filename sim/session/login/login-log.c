/* SPDX-License-Identifier: MIT
 *
 * What imap-login and pop3-login write into the log: one line when somebody has logged in, or
 * one when he is gone, with all that he has tried. */
#include "login-private.h"

#include <string.h>

/* Of a name that a client made up, no more is shown. */
#define SHOWN_MAX_BYTES 80

static const char dots[] = "...";

MailsimTime
mailsim_login_get_now(const MailsimLogin *login)
{
    return login->policy->get_now != NULL ? login->policy->get_now(login->data) : 0;
}

MailsimTime
mailsim_login_get_now_for_reader(gpointer data)
{
    return mailsim_login_get_now(data);
}

void
mailsim_login_log_for_reader(gpointer data, const char *text)
{
    MailsimLogin *login = data;

    if (login->policy->log != NULL)
        login->policy->log(login->data, MAILSIM_LOGIN_LOG_MAIL, text);
}

static guint
count_seconds(const MailsimLogin *login, MailsimTime since_us)
{
    return (guint)((mailsim_login_get_now(login) - since_us) / MAILSIM_SECOND);
}

/* What is no UTF-8, or a control, is “?”. */
char *
mailsim_login_dup_printable(const char *text)
{
    GString *printable = g_string_new(NULL);
    gsize cut = 0; /* before dots */

    while (*text != '\0' && printable->len < SHOWN_MAX_BYTES) {
        gunichar character = g_utf8_get_char_validated(text, -1);
        const gboolean valid = character < 0x110000;
        gsize length = valid ? (gsize)(g_utf8_next_char(text) - text) : 1;

        if (printable->len <= SHOWN_MAX_BYTES - strlen(dots))
            cut = printable->len;
        if (valid && !g_unichar_iscntrl(character))
            g_string_append_len(printable, text, (gssize)length);
        else
            g_string_append_c(printable, '?');
        text += length;
    }
    if (*text != '\0')
        g_string_append(g_string_truncate(printable, cut), dots);
    return g_string_free(printable, FALSE);
}

/* ---- login_log_format_elements ----------------------------------------------------------- */

static void
append_security(const MailsimLogin *login, const char *tls_problem, GString *text)
{
    const gboolean handshaking = login->state == MAILSIM_LOGIN_EXPECT_HANDSHAKE;

    if (login->under_tls || handshaking)
        g_string_append_printf(text, ", %s%s%s", handshaking ? "TLS handshaking" : "TLS",
                               tls_problem != NULL ? ": " : "",
                               tls_problem != NULL ? tls_problem : "");
    else if (mailsim_login_is_secured(login))
        g_string_append(text, ", secured");
}

static char *
dup_line(const MailsimLogin *login, const char *before, guint pid, const char *tls_problem)
{
    GString *text = g_string_new(before);
    g_autofree char *user = mailsim_login_dup_printable(login->user != NULL ? login->user : "");

    g_string_append_printf(text, ": user=<%s>", user);
    if (login->method != NULL)
        g_string_append_printf(text, ", method=%s", login->method);
    g_string_append_printf(text, ", rip=%s, lip=%s", login->options.rip, login->options.lip);
    if (pid > 0)
        g_string_append_printf(text, ", mpid=%u", pid);
    append_security(login, tls_problem, text);
    g_string_append_printf(text, ", session=<%s>", login->options.session_id);
    return g_string_free(text, FALSE);
}

static void
write_line(MailsimLogin *login, const char *before, guint pid, const char *tls_problem)
{
    g_autofree char *line = NULL;

    if (login->policy->log == NULL)
        return;
    line = dup_line(login, before, pid, tls_problem);
    login->policy->log(login->data, MAILSIM_LOGIN_LOG_LOGIN, line);
}

/* ---- lines ------------------------------------------------------------------------------- */

void
mailsim_login_log(MailsimLogin *login, const char *text, guint pid)
{
    write_line(login, text, pid, NULL);
}

void
mailsim_login_log_verbose(MailsimLogin *login, const char *text)
{
    if (login->policy->is_verbose != NULL && login->policy->is_verbose(login->data))
        write_line(login, text, 0, NULL);
}

/* All that was tried, in a few words. */
static char *
dup_attempts(const MailsimLogin *login)
{
    if (login->n_attempts == 0)
        return g_strdup_printf("no auth attempts in %u secs",
                               count_seconds(login, login->began_us));
    if (login->failure != NULL)
        return g_strdup(login->failure);
    if (login->unfinished && login->n_attempts == 1)
        return g_strdup_printf("client didn't finish SASL auth, waited %u secs",
                               count_seconds(login, login->attempted_us));
    return g_strdup_printf("auth failed, %u attempts in %u secs", login->n_attempts,
                           login->attempted_us > 0 ? count_seconds(login, login->attempted_us)
                                                   : 0);
}

void
mailsim_login_log_end(MailsimLogin *login, const char *reason, const char *tls_problem)
{
    g_autofree char *attempts = dup_attempts(login);
    g_autofree char *text = g_strdup_printf("Disconnected: %s (%s)", reason, attempts);

    write_line(login, text, 0, tls_problem);
}
