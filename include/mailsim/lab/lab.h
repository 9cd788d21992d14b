/* SPDX-License-Identifier: MIT
 *
 * The lab: a world of hosts and mail programs, alive. It is configured from a MailsimWorld,
 * given things to do, and run until nothing is left to happen; what happened is in the
 * recording. */
#pragma once

#include <mailsim/lab/world.h>
#include <mailsim/recording/recording.h>

typedef struct MailsimLab MailsimLab;

#define MAILSIM_LAB_ERROR (mailsim_lab_error_quark())
GQuark mailsim_lab_error_quark(void);

typedef enum {
    MAILSIM_LAB_ERROR_CERTIFICATE, /* a certificate could not be made */
    MAILSIM_LAB_ERROR_LIMIT,       /* the story does not end: MAILSIM_EVENTS_MAX */
} MailsimLabError;

/* RECORDING is borrowed for the life of the lab. READ_MAX_BYTES: how much each party reads at a
 * time; it must make no difference to what is recorded (0: the usual). */
MailsimLab *mailsim_lab_new(MailsimRecording *recording,
                            MailsimTime start_us,
                            gsize read_max_bytes,
                            GError **error);
void mailsim_lab_free(MailsimLab *lab);

/* Let the world be as WORLD says; the lab takes it over. The first time the parties are made;
 * later their settings change and their queues and mailboxes stay. */
gboolean mailsim_lab_configure(MailsimLab *lab, MailsimWorld *world, GError **error);

/* One message to be sent. Strings are borrowed for the call. */
typedef struct {
    const MailsimMailProgramDefinition *program; /* who sends; NULL: a user at a host's shell */
    const char *by_user;
    const char *by_host;
    const GPtrArray *to; /* of char * */
    const char *from;    /* envelope sender; NULL: the user's address */
    const char *subject;
    const char *text;
    const MailsimSpan *span; /* the step, for explanations */
} MailsimErrand;

/* Let ERRAND begin now. */
void mailsim_lab_send(MailsimLab *lab, const MailsimErrand *errand);

/* Let everything happen that is to happen. Parties that wait for each other for ever are
 * recorded, and parted. FALSE: the limit of events was reached. */
gboolean mailsim_lab_run(MailsimLab *lab, GError **error);

MailsimTime mailsim_lab_get_now(const MailsimLab *lab);

/* Messages in the mailbox of USER at HOST, oldest first: array of GBytes, lent; NULL: no such
 * user. */
const GPtrArray *
mailsim_lab_get_mailbox(const MailsimLab *lab, const char *host, const char *user);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimLab, mailsim_lab_free)
