/* SPDX-License-Identifier: MIT
 *
 * Any bytes said by a server to a mail program that gets its mail: nothing may crash or go on
 * for ever, the password goes out only where it is asked for, and how the bytes are cut into
 * packets must make no difference. The first byte of the input chooses the protocol and the
 * program's settings. */
#include <string.h>

#include <mailsim/session/fetch-client.h>

#include "pieces.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

/* ---- a client with a simple mind --------------------------------------------------------- */

static char *
start_login(G_GNUC_UNUSED gpointer data,
            const char *mechanisms,
            G_GNUC_UNUSED gboolean secured,
            char **initial)
{
    g_auto(GStrv) offered = g_strsplit(mechanisms, " ", -1);
    const gboolean speaks_first = g_strv_contains((const char *const *)offered, "PLAIN");

    if (!speaks_first && !g_strv_contains((const char *const *)offered, "LOGIN"))
        return NULL;
    *initial = speaks_first ? g_strdup("AGFuYQBzZWNyZXQ=") : NULL;
    return g_strdup(speaks_first ? "PLAIN" : "LOGIN");
}

static char *
answer_challenge(G_GNUC_UNUSED gpointer data, const char *challenge)
{
    return challenge[0] != '\0' ? g_strdup("YW5h") : NULL;
}

static MailsimFetchClient *
create_client(guint8 choice)
{
    static const char *const known[] = {"1.1", "a"};
    g_autoptr(GPtrArray) ids = g_ptr_array_new();
    const MailsimFetchOptions options = {
        .tls = (MailsimClientTls)(choice >> 1 & 3),
        .sasl = {(choice & 8) != 0 ? start_login : NULL, answer_challenge, NULL},
        .user = (choice & 16) == 0 ? "ana" : NULL,
        .password = "secret",
        .known = ids,
        .deletes = (choice & 32) != 0,
        .timeout_us = G_USEC_PER_SEC,
    };

    for (guint i = 0; i < G_N_ELEMENTS(known); i++)
        g_ptr_array_add(ids, (char *)known[i]);
    return (choice & 1) != 0 ? mailsim_pop3_client_new(&options)
                             : mailsim_imap_client_new(&options);
}

/* ---- a conversation ---------------------------------------------------------------------- */

typedef struct {
    SessionEnd end;
    gboolean secured;
    GString *conversation; /* all that it says, and what it has got in the end */
} Talk;

/* Whole lines, and without TLS no password where TLS is required. */
static void
check_said(const Talk *talk, guint8 choice, const GString *said)
{
    const gboolean requires = (choice >> 1 & 3) >= MAILSIM_CLIENT_TLS_REQUIRED;

    g_assert_cmpuint(strlen(said->str), ==, said->len);
    g_assert_true(said->len == 0 || g_str_has_suffix(said->str, "\r\n"));
    g_assert_true(talk->secured || !requires ||
                  (strstr(said->str, "secret") == NULL && strstr(said->str, "AGFu") == NULL));
}

static void
note(Talk *talk, guint8 choice)
{
    GString *said = talk->end.said;

    check_said(talk, choice, said);
    g_string_append_len(talk->conversation, said->str, (gssize)said->len);
    g_string_truncate(said, 0);
}

static void
note_and_shake_hands(Talk *talk, guint8 choice)
{
    const MailsimTlsInfo tls = {
        .description = "TLSv1.3", .key_exchange = "X25519", .acceptable = (choice & 64) == 0};

    note(talk, choice);
    if (talk->end.want != MAILSIM_WANT_TLS)
        return;
    g_assert_false(talk->secured);
    talk->secured = TRUE;
    session_end_secure(&talk->end, &tls);
    note(talk, choice);
}

static void
note_result(Talk *talk, const MailsimFetchResult *result)
{
    g_assert_true((result->reply != NULL) ==
                  (result->failure == MAILSIM_FETCH_FAILURE_REPLY ||
                   result->failure == MAILSIM_FETCH_FAILURE_TLS_REFUSED));
    g_assert_cmpint(result->secured, ==, talk->secured);
    g_string_append_printf(talk->conversation, "%d %s %d\n", result->failure, result->reply,
                           result->logged_in);
    for (guint i = 0; i < result->messages->len; i++) {
        const MailsimFetchedMessage *message = g_ptr_array_index(result->messages, i);
        gsize length = 0;
        const char *content =
            message->content != NULL ? g_bytes_get_data(message->content, &length) : NULL;

        g_string_append_printf(talk->conversation, "%s %d ", message->id, message->seen);
        g_string_append_len(talk->conversation, content, (gssize)length);
    }
}

static void
converse(const guint8 *data, gsize size, gsize piece, GString *conversation)
{
    MailsimFetchClient *client = create_client(data[0]);
    g_autoptr(MailsimSession) session = mailsim_fetch_client_get_session(client);
    Talk talk = {.conversation = conversation};

    session_end_init(&talk.end, session);
    session_end_begin(&talk.end);
    note_and_shake_hands(&talk, data[0]);
    for (gsize start = 1; start < size && !talk.end.over; start += piece) {
        g_assert_nonnull(session->class->waits_for(session));
        session_end_hear(&talk.end, (const char *)data + start, MIN(piece, size - start));
        note_and_shake_hands(&talk, data[0]);
    }
    if (!talk.end.over)
        session_end_lose(&talk.end, MAILSIM_LOSS_CLOSED);
    note_result(&talk, mailsim_fetch_client_get_result(client));
    session_end_clear(&talk.end);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    static const char *const starts_tls[] = {"STARTTLS\r\n", "STLS\r\n", NULL};

    check_pieces(data, size, converse, starts_tls);
    return 0;
}
