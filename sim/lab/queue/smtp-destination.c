/* SPDX-License-Identifier: MIT
 *
 * Destinations that nobody answers at: after some deliveries have failed for that, qmgr(8)
 * spares the others the trouble. It forgets a destination with its last delivery. */
#include "smtp-private.h"

typedef struct {
    guint n_failed; /* in a row */
    char *reason;   /* NULL: it is tried */
    char *dsn;
} Destination;

static void
free_destination(gpointer data)
{
    Destination *destination = data;

    g_free(destination->reason);
    g_free(destination->dsn);
    g_free(destination);
}

static Destination *
get_destination(MailsimHost *host, const char *nexthop)
{
    Destination *destination;

    if (host->destinations == NULL)
        host->destinations =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_destination);
    destination = g_hash_table_lookup(host->destinations, nexthop);
    if (destination == NULL) {
        destination = g_new0(Destination, 1);
        g_hash_table_insert(host->destinations, g_strdup(nexthop), destination);
    }
    return destination;
}

/* postconf(5) default_destination_concurrency_failed_cohort_limit = 1: as many failures in a
 * row as deliveries are made at a time. */
void
mailsim_destination_note(MailsimHost *host, const MailsimSmtpEnd *end)
{
    const gint64 window =
        mailsim_host_get_number(host, NULL, "initial_destination_concurrency");
    Destination *destination;

    if (mailsim_smtp_count_deliveries(host, end->nexthop) <= 1) {
        if (host->destinations != NULL)
            g_hash_table_remove(host->destinations, end->nexthop);
        return;
    }
    destination = get_destination(host, end->nexthop);
    if (!end->unreachable) {
        destination->n_failed = 0;
        return;
    }
    if (++destination->n_failed >= window && destination->reason == NULL) {
        destination->reason =
            g_strdup_printf("delivery temporarily suspended: %s", end->reason);
        destination->dsn = g_strdup(end->dsn);
    }
}

guint
mailsim_destination_get_window(const MailsimHost *host, const char *nexthop)
{
    const gint64 initial =
        mailsim_host_get_number(host, NULL, "initial_destination_concurrency");
    const Destination *destination =
        host->destinations != NULL ? g_hash_table_lookup(host->destinations, nexthop) : NULL;
    const gint64 n_failed = destination != NULL ? destination->n_failed : 0;

    return (guint)(destination != NULL && destination->reason != NULL
                       ? initial
                       : MAX(initial - n_failed, 1));
}

gboolean
mailsim_destination_is_suspended(const MailsimHost *host,
                                 const char *nexthop,
                                 const char **dsn,
                                 const char **reason)
{
    const Destination *destination =
        host->destinations != NULL ? g_hash_table_lookup(host->destinations, nexthop) : NULL;

    if (destination == NULL || destination->reason == NULL)
        return FALSE;
    *dsn = destination->dsn;
    *reason = destination->reason;
    return TRUE;
}
