/* SPDX-License-Identifier: MIT
 *
 * The TLS of a wire. GnuTLS pulls from the socket and pushes to the wire's output; it never
 * blocks. Which answers of its mean "later" and which mean "over" is the subject of this
 * file. */
#include "wire-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

typedef struct {
    gboolean sent;
    guint type;
} HandshakeMessage;

void
mailsim_handshake_message_free(gpointer message)
{
    g_free(message);
}

/* ---- GnuTLS's callbacks ------------------------------------------------------------------ */

static gssize
push(gnutls_transport_ptr_t data, const void *bytes, gsize length)
{
    MailsimWire *wire = data;

    g_byte_array_append(wire->output, bytes, (guint)length);
    return (gssize)length;
}

static gssize
pull(gnutls_transport_ptr_t data, void *bytes, gsize length)
{
    MailsimWire *wire = data;
    gssize n = recv(wire->fd, bytes, MIN(length, wire->read_max_bytes), MSG_DONTWAIT);

    if (n < 0) {
        wire->starved = TRUE;
        gnutls_transport_set_errno(wire->channel, errno == EWOULDBLOCK ? EAGAIN : errno);
    }
    return n;
}

static int
see_message(gnutls_session_t channel,
            guint type,
            G_GNUC_UNUSED guint when,
            guint incoming,
            G_GNUC_UNUSED const gnutls_datum_t *message)
{
    MailsimWire *wire = gnutls_session_get_ptr(channel);
    HandshakeMessage *seen = g_new0(HandshakeMessage, 1);

    seen->sent = incoming == 0;
    seen->type = type;
    g_ptr_array_add(wire->messages, seen);
    return 0;
}

/* ---- handshake messages ------------------------------------------------------------------ */

/* RFC 8446 §4 writes them so; GnuTLS shouts. */
static const char *
name_message(guint type)
{
    static const struct {
        guint type;
        const char *name;
    } names[] = {
        {GNUTLS_HANDSHAKE_HELLO_REQUEST,        "HelloRequest"       },
        {GNUTLS_HANDSHAKE_CLIENT_HELLO,         "ClientHello"        },
        {GNUTLS_HANDSHAKE_SERVER_HELLO,         "ServerHello"        },
        {GNUTLS_HANDSHAKE_HELLO_RETRY_REQUEST,  "HelloRetryRequest"  },
        {GNUTLS_HANDSHAKE_NEW_SESSION_TICKET,   "NewSessionTicket"   },
        {GNUTLS_HANDSHAKE_ENCRYPTED_EXTENSIONS, "EncryptedExtensions"},
        {GNUTLS_HANDSHAKE_CERTIFICATE_PKT,      "Certificate"        },
        {GNUTLS_HANDSHAKE_SERVER_KEY_EXCHANGE,  "ServerKeyExchange"  },
        {GNUTLS_HANDSHAKE_CERTIFICATE_REQUEST,  "CertificateRequest" },
        {GNUTLS_HANDSHAKE_SERVER_HELLO_DONE,    "ServerHelloDone"    },
        {GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY,   "CertificateVerify"  },
        {GNUTLS_HANDSHAKE_CLIENT_KEY_EXCHANGE,  "ClientKeyExchange"  },
        {GNUTLS_HANDSHAKE_FINISHED,             "Finished"           },
        {GNUTLS_HANDSHAKE_CERTIFICATE_STATUS,   "CertificateStatus"  },
        {GNUTLS_HANDSHAKE_KEY_UPDATE,           "KeyUpdate"          },
        {GNUTLS_HANDSHAKE_CHANGE_CIPHER_SPEC,   "ChangeCipherSpec"   },
        {GNUTLS_HANDSHAKE_END_OF_EARLY_DATA,    "EndOfEarlyData"     },
        {GNUTLS_HANDSHAKE_CLIENT_HELLO_V2,      "ClientHello"        },
    };

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (names[i].type == type)
            return names[i].name;
    }
    return "HandshakeMessage";
}

static char *
describe_message(const MailsimWire *wire, guint type)
{
    const char *group;

    if (type == GNUTLS_HANDSHAKE_CLIENT_HELLO && wire->server_name != NULL)
        return g_strdup_printf("server_name %s", wire->server_name);
    if (type != GNUTLS_HANDSHAKE_SERVER_HELLO)
        return NULL;
    group = mailsim_tls_get_group(wire->channel);
    return g_strdup_printf("%s, %s%s%s", mailsim_tls_get_version(wire->channel),
                           group != NULL ? group : "", group != NULL ? ", " : "",
                           mailsim_tls_get_cipher(wire->channel));
}

/* Told once GnuTLS has worked on them: only then is known what a ServerHello chose. */
static void
tell_messages(MailsimWire *wire)
{
    for (guint i = 0; i < wire->messages->len; i++) {
        const HandshakeMessage *message = g_ptr_array_index(wire->messages, i);
        g_autofree char *detail = describe_message(wire, message->type);

        if (wire->observer->handshake != NULL)
            wire->observer->handshake(wire->data, message->sent, name_message(message->type),
                                      detail);
    }
    g_ptr_array_set_size(wire->messages, 0);
}

/* ---- the handshake ----------------------------------------------------------------------- */

/* RFC 3207 §4.2: what was sent before TLS must not be taken for something said inside it. */
static void
discard_left_over(MailsimWire *wire)
{
    if (wire->input->len == 0)
        return;
    if (wire->observer->left_over != NULL)
        wire->observer->left_over(wire->data, wire->input->len);
    g_string_truncate(wire->input, 0);
}

void
mailsim_wire_start_handshake(MailsimWire *wire)
{
    g_assert(wire->tls != NULL && wire->channel == NULL);

    discard_left_over(wire);
    wire->channel = mailsim_tls_open(wire->tls);
    gnutls_session_set_ptr(wire->channel, wire);
    gnutls_transport_set_ptr(wire->channel, wire);
    gnutls_transport_set_push_function(wire->channel, push);
    gnutls_transport_set_pull_function(wire->channel, pull);
    gnutls_handshake_set_hook_function(wire->channel, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_PRE,
                                       see_message);
    if (wire->server_name != NULL)
        gnutls_server_name_set(wire->channel, GNUTLS_NAME_DNS, wire->server_name,
                               strlen(wire->server_name));
    if (wire->ticket != NULL)
        gnutls_session_set_data(wire->channel, g_bytes_get_data(wire->ticket, NULL),
                                g_bytes_get_size(wire->ticket));
    wire->handshaking = TRUE;
    mailsim_wire_continue_handshake(wire);
}

static gboolean
judge_server(MailsimWire *wire)
{
    guint n_chain = 0;
    const gnutls_datum_t *der = gnutls_certificate_get_peers(wire->channel, &n_chain);
    g_autofree gnutls_x509_crt_t *chain = NULL;
    g_auto(MailsimTlsJudgement) judgement = {0};
    gboolean acceptable;

    if (wire->observer->judge == NULL || gnutls_session_is_resumed(wire->channel))
        return TRUE;
    if (n_chain == 0 || gnutls_auth_get_type(wire->channel) == GNUTLS_CRD_ANON)
        return wire->observer->judge(wire->data, NULL);

    chain = g_new0(gnutls_x509_crt_t, n_chain);
    for (guint i = 0; i < n_chain; i++) {
        gnutls_x509_crt_init(&chain[i]);
        gnutls_x509_crt_import(chain[i], &der[i], GNUTLS_X509_FMT_DER);
    }
    mailsim_tls_judge(chain, n_chain, mailsim_tls_get_trusted(wire->tls), wire->expected_name,
                      &judgement);
    acceptable = wire->observer->judge(wire->data, &judgement);
    for (guint i = 0; i < n_chain; i++)
        gnutls_x509_crt_deinit(chain[i]);
    return acceptable;
}

static void
finish_handshake(MailsimWire *wire)
{
    g_autoptr(GString) said = g_string_new(NULL);
    g_autofree char *description = mailsim_tls_format_description(wire->channel);
    g_autofree char *key_exchange = mailsim_tls_format_key_exchange(wire->tls, wire->channel);
    MailsimTlsInfo info = {description, key_exchange, TRUE};

    wire->handshaking = FALSE;
    wire->secured = TRUE;
    mailsim_tls_send_ticket(wire->tls, wire->channel);
    info.acceptable = judge_server(wire);
    wire->acceptable = info.acceptable;
    if (wire->observer->secured != NULL)
        wire->observer->secured(wire->data, wire->channel);
    mailsim_wire_obey(wire, wire->session->class->secured(wire->session, &info, said), said);
}

/* In one word, so that it can be explained in any language. */
static const char *
name_failure(int result)
{
    if (result == GNUTLS_E_FATAL_ALERT_RECEIVED)
        return "alert";
    if (result == GNUTLS_E_UNEXPECTED_PACKET || result == GNUTLS_E_UNEXPECTED_PACKET_LENGTH)
        return "plain-text";
    if (result == GNUTLS_E_PREMATURE_TERMINATION || result == GNUTLS_E_PULL_ERROR)
        return "closed";
    return "handshake-failure";
}

/* GnuTLS sends no alert by itself, and the other side would wait for ever. */
static void
fail_handshake(MailsimWire *wire, int result)
{
    wire->handshaking = FALSE;
    if (result != GNUTLS_E_FATAL_ALERT_RECEIVED && result != GNUTLS_E_PREMATURE_TERMINATION)
        gnutls_alert_send_appropriate(wire->channel, result);
    if (wire->observer->tls_failed != NULL)
        wire->observer->tls_failed(wire->data, name_failure(result));
    mailsim_wire_lose(wire, MAILSIM_LOSS_TLS);
}

gboolean
mailsim_wire_continue_handshake(MailsimWire *wire)
{
    int result;

    do {
        wire->starved = FALSE;
        result = gnutls_handshake(wire->channel);
    } while (result < 0 && !gnutls_error_is_fatal(result) && !wire->starved);

    tell_messages(wire);
    if (result == GNUTLS_E_SUCCESS) {
        finish_handshake(wire);
        return TRUE;
    }
    if (gnutls_error_is_fatal(result))
        fail_handshake(wire, result);
    return FALSE;
}

/* ---- records ----------------------------------------------------------------------------- */

/* One call takes at most a record, 16,384 bytes; the push above takes all that it is given. */
void
mailsim_wire_encrypt(MailsimWire *wire, const char *text, gsize length)
{
    while (length > 0) {
        gssize n = gnutls_record_send(wire->channel, text, length);

        if (n < 0) {
            mailsim_wire_lose(wire, MAILSIM_LOSS_TLS);
            return;
        }
        text += n;
        length -= (gsize)n;
    }
}

static void
tell_ticket(MailsimWire *wire)
{
    g_autoptr(GBytes) ticket = NULL;

    if (wire->ticket_told || wire->observer->ticket == NULL)
        return;
    ticket = mailsim_tls_dup_ticket(wire->channel);
    if (ticket == NULL)
        return;
    wire->ticket_told = TRUE;
    wire->observer->ticket(wire->data, ticket);
}

/* GnuTLS may say "again" with bytes still waiting, for each ticket that it swallows; only a
 * pull that was refused means that there is nothing more. */
gboolean
mailsim_wire_decrypt(MailsimWire *wire)
{
    char buffer[4096];
    gssize n;

    do {
        wire->starved = FALSE;
        n = gnutls_record_recv(wire->channel, buffer, sizeof buffer);
    } while ((n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED) && !wire->starved);

    tell_messages(wire);
    if (n > 0) {
        tell_ticket(wire);
        g_string_append_len(wire->input, buffer, n);
        return TRUE;
    }
    if (n == 0 || n == GNUTLS_E_PREMATURE_TERMINATION)
        mailsim_wire_lose(wire, MAILSIM_LOSS_CLOSED);
    else if (gnutls_error_is_fatal((int)n))
        mailsim_wire_lose(wire, MAILSIM_LOSS_TLS);
    return FALSE;
}

void
mailsim_wire_end_tls(MailsimWire *wire)
{
    if (wire->acceptable)
        gnutls_bye(wire->channel, GNUTLS_SHUT_WR);
    else
        gnutls_alert_send(wire->channel, GNUTLS_AL_FATAL, GNUTLS_A_BAD_CERTIFICATE);
}
