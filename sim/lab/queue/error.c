/* SPDX-License-Identifier: MIT
 *
 * error(8), retry(8) and discard(8): a recipient whose fate is decided by the words that are
 * his next hop, “5.1.2 no such thing here”. A transport that is not there is as good as
 * retry. */
#include "queue-private.h"

#include <string.h>

/* postconf(5) transport_retry_time: so long qmgr(8) does not ask for a transport again. */
#define RETRY_US (60 * MAILSIM_SECOND)

static const struct {
    const char *transport;
    const char *status;
    const char *dsn;
    const char *daemon;
    const char *writer; /* what a code of another class is told to */
} disposals[] = {
    {"error",   "bounced",  "5.0.0", "error",   "bounce_append"},
    {"retry",   "deferred", "4.0.0", "error",   "defer_append" },
    {"discard", "sent",     "2.0.0", "discard", "sent"         },
};

/* The length of the status code (RFC 3463 §2) that TEXT begins with. */
static gsize
measure_dsn(const char *text)
{
    g_autoptr(GRegex) regex =
        g_regex_new("^[245]\\.[0-9]{1,3}\\.[0-9]{1,3}(?=[ \t]|$)", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    int end = 0;

    if (g_regex_match(regex, text, 0, &match))
        g_match_info_fetch_pos(match, 0, NULL, &end);
    return (gsize)end;
}

/* What qmgr(8) says when it asks for a service that master.cf does not have. */
static void
warn_of_transport(MailsimHost *host, const char *transport)
{
    const MailsimTime now_us = mailsim_lab_get_now(host->lab);
    const MailsimTime *asked_us = g_hash_table_lookup(host->missing_transports, transport);

    if (asked_us != NULL && now_us - *asked_us < RETRY_US)
        return;
    g_hash_table_insert(host->missing_transports, g_strdup(transport),
                        g_memdup2(&now_us, sizeof now_us));
    mailsim_host_log(host, "qmgr", -1,
                     "warning: connect to transport private/%s: No such file or directory",
                     transport);
}

void
mailsim_error_deliver(MailsimHost *host,
                      MailsimQueueFile *file,
                      MailsimQueueRecipient *recipient,
                      const MailsimDestination *destination)
{
    const char *text = destination->nexthop;
    const gsize length = measure_dsn(text);
    g_autofree char *dsn = g_strndup(text, length);
    gboolean found = FALSE;
    MailsimDeliveryStatus status = {.status = "deferred",
                                    .dsn = "4.3.0",
                                    .relay = "none",
                                    .daemon = "error",
                                    .reason = "mail transport unavailable"};

    for (guint i = 0; i < G_N_ELEMENTS(disposals); i++) {
        const gboolean fits = dsn[0] == '\0' || dsn[0] == disposals[i].dsn[0];

        if (!g_str_equal(disposals[i].transport, destination->transport))
            continue;
        found = TRUE;
        status.status = disposals[i].status;
        status.daemon = disposals[i].daemon;
        status.dsn = fits && length > 0 ? dsn : disposals[i].dsn;
        status.reason = text + length + strspn(text + length, " \t");
        if (!fits)
            mailsim_host_log(host, disposals[i].daemon, -1,
                             "warning: %s: ignoring dsn code \"%s\"", disposals[i].writer, dsn);
    }
    if (!found)
        warn_of_transport(host, destination->transport);
    mailsim_qmgr_finish_recipient(host, file, recipient, -1, &status);
}
