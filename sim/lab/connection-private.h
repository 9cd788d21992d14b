/* SPDX-License-Identifier: MIT
 *
 * A connection, and what its wires tell about it. */
#pragma once

#include "daemon-private.h"

typedef struct {
    MailsimConnection *connection;
    MailsimWire *wire;
    const char *party;         /* lent by the connection */
    gboolean shut;             /* the end of its stream is on its way */
    MailsimAppointment *alarm; /* when its session's patience is over; NULL: never */
} MailsimConnectionSide;

struct MailsimConnection {
    MailsimLab *lab;
    MailsimHop *hop;
    MailsimHost *host; /* the server's; NULL: nobody there */
    MailsimDaemon daemon;
    char *from;
    MailsimTrustDemand demand;
    gint64 latency_us;
    MailsimTlsLog tls_log;     /* with strings of its own */
    MailsimTlsSession offered; /* by the client, to be taken up; empty: none */
    MailsimConnectionSide client;
    MailsimConnectionSide server;
    guint n_on_the_way; /* parcels and ends of stream being carried */
    gboolean done_called;
    MailsimSession *unopened; /* the client's session when nobody listens */

    gint64 connect_timeout_us;
    void (*done)(gpointer data, MailsimHop *hop, MailsimConnectionEnd end);
    gpointer data;
};

/* connection-observers.c: of the client's wire, and of the server's, who is smtpd(8) or
 * somebody else; data is the connection. */
extern const MailsimWireObserver mailsim_connection_client_observer;
extern const MailsimWireObserver mailsim_connection_smtpd_observer;
extern const MailsimWireObserver mailsim_connection_server_observer;
