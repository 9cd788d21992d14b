/* SPDX-License-Identifier: MIT
 *
 * What “mailsim serve” prints: where its services are, and what is said to them. */
#pragma once

#include "cli-private.h"

#include <mailsim/lab/door.h>

typedef enum {
    MAILSIM_SERVE_BLOCKS, /* a conversation when it is over */
    MAILSIM_SERVE_LIVE,   /* each line when it is spoken */
    MAILSIM_SERVE_JSON,   /* each event, a line of JSON */
} MailsimServeForm;

typedef struct MailsimServeReport MailsimServeReport;

/* Of what RECORDING will have, which is borrowed, as DOOR and RENDER are, and forgets what has
 * been printed. Times are counted from START_US. */
MailsimServeReport *mailsim_serve_report_new(MailsimRecording *recording,
                                             const MailsimDoor *door,
                                             MailsimServeForm form,
                                             const MailsimRenderOptions *render,
                                             MailsimTime start_us);
void mailsim_serve_report_free(MailsimServeReport *report);

/* Where the services are; what has happened since the last time; how many came. FALSE, with a
 * word on standard error: it could not be written. */
gboolean mailsim_serve_report_begin(MailsimServeReport *report);
gboolean mailsim_serve_report_go_on(MailsimServeReport *report);
gboolean mailsim_serve_report_end(MailsimServeReport *report);
