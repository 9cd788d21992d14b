/* SPDX-License-Identifier: MIT
 *
 * What a person who listens on the cable got: looked for in the bytes that crossed it, as they
 * are and with base64 and quoted-printable undone. No flag is asked whether TLS was on. */
#include "lab-private.h"

#include <string.h>

/* Shorter runs of letters are words, not base64. */
#define BASE64_MIN_LENGTH 8

static gboolean
contains(const guint8 *bytes, gsize length, const char *needle)
{
    gsize needle_length = strlen(needle);

    return needle_length > 0 && needle_length <= length &&
           memmem(bytes, length, needle, needle_length) != NULL;
}

static gboolean
is_base64(guint8 byte)
{
    return g_ascii_isalnum(byte) || byte == '+' || byte == '/' || byte == '=';
}

/* Every run of base64 in BYTES, decoded, one after the other. */
static GByteArray *
decode_base64_runs(const guint8 *bytes, gsize length)
{
    GByteArray *decoded = g_byte_array_new();

    for (gsize start = 0; start < length; start++) {
        gsize end = start;

        while (end < length && is_base64(bytes[end]))
            end++;
        if (end - start >= BASE64_MIN_LENGTH) {
            g_autofree char *run = g_strndup((const char *)bytes + start, end - start);
            gsize n;
            g_autofree guchar *plain = g_base64_decode(run, &n);

            g_byte_array_append(decoded, plain, (guint)n);
        }
        start = end;
    }
    return decoded;
}

/* RFC 2045 §6.7: =XX is a byte, = at the end of a line joins it to the next. What is between
 * them stays. */
static GByteArray *
decode_quoted_printable(const guint8 *bytes, gsize length)
{
    GByteArray *decoded = g_byte_array_sized_new((guint)length);
    gsize n_done = 0;

    for (gsize i = 0; i + 2 < length; i++) {
        const guint8 *sign = memchr(bytes + i, '=', length - 2 - i);

        if (sign == NULL)
            break;
        i = (gsize)(sign - bytes);
        if (g_ascii_isxdigit(sign[1]) && g_ascii_isxdigit(sign[2])) {
            const guint8 byte = (guint8)(g_ascii_xdigit_value((char)sign[1]) * 16 +
                                         g_ascii_xdigit_value((char)sign[2]));

            g_byte_array_append(decoded, bytes + n_done, (guint)(i - n_done));
            g_byte_array_append(decoded, &byte, 1);
        } else if (sign[1] == '\r' && sign[2] == '\n') {
            g_byte_array_append(decoded, bytes + n_done, (guint)(i - n_done));
        } else {
            continue;
        }
        i += 2;
        n_done = i + 1;
    }
    g_byte_array_append(decoded, bytes + n_done, (guint)(length - n_done));
    return decoded;
}

/* The cable in all its readings: each decoded once, however much is looked for, and not before
 * something is not found as it is. */
typedef struct {
    const MailsimHop *hop;
    GPtrArray *decoded; /* of GByteArray; NULL: not yet */
} Readings;

static void
unref_reading(gpointer reading)
{
    g_byte_array_unref(reading);
}

static void
decode(Readings *readings)
{
    const GByteArray *const cables[] = {readings->hop->bytes_out, readings->hop->bytes_in};

    readings->decoded = g_ptr_array_new_with_free_func(unref_reading);
    for (guint i = 0; i < G_N_ELEMENTS(cables); i++) {
        g_ptr_array_add(readings->decoded, decode_base64_runs(cables[i]->data, cables[i]->len));
        g_ptr_array_add(readings->decoded,
                        decode_quoted_printable(cables[i]->data, cables[i]->len));
    }
}

static gboolean
contains_in(const GByteArray *bytes, const char *needle)
{
    return contains(bytes->data, bytes->len, needle);
}

static gboolean
is_found(Readings *readings, const char *needle)
{
    if (contains_in(readings->hop->bytes_out, needle) ||
        contains_in(readings->hop->bytes_in, needle))
        return TRUE;
    if (readings->decoded == NULL)
        decode(readings);
    for (guint i = 0; i < readings->decoded->len; i++) {
        if (contains_in(g_ptr_array_index(readings->decoded, i), needle))
            return TRUE;
    }
    return FALSE;
}

/* The longest line of TEXT: enough to know it by, and the same on the wire as in the queue. */
static char *
dup_longest_line(const char *text)
{
    const char *longest = text;
    gsize length = 0;

    for (const char *line = text; *line != '\0';) {
        const gsize n = strcspn(line, "\n");

        if (n > length) {
            longest = line;
            length = n;
        }
        line += n + (line[n] != '\0');
    }
    return g_strndup(longest, length);
}

void
mailsim_listener_search(MailsimHop *hop,
                        const char *password,
                        const char *text,
                        const GPtrArray *addresses)
{
    MailsimEavesdropped *heard = &hop->listener;
    Readings readings = {.hop = hop};

    if (password != NULL && password[0] != '\0') {
        heard->had_password = TRUE;
        heard->password_seen = is_found(&readings, password);
    }
    if (text != NULL) {
        g_autofree char *line = dup_longest_line(text);

        heard->had_text = line[0] != '\0';
        heard->text_seen = heard->had_text && is_found(&readings, line);
    }
    for (guint i = 0; i < addresses->len; i++) {
        heard->had_addresses = TRUE;
        if (is_found(&readings, g_ptr_array_index(addresses, i)))
            heard->addresses_seen = TRUE;
    }
    g_clear_pointer(&readings.decoded, g_ptr_array_unref);
}
