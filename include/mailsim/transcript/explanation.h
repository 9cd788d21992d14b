/* SPDX-License-Identifier: MIT
 *
 * The explanation of one topic (a parameter, a reply code, a word …) in one language, ready to
 * be shown: a heading, paragraphs, and small facts under it. What is said is the business of
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

/* Append EXPLANATIONS (of MailsimExplanation) as one JSON object and a newline:
 * docs/json.md. */
void mailsim_render_explanations_json(const GPtrArray *explanations, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimExplanation, mailsim_explanation_free)
