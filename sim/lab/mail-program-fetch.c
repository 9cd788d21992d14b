/* SPDX-License-Identifier: MIT
 *
 * A mail program that reads its mailbox, by IMAP or POP3: it looks up its incoming server,
 * connects as its account says, gets what it has not yet, and tells its user how it went. */
#include "host-private.h"

#include <string.h>

#include <mailsim/protocol/message.h>
#include <mailsim/session/fetch-client.h>

typedef struct {
    MailsimLab *lab;
    MailsimMailProgramDefinition *program;
    MailsimTls *tls;
    MailsimSaslLogin *login;
    MailsimFetchClient *client; /* lives in the connection */
} Fetch;

static void
free_fetch(Fetch *fetch)
{
    mailsim_mail_program_definition_free(fetch->program);
    mailsim_tls_unref(fetch->tls);
    mailsim_sasl_login_free(fetch->login);
    g_free(fetch);
}

/* ---- what it has already ----------------------------------------------------------------- */

static void
unref_ids(gpointer ids)
{
    g_ptr_array_unref(ids);
}

GHashTable *
mailsim_mail_programs_memory_new(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_ids);
}

/* The ids of messages that PROGRAM has fetched: a file on its machine. */
static GPtrArray *
get_known(MailsimLab *lab, const MailsimMailProgramDefinition *program)
{
    GPtrArray *known = g_hash_table_lookup(lab->fetched, program->name);

    if (known == NULL) {
        known = g_ptr_array_new_with_free_func(g_free);
        g_hash_table_insert(lab->fetched, g_strdup(program->name), known);
    }
    return known;
}

static guint
remember(const Fetch *fetch, const GPtrArray *messages)
{
    GPtrArray *known = get_known(fetch->lab, fetch->program);
    guint n_new = 0;

    for (guint i = 0; i < messages->len; i++) {
        const MailsimFetchedMessage *message = g_ptr_array_index(messages, i);

        if (message->content == NULL)
            continue;
        g_ptr_array_add(known, g_strdup(message->id));
        n_new++;
    }
    return n_new;
}

/* ---- what a listener looks for ----------------------------------------------------------- */

static void
add_addresses(GPtrArray *addresses, GBytes *content, const char *field)
{
    g_autoptr(GPtrArray) values = mailsim_message_list_values(content, field);

    for (guint i = 0; i < values->len; i++) {
        g_auto(GStrv) words = g_strsplit_set(g_ptr_array_index(values, i), " ,<>\t\n", -1);

        for (guint j = 0; words[j] != NULL; j++) {
            if (strchr(words[j], '@') != NULL)
                g_ptr_array_add(addresses, g_strdup(words[j]));
        }
    }
}

static void
append_body(GString *text, GBytes *content)
{
    gsize length;
    const char *bytes = g_bytes_get_data(content, &length);
    const char *end = g_strstr_len(bytes, (gssize)length, "\n\n");

    if (end != NULL)
        g_string_append_len(text, end + 2, bytes + length - end - 2);
}

static void
search_cable(const Fetch *fetch, MailsimHop *hop, const GPtrArray *messages)
{
    g_autoptr(GPtrArray) addresses = g_ptr_array_new_with_free_func(g_free);
    GString *text = g_string_new(NULL);
    g_autofree char *bodies = NULL;

    for (guint i = 0; i < messages->len; i++) {
        const MailsimFetchedMessage *message = g_ptr_array_index(messages, i);

        if (message->content == NULL)
            continue;
        append_body(text, message->content);
        add_addresses(addresses, message->content, "From");
        add_addresses(addresses, message->content, "To");
    }
    bodies = g_string_free(text, FALSE);
    mailsim_listener_search(hop, fetch->login != NULL ? fetch->program->password : NULL,
                            bodies[0] != '\0' ? bodies : NULL, addresses);
}

/* ---- the end ----------------------------------------------------------------------------- */

/* A refusal by the server is “rejected”; all else that kept the mailbox from being read is
 * “failed”. */
static MailsimEvent *
record_end(const Fetch *fetch, MailsimHop *hop, const char *status, const char *reason)
{
    MailsimEvent *event =
        mailsim_lab_record(fetch->lab, MAILSIM_EVENT_FETCHED, fetch->program->name,
                           hop != NULL ? (int)hop->index : -1);

    event->fetched.status = g_strdup(status);
    event->fetched.reason = g_strdup(reason);
    if (hop != NULL) {
        hop->status = g_strdup(status);
        hop->reply = g_strdup(reason);
    }
    return event;
}

static const char *
describe_failure(MailsimFetchFailure failure)
{
    switch (failure) {
    case MAILSIM_FETCH_FAILURE_TLS_NOT_OFFERED:
        return "the server does not offer TLS";
    case MAILSIM_FETCH_FAILURE_TLS_REFUSED:
        return "the server refused to start TLS";
    case MAILSIM_FETCH_FAILURE_TLS_HANDSHAKE:
        return "the TLS handshake failed";
    case MAILSIM_FETCH_FAILURE_CERTIFICATE:
        return "the server's certificate is not accepted";
    case MAILSIM_FETCH_FAILURE_LOGIN_DISABLED:
        return "the server takes no password here, and none was sent";
    case MAILSIM_FETCH_FAILURE_AUTH_BROKEN:
        return "the server's questions make no sense to the program";
    case MAILSIM_FETCH_FAILURE_NO_REPLY:
        return "what came was no answer of such a server";
    case MAILSIM_FETCH_FAILURE_TIMEOUT:
        return "the server did not answer in time";
    case MAILSIM_FETCH_FAILURE_NONE:
    case MAILSIM_FETCH_FAILURE_REPLY:
    case MAILSIM_FETCH_FAILURE_LOST:
        return "the connection was lost";
    }
    g_assert_not_reached();
}

static void
record_result(const Fetch *fetch, MailsimHop *hop)
{
    const MailsimFetchResult *result = mailsim_fetch_client_get_result(fetch->client);
    MailsimEvent *event;

    if (result->failure == MAILSIM_FETCH_FAILURE_NONE)
        event = record_end(fetch, hop, "fetched", NULL);
    else if (result->failure == MAILSIM_FETCH_FAILURE_REPLY)
        event = record_end(fetch, hop, "rejected", result->reply);
    else
        event = record_end(fetch, hop, "failed", describe_failure(result->failure));
    if (result->failure == MAILSIM_FETCH_FAILURE_TLS_NOT_OFFERED && hop->tls_failure == NULL)
        hop->tls_failure = g_strdup("starttls-not-supported");
    event->fetched.n_messages = result->messages->len;
    event->fetched.n_new = remember(fetch, result->messages);
    search_cable(fetch, hop, result->messages);
}

static void
finish(gpointer data, MailsimHop *hop, MailsimConnectionEnd end)
{
    Fetch *fetch = data;

    if (end == MAILSIM_CONNECTION_OVER)
        record_result(fetch, hop);
    else
        record_end(fetch, hop, "failed", mailsim_mail_program_describe_end(end));
    free_fetch(fetch);
}

/* ---- the conversation -------------------------------------------------------------------- */

static void
converse(Fetch *fetch, const char *address)
{
    const MailsimMailProgramDefinition *program = fetch->program;
    const MailsimEndpoint *endpoint = program->incoming;
    MailsimFetchOptions options = {
        .tls = mailsim_mail_program_get_tls(endpoint),
        .known = get_known(fetch->lab, program),
        .deletes = !program->keep,
        .timeout_us = mailsim_mail_program_get_patience(),
    };
    MailsimConnectionOptions connection = {.done = finish, .data = fetch};

    fetch->login = mailsim_mail_program_new_login(fetch->lab, program);
    if (fetch->login != NULL) {
        options.sasl = mailsim_sasl_login_get_client(fetch->login);
        options.user = program->user;
        options.password = program->password;
    }
    fetch->client = mailsim_protocol_of_port(endpoint->port) == MAILSIM_PROTOCOL_POP3
                        ? mailsim_pop3_client_new(&options)
                        : mailsim_imap_client_new(&options);
    mailsim_mail_program_prepare(fetch->lab, program, endpoint, address, &connection);
    fetch->tls = connection.tls;
    connection.session = mailsim_fetch_client_get_session(fetch->client);
    mailsim_connection_open(fetch->lab, &connection);
}

static void
connect_to(gpointer data, const MailsimDnsAnswer *answer)
{
    Fetch *fetch = data;

    if (answer->result == MAILSIM_DNS_FOUND) {
        converse(fetch, g_ptr_array_index(answer->records, 0));
        return;
    }
    record_end(fetch, NULL, "failed", "the server's name is not known");
    free_fetch(fetch);
}

void
mailsim_lab_fetch(MailsimLab *lab,
                  const MailsimMailProgramDefinition *program,
                  const MailsimSpan *span)
{
    const MailsimDnsQuestion question = {program->name, NULL, program->incoming->name, FALSE,
                                         NULL};
    Fetch *fetch = g_new0(Fetch, 1);

    lab->errand_span = span != NULL ? *span : (MailsimSpan){0};
    fetch->lab = lab;
    fetch->program = mailsim_mail_program_definition_copy(program);
    mailsim_dns_look_up_machine(lab, &question, connect_to, fetch);
}
