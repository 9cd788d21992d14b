/* SPDX-License-Identifier: MIT
 *
 * The door of a lab: its hosts' services on loopback ports, for programs of the real world. The
 * first host listens at one loopback address, the next at the one after it, in the order of the
 * file; each service at its port plus an offset. Behind the door are the sessions that the
 * hosts serve each other with. What a visitor says is recorded like any other hop, and what it
 * leads to (queues, deliveries) happens in the lab. Its clock follows a real one here, but
 * jumps over what only the lab waits for; visitors' time-outs are in real time.
 *
 * One thread: the owner calls mailsim_door_wait() in a loop. */
#pragma once

#include <mailsim/lab/lab.h>

typedef struct MailsimDoor MailsimDoor;

#define MAILSIM_DOOR_ERROR (mailsim_door_error_quark())
GQuark mailsim_door_error_quark(void);

typedef enum {
    MAILSIM_DOOR_ERROR_ADDRESS, /* no loopback address, or no IP address */
    MAILSIM_DOOR_ERROR_PORT,    /* with the offset it is beyond 65535 */
    MAILSIM_DOOR_ERROR_LISTEN,  /* the system refuses: a port is taken, … */
} MailsimDoorError;

/* Strings are copied. */
typedef struct {
    const char *address; /* IPv4, of the first host; NULL: 127.0.0.1 */
    guint port_offset;
    const char *client_address; /* that visitors have in the lab; NULL: a stranger's */

    /* The clock that the lab follows; it must not be behind the lab's. */
    MailsimTime (*get_now)(void);
    gboolean real_time; /* and does not jump ahead of */
} MailsimDoorOptions;

typedef struct {
    char *host;    /* “mail.iesgn.example” */
    char *service; /* “submission” */
    char *address; /* where programs of the real world find it */
    guint port;
} MailsimDoorService;

/* Listen for every service of LAB, which is configured and borrowed for the life of the
 * door. */
MailsimDoor *
mailsim_door_open(MailsimLab *lab, const MailsimDoorOptions *options, GError **error);
void mailsim_door_free(MailsimDoor *door);

/* Of MailsimDoorService, in the order of hosts and ports; lent. */
const GPtrArray *mailsim_door_list_services(const MailsimDoor *door);

/* The name and the address of those who come in, as the recording has them; lent. */
const char *mailsim_door_get_visitor(const MailsimDoor *door);
const char *mailsim_door_get_client_address(const MailsimDoor *door);

/* Wait until something happens, at the door or in the lab, at most WAIT_US (negative: for
 * ever), and let it happen. FALSE: STOP_FD can be read. */
gboolean mailsim_door_wait(MailsimDoor *door, int stop_fd, gint64 wait_us);

/* How long nobody has been connected, here or in the lab, and nothing has happened. */
gint64 mailsim_door_get_idle_time(const MailsimDoor *door);

/* Is nobody connected, here or in the lab, and nothing under way but deferred mail? */
gboolean mailsim_door_is_idle(const MailsimDoor *door);

/* How many have come in so far. */
guint mailsim_door_count_visits(const MailsimDoor *door);

/* No more visitors are let in for now: there are not enough file descriptors. */
gboolean mailsim_door_is_full(const MailsimDoor *door);

/* Hang up on everybody, and listen no more. */
void mailsim_door_close(MailsimDoor *door);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimDoor, mailsim_door_free)
