/* SPDX-License-Identifier: MIT
 *
 * VRFY and ETRN, which ask and send nothing, as Postfix answers them. */
#include "smtp-server-private.h"

#include <string.h>

#define reply mailsim_smtp_server_reply

#define LABEL_MAX_BYTES  63
#define DOMAIN_MAX_BYTES 255

/* What VRFY asks for, without the SMTPUTF8 that may follow it (RFC 6531 §3.7.4.2). */
static char *
dup_verified(const char *argument)
{
    gsize length = strlen(argument);
    gsize keyword_length = strlen("SMTPUTF8");

    if (length >= keyword_length &&
        g_ascii_strcasecmp(argument + length - keyword_length, "SMTPUTF8") == 0 &&
        (length == keyword_length || strchr(" \t", argument[length - keyword_length - 1])))
        length -= keyword_length;
    return g_strchomp(g_strndup(argument, length));
}

/* vrfy = "VRFY" SP String CRLF                                        RFC 5321 §4.1.1.6 */
MailsimWant
mailsim_smtp_server_do_vrfy(MailsimSmtpServer *server, const char *argument, GString *out)
{
    g_autofree char *verified = dup_verified(argument);
    g_autofree char *address = NULL;
    g_autofree char *refusal = NULL;

    if (server->vrfy_disabled)
        return reply(out, "502 5.5.1 VRFY command is disabled");
    if (verified[0] == '\0')
        return reply(out, "501 5.5.4 Syntax: VRFY address [SMTPUTF8]");
    address = mailsim_smtp_mailbox_parse(verified);
    if (address == NULL)
        return reply(out, "501 5.1.3 Bad recipient address syntax");
    if (server->policy->verify_recipient != NULL)
        refusal = server->policy->verify_recipient(server->data, &server->envelope, address);
    if (refusal != NULL)
        return reply(out, refusal);
    g_string_append_printf(out, "252 2.0.0 %s\r\n", verified);
    return MAILSIM_WANT_LINE;
}

static gboolean
is_label(const char *label)
{
    gsize length = strlen(label);

    if (length == 0 || length > LABEL_MAX_BYTES || label[0] == '-' || label[length - 1] == '-')
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(label[i]) && strchr("-_", label[i]) == NULL)
            return FALSE;
    }
    return TRUE;
}

/* A name of labels that is not a number, or an address literal. */
static gboolean
is_domain(const char *domain)
{
    g_auto(GStrv) labels = g_strsplit(domain, ".", -1);
    gsize length = strlen(domain);

    if (length > 2 && domain[0] == '[' && domain[length - 1] == ']')
        return TRUE;
    if (length == 0 || length > DOMAIN_MAX_BYTES || strspn(domain, "0123456789.") == length)
        return FALSE;
    for (guint i = 0; labels[i] != NULL; i++) {
        if (!is_label(labels[i]))
            return FALSE;
    }
    return TRUE;
}

/* ETRN [option character]<node name>                                    RFC 1985 §5.1
 * Postfix flushes for fast_flush_domains, $relay_domains; that is not built yet. */
MailsimWant
mailsim_smtp_server_do_etrn(MailsimSmtpServer *server, const char *argument, GString *out)
{
    const char *domain = argument;

    if (server->envelope.sender != NULL)
        return reply(out, "503 Error: MAIL transaction in progress");
    if (argument[0] == '\0' || strpbrk(argument, " \t") != NULL)
        return reply(out, "500 Syntax: ETRN domain");
    if (domain[0] == '@' || domain[0] == '#')
        domain++;
    if (!is_domain(domain))
        return reply(out, "501 Error: invalid parameter syntax");
    g_string_append_printf(out, "459 <%s>: service unavailable\r\n", domain);
    return MAILSIM_WANT_LINE;
}
