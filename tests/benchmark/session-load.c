/* SPDX-License-Identifier: MIT */
#include "session-load.h"

#include <string.h>
#include <sys/socket.h>

#include <mailsim/session/smtp-client.h>
#include <mailsim/session/smtp-server.h>
#include <mailsim/wire/wire.h>

/* ---- a server that takes all ------------------------------------------------------------- */

static char *
check(G_GNUC_UNUSED gpointer data,
      G_GNUC_UNUSED MailsimSmtpStage stage,
      G_GNUC_UNUSED const MailsimSmtpEnvelope *envelope,
      G_GNUC_UNUSED const char *subject)
{
    return NULL;
}

static char *
take_message(gpointer data,
             G_GNUC_UNUSED const MailsimSmtpEnvelope *envelope,
             G_GNUC_UNUSED GBytes *message,
             G_GNUC_UNUSED char **refusal)
{
    guint *n_taken = data;

    (*n_taken)++;
    return g_strdup("0");
}

static const MailsimSmtpPolicy policy = {.check = check, .take_message = take_message};

static const MailsimSmtpServerOptions server_options = {
    .hostname = "mail.iesgn.example",
    .banner = "mail.iesgn.example ESMTP",
};

/* ---- a connection ------------------------------------------------------------------------ */

static const MailsimWireObserver observer;

static MailsimWire *
make_wire(int fd, MailsimSession *session)
{
    const MailsimWireOptions options = {.fd = fd, .session = session, .observer = &observer};

    return mailsim_wire_new(&options);
}

static gboolean
carry(MailsimWire *from, MailsimWire *to)
{
    g_autoptr(GBytes) output = mailsim_wire_steal_output(from);
    gsize length;
    const guint8 *bytes;

    if (output == NULL)
        return FALSE;
    bytes = g_bytes_get_data(output, &length);
    if (mailsim_wire_transmit(from, bytes, length) != (gssize)length)
        g_error("a socket is full");
    mailsim_wire_read(to);
    return TRUE;
}

static void
converse(const MailsimSmtpClientOptions *client_options, guint *n_taken)
{
    MailsimSmtpClient *session = mailsim_smtp_client_new(client_options);
    g_autoptr(MailsimWire) client = NULL;
    g_autoptr(MailsimWire) server = NULL;
    int fds[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) != 0)
        g_error("no socketpair");
    client = make_wire(fds[0], mailsim_smtp_client_get_session(session));
    server = make_wire(fds[1], mailsim_smtp_server_new(&server_options, &policy, n_taken));
    mailsim_wire_begin(client);
    mailsim_wire_begin(server);
    while (carry(server, client) || carry(client, server))
        continue;
    if (mailsim_smtp_client_get_failure(session) != MAILSIM_SMTP_FAILURE_NONE)
        g_error("a message was not taken");
}

void
session_load_run(guint n, guint size)
{
    g_autoptr(GPtrArray) recipients = mailsim_smtp_recipient_list_new();
    g_autofree char *text = g_strnfill(size, 'X');
    g_autoptr(GBytes) message = NULL;
    guint n_taken = 0;

    for (guint i = 79; i < size; i += 80)
        text[i] = '\n';
    message = g_bytes_new(text, size);
    g_ptr_array_add(recipients, mailsim_smtp_recipient_new("luis@iesgn.example"));
    for (guint i = 0; i < n; i++) {
        const MailsimSmtpClientOptions options = {
            .helo_name = "laptop.iesgn.example",
            .tls = MAILSIM_CLIENT_TLS_NONE,
            .sender = "luis@iesgn.example",
            .recipients = recipients,
            .message = message,
        };

        converse(&options, &n_taken);
    }
    if (n_taken != n)
        g_error("%u messages were taken, not %u", n_taken, n);
}
