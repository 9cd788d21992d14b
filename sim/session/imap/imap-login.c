/* SPDX-License-Identifier: MIT
 *
 * IMAP before anybody has logged in, as Dovecot's imap-login reads it: word by word, so that
 * what is wrong with a line is said before it is over, and little is kept of who says much. */
#include <string.h>

#include "imap-login-private.h"

/* Dovecot's MAX_IMAP_LINE */
#define LINE_MAX_BYTES 8192

/* Dovecot's IMAP_TAG_MAX_LEN */
#define TAG_MAX_BYTES 127

#define NESTING_MAX 64

static MailsimImapLogin *
get_imap(MailsimLogin *login)
{
    return (MailsimImapLogin *)login;
}

/* ---- a command --------------------------------------------------------------------------- */

static void
forget_command(MailsimImapLogin *imap)
{
    mailsim_imap_reader_clear(&imap->reader);
    imap->command = NULL;
    imap->behind_literal = FALSE;
}

/* tag = 1*<any ASTRING-CHAR except "+">                       RFC 3501 §9; Dovecot: nor "]" */
static gboolean
is_tag(const char *text, gsize length)
{
    if (length == 0 || length > TAG_MAX_BYTES)
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isgraph(text[i]) || strchr("+](){%*\"\\", text[i]) != NULL)
            return FALSE;
    }
    return TRUE;
}

/* Octets up to a blank or the end of the line. */
static gsize
count_word(const GString *line, gsize start)
{
    gsize end = start;

    while (end < line->len && line->str[end] != ' ' && line->str[end] != '\r')
        end++;
    return end - start;
}

/* FALSE: it begins with no tag. */
static gboolean
read_names(MailsimImapLogin *imap)
{
    const GString *line = imap->line;
    gsize length = count_word(line, 0);
    const gboolean tagged = is_tag(line->str, length);
    gsize start = length + (length < line->len && line->str[length] == ' ');
    gsize name_length = count_word(line, start);
    g_autofree char *name = g_strndup(line->str + start, name_length);

    g_free(imap->tag);
    imap->tag = tagged ? g_strndup(line->str, length) : g_strdup("*");
    forget_command(imap);
    imap->command = mailsim_imap_login_find_command(name);
    mailsim_imap_reader_init(&imap->reader, 0);
    imap->reader.length_max = LINE_MAX_BYTES;
    imap->reader.nesting_max = NESTING_MAX;
    imap->reader.offset = start + name_length;
    return tagged;
}

static MailsimWant
begin_literal(MailsimImapLogin *imap)
{
    imap->behind_literal = TRUE;
    imap->in_literal = imap->reader.literal_size > 0;
    if (imap->in_literal)
        return MAILSIM_WANT_BYTES;
    mailsim_imap_reader_take_literal(&imap->reader, "", 0);
    return MAILSIM_WANT_TEXT;
}

static MailsimWant
obey_arguments(MailsimImapLogin *imap, gboolean cut, GString *out)
{
    MailsimImapReadResult result =
        mailsim_imap_reader_read(&imap->reader, imap->line->str, imap->line->len, cut);

    if (result != MAILSIM_IMAP_READ_TOO_BIG && imap->reader.invites)
        g_string_append(out, "+ OK\r\n");
    imap->behind_literal = FALSE;
    switch (result) {
    case MAILSIM_IMAP_READ_DONE:
        return imap->command != NULL ? imap->command->handle(imap, out)
                                     : mailsim_imap_login_refuse_command(imap, out);
    case MAILSIM_IMAP_READ_LITERAL:
        return begin_literal(imap);
    case MAILSIM_IMAP_READ_FAILED:
        return mailsim_imap_login_refuse_arguments(imap, out);
    case MAILSIM_IMAP_READ_TOO_BIG:
        return mailsim_login_disconnect(&imap->login, "Literal size too large",
                                        "Literal size too large", out);
    case MAILSIM_IMAP_READ_LINE:
        break; /* of who reads no literals */
    }
    g_assert_not_reached();
}

/* The line, or what there is of one that is too long. */
static MailsimWant
obey(MailsimImapLogin *imap, gboolean cut, GString *out)
{
    const char *arguments;

    if (imap->behind_literal)
        return obey_arguments(imap, cut, out);
    if (!read_names(imap))
        return mailsim_imap_login_refuse_command(imap, out);
    if (!mailsim_imap_login_is_authenticate(imap->command))
        return obey_arguments(imap, cut, out);
    arguments = imap->line->str + imap->reader.offset;
    return mailsim_imap_login_authenticate(imap, *arguments == ' ' ? arguments + 1 : arguments,
                                           out);
}

/* ---- a line ------------------------------------------------------------------------------ */

/* Does it begin with “a1 AUTHENTICATE ”, which is read as a whole? */
static gboolean
is_authentication(const MailsimImapLogin *imap)
{
    const GString *line = imap->line;
    gsize start = MIN(count_word(line, 0) + 1, line->len);
    g_autofree char *name = g_strndup(line->str + start, count_word(line, start));

    return !imap->behind_literal &&
           mailsim_imap_login_is_authenticate(mailsim_imap_login_find_command(name));
}

/* A line that is longer is not waited for. */
static gsize
count_line_max(const MailsimImapLogin *imap)
{
    return is_authentication(imap) ? MAILSIM_LOGIN_AUTH_MAX_BYTES : LINE_MAX_BYTES;
}

/* FALSE: a word is too long. */
static gboolean
take_piece(MailsimImapLogin *imap, const MailsimInput *input)
{
    gboolean fits = TRUE;

    for (gsize i = 0; i < input->length; i++) {
        imap->n_word = strchr(" ()", input->text[i]) != NULL ? 0 : imap->n_word + 1;
        fits = fits && imap->n_word <= MAILSIM_LOGIN_WORD_MAX_BYTES;
    }
    mailsim_login_append_piece(imap->line, input);
    return fits || is_authentication(imap);
}

static MailsimWant
finish_line(MailsimImapLogin *imap, gboolean whole, GString *out)
{
    MailsimWant want;

    imap->skips = !whole;
    want = obey(imap, imap->line->len > LINE_MAX_BYTES, out);
    g_string_truncate(imap->line, 0);
    imap->n_word = 0;
    return want;
}

static MailsimWant
hear_literal(MailsimImapLogin *imap, const MailsimInput *input, GString *out)
{
    imap->in_literal = FALSE;
    if (input->length > MAILSIM_LOGIN_WORD_MAX_BYTES)
        return mailsim_login_disconnect(&imap->login, "Input buffer full",
                                        "Input buffer full, aborting", out);
    mailsim_imap_reader_take_literal(&imap->reader, input->text, input->length);
    return MAILSIM_WANT_TEXT;
}

static MailsimWant
heard(MailsimLogin *login, const MailsimInput *input, GString *out)
{
    MailsimImapLogin *imap = get_imap(login);

    if (imap->in_literal)
        return hear_literal(imap, input, out);
    if (imap->skips) {
        imap->skips = input->line_end == MAILSIM_LINE_END_NONE;
        return MAILSIM_WANT_TEXT;
    }
    if (!take_piece(imap, input))
        return mailsim_login_disconnect(login, "Input buffer full",
                                        "Input buffer full, aborting", out);
    if (input->line_end == MAILSIM_LINE_END_NONE && imap->line->len <= count_line_max(imap))
        return MAILSIM_WANT_TEXT;
    return finish_line(imap, input->line_end != MAILSIM_LINE_END_NONE, out);
}

/* Of a literal that does not fit one octet too many is enough. */
static gsize
count_bytes(MailsimLogin *login)
{
    return MIN(get_imap(login)->reader.literal_size, MAILSIM_LOGIN_WORD_MAX_BYTES + 1);
}

/* ---- as a login -------------------------------------------------------------------------- */

static void
greet(MailsimLogin *login, GString *out)
{
    g_string_append(out, "* OK [CAPABILITY ");
    mailsim_imap_login_append_capabilities(get_imap(login), out);
    g_string_append_printf(out, "] %s\r\n", login->options.greeting);
}

static void
begin_answer(MailsimLogin *login, GString *out)
{
    g_string_append_printf(out, "%s ", get_imap(login)->tag);
}

/* Who has asked for capabilities once is told them on a line of their own. */
static void
welcome(MailsimLogin *login, GString *out)
{
    const MailsimImapLogin *imap = get_imap(login);
    const char *capabilities = mailsim_imap_server_get_capabilities();

    if (imap->capabilities_asked)
        g_string_append_printf(out, "* CAPABILITY %s\r\n%s OK Logged in\r\n", capabilities,
                               imap->tag);
    else
        g_string_append_printf(out, "%s OK [CAPABILITY %s] Logged in\r\n", imap->tag,
                               capabilities);
}

static MailsimSession *
create_reader(MailsimLogin *login, MailsimMailStore *store)
{
    static const MailsimImapServerPolicy policy = {
        .get_now = mailsim_login_get_now_for_reader,
        .log = mailsim_login_log_for_reader,
    };

    return mailsim_imap_server_new(&get_imap(login)->server, store, &policy, login);
}

static void
free_imap(MailsimLogin *login)
{
    MailsimImapLogin *imap = get_imap(login);

    forget_command(imap);
    g_string_free(imap->line, TRUE);
    g_free(imap->tag);
}

static const MailsimLoginProtocol protocol = {
    .refusals =
        {
                   [MAILSIM_LOGIN_WRONG] = "NO [AUTHENTICATIONFAILED]",
                   [MAILSIM_LOGIN_INVALID_BASE64] = "BAD",
                   [MAILSIM_LOGIN_ALERT] = "NO [ALERT]",
                   [MAILSIM_LOGIN_NEEDS_TLS] = "NO [PRIVACYREQUIRED]",
                   [MAILSIM_LOGIN_ABORTED] = "BAD",
                   [MAILSIM_LOGIN_TOO_MANY] = "NO [LIMIT]",
                   [MAILSIM_LOGIN_UNAVAILABLE] = "NO [UNAVAILABLE]",
                   },
    .farewell = "* BYE",
    .greet = greet,
    .heard = heard,
    .count_bytes = count_bytes,
    .begin_answer = begin_answer,
    .welcome = welcome,
    .create_reader = create_reader,
    .free = free_imap,
};

MailsimSession *
mailsim_imap_login_new(const MailsimImapLoginOptions *options,
                       const MailsimLoginPolicy *policy,
                       gpointer data)
{
    MailsimImapLogin *imap = g_new0(MailsimImapLogin, 1);

    mailsim_login_init(&imap->login, &options->login, &protocol, policy, data);
    imap->server = options->server;
    imap->line = g_string_new(NULL);
    return &imap->login.session;
}
