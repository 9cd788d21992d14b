/* SPDX-License-Identifier: MIT
 *
 * A wire without file descriptor, TLS library and real time. */
#include "session-end.h"

static void
obey(SessionEnd *end, MailsimWant want, const GString *out)
{
    g_string_append_len(end->said, out->str, (gssize)out->len);
    end->want = want;
    end->over = want == MAILSIM_WANT_END;
    end->waited_us = 0;
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
    if (end->want != MAILSIM_WANT_REST)
        end->waited_us = 0;
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
session_end_lose(SessionEnd *end, MailsimLoss why)
{
    end->over = TRUE;
    end->session->n_left = mailsim_feed_count(&end->feed);
    end->session->class->lost(end->session, why);
}

/* What is left of it; 0: it waits for ever. */
static gint64
get_patience(const SessionEnd *end)
{
    gint64 patience_us;

    if (end->over || end->session->class->get_patience == NULL)
        return 0;
    patience_us = end->session->class->get_patience(end->session);
    return patience_us > 0 ? MAX(patience_us - end->waited_us, 1) : 0;
}

static void
wake(SessionEnd *end)
{
    const MailsimSessionClass *class = end->session->class;
    g_autoptr(GString) out = g_string_new(NULL);
    MailsimWant want;

    end->session->n_left = mailsim_feed_count(&end->feed);
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
    gint64 patience_us = get_patience(end);

    if (patience_us == 0)
        return FALSE;
    end->now_us += patience_us;
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
    gint64 patience_us;

    while ((patience_us = get_patience(end)) > 0 && end->now_us + patience_us <= until_us)
        session_end_wait(end);
    end->waited_us += until_us - end->now_us;
    end->now_us = until_us;
}
