/* SPDX-License-Identifier: MIT
 *
 * How the recordings of a real server write octets, abbreviate replies and stand in for what
 * differs each time: see tests/dialogue/README.md. */
#pragma once

#include <glib.h>

/* A file of tests/dialogue/recorded, to be freed; the test ends if it cannot be read. */
char *recorded_file_read(const char *name);

/* A line of the client's as what it sent: CR LF follows unless the line ends in a \n of its
 * own, or says that none does. */
void recorded_text_append_said(GString *octets, const char *text);

/* Text in which \r, \n, \t and \xHH stand for octets. */
void recorded_text_append_octets(GString *octets, const char *text);

/* A line of a delivered message: “xxx...(2049 octets)” is so long, its last octet repeated. */
void recorded_text_append_delivered(GString *octets, const char *text);

/* The lines that “250-... [EHLO reply: the usual keywords + STARTTLS - VRFY]” stands for, to
 * be freed; NULL: TEXT is no such thing. */
GPtrArray *recorded_text_list_ehlo_lines(const char *text);

/* Is SEEN what was RECORDED? <queue-id>, <date> and <unique> stand for any, and so does a
 * date. */
gboolean recorded_text_matches(const char *recorded, const char *seen);

/* The first difference between lines of a log, to be freed; NULL: there is none. IN_PIECES:
 * what the client sent did not come in its own packets. */
char *recorded_log_find_difference(const GPtrArray *recorded,
                                   const GPtrArray *seen,
                                   gboolean in_pieces);
