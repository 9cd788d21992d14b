/* SPDX-License-Identifier: MIT
 *
 * A wire without file descriptor, TLS library and real time. */
#include "session-end.h"

/* As a wire does, it asks for the patience when something has happened, and no more. */
static void
set_alarm(SessionEnd *end)
{
    const MailsimSessionClass *class = end->session->class;
    gint64 patience_us =
        end->over || class->get_patience == NULL ? 0 : class->get_patience(end->session);

    end->due_us = patience_us > 0 ? end->now_us + patience_us : 0;
}

static void
obey(SessionEnd *end, MailsimWant want, const GString *out)
{
    g_string_append_len(end->said, out->str, (gssize)out->len);
    end->want = want;
    end->over = want == MAILSIM_WANT_END;
    set_alarm(end);
}

static void
hear_input(SessionEnd *end)
{
    MailsimInput input = {0};

    while (end->begun && !end->over &&
           mailsim_feed_take(&end->feed, end->session, end->want, &input)) {
        g_autoptr(GString) out = g_string_new(NULL);
        MailsimWant want = end->session->class->heard(end->session, &input, out);

        obey(end, want, out);
    }
}

void
session_end_init(SessionEnd *end, MailsimSession *session)
{
    *end = (SessionEnd){.session = session, .said = g_string_new(NULL)};
    mailsim_feed_init(&end->feed);
}

void
session_end_begin(SessionEnd *end)
{
    g_autoptr(GString) out = g_string_new(NULL);
    MailsimWant want;

    end->begun = TRUE;
    end->session->n_early = mailsim_feed_count(&end->feed);
    end->session->early = end->feed.bytes->str + end->feed.n_taken;
    want = end->session->class->begin(end->session, out);
    end->session->early = NULL;
    obey(end, want, out);
    hear_input(end);
}

void
session_end_clear(SessionEnd *end)
{
    mailsim_feed_clear(&end->feed);
    if (end->said != NULL)
        g_string_free(end->said, TRUE);
    *end = (SessionEnd){0};
}

void
session_end_hear(SessionEnd *end, const char *bytes, gsize length)
{
    mailsim_feed_append(&end->feed, bytes, length);
    if (end->begun && end->want != MAILSIM_WANT_REST)
        set_alarm(end);
    hear_input(end);
}

void
session_end_secure(SessionEnd *end, const MailsimTlsInfo *tls)
{
    g_autoptr(GString) out = g_string_new(NULL);
    MailsimWant want;

    g_assert(end->want == MAILSIM_WANT_TLS);
    mailsim_feed_discard(&end->feed);
    want = end->session->class->secured(end->session, tls, out);
    obey(end, want, out);
    hear_input(end);
}

void
session_end_notice(SessionEnd *end)
{
    const MailsimSessionClass *class = end->session->class;
    g_autoptr(GString) out = g_string_new(NULL);
    MailsimWant want;

    if (end->over || end->want != MAILSIM_WANT_LINE || class->noticed == NULL)
        return;
    want = class->noticed(end->session, out);
    obey(end, want, out);
    hear_input(end);
}

void
session_end_lose(SessionEnd *end, MailsimLoss why)
{
    end->over = TRUE;
    end->due_us = 0;
    end->session->n_left = mailsim_feed_count(&end->feed);
    end->session->left = mailsim_feed_peek(&end->feed);
    end->session->class->lost(end->session, why);
}

static void
wake(SessionEnd *end)
{
    const MailsimSessionClass *class = end->session->class;
    g_autoptr(GString) out = g_string_new(NULL);
    MailsimWant want;

    end->session->n_left = mailsim_feed_count(&end->feed);
    end->session->left = mailsim_feed_peek(&end->feed);
    if (end->want != MAILSIM_WANT_REST && class->timed_out == NULL) {
        session_end_lose(end, MAILSIM_LOSS_TIMEOUT);
        return;
    }
    want = end->want == MAILSIM_WANT_REST ? class->rested(end->session, out)
                                          : class->timed_out(end->session, out);
    obey(end, want, out);
}

gboolean
session_end_wait(SessionEnd *end)
{
    if (end->over || end->due_us == 0)
        return FALSE;
    end->now_us = end->due_us;
    if (end->want == MAILSIM_WANT_TLS)
        session_end_lose(end, MAILSIM_LOSS_TIMEOUT);
    else
        wake(end);
    hear_input(end);
    return TRUE;
}

void
session_end_pass(SessionEnd *end, gint64 delay_us)
{
    gint64 until_us = end->now_us + delay_us;

    while (!end->over && end->due_us > 0 && end->due_us <= until_us)
        session_end_wait(end);
    end->now_us = until_us;
}
