/* SPDX-License-Identifier: MIT
 *
 * Reading replies line by line. */
#include <mailsim/protocol/smtp-reply.h>

#include <string.h>

#include <mailsim/base/limits.h>

MailsimSmtpReply *
mailsim_smtp_reply_new(void)
{
    MailsimSmtpReply *reply = g_new0(MailsimSmtpReply, 1);

    reply->lines = g_ptr_array_new_with_free_func(g_free);
    return reply;
}

void
mailsim_smtp_reply_free(MailsimSmtpReply *reply)
{
    if (reply == NULL)
        return;

    g_ptr_array_unref(reply->lines);
    g_free(reply);
}

/* Reply-line     = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF
 * Reply-code     = %x32-35 %x30-35 %x30-39                             RFC 5321 §4.2 */
static gboolean
parse_code(const char *line, guint *code)
{
    if (line[0] < '2' || line[0] > '5' || line[1] < '0' || line[1] > '5' ||
        !g_ascii_isdigit(line[2]))
        return FALSE;
    *code = (guint)(line[0] - '0') * 100 + (guint)(line[1] - '0') * 10 + (guint)(line[2] - '0');
    return line[3] == '\0' || line[3] == ' ' || line[3] == '-';
}

MailsimParse
mailsim_smtp_reply_add_line(MailsimSmtpReply *reply, const char *line)
{
    guint code;

    if (!parse_code(line, &code) || reply->lines->len >= MAILSIM_REPLY_LINES_MAX)
        return MAILSIM_PARSE_ERROR;
    if (reply->lines->len > 0 && code != reply->code)
        return MAILSIM_PARSE_ERROR;

    reply->code = code;
    g_ptr_array_add(reply->lines, g_strdup(line[3] == '\0' ? "" : line + 4));
    return line[3] == '-' ? MAILSIM_PARSE_NEED_MORE : MAILSIM_PARSE_DONE;
}

guint
mailsim_smtp_reply_get_class(const MailsimSmtpReply *reply)
{
    return reply->code / 100;
}

/* Postfix masks what would disturb a terminal, tabs too, and lets through what looks like
 * UTF-8: a first octet, and all that follow it. */
static void
mask_unprintable(char *text)
{
    for (guchar *at = (guchar *)text; *at != '\0'; at++) {
        if (*at >= 0xC2 && (at[1] & 0xC0) == 0x80) {
            while ((at[1] & 0xC0) == 0x80)
                at++;
        } else if (!g_ascii_isprint((char)*at)) {
            *at = '?';
        }
    }
}

char *
mailsim_smtp_reply_format(const MailsimSmtpReply *reply)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < reply->lines->len; i++) {
        const char *line = g_ptr_array_index(reply->lines, i);

        g_string_append_printf(text, "%s%u", i > 0 ? " " : "", reply->code);
        if (i + 1 < reply->lines->len || line[0] != '\0')
            g_string_append_printf(text, "%c%s", i + 1 < reply->lines->len ? '-' : ' ', line);
    }
    mask_unprintable(text->str);
    return g_string_free(text, FALSE);
}

static const char *
skip_digits(const char *text, guint at_most)
{
    guint n = 0;

    while (n < at_most && g_ascii_isdigit(text[n]))
        n++;
    return n > 0 ? text + n : NULL;
}

/* status-code = class "." subject "." detail; subject and detail of one to three digits.
 *                                                                       RFC 3463 §2 */
static gsize
measure_dsn(const char *text, char class)
{
    const char *end;

    if (text[0] != class || text[1] != '.')
        return 0;
    end = skip_digits(text + 2, 3);
    if (end == NULL || *end != '.')
        return 0;
    end = skip_digits(end + 1, 3);
    if (end == NULL || (*end != ' ' && *end != '\0'))
        return 0;
    return (gsize)(end - text);
}

char *
mailsim_smtp_reply_dup_dsn(const char *text)
{
    guint code;
    gsize length = 0;

    if (parse_code(text, &code)) {
        if (strlen(text) > 4)
            length = measure_dsn(text + 4, text[0]);
        if (length > 0)
            return g_strndup(text + 4, length);
        return g_strdup_printf("%c.0.0", text[0]);
    }
    if (text[0] != '\0')
        length = measure_dsn(text, text[0]);
    return length > 0 ? g_strndup(text, length) : NULL;
}
