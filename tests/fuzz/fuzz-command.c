/* SPDX-License-Identifier: MIT
 *
 * Any bytes as command lines: nothing may crash, nothing of a line is lost or made up, and the
 * words after an address are the words of the line. */
#include <string.h>

#include <mailsim/protocol/smtp-command.h>

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

#define LINE_MAX_BYTES 2048
#define BLANKS         " \t\v\f\r\n"

static void
check_words(const char *text, const GStrv words)
{
    for (guint i = 0; words[i] != NULL; i++) {
        text += strspn(text, BLANKS);
        g_assert_cmpuint(strlen(words[i]), >, 0);
        g_assert_true(g_str_has_prefix(text, words[i]));
        text += strlen(words[i]);
    }
    g_assert_cmpuint(strspn(text, BLANKS), ==, strlen(text));
}

static void
check_path(const char *argument, const char *keyword, const GStrv words)
{
    g_auto(MailsimSmtpPath) path = {0};

    if (mailsim_smtp_path_parse(argument, keyword, &path) != MAILSIM_PATH_OK)
        return;
    g_assert_cmpstr(path.written, ==, words[1]);
    g_assert_cmpuint(path.parameters->len, ==, g_strv_length(words) - 2);
    for (guint i = 0; i < path.parameters->len; i++) {
        const MailsimSmtpParameter *parameter = g_ptr_array_index(path.parameters, i);
        const char *equals = strchr(words[i + 2], '=');

        g_assert_cmpstr(parameter->text, ==, words[i + 2]);
        g_assert_cmpstr(parameter->value, ==, equals != NULL ? equals + 1 : NULL);
        g_assert_cmpuint(strlen(parameter->name), <=, strlen(words[i + 2]));
    }
}

static void
check_line(const char *line)
{
    g_auto(MailsimSmtpCommand) command = {0};
    g_auto(GStrv) words = NULL;
    g_autofree char *address = NULL;
    g_autofree char *xtext = NULL;
    GString *out = g_string_new(NULL);

    mailsim_smtp_command_parse(line, &command);
    g_assert_null(strpbrk(command.verb, BLANKS));
    g_assert_true(g_str_has_prefix(command.rest, command.argument));
    g_assert_true(g_str_has_suffix(line, command.rest));
    g_assert_cmpuint(strspn(command.argument, BLANKS), ==, 0);

    words = mailsim_smtp_split_words(command.rest);
    check_words(command.rest, words);
    check_path(command.rest, "FROM", words);
    check_path(command.rest, "TO", words);
    address = mailsim_smtp_mailbox_parse(command.rest);
    /* A bracket that is missing is added, and a blank between two words. */
    g_assert_true(address == NULL ||
                  strlen(address) <= strlen(command.rest) + g_strv_length(words) + 1);

    mailsim_smtp_append_xtext(out, command.rest);
    xtext = g_string_free(out, FALSE);
    g_assert_null(strpbrk(xtext, BLANKS "="));
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (strlen(lines[i]) <= LINE_MAX_BYTES)
            check_line(lines[i]);
    }
    return 0;
}
