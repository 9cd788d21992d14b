/* SPDX-License-Identifier: MIT
 *
 * Any bytes said to a POP3 server, before the login and after it: nothing may crash or go on
 * for ever, what is said must be whole lines, and how the bytes are cut into packets must make
 * no difference. The first byte of the input chooses the server's settings. */
#include <string.h>

#include <mailsim/session/pop3-login.h>

#include "pieces.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

/* ---- a server with a simple mind --------------------------------------------------------- */

typedef struct {
    MailsimMailStore *store;
    SessionEnd end;
    GString *said;
    GString *log; /* each line behind what had been said before */
    gint64 delay_us;
} World;

static MailsimSaslResult
sasl_step(gpointer data, const char *response, char **text)
{
    World *world = data;
    gboolean right = strlen(response) > 8;

    world->delay_us = right ? 0 : 2 * MAILSIM_SECOND;
    *text = g_strdup(right ? "ana" : "no");
    return right ? MAILSIM_SASL_OK : MAILSIM_SASL_FAILED;
}

static MailsimSaslResult
sasl_start(gpointer data,
           G_GNUC_UNUSED const char *mechanism,
           const char *response,
           char **text)
{
    if (response != NULL)
        return sasl_step(data, response, text);
    *text = g_strdup("VXNlcm5hbWU6");
    return MAILSIM_SASL_CONTINUE;
}

static gint64
take_delay(gpointer data)
{
    World *world = data;
    gint64 delay_us = world->delay_us;

    world->delay_us = 0;
    return delay_us;
}

static MailsimMailStore *
open_mail(gpointer data, G_GNUC_UNUSED const char *user, guint *pid)
{
    World *world = data;

    *pid = 1;
    return world->store;
}

static void
take_log(gpointer data, G_GNUC_UNUSED MailsimLoginLog daemon, const char *text)
{
    World *world = data;

    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *c = text; *c != '\0'; c++)
        g_assert_false(g_ascii_iscntrl(*c));
    g_string_append_printf(world->log, "%" G_GSIZE_FORMAT ": %s\n",
                           world->said->len + world->end.said->len, text);
}

static gboolean
is_verbose(G_GNUC_UNUSED gpointer data)
{
    return TRUE;
}

static const MailsimLoginPolicy policy = {
    .sasl_start = sasl_start,
    .sasl_step = sasl_step,
    .take_delay = take_delay,
    .open = open_mail,
    .log = take_log,
    .is_verbose = is_verbose,
};

static MailsimSession *
create_server(guint8 choice, World *world)
{
    const MailsimPop3LoginOptions options = {
        .login =
            {
                    .tls_offered = TRUE,
                    .tls_required = (choice & 1) != 0,
                    .disable_plaintext_auth = (choice & 2) != 0,
                    .trusted = (choice & 4) != 0,
                    .mechanisms = "PLAIN LOGIN",
                    .greeting = "Dovecot (Debian) ready.",
                    .rip = "192.0.2.9",
                    .lip = "192.0.2.10",
                    .session_id = "x",
                    },
        .server =
            {
                    .no_flag_updates = (choice & 8) != 0,
                    .uidl_format = (choice & 16) != 0 ? "%%%u-%5v.%x%" : NULL,
                    },
    };

    return mailsim_pop3_login_new(&options, &policy, world);
}

static MailsimMailStore *
create_store(void)
{
    static const char *const messages[] = {
        "Subject: one\n\nHello.\n.\n..\nBye.\n",
        "Subject: no line end",
        "",
        "\r\nno header\r\n",
    };
    MailsimMailStore *store = mailsim_mail_store_new(MAILSIM_LAYOUT_MAILDIR, 1);
    MailsimMailbox *inbox = mailsim_mail_store_find(store, "INBOX");

    for (guint i = 0; i < G_N_ELEMENTS(messages); i++) {
        g_autoptr(GBytes) content = g_bytes_new_static(messages[i], strlen(messages[i]));

        mailsim_mailbox_append(inbox, NULL, content, NULL, 0);
    }
    return store;
}

/* ---- a conversation ---------------------------------------------------------------------- */

static void
check_said(const GString *said)
{
    g_assert_true(said->len == 0 || g_str_has_suffix(said->str, "\r\n"));
}

static void
converse(const guint8 *data, gsize size, gsize piece, GString *conversation)
{
    g_autoptr(MailsimMailStore) store = create_store();
    g_autoptr(GString) said = g_string_new(NULL);
    World world = {.store = store, .said = said, .log = conversation};
    g_autoptr(MailsimSession) server = create_server(data[0], &world);

    session_end_init(&world.end, server);
    hear_in_pieces(&world.end, data, size, piece, said, check_said);
    session_end_clear(&world.end);
    g_assert_nonnull(strstr(conversation->str, "Disconnected: "));
    g_string_append_len(conversation, said->str, (gssize)said->len);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    static const char *const starts_tls[] = {"+OK Begin TLS negotiation now.", NULL};

    check_pieces(data, size, converse, starts_tls);
    return 0;
}
