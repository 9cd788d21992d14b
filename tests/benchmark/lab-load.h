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

typedef enum {
    LAB_LOAD_CLEAR,
    LAB_LOAD_TLS,  /* STARTTLS, TLS 1.3, a certificate of ECDSA with its chain, verified */
    LAB_LOAD_HELD, /* the same, with a server that takes very long to answer RCPT */
} LabLoadKind;

/* A lab in which a program sends messages of SIZE bytes. */
LabLoad *lab_load_new(LabLoadKind kind, guint size);
void lab_load_free(LabLoad *load);

/* N messages that begin at the same moment, each on a connection of its own. */
void lab_load_send(LabLoad *load, guint n);

/* Let all of it happen, and insist that each message was delivered. */
void lab_load_finish(LabLoad *load);

/* N messages, one shortly after the other, until all wait for the server to answer RCPT inside
 * TLS. */
void lab_load_hold(LabLoad *load, guint n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabLoad, lab_load_free)
