/* SPDX-License-Identifier: MIT
 *
 * What door.c, which waits for everybody, and door-visit.c, one visitor's connection, know of
 * each other. */
#pragma once

#include <poll.h>

#include <mailsim/lab/door.h>

#include "daemon-private.h"

/* Who comes in, as the lab sees it. Strings are owned. */
typedef struct {
    char *party; /* of the recording */
    char *address;
    gboolean is_host;
} Visitor;

typedef struct Visit Visit;

/* FD, accepted from HOST's SERVICE, is taken over. */
Visit *visit_new(MailsimHost *host,
                 const MailsimServiceDefinition *service,
                 const Visitor *visitor,
                 int fd);
void visit_free(gpointer visit);

/* What poll() is to look at. FALSE: nothing, for now. */
gboolean visit_ask(const Visit *visit, struct pollfd *question);

/* There is something to do whatever poll() finds. */
gboolean visit_is_busy(const Visit *visit);

/* poll() has found FOUND (perhaps nothing): hear and say what can be heard and said. */
void visit_attend(Visit *visit, short found);

/* Everything has been said and sent, or the client is gone. */
gboolean visit_is_over(const Visit *visit);

/* Nobody waits any longer. */
void visit_end(Visit *visit);
