/* SPDX-License-Identifier: MIT
 *
 * What a line of a mail log says, field by field. Which lines there are, what each means and what
 * to do about it is data (sim/explain/log/NAME.ini, from the logs in tests/dialogue/recorded/);
 * what the digits of a code and the words of TLS mean comes from the topics. A line of which
 * nothing is known is said to be unknown, and that is no error.
 *
 * Of many lines each thing is explained once: who explains a whole log has a MailsimLog that
 * remembers what it has told. */
#pragma once

#include <mailsim/explain/log-line.h>
#include <mailsim/explain/topics.h>

typedef struct MailsimLog MailsimLog;

/* TOPICS are lent, and outlive it. The texts are part of the program: a mistake in them is an
 * assertion. */
MailsimLog *mailsim_log_new(MailsimTopics *topics);
void mailsim_log_free(MailsimLog *log);

/* Tell a meaning, an advice, a field once, and not again with every line. */
void mailsim_log_set_brief(MailsimLog *log, gboolean brief);

/* Does LINE, or what somebody has copied of one, say something that is explained? */
gboolean mailsim_log_knows(const MailsimLog *log, const MailsimLogLine *line);

/* Is it meant as a line of a log, known or not? A topic never is. */
gboolean mailsim_log_is_line(const MailsimLog *log, const char *words);

/* The explanation of LINE, the NUMBERth of several (0: the only one): never NULL, but with the
 * subject “unknown-line” when nothing is known of it. */
MailsimExplanation *mailsim_log_explain(MailsimLog *log,
                                        const MailsimLogLine *line,
                                        guint64 number,
                                        MailsimLanguage language);

/* All messages of the lines so far, by queue id: which lines speak of them, and what became of
 * them. NULL: no two lines belong together. */
MailsimExplanation *mailsim_log_explain_messages(const MailsimLog *log,
                                                 MailsimLanguage language);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimLog, mailsim_log_free)
