/* SPDX-License-Identifier: MIT
 *
 * A recording as text for people and as JSON for programs. Both are pure functions: the same
 * recording and options give the same bytes, in every locale and time zone. A recording that is
 * still being written can be told as it grows. */
#pragma once

#include <mailsim/recording/recording.h>

typedef enum {
    MAILSIM_DETAIL_BRIEF,  /* two lines for each connection, few notes */
    MAILSIM_DETAIL_NORMAL, /* every line once, with its notes */
    MAILSIM_DETAIL_FULL,   /* no line folded; notes add what another setting would do */
} MailsimDetail;

typedef enum {
    MAILSIM_NOTES_BY_DETAIL, /* with full detail also what they add */
    MAILSIM_NOTES_FOLDED,    /* a line for each, which says only what it is about */
    MAILSIM_NOTES_TEXT,
    MAILSIM_NOTES_MORE, /* and what they add */
} MailsimNotesShown;

typedef struct {
    MailsimLanguage language;
    MailsimDetail detail;
    MailsimNotesShown notes;
    gboolean ascii;  /* only bytes below 0x80 */
    gboolean colour; /* SGR escapes; never the only carrier of a fact */
    gboolean quiet;  /* titles, outcomes and failed expectations alone */
} MailsimRenderOptions;

/* Append the annotated transcript, at best 80 columns wide. */
void mailsim_render_text(const MailsimRecording *recording,
                         const MailsimRenderOptions *options,
                         GString *out);

/* The annotated transcript of a recording that grows, the same lines and notes as above: each
 * connection when it is over, as a block, in the order of their ends (what a connection has led
 * to comes after it); or INTERLEAVED, each line at once. What has been told RECORDING forgets.
 * It is borrowed, as OPTIONS are, for the life of the transcript. */
typedef struct MailsimLiveTranscript MailsimLiveTranscript;

MailsimLiveTranscript *mailsim_live_transcript_new(MailsimRecording *recording,
                                                   const MailsimRenderOptions *options,
                                                   gboolean interleaved);
void mailsim_live_transcript_free(MailsimLiveTranscript *transcript);

/* Append the title and the legend; what is to be told by now (a heading says which connection
 * speaks, where it is another one); at last, what was not over, and how many there were. */
void mailsim_live_transcript_begin(MailsimLiveTranscript *transcript, GString *out);
void mailsim_live_transcript_tell(MailsimLiveTranscript *transcript, GString *out);
void mailsim_live_transcript_end(MailsimLiveTranscript *transcript, GString *out);

/* Append TEXT, a paragraph of the caller's own. */
void
mailsim_live_transcript_say(MailsimLiveTranscript *transcript, const char *text, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimLiveTranscript, mailsim_live_transcript_free)

/* Append one JSON object and a newline; docs/json.md describes it. Only the language of titles
 * and notes depends on the options. */
void mailsim_render_json(const MailsimRecording *recording,
                         const MailsimRenderOptions *options,
                         GString *out);

/* The events of a recording that grows, a JSON object a line, each when it happens;
 * docs/json.md describes them. What is borrowed and forgotten is as for a live transcript.
 * Times are counted from START_US. Each event belongs to a step of RECORDING. */
typedef struct MailsimJsonLines MailsimJsonLines;

MailsimJsonLines *mailsim_json_lines_new(MailsimRecording *recording,
                                         const MailsimRenderOptions *options,
                                         MailsimTime start_us);
void mailsim_json_lines_free(MailsimJsonLines *lines);

/* Append what is served, and the CLIENT that whoever comes is in the lab; where a service is
 * found; that they can come. */
void mailsim_json_lines_begin(MailsimJsonLines *lines,
                              const char *client,
                              const char *client_address,
                              GString *out);
void mailsim_json_lines_put_service(MailsimJsonLines *lines,
                                    const char *host,
                                    const char *service,
                                    const char *address,
                                    guint port,
                                    GString *out);
void mailsim_json_lines_put_ready(MailsimJsonLines *lines, GString *out);

/* Append what has happened since the last time; at last, what waits, and how many connections
 * there were. */
void mailsim_json_lines_tell(MailsimJsonLines *lines, GString *out);
void mailsim_json_lines_end(MailsimJsonLines *lines, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimJsonLines, mailsim_json_lines_free)

/* Append TEXT as paragraphs of the transcript's form, each INDENT columns from the left. */
void mailsim_render_paragraphs(const MailsimRenderOptions *options,
                               guint indent,
                               const char *text,
                               GString *out);
