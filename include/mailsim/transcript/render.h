/* SPDX-License-Identifier: MIT
 *
 * A recording as text for people and as JSON for programs. Both are pure functions: the same
 * recording and options give the same bytes, in every locale and time zone. */
#pragma once

#include <mailsim/recording/recording.h>

typedef enum {
    MAILSIM_DETAIL_BRIEF,  /* commands and replies, lists folded, few notes */
    MAILSIM_DETAIL_NORMAL, /* every line once, with its notes */
    MAILSIM_DETAIL_FULL,   /* nothing folded; notes add what another setting would do */
} MailsimDetail;

typedef struct {
    MailsimLanguage language;
    MailsimDetail detail;
    gboolean ascii;  /* only bytes below 0x80 */
    gboolean colour; /* SGR escapes; never the only carrier of a fact */
    gboolean quiet;  /* titles, outcomes and failed expectations alone */
} MailsimRenderOptions;

/* Append the annotated transcript, at best 80 columns wide. */
void mailsim_render_text(const MailsimRecording *recording,
                         const MailsimRenderOptions *options,
                         GString *out);

/* Append one JSON object and a newline; docs/json.md describes it. Only the language of titles
 * and notes depends on the options. */
void mailsim_render_json(const MailsimRecording *recording,
                         const MailsimRenderOptions *options,
                         GString *out);
