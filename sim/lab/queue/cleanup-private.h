/* SPDX-License-Identifier: MIT
 *
 * What the files of cleanup(8) share: a message on its way into the queue. */
#pragma once

#include "queue-private.h"

/* A message that is being taken in. */
typedef struct {
    MailsimHost *host;
    MailsimQueueFile *file;
    GHashTable *seen;     /* recipients that it has already */
    gint64 seen_max;      /* postconf(5) duplicate_filter_limit */
    gboolean by_original; /* the address that was given tells recipients apart */
    gboolean unexpanded;  /* virtual_alias_maps came to no end */
} MailsimIntake;

void mailsim_intake_init(MailsimIntake *intake, MailsimHost *host, MailsimQueueFile *file);
void mailsim_intake_clear(MailsimIntake *intake);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimIntake, mailsim_intake_clear)

/* GIVEN is one of its recipients, or an alias for some. ORIGINAL: as the log and X-Original-To:
 * have it. */
void mailsim_intake_add(MailsimIntake *intake,
                        const MailsimSmtpRecipient *given,
                        const char *original);
void mailsim_intake_add_plain(MailsimIntake *intake, const char *address);

/* Who ADDRESS is, as the queue file has it; free with g_free(). */
char *mailsim_cleanup_resolve(const MailsimHost *host, const char *address);
