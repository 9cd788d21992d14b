/* SPDX-License-Identifier: MIT
 *
 * Paths and ESMTP parameters. Words first, then the address in the first of them, then the
 * judgement, as Postfix 3.7 was seen to do it. */
#include <mailsim/protocol/smtp-path.h>

#include <string.h>

#include <mailsim/protocol/domain-name.h>

#include "address-token-private.h"

#define BLANKS " \t\v\f\r\n"

/* ---- words ------------------------------------------------------------------------------- */

/* From an opening quote or bracket to what closes it; brackets nest, quotes do not, and a
 * backslash takes away the meaning of the next byte. FALSE in CLOSED: the line ended first. */
static const char *
skip_quoted(const char *at, gboolean *closed)
{
    g_autoptr(GString) wanted = g_string_new(NULL);

    g_string_append_c(wanted, *at == '<' ? '>' : '"');
    for (at++; *at != '\0' && wanted->len > 0; at++) {
        char closing = wanted->str[wanted->len - 1];

        if (*at == '\\' && at[1] != '\0')
            at++;
        else if (*at == closing)
            g_string_truncate(wanted, wanted->len - 1);
        else if (*at == '"' || (*at == '<' && closing != '"'))
            g_string_append_c(wanted, *at == '<' ? '>' : '"');
    }
    *closed = wanted->len == 0;
    return at;
}

static gboolean
is_keyword(const char *start, const char *end)
{
    gsize length = (gsize)(end - start);

    return (length == strlen("to:") && g_ascii_strncasecmp(start, "to:", length) == 0) ||
           (length == strlen("from:") && g_ascii_strncasecmp(start, "from:", length) == 0);
}

/* The end of the word that begins at START. */
static const char *
skip_word(const char *start, gboolean *closed)
{
    const char *at = start;

    *closed = TRUE;
    while (*at != '\0' && strchr(BLANKS, *at) == NULL) {
        if (*at == '<' || *at == '"') {
            at = skip_quoted(at, closed);
            continue;
        }
        if (*at == '\\' && at[1] != '\0')
            at++;
        at++;
        if (at[-1] == ':' && is_keyword(start, at))
            break;
    }
    return at;
}

/* CLOSED, of the word at INDEX; may be NULL. */
static GStrv
split_words(const char *text, guint index, gboolean *closed)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();

    while (*(text += strspn(text, BLANKS)) != '\0') {
        gboolean this_closed;
        const char *end = skip_word(text, &this_closed);

        if (closed != NULL && words->len == index)
            *closed = this_closed;
        g_ptr_array_add(words, g_strndup(text, (gsize)(end - text)));
        text = end;
    }
    g_ptr_array_add(words, NULL);
    return (GStrv)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

GStrv
mailsim_smtp_split_words(const char *text)
{
    return split_words(text, 0, NULL);
}

/* ---- parameters -------------------------------------------------------------------------- */

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
static MailsimSmtpParameter *
make_parameter(const char *word)
{
    MailsimSmtpParameter *parameter = g_new0(MailsimSmtpParameter, 1);
    const char *equals = strchr(word, '=');

    parameter->text = g_strdup(word);
    parameter->name = g_ascii_strup(word, equals != NULL ? equals - word : -1);
    parameter->value = equals != NULL ? g_strdup(equals + 1) : NULL;
    return parameter;
}

static GPtrArray *
make_parameters(char **words)
{
    GPtrArray *parameters = g_ptr_array_new_with_free_func(free_parameter);

    for (; *words != NULL; words++)
        g_ptr_array_add(parameters, make_parameter(*words));
    return parameters;
}

/* RFC 6531 §3.4 */
static gboolean
offers_utf8(const MailsimSmtpPathOptions *options)
{
    return options->rules.utf8 && !options->utf8_withheld;
}

static gboolean
has_smtputf8(char **words)
{
    for (; *words != NULL; words++) {
        if (g_ascii_strcasecmp(*words, "SMTPUTF8") == 0)
            return TRUE;
    }
    return FALSE;
}

/* ---- the address ------------------------------------------------------------------------- */

/* TEXT as a refusal shows it: each control character a blank. UTF8: letters of other languages
 * stay, else each of their bytes is a blank too. */
static char *
make_printable(const char *text, gboolean utf8)
{
    gboolean letters_stay = utf8 && g_utf8_validate(text, -1, NULL);
    char *printable = g_strdup(text);

    for (char *c = printable; *c != '\0'; c++) {
        if (g_ascii_iscntrl(*c) || (!letters_stay && (guchar)*c >= 0x80))
            *c = ' ';
    }
    return printable;
}

/* Path = "<" [ A-d-l ":" ] Mailbox ">"; the route (A-d-l) is to be ignored
 *                                                              RFC 5321 §4.1.1.3, §4.1.2 */
static char *
dup_mailbox(const char *word)
{
    gsize length = strlen(word);
    gboolean bracketed = length >= 2 && word[0] == '<' && word[length - 1] == '>';
    g_autofree char *inside =
        bracketed ? g_strndup(word + 1, length - 2) : g_strndup(word, length);
    const char *colon = inside[0] == '@' ? strchr(inside, ':') : NULL;

    return g_strdup(colon != NULL ? colon + 1 : inside);
}

/* Can mail go there, whoever it is? Only in a transaction with SMTPUTF8 may the domain have
 * letters of other languages (RFC 6531 §3.4). */
static gboolean
is_possible(const char *address, const MailsimSmtpPathOptions *options, MailsimSmtpPath *path)
{
    g_auto(MailsimResolution) resolution = {0};
    const char *domain;

    if (address[0] == '\0') {
        path->resolved = g_strdup("");
        return TRUE;
    }
    mailsim_address_resolve(address, &options->rules, &resolution);
    if (resolution.bad)
        return FALSE;
    domain = strrchr(resolution.recipient, '@') + 1;
    if (!path->utf8 && (offers_utf8(options) ? mailsim_domain_name_needs_utf8(domain)
                                             : !g_str_is_ascii(domain)))
        return FALSE;
    path->resolved = g_steal_pointer(&resolution.recipient);
    path->routed = resolution.routed;
    return TRUE;
}

/* With STRICT, an address in angle brackets and nothing else. */
static gboolean
find_address(const char *word, const MailsimSmtpPathOptions *options, MailsimSmtpPath *path)
{
    g_autofree char *mailbox = dup_mailbox(word);
    g_auto(MailsimAddressList) list = {0};

    mailsim_address_list_parse(mailbox, &list);
    if (list.n_addresses > 1)
        return FALSE;
    if (options->strict && (list.n_other > 0 || word[0] != '<' || list.address[0] == '@'))
        return FALSE;
    if (!is_possible(list.address, options, path))
        return FALSE;
    path->text = make_printable(list.address, offers_utf8(options));
    path->address = g_steal_pointer(&list.address);
    path->written = g_strdup(word);
    return TRUE;
}

/* ---- the arguments ----------------------------------------------------------------------- */

/* Reverse-path = Path / "<>"                                     RFC 5321 §4.1.2 */
MailsimPathResult
mailsim_smtp_path_parse_with(const char *argument,
                             const char *keyword,
                             const MailsimSmtpPathOptions *options,
                             MailsimSmtpPath *path)
{
    gboolean closed = TRUE;
    g_auto(GStrv) words = split_words(argument, 1, &closed);
    g_autofree char *wanted = g_strconcat(keyword, ":", NULL);
    gboolean reverse = g_str_equal(keyword, "FROM");
    g_auto(MailsimSmtpPath) found = {0};

    path->written = NULL;
    if (g_strv_length(words) < 2 || g_ascii_strcasecmp(words[0], wanted) != 0)
        return MAILSIM_PATH_SYNTAX;
    found.utf8 = reverse ? offers_utf8(options) && has_smtputf8(words + 2) : options->utf8;
    if (!closed || !find_address(words[1], options, &found) ||
        (found.address[0] == '\0' && !reverse)) {
        path->written = closed ? g_strdup(words[1]) : NULL;
        return MAILSIM_PATH_BAD_ADDRESS;
    }
    found.parameters = make_parameters(words + 2);
    *path = found;
    found = (MailsimSmtpPath){0};
    return MAILSIM_PATH_OK;
}

/* vrfy = "VRFY" SP String                                        RFC 5321 §4.1.1.6 */
MailsimPathResult
mailsim_smtp_mailbox_parse_with(const char *argument,
                                const MailsimSmtpPathOptions *options,
                                MailsimSmtpPath *path)
{
    MailsimSmtpPathOptions lenient = *options;
    g_auto(GStrv) words = mailsim_smtp_split_words(argument);
    guint n_words = g_strv_length(words);
    g_autofree char *joined = NULL;
    g_auto(MailsimSmtpPath) found = {0};

    if (n_words > 0 && offers_utf8(options) && has_smtputf8(words + n_words - 1)) {
        g_clear_pointer(&words[n_words - 1], g_free);
        found.utf8 = TRUE;
    }
    if (words[0] == NULL)
        return MAILSIM_PATH_SYNTAX;
    lenient.strict = FALSE;
    joined = g_strjoinv(" ", words);
    if (!find_address(joined, &lenient, &found) || found.address[0] == '\0') {
        path->written = g_steal_pointer(&joined);
        return MAILSIM_PATH_BAD_ADDRESS;
    }
    found.parameters = g_ptr_array_new_with_free_func(free_parameter);
    *path = found;
    found = (MailsimSmtpPath){0};
    return MAILSIM_PATH_OK;
}

MailsimPathResult
mailsim_smtp_path_parse(const char *argument, const char *keyword, MailsimSmtpPath *path)
{
    const MailsimSmtpPathOptions options = {.rules = mailsim_rewrite_rules_default};

    return mailsim_smtp_path_parse_with(argument, keyword, &options, path);
}

char *
mailsim_smtp_mailbox_parse(const char *text)
{
    const MailsimSmtpPathOptions options = {.rules = mailsim_rewrite_rules_default};
    g_auto(MailsimSmtpPath) path = {0};

    if (mailsim_smtp_mailbox_parse_with(text, &options, &path) != MAILSIM_PATH_OK)
        return NULL;
    return g_steal_pointer(&path.address);
}

void
mailsim_smtp_path_clear(MailsimSmtpPath *path)
{
    g_clear_pointer(&path->address, g_free);
    g_clear_pointer(&path->text, g_free);
    g_clear_pointer(&path->written, g_free);
    g_clear_pointer(&path->resolved, g_free);
    g_clear_pointer(&path->parameters, g_ptr_array_unref);
}
