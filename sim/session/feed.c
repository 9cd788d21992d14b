/* SPDX-License-Identifier: MIT
 *
 * Lines, pieces and bytes out of what has arrived. What was looked at already is not looked at
 * again, and what was taken is moved away only now and then. */
#include <mailsim/session/feed.h>

#include <string.h>

#include <mailsim/base/limits.h>

void
mailsim_feed_init(MailsimFeed *feed)
{
    feed->bytes = g_string_new(NULL);
    feed->text = g_string_new(NULL);
}

void
mailsim_feed_clear(MailsimFeed *feed)
{
    if (feed->bytes != NULL)
        g_string_free(feed->bytes, TRUE);
    if (feed->text != NULL)
        g_string_free(feed->text, TRUE);
    *feed = (MailsimFeed){0};
}

gsize
mailsim_feed_count(const MailsimFeed *feed)
{
    return feed->bytes->len - feed->n_taken;
}

const char *
mailsim_feed_peek(const MailsimFeed *feed)
{
    return feed->bytes->str + feed->n_taken;
}

void
mailsim_feed_discard(MailsimFeed *feed)
{
    g_string_truncate(feed->bytes, 0);
    feed->n_taken = 0;
    feed->n_scanned = 0;
    feed->cutting = FALSE;
}

void
mailsim_feed_append(MailsimFeed *feed, const char *bytes, gsize length)
{
    g_string_erase(feed->bytes, 0, (gssize)feed->n_taken);
    feed->n_taken = 0;
    g_string_append_len(feed->bytes, bytes, (gssize)length);
}

/* The first N_TEXT bytes are lent out, N_USED are done with. */
static gboolean
lend(MailsimFeed *feed, gsize n_text, gsize n_used, MailsimInput *input)
{
    g_string_append_len(feed->text, feed->bytes->str + feed->n_taken, (gssize)n_text);
    feed->n_taken += n_used;
    feed->n_scanned = 0;
    input->text = feed->text->str;
    input->length = feed->text->len;
    input->waiting = feed->bytes->str + feed->n_taken;
    input->n_waiting = mailsim_feed_count(feed);
    return TRUE;
}

/* How many bytes up to the next line feed, without it; FALSE: it has not come. */
static gboolean
find_line_feed(MailsimFeed *feed, gsize *length)
{
    const char *start = feed->bytes->str + feed->n_taken;
    gsize n_bytes = mailsim_feed_count(feed);
    const char *line_feed = memchr(start + feed->n_scanned, '\n', n_bytes - feed->n_scanned);

    feed->n_scanned = n_bytes;
    if (line_feed != NULL)
        *length = (gsize)(line_feed - start);
    return line_feed != NULL;
}

static gboolean
lend_line(MailsimFeed *feed, gsize length, MailsimInput *input)
{
    const char *start = feed->bytes->str + feed->n_taken;
    gboolean with_cr = length > 0 && start[length - 1] == '\r';

    input->line_end = with_cr ? MAILSIM_LINE_END_CRLF : MAILSIM_LINE_END_LF;
    return lend(feed, with_cr ? length - 1 : length, length + 1, input);
}

static gboolean
take_text(MailsimFeed *feed, gsize line_max, MailsimInput *input)
{
    gsize length = 0;
    gboolean whole = find_line_feed(feed, &length);

    if (whole && length <= line_max)
        return lend_line(feed, length, input);
    if (!whole && mailsim_feed_count(feed) <= line_max)
        return FALSE;
    input->line_end = MAILSIM_LINE_END_NONE;
    return lend(feed, line_max, line_max, input);
}

/* A CR in the last place is still a part of the line end; a text is one too many. */
static gboolean
fits(const MailsimFeed *feed, gsize length, gsize line_max)
{
    return length < line_max ||
           (length == line_max && feed->bytes->str[feed->n_taken + length - 1] == '\r');
}

/* A line that is too long keeps its beginning; the rest is thrown away as it comes, and with
 * it what kind of line end it had. Postfix, which stops reading there, treats one that has just
 * the length likewise. */
static gboolean
take_line(MailsimFeed *feed, gsize line_max, MailsimInput *input)
{
    gsize length = 0;
    gboolean whole = find_line_feed(feed, &length);

    if (whole && !feed->cutting && fits(feed, length, line_max))
        return lend_line(feed, length, input);
    if (!feed->cutting && (whole || mailsim_feed_count(feed) > line_max)) {
        feed->cutting = TRUE;
        g_string_append_len(feed->text, feed->bytes->str + feed->n_taken, (gssize)line_max);
    }
    if (!feed->cutting)
        return FALSE;
    if (!whole) {
        feed->n_taken = feed->bytes->len;
        feed->n_scanned = 0;
        return FALSE;
    }
    feed->cutting = FALSE;
    input->line_end = MAILSIM_LINE_END_NONE;
    return lend(feed, 0, length + 1, input);
}

gboolean
mailsim_feed_take(MailsimFeed *feed,
                  MailsimSession *session,
                  MailsimWant want,
                  MailsimInput *input)
{
    const MailsimSessionClass *class = session->class;
    gsize line_max =
        class->get_line_max != NULL ? class->get_line_max(session) : MAILSIM_LINE_MAX_BYTES;
    gsize n_bytes;

    if (!feed->cutting)
        g_string_truncate(feed->text, 0);
    switch (want) {
    case MAILSIM_WANT_LINE:
        return take_line(feed, line_max, input);
    case MAILSIM_WANT_TEXT:
        return take_text(feed, line_max, input);
    case MAILSIM_WANT_BYTES:
        n_bytes = class->count_bytes(session);
        if (mailsim_feed_count(feed) < n_bytes)
            return FALSE;
        input->line_end = MAILSIM_LINE_END_NONE;
        return lend(feed, n_bytes, n_bytes, input);
    case MAILSIM_WANT_TLS:
    case MAILSIM_WANT_REST:
    case MAILSIM_WANT_END:
        return FALSE;
    }
    g_assert_not_reached();
}
