/* SPDX-License-Identifier: MIT
 *
 * Lines of a mail log, for “mailsim explain”. */
#pragma once

#include "cli-private.h"

#include <mailsim/explain/topics.h>

/* Explain what WORDS mean when they are a line of a log (one argument, or the words of one that
 * was not quoted), or “-”: then each line of standard input; without words those of a pipe or a
 * file that standard input is, if there are any. FALSE: they are none of it, and nothing has
 * been written. *EXIT: 0, or 2 when not one line could be explained. */
gboolean mailsim_cli_explain_log(MailsimTopics *topics,
                                 GStrv words,
                                 gboolean json,
                                 const MailsimRenderOptions *render,
                                 MailsimExit *exit);
