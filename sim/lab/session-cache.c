/* SPDX-License-Identifier: MIT
 *
 * smtp(8)'s cache of TLS sessions (postconf(5) smtp_tls_session_cache_database): what a client
 * remembers of a server, to resume from. Postfix's verdict travels with the session, and the
 * certificate is not judged again. */
#include "lab-private.h"

/* postconf(5) smtp_tls_session_cache_timeout */
#define SESSION_LIFETIME_US (3600 * MAILSIM_SECOND)

typedef struct {
    GBytes *ticket;
    MailsimTime saved_us;
    char *trust;
    gboolean certificate_seen, chain_ok, name_ok, dates_ok;
} CachedSession;

static void
free_cached_session(gpointer data)
{
    CachedSession *cached = data;

    g_bytes_unref(cached->ticket);
    g_free(cached->trust);
    g_free(cached);
}

GHashTable *
mailsim_session_cache_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_cached_session);
}

GBytes *
mailsim_session_cache_find(GHashTable *cache, const char *id, MailsimTime now_us)
{
    const CachedSession *cached = cache != NULL ? g_hash_table_lookup(cache, id) : NULL;

    if (cached == NULL || now_us - cached->saved_us >= SESSION_LIFETIME_US)
        return NULL;
    return cached->ticket;
}

void
mailsim_session_cache_recall(GHashTable *cache, const char *id, MailsimHop *hop)
{
    const CachedSession *cached = g_hash_table_lookup(cache, id);

    hop->trust = g_strdup(cached->trust);
    hop->certificate_seen = cached->certificate_seen;
    hop->chain_ok = cached->chain_ok;
    hop->name_ok = cached->name_ok;
    hop->dates_ok = cached->dates_ok;
}

void
mailsim_session_cache_keep(GHashTable *cache,
                           const char *id,
                           GBytes *ticket,
                           const MailsimHop *hop,
                           MailsimTime now_us)
{
    CachedSession *cached = g_new0(CachedSession, 1);

    cached->ticket = g_bytes_ref(ticket);
    cached->saved_us = now_us;
    cached->trust = g_strdup(hop->trust);
    cached->certificate_seen = hop->certificate_seen;
    cached->chain_ok = hop->chain_ok;
    cached->name_ok = hop->name_ok;
    cached->dates_ok = hop->dates_ok;
    g_hash_table_replace(cache, g_strdup(id), cached);
}
