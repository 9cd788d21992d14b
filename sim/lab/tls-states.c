/* SPDX-License-Identifier: MIT
 *
 * The states through which OpenSSL goes in a handshake, as it tells them to Postfix's log from
 * level 2 on (SSL_state_string_long(3)): for each message that is sent or received one line, or
 * two. GnuTLS has no such states; its messages are the same. */
#include "host-private.h"

typedef enum {
    ANY,
    OLD, /* before TLS 1.3 */
    NEW, /* TLS 1.3 */
} Version;

typedef struct {
    gboolean server;
    gboolean sent;
    Version version;
    const char *message; /* RFC 8446 §4 */
    const char *states[2];
} Row;

#define CLIENT   FALSE
#define SERVER   TRUE
#define SENT     TRUE
#define RECEIVED FALSE

static const char change[] = "SSLv3/TLS write change cipher spec";

/* clang-format off */
static const Row rows[] = {
    {CLIENT, SENT,     ANY, "ClientHello",         {"SSLv3/TLS write client hello"}},
    {CLIENT, RECEIVED, ANY, "ServerHello",         {"SSLv3/TLS read server hello"}},
    {CLIENT, RECEIVED, NEW, "EncryptedExtensions", {"TLSv1.3 read encrypted extensions"}},
    {CLIENT, RECEIVED, ANY, "CertificateRequest",  {"SSLv3/TLS read server certificate request"}},
    {CLIENT, RECEIVED, ANY, "Certificate",         {"SSLv3/TLS read server certificate"}},
    {CLIENT, RECEIVED, NEW, "CertificateVerify",   {"TLSv1.3 read server certificate verify"}},
    {CLIENT, RECEIVED, OLD, "ServerKeyExchange",   {"SSLv3/TLS read server key exchange"}},
    {CLIENT, RECEIVED, OLD, "ServerHelloDone",     {"SSLv3/TLS read server done"}},
    {CLIENT, SENT,     OLD, "Certificate",         {"SSLv3/TLS write client certificate"}},
    {CLIENT, SENT,     NEW, "Certificate",         {change, "SSLv3/TLS write client certificate"}},
    {CLIENT, SENT,     OLD, "ClientKeyExchange",   {"SSLv3/TLS write client key exchange"}},
    {CLIENT, RECEIVED, ANY, "NewSessionTicket",    {"SSLv3/TLS read server session ticket"}},
    {CLIENT, RECEIVED, OLD, "Finished",            {"SSLv3/TLS read change cipher spec",
                                                    "SSLv3/TLS read finished"}},
    {CLIENT, RECEIVED, NEW, "Finished",            {"SSLv3/TLS read finished"}},
    {CLIENT, SENT,     ANY, "Finished",            {change, "SSLv3/TLS write finished"}},
    {SERVER, RECEIVED, ANY, "ClientHello",         {"SSLv3/TLS read client hello"}},
    {SERVER, SENT,     OLD, "ServerHello",         {"SSLv3/TLS write server hello"}},
    {SERVER, SENT,     NEW, "ServerHello",         {"SSLv3/TLS write server hello", change}},
    {SERVER, SENT,     NEW, "EncryptedExtensions", {"TLSv1.3 write encrypted extensions"}},
    {SERVER, SENT,     ANY, "CertificateRequest",  {"SSLv3/TLS write certificate request"}},
    {SERVER, SENT,     ANY, "Certificate",         {"SSLv3/TLS write certificate"}},
    {SERVER, SENT,     NEW, "CertificateVerify",   {"TLSv1.3 write server certificate verify"}},
    {SERVER, SENT,     OLD, "ServerKeyExchange",   {"SSLv3/TLS write key exchange"}},
    {SERVER, SENT,     OLD, "ServerHelloDone",     {"SSLv3/TLS write server done"}},
    {SERVER, RECEIVED, ANY, "Certificate",         {"SSLv3/TLS read client certificate"}},
    {SERVER, RECEIVED, OLD, "ClientKeyExchange",   {"SSLv3/TLS read client key exchange"}},
    {SERVER, RECEIVED, OLD, "Finished",            {"SSLv3/TLS read change cipher spec",
                                                    "SSLv3/TLS read finished"}},
    {SERVER, RECEIVED, NEW, "Finished",            {"SSLv3/TLS read finished"}},
    {SERVER, SENT,     ANY, "NewSessionTicket",    {"SSLv3/TLS write session ticket"}},
    {SERVER, SENT,     OLD, "Finished",            {change, "SSLv3/TLS write finished"}},
    {SERVER, SENT,     NEW, "Finished",            {"SSLv3/TLS write finished",
                                                    "TLSv1.3 early data"}},
};
/* clang-format on */

static void
tell(MailsimTlsStates *states, const char *state)
{
    mailsim_process_log(states->process, states->hop, "%s:%s",
                        states->server ? "SSL_accept" : "SSL_connect", state);
    states->last = state;
}

void
mailsim_tls_states_begin(MailsimTlsStates *states)
{
    tell(states, "before SSL initialization");
    states->sent_last = TRUE;
}

static const Row *
find_row(const MailsimTlsStates *states, gboolean sent, const char *message)
{
    const Version version = states->is_tls13 ? NEW : OLD;

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].server == states->server && rows[i].sent == sent &&
            (rows[i].version == ANY || rows[i].version == version) &&
            g_str_equal(rows[i].message, message))
            return &rows[i];
    return NULL;
}

/* Whoever has said something and waits for an answer is told his last state again when it
 * comes. */
void
mailsim_tls_states_wait(MailsimTlsStates *states)
{
    if (states->sent_last && !states->done)
        tell(states, states->last);
    states->sent_last = FALSE;
}

/* Of two messages after the change of ciphers only the first tells it. */
void
mailsim_tls_states_tell(MailsimTlsStates *states, gboolean sent, const char *message)
{
    const Row *row = find_row(states, sent, message);

    if (!sent)
        mailsim_tls_states_wait(states);
    states->sent_last = sent;
    for (guint i = 0; row != NULL && i < G_N_ELEMENTS(row->states); i++) {
        if (row->states[i] == NULL || (row->states[i] == change && states->changed))
            continue;
        tell(states, row->states[i]);
        states->changed |= row->states[i] == change;
    }
}
