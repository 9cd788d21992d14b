/* SPDX-License-Identifier: MIT
 *
 * The wire between two sessions, without file descriptors and without TLS. */
#include "session-pair.h"

#include <string.h>

#define CONVERSATION_MAX_BYTES (1024 * 1024)

typedef struct {
    const char *speaker; /* “C” or “S” */
    const char *name;
    MailsimSession *session;
    MailsimWant want;
    gboolean over;
    GString *said;  /* and not carried yet */
    GString *input; /* carried and not heard yet */
} End;

typedef struct {
    const SessionPairOptions *options;
    End client;
    End server;
    GString *conversation;
} Pair;

void
session_pair_append_lines(GString *conversation, const char *speaker, const char *said)
{
    g_auto(GStrv) lines = g_strsplit(said, "\r\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (lines[i + 1] != NULL || lines[i][0] != '\0')
            g_string_append_printf(conversation, "%s: %s\n", speaker, lines[i]);
    }
}

static void
obey(Pair *pair, End *end, MailsimWant want, const GString *said)
{
    g_string_append_len(end->said, said->str, (gssize)said->len);
    session_pair_append_lines(pair->conversation, end->speaker, said->str);
    g_assert(pair->conversation->len < CONVERSATION_MAX_BYTES);
    if (end == &pair->client && said->len > 0 && pair->options->client_said != NULL)
        g_ptr_array_add(pair->options->client_said, g_strdup(said->str));
    end->want = want;
    end->over = want == MAILSIM_WANT_END;
}

static void
begin(Pair *pair, End *end)
{
    g_autoptr(GString) said = g_string_new(NULL);
    MailsimWant want = end->session->class->begin(end->session, said);

    obey(pair, end, want, said);
}

/* ---- hearing ----------------------------------------------------------------------------- */

static void
hear(Pair *pair, End *end, const char *text, gsize length)
{
    g_autoptr(GString) said = g_string_new(NULL);
    MailsimWant want = end->session->class->heard(end->session, text, length, said);

    obey(pair, end, want, said);
}

static gboolean
hear_line(Pair *pair, End *end)
{
    const char *newline = memchr(end->input->str, '\n', end->input->len);
    g_autofree char *line = NULL;
    gsize length;

    if (newline == NULL)
        return FALSE;
    length = (gsize)(newline - end->input->str);
    line = g_strndup(end->input->str, length);
    g_string_erase(end->input, 0, (gssize)length + 1);
    if (length > 0 && line[length - 1] == '\r')
        line[--length] = '\0';
    hear(pair, end, line, length);
    return TRUE;
}

/* Where the line that is a lone dot begins, and where it ends. */
static gboolean
find_dot(const GString *input, gsize *start, gsize *next)
{
    const char *line = input->str;
    const char *newline;

    while ((newline = strchr(line, '\n')) != NULL) {
        gsize length = (gsize)(newline - line);

        if (line[0] == '.' && (length == 1 || (length == 2 && line[1] == '\r'))) {
            *start = (gsize)(line - input->str);
            *next = (gsize)(newline + 1 - input->str);
            return TRUE;
        }
        line = newline + 1;
    }
    return FALSE;
}

static gboolean
hear_message(Pair *pair, End *end)
{
    gsize length;
    gsize next;
    g_autofree char *content = NULL;

    if (!find_dot(end->input, &length, &next))
        return FALSE;
    content = g_malloc0(length + 1);
    memcpy(content, end->input->str, length);
    g_string_erase(end->input, 0, (gssize)next);
    hear(pair, end, content, length);
    return TRUE;
}

static gboolean
hear_bytes(Pair *pair, End *end)
{
    gsize length = end->session->class->count_bytes(end->session);
    g_autofree char *bytes = NULL;

    if (end->input->len < length)
        return FALSE;
    bytes = g_memdup2(end->input->str, length);
    g_string_erase(end->input, 0, (gssize)length);
    hear(pair, end, bytes, length);
    return TRUE;
}

static void
hear_input(Pair *pair, End *end)
{
    gboolean more = TRUE;

    while (more && !end->over) {
        switch (end->want) {
        case MAILSIM_WANT_LINE:
            more = hear_line(pair, end);
            break;
        case MAILSIM_WANT_MESSAGE:
            more = hear_message(pair, end);
            break;
        case MAILSIM_WANT_BYTES:
            more = hear_bytes(pair, end);
            break;
        case MAILSIM_WANT_TLS:
        case MAILSIM_WANT_END:
            more = FALSE;
            break;
        }
    }
}

/* ---- carrying ---------------------------------------------------------------------------- */

static gboolean
carry(Pair *pair, End *from, End *to)
{
    gsize n = from->said->len;

    if (n == 0)
        return FALSE;
    if (pair->options->piece_bytes > 0)
        n = MIN(n, pair->options->piece_bytes);
    g_string_append_len(to->input, from->said->str, (gssize)n);
    g_string_erase(from->said, 0, (gssize)n);
    hear_input(pair, to);
    return TRUE;
}

static void
lose(End *end, MailsimLoss why)
{
    end->over = TRUE;
    end->session->class->lost(end->session, why);
}

static void
secure(Pair *pair, End *end)
{
    static const char description[] =
        "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)";
    const MailsimTlsInfo tls = {
        .description = description,
        .key_exchange = "key-exchange X25519 server-signature ECDSA (prime256v1) "
                        "server-digest SHA256",
        .acceptable = end == &pair->server || !pair->options->unacceptable,
    };
    g_autoptr(GString) said = g_string_new(NULL);
    MailsimWant want;

    g_string_truncate(end->input, 0); /* nothing from before is read after it */
    want = end->session->class->secured(end->session, &tls, said);
    obey(pair, end, want, said);
}

static gboolean
shake_hands(Pair *pair)
{
    if (pair->client.over || pair->server.over || pair->client.want != MAILSIM_WANT_TLS ||
        pair->server.want != MAILSIM_WANT_TLS)
        return FALSE;
    if (pair->options->tls_fails) {
        g_string_append(pair->conversation, "-- TLS fails\n");
        lose(&pair->client, MAILSIM_LOSS_TLS);
        lose(&pair->server, MAILSIM_LOSS_TLS);
        return TRUE;
    }
    g_string_append(pair->conversation, "-- TLS\n");
    secure(pair, &pair->server);
    secure(pair, &pair->client);
    return TRUE;
}

static gboolean
part(Pair *pair, const End *left, End *waiting)
{
    if (!left->over || waiting->over)
        return FALSE;
    g_string_append_printf(pair->conversation, "-- %s closed the connection\n", left->name);
    lose(waiting, MAILSIM_LOSS_CLOSED);
    return TRUE;
}

static gboolean
go_on(Pair *pair)
{
    gboolean to_server = carry(pair, &pair->client, &pair->server);
    gboolean to_client = carry(pair, &pair->server, &pair->client);

    return to_server || to_client || shake_hands(pair) ||
           part(pair, &pair->client, &pair->server) || part(pair, &pair->server, &pair->client);
}

char *
session_pair_run(const SessionPairOptions *options)
{
    Pair pair = {
        .options = options,
        .client = {.speaker = "C", .name = "client", .session = options->client},
        .server = {.speaker = "S", .name = "server", .session = options->server},
        .conversation = g_string_new(NULL),
    };
    End *ends[] = {&pair.server, &pair.client};

    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        ends[i]->said = g_string_new(NULL);
        ends[i]->input = g_string_new(NULL);
        begin(&pair, ends[i]);
    }
    while (go_on(&pair))
        continue;
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        if (!ends[i]->over)
            g_string_append_printf(pair.conversation, "-- %s waits for ever: %s\n",
                                   ends[i]->name,
                                   ends[i]->session->class->waits_for(ends[i]->session));
        g_string_free(ends[i]->said, TRUE);
        g_string_free(ends[i]->input, TRUE);
    }
    return g_string_free(pair.conversation, FALSE);
}
