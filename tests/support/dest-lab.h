/* SPDX-License-Identifier: MIT
 *
 * mx.dest.example in the lab: the hosts of tests/dialogue/dest.scenario, and smtpd(8) of its
 * services without a wire. */
#pragma once

#include <mailsim/scenario/scenario.h>

#include "smtpd-private.h"
#include "session-end.h"

/* What all labs have in common: read and made once. */
typedef struct {
    MailsimScenario *scenario;
    MailsimAuthority *authority;
} DestScenario;

/* The test ends when the scenario cannot be had. */
DestScenario *dest_scenario_read(void);
void dest_scenario_free(DestScenario *scenario);

typedef struct {
    MailsimRecording *recording;
    MailsimLab *lab;
} DestLab;

/* SCENARIO is borrowed for the life of the lab. A lab of its own costs little: what depends on
 * what was before (the clock, penalties, processes) begins anew. */
DestLab *dest_lab_new(const DestScenario *scenario);
void dest_lab_free(DestLab *lab);

/* A service of mx.dest.example by its name, else by its port; NULL: there is none. */
const MailsimServiceDefinition *
dest_lab_find_service(const DestLab *lab, const char *name, guint port);

/* Let it have a service that the language of scenarios refuses. SETTINGS: “name=value”. */
void dest_lab_add_service(DestLab *lab, const char *name, const GPtrArray *settings);

/* All messages in all mailboxes, of char *, without empty lines at their ends; to be
 * unreferenced. */
GPtrArray *dest_lab_list_mail(const DestLab *lab);

/* One connection to a service. */
typedef struct {
    guint first_event;
    MailsimSmtpd *smtpd;
    MailsimSession *session;
    SessionEnd end;
} DestConnection;

/* It stands, and the server has not begun to speak. */
void dest_connection_open(DestConnection *connection,
                          DestLab *lab,
                          const MailsimServiceDefinition *service,
                          const char *client_address);
void dest_connection_close(DestConnection *connection);

/* So many connections more, which have heard the greeting, of DestConnection: they end with the
 * array. */
GPtrArray *dest_lab_connect_more(DestLab *lab,
                                 const MailsimServiceDefinition *service,
                                 const char *client_address,
                                 guint n_connections);

/* What smtpd(8) and master(8) have written into the mail log since CONNECTION was opened, in
 * order, as “postfix/smtpd[<pid>]: …”; to be unreferenced. */
GPtrArray *dest_connection_list_log(const DestConnection *connection, const DestLab *lab);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(DestScenario, dest_scenario_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DestLab, dest_lab_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(DestConnection, dest_connection_close)
