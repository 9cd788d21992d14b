/* SPDX-License-Identifier: MIT
 *
 * What --help says. Completion and mailsim(1) are made from it, and the test “help” holds it
 * against what each command parses. */
#pragma once

#include "cli-private.h"

typedef struct {
    const char *name;                     /* “output” */
    char letter;                          /* “o”; 0: it has none */
    const char *value[MAILSIM_LANGUAGES]; /* “FILE”; “es|en”: words to be typed; or NULL */
    const char *text[MAILSIM_LANGUAGES]; /* in lines of at most 50 columns */
} MailsimHelpOption;

/* Of one command, but --help; of const MailsimHelpOption, lent. */
GPtrArray *mailsim_help_list_options(const char *command);

/* All of it. */
void mailsim_help_append(MailsimLanguage language, GString *out);

/* COMMAND alone. */
void mailsim_help_append_command(const MailsimCommandLineCommand *command,
                                 MailsimLanguage language,
                                 GString *out);
