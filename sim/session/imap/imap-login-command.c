/* SPDX-License-Identifier: MIT
 *
 * What may be said in IMAP before the login: the command table, and the handlers in its order.
 * Arguments that are too many are not looked at, except by LOGIN. */
#include "imap-login-private.h"

#include <string.h>

/* Dovecot's CLIENT_MAX_BAD_COMMANDS */
#define BAD_COMMANDS_MAX 3

static MailsimWant do_authenticate(MailsimImapLogin *imap, GString *out);
static MailsimWant do_capability(MailsimImapLogin *imap, GString *out);
static MailsimWant do_enable(MailsimImapLogin *imap, GString *out);
static MailsimWant do_id(MailsimImapLogin *imap, GString *out);
static MailsimWant do_login(MailsimImapLogin *imap, GString *out);
static MailsimWant do_logout(MailsimImapLogin *imap, GString *out);
static MailsimWant do_noop(MailsimImapLogin *imap, GString *out);
static MailsimWant do_starttls(MailsimImapLogin *imap, GString *out);

/* clang-format off */
static const MailsimImapLoginCommand commands[] = {
    {{"AUTHENTICATE", "AUTHENTICATE mechanism [response]", "RFC 3501 §6.2.2"}, do_authenticate},
    {{"CAPABILITY", "CAPABILITY", "RFC 3501 §6.1.1"},                          do_capability  },
    {{"ENABLE", "ENABLE capabilities", "RFC 5161 §3.1"},                       do_enable      },
    {{"ID", "ID parameters", "RFC 2971 §3.1"},                                 do_id          },
    {{"LOGIN", "LOGIN user password", "RFC 3501 §6.2.3"},                      do_login       },
    {{"LOGOUT", "LOGOUT", "RFC 3501 §6.1.3"},                                  do_logout      },
    {{"NOOP", "NOOP", "RFC 3501 §6.1.2"},                                      do_noop        },
    {{"STARTTLS", "STARTTLS", "RFC 3501 §6.2.1"},                              do_starttls    },
};
/* clang-format on */

gboolean
mailsim_imap_login_get_command(guint index, MailsimImapFeature *command)
{
    if (index >= G_N_ELEMENTS(commands))
        return FALSE;
    *command = commands[index].feature;
    return TRUE;
}

const MailsimImapLoginCommand *
mailsim_imap_login_find_command(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (g_ascii_strcasecmp(commands[i].feature.name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

gboolean
mailsim_imap_login_is_authenticate(const MailsimImapLoginCommand *command)
{
    return command != NULL && command->handle == do_authenticate;
}

/* ---- answers ----------------------------------------------------------------------------- */

static MailsimWant
reply(const MailsimImapLogin *imap, GString *out, const char *text)
{
    g_string_append_printf(out, "%s %s\r\n", imap->tag, text);
    return MAILSIM_WANT_TEXT;
}

static MailsimWant
reply_bad(const MailsimImapLogin *imap, GString *out, const char *problem)
{
    g_string_append_printf(out, "%s BAD %s\r\n", imap->tag, problem);
    return MAILSIM_WANT_TEXT;
}

MailsimWant
mailsim_imap_login_refuse_arguments(MailsimImapLogin *imap, GString *out)
{
    const gboolean id = imap->command != NULL && imap->command->handle == do_id;

    return reply_bad(imap, out, id ? "Invalid ID parameters" : imap->reader.problem);
}

MailsimWant
mailsim_imap_login_refuse_command(MailsimImapLogin *imap, GString *out)
{
    if (++imap->login.n_bad >= BAD_COMMANDS_MAX)
        return mailsim_login_disconnect(&imap->login, "Too many invalid commands",
                                        "Too many invalid IMAP commands.", out);
    if (g_ascii_strcasecmp(imap->tag, "LOGIN") == 0)
        return reply_bad(imap, out,
                         "First parameter in line is IMAP's command tag, not the command name. "
                         "Add that before the command, like: a login user pass");
    return reply_bad(imap, out, "Error in IMAP command received by server.");
}

/* ---- capabilities ------------------------------------------------------------------------ */

void
mailsim_imap_login_append_capabilities(const MailsimImapLogin *imap, GString *out)
{
    const MailsimLogin *login = &imap->login;
    g_auto(GStrv) mechanisms = mailsim_login_list_mechanisms(login);

    g_string_append(out, "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+");
    if (mailsim_login_find_tls_problem(login) == NULL)
        g_string_append(out, " STARTTLS");
    if (!mailsim_login_allows_password(login))
        g_string_append(out, " LOGINDISABLED");
    for (char **mechanism = mechanisms; *mechanism != NULL; mechanism++)
        g_string_append_printf(out, " AUTH=%s", *mechanism);
}

/* ---- commands ---------------------------------------------------------------------------- */

MailsimWant
mailsim_imap_login_authenticate(MailsimImapLogin *imap, const char *arguments, GString *out)
{
    gsize length = strcspn(arguments, " ");
    g_autofree char *mechanism = g_strndup(arguments, length);
    const char *response = arguments[length] == ' ' ? arguments + length + 1 : "";

    if (length == 0)
        return mailsim_imap_login_refuse_command(imap, out);
    return mailsim_login_authenticate(&imap->login, mechanism, response, out);
}

/* It is found in the table, and never called by it. */
static MailsimWant
do_authenticate(G_GNUC_UNUSED MailsimImapLogin *imap, G_GNUC_UNUSED GString *out)
{
    g_assert_not_reached();
}

static MailsimWant
do_capability(MailsimImapLogin *imap, GString *out)
{
    /* After STARTTLS everybody must ask. */
    if (!imap->login.under_tls || imap->login.options.tls_wrappermode)
        imap->capabilities_asked = TRUE;
    g_string_append(out, "* CAPABILITY ");
    mailsim_imap_login_append_capabilities(imap, out);
    g_string_append(out, "\r\n");
    return reply(imap, out,
                 "OK Pre-login capabilities listed, post-login capabilities have more.");
}

static MailsimWant
do_enable(MailsimImapLogin *imap, GString *out)
{
    g_string_append(out, "* ENABLED\r\n");
    return reply(imap, out, "OK ENABLE ignored in non-authenticated state.");
}

/* id-params-list = "(" *(string SP nstring) ")" / nil                     RFC 2971 §4 */
static gboolean
is_id(const MailsimImapArgument *argument)
{
    if (argument->kind != MAILSIM_IMAP_LIST)
        return argument->kind == MAILSIM_IMAP_NIL;
    for (guint i = 0; i < argument->items->len; i++) {
        const MailsimImapArgument *item = g_ptr_array_index(argument->items, i);

        if (item->kind != MAILSIM_IMAP_STRING && (item->kind != MAILSIM_IMAP_NIL || i % 2 == 0))
            return FALSE;
    }
    return TRUE;
}

static MailsimWant
do_id(MailsimImapLogin *imap, GString *out)
{
    const GPtrArray *arguments = imap->reader.arguments;

    if (arguments->len > 0 && !is_id(g_ptr_array_index(arguments, 0)))
        return reply_bad(imap, out, "Invalid ID parameters");
    g_string_append(out, "* ID (\"name\" \"Dovecot\")\r\n");
    return reply(imap, out, "OK ID completed.");
}

static MailsimWant
do_login(MailsimImapLogin *imap, GString *out)
{
    const GPtrArray *arguments = imap->reader.arguments;
    const MailsimImapArgument *user;
    const MailsimImapArgument *password;

    if (arguments->len != 2)
        return mailsim_imap_login_refuse_command(imap, out);
    user = g_ptr_array_index(arguments, 0);
    password = g_ptr_array_index(arguments, 1);
    if (user->kind == MAILSIM_IMAP_LIST || password->kind == MAILSIM_IMAP_LIST)
        return mailsim_imap_login_refuse_command(imap, out);
    if (mailsim_login_may_say_password(&imap->login, user->text))
        return mailsim_login_check_password(&imap->login, user->text, password->text, out);
    g_string_append(out, "* BAD [ALERT] Plaintext authentication not allowed without SSL/TLS, "
                         "but your client did it anyway. If anyone was listening, the password "
                         "was exposed.\r\n");
    return reply(imap, out,
                 "NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure "
                 "(SSL/TLS) connections.");
}

static MailsimWant
do_logout(MailsimImapLogin *imap, GString *out)
{
    g_string_append(out, "* BYE Logging out\r\n");
    reply(imap, out, "OK Logout completed.");
    return mailsim_login_disconnect(&imap->login, "Aborted login by logging out", NULL, out);
}

static MailsimWant
do_noop(MailsimImapLogin *imap, GString *out)
{
    return reply(imap, out, "OK NOOP completed.");
}

static MailsimWant
do_starttls(MailsimImapLogin *imap, GString *out)
{
    const char *problem = mailsim_login_find_tls_problem(&imap->login);

    if (problem != NULL)
        return reply_bad(imap, out, problem);
    reply(imap, out, "OK Begin TLS negotiation now.");
    return mailsim_login_want_tls(&imap->login, out);
}
