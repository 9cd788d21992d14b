/* SPDX-License-Identifier: MIT
 *
 * tlsmgr(8): it owns the two caches of TLS sessions and the keys of tickets, and smtp(8) and
 * smtpd(8) only ask it. All of it is gone when Postfix is reloaded or restarted: the files are
 * opened anew, empty, and the keys were never anywhere but in its memory.
 *
 * Not done: the cleanup that it makes of its caches again after each smtp_tls_session_cache_timeout,
 * which shows in the log at level 2 alone; and that an smtpd(8) process which has seen a key knows
 * it for longer than tlsmgr(8) does. */
#include "host-private.h"

#include <mailsim/settings/session-cache.h>

/* Postfix's TLS_SESSION_LIFEMIN */
#define LIFETIME_MIN_SECONDS 120

/* “debugging” in postconf(5) smtp_tls_loglevel */
#define LEVEL_OF_CACHES 2

typedef struct {
    MailsimTlsSession session;
    gint64 saved_s;
} Entry;

typedef struct {
    gint64 made_s;
    gint64 expires_s;         /* from then on it only decrypts */
    MailsimTlsMemory *memory; /* NULL: there is no such key */
} TicketKey;

struct MailsimTlsmgr {
    MailsimHost *host; /* borrowed */
    gboolean runs;
    GHashTable *caches[MAILSIM_TLS_CACHES]; /* id: Entry */
    MailsimTlsMemory *memory; /* of sessions that are kept here, without tickets */
    TicketKey keys[2];        /* the one that encrypts, and the one before */
};

static const struct {
    const char *label;
    const char *database;
    const char *timeout;
    const char *loglevel;
} rows[] = {
    [MAILSIM_TLS_CACHE_SMTPD] = {"smtpd", "smtpd_tls_session_cache_database",
                                 "smtpd_tls_session_cache_timeout", "smtpd_tls_loglevel"},
    [MAILSIM_TLS_CACHE_SMTP] = {"smtp",  "smtp_tls_session_cache_database",
                                 "smtp_tls_session_cache_timeout",  "smtp_tls_loglevel" },
};

/* ---- what it remembers ------------------------------------------------------------------- */

void
mailsim_tls_session_copy(const MailsimTlsSession *from, MailsimTlsSession *to)
{
    *to = *from;
    to->ticket = from->ticket != NULL ? g_bytes_ref(from->ticket) : NULL;
    to->server_id = g_strdup(from->server_id);
    to->trust = g_strdup(from->trust);
    to->tls_failure = g_strdup(from->tls_failure);
}

void
mailsim_tls_session_clear(MailsimTlsSession *session)
{
    g_clear_pointer(&session->ticket, g_bytes_unref);
    g_free(session->server_id);
    g_free(session->trust);
    g_free(session->tls_failure);
    *session = (MailsimTlsSession){0};
}

static void
free_entry(gpointer data)
{
    Entry *entry = data;

    mailsim_tls_session_clear(&entry->session);
    g_free(entry);
}

static void
forget(MailsimTlsmgr *tlsmgr)
{
    for (guint i = 0; i < MAILSIM_TLS_CACHES; i++)
        g_clear_pointer(&tlsmgr->caches[i], g_hash_table_unref);
    g_clear_pointer(&tlsmgr->memory, mailsim_tls_memory_unref);
    for (guint i = 0; i < G_N_ELEMENTS(tlsmgr->keys); i++)
        g_clear_pointer(&tlsmgr->keys[i].memory, mailsim_tls_memory_unref);
}

static void
open_anew(MailsimTlsmgr *tlsmgr)
{
    for (guint i = 0; i < MAILSIM_TLS_CACHES; i++)
        tlsmgr->caches[i] = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_entry);
    tlsmgr->memory = mailsim_tls_memory_new();
    tlsmgr->runs = FALSE;
}

MailsimTlsmgr *
mailsim_tlsmgr_new(MailsimHost *host)
{
    MailsimTlsmgr *tlsmgr = g_new0(MailsimTlsmgr, 1);

    tlsmgr->host = host;
    open_anew(tlsmgr);
    return tlsmgr;
}

void
mailsim_tlsmgr_free(MailsimTlsmgr *tlsmgr)
{
    forget(tlsmgr);
    g_free(tlsmgr);
}

void
mailsim_tlsmgr_restart(MailsimTlsmgr *tlsmgr)
{
    forget(tlsmgr);
    open_anew(tlsmgr);
}

/* ---- main.cf ----------------------------------------------------------------------------- */

static gint64
get_now(const MailsimTlsmgr *tlsmgr)
{
    return mailsim_lab_get_now(tlsmgr->host->lab) / MAILSIM_SECOND;
}

/* 0: nothing is resumed. What is less than two minutes counts as two minutes. */
static gint64
get_lifetime(const MailsimTlsmgr *tlsmgr, MailsimTlsCache cache)
{
    const gint64 seconds =
        mailsim_host_get_time_us(tlsmgr->host, NULL, rows[cache].timeout) / MAILSIM_SECOND;

    return seconds > 0 ? MAX(seconds, LIFETIME_MIN_SECONDS) : 0;
}

gboolean
mailsim_tlsmgr_has_cache(const MailsimTlsmgr *tlsmgr, MailsimTlsCache cache)
{
    const char *database = mailsim_host_get_parameter(tlsmgr->host, NULL, rows[cache].database);

    return mailsim_session_cache_can_be_opened(database) && get_lifetime(tlsmgr, cache) > 0;
}

static gboolean
tells(const MailsimTlsmgr *tlsmgr, MailsimTlsCache cache)
{
    return mailsim_host_get_tls_loglevel(tlsmgr->host, NULL, rows[cache].loglevel) >=
           LEVEL_OF_CACHES;
}

void
mailsim_tlsmgr_begin(MailsimTlsmgr *tlsmgr)
{
    MailsimHost *host = tlsmgr->host;

    if (tlsmgr->runs)
        return;
    tlsmgr->runs = TRUE;
    for (guint i = 0; i < MAILSIM_TLS_CACHES; i++)
        if (mailsim_tlsmgr_has_cache(tlsmgr, i) && tells(tlsmgr, i))
            mailsim_host_log(host, "tlsmgr", -1, "open %s TLS cache %s", rows[i].label,
                             mailsim_host_get_parameter(host, NULL, rows[i].database));
    for (guint i = 0; i < MAILSIM_TLS_CACHES; i++)
        if (mailsim_tlsmgr_has_cache(tlsmgr, i) && tells(tlsmgr, i))
            mailsim_host_log(host, "tlsmgr", -1,
                             "tlsmgr_cache_run_event: start TLS %s session cache cleanup",
                             rows[i].label);
}

/* ---- the caches -------------------------------------------------------------------------- */

const MailsimTlsSession *
mailsim_tlsmgr_look_up(MailsimTlsmgr *tlsmgr, MailsimTlsCache cache, const char *id, int hop)
{
    const Entry *entry = g_hash_table_lookup(tlsmgr->caches[cache], id);
    const char *label = rows[cache].label;
    const gboolean told = tells(tlsmgr, cache);

    if (told)
        mailsim_host_log(tlsmgr->host, "tlsmgr", hop, "lookup %s session id=%s", label, id);
    if (entry == NULL)
        return NULL;
    if (told)
        mailsim_host_log(tlsmgr->host, "tlsmgr", hop,
                         "read %s TLS cache entry %s: time=%" G_GINT64_FORMAT
                         " [data %u bytes]",
                         label, id, entry->saved_s, entry->session.size_bytes);
    if (entry->saved_s + get_lifetime(tlsmgr, cache) >= get_now(tlsmgr))
        return &entry->session;
    if (told)
        mailsim_host_log(tlsmgr->host, "tlsmgr", hop, "delete %s session id=%s", label, id);
    g_hash_table_remove(tlsmgr->caches[cache], id);
    return NULL;
}

void
mailsim_tlsmgr_put(MailsimTlsmgr *tlsmgr,
                   MailsimTlsCache cache,
                   const char *id,
                   const MailsimTlsSession *session)
{
    Entry *entry = g_new0(Entry, 1);

    mailsim_tls_session_copy(session, &entry->session);
    entry->saved_s = get_now(tlsmgr);
    g_hash_table_replace(tlsmgr->caches[cache], g_strdup(id), entry);
}

void
mailsim_tlsmgr_log_put(
    MailsimTlsmgr *tlsmgr, MailsimTlsCache cache, const char *id, guint size_bytes, int hop)
{
    const char *label = rows[cache].label;

    if (!tells(tlsmgr, cache))
        return;
    mailsim_host_log(tlsmgr->host, "tlsmgr", hop, "put %s session id=%s [data %u bytes]", label,
                     id, size_bytes);
    mailsim_host_log(tlsmgr->host, "tlsmgr", hop,
                     "write %s TLS cache entry %s: time=%" G_GINT64_FORMAT " [data %u bytes]",
                     label, id, get_now(tlsmgr), size_bytes);
}

/* ---- tickets ----------------------------------------------------------------------------- */

/* Half of its lifetime a key encrypts and decrypts, the other half it only decrypts. */
static gboolean
decrypts(const MailsimTlsmgr *tlsmgr, const TicketKey *key)
{
    return key->memory != NULL &&
           key->expires_s + get_lifetime(tlsmgr, MAILSIM_TLS_CACHE_SMTPD) / 2 > get_now(tlsmgr);
}

/* The key of a ticket that was given out at that time; NULL: it is gone. */
static const TicketKey *
find_key(const MailsimTlsmgr *tlsmgr, gint64 issued_s)
{
    const TicketKey *key = &tlsmgr->keys[issued_s >= tlsmgr->keys[0].made_s ? 0 : 1];

    return decrypts(tlsmgr, key) ? key : NULL;
}

/* The one that encrypts. */
static const TicketKey *
get_key(MailsimTlsmgr *tlsmgr)
{
    TicketKey *key = &tlsmgr->keys[0];
    const gint64 now_s = get_now(tlsmgr);

    if (key->memory != NULL && key->expires_s > now_s)
        return key;
    g_clear_pointer(&tlsmgr->keys[1].memory, mailsim_tls_memory_unref);
    tlsmgr->keys[1] = *key;
    key->made_s = now_s;
    key->expires_s = now_s + get_lifetime(tlsmgr, MAILSIM_TLS_CACHE_SMTPD) / 2 - 1;
    key->memory = mailsim_tls_memory_new();
    return key;
}

gint64
mailsim_tlsmgr_get_key_expiration(const MailsimTlsmgr *tlsmgr, gint64 issued_s)
{
    const TicketKey *key = find_key(tlsmgr, issued_s);

    return key != NULL ? key->expires_s : tlsmgr->keys[0].expires_s;
}

/* postconf(5) tls_ssl_options: tickets are off for smtpd(8). */
static gboolean
has_no_tickets(const MailsimTlsmgr *tlsmgr)
{
    return mailsim_host_list_has(tlsmgr->host, NULL, "tls_ssl_options", "NO_TICKET");
}

void
mailsim_tlsmgr_read_resumption(const MailsimTlsmgr *tlsmgr, MailsimTlsResumption *resumption)
{
    const gint64 lifetime_s = get_lifetime(tlsmgr, MAILSIM_TLS_CACHE_SMTPD);
    const gboolean has_cache = mailsim_tlsmgr_has_cache(tlsmgr, MAILSIM_TLS_CACHE_SMTPD);

    resumption->lifetime_s = (guint)lifetime_s;
    if (lifetime_s == 0 || (has_no_tickets(tlsmgr) && !has_cache))
        resumption->mode = MAILSIM_TLS_RESUME_NOT;
    else
        resumption->mode =
            has_no_tickets(tlsmgr) ? MAILSIM_TLS_RESUME_SESSIONS : MAILSIM_TLS_RESUME_TICKETS;
}

void
mailsim_tlsmgr_find_memory(MailsimTlsmgr *tlsmgr,
                           gint64 issued_s,
                           MailsimTlsResumption *resumption)
{
    const TicketKey *key = find_key(tlsmgr, issued_s);

    if (resumption->mode == MAILSIM_TLS_RESUME_TICKETS)
        resumption->memory = key != NULL ? key->memory : get_key(tlsmgr)->memory;
    else
        resumption->memory = tlsmgr->memory;
}
