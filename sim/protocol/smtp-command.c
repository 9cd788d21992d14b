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

    g_free(parameter->text);
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
        parameter->text = g_strdup(words[i]);
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

/* Mailbox = Local-part "@" Domain        Quoted-string = DQUOTE *QcontentSMTP DQUOTE
 *                                                                       RFC 5321 §4.1.2 */
static gboolean
is_address(const char *address)
{
    const char *domain = strrchr(address, '@');
    gboolean quoted = FALSE;

    for (const char *c = address; *c != '\0'; c++) {
        if (*c == '"')
            quoted = !quoted;
        if ((guchar)*c < ' ' || (guchar)*c == 0x7f || (!quoted && strchr(" <>", *c) != NULL))
            return FALSE;
    }
    return domain == NULL || domain[1] != '\0';
}

/* The closing bracket, which a quoted local part may also contain; NULL: there is none. */
static const char *
find_closing_bracket(const char *text)
{
    gboolean quoted = FALSE;

    for (; *text != '\0'; text++) {
        if (*text == '"')
            quoted = !quoted;
        if (*text == '>' && !quoted)
            return text;
    }
    return NULL;
}

/* A-d-l = At-domain *( "," At-domain ) is to be accepted and ignored      RFC 5321 §4.1.1.3 */
static char *
dup_mailbox(const char *start, const char *end)
{
    g_autofree char *path = g_strstrip(g_strndup(start, (gsize)(end - start)));
    const char *colon = path[0] == '@' ? strchr(path, ':') : NULL;

    return g_strdup(colon != NULL ? colon + 1 : path);
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
        end = find_closing_bracket(argument);
        if (end == NULL || strchr(" \t", end[1]) == NULL)
            return MAILSIM_PATH_BAD_ADDRESS;
        address = dup_mailbox(argument, end);
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

char *
mailsim_smtp_mailbox_parse(const char *text)
{
    const char *end = text[0] == '<' ? find_closing_bracket(text + 1) : NULL;
    g_autofree char *address = NULL;

    if (end != NULL && end[1] == '\0')
        address = dup_mailbox(text + 1, end);
    else
        address = g_strdup(text);
    if (address[0] == '\0' || !is_address(address))
        return NULL;
    return g_steal_pointer(&address);
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
