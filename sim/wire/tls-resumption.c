/* SPDX-License-Identifier: MIT
 *
 * How sessions are taken up again: by tickets, which a client keeps and only its server can read,
 * or by what the server keeps itself. */
#include <string.h>

#include "tls-private.h"

/* postconf(5) smtpd_tls_session_cache_timeout */
#define LIFETIME_DEFAULT_SECONDS 3600

struct MailsimTlsMemory {
    gnutls_datum_t ticket_key;
    GHashTable *sessions; /* GBytes: GBytes, by session id; below TLS 1.3 */
};

/* Only a lack of memory can make these fail. */
static void
must(int result)
{
    if (result < 0)
        g_error("GnuTLS: %s", gnutls_strerror_name(result));
}

static void
unref_bytes(gpointer bytes)
{
    g_bytes_unref(bytes);
}

MailsimTlsMemory *
mailsim_tls_memory_new(void)
{
    MailsimTlsMemory *memory = g_rc_box_new0(MailsimTlsMemory);

    must(gnutls_session_ticket_key_generate(&memory->ticket_key));
    memory->sessions =
        g_hash_table_new_full(g_bytes_hash, g_bytes_equal, unref_bytes, unref_bytes);
    return memory;
}

MailsimTlsMemory *
mailsim_tls_memory_ref(MailsimTlsMemory *memory)
{
    return g_rc_box_acquire(memory);
}

static void
forget_key(gnutls_datum_t *key)
{
    gnutls_memset(key->data, 0, key->size);
    gnutls_free(key->data);
}

static void
clear_memory(gpointer data)
{
    MailsimTlsMemory *memory = data;

    forget_key(&memory->ticket_key);
    g_hash_table_unref(memory->sessions);
}

void
mailsim_tls_memory_unref(MailsimTlsMemory *memory)
{
    if (memory != NULL)
        g_rc_box_release_full(memory, clear_memory);
}

/* ---- sessions by their ids (RFC 5246 §7.3) ----------------------------------------------- */

static int
store(void *data, gnutls_datum_t id, gnutls_datum_t session)
{
    MailsimTlsMemory *memory = data;

    g_hash_table_replace(memory->sessions, g_bytes_new(id.data, id.size),
                         g_bytes_new(session.data, session.size));
    return 0;
}

static gnutls_datum_t
retrieve(void *data, gnutls_datum_t id)
{
    const MailsimTlsMemory *memory = data;
    g_autoptr(GBytes) key = g_bytes_new(id.data, id.size);
    GBytes *found = g_hash_table_lookup(memory->sessions, key);
    gnutls_datum_t session = {0};

    if (found == NULL)
        return session;
    session.size = (guint)g_bytes_get_size(found);
    session.data = gnutls_malloc(session.size);
    memcpy(session.data, g_bytes_get_data(found, NULL), session.size);
    return session;
}

static int
forget(void *data, gnutls_datum_t id)
{
    MailsimTlsMemory *memory = data;
    g_autoptr(GBytes) key = g_bytes_new(id.data, id.size);

    g_hash_table_remove(memory->sessions, key);
    return 0;
}

/* ---- a server's session ------------------------------------------------------------------ */

guint
mailsim_tls_resumption_get_flags(const MailsimTlsResumption *resumption)
{
    return resumption->mode == MAILSIM_TLS_RESUME_TICKETS ? 0 : GNUTLS_NO_TICKETS_TLS12;
}

/* A ticket that nobody can ever read: its key is known to this session alone. */
static void
enable_useless_tickets(gnutls_session_t session)
{
    gnutls_datum_t key = {0};

    must(gnutls_session_ticket_key_generate(&key));
    must(gnutls_session_ticket_enable_server(session, &key));
    forget_key(&key);
}

void
mailsim_tls_resumption_enable(const MailsimTlsResumption *resumption,
                              MailsimTlsMemory *own,
                              gnutls_session_t session)
{
    MailsimTlsMemory *memory = resumption->memory != NULL ? resumption->memory : own;

    gnutls_db_set_cache_expiration(session, resumption->lifetime_s > 0
                                                ? (int)resumption->lifetime_s
                                                : LIFETIME_DEFAULT_SECONDS);
    if (resumption->mode == MAILSIM_TLS_RESUME_NOT) {
        enable_useless_tickets(session);
        return;
    }
    must(gnutls_session_ticket_enable_server(session, &memory->ticket_key));
    if (resumption->mode == MAILSIM_TLS_RESUME_SESSIONS) {
        gnutls_db_set_ptr(session, memory);
        gnutls_db_set_store_function(session, store);
        gnutls_db_set_retrieve_function(session, retrieve);
        gnutls_db_set_remove_function(session, forget);
    }
}

void
mailsim_tls_send_tickets(const MailsimTls *tls,
                         gnutls_session_t session,
                         const MailsimTlsResumption *resumption)
{
    const guint n = resumption->mode == MAILSIM_TLS_RESUME_TICKETS ? 1 : 2;

    if (mailsim_tls_get_role(tls) == MAILSIM_TLS_ROLE_SERVER &&
        !gnutls_session_is_resumed(session) &&
        gnutls_protocol_get_version(session) == GNUTLS_TLS1_3)
        gnutls_session_ticket_send(session, n, 0);
}

/* ---- a client's -------------------------------------------------------------------------- */

/* Without the flag GnuTLS hands out a few useless bytes under TLS 1.3. */
GBytes *
mailsim_tls_dup_ticket(gnutls_session_t session)
{
    gnutls_datum_t data = {0};
    GBytes *ticket;

    if ((gnutls_protocol_get_version(session) == GNUTLS_TLS1_3 &&
         (gnutls_session_get_flags(session) & GNUTLS_SFLAGS_SESSION_TICKET) == 0) ||
        gnutls_session_get_data2(session, &data) < 0)
        return NULL;
    ticket = g_bytes_new(data.data, data.size);
    gnutls_free(data.data);
    return ticket;
}
