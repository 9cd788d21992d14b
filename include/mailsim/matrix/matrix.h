/* SPDX-License-Identifier: MIT
 *
 * Cells that are run: each is a lab of its own, with real handshakes, and what came of it is
 * read from its recording. What all of them need (the authorities and what these have issued)
 * is made once. */
#pragma once

#include <mailsim/matrix/cell.h>
#include <mailsim/recording/recording.h>

/* One attempt to deliver the message of a cell. */
typedef struct {
    guint number;        /* from 1 */
    const char *outcome; /* “delivered”, “deferred”, “bounced” */
    const char *channel; /* how far it got: “tls”, “plaintext”; “-”: never connected */
    char *trust;         /* “Verified” …, as Postfix logs it; “-” without TLS */
    char *dsn;           /* “4.7.5” */
    char *reason;        /* as logged, names replaced by <host>, <ip>, <port>, <queue-id> */
    char *log; /* “log: ” and the sender's other lines, joined by “; ”; “-”: none */
    char *server_saw; /* the receiver's “disconnect from”, of all connections; “-”: none */
} MailsimAttempt;

typedef struct MailsimMatrix MailsimMatrix;

/* NULL: the machine failed us. */
MailsimMatrix *mailsim_matrix_new(GError **error);
void mailsim_matrix_free(MailsimMatrix *matrix);

/* Run CELL: its recording; NULL: the lab itself failed. */
MailsimRecording *
mailsim_matrix_record(MailsimMatrix *matrix, const MailsimCell *cell, GError **error);

/* The attempts in a recording of CELL; of MailsimAttempt. Free with g_ptr_array_unref(). */
GPtrArray *mailsim_cell_list_attempts(const MailsimCell *cell,
                                      const MailsimRecording *recording);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimMatrix, mailsim_matrix_free)
