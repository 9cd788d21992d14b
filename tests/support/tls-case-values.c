/* SPDX-License-Identifier: MIT */
#include "tls-case-values.h"

#include <stdlib.h>
#include <string.h>

#include <gnutls/x509.h>

#include <mailsim/wire/certificate-digest.h>

#include "scenario-text.h"

typedef struct {
    const char *world;
    char *digest; /* smtp_tls_fingerprint_digest where it is one, else “sha256” */
} Writer;

/* ---- the certificates -------------------------------------------------------------------- */

static gnutls_x509_crt_t
import_hex(const char *hex)
{
    g_autoptr(GByteArray) der = g_byte_array_new();
    gnutls_x509_crt_t crt;

    for (; g_ascii_isxdigit(hex[0]) && g_ascii_isxdigit(hex[1]); hex += 2 + (hex[2] == ' ')) {
        const guint8 byte =
            (guint8)(g_ascii_xdigit_value(hex[0]) * 16 + g_ascii_xdigit_value(hex[1]));

        g_byte_array_append(der, &byte, 1);
    }
    gnutls_x509_crt_init(&crt);
    if (gnutls_x509_crt_import(crt, &(gnutls_datum_t){der->data, der->len},
                               GNUTLS_X509_FMT_DER) < 0)
        g_error("not a certificate: %s", hex);
    return crt;
}

/* The lab is asked for a record that holds it whole. */
static gnutls_x509_crt_t
find_certificate(const char *world, const char *name)
{
    static const char record[] = " 3 0 0 ";
    g_autofree char *text =
        g_strdup_printf("%s[zone probe.example]\n_%s TLSA = 3 0 0 digest:%s\n"
                        "[step probe]\ntitle = Probe\ndo = look\n"
                        "at = dns _%s.probe.example TLSA\n",
                        world, name, name, name);
    g_autofree char *told = NULL;
    g_autoptr(MailsimRecording) recording = scenario_text_run(text, &told);

    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);
        const char *found = event->kind == MAILSIM_EVENT_SHOWN && event->shown.text != NULL
                                ? strstr(event->shown.text, record)
                                : NULL;

        if (found != NULL)
            return import_hex(found + strlen(record));
    }
    g_error("no certificate %s", name);
}

/* ---- what is said of them ---------------------------------------------------------------- */

static char *
drop_colons(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", -1);

    return g_strjoinv("", parts);
}

/* VALUE, hexadecimal digits with colons or without, as HOW says: “cut” … */
static char *
shape(const char *how, const char *value)
{
    const char *colon = strchr(value, ':') != NULL ? ":" : "";
    g_autofree char *bare = drop_colons(value);

    if (g_str_equal(how, "cut"))
        return g_strndup(value, strlen(value) - 2 - strlen(colon));
    if (g_str_equal(how, "long"))
        return g_strconcat(value, colon, "00", NULL);
    if (g_str_equal(how, "lower"))
        return g_ascii_strdown(value, -1);
    if (g_str_equal(how, "bare"))
        return g_strdup(bare);
    if (g_str_equal(how, "lower-bare"))
        return g_ascii_strdown(bare, -1);
    return g_strdup(value);
}

/* “3 1 1 cut(digest:c)”, “md5(fingerprint:c)”: the groups are numbers, HOW, what, whose. */
static gboolean
write_value(const GMatchInfo *match, GString *out, gpointer data)
{
    const Writer *writer = data;
    g_autofree char *numbers = g_match_info_fetch(match, 1);
    g_autofree char *how = g_match_info_fetch(match, 2);
    g_autofree char *what = g_match_info_fetch(match, 3);
    g_autofree char *name = g_match_info_fetch(match, 4);
    gnutls_x509_crt_t crt = find_certificate(writer->world, name);
    g_autofree char *value = NULL;
    g_autofree char *shaped = NULL;

    if (g_str_equal(what, "digest")) {
        g_auto(GStrv) words = g_strsplit(numbers, " ", -1);

        value = mailsim_certificate_dup_association(crt, (guint8)atoi(words[1]),
                                                    (guint8)atoi(words[2]));
    } else {
        value = mailsim_certificate_dup_fingerprint(
            crt, mailsim_certificate_digest_exists(how) ? how : writer->digest,
            g_str_equal(what, "public-key"));
    }
    gnutls_x509_crt_deinit(crt);
    shaped = shape(how, value);
    g_string_append_printf(out, "%s%s", numbers, shaped);
    return FALSE;
}

/* “1 = pem:ca”: the lines of a file, numbered. */
static gboolean
write_pem(const GMatchInfo *match, GString *out, gpointer data)
{
    const Writer *writer = data;
    g_autofree char *name = g_match_info_fetch(match, 1);
    gnutls_x509_crt_t crt = find_certificate(writer->world, name);
    gnutls_datum_t pem;
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem);
    gnutls_x509_crt_deinit(crt);
    text = g_strstrip(g_strndup((const char *)pem.data, pem.size));
    gnutls_free(pem.data);
    lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i] != NULL; i++)
        g_string_append_printf(out, "%s%u = %s", i > 0 ? "\n" : "", i + 1, lines[i]);
    return FALSE;
}

static char *
find_digest(const char *scenario)
{
    g_autoptr(GRegex) regex =
        g_regex_new("^smtp_tls_fingerprint_digest *= *(\\S*)", G_REGEX_MULTILINE, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *digest = NULL;

    if (g_regex_match(regex, scenario, 0, &match))
        digest = g_match_info_fetch(match, 1);
    return g_strdup(digest != NULL && mailsim_certificate_digest_exists(digest) ? digest
                                                                                : "sha256");
}

static char *
replace(const char *text, const char *pattern, GRegexEvalCallback write, Writer *writer)
{
    g_autoptr(GRegex) regex = g_regex_new(pattern, G_REGEX_MULTILINE, 0, NULL);
    char *replaced = g_regex_replace_eval(regex, text, -1, 0, 0, write, writer, NULL);

    g_assert(replaced != NULL);
    return replaced;
}

char *
tls_case_write_values(const char *scenario, const char *world)
{
    g_autofree char *digest = find_digest(scenario);
    Writer writer = {world, digest};
    g_autofree char *with_values =
        replace(scenario,
                "((?:\\d+ \\d+ \\d+ )?)\\b([a-z0-9-]+)\\((digest|fingerprint|public-key):"
                "([a-z0-9-]+)\\)",
                write_value, &writer);

    return replace(with_values, "^1 = pem:([a-z0-9-]+)$", write_pem, &writer);
}

/* ---- lines of the log -------------------------------------------------------------------- */

/* “3 1 1 digest:c”, “3 1 1 cut(digest:c)”, “3 1 0 shortened(digest:c, 64, 64)”: the groups are
 * the numbers, HOW, whose. */
static gboolean
write_record(const GMatchInfo *match, GString *out, gpointer data)
{
    const Writer *writer = data;
    g_autofree char *numbers = g_match_info_fetch(match, 1);
    g_autofree char *how = g_match_info_fetch(match, 2);
    g_autofree char *name = g_match_info_fetch(match, 3);
    g_auto(GStrv) words = g_strsplit(numbers, " ", -1);
    gnutls_x509_crt_t crt = find_certificate(writer->world, name);
    g_autofree char *value = mailsim_certificate_dup_association(crt, (guint8)atoi(words[1]),
                                                                 (guint8)atoi(words[2]));
    g_autofree char *shaped = NULL;
    g_autofree char *capitals = NULL;

    gnutls_x509_crt_deinit(crt);
    shaped = shape(how, value);
    capitals = g_ascii_strup(shaped, -1);
    if (g_str_equal(how, "shortened"))
        g_string_append_printf(out, "%s%.64s...%s", numbers, capitals,
                               capitals + strlen(capitals) - 64);
    else
        g_string_append_printf(out, "%s%s", numbers, capitals);
    return FALSE;
}

/* “octets(sha1(fingerprint:c))”: the groups are HOW, whose. */
static gboolean
write_octets(const GMatchInfo *match, GString *out, gpointer data)
{
    const Writer *writer = data;
    g_autofree char *how = g_match_info_fetch(match, 1);
    g_autofree char *name = g_match_info_fetch(match, 2);
    gnutls_x509_crt_t crt = find_certificate(writer->world, name);
    g_autofree char *value = mailsim_certificate_dup_fingerprint(
        crt, mailsim_certificate_digest_exists(how) ? how : writer->digest, FALSE);
    g_autofree char *shaped = shape(how, value);
    g_autofree char *bare = drop_colons(shaped);

    gnutls_x509_crt_deinit(crt);
    g_string_append(out, bare);
    return FALSE;
}

char *
tls_case_write_logged_values(const char *line, const char *scenario, const char *world)
{
    g_autofree char *digest = find_digest(scenario);
    Writer writer = {world, digest};
    g_autofree char *with_records =
        replace(line, "\\b(\\d+ \\d+ \\d+ )([a-z]*)\\(?digest:([a-z0-9-]+)(?:, 64, 64)?\\)?",
                write_record, &writer);

    return replace(with_records, "octets\\(([a-z0-9-]*)\\(?fingerprint:([a-z0-9-]+)\\)+",
                   write_octets, &writer);
}
