/* SPDX-License-Identifier: MIT
 *
 * Telling a story, and holding it against what was expected. */
#include "story.h"

#include <check.h>
#include <string.h>

#include "alice-login.h"
#include "session-pair.h"

/* ---- what comes of it -------------------------------------------------------------------- */

static gboolean
is_command(const char *line)
{
    static const char *const verbs[] = {"EHLO", "HELO", "STARTTLS", "AUTH", "MAIL",
                                        "RCPT", "DATA", "RSET",     "QUIT", "."};

    for (guint i = 0; i < G_N_ELEMENTS(verbs); i++) {
        gsize length = strlen(verbs[i]);

        if (g_str_has_prefix(line, verbs[i]) && (line[length] == '\0' || line[length] == ' '))
            return TRUE;
    }
    return FALSE;
}

/* “EHLO / MAIL RCPT DATA / . QUIT”: what left together is not separated by a slash. */
static char *
summarize(const GPtrArray *client_said)
{
    GString *summary = g_string_new(NULL);

    for (guint i = 0; i < client_said->len; i++) {
        g_auto(GStrv) lines = g_strsplit(g_ptr_array_index(client_said, i), "\r\n", -1);
        const char *separator = i > 0 ? " / " : "";

        for (guint j = 0; lines[j] != NULL; j++) {
            if (!is_command(lines[j]))
                continue;
            g_string_append_printf(summary, "%s%.*s", separator, (int)strcspn(lines[j], " "),
                                   lines[j]);
            separator = " ";
        }
    }
    return g_string_free(summary, FALSE);
}

static void
check_outcomes(const Story *story, const MailsimSmtpClient *client, guint n_recipients)
{
    for (guint i = 0; i < n_recipients; i++) {
        const MailsimSmtpOutcome *outcome = mailsim_smtp_client_get_outcome(client, i);
        g_autofree char *text =
            outcome->reply != NULL
                ? g_strdup_printf("%s (%s)", outcome->reply, outcome->command)
                : NULL;

        ck_assert_msg(g_strcmp0(text, story->outcomes[i]) == 0, "%s: recipient %u: %s",
                      story->description, i, text);
    }
}

static void
check_acceptance(const Story *story, const DestExample *host)
{
    const char *message = story->message != NULL ? story->message : STORY_MESSAGE;
    g_autoptr(GBytes) sent = g_bytes_new_static(message, strlen(message));

    if (host == NULL)
        return;
    ck_assert_msg(host->messages->len == (story->accepted != NULL ? 1 : 0),
                  "%s: %u messages accepted", story->description, host->messages->len);
    if (story->accepted == NULL)
        return;
    ck_assert_str_eq(g_ptr_array_index(host->envelopes, 0), story->accepted);
    ck_assert_msg(g_bytes_equal(g_ptr_array_index(host->messages, 0), sent),
                  "%s: another message arrived", story->description);
}

/* ---- telling ----------------------------------------------------------------------------- */

static MailsimSmtpClient *
make_client(const Story *story, AliceLogin *login, GPtrArray *recipients)
{
    const char *text = story->message != NULL ? story->message : STORY_MESSAGE;
    g_autoptr(GBytes) message = g_bytes_new_static(text, strlen(text));
    const MailsimSmtpClientOptions options = {
        .relays = story->relays,
        .helo_name = "client.example",
        .tls = story->tls,
        .sasl = alice_login_get_client(login),
        .sender = "alice@dest.example",
        .recipients = recipients,
        .message = message,
        .eight_bit = story->eight_bit,
    };

    return mailsim_smtp_client_new(&options);
}

static void
tell(const Story *story, gsize piece_bytes)
{
    AliceLogin login = {.mechanism = story->mechanism, .password = story->password};
    g_autoptr(GPtrArray) recipients = mailsim_smtp_recipient_list_new();
    g_autoptr(GPtrArray) client_said = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(DestExample) host = NULL;
    g_autoptr(MailsimSession) client = NULL;
    g_autoptr(MailsimSession) server = NULL;
    g_autofree char *conversation = NULL;
    g_autofree char *summary = NULL;
    MailsimSmtpClient *smtp;

    for (guint i = 0; i < G_N_ELEMENTS(story->to) && story->to[i] != NULL; i++)
        g_ptr_array_add(recipients, mailsim_smtp_recipient_new(story->to[i]));
    if (recipients->len == 0)
        g_ptr_array_add(recipients, mailsim_smtp_recipient_new("bob@dest.example"));
    if (story->service != NULL)
        host = dest_example_new(dest_example_find_service(story->service));
    server = host != NULL ? dest_example_listen(host) : scripted_server_new(story->script);
    smtp = make_client(story, &login, recipients);
    client = mailsim_smtp_client_get_session(smtp);

    conversation = session_pair_run(&(SessionPairOptions){
        .client = client,
        .server = server,
        .piece_bytes = piece_bytes,
        .unacceptable = story->unacceptable,
        .tls_fails = story->tls_fails,
        .client_said = client_said,
    });
    ck_assert_msg(g_strcmp0(conversation, story->conversation) == 0,
                  "%s, in pieces of %u\n--- said:\n%s--- expected:\n%s", story->description,
                  (guint)piece_bytes, conversation, story->conversation);
    summary = summarize(client_said);
    ck_assert_msg(story->in_one_go == NULL || g_str_equal(summary, story->in_one_go), "%s: %s",
                  story->description, summary);
    ck_assert_msg(mailsim_smtp_client_get_failure(smtp) == story->failure, "%s: failure %d",
                  story->description, mailsim_smtp_client_get_failure(smtp));
    ck_assert_msg(g_strcmp0(mailsim_smtp_client_get_lost_step(smtp), story->lost_step) == 0,
                  "%s: lost in %s", story->description,
                  mailsim_smtp_client_get_lost_step(smtp));
    check_outcomes(story, smtp, recipients->len);
    check_acceptance(story, host);
}

void
story_tell(const Story *story)
{
    tell(story, 0);
    tell(story, 1);
    tell(story, 7);
}
