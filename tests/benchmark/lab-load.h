/* SPDX-License-Identifier: MIT
 *
 * A lab under load: one server, and mail programs that hand messages to its users. */
#pragma once

#include <mailsim/lab/lab.h>

typedef struct {
    MailsimRecording *recording;
    MailsimLab *lab;
    MailsimMailProgramDefinition *program;
    GPtrArray *to;
    char *text;
    guint n_sent;
    guint n_finished;
} LabLoad;

/* A lab in which a program delivers messages of SIZE bytes, inside TLS (STARTTLS, TLS 1.3, a
 * certificate of ECDSA with its chain, verified) or in the clear. */
LabLoad *lab_load_new(gboolean with_tls, guint size);
void lab_load_free(LabLoad *load);

/* N messages that begin at the same moment, each on a connection of its own. */
void lab_load_send(LabLoad *load, guint n);

/* Let all of it happen, and insist that each message was delivered. */
void lab_load_finish(LabLoad *load);

/* Let it happen until all that was sent and is not finished is past EHLO inside TLS. */
void lab_load_open(LabLoad *load);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabLoad, lab_load_free)
