/* SPDX-License-Identifier: MIT
 *
 * What an IMAP server tells: the answers, by their tags, and what it says without being asked
 * or before it answers. Each kind of that has a row in a table; what has none tells the program
 * nothing that it wants to know. */
#include "fetch-private.h"

#include <string.h>

/* Of the parentheses of a FETCH: nothing that was asked for has so many. */
#define NESTING_MAX 32

/* ---- messages ---------------------------------------------------------------------------- */

/* The argument behind the atom NAME, which is of KIND; NULL: there is none. */
static const MailsimImapArgument *
find_item(const GPtrArray *items, const char *name, MailsimImapArgumentKind kind)
{
    for (guint i = 0; i + 1 < items->len; i += 2) {
        const MailsimImapArgument *key = g_ptr_array_index(items, i);
        const MailsimImapArgument *value = g_ptr_array_index(items, i + 1);

        if (key->kind == MAILSIM_IMAP_ATOM && g_ascii_strcasecmp(key->text, name) == 0)
            return value->kind == kind ? value : NULL;
    }
    return NULL;
}

/* 0: it is not said. */
static guint32
find_uid(const GPtrArray *items)
{
    const MailsimImapArgument *uid = find_item(items, "UID", MAILSIM_IMAP_ATOM);

    return uid != NULL ? (guint32)MIN(g_ascii_strtoull(uid->text, NULL, 10), G_MAXUINT32) : 0;
}

static gboolean
is_seen(const GPtrArray *items)
{
    const MailsimImapArgument *flags = find_item(items, "FLAGS", MAILSIM_IMAP_LIST);

    for (guint i = 0; flags != NULL && i < flags->items->len; i++) {
        const MailsimImapArgument *flag = g_ptr_array_index(flags->items, i);

        if (flag->kind == MAILSIM_IMAP_ATOM && g_ascii_strcasecmp(flag->text, "\\Seen") == 0)
            return TRUE;
    }
    return FALSE;
}

/* “UIDVALIDITY.UID”: with another UIDVALIDITY it is another message (RFC 3501 §2.3.1.1). */
gboolean
mailsim_imap_client_list_message(MailsimImapClient *client, const GPtrArray *items)
{
    const guint32 uid = find_uid(items);

    if (uid == 0 || !g_hash_table_add(client->uids, GUINT_TO_POINTER(uid)))
        return TRUE;
    return mailsim_fetch_client_take_message(
        &client->fetch, uid, g_strdup_printf("%u.%u", client->uid_validity, uid),
        is_seen(items));
}

/* CR LF becomes LF. */
static GBytes *
convert_lines(const char *text, gsize length)
{
    GString *lines = g_string_sized_new(length);

    for (gsize i = 0; i < length; i++) {
        if (text[i] != '\r' || i + 1 == length || text[i + 1] != '\n')
            g_string_append_c(lines, text[i]);
    }
    return g_string_free_to_bytes(lines);
}

gboolean
mailsim_imap_client_keep_message(MailsimImapClient *client, const GPtrArray *items)
{
    const MailsimImapArgument *body = find_item(items, "BODY[]", MAILSIM_IMAP_STRING);
    guint32 wanted;
    MailsimFetchedMessage *message = mailsim_fetch_client_find_wanted(&client->fetch, &wanted);

    if (body == NULL || message == NULL || message->content != NULL ||
        find_uid(items) != wanted)
        return TRUE;
    message->content = convert_lines(body->text, body->length);
    return TRUE;
}

/* ---- what is told ------------------------------------------------------------------------ */

/* “AUTH=PLAIN” is one of the mechanisms; all others are words by themselves. */
static void
learn_capabilities(MailsimImapClient *client, const char *list)
{
    MailsimFetchClient *fetch = &client->fetch;
    g_auto(GStrv) words = g_strsplit(list, " ", -1);
    g_autoptr(GString) mechanisms = g_string_new(NULL);

    g_hash_table_remove_all(fetch->capabilities);
    for (guint i = 0; words[i] != NULL; i++) {
        if (g_ascii_strncasecmp(words[i], "AUTH=", strlen("AUTH=")) == 0)
            g_string_append_printf(mechanisms, "%s%s", mechanisms->len > 0 ? " " : "",
                                   words[i] + strlen("AUTH="));
        else
            mailsim_fetch_client_learn(fetch, words[i], "");
    }
    if (mechanisms->len > 0)
        mailsim_fetch_client_learn(fetch, "AUTH", mechanisms->str);
    fetch->capable = TRUE;
}

/* resp-text-code = "CAPABILITY" … / "UIDVALIDITY" SP nz-number / … */
static void
learn_code(MailsimImapClient *client, const char *code)
{
    const char *argument = code != NULL ? strchr(code, ' ') : NULL;

    if (argument == NULL)
        return;
    if (g_ascii_strncasecmp(code, "CAPABILITY ", strlen("CAPABILITY ")) == 0)
        learn_capabilities(client, argument + 1);
    else if (g_ascii_strncasecmp(code, "UIDVALIDITY ", strlen("UIDVALIDITY ")) == 0)
        client->uid_validity = (guint32)g_ascii_strtoull(argument + 1, NULL, 10);
}

static gboolean
hear_status(MailsimImapClient *client, const MailsimImapResponse *response)
{
    learn_code(client, response->code);
    return TRUE;
}

static gboolean
hear_capability(MailsimImapClient *client, const MailsimImapResponse *response)
{
    learn_capabilities(client, response->data);
    return TRUE;
}

static gboolean
hear_exists(MailsimImapClient *client, const MailsimImapResponse *response)
{
    client->n_messages = response->number;
    return TRUE;
}

/* Other programs change flags meanwhile, and that is told, too. */
static gboolean
hear_fetch(MailsimImapClient *client, const MailsimImapResponse *response)
{
    g_autoptr(GPtrArray) arguments = NULL;
    const MailsimImapArgument *items;

    if (client->hear_message == NULL)
        return TRUE;
    arguments = mailsim_imap_arguments_parse(response->data, response->length, NESTING_MAX);
    if (arguments == NULL || arguments->len != 1)
        return FALSE;
    items = g_ptr_array_index(arguments, 0);
    return items->kind == MAILSIM_IMAP_LIST && client->hear_message(client, items->items);
}

/* It was asked for only by LOGOUT; else it is as good as an answer, and the last one. */
static gboolean
hear_bye(MailsimImapClient *client, const MailsimImapResponse *response)
{
    MailsimFetchClient *fetch = &client->fetch;
    const MailsimDialogueStep *step = mailsim_dialogue_get_awaited(&fetch->dialogue);

    client->over = TRUE;
    if (!mailsim_dialogue_is_goodbye(&fetch->dialogue, step))
        mailsim_fetch_client_refuse(fetch, step, response->text);
    return TRUE;
}

/* FALSE: that is not how it is told. */
static const struct {
    const char *name;
    gboolean (*hear)(MailsimImapClient *client, const MailsimImapResponse *response);
} untagged[] = {
    {"OK",         hear_status    }, /* RFC 3501 §7.1.1 */
    {"BYE",        hear_bye       }, /* RFC 3501 §7.1.5 */
    {"CAPABILITY", hear_capability}, /* RFC 3501 §7.2.1 */
    {"EXISTS",     hear_exists    }, /* RFC 3501 §7.3.1 */
    {"FETCH",      hear_fetch     }, /* RFC 3501 §7.4.2 */
};

static MailsimParse
hear_untagged(MailsimImapClient *client, const MailsimImapResponse *response)
{
    for (guint i = 0; i < G_N_ELEMENTS(untagged); i++) {
        if (g_str_equal(untagged[i].name, response->name))
            return untagged[i].hear(client, response) ? MAILSIM_PARSE_NEED_MORE
                                                      : MAILSIM_PARSE_ERROR;
    }
    return MAILSIM_PARSE_NEED_MORE;
}

/* ---- answers ----------------------------------------------------------------------------- */

static MailsimParse
conclude(const MailsimImapResponse *response, char class, MailsimFetchReply *reply)
{
    reply->class = class;
    reply->text = g_strdup(response->text);
    return MAILSIM_PARSE_DONE;
}

/* greeting = "*" SP (resp-cond-auth / resp-cond-bye) CRLF */
static MailsimParse
hear_greeting(MailsimImapClient *client,
              const MailsimImapResponse *response,
              MailsimFetchReply *reply)
{
    static const struct {
        const char *name;
        char class;
    } greetings[] = {
        {"OK",      MAILSIM_FETCH_GOOD   },
        {"PREAUTH", MAILSIM_FETCH_PREAUTH},
        {"BYE",     MAILSIM_FETCH_ERROR  },
    };

    for (guint i = 0; i < G_N_ELEMENTS(greetings); i++) {
        if (!g_str_equal(greetings[i].name, response->name))
            continue;
        learn_code(client, response->code);
        client->over = greetings[i].class == MAILSIM_FETCH_ERROR;
        return conclude(response, greetings[i].class, reply);
    }
    return MAILSIM_PARSE_ERROR;
}

static MailsimParse
hear_response(MailsimImapClient *client,
              const MailsimImapResponse *response,
              MailsimFetchReply *reply)
{
    const MailsimDialogueStep *step = mailsim_dialogue_get_awaited(&client->fetch.dialogue);
    g_autofree char *tag = g_strdup_printf("a%u", client->n_commands);

    if (g_str_equal(response->tag, "+"))
        return conclude(response, MAILSIM_FETCH_CHALLENGE, reply);
    if (g_str_equal(response->tag, "*"))
        return step->say == NULL ? hear_greeting(client, response, reply)
                                 : hear_untagged(client, response);
    if (!g_str_equal(response->tag, tag))
        return MAILSIM_PARSE_ERROR;
    learn_code(client, response->code);
    return conclude(
        response, g_str_equal(response->name, "OK") ? MAILSIM_FETCH_GOOD : MAILSIM_FETCH_ERROR,
        reply);
}

MailsimParse
mailsim_imap_client_read(MailsimFetchClient *fetch,
                         const MailsimInput *input,
                         MailsimFetchReply *reply)
{
    MailsimImapClient *client = (MailsimImapClient *)fetch;
    g_autoptr(MailsimImapResponse) response = g_steal_pointer(&client->response);
    MailsimParse parse;

    if (response == NULL)
        response = mailsim_imap_response_new();
    parse = mailsim_imap_response_add_line(response, input->text, input->length,
                                           input->line_end == MAILSIM_LINE_END_CRLF ? "\r\n"
                                                                                    : "\n");
    if (parse == MAILSIM_PARSE_DONE)
        return hear_response(client, response, reply);
    client->response = g_steal_pointer(&response);
    return parse;
}
