/* SPDX-License-Identifier: MIT
 *
 * Is a certificate the announced one? TLSA records are compared by GnuTLS's DANE library, one
 * record and one certificate at a time, because that library looks for authorities only right
 * above the server's certificate and says neither which record nor which authority it was. */
#include <mailsim/wire/tls-announcement.h>

#include <gnutls/abstract.h>
#include <gnutls/dane.h>
#include <mailsim/protocol/tlsa.h>
#include <mailsim/wire/certificate-digest.h>
#include <string.h>

#include "certificate-problem-private.h"
#include "tls-judgement-private.h"

/* ---- what is announced ------------------------------------------------------------------- */

MailsimTlsAnnouncement *
mailsim_tls_announcement_new(void)
{
    return g_rc_box_new0(MailsimTlsAnnouncement);
}

MailsimTlsAnnouncement *
mailsim_tls_announcement_ref(MailsimTlsAnnouncement *announcement)
{
    return g_rc_box_acquire(announcement);
}

static void
clear(gpointer data)
{
    MailsimTlsAnnouncement *announcement = data;

    g_free(announcement->digest);
    g_clear_pointer(&announcement->fingerprints, g_ptr_array_unref);
    g_clear_pointer(&announcement->tlsa, g_ptr_array_unref);
}

void
mailsim_tls_announcement_unref(MailsimTlsAnnouncement *announcement)
{
    if (announcement != NULL)
        g_rc_box_release_full(announcement, clear);
}

char *
mailsim_tls_announcement_describe(const MailsimTlsAnnouncement *announcement)
{
    const GPtrArray *const lists[] = {announcement->fingerprints, announcement->tlsa};
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        for (guint j = 0; lists[i] != NULL && j < lists[i]->len; j++)
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "",
                                   (const char *)g_ptr_array_index(lists[i], j));
    }
    return g_string_free(text, FALSE);
}

/* ---- fingerprints ------------------------------------------------------------------------ */

/* Of the certificate, or of its key: Postfix takes either. */
static char *
find_fingerprint(gnutls_x509_crt_t own, const MailsimTlsAnnouncement *announcement)
{
    const gboolean of_key[] = {FALSE, TRUE};

    for (guint i = 0; i < G_N_ELEMENTS(of_key); i++) {
        g_autofree char *found =
            mailsim_certificate_dup_fingerprint(own, announcement->digest, of_key[i]);

        for (guint j = 0; found != NULL && j < announcement->fingerprints->len; j++) {
            if (g_ascii_strcasecmp(g_ptr_array_index(announcement->fingerprints, j), found) ==
                0)
                return g_steal_pointer(&found);
        }
    }
    return NULL;
}

/* ---- TLSA records ------------------------------------------------------------------------ */

/* One for all: it is costly, and never asks anybody. */
static dane_state_t
get_dane(void)
{
    static dane_state_t state;

    if (state == NULL && dane_state_init(&state, DANE_F_IGNORE_DNSSEC) < 0)
        g_error("libgnutls-dane cannot begin");
    return state;
}

/* To be freed with gnutls_x509_crt_deinit(). */
static gnutls_x509_crt_t
copy(gnutls_x509_crt_t crt)
{
    gnutls_datum_t der = {0};
    gnutls_x509_crt_t twin;

    gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der);
    gnutls_x509_crt_init(&twin);
    gnutls_x509_crt_import(twin, &der, GNUTLS_X509_FMT_DER);
    gnutls_free(der.data);
    return twin;
}

/* The record as it comes over the wire (RFC 6698 §2.1). */
static GByteArray *
encode(const MailsimTlsa *tlsa)
{
    const guint8 head[] = {tlsa->usage, tlsa->selector, tlsa->matching};
    GByteArray *record = g_byte_array_new();

    g_byte_array_append(record, head, sizeof head);
    for (const char *at = tlsa->hex; at[0] != '\0'; at += 2) {
        const guint8 byte =
            (guint8)(g_ascii_xdigit_value(at[0]) << 4 | g_ascii_xdigit_value(at[1]));

        g_byte_array_append(record, &byte, 1);
    }
    return record;
}

/* Does the record fit CRT, a server's? */
static gboolean
fits(const GByteArray *record, gnutls_x509_crt_t crt)
{
    gnutls_datum_t der = {0};
    char *const records[] = {(char *)record->data, NULL};
    const int lengths[] = {(int)record->len, 0};
    dane_query_t query = NULL;
    unsigned problems = 1;
    int outcome = dane_raw_tlsa(get_dane(), &query, records, lengths, 1, 0);

    gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der);
    if (outcome >= 0)
        outcome = dane_verify_crt_raw(get_dane(), &der, 1, GNUTLS_CRT_X509, query, 0,
                                      DANE_VFLAG_FAIL_IF_NOT_CHECKED, &problems);
    gnutls_free(der.data);
    if (query != NULL)
        dane_query_deinit(query);
    return outcome >= 0 && problems == 0;
}

/* The part of a certificate that is signed (RFC 5280 §4.1): the first element of the sequence
 * that it is. */
static gnutls_datum_t
find_signed_part(const gnutls_datum_t *certificate)
{
    gnutls_datum_t part = {0};
    gsize at = 0;

    for (guint depth = 0; depth < 2 && at + 2 <= certificate->size; depth++) {
        const gsize start = at;
        gsize length = certificate->data[at + 1];
        gsize n_bytes = length > 0x80 ? length - 0x80 : 0;

        at += 2;
        if (n_bytes > 0)
            length = 0;
        for (; n_bytes > 0 && at < certificate->size; n_bytes--)
            length = length << 8 | certificate->data[at++];
        if (depth == 1 && at + length <= certificate->size)
            part = (gnutls_datum_t){certificate->data + start, (unsigned)(at + length - start)};
    }
    return part;
}

static gboolean
has_signed(gnutls_pubkey_t key, gnutls_x509_crt_t crt)
{
    const int algorithm = gnutls_x509_crt_get_signature_algorithm(crt);
    char signature[1024];
    size_t size = sizeof signature;
    gnutls_datum_t der = {0};
    gboolean fine = FALSE;

    if (algorithm > 0 && gnutls_x509_crt_get_signature(crt, signature, &size) >= 0 &&
        gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &der) >= 0) {
        const gnutls_datum_t text = find_signed_part(&der);
        const gnutls_datum_t seal = {(unsigned char *)signature, (unsigned)size};

        fine = text.data != NULL &&
               gnutls_pubkey_verify_data2(key, (gnutls_sign_algorithm_t)algorithm, 0, &text,
                                          &seal) >= 0;
    }
    gnutls_free(der.data);
    return fine;
}

/* The lowest certificate that the key in the record has signed: what is below such a key needs
 * no certificate of it. NULL: there is none. */
static gnutls_x509_crt_t
find_signed_by_key(const gnutls_x509_crt_t *chain,
                   guint n_chain,
                   const MailsimTlsa *tlsa,
                   const GByteArray *record)
{
    const gnutls_datum_t der = {record->data + 3, record->len - 3};
    gnutls_x509_crt_t found = NULL;
    gnutls_pubkey_t key;

    if (tlsa->selector != MAILSIM_TLSA_SELECTOR_SPKI ||
        tlsa->matching != MAILSIM_TLSA_MATCHING_FULL || gnutls_pubkey_init(&key) < 0)
        return NULL;
    if (gnutls_pubkey_import(key, &der, GNUTLS_X509_FMT_DER) >= 0) {
        for (guint i = 0; found == NULL && i < n_chain; i++) {
            if (has_signed(key, chain[i]))
                found = copy(chain[i]);
        }
    }
    gnutls_pubkey_deinit(key);
    return found;
}

/* An authority that the record holds whole need not be sent; NULL: it holds none. */
static gnutls_x509_crt_t
read_authority(const MailsimTlsa *tlsa, const GByteArray *record)
{
    const gnutls_datum_t der = {record->data + 3, record->len - 3};
    gnutls_x509_crt_t crt;

    if (tlsa->usage != MAILSIM_TLSA_USAGE_DANE_TA ||
        tlsa->selector != MAILSIM_TLSA_SELECTOR_CERT ||
        tlsa->matching != MAILSIM_TLSA_MATCHING_FULL || gnutls_x509_crt_init(&crt) < 0)
        return NULL;
    if (gnutls_x509_crt_import(crt, &der, GNUTLS_X509_FMT_DER) >= 0)
        return crt;
    gnutls_x509_crt_deinit(crt);
    return NULL;
}

/* The same of one that was sent, whatever its days. */
static gnutls_x509_crt_t
find_sent(const gnutls_x509_crt_t *chain, guint n_chain, const MailsimTlsa *tlsa)
{
    g_auto(MailsimCertificatePath) path = {0};

    mailsim_certificate_path_find_sent(chain, n_chain, &path);
    for (guint i = 1; i < path.crts->len; i++) {
        gnutls_x509_crt_t crt = g_ptr_array_index(path.crts, i);
        g_autofree char *hex =
            mailsim_certificate_dup_association(crt, tlsa->selector, tlsa->matching);

        if (hex != NULL && g_ascii_strcasecmp(hex, tlsa->hex) == 0)
            return copy(crt);
    }
    return NULL;
}

/* The authority of the chain, or of the record itself, that the record fits; to be freed with
 * gnutls_x509_crt_deinit(); NULL: none. */
static gnutls_x509_crt_t
find_anchor(const gnutls_x509_crt_t *chain,
            guint n_chain,
            const MailsimTlsa *tlsa,
            const GByteArray *record)
{
    gnutls_x509_crt_t anchor = read_authority(tlsa, record);

    /* A server's certificate is no authority, not even its own. */
    if (anchor != NULL && gnutls_x509_crt_equals(anchor, chain[0])) {
        gnutls_x509_crt_deinit(anchor);
        return NULL;
    }
    if (anchor == NULL)
        anchor = find_sent(chain, n_chain, tlsa);
    return anchor != NULL ? anchor : find_signed_by_key(chain, n_chain, tlsa, record);
}

gboolean
mailsim_tls_understands_record(const char *data)
{
    g_auto(MailsimTlsa) tlsa = {0};
    g_autoptr(GByteArray) record = NULL;
    gnutls_x509_crt_t crt = NULL;
    gnutls_pubkey_t key = NULL;
    gnutls_datum_t der;
    gboolean fine;

    if (!mailsim_tlsa_parse(data, &tlsa, NULL) || tlsa.hex == NULL ||
        !mailsim_tlsa_is_understood(&tlsa))
        return FALSE;
    if (tlsa.matching != MAILSIM_TLSA_MATCHING_FULL)
        return TRUE;
    record = encode(&tlsa);
    der = (gnutls_datum_t){record->data + 3, record->len - 3};
    if (tlsa.selector == MAILSIM_TLSA_SELECTOR_CERT) {
        gnutls_x509_crt_init(&crt);
        fine = gnutls_x509_crt_import(crt, &der, GNUTLS_X509_FMT_DER) >= 0;
        gnutls_x509_crt_deinit(crt);
    } else {
        gnutls_pubkey_init(&key);
        fine = gnutls_pubkey_import(key, &der, GNUTLS_X509_FMT_DER) >= 0;
        gnutls_pubkey_deinit(key);
    }
    return fine;
}

/* FALSE: this record says nothing for the chain. */
static gboolean
judge_by(const char *text,
         const gnutls_x509_crt_t *chain,
         guint n_chain,
         const char *expected_names,
         MailsimTlsJudgement *judgement)
{
    g_auto(MailsimTlsa) tlsa = {0};
    g_autoptr(GByteArray) record = NULL;
    gnutls_x509_crt_t anchor;

    if (!mailsim_tlsa_parse(text, &tlsa, NULL) || tlsa.hex == NULL)
        return FALSE;
    record = encode(&tlsa);
    if (tlsa.usage == MAILSIM_TLSA_USAGE_DANE_EE) {
        if (!fits(record, chain[0]))
            return FALSE;
        g_free(judgement->match);
        judgement->match = g_strdup(text);
        judgement->match_is_authority = FALSE;
        return TRUE;
    }
    anchor = find_anchor(chain, n_chain, &tlsa, record);
    if (anchor == NULL)
        return FALSE;
    mailsim_tls_judgement_clear(judgement);
    mailsim_tls_judge_below(chain, n_chain, anchor, expected_names, judgement);
    gnutls_x509_crt_deinit(anchor);
    judgement->is_below_announced = TRUE;
    if (!judgement->chain_ok)
        return FALSE;
    judgement->match = g_strdup(text);
    judgement->match_is_authority = TRUE;
    return judgement->name_ok && judgement->dates_ok;
}

/* ---- what is wrong ----------------------------------------------------------------------- */

static gboolean
names_authority(const MailsimTlsAnnouncement *announcement)
{
    for (guint i = 0; announcement->tlsa != NULL && i < announcement->tlsa->len; i++) {
        g_auto(MailsimTlsa) tlsa = {0};

        if (mailsim_tlsa_parse(g_ptr_array_index(announcement->tlsa, i), &tlsa, NULL) &&
            tlsa.usage == MAILSIM_TLSA_USAGE_DANE_TA)
            return TRUE;
    }
    return FALSE;
}

/* Did a record's authority vouch for the chain, whatever else was wrong with it? */
static gboolean
was_judged_below(const MailsimTlsJudgement *judgement)
{
    return judgement->is_below_announced &&
           judgement->problem.error != MAILSIM_X509_SELF_SIGNED &&
           judgement->problem.error != MAILSIM_X509_SELF_SIGNED_IN_CHAIN &&
           judgement->problem.error != MAILSIM_X509_NO_LOCAL_ISSUER;
}

/* Where no authority is named, nobody looks further than at the server's own certificate. */
static void
find_problem(const gnutls_x509_crt_t *chain,
             guint n_chain,
             const MailsimTlsAnnouncement *announcement,
             const char *expected_names,
             MailsimTlsJudgement *judgement)
{
    g_auto(MailsimCertificatePath) path = {0};

    if (judgement->match != NULL || was_judged_below(judgement))
        return;
    if (!names_authority(announcement)) {
        mailsim_certificate_problem_set(&judgement->problem, MAILSIM_X509_NO_TLSA_MATCH, 0,
                                        chain[0]);
        return;
    }
    mailsim_certificate_path_find_sent(chain, n_chain, &path);
    mailsim_certificate_problem_find_unannounced(&path, expected_names, &judgement->problem);
}

/* The first record that holds will do; till then the last that says anything. */
void
mailsim_tls_judge_announced(const gnutls_x509_crt_t *chain,
                            guint n_chain,
                            const MailsimTlsAnnouncement *announcement,
                            const char *expected_names,
                            MailsimTlsJudgement *judgement)
{
    g_return_if_fail(chain != NULL && n_chain > 0 && announcement != NULL);

    if (announcement->fingerprints != NULL)
        judgement->match = find_fingerprint(chain[0], announcement);
    for (guint i = 0; announcement->tlsa != NULL && i < announcement->tlsa->len; i++) {
        if (judge_by(g_ptr_array_index(announcement->tlsa, i), chain, n_chain, expected_names,
                     judgement))
            return;
    }
    find_problem(chain, n_chain, announcement, expected_names, judgement);
}
