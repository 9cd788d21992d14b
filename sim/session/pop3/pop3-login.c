/* SPDX-License-Identifier: MIT
 *
 * POP3 before anybody has logged in, as Dovecot's pop3-login answers: the command table, and
 * the handlers in its order. */
#include <mailsim/session/pop3-login.h>

#include <string.h>

#include "login-private.h"
#include "pop3-private.h"

/* Dovecot's CLIENT_MAX_BAD_COMMANDS */
#define BAD_COMMANDS_MAX 3

typedef struct {
    MailsimLogin login;
    MailsimPop3ServerOptions server; /* with strings of its own */
    GString *line;                   /* the one under way, as far as it has come */
    char *named;                     /* by USER; NULL: nobody */
} Pop3Login;

typedef MailsimWant (*Handler)(Pop3Login *pop3, const char *argument, GString *out);

typedef struct {
    MailsimPop3Feature feature;
    Handler handle;
} Command;

static MailsimWant do_capa(Pop3Login *pop3, const char *argument, GString *out);
static MailsimWant do_user(Pop3Login *pop3, const char *argument, GString *out);
static MailsimWant do_pass(Pop3Login *pop3, const char *argument, GString *out);
static MailsimWant do_auth(Pop3Login *pop3, const char *argument, GString *out);
static MailsimWant do_apop(Pop3Login *pop3, const char *argument, GString *out);
static MailsimWant do_stls(Pop3Login *pop3, const char *argument, GString *out);
static MailsimWant do_quit(Pop3Login *pop3, const char *argument, GString *out);

static const Command commands[] = {
    {{"CAPA", "CAPA", "RFC 2449 §5"},                    do_capa},
    {{"USER", "USER name", "RFC 1939 §7"},               do_user},
    {{"PASS", "PASS password", "RFC 1939 §7"},           do_pass},
    {{"AUTH", "AUTH mechanism response", "RFC 5034 §4"}, do_auth},
    {{"APOP", "APOP name digest", "RFC 1939 §7"},        do_apop},
    {{"STLS", "STLS", "RFC 2595 §4"},                    do_stls},
    {{"QUIT", "QUIT", "RFC 1939 §4"},                    do_quit},
};

gboolean
mailsim_pop3_login_get_command(guint index, MailsimPop3Feature *command)
{
    if (index >= G_N_ELEMENTS(commands))
        return FALSE;
    *command = commands[index].feature;
    return TRUE;
}

static MailsimWant
reply(GString *out, const char *text)
{
    g_string_append_printf(out, "%s\r\n", text);
    return MAILSIM_WANT_TEXT;
}

/* ---- commands ---------------------------------------------------------------------------- */

static MailsimWant
do_capa(Pop3Login *pop3, G_GNUC_UNUSED const char *argument, GString *out)
{
    MailsimLogin *login = &pop3->login;
    g_auto(GStrv) mechanisms = mailsim_login_list_mechanisms(login);
    const gboolean user =
        !login->options.disable_plaintext_auth || mailsim_login_is_secured(login);

    mailsim_pop3_append_capabilities(out, mailsim_login_find_tls_problem(login) == NULL, user,
                                     mechanisms);
    return MAILSIM_WANT_TEXT;
}

static MailsimWant
refuse_password(GString *out)
{
    return reply(out, "-ERR [AUTH] Plaintext authentication disallowed on non-secure "
                      "(SSL/TLS) connections.");
}

/* Whatever follows is the name, blanks and all. */
static MailsimWant
do_user(Pop3Login *pop3, const char *argument, GString *out)
{
    if (!mailsim_login_may_say_password(&pop3->login, argument))
        return refuse_password(out);
    g_free(pop3->named);
    pop3->named = g_strdup(argument);
    return reply(out, "+OK");
}

static MailsimWant
do_pass(Pop3Login *pop3, const char *argument, GString *out)
{
    g_autofree char *user = g_steal_pointer(&pop3->named);

    if (user != NULL)
        return mailsim_login_check_password(&pop3->login, user, argument, out);
    if (!mailsim_login_may_say_password(&pop3->login, NULL))
        return refuse_password(out);
    return reply(out, "-ERR No username given.");
}

static MailsimWant
list_mechanisms(Pop3Login *pop3, GString *out)
{
    g_auto(GStrv) mechanisms = mailsim_login_list_mechanisms(&pop3->login);

    reply(out, "+OK");
    for (char **mechanism = mechanisms; *mechanism != NULL; mechanism++)
        reply(out, *mechanism);
    return reply(out, ".");
}

static MailsimWant
do_auth(Pop3Login *pop3, const char *argument, GString *out)
{
    gsize length = strcspn(argument, " ");
    g_autofree char *mechanism = g_strndup(argument, length);
    const char *response = argument[length] == ' ' ? argument + length + 1 : "";

    if (length == 0)
        return list_mechanisms(pop3, out);
    return mailsim_login_authenticate(&pop3->login, mechanism, response, out);
}

/* Nobody has a greeting with a timestamp here. */
static MailsimWant
do_apop(Pop3Login *pop3, G_GNUC_UNUSED const char *argument, GString *out)
{
    mailsim_login_log_verbose(&pop3->login, "APOP failed: APOP not enabled");
    return reply(out, "-ERR APOP not enabled.");
}

static MailsimWant
do_stls(Pop3Login *pop3, G_GNUC_UNUSED const char *argument, GString *out)
{
    const char *problem = mailsim_login_find_tls_problem(&pop3->login);

    if (problem != NULL) {
        g_string_append_printf(out, "-ERR %s\r\n", problem);
        return MAILSIM_WANT_TEXT;
    }
    reply(out, "+OK Begin TLS negotiation now.");
    return mailsim_login_want_tls(&pop3->login, out);
}

static MailsimWant
do_quit(Pop3Login *pop3, G_GNUC_UNUSED const char *argument, GString *out)
{
    reply(out, "+OK Logging out");
    return mailsim_login_disconnect(&pop3->login, "Aborted login by logging out", NULL, out);
}

static MailsimWant
refuse_command(Pop3Login *pop3, GString *out)
{
    reply(out, "-ERR Unknown command.");
    if (++pop3->login.n_bad < BAD_COMMANDS_MAX)
        return MAILSIM_WANT_TEXT;
    return mailsim_login_disconnect(&pop3->login, "Disconnected: Too many bad commands",
                                    "Too many invalid bad commands.", out);
}

/* ---- as a login -------------------------------------------------------------------------- */

static Pop3Login *
get_pop3(MailsimLogin *login)
{
    return (Pop3Login *)login;
}

/* Who is in login_trusted_networks may speak for another (XCLIENT). */
static void
greet(MailsimLogin *login, GString *out)
{
    g_string_append_printf(out, "+OK %s%s\r\n", login->options.trusted ? "[XCLIENT] " : "",
                           login->options.greeting);
}

static MailsimWant
obey(Pop3Login *pop3, const char *line, GString *out)
{
    const char *argument;
    g_autofree char *name = mailsim_pop3_split_command(line, &argument);

    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (g_str_equal(commands[i].feature.name, name))
            return commands[i].handle(pop3, argument, out);
    }
    return refuse_command(pop3, out);
}

/* What follows the name is one word to Dovecot, with its CR; AUTH reads its own. */
static gboolean
fits(const GString *line, MailsimLineEnd line_end)
{
    gsize name_length = strcspn(line->str, " ");

    if (g_ascii_strncasecmp(line->str, "AUTH ", strlen("AUTH ")) == 0)
        return TRUE;
    if (name_length >= line->len)
        return name_length <= MAILSIM_LOGIN_WORD_MAX_BYTES + 1;
    return line->len - name_length - 1 + (line_end == MAILSIM_LINE_END_CRLF) <=
           MAILSIM_LOGIN_WORD_MAX_BYTES;
}

static MailsimWant
heard(MailsimLogin *login, const MailsimInput *input, GString *out)
{
    Pop3Login *pop3 = get_pop3(login);
    g_autofree char *line = NULL;

    mailsim_login_append_piece(pop3->line, input);
    if (!fits(pop3->line, input->line_end))
        return mailsim_login_disconnect(login, "Input buffer full",
                                        "Input buffer full, aborting", out);
    if (input->line_end == MAILSIM_LINE_END_NONE &&
        pop3->line->len <= MAILSIM_LOGIN_AUTH_MAX_BYTES)
        return MAILSIM_WANT_TEXT;
    line = g_strndup(pop3->line->str, pop3->line->len);
    g_string_truncate(pop3->line, 0);
    return obey(pop3, line, out);
}

static void
welcome(G_GNUC_UNUSED MailsimLogin *login, GString *out)
{
    reply(out, "+OK Logged in.");
}

static MailsimSession *
create_reader(MailsimLogin *login, MailsimMailStore *store)
{
    static const MailsimPop3ServerPolicy policy = {
        .get_now = mailsim_login_get_now_for_reader,
        .log = mailsim_login_log_for_reader,
    };

    return mailsim_pop3_server_new(&get_pop3(login)->server, store, &policy, login);
}

static void
free_pop3(MailsimLogin *login)
{
    Pop3Login *pop3 = get_pop3(login);

    g_free((char *)pop3->server.uidl_format);
    g_string_free(pop3->line, TRUE);
    g_free(pop3->named);
}

static const MailsimLoginProtocol protocol = {
    .refusals =
        {
                   [MAILSIM_LOGIN_WRONG] = "-ERR [AUTH]",
                   [MAILSIM_LOGIN_INVALID_BASE64] = "-ERR [AUTH]",
                   [MAILSIM_LOGIN_ALERT] = "-ERR [AUTH]",
                   [MAILSIM_LOGIN_NEEDS_TLS] = "-ERR [AUTH]",
                   [MAILSIM_LOGIN_ABORTED] = "-ERR",
                   [MAILSIM_LOGIN_TOO_MANY] = "-ERR [IN-USE]",
                   [MAILSIM_LOGIN_UNAVAILABLE] = "-ERR [SYS/TEMP]",
                   },
    .farewell = "-ERR",
    .greet = greet,
    .heard = heard,
    .welcome = welcome,
    .create_reader = create_reader,
    .free = free_pop3,
};

MailsimSession *
mailsim_pop3_login_new(const MailsimPop3LoginOptions *options,
                       const MailsimLoginPolicy *policy,
                       gpointer data)
{
    Pop3Login *pop3 = g_new0(Pop3Login, 1);

    mailsim_login_init(&pop3->login, &options->login, &protocol, policy, data);
    pop3->line = g_string_new(NULL);
    pop3->server = options->server;
    pop3->server.uidl_format = g_strdup(options->server.uidl_format);
    return &pop3->login.session;
}
