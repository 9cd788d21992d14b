/* SPDX-License-Identifier: MIT
 *
 * The wire between two sessions, without file descriptors and without TLS. */
#include "session-pair.h"

#include <string.h>

#include "session-end.h"

#define CONVERSATION_MAX_BYTES (1024 * 1024)

typedef struct {
    const char *speaker; /* “C” or “S” */
    const char *name;
    SessionEnd end;
    gsize n_told; /* of what it has said: already in the conversation */
} Side;

typedef struct {
    const SessionPairOptions *options;
    Side client;
    Side server;
    GString *conversation;
} Pair;

/* Append what was said, SPEAKER (“C”, “S”) before each line. */
static void
append_lines(GString *conversation, const char *speaker, const char *said)
{
    g_auto(GStrv) lines = g_strsplit(said, "\r\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (lines[i + 1] != NULL || lines[i][0] != '\0')
            g_string_append_printf(conversation, "%s: %s\n", speaker, lines[i]);
    }
}

/* Write down what SIDE has said since the last time. */
static void
tell(Pair *pair, Side *side)
{
    const char *said = side->end.said->str + side->n_told;

    if (*said == '\0')
        return;
    side->n_told = side->end.said->len;
    append_lines(pair->conversation, side->speaker, said);
    g_assert(pair->conversation->len < CONVERSATION_MAX_BYTES);
    if (side == &pair->client && pair->options->client_said != NULL)
        g_ptr_array_add(pair->options->client_said, g_strdup(said));
}

/* Carry what FROM has said, so many bytes at a time. */
static gboolean
carry(Pair *pair, Side *from, Side *to)
{
    gsize length = from->end.said->len;
    gsize n_left;

    if (length == 0)
        return FALSE;
    if (pair->options->piece_bytes > 0)
        length = MIN(length, pair->options->piece_bytes);
    if (!to->end.over)
        session_end_hear(&to->end, from->end.said->str, length);
    g_string_erase(from->end.said, 0, (gssize)length);
    n_left = from->end.said->len;
    from->n_told = n_left;
    tell(pair, to);
    return TRUE;
}

static void
secure(Pair *pair, Side *side)
{
    static const char description[] =
        "TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)";
    const MailsimTlsInfo tls = {
        .description = description,
        .key_exchange = "key-exchange X25519 server-signature ECDSA (prime256v1) "
                        "server-digest SHA256",
        .acceptable = side == &pair->server || !pair->options->unacceptable,
    };

    session_end_secure(&side->end, &tls);
    tell(pair, side);
}

static gboolean
wants_tls(const Side *side)
{
    return !side->end.over && side->end.want == MAILSIM_WANT_TLS;
}

static gboolean
shake_hands(Pair *pair)
{
    if (!wants_tls(&pair->client) || !wants_tls(&pair->server))
        return FALSE;
    if (pair->options->tls_fails) {
        g_string_append(pair->conversation, "-- TLS fails\n");
        session_end_lose(&pair->client.end, MAILSIM_LOSS_TLS);
        session_end_lose(&pair->server.end, MAILSIM_LOSS_TLS);
        return TRUE;
    }
    g_string_append(pair->conversation, "-- TLS\n");
    secure(pair, &pair->server);
    secure(pair, &pair->client);
    return TRUE;
}

/* A session that rests goes on when nothing else happens. */
static gboolean
rest(Pair *pair, Side *side)
{
    if (side->end.over || side->end.want != MAILSIM_WANT_REST || !session_end_wait(&side->end))
        return FALSE;
    tell(pair, side);
    return TRUE;
}

static gboolean
part(Pair *pair, const Side *left, Side *waiting)
{
    if (!left->end.over || waiting->end.over)
        return FALSE;
    g_string_append_printf(pair->conversation, "-- %s closed the connection\n", left->name);
    session_end_lose(&waiting->end, MAILSIM_LOSS_CLOSED);
    return TRUE;
}

static gboolean
go_on(Pair *pair)
{
    gboolean to_server = carry(pair, &pair->client, &pair->server);
    gboolean to_client = carry(pair, &pair->server, &pair->client);

    return to_server || to_client || shake_hands(pair) || rest(pair, &pair->server) ||
           rest(pair, &pair->client) || part(pair, &pair->client, &pair->server) ||
           part(pair, &pair->server, &pair->client);
}

char *
session_pair_run(const SessionPairOptions *options)
{
    Pair pair = {
        .options = options,
        .client = {.speaker = "C", .name = "client"},
        .server = {.speaker = "S", .name = "server"},
        .conversation = g_string_new(NULL),
    };
    Side *sides[] = {&pair.server, &pair.client};

    session_end_init(&pair.server.end, options->server);
    session_end_begin(&pair.server.end);
    tell(&pair, &pair.server);
    session_end_init(&pair.client.end, options->client);
    session_end_begin(&pair.client.end);
    tell(&pair, &pair.client);
    while (go_on(&pair))
        continue;
    for (guint i = 0; i < G_N_ELEMENTS(sides); i++) {
        MailsimSession *session = sides[i]->end.session;

        if (!sides[i]->end.over)
            g_string_append_printf(pair.conversation, "-- %s waits for ever: %s\n",
                                   sides[i]->name, session->class->waits_for(session));
        session_end_clear(&sides[i]->end);
    }
    return g_string_free(pair.conversation, FALSE);
}
