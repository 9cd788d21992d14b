/* SPDX-License-Identifier: MIT */
#include "bare-tls.h"

#include <errno.h>
#include <string.h>

#include <mailsim/wire/certificate.h>

#define HOSTNAME "mail.iesgn.example"

/* What wire/tls.c says for a mail program and for a server. */
#define GROUPS                                                                                 \
    ":-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:+GROUP-FFDHE2048"             \
    ":+GROUP-FFDHE3072"
#define CLIENT_PRIORITY "NORMAL" GROUPS
#define SERVER_PRIORITY "NORMAL:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:+RSA:+ANON-DH" GROUPS

#define PIPE_BYTES (64 * 1024)

struct BareTls {
    MailsimAuthority *authority;
    MailsimCertificate *certificate;
    gnutls_certificate_credentials_t client;
    gnutls_certificate_credentials_t server;
    gnutls_priority_t client_priority;
    gnutls_priority_t server_priority;
    gnutls_datum_t ticket_key;
};

typedef struct Side Side;

struct Side {
    gnutls_session_t session;
    Side *other;
    gsize n_read;
    gsize n_written;
    guint8 pipe[PIPE_BYTES]; /* what has come from the other side */
};

static void
must(int result)
{
    if (result < 0)
        g_error("GnuTLS: %s", gnutls_strerror_name(result));
}

/* ---- credentials, made once -------------------------------------------------------------- */

/* 2026-01-12T09:00:00Z, when stories in the lab begin. */
static time_t
tell_time(time_t *result)
{
    if (result != NULL)
        *result = 1768208400;
    return 1768208400;
}

static void
issue_certificate(BareTls *bare)
{
    const MailsimCertificateRequest request = {
        .identity = "mail",
        .profile = "letsencrypt",
        .hostname = HOSTNAME,
        .now_us = tell_time(NULL) * MAILSIM_SECOND,
        .issued_us = G_MININT64,
    };
    g_autoptr(GError) error = NULL;

    bare->authority = mailsim_authority_new(&error);
    if (bare->authority != NULL)
        bare->certificate = mailsim_authority_issue(bare->authority, &request, &error);
    if (bare->certificate == NULL)
        g_error("%s", error->message);
}

BareTls *
bare_tls_new(void)
{
    BareTls *bare = g_new0(BareTls, 1);
    const gnutls_x509_crt_t *crts;
    guint n;

    gnutls_global_set_time_function(tell_time);
    issue_certificate(bare);
    must(gnutls_certificate_allocate_credentials(&bare->client));
    must(gnutls_certificate_allocate_credentials(&bare->server));
    crts = mailsim_authority_get_roots(bare->authority, &n);
    must(gnutls_certificate_set_x509_trust(bare->client, (gnutls_x509_crt_t *)crts, (int)n));
    crts = mailsim_certificate_get_chain(bare->certificate, &n);
    must(gnutls_certificate_set_x509_key(bare->server, (gnutls_x509_crt_t *)crts, (int)n,
                                         mailsim_certificate_get_key(bare->certificate)));
    must(gnutls_priority_init(&bare->client_priority, CLIENT_PRIORITY, NULL));
    must(gnutls_priority_init(&bare->server_priority, SERVER_PRIORITY, NULL));
    must(gnutls_session_ticket_key_generate(&bare->ticket_key));
    return bare;
}

void
bare_tls_free(BareTls *bare)
{
    gnutls_certificate_free_credentials(bare->client);
    gnutls_certificate_free_credentials(bare->server);
    gnutls_priority_deinit(bare->client_priority);
    gnutls_priority_deinit(bare->server_priority);
    gnutls_free(bare->ticket_key.data);
    mailsim_certificate_unref(bare->certificate);
    mailsim_authority_free(bare->authority);
    g_free(bare);
}

/* ---- a transport in memory --------------------------------------------------------------- */

static gssize
push(gnutls_transport_ptr_t data, const void *bytes, gsize length)
{
    Side *other = ((Side *)data)->other;

    g_assert(other->n_written + length <= PIPE_BYTES);
    memcpy(other->pipe + other->n_written, bytes, length);
    other->n_written += length;
    return (gssize)length;
}

static gssize
pull(gnutls_transport_ptr_t data, void *bytes, gsize length)
{
    Side *side = data;
    const gsize n = MIN(length, side->n_written - side->n_read);

    if (n == 0) {
        gnutls_transport_set_errno(side->session, EAGAIN);
        return -1;
    }
    memcpy(bytes, side->pipe + side->n_read, n);
    side->n_read += n;
    return (gssize)n;
}

static void
open_side(Side *side,
          Side *other,
          guint flags,
          gnutls_priority_t priority,
          gnutls_certificate_credentials_t credentials)
{
    side->other = other;
    side->n_read = 0;
    side->n_written = 0;
    must(gnutls_init(&side->session, flags | GNUTLS_NONBLOCK));
    must(gnutls_priority_set(side->session, priority));
    must(gnutls_credentials_set(side->session, GNUTLS_CRD_CERTIFICATE, credentials));
    gnutls_transport_set_ptr(side->session, side);
    gnutls_transport_set_push_function(side->session, push);
    gnutls_transport_set_pull_function(side->session, pull);
}

/* ---- the handshake ----------------------------------------------------------------------- */

static void
verify(gnutls_session_t client)
{
    guint status;

    must(gnutls_certificate_verify_peers3(client, HOSTNAME, &status));
    if (status != 0 || gnutls_protocol_get_version(client) != GNUTLS_TLS1_3 ||
        gnutls_group_get(client) != GNUTLS_GROUP_X25519)
        g_error("not the handshake that was meant: %x", status);
}

static gboolean
is_done(int result)
{
    if (result < 0 && result != GNUTLS_E_AGAIN)
        must(result);
    return result == GNUTLS_E_SUCCESS;
}

void
bare_tls_shake_hands(BareTls *bare)
{
    static Side client;
    static Side server;
    gboolean client_done = FALSE;
    gboolean server_done = FALSE;

    open_side(&client, &server, GNUTLS_CLIENT | GNUTLS_NO_TICKETS, bare->client_priority,
              bare->client);
    open_side(&server, &client, GNUTLS_SERVER | GNUTLS_NO_AUTO_SEND_TICKET,
              bare->server_priority, bare->server);
    must(gnutls_session_ticket_enable_server(server.session, &bare->ticket_key));
    must(gnutls_server_name_set(client.session, GNUTLS_NAME_DNS, HOSTNAME, strlen(HOSTNAME)));
    while (!client_done || !server_done) {
        client_done = client_done || is_done(gnutls_handshake(client.session));
        server_done = server_done || is_done(gnutls_handshake(server.session));
    }
    verify(client.session);
    must(gnutls_bye(client.session, GNUTLS_SHUT_WR));
    must(gnutls_bye(server.session, GNUTLS_SHUT_WR));
    gnutls_deinit(client.session);
    gnutls_deinit(server.session);
}
