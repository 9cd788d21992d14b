/* SPDX-License-Identifier: MIT
 *
 * TLSA records in words. */
#include <mailsim/protocol/tlsa.h>

#include <string.h>

#define DIGEST "digest:"

/* A number from 0 to 255, and the blanks after it. */
static gboolean
take_number(const char **at, guint8 *number)
{
    char *end;
    const guint64 value = g_ascii_strtoull(*at, &end, 10);
    const gsize blanks = strspn(end, " \t");

    if (!g_ascii_isdigit(**at) || value > G_MAXUINT8 || blanks == 0)
        return FALSE;
    *number = (guint8)value;
    *at = end + blanks;
    return TRUE;
}

/* Hexadecimal digits in pairs, blanks among them as one likes. */
static gboolean
take_hex(const char **at, char **hex)
{
    g_autoptr(GString) digits = g_string_new(NULL);

    for (; **at != '\0'; (*at)++) {
        if (g_ascii_isxdigit(**at))
            g_string_append_c(digits, g_ascii_tolower(**at));
        else if (!g_ascii_isspace(**at))
            return FALSE;
    }
    if (digits->len == 0 || digits->len % 2 != 0)
        return FALSE;
    *hex = g_string_free(g_steal_pointer(&digits), FALSE);
    return TRUE;
}

gboolean
mailsim_tlsa_parse(const char *text, MailsimTlsa *tlsa, gsize *problem_at)
{
    const char *at = text;
    gboolean well;

    *tlsa = (MailsimTlsa){0};
    well = take_number(&at, &tlsa->usage) && take_number(&at, &tlsa->selector) &&
           take_number(&at, &tlsa->matching);
    if (well && g_str_has_prefix(at, DIGEST)) {
        tlsa->digest = g_strstrip(g_strdup(at + strlen(DIGEST)));
        well = tlsa->digest[0] != '\0';
    } else {
        well = well && take_hex(&at, &tlsa->hex);
    }
    if (!well && problem_at != NULL)
        *problem_at = (gsize)(at - text);
    if (!well)
        mailsim_tlsa_clear(tlsa);
    return well;
}

void
mailsim_tlsa_clear(MailsimTlsa *tlsa)
{
    g_clear_pointer(&tlsa->hex, g_free);
    g_clear_pointer(&tlsa->digest, g_free);
}

const char *
mailsim_tlsa_find_unusable(const MailsimTlsa *tlsa)
{
    if (tlsa->usage != MAILSIM_TLSA_USAGE_DANE_TA && tlsa->usage != MAILSIM_TLSA_USAGE_DANE_EE)
        return "unsupported TLSA certificate usage";
    return tlsa->matching == G_MAXUINT8 ? "reserved private-use matching type" : NULL;
}

guint
mailsim_tlsa_count_digest_octets(guint8 matching)
{
    return matching == MAILSIM_TLSA_MATCHING_SHA2_256   ? 32
           : matching == MAILSIM_TLSA_MATCHING_SHA2_512 ? 64
                                                        : 0;
}

gboolean
mailsim_tlsa_is_understood(const MailsimTlsa *tlsa)
{
    if (tlsa->selector > MAILSIM_TLSA_SELECTOR_SPKI ||
        tlsa->matching > MAILSIM_TLSA_MATCHING_SHA2_512)
        return FALSE;
    return tlsa->hex == NULL || tlsa->matching == MAILSIM_TLSA_MATCHING_FULL ||
           strlen(tlsa->hex) == 2 * (gsize)mailsim_tlsa_count_digest_octets(tlsa->matching);
}
