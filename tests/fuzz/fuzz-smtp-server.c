/* SPDX-License-Identifier: MIT
 *
 * Any bytes said to an SMTP server: nothing may crash or go on for ever, every line that comes
 * back must be a line of a reply, and how the bytes are cut into packets must make no
 * difference. The first byte of the input chooses the server's settings. */
#include <string.h>

#include <mailsim/session/feed.h>
#include <mailsim/session/smtp-server.h>

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

/* ---- a server with a simple mind --------------------------------------------------------- */

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

/* The message as it was taken belongs to the conversation. */
static char *
take_message(gpointer data,
             G_GNUC_UNUSED const MailsimSmtpEnvelope *envelope,
             GBytes *message,
             G_GNUC_UNUSED char **refusal)
{
    GString *taken = data;
    gsize length;
    const char *text = g_bytes_get_data(message, &length);

    g_string_append_len(taken, text, (gssize)length);
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
create_server(guint8 choice, GString *taken)
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

    return mailsim_smtp_server_new(&options, &policy, taken);
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

static MailsimWant
obey(MailsimSession *server, MailsimFeed *feed, MailsimWant want, GString *conversation)
{
    const MailsimTlsInfo tls = {.description = "TLSv1.3", .key_exchange = "X25519"};

    while (want == MAILSIM_WANT_REST || want == MAILSIM_WANT_TLS) {
        g_autoptr(GString) said = g_string_new(NULL);

        g_assert_cmpint(server->class->get_patience(server), >=, 0);
        if (want == MAILSIM_WANT_TLS)
            mailsim_feed_discard(feed);
        want = want == MAILSIM_WANT_TLS ? server->class->secured(server, &tls, said)
                                        : server->class->rested(server, said);
        check_reply(said);
        g_string_append_len(conversation, said->str, (gssize)said->len);
    }
    return want;
}

static void
converse(const guint8 *data, gsize size, gsize piece, GString *conversation)
{
    g_autoptr(MailsimSession) server = create_server(data[0], conversation);
    g_autoptr(GString) greeting = g_string_new(NULL);
    MailsimFeed feed = {0};
    MailsimWant want;
    MailsimInput input;

    mailsim_feed_init(&feed);
    want = server->class->begin(server, greeting);
    for (gsize start = 1; start < size && want != MAILSIM_WANT_END; start += piece) {
        mailsim_feed_append(&feed, (const char *)data + start, MIN(piece, size - start));
        while (mailsim_feed_take(&feed, server, want, &input)) {
            g_autoptr(GString) said = g_string_new(NULL);

            want = server->class->heard(server, &input, said);
            check_reply(said);
            g_string_append_len(conversation, said->str, (gssize)said->len);
            want = obey(server, &feed, want, conversation);
        }
    }
    if (want != MAILSIM_WANT_END)
        server->class->lost(server, MAILSIM_LOSS_CLOSED);
    mailsim_feed_clear(&feed);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    static const gsize pieces[] = {1, 7};
    g_autoptr(GString) whole = g_string_new(NULL);

    if (size == 0)
        return 0;
    converse(data, size, size, whole);
    /* What is thrown away behind STARTTLS depends on what came with it. */
    if (memmem(whole->str, whole->len, "220 2.0.0 Ready", strlen("220 2.0.0 Ready")) != NULL)
        return 0;
    for (guint i = 0; i < G_N_ELEMENTS(pieces); i++) {
        g_autoptr(GString) cut = g_string_new(NULL);

        converse(data, size, pieces[i], cut);
        g_assert_cmpmem(cut->str, cut->len, whole->str, whole->len);
    }
    return 0;
}
