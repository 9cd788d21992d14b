/* SPDX-License-Identifier: MIT
 *
 * Verbs, paths and ESMTP parameters. Postfix accepts what RFC 5321 forbids (blanks after the
 * colon, a missing bracket pair), because mail programs send it; so does this parser. */
#include <mailsim/protocol/smtp-command.h>

#include <string.h>

void
mailsim_smtp_command_parse(const char *line, MailsimSmtpCommand *command)
{
    gsize length;

    while (g_ascii_isspace(*line))
        line++;
    length = strcspn(line, " \t");
    command->verb = g_ascii_strup(line, (gssize)length);
    command->argument = g_strstrip(g_strdup(line + length));
}

void
mailsim_smtp_command_clear(MailsimSmtpCommand *command)
{
    g_clear_pointer(&command->verb, g_free);
    g_clear_pointer(&command->argument, g_free);
}

static void
free_parameter(gpointer data)
{
    MailsimSmtpParameter *parameter = data;

    g_free(parameter->name);
    g_free(parameter->value);
    g_free(parameter);
}

/* esmtp-param = esmtp-keyword ["=" esmtp-value]                  RFC 5321 §4.1.2 */
static GPtrArray *
parse_parameters(const char *text)
{
    GPtrArray *parameters = g_ptr_array_new_with_free_func(free_parameter);
    g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);

    for (guint i = 0; words[i] != NULL; i++) {
        MailsimSmtpParameter *parameter;
        const char *equals;

        if (words[i][0] == '\0')
            continue;
        equals = strchr(words[i], '=');
        parameter = g_new0(MailsimSmtpParameter, 1);
        if (equals != NULL) {
            parameter->name = g_ascii_strup(words[i], equals - words[i]);
            parameter->value = g_strdup(equals + 1);
        } else {
            parameter->name = g_ascii_strup(words[i], -1);
        }
        g_ptr_array_add(parameters, parameter);
    }
    return parameters;
}

static gboolean
is_address(const char *address)
{
    const char *domain = strrchr(address, '@');

    if (address[0] == '\0')
        return TRUE;
    for (const char *c = address; *c != '\0'; c++) {
        if ((guchar)*c <= ' ' || *c == '<' || *c == '>' || (guchar)*c == 0x7f)
            return FALSE;
    }
    return domain == NULL || (domain != address && domain[1] != '\0');
}

/* Reverse-path = Path / "<>"        Path = "<" [ A-d-l ":" ] Mailbox ">"   RFC 5321 §4.1.2 */
MailsimPathResult
mailsim_smtp_path_parse(const char *argument, const char *keyword, MailsimSmtpPath *path)
{
    gsize length = strlen(keyword);
    const char *end;
    g_autofree char *address = NULL;

    if (g_ascii_strncasecmp(argument, keyword, length) != 0 || argument[length] != ':')
        return MAILSIM_PATH_SYNTAX;
    argument += length + 1;
    while (g_ascii_isspace(*argument))
        argument++;
    if (*argument == '\0')
        return MAILSIM_PATH_SYNTAX;

    if (*argument == '<') {
        argument++;
        end = strchr(argument, '>');
        if (end == NULL)
            return MAILSIM_PATH_BAD_ADDRESS;
        address = g_strndup(argument, (gsize)(end - argument));
        end++;
    } else {
        end = argument + strcspn(argument, " \t");
        address = g_strndup(argument, (gsize)(end - argument));
    }
    if (!is_address(address) || (address[0] == '\0' && g_str_equal(keyword, "TO")))
        return MAILSIM_PATH_BAD_ADDRESS;

    path->address = g_steal_pointer(&address);
    path->parameters = parse_parameters(end);
    return MAILSIM_PATH_OK;
}

void
mailsim_smtp_path_clear(MailsimSmtpPath *path)
{
    g_clear_pointer(&path->address, g_free);
    g_clear_pointer(&path->parameters, g_ptr_array_unref);
}
