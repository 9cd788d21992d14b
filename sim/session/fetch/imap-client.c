/* SPDX-License-Identifier: MIT
 *
 * The client side of IMAP: a mail program that looks into its INBOX and gets what it has not
 * yet. Read the table first; the functions below follow in its order. A step with nothing to
 * say is skipped. What the server tells meanwhile is heard in imap-data.c. */
#include "fetch-private.h"

static MailsimHeard hear_greeting(gpointer data, gconstpointer reply);
static MailsimSaid say_capability(gpointer data, GString *out);
static MailsimHeard hear_capability(gpointer data, gconstpointer reply);
static MailsimSaid say_starttls(gpointer data, GString *out);
static MailsimSaid say_authenticate(gpointer data, GString *out);
static MailsimSaid say_login(gpointer data, GString *out);
static MailsimSaid say_select(gpointer data, GString *out);
static MailsimSaid say_list(gpointer data, GString *out);
static MailsimSaid say_fetch(gpointer data, GString *out);
static MailsimHeard hear_fetch(gpointer data, gconstpointer reply);
static MailsimSaid say_logout(gpointer data, GString *out);

#define hear_tls     mailsim_fetch_client_hear_tls
#define hear_sasl    mailsim_fetch_client_hear_sasl
#define hear_login   mailsim_fetch_client_hear_login
#define needs_login  mailsim_fetch_client_needs_login
#define find_wanted  mailsim_fetch_client_find_wanted
#define list_message mailsim_imap_client_list_message
#define keep_message mailsim_imap_client_keep_message

/* clang-format off */
static const MailsimDialogueStep steps[] = {
    /* step           we say            they  we conclude      flags  reference        patience */
    {NULL,            NULL,             "OP", hear_greeting,   0,     "RFC 3501 §7.1",   0},
    {"CAPABILITY",    say_capability,   "O",  hear_capability, 0,     "RFC 3501 §6.1.1", 0},
    {"STARTTLS",      say_starttls,     "O",  hear_tls,        0,     "RFC 3501 §6.2.1", 0},
    {"CAPABILITY",    say_capability,   "O",  hear_capability, 0,     "RFC 3501 §6.2.1", 0},
    {"AUTHENTICATE",  say_authenticate, "O+", hear_sasl,       0,     "RFC 3501 §6.2.2", 0},
    {"LOGIN",         say_login,        "O",  hear_login,      0,     "RFC 3501 §6.2.3", 0},
    {"SELECT",        say_select,       "O",  NULL,            0,     "RFC 3501 §6.3.1", 0},
    {"FETCH",         say_list,         "O",  NULL,            0,     "RFC 3501 §6.4.5", 0},
    {"UID FETCH",     say_fetch,        "O",  hear_fetch,      0,     "RFC 3501 §6.4.8", 0},
    {"LOGOUT",        say_logout,       "O",  NULL,            0,     "RFC 3501 §6.1.3", 0},
};
/* clang-format on */

static const MailsimDialogueTable table = {steps, G_N_ELEMENTS(steps),
                                           mailsim_fetch_client_hear_refusal};

/* Every command begins with a tag of its own. */
static void
append_tag(MailsimImapClient *client, GString *out)
{
    g_string_append_printf(out, "a%u ", ++client->n_commands);
}

static MailsimSaid
say(MailsimImapClient *client, const char *command, GString *out)
{
    append_tag(client, out);
    g_string_append_printf(out, "%s\r\n", command);
    return MAILSIM_SAID_ALL;
}

/* ---- before the login -------------------------------------------------------------------- */

static MailsimHeard
hear_greeting(gpointer data, gconstpointer reply)
{
    MailsimFetchClient *fetch = data;

    fetch->result.logged_in =
        ((const MailsimFetchReply *)reply)->class == MAILSIM_FETCH_PREAUTH;
    return MAILSIM_HEARD_NEXT;
}

static MailsimSaid
say_capability(gpointer data, GString *out)
{
    MailsimImapClient *client = data;

    return client->fetch.capable ? MAILSIM_SAID_NOTHING : say(client, "CAPABILITY", out);
}

static MailsimHeard
hear_capability(gpointer data, G_GNUC_UNUSED gconstpointer reply)
{
    ((MailsimFetchClient *)data)->capable = TRUE;
    return MAILSIM_HEARD_NEXT;
}

static MailsimSaid
say_starttls(gpointer data, GString *out)
{
    MailsimImapClient *client = data;
    const MailsimSaid said = mailsim_fetch_client_say_tls(&client->fetch, "STARTTLS");

    return said == MAILSIM_SAID_ALL ? say(client, "STARTTLS", out) : said;
}

/* ---- login ------------------------------------------------------------------------------- */

/* initial-response goes with the command where SASL-IR is announced (RFC 4959 §3). */
static MailsimSaid
say_authenticate(gpointer data, GString *out)
{
    MailsimImapClient *client = data;
    MailsimFetchClient *fetch = &client->fetch;
    g_autofree char *mechanism = NULL;

    if (fetch->sasl_started)
        return mailsim_fetch_client_say_response(fetch, out);
    if (needs_login(fetch))
        mechanism =
            mailsim_fetch_client_start_sasl(fetch, mailsim_fetch_client_find(fetch, "AUTH"));
    if (mechanism == NULL)
        return MAILSIM_SAID_NOTHING;
    append_tag(client, out);
    g_string_append_printf(out, "AUTHENTICATE %s", mechanism);
    if (mailsim_fetch_client_find(fetch, "SASL-IR") != NULL)
        mailsim_fetch_client_append_initial(fetch, G_MAXSIZE, out);
    g_string_append(out, "\r\n");
    return MAILSIM_SAID_ALL;
}

/* “A client MUST NOT issue a LOGIN command if the server advertises the LOGINDISABLED
 * capability” (RFC 3501 §6.2.3): the password would be heard all the same. */
static MailsimSaid
say_login(gpointer data, GString *out)
{
    MailsimImapClient *client = data;
    MailsimFetchClient *fetch = &client->fetch;

    if (!needs_login(fetch))
        return MAILSIM_SAID_NOTHING;
    if (mailsim_fetch_client_find(fetch, "LOGINDISABLED") != NULL) {
        mailsim_fetch_client_fail(fetch, MAILSIM_FETCH_FAILURE_LOGIN_DISABLED);
        return MAILSIM_SAID_GIVE_UP;
    }
    append_tag(client, out);
    g_string_append(out, "LOGIN ");
    mailsim_imap_append_quoted(out, fetch->user);
    g_string_append_c(out, ' ');
    mailsim_imap_append_quoted(out, fetch->password);
    g_string_append(out, "\r\n");
    return MAILSIM_SAID_ALL;
}

/* ---- mail -------------------------------------------------------------------------------- */

/* What was told of another mailbox, or of none, is not of this one. */
static MailsimSaid
say_select(gpointer data, GString *out)
{
    MailsimImapClient *client = data;

    client->n_messages = 0;
    client->uid_validity = 0;
    return say(client, "SELECT INBOX", out);
}

static MailsimSaid
say_list(gpointer data, GString *out)
{
    MailsimImapClient *client = data;

    if (client->n_messages == 0)
        return MAILSIM_SAID_NOTHING;
    client->hear_message = list_message;
    return say(client, "FETCH 1:* (UID FLAGS RFC822.SIZE)", out);
}

/* BODY[], not BODY.PEEK[]: it is read, and so \Seen. */
static MailsimSaid
say_fetch(gpointer data, GString *out)
{
    MailsimImapClient *client = data;
    g_autofree char *command = NULL;
    guint32 uid;

    if (find_wanted(&client->fetch, &uid) == NULL)
        return MAILSIM_SAID_NOTHING;
    client->hear_message = keep_message;
    command = g_strdup_printf("UID FETCH %u (BODY[])", uid);
    say(client, command, out);
    return MAILSIM_SAID_MORE;
}

/* Whether or not it has come: another program may have deleted it meanwhile. */
static MailsimHeard
hear_fetch(gpointer data, G_GNUC_UNUSED gconstpointer reply)
{
    ((MailsimFetchClient *)data)->next++;
    return MAILSIM_HEARD_NEXT;
}

/* Who has said BYE hears no more, and what is no IMAP server is not said goodbye to. */
static MailsimSaid
say_logout(gpointer data, GString *out)
{
    MailsimImapClient *client = data;

    client->hear_message = NULL;
    if (client->over || client->fetch.result.failure == MAILSIM_FETCH_FAILURE_NO_REPLY)
        return MAILSIM_SAID_NOTHING;
    return say(client, "LOGOUT", out);
}

/* ---- life -------------------------------------------------------------------------------- */

static void
clear_client(MailsimFetchClient *fetch)
{
    MailsimImapClient *client = (MailsimImapClient *)fetch;

    mailsim_imap_response_free(client->response);
    g_hash_table_unref(client->uids);
}

static const MailsimFetchProtocol protocol = {&table, mailsim_imap_client_read, clear_client};

MailsimFetchClient *
mailsim_imap_client_new(const MailsimFetchOptions *options)
{
    MailsimImapClient *client = g_new0(MailsimImapClient, 1);

    client->uids = g_hash_table_new(NULL, NULL);
    mailsim_fetch_client_init(&client->fetch, &protocol, options);
    return &client->fetch;
}
