/* SPDX-License-Identifier: MIT
 *
 * Networks as Postfix's lists of clients write them, and what it says of one that is none. */
#include "postfix-parameter-private.h"

#include <string.h>

#include <mailsim/settings/postfix-parameter.h>

/* “192.168.1.0/24”, “[2001:db8::]/32”: as Postfix's advice writes a network. */
static char *
format_network(const MailsimIpNetwork *network)
{
    g_autofree char *address = mailsim_ip_address_format(&network->address);
    const gboolean brackets = network->address.n_bytes == 16;
    return g_strdup_printf("%s%s%s/%u", brackets ? "[" : "", address, brackets ? "]" : "",
                           network->prefix_bits);
}

/* The part before the mask, without brackets. */
gboolean
mailsim_postfix_parse_network_address(const char *entry, MailsimIpAddress *address)
{
    g_autofree char *text = g_strndup(entry, strcspn(entry, "/"));
    const gsize length = strlen(text);
    if (length < 2 || text[0] != '[' || text[length - 1] != ']')
        return mailsim_ip_address_parse(text, address);
    text[length - 1] = '\0';
    return mailsim_ip_address_parse(text + 1, address);
}

/* Postfix takes no network whose host bits are set, and no mask but a number of bits. */
char *
mailsim_postfix_check_masked(const char *entry, char **hint, gboolean *is_warning)
{
    MailsimIpNetwork network;
    MailsimIpAddress address;
    const char *mask = strchr(entry, '/') + 1;

    *is_warning = TRUE; /* the daemon lives, and refuses nearly everybody */
    if (!mailsim_postfix_parse_network_address(entry, &address)) {
        *hint = g_strdup("write the whole address, as in 192.168.1.0/24");
        return g_strdup_printf("bad network value in “%s”", entry);
    }
    if (mask[strspn(mask, "0123456789")] != '\0' || *mask == '\0') {
        *hint = g_strdup("write the number of bits, as in 192.168.1.0/24");
        return g_strdup_printf("bad mask value in “%s”", entry);
    }
    if (!mailsim_ip_network_parse(entry, &network)) {
        *hint = g_strdup_printf("at most %u bits", address.n_bytes * 8);
        return g_strdup_printf("bad mask length in “%s”", entry);
    }
    if (mailsim_ip_address_equal(&network.address, &address))
        return NULL;
    g_autofree char *better = format_network(&network);
    *hint = g_strdup_printf("perhaps you should use “%s” instead", better);
    return g_strdup_printf("non-null host address bits in “%s”", entry);
}

char *
mailsim_postfix_network_find_problem(const char *entry)
{
    g_autofree char *hint = NULL;
    g_autofree char *problem = NULL;
    g_autoptr(GString) words = NULL;
    gboolean is_warning;

    problem = strchr(entry, '/') != NULL
                  ? mailsim_postfix_check_masked(entry, &hint, &is_warning)
                  : NULL;
    if (problem == NULL)
        return NULL;
    words = g_string_new(problem);
    if (g_str_has_prefix(hint, "perhaps "))
        g_string_append_printf(words, ", %s", hint);
    g_string_replace(words, "“", "\"", 0);
    g_string_replace(words, "”", "\"", 0);
    return g_string_free(g_steal_pointer(&words), FALSE);
}
