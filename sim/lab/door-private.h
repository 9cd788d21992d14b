/* SPDX-License-Identifier: MIT
 *
 * What door.c, which waits for everybody, door-listener.c, which says where, and door-visit.c,
 * one visitor's connection, know of each other. */
#pragma once

#include <mailsim/lab/door.h>

#include "daemon-private.h"

typedef struct {
    MailsimDoorService service;
    MailsimHost *host;
    const MailsimServiceDefinition *definition; /* lent by the host */
    int fd;
} Listener;

/* For every service of every host of LAB: array of Listener, in the order of hosts and ports.
 * ADDRESS as in MailsimDoorOptions. NULL: with ERROR. */
GPtrArray *
listeners_new(MailsimLab *lab, const char *address, guint port_offset, GError **error);

/* Who comes in, as the lab sees it. Strings are owned. */
typedef struct {
    char *party; /* of the recording */
    char *address;
    gboolean is_host;
} Visitor;

/* What visitors live by: the time of the real world, which does not jump as the lab's does. */
typedef struct {
    MailsimSchedule *schedule; /* whose time is that of the last thing that happened */
    MailsimTime now_us;
} VisitorClock;

typedef struct Visit Visit;

/* All but FD is borrowed. */
typedef struct {
    MailsimHost *host;
    const MailsimServiceDefinition *service;
    const Visitor *visitor;
    VisitorClock *clock;
    void (*stir)(gpointer data, Visit *visit); /* what it waits for may have changed */
    gpointer data;
    int fd; /* accepted; taken over */
} VisitOptions;

struct Visit {
    MailsimLab *lab;
    VisitorClock *clock;
    void (*stir)(gpointer data, Visit *visit);
    gpointer data;
    MailsimHop *hop;
    int fd; /* the wire's */
    MailsimWire *wire;
    MailsimDaemon daemon;
    GBytes *unsent; /* NULL: nothing */
    gsize n_sent;   /* of UNSENT */
    MailsimAppointment *alarm;
    gint64 patience_us; /* of the server with its client, when it waited last */
    gboolean gone;      /* nothing can be sent any more */
    gboolean given_up;  /* the client takes nothing of what is sent */

    /* These two are the door's. */
    guint32 asked;    /* what epoll(7) is asked of it */
    gboolean stirred; /* it is among those that have stirred */
};

Visit *visit_new(const VisitOptions *options);
void visit_free(gpointer visit);

/* What epoll(7) is to look for; 0: nothing, for now. */
guint32 visit_get_question(const Visit *visit);

/* There is something to do whatever is found. */
gboolean visit_is_busy(const Visit *visit);

/* Something has been FOUND, or it is busy: hear and say what can be heard and said. */
void visit_attend(Visit *visit, gboolean found);

/* Everything has been said and sent, or the client is gone. */
gboolean visit_is_over(const Visit *visit);

/* Nobody waits any longer. */
void visit_end(Visit *visit);
