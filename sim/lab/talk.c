/* SPDX-License-Identifier: MIT
 *
 * A person at some machine types lines to a server: the name is looked up and a connection
 * opened as by any program, and what is said on it is a typist's. */
#include "host-private.h"

#include <string.h>

#include <mailsim/base/sasl-response.h>
#include <mailsim/session/typist.h>

typedef struct {
    MailsimLab *lab;
    const MailsimTalk *talk; /* borrowed */
    MailsimTls *tls;
    MailsimTypist *typist; /* lives in the connection */
} Talk;

static void
free_talk(Talk *talk)
{
    mailsim_tls_unref(talk->tls);
    g_free(talk);
}

/* ---- the end ----------------------------------------------------------------------------- */

static gpointer
copy_string(gconstpointer string, G_GNUC_UNUSED gpointer data)
{
    return g_strdup(string);
}

static void
keep_heard(const Talk *talk)
{
    const GPtrArray *heard = mailsim_typist_get_heard(talk->typist);

    for (guint i = 0; i < heard->len; i++) {
        GPtrArray *copy = g_ptr_array_copy(g_ptr_array_index(heard, i), copy_string, NULL);

        g_ptr_array_set_free_func(copy, g_free);
        g_ptr_array_add(talk->talk->heard, copy);
    }
}

/* The user who logged in on this hop; NULL: nobody did. */
static const MailsimUser *
find_login(const Talk *talk, const MailsimHost *host, const MailsimHop *hop)
{
    const GPtrArray *events = talk->lab->recording->events;

    for (guint i = 0; i < events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(events, i);

        if (event->kind == MAILSIM_EVENT_LOGIN && event->hop == (int)hop->index &&
            event->login.accepted)
            return mailsim_host_find_user(host, event->login.user);
    }
    return NULL;
}

static char *
dup_unquoted(const char *word)
{
    const gsize length = strlen(word);

    return length >= 2 && word[0] == '"' && word[length - 1] == '"'
               ? g_strndup(word + 1, length - 2)
               : g_strdup(word);
}

/* IMAP's “a1 LOGIN ana melocoton”, POP3's USER and PASS: BEFORE is whom USER has named. FALSE:
 * it is none of these. */
static gboolean
read_plain_login(const char *line, char **before, char **name, char **password)
{
    g_auto(GStrv) words = g_strsplit(line, " ", -1);
    const guint n_words = g_strv_length(words);

    if (n_words == 4 && g_ascii_strcasecmp(words[1], "LOGIN") == 0) {
        *name = dup_unquoted(words[2]);
        *password = dup_unquoted(words[3]);
        return TRUE;
    }
    if (n_words != 2)
        return FALSE;
    if (g_ascii_strcasecmp(words[0], "USER") == 0) {
        g_free(*before);
        *before = g_strdup(words[1]);
        return TRUE;
    }
    if (g_ascii_strcasecmp(words[0], "PASS") != 0)
        return FALSE;
    *name = g_steal_pointer(before);
    *password = g_strdup(words[1]);
    return TRUE;
}

/* One that is right, whether or not the server has taken it: whoever listens has it. */
static const char *
find_typed_password(const Talk *talk, const MailsimHost *host)
{
    g_autofree char *before = NULL; /* what the last line said that LOGIN may go on from */

    for (guint i = 0; i < talk->talk->lines->len; i++) {
        const char *line = g_ptr_array_index(talk->talk->lines, i);
        const char *space = strrchr(line, ' ');
        const char *word = space != NULL ? space + 1 : line;
        g_autofree char *name = NULL;
        g_autofree char *password = NULL;
        const MailsimUser *user;

        if (!read_plain_login(line, &before, &name, &password) &&
            !mailsim_sasl_response_read_plain(word, &name, &password)) {
            name = g_steal_pointer(&before);
            mailsim_sasl_response_read_login(word, &name, &password);
            before = g_strdup(password != NULL ? password : name);
        }
        user = name != NULL ? mailsim_host_find_user(host, name) : NULL;
        if (user != NULL && password != NULL && g_strcmp0(user->password, password) == 0)
            return user->password;
    }
    return NULL;
}

/* The password that was said on this hop; NULL: none that anybody has. */
static const char *
find_password(const Talk *talk, const MailsimHop *hop)
{
    const MailsimHost *host = mailsim_lab_find_host(talk->lab, hop->to);
    const MailsimUser *user = find_login(talk, host, hop);

    return user != NULL ? user->password : find_typed_password(talk, host);
}

/* Those whom the server has taken a message for on this hop. */
static GPtrArray *
list_recipients(const Talk *talk, const MailsimHop *hop)
{
    const GPtrArray *events = talk->lab->recording->events;
    GPtrArray *recipients = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(events, i);
        g_auto(GStrv) words = NULL;

        if (event->kind != MAILSIM_EVENT_QUEUED || event->hop != (int)hop->index)
            continue;
        words = g_strsplit(event->queued.recipients, ", ", -1);
        for (guint j = 0; words[j] != NULL; j++)
            g_ptr_array_add(recipients, g_strdup(words[j]));
    }
    return recipients;
}

/* What was typed between DATA and the lone dot, below the header; NULL: nothing was. */
static char *
dup_body(const Talk *talk)
{
    GString *typed = g_string_new("\n");
    char *body = NULL;
    const char *start;

    for (guint i = 0; i < talk->talk->lines->len; i++)
        g_string_append_printf(typed, "%s\n",
                               (const char *)g_ptr_array_index(talk->talk->lines, i));
    start = strstr(typed->str, "\nDATA\n");
    start = start != NULL ? strstr(start, "\n\n") : NULL;
    if (start != NULL) {
        const char *end = strstr(start, "\n.\n");

        body =
            end != NULL ? g_strndup(start + 2, (gsize)(end - start - 1)) : g_strdup(start + 2);
    }
    g_string_free(typed, TRUE);
    return body;
}

static void
search_cable(const Talk *talk, MailsimHop *hop)
{
    g_autoptr(GPtrArray) recipients = list_recipients(talk, hop);
    g_autofree char *body = recipients->len > 0 ? dup_body(talk) : NULL;

    mailsim_listener_search(hop, find_password(talk, hop), body, recipients);
}

static void
finish(gpointer data, MailsimHop *hop, MailsimConnectionEnd end)
{
    Talk *talk = data;

    if (end == MAILSIM_CONNECTION_OVER) {
        keep_heard(talk);
        search_cable(talk, hop);
    }
    free_talk(talk);
}

/* ---- the conversation -------------------------------------------------------------------- */

static MailsimTypistMode
get_mode(MailsimEndpointMode mode)
{
    switch (mode) {
    case MAILSIM_ENDPOINT_CLEAR:
        return MAILSIM_TYPIST_CLEAR;
    case MAILSIM_ENDPOINT_STARTTLS_IF_OFFERED:
    case MAILSIM_ENDPOINT_STARTTLS:
        return MAILSIM_TYPIST_STARTTLS;
    case MAILSIM_ENDPOINT_TLS:
        return MAILSIM_TYPIST_TLS;
    }
    g_assert_not_reached();
}

/* The address of the machine at which the person sits. */
static const char *
find_own_address(const MailsimLab *lab, const char *name, gboolean *is_mail_program)
{
    const MailsimHost *host = mailsim_lab_find_host((MailsimLab *)lab, name);
    const GPtrArray *programs = lab->world->mail_programs;

    *is_mail_program = host == NULL;
    if (host != NULL)
        return g_ptr_array_index(host->definition->addresses, 0);
    for (guint i = 0; i < programs->len; i++) {
        const MailsimMailProgramDefinition *program = g_ptr_array_index(programs, i);

        if (g_str_equal(program->name, name))
            return program->address;
    }
    g_assert_not_reached();
}

static void
converse(Talk *talk, const char *address)
{
    const MailsimEndpoint *endpoint = talk->talk->endpoint;
    MailsimConnectionOptions connection = {
        .from = talk->talk->by,
        .typed = TRUE,
        .to_fqdn = endpoint->name,
        .address = address,
        .port = endpoint->port,
        .server_name = endpoint->name,
        .connect_timeout_us = 60 * MAILSIM_SECOND,
        .done = finish,
        .data = talk,
    };

    connection.from_address =
        find_own_address(talk->lab, talk->talk->by, &connection.from_mail_program);
    /* openssl s_client looks at the certificate, tells what it thinks of it, and goes on. */
    talk->tls = mailsim_mail_program_ref_tls(talk->lab);
    talk->typist = mailsim_typist_new(
        get_mode(endpoint->mode), mailsim_protocol_of_port(endpoint->port), talk->talk->lines);
    connection.tls = talk->tls;
    connection.session = mailsim_typist_get_session(talk->typist);
    mailsim_connection_open(talk->lab, &connection);
}

static void
connect_to(gpointer data, const MailsimDnsAnswer *answer)
{
    Talk *talk = data;

    if (answer->result == MAILSIM_DNS_FOUND)
        converse(talk, g_ptr_array_index(answer->records, 0));
    else
        free_talk(talk);
}

void
mailsim_lab_talk(MailsimLab *lab, const MailsimTalk *talk)
{
    const MailsimDnsQuestion question = {talk->by, NULL, talk->endpoint->name, FALSE, NULL};
    Talk *self = g_new0(Talk, 1);

    lab->errand_span = talk->span != NULL ? *talk->span : (MailsimSpan){0};
    self->lab = lab;
    self->talk = talk;
    mailsim_dns_look_up_machine(lab, &question, connect_to, self);
}
