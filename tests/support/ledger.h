/* SPDX-License-Identifier: MIT
 *
 * The books of a lab: from what is recorded, who got which message, and who owes it to whom.
 *
 * Nothing is lost: a queue file is removed, or is in the queue; each of its recipients was
 * sent, bounced or expired, and whoever took it on has it in his books; a bounce is told to
 * the sender, but of mail from nobody, from double-bounce, or with a NOTIFY= that was asked
 * for.
 *
 * Nothing is doubled: each queue file was made by exactly one delivery; a recipient has one
 * last status, and none after it; a queue file puts one copy into a mailbox for each address
 * that was given (X-Original-To:) and that led there (Delivered-To:). More only as with
 * Postfix: one for each of the user's names, ana and ana+x; one for each ORCPT= of the same
 * address; one each time that local(8) begins anew, since something behind an alias had to
 * wait; any number where duplicate_filter_limit = 1 forgets. Whoever is reached on two ways
 * gets two queue files. */
#pragma once

#include "queue-private.h"

/* What is wrong, a line each; empty: nothing. ENDED: all queues should be empty. Free with
 * g_free(). */
char *ledger_audit(MailsimLab *lab, gboolean ended);
