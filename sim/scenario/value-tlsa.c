/* SPDX-License-Identifier: MIT
 *
 * The data of a TLSA record in a zone: usage, selector, matching type (RFC 6698 §2.1), and
 * hexadecimal digits or “digest:C”. */
#include "value-zone-private.h"

#include <string.h>

#include <mailsim/protocol/tlsa.h>

#define EXAMPLE "write, for example, 3 1 1 digest:mail: the digest of the key that mail shows"
#define BLANKS  " \t"

static const char *const numbers[] = {"certificate usage", "selector", "matching type"};

static guint
count_words(const char *text)
{
    guint count = 0;

    for (const char *at = text; *(at += strspn(at, BLANKS)); at += strcspn(at, BLANKS))
        count++;
    return count;
}

/* How many words stand before byte AT. */
static guint
find_position(const char *text, gsize at)
{
    g_autofree char *before = g_strndup(text, at);

    return count_words(before);
}

/* Where the data begins. */
static gsize
skip_numbers(const char *text)
{
    const char *at = text + strspn(text, BLANKS);

    for (guint i = 0; i < G_N_ELEMENTS(numbers); i++) {
        at += strcspn(at, BLANKS);
        at += strspn(at, BLANKS);
    }
    return (gsize)(at - text);
}

static void
fail_in_digits(Problem *problem, const char *text, gsize at, gsize start)
{
    const char *end = g_utf8_next_char(text + at);

    if (text[at] != '\0')
        problem_set(problem, start + at, start + (gsize)(end - text),
                    g_strdup_printf("“%.*s” is no hexadecimal digit", (int)(end - (text + at)),
                                    text + at),
                    g_strdup(EXAMPLE));
    else
        problem_set(problem, start + skip_numbers(text), start + strlen(text),
                    g_strdup("an odd number of hexadecimal digits"),
                    g_strdup("two of them are an octet; SHA-256 has 64"));
}

/* Nothing stands there after numbers that are fine. */
static gboolean
is_cut_short(const char *text, gsize at)
{
    return count_words(text) <= G_N_ELEMENTS(numbers) &&
           find_position(text, at) + 1 == count_words(text) && g_ascii_isdigit(text[at]) &&
           strtoul(text + at, NULL, 10) <= G_MAXUINT8 &&
           text[at + strspn(text + at, "0123456789")] == '\0';
}

static void
fail(Problem *problem, const char *text, gsize at, gsize start)
{
    const guint position = find_position(text, at);
    const gsize length = strcspn(text + at, BLANKS);

    if (is_cut_short(text, at))
        problem_set(problem, start, start + strlen(text),
                    g_strdup_printf("“%s” is not the data of a TLSA record", text),
                    g_strdup("usage, selector, matching type, and what is matched: " EXAMPLE));
    else if (position < G_N_ELEMENTS(numbers))
        problem_set(
            problem, start + at, start + at + length,
            g_strdup_printf("“%.*s” is no %s", (int)length, text + at, numbers[position]),
            g_strdup("a number from 0 to 255; " EXAMPLE));
    else if (g_str_has_prefix(text + at, "digest:"))
        problem_set(problem, start + at, start + at + length, g_strdup("digest: of what?"),
                    g_strdup("the name of a certificate or host follows: digest:mail"));
    else
        fail_in_digits(problem, text, at, start);
}

char *
value_dup_tlsa(ZoneReader *reader, const char *text, gsize start)
{
    g_auto(MailsimTlsa) tlsa = {0};
    gsize at = 0;

    if (mailsim_tlsa_parse(text, &tlsa, &at))
        return g_strdup(text);
    fail(&reader->problem, text, at, start);
    return NULL;
}

gboolean
value_find_announced(const char *text, gsize *start)
{
    const char *digest = strstr(text, "digest:");

    if (!digest)
        return FALSE;
    *start = (gsize)(digest - text) + strlen("digest:");
    *start += strspn(text + *start, BLANKS);
    return text[*start] != '\0';
}
