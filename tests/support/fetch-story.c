/* SPDX-License-Identifier: MIT
 *
 * Telling the story of a fetch, and holding it against what was expected. */
#include "fetch-story.h"

#include <check.h>

#include "alice-login.h"
#include "session-pair.h"

static MailsimFetchClient *
make_client(const FetchStory *story,
            AliceLogin *login,
            MailsimFetchClient *(*create)(const MailsimFetchOptions *options))
{
    g_autoptr(GPtrArray) known = g_ptr_array_new();
    const MailsimFetchOptions options = {
        .tls = story->tls,
        .sasl = alice_login_get_client(login),
        .user = story->nobody ? NULL : "alice",
        .password = story->password != NULL ? story->password : "alicepw",
        .known = known,
        .deletes = story->deletes,
    };

    for (guint i = 0; i < G_N_ELEMENTS(story->known) && story->known[i] != NULL; i++)
        g_ptr_array_add(known, (char *)story->known[i]);
    return create(&options);
}

static char *
describe_messages(const MailsimFetchResult *result)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < result->messages->len; i++) {
        const MailsimFetchedMessage *message = g_ptr_array_index(result->messages, i);
        gsize length = 0;

        g_string_append_printf(text, "%s%s", message->id, message->seen ? " seen" : "");
        if (message->content != NULL) {
            const char *content = g_bytes_get_data(message->content, &length);

            g_string_append(text, ": ");
            g_string_append_len(text, content, (gssize)length);
        }
        g_string_append_c(text, '\n');
    }
    return g_string_free(text, FALSE);
}

static char *
leave_script_out(const char *conversation)
{
    g_auto(GStrv) lines = g_strsplit(conversation, "\n", -1);
    GString *text = g_string_new(NULL);

    for (guint i = 0; lines[i] != NULL; i++) {
        if (g_str_has_prefix(lines[i], "C: ") || g_str_has_prefix(lines[i], "-- "))
            g_string_append_printf(text, "%s\n", lines[i]);
    }
    return g_string_free(text, FALSE);
}

static void
check_result(const FetchStory *story, const MailsimFetchResult *result)
{
    g_autofree char *messages = describe_messages(result);
    const char *expected = story->messages != NULL ? story->messages : "";

    ck_assert_msg(result->failure == story->failure, "%s: failure %d", story->description,
                  result->failure);
    ck_assert_msg(g_strcmp0(result->command, story->command) == 0, "%s: command %s",
                  story->description, result->command);
    ck_assert_msg(g_strcmp0(result->reply, story->reply) == 0, "%s: reply %s",
                  story->description, result->reply);
    ck_assert_msg(result->logged_in == story->logged_in, "%s: logged in: %d",
                  story->description, result->logged_in);
    ck_assert_msg(result->secured == story->secured, "%s: secured: %d", story->description,
                  result->secured);
    ck_assert_msg(g_str_equal(messages, expected), "%s: messages\n%s--- expected\n%s",
                  story->description, messages, expected);
}

static void
tell(const FetchStory *story,
     MailsimFetchClient *(*create)(const MailsimFetchOptions *options),
     gsize piece_bytes)
{
    AliceLogin login = {.mechanism = story->mechanism, .password = story->password};
    MailsimFetchClient *fetch = make_client(story, &login, create);
    g_autoptr(MailsimSession) client = mailsim_fetch_client_get_session(fetch);
    g_autoptr(MailsimSession) server = scripted_server_new(story->script);
    g_autofree char *conversation = session_pair_run(&(SessionPairOptions){
        .client = client,
        .server = server,
        .piece_bytes = piece_bytes,
        .unacceptable = story->unacceptable,
        .tls_fails = story->tls_fails,
    });

    g_autofree char *said = leave_script_out(conversation);

    ck_assert_msg(g_str_equal(said, story->conversation),
                  "%s, in pieces of %u\n%s--- expected:\n%s", story->description,
                  (guint)piece_bytes, conversation, story->conversation);
    check_result(story, mailsim_fetch_client_get_result(fetch));
}

void
fetch_story_tell(const FetchStory *story,
                 MailsimFetchClient *(*create)(const MailsimFetchOptions *options))
{
    tell(story, create, 0);
    tell(story, create, 1);
    tell(story, create, 7);
}
