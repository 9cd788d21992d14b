/* SPDX-License-Identifier: MIT
 *
 * The lab: a world of hosts and mail programs, alive. It is configured from a MailsimWorld,
 * given things to do, and run until nothing is left to happen; what happened is in the
 * recording. */
#pragma once

#include <mailsim/lab/world.h>
#include <mailsim/recording/recording.h>
#include <mailsim/store/mail-store.h>
#include <mailsim/wire/certificate.h>

typedef struct MailsimLab MailsimLab;

#define MAILSIM_LAB_ERROR (mailsim_lab_error_quark())
GQuark mailsim_lab_error_quark(void);

typedef enum {
    MAILSIM_LAB_ERROR_LIMIT, /* the story does not end: MAILSIM_EVENTS_MAX */
} MailsimLabError;

/* RECORDING is borrowed for the life of the lab. READ_MAX_BYTES: how much each party reads at a
 * time; it must make no difference to what is recorded (0: the usual). */
MailsimLab *mailsim_lab_new(MailsimRecording *recording,
                            MailsimTime start_us,
                            gsize read_max_bytes,
                            GError **error);

/* The same, with certificates of AUTHORITY, borrowed for the life of the lab: who makes many
 * labs makes one authority for all. */
MailsimLab *mailsim_lab_new_with_authority(MailsimRecording *recording,
                                           MailsimTime start_us,
                                           gsize read_max_bytes,
                                           MailsimAuthority *authority,
                                           GError **error);
void mailsim_lab_free(MailsimLab *lab);

/* Let the world be as WORLD says; the lab takes it over. The first time the parties are made;
 * later their settings change and their queues and mailboxes stay. FALSE: a certificate could
 * not be made (MAILSIM_CERTIFICATE_ERROR). */
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

/* Let ERRAND begin now; the number of its message in the recording. */
guint mailsim_lab_send(MailsimLab *lab, const MailsimErrand *errand);

/* ---- fetch ------------------------------------------------------------------------------- */

/* PROGRAM, which has an incoming server, reads its mailbox. Borrowed for the call; SPAN is the
 * step's, for explanations. */
void mailsim_lab_fetch(MailsimLab *lab,
                       const MailsimMailProgramDefinition *program,
                       const MailsimSpan *span);

/* ---- talk -------------------------------------------------------------------------------- */

/* Lines that a person types to a server, as with telnet or openssl s_client. */
typedef struct {
    const char *by; /* the machine, host or mail program, by its name */
    const MailsimEndpoint *endpoint;
    const GPtrArray *lines; /* of char *; see mailsim_typist_new() */
    GPtrArray *heard;       /* of GPtrArray of char *: to be filled in with what the server said
                                before the first line, after it, after the second … */
    const MailsimSpan *span; /* for explanations */
} MailsimTalk;

/* Let TALK begin now. Borrowed until mailsim_lab_run() has returned. */
void mailsim_lab_talk(MailsimLab *lab, const MailsimTalk *talk);

/* ---- look -------------------------------------------------------------------------------- */

typedef enum {
    MAILSIM_LOOK_MAILBOX,     /* of SUBJECT, a user, at HOST */
    MAILSIM_LOOK_QUEUE,       /* of HOST */
    MAILSIM_LOOK_LOG,         /* of HOST, since the last step in which anything happened */
    MAILSIM_LOOK_DNS,         /* records at SUBJECT, a name, of type OBJECT */
    MAILSIM_LOOK_CERTIFICATE, /* that HOST shows */
    MAILSIM_LOOK_LISTENER,    /* on the way between SUBJECT and OBJECT, parties */
    MAILSIM_LOOK_BLOCKLIST,   /* SUBJECT, a zone: who is listed */
} MailsimLookKind;

/* What is not said above is NULL. Strings are owned. */
typedef struct {
    MailsimLookKind kind;
    char *what; /* all of it in the scenario's words: “mailbox ana” */
    char *host;
    char *subject;
    char *object;
} MailsimLook;

void mailsim_look_free(MailsimLook *look);

/* Look at something now; what is seen is an event of kind MAILSIM_EVENT_SHOWN. It takes no time
 * but for DNS, which takes a round trip. LOOK is borrowed until mailsim_lab_run() has
 * returned. */
void mailsim_lab_look(MailsimLab *lab, const MailsimLook *look);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimLook, mailsim_look_free)

/* Postfix on HOST is stopped, and started again: what its daemons had in memory is gone, and so
 * are the TLS sessions in its caches. The queue stays. */
void mailsim_lab_restart(MailsimLab *lab, const char *host);

/* Let everything happen until all that is under way is over, and queues at most wait. FALSE:
 * the limit of events was reached. */
gboolean mailsim_lab_run(MailsimLab *lab, GError **error);

/* The same, but first let time pass until UNTIL_US: queues are run. */
gboolean mailsim_lab_wait(MailsimLab *lab, MailsimTime until_us, GError **error);

/* The same until no queue has a message in it. */
gboolean mailsim_lab_wait_for_queues(MailsimLab *lab, GError **error);

/* Let everything happen that is due by NOW_US, and let it be that late: for a lab that follows
 * another clock. A clock that went back stands still. */
void mailsim_lab_follow(MailsimLab *lab, MailsimTime now_us);

/* As long as something is waited for, let the next thing happen, at most N_MAX: the clock jumps
 * to it. */
void mailsim_lab_hurry(MailsimLab *lab, guint n_max);

MailsimTime mailsim_lab_get_now(const MailsimLab *lab);

/* What lies where local(8) puts the mail of USER at HOST, oldest first: array of
 * MailsimStoredMessage, lent; NULL: no such user. */
const GPtrArray *
mailsim_lab_get_mailbox(const MailsimLab *lab, const char *host, const char *user);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimLab, mailsim_lab_free)
