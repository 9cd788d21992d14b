/* SPDX-License-Identifier: MIT
 *
 * Credentials, priorities, and the words for a finished handshake. */
#include <mailsim/wire/tls.h>

#include <string.h>

#include "cipher-name-private.h"

struct MailsimTls {
    MailsimTlsRole role;
    MailsimCertificate *certificate;               /* a server's; NULL: a client */
    gnutls_certificate_credentials_t certificates; /* the certificate's, or its own */
    gnutls_anon_server_credentials_t anonymous_server;
    gnutls_anon_client_credentials_t anonymous_client;
    gnutls_priority_t priority;
    GHashTable *limited; /* of gnutls_priority_t, by the limits */
    gnutls_x509_trust_list_t trusted;
    gnutls_datum_t ticket_key; /* a server's, for the life of the daemon */
};

#define GROUPS                                                                                 \
    ":-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:+GROUP-FFDHE2048"             \
    ":+GROUP-FFDHE3072"

/* What a key is for is looked at when its certificate is judged, as OpenSSL does it: GnuTLS
 * would break off the handshake. */
#define ANY_USAGE ":%DEBUG_ALLOW_KEY_USAGE_VIOLATIONS:%COMPAT"

/* The groups are named, X25519 first, because OpenSSL prefers it and Postfix's log says so. The
 * server and the relay also know anonymous ciphers, for below TLS 1.3, as two Postfixes do. */
static const char *const priorities[] = {
    [MAILSIM_TLS_ROLE_SERVER] =
        "NORMAL:-KX-ALL:+ECDHE-ECDSA:+ECDHE-RSA:+RSA:+ANON-DH" GROUPS ANY_USAGE,
    [MAILSIM_TLS_ROLE_MAIL_PROGRAM] = "NORMAL" GROUPS ANY_USAGE,
    [MAILSIM_TLS_ROLE_RELAY] =
        "NORMAL:-KX-ALL:+ANON-ECDH:+ANON-DH:+ECDHE-ECDSA:+ECDHE-RSA:+RSA" GROUPS ANY_USAGE,
};

/* TLS 1.3 has no anonymous ciphers: a server without a certificate cannot speak it. */
static const char without_certificate[] = "NORMAL:-VERS-TLS1.3:-KX-ALL:+ANON-DH" GROUPS;

/* OpenSSL prefers elliptic curves, but not to the longer ciphers of TLS 1.2, which there are
 * for anonymous DH alone: a server takes them from a client that speaks less. */
#define ELLIPTIC ":+ANON-ECDH"

/* Only a relay keeps sessions to resume, and only it asks for tickets. */
static const guint role_flags[] = {
    [MAILSIM_TLS_ROLE_SERVER] = GNUTLS_SERVER | GNUTLS_NO_AUTO_SEND_TICKET,
    [MAILSIM_TLS_ROLE_MAIL_PROGRAM] = GNUTLS_CLIENT | GNUTLS_NO_TICKETS,
    [MAILSIM_TLS_ROLE_RELAY] = GNUTLS_CLIENT,
};

/* postconf(5) smtpd_tls_session_cache_timeout */
#define TICKET_LIFETIME_SECONDS 3600

static void
clear_tls(gpointer data)
{
    MailsimTls *tls = data;

    if (tls->certificate == NULL)
        gnutls_certificate_free_credentials(tls->certificates);
    g_clear_pointer(&tls->certificate, mailsim_certificate_unref);
    if (tls->anonymous_server != NULL)
        gnutls_anon_free_server_credentials(tls->anonymous_server);
    if (tls->anonymous_client != NULL)
        gnutls_anon_free_client_credentials(tls->anonymous_client);
    gnutls_priority_deinit(tls->priority);
    g_hash_table_unref(tls->limited);
    gnutls_x509_trust_list_deinit(tls->trusted, 1);
    if (tls->ticket_key.data != NULL)
        gnutls_memset(tls->ticket_key.data, 0, tls->ticket_key.size);
    gnutls_free(tls->ticket_key.data);
}

/* Only a lack of memory, or a mistake of ours in a string above, can make these fail. */
static void
must(int result)
{
    if (result < 0)
        g_error("GnuTLS: %s", gnutls_strerror_name(result));
}

MailsimTlsRole
mailsim_tls_get_role(const MailsimTls *tls)
{
    return tls->role;
}

static void
free_priority(gpointer priority)
{
    gnutls_priority_deinit(priority);
}

static const char *
get_priority_words(MailsimTlsRole role,
                   const MailsimCertificate *certificate,
                   gboolean certified)
{
    if (role == MAILSIM_TLS_ROLE_SERVER && certificate == NULL)
        return without_certificate;
    return priorities[certified ? MAILSIM_TLS_ROLE_MAIL_PROGRAM : role];
}

MailsimTls *
mailsim_tls_new(MailsimTlsRole role, MailsimCertificate *certificate)
{
    MailsimTls *tls = g_rc_box_new0(MailsimTls);

    tls->role = role;
    if (certificate != NULL) {
        tls->certificate = mailsim_certificate_ref(certificate);
        tls->certificates = mailsim_certificate_get_credentials(certificate);
    } else {
        must(gnutls_certificate_allocate_credentials(&tls->certificates));
    }
    must(gnutls_priority_init(&tls->priority, get_priority_words(role, certificate, FALSE),
                              NULL));
    tls->limited = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_priority);
    must(gnutls_x509_trust_list_init(&tls->trusted, 0));
    if (role == MAILSIM_TLS_ROLE_SERVER) {
        must(gnutls_anon_allocate_server_credentials(&tls->anonymous_server));
        must(gnutls_anon_set_server_known_dh_params(tls->anonymous_server,
                                                    GNUTLS_SEC_PARAM_MEDIUM));
        must(gnutls_session_ticket_key_generate(&tls->ticket_key));
    }
    if (role == MAILSIM_TLS_ROLE_RELAY)
        must(gnutls_anon_allocate_client_credentials(&tls->anonymous_client));
    return tls;
}

MailsimTls *
mailsim_tls_ref(MailsimTls *tls)
{
    return g_rc_box_acquire(tls);
}

void
mailsim_tls_unref(MailsimTls *tls)
{
    if (tls != NULL)
        g_rc_box_release_full(tls, clear_tls);
}

/* The list frees what it is given, so it gets copies. */
void
mailsim_tls_trust(MailsimTls *tls, const gnutls_x509_crt_t *certificates, guint n)
{
    for (guint i = 0; i < n; i++) {
        gnutls_datum_t der = {0};
        gnutls_x509_crt_t copy;

        must(gnutls_x509_crt_export2(certificates[i], GNUTLS_X509_FMT_DER, &der));
        must(gnutls_x509_crt_init(&copy));
        must(gnutls_x509_crt_import(copy, &der, GNUTLS_X509_FMT_DER));
        gnutls_free(der.data);
        must(gnutls_x509_trust_list_add_cas(tls->trusted, &copy, 1, 0));
    }
}

gnutls_x509_trust_list_t
mailsim_tls_get_trusted(const MailsimTls *tls)
{
    return tls->trusted;
}

/* ---- limits ------------------------------------------------------------------------------ */

static const char *const version_names[] = {"TLS1.0", "TLS1.1", "TLS1.2", "TLS1.3"};

#define ALL_VERSIONS ((1U << G_N_ELEMENTS(version_names)) - 1)

/* The priority of sessions with LIMITS, made when the first of them is opened. A list without
 * versions is a mistake to GnuTLS; such a session keeps its own, and is never let to use them
 * (mailsim_tls_has_version()). */
static gnutls_priority_t
get_limited(const MailsimTls *tls, const MailsimTlsLimits *limits, gboolean elliptic)
{
    const gboolean certified = limits->needs_certificate && tls->role == MAILSIM_TLS_ROLE_RELAY;
    const guint id = limits->excluded_versions << 2 | (certified ? 1 : 0) | (elliptic ? 2 : 0);
    gnutls_priority_t priority = g_hash_table_lookup(tls->limited, GUINT_TO_POINTER(id));
    g_autoptr(GString) words = NULL;

    if (id == 0 || !mailsim_tls_has_version(limits))
        return tls->priority;
    if (priority != NULL)
        return priority;
    words = g_string_new(get_priority_words(tls->role, tls->certificate, certified));
    if (elliptic)
        g_string_append(words, ELLIPTIC);
    for (guint i = 0; i < G_N_ELEMENTS(version_names); i++) {
        if ((limits->excluded_versions & (1U << i)) != 0)
            g_string_append_printf(words, ":-VERS-%s", version_names[i]);
    }
    must(gnutls_priority_init(&priority, words->str, NULL));
    g_hash_table_insert(tls->limited, GUINT_TO_POINTER(id), priority);
    return priority;
}

gboolean
mailsim_tls_has_version(const MailsimTlsLimits *limits)
{
    return (limits->excluded_versions & ALL_VERSIONS) != ALL_VERSIONS;
}

gnutls_session_t
mailsim_tls_open(const MailsimTls *tls, const MailsimTlsLimits *limits)
{
    gnutls_session_t session;

    must(gnutls_init(&session, role_flags[tls->role] | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL));
    if (tls->role == MAILSIM_TLS_ROLE_SERVER) {
        must(gnutls_session_ticket_enable_server(session, &tls->ticket_key));
        gnutls_db_set_cache_expiration(session, TICKET_LIFETIME_SECONDS);
    }
    must(gnutls_priority_set(session, get_limited(tls, limits, FALSE)));
    must(gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, tls->certificates));
    if (tls->anonymous_server != NULL)
        must(gnutls_credentials_set(session, GNUTLS_CRD_ANON, tls->anonymous_server));
    if (tls->anonymous_client != NULL)
        must(gnutls_credentials_set(session, GNUTLS_CRD_ANON, tls->anonymous_client));
    return session;
}

void
mailsim_tls_meet_client(const MailsimTls *tls,
                        const MailsimTlsLimits *limits,
                        gnutls_session_t session)
{
    if (gnutls_protocol_get_version(session) < GNUTLS_TLS1_2)
        must(gnutls_priority_set(session, get_limited(tls, limits, TRUE)));
}

/* ---- tickets ----------------------------------------------------------------------------- */

void
mailsim_tls_send_ticket(const MailsimTls *tls, gnutls_session_t session)
{
    if (tls->role == MAILSIM_TLS_ROLE_SERVER && !gnutls_session_is_resumed(session) &&
        gnutls_protocol_get_version(session) == GNUTLS_TLS1_3)
        gnutls_session_ticket_send(session, 1, 0);
}

/* Without the flag GnuTLS hands out a few useless bytes under TLS 1.3. */
GBytes *
mailsim_tls_dup_ticket(gnutls_session_t session)
{
    gnutls_datum_t data = {0};
    GBytes *ticket;

    if ((gnutls_session_get_flags(session) & GNUTLS_SFLAGS_SESSION_TICKET) == 0 ||
        gnutls_session_get_data2(session, &data) < 0)
        return NULL;
    ticket = g_bytes_new(data.data, data.size);
    gnutls_free(data.data);
    return ticket;
}

/* ---- words ------------------------------------------------------------------------------- */

const char *
mailsim_tls_get_version(gnutls_session_t session)
{
    gnutls_protocol_t version = gnutls_protocol_get_version(session);

    if (version == GNUTLS_TLS1_3)
        return "TLSv1.3";
    if (version == GNUTLS_TLS1_2)
        return "TLSv1.2";
    return version == GNUTLS_TLS1_1 ? "TLSv1.1" : "TLSv1";
}

const char *
mailsim_tls_get_group(gnutls_session_t session)
{
    return gnutls_group_get_name(gnutls_group_get(session));
}

const char *
mailsim_tls_get_cipher(gnutls_session_t session)
{
    return mailsim_cipher_name_get(gnutls_ciphersuite_get(session));
}

char *
mailsim_tls_format_description(gnutls_session_t session)
{
    gsize bits = gnutls_cipher_get_key_size(gnutls_cipher_get(session)) * 8;

    return g_strdup_printf("%s with cipher %s (%" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT " bits)",
                           mailsim_tls_get_version(session), mailsim_tls_get_cipher(session),
                           bits, bits);
}

/* “RSA-PSS (2048 bits)”, “ECDSA (prime256v1)”, “ED25519”. */
static char *
format_signature(gnutls_pk_algorithm_t algorithm, guint bits)
{
    if (algorithm == GNUTLS_PK_RSA)
        return g_strdup_printf("RSA-PSS (%u bits)", bits);
    return g_strdup(algorithm == GNUTLS_PK_ECDSA ? "ECDSA (prime256v1)" : "ED25519");
}

/* EdDSA has its digest inside. */
static const char *
get_digest(gnutls_pk_algorithm_t key, gnutls_sign_algorithm_t sign)
{
    if (key == GNUTLS_PK_EDDSA_ED25519 || sign == GNUTLS_SIGN_UNKNOWN ||
        gnutls_sign_get_hash_algorithm(sign) == GNUTLS_DIG_UNKNOWN)
        return NULL;
    return gnutls_digest_get_name(gnutls_sign_get_hash_algorithm(sign));
}

/* The key of the server's certificate, which a client has from the session, resumed or not.
 * Only the size of an RSA key is worth reading the certificate for, and a resumed session,
 * which was not signed. */
static gnutls_pk_algorithm_t
get_peers_key(gnutls_session_t session, guint *bits)
{
    const gnutls_datum_t *peers = gnutls_certificate_get_peers(session, NULL);
    const gnutls_sign_algorithm_t sign = gnutls_sign_algorithm_get(session);
    gnutls_pk_algorithm_t algorithm =
        sign != GNUTLS_SIGN_UNKNOWN ? gnutls_sign_get_pk_algorithm(sign) : GNUTLS_PK_UNKNOWN;
    gnutls_x509_crt_t certificate;

    if (peers == NULL)
        return GNUTLS_PK_UNKNOWN;
    if (algorithm == GNUTLS_PK_ECDSA || algorithm == GNUTLS_PK_EDDSA_ED25519)
        return algorithm;
    must(gnutls_x509_crt_init(&certificate));
    must(gnutls_x509_crt_import(certificate, peers, GNUTLS_X509_FMT_DER));
    algorithm = gnutls_x509_crt_get_pk_algorithm(certificate, bits);
    gnutls_x509_crt_deinit(certificate);
    return algorithm;
}

/* Unknown with an anonymous cipher. */
static gnutls_pk_algorithm_t
get_servers_key(const MailsimTls *tls, gnutls_session_t session, guint *bits)
{
    guint n;

    if (gnutls_auth_get_type(session) == GNUTLS_CRD_ANON)
        return GNUTLS_PK_UNKNOWN;
    if (tls->role != MAILSIM_TLS_ROLE_SERVER)
        return get_peers_key(session, bits);
    if (tls->certificate == NULL)
        return GNUTLS_PK_UNKNOWN;
    return gnutls_x509_crt_get_pk_algorithm(
        mailsim_certificate_get_chain(tls->certificate, &n)[0], bits);
}

/* The signature is the server's. A resumed handshake has no digest; nor has Postfix's line.
 * Below TLS 1.3 the cipher says how keys are exchanged. */
char *
mailsim_tls_format_key_exchange(const MailsimTls *tls, gnutls_session_t session)
{
    const char *group = mailsim_tls_get_group(session);
    guint bits = 0;
    gnutls_pk_algorithm_t key;
    const char *digest;
    GString *text;

    if (gnutls_protocol_get_version(session) != GNUTLS_TLS1_3)
        return NULL;
    key = get_servers_key(tls, session, &bits);
    text = g_string_new("key-exchange ");
    g_string_append(text, group != NULL ? group : "RSA");
    if (key != GNUTLS_PK_UNKNOWN) {
        g_autofree char *signature = format_signature(key, bits);

        g_string_append_printf(text, " server-signature %s", signature);
        digest = get_digest(key, gnutls_sign_algorithm_get(session));
        if (digest != NULL)
            g_string_append_printf(text, " server-digest %s", digest);
    }
    return g_string_free(text, FALSE);
}
