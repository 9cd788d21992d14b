/* SPDX-License-Identifier: MIT
 *
 * Any bytes said to an SMTP server: nothing may crash or go on for ever, every line that comes
 * back must be a line of a reply, and how the bytes are cut into packets must make no
 * difference. The first byte of the input chooses the server's settings. */
#include <string.h>

#include <mailsim/session/smtp-server.h>

#include "pieces.h"

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

/* ---- a server with a simple mind --------------------------------------------------------- */

typedef struct {
    SessionEnd end;
    GString *said;
    GString *taken; /* the messages, each behind what had been said before */
} World;

static char *
check(G_GNUC_UNUSED gpointer data,
      MailsimSmtpStage stage,
      G_GNUC_UNUSED const MailsimSmtpEnvelope *envelope,
      const char *subject)
{
    if (stage != MAILSIM_STAGE_RCPT || strstr(subject, "nobody") == NULL)
        return NULL;
    return g_strdup_printf("550 5.1.1 <%s>: Recipient address rejected", subject);
}

static gint64
take_delay(G_GNUC_UNUSED gpointer data)
{
    return 0;
}

static MailsimSaslResult
sasl_step(G_GNUC_UNUSED gpointer data, const char *response, char **text)
{
    *text = g_strdup("ana");
    return strlen(response) > 8 ? MAILSIM_SASL_OK : MAILSIM_SASL_FAILED;
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

static char *
take_message(gpointer data,
             G_GNUC_UNUSED const MailsimSmtpEnvelope *envelope,
             GBytes *message,
             G_GNUC_UNUSED char **refusal)
{
    const World *world = data;
    gsize length;
    const char *text = g_bytes_get_data(message, &length);

    g_string_append_printf(world->taken, "%" G_GSIZE_FORMAT ": ", length);
    g_string_append_len(world->taken, text, (gssize)length);
    return g_strdup("4Xyz");
}

static const MailsimSmtpPolicy policy = {
    .check = check,
    .take_delay = take_delay,
    .sasl_start = sasl_start,
    .sasl_step = sasl_step,
    .take_message = take_message,
};

static MailsimSession *
create_server(guint8 choice, World *world)
{
    const MailsimSmtpServerOptions options = {
        .hostname = "mx.dest.example",
        .banner = "mx.dest.example ESMTP Postfix",
        .message_size_limit = (choice & 1) != 0 ? 500 : 0,
        .tls_offered = TRUE,
        .tls_required = (choice & 2) != 0,
        .auth_enabled = TRUE,
        .mechanisms = "PLAIN LOGIN",
        .helo_required = (choice & 4) != 0,
        .smtputf8_disabled = (choice & 8) != 0,
        .bare_newline = (MailsimBareNewline)(choice >> 4 & 3) % 3,
        .soft_error_limit = 5,
        .hard_error_limit = 20,
        .error_sleep_us = G_USEC_PER_SEC,
        .junk_command_limit = 30,
        .recipient_limit = 10,
        .timeout_us = 300 * (gint64)G_USEC_PER_SEC,
    };

    return mailsim_smtp_server_new(&options, &policy, world);
}

/* ---- a conversation ---------------------------------------------------------------------- */

static void
check_reply(const GString *said)
{
    const char *line = said->str;
    const char *end;

    for (; *line != '\0'; line = end + 2) {
        end = strstr(line, "\r\n");
        g_assert_nonnull(end);
        g_assert_true(*line >= '2' && *line <= '5');
        g_assert_true(g_ascii_isdigit(line[1]) && g_ascii_isdigit(line[2]));
        g_assert_nonnull(strchr(" -", line[3]));
    }
}

static void
converse(const guint8 *data, gsize size, gsize piece, GString *conversation)
{
    g_autoptr(GString) said = g_string_new(NULL);
    World world = {.said = said, .taken = conversation};
    g_autoptr(MailsimSession) server = create_server(data[0], &world);

    session_end_init(&world.end, server);
    hear_in_pieces(&world.end, data, size, piece, said, check_reply);
    session_end_clear(&world.end);
    g_string_append_len(conversation, said->str, (gssize)said->len);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    static const char *const starts_tls[] = {"220 2.0.0 Ready", NULL};

    check_pieces(data, size, converse, starts_tls);
    return 0;
}
