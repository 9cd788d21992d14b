/* SPDX-License-Identifier: MIT
 *
 * The client side of POP3: a mail program that gets what it has not yet, and may empty the
 * mailbox. Read the table first; the functions below follow in its order. A step with nothing
 * to say is skipped. */
#include "fetch-private.h"

#include <string.h>

#include <mailsim/protocol/pop3-reply.h>

static MailsimSaid say_capa(gpointer data, GString *out);
static MailsimHeard hear_capa(gpointer data, gconstpointer reply);
static MailsimSaid say_stls(gpointer data, GString *out);
static MailsimSaid say_auth(gpointer data, GString *out);
static MailsimSaid say_user(gpointer data, GString *out);
static MailsimSaid say_pass(gpointer data, GString *out);
static MailsimSaid say_stat(gpointer data, GString *out);
static MailsimHeard hear_stat(gpointer data, gconstpointer reply);
static MailsimSaid say_uidl(gpointer data, GString *out);
static MailsimHeard hear_uidl(gpointer data, gconstpointer reply);
static MailsimSaid say_retr(gpointer data, GString *out);
static MailsimHeard hear_retr(gpointer data, gconstpointer reply);
static MailsimSaid say_dele(gpointer data, GString *out);
static MailsimSaid say_quit(gpointer data, GString *out);

#define hear_tls    mailsim_fetch_client_hear_tls
#define hear_sasl   mailsim_fetch_client_hear_sasl
#define hear_login  mailsim_fetch_client_hear_login
#define needs_login mailsim_fetch_client_needs_login
#define find_wanted mailsim_fetch_client_find_wanted

/* “The maximum length of the initial response … is 255 octets” of a line (RFC 5034 §4, RFC 2449
 * §4); a longer one waits for a challenge. */
#define COMMAND_MAX_BYTES 255

#define LINES MAILSIM_STEP_LINES

/* clang-format off */
static const MailsimDialogueStep steps[] = {
    /* step  we say    they  we conclude flags  reference      patience */
    {NULL,   NULL,     "O",  NULL,       0,     "RFC 1939 §4", 0},
    {"CAPA", say_capa, "OE", hear_capa,  LINES, "RFC 2449 §5", 0},
    {"STLS", say_stls, "O",  hear_tls,   0,     "RFC 2595 §4", 0},
    {"CAPA", say_capa, "OE", hear_capa,  LINES, "RFC 2595 §4", 0},
    {"AUTH", say_auth, "O+", hear_sasl,  0,     "RFC 5034 §4", 0},
    {"USER", say_user, "O",  NULL,       0,     "RFC 1939 §7", 0},
    {"PASS", say_pass, "O",  hear_login, 0,     "RFC 1939 §7", 0},
    {"STAT", say_stat, "O",  hear_stat,  0,     "RFC 1939 §5", 0},
    {"UIDL", say_uidl, "O",  hear_uidl,  LINES, "RFC 1939 §7", 0},
    {"RETR", say_retr, "O",  hear_retr,  LINES, "RFC 1939 §5", 0},
    {"DELE", say_dele, "O",  NULL,       0,     "RFC 1939 §5", 0},
    {"QUIT", say_quit, "O",  NULL,       0,     "RFC 1939 §6", 0},
};
/* clang-format on */

static const MailsimDialogueTable table = {steps, G_N_ELEMENTS(steps),
                                           mailsim_fetch_client_hear_refusal};

typedef struct {
    MailsimFetchClient fetch;
    char *status;   /* the first line of the reply that is being read; NULL: none is */
    GString *lines; /* what has followed it, each with LF */
    guint64 n_messages;
    guint next_to_delete; /* of the messages */
} Client;

/* ---- replies ----------------------------------------------------------------------------- */

static MailsimParse
read_status(Client *client, const char *line, MailsimFetchReply *reply)
{
    static const char classes[] = {
        [MAILSIM_POP3_OK] = MAILSIM_FETCH_GOOD,
        [MAILSIM_POP3_ERROR] = MAILSIM_FETCH_ERROR,
        [MAILSIM_POP3_CHALLENGE] = MAILSIM_FETCH_CHALLENGE,
    };
    const MailsimDialogueStep *step = mailsim_dialogue_get_awaited(&client->fetch.dialogue);
    const char *text;
    const MailsimPop3Status status = mailsim_pop3_reply_parse(line, &text);

    if (status == MAILSIM_POP3_NO_REPLY)
        return MAILSIM_PARSE_ERROR;
    g_string_truncate(client->lines, 0);
    if (status == MAILSIM_POP3_OK && (step->flags & LINES) != 0) {
        client->status = g_strdup(line);
        return MAILSIM_PARSE_NEED_MORE;
    }
    reply->class = classes[status];
    reply->text = g_strdup(status == MAILSIM_POP3_CHALLENGE ? text : line);
    return MAILSIM_PARSE_DONE;
}

static MailsimParse
read_line(MailsimFetchClient *fetch, const MailsimInput *input, MailsimFetchReply *reply)
{
    Client *client = (Client *)fetch;

    if (client->status == NULL)
        return read_status(client, input->text, reply);
    if (mailsim_pop3_reply_append_line(client->lines, input->text, input->length))
        return MAILSIM_PARSE_NEED_MORE;
    reply->class = MAILSIM_FETCH_GOOD;
    reply->text = g_steal_pointer(&client->status);
    return MAILSIM_PARSE_DONE;
}

/* Take the next line of those that have come from *AT. FALSE: that was all. */
static gboolean
take_line(const char **at, char **line)
{
    const gsize length = strcspn(*at, "\n");

    g_clear_pointer(line, g_free);
    if (**at == '\0')
        return FALSE;
    *line = g_strndup(*at, length);
    *at += (*at)[length] == '\n' ? length + 1 : length;
    return TRUE;
}

/* ---- before the login -------------------------------------------------------------------- */

static MailsimSaid
say_capa(gpointer data, GString *out)
{
    MailsimFetchClient *fetch = data;

    if (fetch->capable)
        return MAILSIM_SAID_NOTHING;
    g_string_append(out, "CAPA\r\n");
    return MAILSIM_SAID_ALL;
}

/* A server that does not know CAPA is an old one, and there was nothing but USER then. */
static MailsimHeard
hear_capa(gpointer data, gconstpointer reply)
{
    Client *client = data;
    MailsimFetchClient *fetch = &client->fetch;
    const char *at = client->lines->str;
    g_autofree char *line = NULL;

    fetch->capable = TRUE;
    if (((const MailsimFetchReply *)reply)->class == MAILSIM_FETCH_ERROR)
        mailsim_fetch_client_learn(fetch, "USER", "");
    while (take_line(&at, &line)) {
        char *blank = strchr(line, ' ');

        if (blank != NULL)
            *blank = '\0';
        mailsim_fetch_client_learn(fetch, line, blank != NULL ? blank + 1 : "");
    }
    return MAILSIM_HEARD_NEXT;
}

static MailsimSaid
say_stls(gpointer data, GString *out)
{
    const MailsimSaid said = mailsim_fetch_client_say_tls(data, "STLS");

    if (said == MAILSIM_SAID_ALL)
        g_string_append(out, "STLS\r\n");
    return said;
}

/* ---- login ------------------------------------------------------------------------------- */

static MailsimSaid
say_auth(gpointer data, GString *out)
{
    MailsimFetchClient *fetch = data;
    g_autofree char *mechanism = NULL;
    gsize length;

    if (fetch->sasl_started)
        return mailsim_fetch_client_say_response(fetch, out);
    if (needs_login(fetch))
        mechanism =
            mailsim_fetch_client_start_sasl(fetch, mailsim_fetch_client_find(fetch, "SASL"));
    if (mechanism == NULL)
        return MAILSIM_SAID_NOTHING;
    length = strlen("AUTH  \r\n") + strlen(mechanism);
    g_string_append_printf(out, "AUTH %s", mechanism);
    mailsim_fetch_client_append_initial(
        fetch, COMMAND_MAX_BYTES - MIN(length, COMMAND_MAX_BYTES), out);
    g_string_append(out, "\r\n");
    return MAILSIM_SAID_ALL;
}

/* Where USER is not announced it may not be said, either (RFC 2449 §6.3), and PASS would be
 * heard by all: Dovecot announces neither in the clear with disable_plaintext_auth = yes. */
static MailsimSaid
say_user(gpointer data, GString *out)
{
    MailsimFetchClient *fetch = data;

    if (!needs_login(fetch))
        return MAILSIM_SAID_NOTHING;
    if (mailsim_fetch_client_find(fetch, "USER") == NULL) {
        mailsim_fetch_client_fail(fetch, MAILSIM_FETCH_FAILURE_LOGIN_DISABLED);
        return MAILSIM_SAID_GIVE_UP;
    }
    g_string_append_printf(out, "USER %s\r\n", fetch->user);
    return MAILSIM_SAID_ALL;
}

static MailsimSaid
say_pass(gpointer data, GString *out)
{
    const MailsimFetchClient *fetch = data;

    if (!needs_login(fetch))
        return MAILSIM_SAID_NOTHING;
    g_string_append_printf(out, "PASS %s\r\n", fetch->password);
    return MAILSIM_SAID_ALL;
}

/* ---- mail -------------------------------------------------------------------------------- */

static MailsimSaid
say_stat(G_GNUC_UNUSED gpointer data, GString *out)
{
    g_string_append(out, "STAT\r\n");
    return MAILSIM_SAID_ALL;
}

/* “+OK” SP number of messages SP their size. */
static MailsimHeard
hear_stat(gpointer data, gconstpointer reply)
{
    Client *client = data;
    const char *number = strchr(((const MailsimFetchReply *)reply)->text, ' ');

    if (number == NULL || !g_ascii_isdigit(number[1]))
        return mailsim_fetch_client_fail(&client->fetch, MAILSIM_FETCH_FAILURE_NO_REPLY);
    client->n_messages = g_ascii_strtoull(number + 1, NULL, 10);
    return MAILSIM_HEARD_NEXT;
}

static MailsimSaid
say_uidl(gpointer data, GString *out)
{
    const Client *client = data;

    if (client->n_messages == 0)
        return MAILSIM_SAID_NOTHING;
    g_string_append(out, "UIDL\r\n");
    return MAILSIM_SAID_ALL;
}

/* unique-id listing = message number SP unique-id                       RFC 1939 §7 */
static gboolean
take_listing(MailsimFetchClient *fetch, const char *line)
{
    char *end;
    const guint64 number = g_ascii_strtoull(line, &end, 10);

    if (!g_ascii_isdigit(line[0]) || number == 0 || number > G_MAXUINT32 || end[0] != ' ' ||
        end[1] == '\0')
        return FALSE;
    return mailsim_fetch_client_take_message(fetch, (guint32)number, g_strdup(end + 1), FALSE);
}

static MailsimHeard
hear_uidl(gpointer data, G_GNUC_UNUSED gconstpointer reply)
{
    Client *client = data;
    const char *at = client->lines->str;
    g_autofree char *line = NULL;

    while (take_line(&at, &line)) {
        if (!take_listing(&client->fetch, line))
            return mailsim_fetch_client_fail(&client->fetch, MAILSIM_FETCH_FAILURE_NO_REPLY);
    }
    return MAILSIM_HEARD_NEXT;
}

static MailsimSaid
say_retr(gpointer data, GString *out)
{
    guint32 number;

    if (find_wanted(data, &number) == NULL)
        return MAILSIM_SAID_NOTHING;
    g_string_append_printf(out, "RETR %u\r\n", number);
    return MAILSIM_SAID_MORE;
}

static MailsimHeard
hear_retr(gpointer data, G_GNUC_UNUSED gconstpointer reply)
{
    Client *client = data;
    guint32 number;
    MailsimFetchedMessage *message = find_wanted(&client->fetch, &number);

    message->content = g_bytes_new(client->lines->str, client->lines->len);
    client->fetch.next++;
    return MAILSIM_HEARD_NEXT;
}

/* Only what is safe here, and all of that. The server does it at QUIT (RFC 1939 §6). */
static MailsimSaid
say_dele(gpointer data, GString *out)
{
    Client *client = data;
    const MailsimFetchClient *fetch = &client->fetch;
    const GPtrArray *messages = fetch->result.messages;

    while (fetch->deletes && client->next_to_delete < messages->len) {
        const guint index = client->next_to_delete++;

        if (!mailsim_fetch_client_has(fetch, g_ptr_array_index(messages, index)))
            continue;
        g_string_append_printf(out, "DELE %u\r\n",
                               g_array_index(fetch->numbers, guint32, index));
        return MAILSIM_SAID_MORE;
    }
    return MAILSIM_SAID_NOTHING;
}

static MailsimSaid
say_quit(gpointer data, GString *out)
{
    const MailsimFetchClient *fetch = data;

    if (fetch->result.failure == MAILSIM_FETCH_FAILURE_NO_REPLY)
        return MAILSIM_SAID_NOTHING;
    g_string_append(out, "QUIT\r\n");
    return MAILSIM_SAID_ALL;
}

/* ---- life -------------------------------------------------------------------------------- */

static void
clear_client(MailsimFetchClient *fetch)
{
    Client *client = (Client *)fetch;

    g_free(client->status);
    g_string_free(client->lines, TRUE);
}

static const MailsimFetchProtocol protocol = {&table, read_line, clear_client};

MailsimFetchClient *
mailsim_pop3_client_new(const MailsimFetchOptions *options)
{
    Client *client = g_new0(Client, 1);

    client->lines = g_string_new(NULL);
    mailsim_fetch_client_init(&client->fetch, &protocol, options);
    return &client->fetch;
}
