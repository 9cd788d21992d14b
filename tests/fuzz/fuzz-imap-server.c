/* SPDX-License-Identifier: MIT
 *
 * Any bytes said to an IMAP server by two clients, with mail that comes meanwhile: nothing may
 * crash or go on for ever, and what comes back ends with a line. The first byte of the input
 * chooses the settings; \x01 and \x02 say which client speaks now, \x03 is a delivery, and \x04
 * time. */
#include <string.h>

#include <mailsim/session/imap-login.h>

#include "../support/session-end.h"

#define N_CLIENTS      2
#define N_MESSAGES_MAX 64

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

typedef struct {
    MailsimMailStore *store;
    MailsimTime now_us;
    SessionEnd ends[N_CLIENTS]; /* each owns its session */
    guint n_delivered;
} World;

static const char text[] =
    "From: =?utf-8?q?A=C3=B1a?= <ana@iesgn.example>\nTo: alice@dest.example\nSubject: Hola\n"
    "Date: Wed, 01 Jul 2026 10:00:00 +0200\nContent-Type: multipart/mixed; boundary=b\n\n"
    "--b\nContent-Type: text/plain; charset=iso-8859-1\n\nHola.\n--b\n"
    "Content-Type: message/rfc822\n\nSubject: x\n\ny\n--b--\n";

/* ---- what the sessions ask --------------------------------------------------------------- */

static MailsimSaslResult
sasl_step(G_GNUC_UNUSED gpointer data, const char *response, char **user)
{
    *user = g_strdup("alice");
    return strlen(response) > 8 ? MAILSIM_SASL_OK : MAILSIM_SASL_FAILED;
}

static MailsimSaslResult
sasl_start(gpointer data,
           G_GNUC_UNUSED const char *mechanism,
           const char *response,
           char **user)
{
    if (response != NULL)
        return sasl_step(data, response, user);
    *user = g_strdup("");
    return MAILSIM_SASL_CONTINUE;
}

static gint64
take_delay(G_GNUC_UNUSED gpointer data)
{
    return 0;
}

static MailsimMailStore *
open_mail(gpointer data, G_GNUC_UNUSED const char *user, guint *pid)
{
    *pid = 1;
    return ((const World *)data)->store;
}

static MailsimTime
get_now(gpointer data)
{
    return ((const World *)data)->now_us;
}

static const MailsimLoginPolicy login_policy = {
    .sasl_start = sasl_start,
    .sasl_step = sasl_step,
    .take_delay = take_delay,
    .open = open_mail,
    .get_now = get_now,
};

static const MailsimImapServerPolicy server_policy = {.get_now = get_now};

/* ---- a world ----------------------------------------------------------------------------- */

static void
deliver(World *world)
{
    g_autoptr(GBytes) content = g_bytes_new_static(text, sizeof text - 1);

    if (world->n_delivered++ < N_MESSAGES_MAX)
        mailsim_mailbox_append(mailsim_mail_store_find(world->store, "INBOX"), NULL, content,
                               NULL, world->now_us);
}

static MailsimSession *
create_session(World *world, guint8 choice)
{
    const MailsimImapLoginOptions options = {
        .login =
            {
                    .mechanisms = "PLAIN LOGIN",
                    .greeting = "Dovecot ready.",
                    .rip = "127.0.0.9",
                    .lip = "127.0.0.2",
                    .session_id = "x",
                    .disable_plaintext_auth = (choice & 4) != 0,
                    },
        .server = {.line_length_max = (choice & 8) != 0 ? 200 : 0         },
    };

    return (choice & 1) != 0
               ? mailsim_imap_login_new(&options, &login_policy, world)
               : mailsim_imap_server_new(&options.server, world->store, &server_policy, world);
}

/* Who goes on after a rest need not have finished a line. */
static void
check_said(SessionEnd *end)
{
    const GString *said = end->said;

    g_assert_true(said->len == 0 || end->want == MAILSIM_WANT_REST ||
                  g_str_has_suffix(said->str, "\r\n"));
    g_string_truncate(end->said, 0);
}

static void
hear(SessionEnd *end, const char *bytes, gsize length)
{
    if (end->over)
        return;
    session_end_hear(end, bytes, length);
    check_said(end);
    while (end->want == MAILSIM_WANT_REST) {
        g_assert_true(session_end_wait(end));
        check_said(end);
    }
}

/* What is idle may tell what has changed; half an hour ends what is not. */
static void
pass_time(World *world)
{
    for (guint i = 0; i < N_CLIENTS; i++) {
        SessionEnd *end = &world->ends[i];

        if (end->want != MAILSIM_WANT_LINE)
            continue;
        session_end_notice(end);
        world->now_us += end->session->class->get_patience(end->session);
        if (end->want == MAILSIM_WANT_LINE)
            session_end_wait(end);
        check_said(end);
    }
}

static void
begin(World *world, guint8 choice)
{
    world->store = mailsim_mail_store_new(
        (choice & 2) != 0 ? MAILSIM_LAYOUT_MBOX : MAILSIM_LAYOUT_MAILDIR, 7);
    deliver(world);
    deliver(world);
    for (guint i = 0; i < N_CLIENTS; i++) {
        session_end_init(&world->ends[i], create_session(world, choice));
        session_end_begin(&world->ends[i]);
        check_said(&world->ends[i]);
    }
}

static void
end(World *world)
{
    for (guint i = 0; i < N_CLIENTS; i++) {
        SessionEnd *end = &world->ends[i];

        if (!end->over)
            session_end_lose(end, MAILSIM_LOSS_CLOSED);
        mailsim_session_free(end->session);
        session_end_clear(end);
    }
    mailsim_mail_store_free(world->store);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    static const char marks[] = "\x01\x02\x03\x04";
    World world = {0};
    SessionEnd *speaker = &world.ends[0];

    if (size == 0)
        return 0;
    begin(&world, data[0]);
    for (gsize start = 1; start < size;) {
        gsize end_of_packet = start;

        while (end_of_packet < size &&
               memchr(marks, data[end_of_packet], sizeof marks - 1) == NULL)
            end_of_packet++;
        hear(speaker, (const char *)data + start, end_of_packet - start);
        if (end_of_packet < size && data[end_of_packet] == 3)
            deliver(&world);
        else if (end_of_packet < size && data[end_of_packet] == 4)
            pass_time(&world);
        else if (end_of_packet < size)
            speaker = &world.ends[data[end_of_packet] - 1];
        start = end_of_packet + 1;
    }
    end(&world);
    return 0;
}
