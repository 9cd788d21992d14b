/* SPDX-License-Identifier: MIT
 *
 * A server as relayhost and transport(5) write it: “example.com”, “[mail.example.com]:587”. */
#pragma once

#include <glib.h>

typedef struct {
    char *name; /* a domain or, with brackets, a machine; without final dot */
    gboolean bracketed;
    guint port;
} MailsimNextHop;

/* Fill in NEXT_HOP; NULL, or what smtp(8) dies of: free with g_free(). */
char *mailsim_next_hop_parse(const char *text, MailsimNextHop *next_hop);
void mailsim_next_hop_clear(MailsimNextHop *next_hop);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimNextHop, mailsim_next_hop_clear)
