/* SPDX-License-Identifier: MIT
 *
 * Next hops, taken apart as Postfix does it (host_port(), smtp_parse_destination() there). */
#include <mailsim/settings/next-hop.h>

#include <string.h>

#define SMTP_PORT 25

/* The names of /etc/services that lead to mail. */
static guint
find_port(const char *text)
{
    static const struct {
        const char *name;
        guint port;
    } services[] = {
        {"smtp",        25 },
        {"submission",  587},
        {"submissions", 465},
        {"smtps",       465},
        {"lmtp",        24 },
    };
    char *end;
    const guint64 number = g_ascii_strtoull(text, &end, 10);

    for (guint i = 0; i < G_N_ELEMENTS(services); i++) {
        if (g_str_equal(services[i].name, text))
            return services[i].port;
    }
    return *end == '\0' && number <= G_MAXUINT16 ? (guint)number : 0;
}

char *
mailsim_next_hop_parse(const char *text, MailsimNextHop *next_hop)
{
    const gboolean bracketed = text[0] == '[';
    const char *start = text + (bracketed ? 1 : 0);
    const char *end = start + strcspn(start, bracketed ? "]" : ":");
    const char *rest = end + (bracketed ? 1 : 0);

    if (bracketed && *end == '\0')
        return g_strdup_printf("missing \"]\" in server description: %s", text);
    if (*rest == ':' && find_port(rest + 1) == 0)
        return g_ascii_isdigit(rest[1])
                   ? g_strdup_printf("bad network port: %s for service %s", rest + 1, text)
                   : g_strdup_printf("unknown service: %s/tcp", rest + 1);
    if (bracketed && g_ascii_strncasecmp(start, "IPv6:", strlen("IPv6:")) == 0)
        start += strlen("IPv6:");
    if (start == end)
        return g_strdup_printf("valid hostname or network address required in server "
                               "description: %s",
                               text);
    next_hop->bracketed = bracketed;
    next_hop->port = *rest == ':' ? find_port(rest + 1) : SMTP_PORT;
    next_hop->name = g_strndup(start, (gsize)(end - start));
    if (g_str_has_suffix(next_hop->name, "."))
        next_hop->name[strlen(next_hop->name) - 1] = '\0';
    return NULL;
}

void
mailsim_next_hop_clear(MailsimNextHop *next_hop)
{
    g_clear_pointer(&next_hop->name, g_free);
}
