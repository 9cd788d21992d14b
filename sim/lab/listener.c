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

/* RFC 2045 §6.7: =XX is a byte, = at the end of a line joins it to the next. */
static GByteArray *
decode_quoted_printable(const guint8 *bytes, gsize length)
{
    GByteArray *decoded = g_byte_array_sized_new((guint)length);

    for (gsize i = 0; i < length; i++) {
        guint8 byte = bytes[i];

        if (byte == '=' && i + 2 < length && g_ascii_isxdigit(bytes[i + 1]) &&
            g_ascii_isxdigit(bytes[i + 2])) {
            byte = (guint8)(g_ascii_xdigit_value((char)bytes[i + 1]) * 16 +
                            g_ascii_xdigit_value((char)bytes[i + 2]));
            i += 2;
        } else if (byte == '=' && i + 2 < length && bytes[i + 1] == '\r' &&
                   bytes[i + 2] == '\n') {
            i += 2;
            continue;
        }
        g_byte_array_append(decoded, &byte, 1);
    }
    return decoded;
}

static gboolean
found_in(const GByteArray *cable, const char *needle)
{
    g_autoptr(GByteArray) base64 = decode_base64_runs(cable->data, cable->len);
    g_autoptr(GByteArray) printable = decode_quoted_printable(cable->data, cable->len);

    return contains(cable->data, cable->len, needle) ||
           contains(base64->data, base64->len, needle) ||
           contains(printable->data, printable->len, needle);
}

static gboolean
found_in_hop(const MailsimHop *hop, const char *needle)
{
    return found_in(hop->bytes_out, needle) || found_in(hop->bytes_in, needle);
}

/* The longest line of TEXT: enough to know it by, and the same on the wire as in the queue. */
static char *
dup_longest_line(const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    const char *longest = "";

    for (guint i = 0; lines[i] != NULL; i++) {
        if (strlen(lines[i]) > strlen(longest))
            longest = lines[i];
    }
    return g_strdup(longest);
}

void
mailsim_listener_search(MailsimHop *hop,
                        const char *password,
                        const char *text,
                        const GPtrArray *addresses)
{
    MailsimEavesdropped *heard = &hop->listener;

    if (password != NULL && password[0] != '\0') {
        heard->had_password = TRUE;
        heard->password_seen = found_in_hop(hop, password);
    }
    if (text != NULL) {
        g_autofree char *line = dup_longest_line(text);

        heard->had_text = line[0] != '\0';
        heard->text_seen = heard->had_text && found_in_hop(hop, line);
    }
    for (guint i = 0; i < addresses->len; i++) {
        heard->had_addresses = TRUE;
        if (found_in_hop(hop, g_ptr_array_index(addresses, i)))
            heard->addresses_seen = TRUE;
    }
}
