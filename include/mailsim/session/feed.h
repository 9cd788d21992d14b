/* SPDX-License-Identifier: MIT
 *
 * What has arrived and is not heard yet: bytes in, and out what a session wants (a line, a
 * piece of text, so many bytes), however small the pieces in which they came. Pure: a wire
 * fills it, and so does a test. */
#pragma once

#include <mailsim/session/session.h>

typedef struct {
    GString *bytes;
    gsize n_taken;    /* of BYTES, from the front */
    gsize n_scanned;  /* of what is not taken: looked at, and no line feed found */
    gboolean cutting; /* a line was too long: its rest is to be thrown away */
    GString *text;    /* what is lent out */
} MailsimFeed;

void mailsim_feed_init(MailsimFeed *feed);
void mailsim_feed_clear(MailsimFeed *feed);

void mailsim_feed_append(MailsimFeed *feed, const char *bytes, gsize length);

/* Take what SESSION wants; INPUT is filled and lent until the next call. FALSE: it has not all
 * arrived, or WANT is none of LINE, TEXT and BYTES. */
gboolean mailsim_feed_take(MailsimFeed *feed,
                           MailsimSession *session,
                           MailsimWant want,
                           MailsimInput *input);

/* Bytes that have come and are not taken: how many, and which; lent. */
gsize mailsim_feed_count(const MailsimFeed *feed);
const char *mailsim_feed_peek(const MailsimFeed *feed);

/* Throw them away. */
void mailsim_feed_discard(MailsimFeed *feed);
