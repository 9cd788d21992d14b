/* SPDX-License-Identifier: MIT
 *
 * Verbs and what follows them. The arguments with addresses are in smtp-path.c. */
#include <mailsim/protocol/smtp-command.h>

#include <string.h>

/* Vertical tab, form feed and CR part words for Postfix as blanks do. */
#define BLANKS " \t\v\f\r\n"

void
mailsim_smtp_command_parse(const char *line, MailsimSmtpCommand *command)
{
    gsize length;

    line += strspn(line, BLANKS);
    length = strcspn(line, BLANKS);
    command->verb = g_ascii_strup(line, (gssize)length);
    line += length;
    line += strspn(line, BLANKS);
    command->rest = g_strdup(line);
    length = strlen(line);
    while (length > 0 && strchr(BLANKS, line[length - 1]) != NULL)
        length--;
    command->argument = g_strndup(line, length);
}

void
mailsim_smtp_command_clear(MailsimSmtpCommand *command)
{
    g_clear_pointer(&command->verb, g_free);
    g_clear_pointer(&command->argument, g_free);
    g_clear_pointer(&command->rest, g_free);
}

/* xchar = any ASCII CHAR between "!" (33) and "~" (126) inclusive, except for "+" and "=";
 * hexchar = ASCII "+" immediately followed by two upper case hexadecimal digits
 *                                                                       RFC 3461 §4 */
void
mailsim_smtp_append_xtext(GString *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text >= '!' && *text <= '~' && *text != '+' && *text != '=')
            g_string_append_c(out, *text);
        else
            g_string_append_printf(out, "+%02X", (guchar)*text);
    }
}

char *
mailsim_smtp_decode_xtext(const char *xtext)
{
    GString *text = g_string_new(NULL);

    for (const char *c = xtext; *c != '\0'; c++) {
        if (*c == '+' && g_ascii_isxdigit(c[1]) && g_ascii_isxdigit(c[2])) {
            g_string_append_c(
                text, (char)(g_ascii_xdigit_value(c[1]) * 16 + g_ascii_xdigit_value(c[2])));
            c += 2;
        } else {
            g_string_append_c(text, *c);
        }
    }
    return g_string_free(text, FALSE);
}
