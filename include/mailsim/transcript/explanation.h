/* SPDX-License-Identifier: MIT
 *
 * The explanation of one topic (a parameter, a reply code, a word …) in one language, ready to
 * be shown: a heading, paragraphs, and small facts under it; or of a line of a log, with the line
 * above it. What is said is the business of
 * the layer explain; here it is only held and shown, on the same page as a transcript. */
#pragma once

#include <mailsim/transcript/render.h>

typedef struct {
    char *word; /* “may”; NULL: the text alone */
    char *text; /* what it means; NULL: the word alone */
} MailsimExplanationRow;

typedef struct {
    char *name;       /* “default”, the same in every language: a member of JSON */
    char *label;      /* “por defecto” */
    gboolean is_list; /* its words follow each other; else each has a line */
    GPtrArray *rows;  /* of MailsimExplanationRow */
} MailsimExplanationFact;

typedef struct {
    char *topic;     /* the name under which it is found, whatever the language */
    char *title;     /* the same in the language: “sobre” */
    char *subject;   /* “parameter”, the same in every language */
    char *kind;      /* “parameter of Postfix” */
    GPtrArray *text; /* of char *: paragraphs */
    GPtrArray *facts;

    /* of a line of a log; NULL and 0: it is a topic's */
    guint64 number; /* which of many; 0: the only one */
    char *place;    /* “12 submission/smtpd 4F1C2A0B3D” */
    char *quoted;   /* the line itself */
} MailsimExplanation;

/* Texts are copied. */
MailsimExplanation *mailsim_explanation_new(const char *topic,
                                            const char *title,
                                            const char *subject,
                                            const char *kind);
void mailsim_explanation_free(MailsimExplanation *explanation);
void mailsim_explanation_add_text(MailsimExplanation *explanation, const char *text);

/* Append an empty fact, lent. A fact that gets no row is not shown. */
MailsimExplanationFact *mailsim_explanation_add_fact(MailsimExplanation *explanation,
                                                     const char *name,
                                                     const char *label);
void
mailsim_explanation_fact_add(MailsimExplanationFact *fact, const char *word, const char *text);

/* Append one explanation as a page of text; of OPTIONS the language, ascii and colour count. */
void mailsim_render_explanation_text(const MailsimExplanation *explanation,
                                     const MailsimRenderOptions *options,
                                     GString *out);

/* The same for a line of a log. One of which nothing new is to be said gets a single paragraph,
 * without a heading; AFTER: what the explanation before it was (NULL: there is none), for the
 * empty line between them. */
void mailsim_render_log_line_text(const MailsimExplanation *explanation,
                                  const MailsimExplanation *after,
                                  const MailsimRenderOptions *options,
                                  GString *out);

/* An explanation as a member of “explanations”, and what stands before and behind all of them:
 * for those who write one after the other. */
void mailsim_render_explanations_json_begin(GString *out);
void mailsim_render_explanation_json(const MailsimExplanation *explanation,
                                     gboolean first,
                                     GString *out);
void mailsim_render_explanations_json_end(gboolean any, GString *out);

/* Append EXPLANATIONS (of MailsimExplanation) as one JSON object and a newline:
 * docs/json.md. */
void mailsim_render_explanations_json(const GPtrArray *explanations, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimExplanation, mailsim_explanation_free)
