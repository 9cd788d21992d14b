/* SPDX-License-Identifier: MIT
 *
 * anvil(8): it counts for smtpd(8) how many connections a client has, and how often it does
 * something, by service and address. It keeps whole seconds, and one beginning for all rates of
 * a client: once they are older than the unit of time, all begin anew. Whoever has been gone
 * for as long is forgotten.
 *
 * Not done: its statistics in the log, which come when it has nothing to do any more. */
#include "anvil-private.h"

#include <string.h>

typedef struct {
    guint n_connections;
    gint64 start_s; /* of the rates */
    gint64 left_s;  /* when the last connection was over; what it is while there are some: no
                       matter */
    guint rates[MAILSIM_ANVIL_EVENTS];
} Remote;

struct MailsimAnvil {
    GHashTable *remotes; /* “smtp:192.0.2.7”: Remote */
};

MailsimAnvil *
mailsim_anvil_new(void)
{
    MailsimAnvil *anvil = g_new0(MailsimAnvil, 1);

    anvil->remotes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return anvil;
}

void
mailsim_anvil_free(MailsimAnvil *anvil)
{
    g_hash_table_unref(anvil->remotes);
    g_free(anvil);
}

void
mailsim_anvil_restart(MailsimAnvil *anvil)
{
    g_hash_table_remove_all(anvil->remotes);
}

/* ---- one client -------------------------------------------------------------------------- */

static char *
dup_key(const MailsimAnvilClient *client)
{
    return g_strdup_printf("%s:%s", client->service, client->address);
}

static gint64
get_now(const MailsimAnvilMoment *moment)
{
    return moment->now_us / MAILSIM_SECOND;
}

static gint64
get_unit(const MailsimAnvilMoment *moment)
{
    return moment->unit_us / MAILSIM_SECOND;
}

static gboolean
is_forgotten(G_GNUC_UNUSED gpointer key, gpointer value, gpointer data)
{
    const Remote *remote = value;
    const MailsimAnvilMoment *moment = data;

    return remote->n_connections == 0 && remote->left_s + get_unit(moment) <= get_now(moment);
}

/* NULL: it does not know the client, or not any more. */
static Remote *
find_remote(MailsimAnvil *anvil,
            const MailsimAnvilClient *client,
            const MailsimAnvilMoment *moment)
{
    g_autofree char *key = dup_key(client);
    Remote *remote = g_hash_table_lookup(anvil->remotes, key);

    return remote != NULL && !is_forgotten(NULL, remote, (gpointer)moment) ? remote : NULL;
}

/* Whoever it does not know has connected, it thinks. */
static Remote *
add_remote(MailsimAnvil *anvil, MailsimAnvilClient *client, const MailsimAnvilMoment *moment)
{
    Remote *remote = g_new0(Remote, 1);

    g_hash_table_foreach_remove(anvil->remotes, is_forgotten, (gpointer)moment);
    g_hash_table_replace(anvil->remotes, dup_key(client), remote);
    remote->n_connections = 1;
    remote->rates[MAILSIM_ANVIL_CONNECTIONS] = 1;
    remote->start_s = get_now(moment);
    client->n_counted++;
    return remote;
}

static gboolean
is_over(const Remote *remote, const MailsimAnvilMoment *moment)
{
    return remote->start_s + get_unit(moment) < get_now(moment);
}

static guint
count(Remote *remote, MailsimAnvilEvent event, const MailsimAnvilMoment *moment)
{
    if (is_over(remote, moment)) {
        memset(remote->rates, 0, sizeof remote->rates);
        remote->start_s = get_now(moment);
    }
    return ++remote->rates[event];
}

/* ---- what it is asked -------------------------------------------------------------------- */

guint
mailsim_anvil_connect(MailsimAnvil *anvil,
                      MailsimAnvilClient *client,
                      const MailsimAnvilMoment *moment,
                      guint *n_connections)
{
    Remote *remote = find_remote(anvil, client, moment);
    guint rate = 1;

    if (remote == NULL) {
        remote = add_remote(anvil, client, moment);
    } else {
        rate = count(remote, MAILSIM_ANVIL_CONNECTIONS, moment);
        remote->n_connections++;
        client->n_counted++;
    }
    *n_connections = remote->n_connections;
    return rate;
}

guint
mailsim_anvil_count(MailsimAnvil *anvil,
                    MailsimAnvilClient *client,
                    MailsimAnvilEvent event,
                    const MailsimAnvilMoment *moment)
{
    Remote *remote = find_remote(anvil, client, moment);

    if (remote == NULL)
        remote = add_remote(anvil, client, moment);
    return count(remote, event, moment);
}

guint
mailsim_anvil_look_up(MailsimAnvil *anvil,
                      const MailsimAnvilClient *client,
                      MailsimAnvilEvent event,
                      const MailsimAnvilMoment *moment)
{
    const Remote *remote = find_remote(anvil, client, moment);

    return remote != NULL && !is_over(remote, moment) ? remote->rates[event] : 0;
}

/* A new anvil knows nothing of those whom the one before has counted. */
void
mailsim_anvil_disconnect(MailsimAnvil *anvil,
                         MailsimAnvilClient *client,
                         const MailsimAnvilMoment *moment)
{
    Remote *remote = find_remote(anvil, client, moment);

    if (remote != NULL && client->n_counted > 0) {
        remote->n_connections -= MIN(remote->n_connections, client->n_counted);
        remote->left_s = get_now(moment);
    }
    client->n_counted = 0;
}
