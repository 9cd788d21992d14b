/* SPDX-License-Identifier: MIT
 *
 * Scenarios to begin with: a small one that is complete, with a comment on each thing, and a
 * variant of another. Their texts are scenarios/templates/. What is given to be named in them
 * stands in comments: UTF-8 without control characters, or it would end them. */
#pragma once

#include <mailsim/scenario/scenario.h>

typedef struct {
    const char *name; /* of the new scenario: “mine” */
    const char *file; /* as a person would type it: “lessons/mine.scenario” */
    MailsimLanguage language;
} MailsimTemplateOptions;

/* The text of a scenario that has no mistake, and whose expectations hold; free with g_free().
 */
char *mailsim_template_dup_new(const MailsimTemplateOptions *options);

/* The text of one with the world of BASE, which has no errors, and its first step, if it has
 * steps; free with g_free(). SHOWN tells where all of them are. It has no mistake; its
 * expectations are those of that step, and hold if they do in BASE. */
char *mailsim_template_dup_variant(const MailsimTemplateOptions *options,
                                   const MailsimScenario *base,
                                   const char *shown);
