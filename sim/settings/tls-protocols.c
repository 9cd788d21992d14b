/* SPDX-License-Identifier: MIT
 *
 * What Postfix makes of a list of TLS versions (tls_proto_mask_lims() there): a floor, a
 * ceiling, versions that are named and versions that are struck out, in any order. Where
 * versions are named, the others are out. */
#include <mailsim/settings/tls-protocols.h>

#include <stdlib.h>
#include <string.h>

#include "postfix-parameter-private.h"

/* SSL 2 and 3 are names still, so that old files can be read; nobody speaks them. To name SSL 3
 * alone leaves nothing, to name SSL 2 is to say nothing at all. */
#define SSL_3 (1U << 4U)

static const struct {
    const char *name;
    guint number; /* on the wire, RFC 8446 §4.1.2 */
    guint bit;
} versions[] = {
    {"SSLv2",   0x002, 0       },
    {"SSLv3",   0x300, SSL_3   },
    {"TLSv1",   0x301, 1U << 0U},
    {"TLSv1.1", 0x302, 1U << 1U},
    {"TLSv1.2", 0x303, 1U << 2U},
    {"TLSv1.3", 0x304, 1U << 3U},
};

typedef struct {
    guint floor;   /* 0: none */
    guint ceiling; /* 0: none */
    guint struck_out;
    guint named;
} Limits;

static int
find_version(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(versions); i++) {
        if (g_ascii_strcasecmp(versions[i].name, name) == 0)
            return (int)i;
    }
    return -1;
}

/* A limit may be a number as well, in hexadecimal, so that versions of the future have names;
 * and it may be None. */
static gboolean
parse_limit(const char *name, guint *limit)
{
    const int version = find_version(name);
    char *end = NULL;

    if (version >= 0) {
        *limit = versions[version].number;
        return version > 0;
    }
    *limit = 0;
    if (g_ascii_strcasecmp(name, "None") == 0)
        return TRUE;
    *limit = (guint)strtoul(name, &end, 16);
    return *end == '\0'; /* ">= TLSv1.2", with a blank, is no limit */
}

static gboolean
parse_member(const char *member, Limits *limits)
{
    const gboolean strikes_out = member[0] == '!';
    int version;

    if (g_str_has_prefix(member, ">="))
        return parse_limit(member + 2, &limits->floor);
    if (g_str_has_prefix(member, "<="))
        return parse_limit(member + 2, &limits->ceiling);
    version = find_version(member + (strikes_out ? 1 : 0));
    if (version < 0)
        return FALSE;
    if (strikes_out)
        limits->struck_out |= versions[version].bit;
    else
        limits->named |= versions[version].bit;
    return TRUE;
}

gboolean
mailsim_tls_protocols_parse(const char *list, guint *excluded)
{
    g_auto(GStrv) members = g_strsplit_set(list, ", \t\r\n:", -1);
    Limits limits = {0};

    *excluded = 0;
    for (guint i = 0; members[i] != NULL; i++) {
        if (members[i][0] != '\0' && !parse_member(members[i], &limits))
            return FALSE;
    }
    *excluded = limits.struck_out;
    if (limits.named != 0)
        *excluded |= ~limits.named;
    for (guint i = 0; i < G_N_ELEMENTS(versions); i++) {
        if (versions[i].number < limits.floor ||
            (limits.ceiling != 0 && versions[i].number > limits.ceiling))
            *excluded |= versions[i].bit;
    }
    *excluded &= MAILSIM_TLS_PROTOCOLS_ALL;
    return TRUE;
}

static char *
check_tls_protocols(G_GNUC_UNUSED const char *name,
                    const char *value,
                    char **hint,
                    gboolean *is_warning)
{
    guint excluded;

    if (!mailsim_tls_protocols_parse(value, &excluded)) {
        *is_warning = TRUE;
        *hint = g_strdup_printf(
            "write, for example, >=TLSv1.2; Postfix %s, and so does the lab",
            g_str_has_prefix(name, "smtpd_") ? "would answer 454 to STARTTLS"
                                             : "would break off every handshake");
        return g_strdup_printf("Invalid TLS protocol list “%s”", value);
    }
    if (excluded != MAILSIM_TLS_PROTOCOLS_ALL)
        return NULL;
    *is_warning = TRUE;
    *hint = g_strdup("every handshake would fail");
    return g_strdup_printf("“%s” leaves no TLS version", value);
}

const MailsimPostfixType mailsim_postfix_tls_protocols = {.name = "protocols",
                                                          .check = check_tls_protocols};
