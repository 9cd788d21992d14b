/* SPDX-License-Identifier: MIT
 *
 * Scenarios to begin with: a small one that is complete, with a comment on each thing, and a
 * variant of another. Their texts are scenarios/templates/. */
#pragma once

#include <mailsim/scenario/scenario.h>

typedef struct {
    const char *name; /* of the new scenario: “mine” */
    const char *file; /* as a person would type it: “lessons/mine.scenario” */
    MailsimLanguage language;
} MailsimTemplateOptions;

/* The text of a scenario that has no mistake, and whose expectations hold. Free with g_free().
 * */
char *mailsim_template_dup_new(const MailsimTemplateOptions *options);

/* The same, with the world of BASE, which has no errors, and its first step. SHOWN tells where
 * all its steps are. */
char *mailsim_template_dup_variant(const MailsimTemplateOptions *options,
                                   const MailsimScenario *base,
                                   const char *shown);
