/* SPDX-License-Identifier: MIT
 *
 * anvil(8) of a host: it counts what clients do. Who asks, smtpd(8), says when it is. */
#pragma once

#include <mailsim/base/time.h>

typedef struct MailsimAnvil MailsimAnvil;

/* What is counted in a unit of time. */
typedef enum {
    MAILSIM_ANVIL_CONNECTIONS,
    MAILSIM_ANVIL_MESSAGES,
    MAILSIM_ANVIL_RECIPIENTS,
    MAILSIM_ANVIL_TLS_SESSIONS,
    MAILSIM_ANVIL_LOGINS,
} MailsimAnvilEvent;

#define MAILSIM_ANVIL_EVENTS (MAILSIM_ANVIL_LOGINS + 1)

/* One connection, as anvil(8) knows it. */
typedef struct {
    const char *service; /* its name in master.cf; lent, as the next */
    const char *address;
    guint n_counted; /* connections that are counted for it: 0 at first */
} MailsimAnvilClient;

typedef struct {
    MailsimTime now_us;
    gint64 unit_us; /* postconf(5) anvil_rate_time_unit */
} MailsimAnvilMoment;

MailsimAnvil *mailsim_anvil_new(void);
void mailsim_anvil_free(MailsimAnvil *anvil);

/* Another one takes its place, which has counted nothing. */
void mailsim_anvil_restart(MailsimAnvil *anvil);

/* The client has connected: for the how manieth time now, and how many connections of its
 * address there are with it. */
guint mailsim_anvil_connect(MailsimAnvil *anvil,
                            MailsimAnvilClient *client,
                            const MailsimAnvilMoment *moment,
                            guint *n_connections);
void mailsim_anvil_disconnect(MailsimAnvil *anvil,
                              MailsimAnvilClient *client,
                              const MailsimAnvilMoment *moment);

/* Count one more: how many there are with it. Of a client that has not connected yet a
 * connection is counted as well, as the real anvil(8) does. */
guint mailsim_anvil_count(MailsimAnvil *anvil,
                          MailsimAnvilClient *client,
                          MailsimAnvilEvent event,
                          const MailsimAnvilMoment *moment);

/* The same without counting. */
guint mailsim_anvil_look_up(MailsimAnvil *anvil,
                            const MailsimAnvilClient *client,
                            MailsimAnvilEvent event,
                            const MailsimAnvilMoment *moment);
