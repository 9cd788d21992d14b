/* SPDX-License-Identifier: MIT
 *
 * EHLO and HELO: who the client is, and what it may ask for. The table is the answer to EHLO,
 * in Postfix's order. */
#include "smtp-server-private.h"

#include <string.h>

#define reply mailsim_smtp_server_reply

typedef struct {
    const char *keyword;

    /* Is it offered now? NULL: always. */
    gboolean (*is_offered)(const MailsimSmtpServer *server);

    /* What follows the keyword, to be freed; NULL: nothing. */
    char *(*dup_value)(const MailsimSmtpServer *server);
    const char *reference;
} Extension;

static gboolean
offers_vrfy(const MailsimSmtpServer *server)
{
    return !server->options.vrfy_disabled;
}

static gboolean
offers_starttls(const MailsimSmtpServer *server)
{
    return server->options.tls_offered && !server->envelope.secured;
}

static gboolean
offers_smtputf8(const MailsimSmtpServer *server)
{
    return !server->options.smtputf8_disabled;
}

static char *
dup_size(const MailsimSmtpServer *server)
{
    gsize limit = server->options.message_size_limit;

    return limit > 0 ? g_strdup_printf("%" G_GSIZE_FORMAT, limit) : NULL;
}

static char *
dup_mechanisms(const MailsimSmtpServer *server)
{
    return g_strdup(server->options.mechanisms);
}

static const Extension extensions[] = {
    {"PIPELINING",          NULL,                            NULL,           "RFC 2920 §3.2"},
    {"SIZE",                NULL,                            dup_size,       "RFC 1870 §3"  },
    {"VRFY",                offers_vrfy,                     NULL,           "RFC 5321 §3.5"},
    {"ETRN",                NULL,                            NULL,           "RFC 1985 §3"  },
    {"STARTTLS",            offers_starttls,                 NULL,           "RFC 3207 §3"  },
    {"AUTH",                mailsim_smtp_server_offers_auth, dup_mechanisms, "RFC 4954 §3"  },
    {"ENHANCEDSTATUSCODES", NULL,                            NULL,           "RFC 2034 §3"  },
    {"8BITMIME",            NULL,                            NULL,           "RFC 6152 §2"  },
    {"DSN",                 NULL,                            NULL,           "RFC 3461 §4"  },
    {"SMTPUTF8",            offers_smtputf8,                 NULL,           "RFC 6531 §3.1"},
    {"CHUNKING",            NULL,                            NULL,           "RFC 3030 §2"  },
};

gboolean
mailsim_smtp_server_discards(const MailsimSmtpServer *server, const char *keyword)
{
    const char *list = server->options.discarded_keywords;
    g_auto(GStrv) words = NULL;

    if (list == NULL || list[0] == '\0')
        return FALSE;
    words = g_strsplit_set(list, ", \t", -1);
    for (guint i = 0; words[i] != NULL; i++) {
        if (g_ascii_strcasecmp(words[i], keyword) == 0)
            return TRUE;
    }
    return FALSE;
}

/* Any name is taken; what could be mistaken for something else in Received: and in a log
 * becomes a question mark, as does each octet of what nobody can read without SMTPUTF8. */
static char *
dup_harmless(const MailsimSmtpServer *server, const char *argument)
{
    char *name = g_strdup(argument);

    for (char *c = name; *c != '\0'; c++) {
        if (g_ascii_iscntrl(*c) || (server->options.smtputf8_disabled && (guchar)*c >= 0x80) ||
            strchr(" <>()\\\";@", *c) != NULL)
            *c = '?';
    }
    return name;
}

/* A new hello ends the transaction (RFC 5321 §4.1.4). NULL: welcome. */
static char *
take_hello(MailsimSmtpServer *server, const char *argument, gboolean esmtp)
{
    g_autofree char *name = dup_harmless(server, argument);
    char *refusal = mailsim_smtp_server_check(server, MAILSIM_STAGE_HELO, argument);

    if (refusal != NULL)
        return refusal;
    mailsim_smtp_server_reset_transaction(server);
    g_free(server->envelope.helo_name);
    server->envelope.helo_name = g_steal_pointer(&name);
    server->envelope.esmtp |= esmtp; /* once said, it holds: Postfix does not go back */
    return NULL;
}

static void
append_line(GString *out, const char *code, const GString *text)
{
    g_string_append(out, code);
    g_string_append_len(out, text->str, (gssize)text->len);
    g_string_append(out, "\r\n");
}

/* In the order and in the words of smtpd(8). ENHANCEDSTATUSCODES keeps it quiet, as
 * silent-discard does. */
static void
log_discarded(MailsimSmtpServer *server)
{
    static const struct {
        const char *keyword;
        const char *word;
    } keywords[] = {
        {"8BITMIME",   "8BITMIME"          },
        {"AUTH",       "AUTH"              },
        {"ETRN",       "ETRN"              },
        {"PIPELINING", "PIPELINING"        },
        {"SIZE",       "SIZE"              },
        {"VRFY",       "VRFY"              },
        {"XCLIENT",    "XCLIENT"           },
        {"XFORWARD",   "XFORWARD"          },
        {"STARTTLS",   "STARTTLS"          },
        {"DSN",        "DSN"               },
        {"SMTPUTF8",   "EHLO_MASK_SMTPUTF8"},
        {"CHUNKING",   "CHUNKING"          },
    };
    g_autoptr(GString) words = g_string_new(NULL);

    if (mailsim_smtp_server_discards(server, "silent-discard") ||
        mailsim_smtp_server_discards(server, "ENHANCEDSTATUSCODES"))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(keywords); i++) {
        if (mailsim_smtp_server_discards(server, keywords[i].keyword))
            g_string_append_printf(words, " %s", keywords[i].word);
    }
    if (words->len > 0)
        mailsim_smtp_server_log(server, "discarding EHLO keywords:%s", words->str);
}

MailsimWant
mailsim_smtp_server_do_ehlo(MailsimSmtpServer *server,
                            const MailsimSmtpCommand *command,
                            GString *out)
{
    g_autoptr(GString) last = g_string_new(server->options.hostname);
    g_autofree char *refusal = NULL;

    if (command->argument[0] == '\0')
        return reply(out, "501 Syntax: EHLO hostname");
    refusal = take_hello(server, command->argument, TRUE);
    if (refusal != NULL)
        return reply(out, refusal);

    log_discarded(server);
    for (guint i = 0; i < G_N_ELEMENTS(extensions); i++) {
        const Extension *extension = &extensions[i];
        g_autofree char *value = NULL;

        if ((extension->is_offered != NULL && !extension->is_offered(server)) ||
            mailsim_smtp_server_discards(server, extension->keyword))
            continue;
        if (extension->dup_value != NULL)
            value = extension->dup_value(server);
        append_line(out, "250-", last);
        g_string_assign(last, extension->keyword);
        if (value != NULL) {
            g_string_append_c(last, ' ');
            g_string_append(last, value);
        }
    }
    append_line(out, "250 ", last);
    return MAILSIM_WANT_LINE;
}

MailsimWant
mailsim_smtp_server_do_helo(MailsimSmtpServer *server,
                            const MailsimSmtpCommand *command,
                            GString *out)
{
    g_autofree char *refusal = NULL;

    if (command->argument[0] == '\0')
        return reply(out, "501 Syntax: HELO hostname");
    refusal = take_hello(server, command->argument, FALSE);
    if (refusal != NULL)
        return reply(out, refusal);
    g_string_append_printf(out, "250 %s\r\n", server->options.hostname);
    return MAILSIM_WANT_LINE;
}

gboolean
mailsim_smtp_server_get_extension(guint index, MailsimFeature *extension)
{
    if (index >= G_N_ELEMENTS(extensions))
        return FALSE;
    extension->name = extensions[index].keyword;
    extension->syntax = NULL;
    extension->reference = extensions[index].reference;
    return TRUE;
}
