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

/* ---- GnuTLS's callbacks ------------------------------------------------------------------ */

static gssize
push(gnutls_transport_ptr_t data, const void *bytes, gsize length)
{
    MailsimWire *wire = data;

    g_byte_array_append(wire->output, bytes, (guint)length);
    return (gssize)length;
}

static void
keep_tail(MailsimWire *wire, const guint8 *bytes, gsize length)
{
    gsize n_new = MIN(length, sizeof wire->tail);

    memmove(wire->tail, wire->tail + n_new, sizeof wire->tail - n_new);
    memcpy(wire->tail + sizeof wire->tail - n_new, bytes + length - n_new, n_new);
}

/* As recv(2), and what it gave is kept. GnuTLS asks for the five bytes of a record's header
 * first, then for the record: that would be two calls of the kernel for each. */
static gssize
receive(MailsimWire *wire)
{
    guint8 buffer[4096];
    const gsize most = MIN(wire->read_max_bytes, sizeof buffer);
    gssize n;

    if (wire->emptied) {
        errno = EAGAIN;
        return -1;
    }
    n = recv(wire->fd, buffer, most, MSG_DONTWAIT);
    if (n > 0) {
        wire->pulled = g_bytes_new(buffer, (gsize)n);
        wire->n_taken = 0;
        wire->emptied = n < (gssize)most;
    }
    return n;
}

static gssize
pull(gnutls_transport_ptr_t data, void *bytes, gsize length)
{
    MailsimWire *wire = data;
    gssize n = wire->pulled == NULL ? receive(wire) : 1;
    const guint8 *pulled;
    gsize n_pulled;

    if (n < 0) {
        wire->starved = TRUE;
        gnutls_transport_set_errno(wire->channel, errno == EWOULDBLOCK ? EAGAIN : errno);
    }
    if (n <= 0)
        return n;
    pulled = g_bytes_get_data(wire->pulled, &n_pulled);
    length = MIN(length, n_pulled - wire->n_taken);
    memcpy(bytes, pulled + wire->n_taken, length);
    wire->n_taken += length;
    if (wire->n_taken == n_pulled)
        g_clear_pointer(&wire->pulled, g_bytes_unref);
    keep_tail(wire, bytes, length);
    return (gssize)length;
}

/* Only now it is known what the client would take up. */
static void
let_resume(MailsimWire *wire)
{
    if (mailsim_tls_get_role(wire->tls) != MAILSIM_TLS_ROLE_SERVER || wire->lets_resume)
        return;
    wire->lets_resume = TRUE;
    if (wire->observer->hello != NULL)
        wire->observer->hello(wire->data, &wire->resumption);
    if (wire->resumption.memory != NULL)
        mailsim_tls_memory_ref(wire->resumption.memory);
    mailsim_tls_let_resume(wire->tls, wire->channel, &wire->resumption);
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
    if (type == GNUTLS_HANDSHAKE_CLIENT_HELLO && incoming != 0)
        let_resume(wire);
    wire->ticket_came |= incoming != 0 && type == GNUTLS_HANDSHAKE_NEW_SESSION_TICKET;
    if (wire->messages == NULL)
        wire->messages = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(wire->messages, seen);
    return 0;
}

static int
meet_client(gnutls_session_t channel)
{
    const MailsimWire *wire = gnutls_session_get_ptr(channel);

    mailsim_tls_meet_client(wire->tls, &wire->limits, channel);
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

/* RFC 6066 §3: what a client asks for, at either end; NULL: nothing. */
static char *
dup_server_name(const MailsimWire *wire)
{
    char name[256];
    size_t length = sizeof name;
    guint type;

    if (wire->server_name != NULL)
        return g_strdup(wire->server_name);
    if (gnutls_server_name_get(wire->channel, name, &length, &type, 0) != GNUTLS_E_SUCCESS)
        return NULL;
    return g_strdup(name);
}

/* In the middle of a handshake a server's GnuTLS does not tell the cipher yet. */
static char *
describe_choice(const MailsimWire *wire)
{
    const char *parts[] = {mailsim_tls_get_version(wire->channel),
                           mailsim_tls_get_group(wire->channel),
                           mailsim_tls_get_cipher(wire->channel)};
    GString *choice = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (parts[i] != NULL)
            g_string_append_printf(choice, "%s%s", choice->len > 0 ? ", " : "", parts[i]);
    }
    return g_string_free(choice, FALSE);
}

static char *
describe_message(const MailsimWire *wire, guint type)
{
    if (type == GNUTLS_HANDSHAKE_CLIENT_HELLO) {
        g_autofree char *name = dup_server_name(wire);

        return name != NULL ? g_strdup_printf("server_name %s", name) : NULL;
    }
    return type == GNUTLS_HANDSHAKE_SERVER_HELLO ? describe_choice(wire) : NULL;
}

/* Told once GnuTLS has worked on them: only then is known what a ServerHello chose. */
static void
tell_messages(MailsimWire *wire)
{
    g_autoptr(GPtrArray) messages = g_steal_pointer(&wire->messages);

    for (guint i = 0; messages != NULL && i < messages->len; i++) {
        const HandshakeMessage *message = g_ptr_array_index(messages, i);
        g_autofree char *detail = describe_message(wire, message->type);

        if (message->type == GNUTLS_HANDSHAKE_SERVER_HELLO &&
            wire->observer->negotiated != NULL)
            wire->observer->negotiated(wire->data, wire->channel);
        if (wire->observer->handshake != NULL)
            wire->observer->handshake(wire->data, message->sent, name_message(message->type),
                                      detail);
    }
}

/* ---- the handshake ----------------------------------------------------------------------- */

/* RFC 3207 §4.2: what was sent before TLS must not be taken for something said inside it. */
static void
discard_left_over(MailsimWire *wire)
{
    gsize n_bytes = mailsim_feed_count(&wire->feed);

    if (n_bytes == 0)
        return;
    if (wire->heeds_left_over)
        wire->pulled = g_bytes_new(mailsim_feed_peek(&wire->feed), n_bytes);
    if (wire->observer->left_over != NULL)
        wire->observer->left_over(wire->data, n_bytes);
    mailsim_feed_discard(&wire->feed);
}

static gboolean
judge_server(MailsimWire *wire)
{
    guint n_chain = 0;
    const gnutls_datum_t *der = gnutls_certificate_get_peers(wire->channel, &n_chain);
    g_autofree gnutls_x509_crt_t *chain = NULL;
    g_auto(MailsimTlsJudgement) judgement = {0};
    gboolean acceptable;

    if (gnutls_session_is_resumed(wire->channel))
        return wire->observer->resumed == NULL || wire->observer->resumed(wire->data);
    if (wire->observer->judge == NULL)
        return TRUE;
    if (n_chain == 0 || gnutls_auth_get_type(wire->channel) == GNUTLS_CRD_ANON)
        return wire->observer->judge(wire->data, NULL);

    chain = g_new0(gnutls_x509_crt_t, n_chain);
    for (guint i = 0; i < n_chain; i++) {
        gnutls_x509_crt_init(&chain[i]);
        gnutls_x509_crt_import(chain[i], &der[i], GNUTLS_X509_FMT_DER);
    }
    mailsim_tls_judge(chain, n_chain, mailsim_tls_get_trusted(wire->tls), wire->expected_names,
                      &judgement);
    if (wire->announced != NULL)
        mailsim_tls_judge_announced(chain, n_chain, wire->announced, wire->expected_names,
                                    &judgement);
    acceptable = wire->observer->judge(wire->data, &judgement);
    for (guint i = 0; i < n_chain; i++)
        gnutls_x509_crt_deinit(chain[i]);
    return acceptable;
}

static void
tell_ticket(MailsimWire *wire)
{
    const gboolean is_new = gnutls_protocol_get_version(wire->channel) == GNUTLS_TLS1_3
                                ? wire->ticket_came
                                : !gnutls_session_is_resumed(wire->channel);
    g_autoptr(GBytes) ticket = NULL;

    wire->ticket_came = FALSE;
    if (!is_new || wire->observer->ticket == NULL)
        return;
    ticket = mailsim_tls_dup_ticket(wire->channel);
    if (ticket != NULL)
        wire->observer->ticket(wire->data, ticket);
}

static void
finish_handshake(MailsimWire *wire)
{
    g_autoptr(GString) said = g_string_new(NULL);
    g_autofree char *description = mailsim_tls_format_description(wire->channel);
    g_autofree char *key_exchange = mailsim_tls_format_key_exchange(wire->tls, wire->channel);
    MailsimTlsInfo info = {
        .description = description,
        .key_exchange = key_exchange,
        .peer_certificate = gnutls_certificate_get_peers(wire->channel, NULL) != NULL,
    };

    wire->handshaking = FALSE;
    wire->secured = TRUE;
    mailsim_tls_send_tickets(wire->tls, wire->channel, &wire->resumption);
    tell_messages(wire);
    info.acceptable = judge_server(wire);
    wire->acceptable = info.acceptable;
    if (wire->observer->secured != NULL)
        wire->observer->secured(wire->data, wire->channel);
    if (gnutls_protocol_get_version(wire->channel) != GNUTLS_TLS1_3)
        tell_ticket(wire);
    mailsim_wire_obey(wire, wire->session->class->secured(wire->session, &info, said), said);
}

/* A client that does not like the certificate says so before it has its own keys for TLS 1.3:
 * OpenSSL sends the alert in the clear, and GnuTLS tries to decrypt it. */
static gboolean
was_alert_in_the_clear(const MailsimWire *wire, int result)
{
    static const guint8 fatal_alert[] = {21, 3, 3, 0, 2, GNUTLS_AL_FATAL}; /* RFC 8446 §5.1 */

    return result == GNUTLS_E_DECRYPTION_FAILED &&
           memcmp(wire->tail, fatal_alert, sizeof fatal_alert) == 0;
}

/* In one word, so that it can be explained in any language. */
static const char *
name_failure(const MailsimWire *wire, int result)
{
    if (result == GNUTLS_E_FATAL_ALERT_RECEIVED || was_alert_in_the_clear(wire, result))
        return "alert";
    if (result == GNUTLS_E_UNEXPECTED_PACKET || result == GNUTLS_E_UNEXPECTED_PACKET_LENGTH)
        return "plain-text";
    if (result == GNUTLS_E_PREMATURE_TERMINATION || result == GNUTLS_E_PULL_ERROR)
        return "closed";
    return "handshake-failure";
}

/* To a client that speaks no TLS, OpenSSL says nothing: a real Postfix just hangs up. */
static gboolean
deserves_alert(const MailsimWire *wire, int result)
{
    const char *reason = name_failure(wire, result);

    if (g_str_equal(reason, "alert") || g_str_equal(reason, "closed"))
        return FALSE;
    return mailsim_tls_get_role(wire->tls) != MAILSIM_TLS_ROLE_SERVER ||
           !g_str_equal(reason, "plain-text");
}

/* Where two ends have no version in common, OpenSSL's server finds out, and says so; GnuTLS
 * leaves that to the client if the server knows none of the newer ones. The description of an
 * alert is the last byte of its record. */
static int
find_alert(const MailsimWire *wire, int result)
{
    if (result == GNUTLS_E_UNSUPPORTED_VERSION_PACKET &&
        mailsim_tls_get_role(wire->tls) != MAILSIM_TLS_ROLE_SERVER)
        return GNUTLS_A_PROTOCOL_VERSION;
    if (result == GNUTLS_E_FATAL_ALERT_RECEIVED)
        return (int)gnutls_alert_get(wire->channel);
    return was_alert_in_the_clear(wire, result) ? wire->tail[sizeof wire->tail - 1] : -1;
}

static void
tell_failure(const MailsimWire *wire, const char *reason, int result)
{
    const MailsimTlsFailure failure = {
        .reason = reason,
        .alert = find_alert(wire, result),
        .no_version = result == GNUTLS_E_NO_PRIORITIES_WERE_SET,
        .no_common = result == GNUTLS_E_UNSUPPORTED_VERSION_PACKET,
    };

    if (wire->observer->tls_failed != NULL)
        wire->observer->tls_failed(wire->data, &failure);
}

/* GnuTLS sends no alert by itself, and the other side would wait for ever. */
static void
fail_handshake(MailsimWire *wire, int result)
{
    wire->handshaking = FALSE;
    if (result == GNUTLS_E_NO_PRIORITIES_WERE_SET)
        gnutls_alert_send(wire->channel, GNUTLS_AL_FATAL, GNUTLS_A_PROTOCOL_VERSION);
    else if (deserves_alert(wire, result))
        gnutls_alert_send_appropriate(wire->channel, result);
    tell_failure(wire, name_failure(wire, result), result);
    mailsim_wire_lose(wire, MAILSIM_LOSS_TLS);
}

void
mailsim_wire_give_up_handshake(MailsimWire *wire)
{
    wire->handshaking = FALSE;
    tell_failure(wire, "timeout", GNUTLS_E_TIMEDOUT);
    mailsim_wire_lose(wire, MAILSIM_LOSS_TIMEOUT);
}

/* Whoever speaks no version at all cannot begin; a server says so when its client has. */
static gboolean
fail_without_version(MailsimWire *wire)
{
    char byte;

    if (mailsim_tls_get_role(wire->tls) != MAILSIM_TLS_ROLE_SERVER ||
        recv(wire->fd, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT) >= 0)
        fail_handshake(wire, GNUTLS_E_NO_PRIORITIES_WERE_SET);
    return FALSE;
}

gboolean
mailsim_wire_continue_handshake(MailsimWire *wire)
{
    int result;

    if (!mailsim_tls_has_version(&wire->limits))
        return fail_without_version(wire);
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

void
mailsim_wire_start_handshake(MailsimWire *wire)
{
    g_assert(wire->tls != NULL && wire->channel == NULL);

    discard_left_over(wire);
    if (wire->observer->begins != NULL)
        wire->observer->begins(wire->data, &wire->resumption);
    wire->channel = mailsim_tls_open(wire->tls, &wire->limits, &wire->resumption);
    gnutls_session_set_ptr(wire->channel, wire);
    gnutls_transport_set_ptr(wire->channel, wire);
    gnutls_transport_set_push_function(wire->channel, push);
    gnutls_transport_set_pull_function(wire->channel, pull);
    gnutls_handshake_set_hook_function(wire->channel, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_PRE,
                                       see_message);
    if (mailsim_tls_get_role(wire->tls) == MAILSIM_TLS_ROLE_SERVER)
        gnutls_handshake_set_post_client_hello_function(wire->channel, meet_client);
    if (wire->server_name != NULL)
        gnutls_server_name_set(wire->channel, GNUTLS_NAME_DNS, wire->server_name,
                               strlen(wire->server_name));
    if (wire->asks_certificate)
        gnutls_certificate_server_set_request(wire->channel, GNUTLS_CERT_REQUEST);
    if (wire->ticket != NULL)
        gnutls_session_set_data(wire->channel, g_bytes_get_data(wire->ticket, NULL),
                                g_bytes_get_size(wire->ticket));
    wire->handshaking = TRUE;
    mailsim_wire_continue_handshake(wire);
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

/* GnuTLS may say "again" with bytes still waiting, for each ticket that it swallows; only a
 * pull that was refused means that there is nothing more. Nobody is let to shake hands anew. */
gboolean
mailsim_wire_decrypt(MailsimWire *wire)
{
    char buffer[4096];
    gssize n;

    do {
        wire->starved = FALSE;
        n = gnutls_record_recv(wire->channel, buffer, sizeof buffer);
        if (n == GNUTLS_E_REHANDSHAKE)
            gnutls_alert_send(wire->channel, GNUTLS_AL_WARNING, GNUTLS_A_NO_RENEGOTIATION);
    } while (n < 0 && !gnutls_error_is_fatal((int)n) && !wire->starved);

    tell_messages(wire);
    if (n > 0) {
        if (wire->ticket_came)
            tell_ticket(wire);
        mailsim_feed_append(&wire->feed, buffer, (gsize)n);
        return TRUE;
    }
    if (n == 0 || n == GNUTLS_E_PREMATURE_TERMINATION)
        mailsim_wire_end_input(wire, MAILSIM_LOSS_CLOSED);
    else if (gnutls_error_is_fatal((int)n))
        mailsim_wire_end_input(wire, MAILSIM_LOSS_TLS);
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
