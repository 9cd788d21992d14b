/* SPDX-License-Identifier: MIT
 *
 * A bar on standard error for work that lasts longer than a second, gone when it is over; and
 * Ctrl-C, which ends the work between two pieces of it, so that nothing half-drawn is left. */
#pragma once

#include <mailsim/recording/recording.h>

typedef struct {
    gint64 began_us;
    gboolean shown; /* something stands on the line */
    gboolean may_show;
    gboolean ascii;
    guint drawn; /* in hundredths */
} MailsimProgress;

void mailsim_progress_begin(MailsimProgress *progress, gboolean ascii);

/* DONE of ALL pieces are done. FALSE: somebody wants no more, and mailsim_progress_end() does
 * not come back. */
gboolean mailsim_progress_tell(MailsimProgress *progress, guint done, guint all);

/* Take the bar away; if a signal came, end by it. */
void mailsim_progress_end(MailsimProgress *progress);
