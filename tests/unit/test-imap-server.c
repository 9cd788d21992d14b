/* SPDX-License-Identifier: MIT
 *
 * The IMAP server from the login on: what the recorded dialogues do not ask. What is said here
 * to clients that do strange things was asked of Dovecot 2.3.19, too, but for limits that it
 * does not have. */
#include <mailsim/session/imap-server.h>

#include <string.h>

#include <mailsim/base/limits.h>

#include "../support/run-suite.h"
#include "../support/session-end.h"

#define TOOK " (0.001 + 0.000 secs).\r\n"

typedef struct {
    MailsimMailStore *store;
    MailsimSession *session;
    SessionEnd end;
    char *logged;
} Server;

static MailsimTime
get_now(gpointer data)
{
    return ((const Server *)data)->end.now_us;
}

static void
take_log(gpointer data, const char *text)
{
    Server *server = data;

    ck_assert_ptr_null(server->logged);
    server->logged = g_strdup(text);
}

static const MailsimImapServerPolicy policy = {.get_now = get_now, .log = take_log};

static void
append(MailsimMailStore *store, gsize length)
{
    char *text = g_strnfill(length - 1, 'x');
    g_autoptr(GBytes) content = NULL;

    text[length - 2] = '\n';
    content = g_bytes_new_take(text, length - 1);
    mailsim_mailbox_append(mailsim_mail_store_find(store, "INBOX"), NULL, content, NULL, 0);
}

static void
begin(Server *server, MailsimMailLayout layout, gsize line_length_max)
{
    const MailsimImapServerOptions options = {.line_length_max = line_length_max};

    *server = (Server){.store = mailsim_mail_store_new(layout, 7)};
    server->session = mailsim_imap_server_new(&options, server->store, &policy, server);
    session_end_init(&server->end, server->session);
    session_end_begin(&server->end);
}

static void
end(Server *server)
{
    if (!server->end.over)
        session_end_lose(&server->end, MAILSIM_LOSS_CLOSED);
    ck_assert_ptr_nonnull(server->logged);
    g_free(server->logged);
    session_end_clear(&server->end);
    mailsim_session_free(server->session);
    mailsim_mail_store_free(server->store);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Server, end)

/* SAID in one packet, and all that is answered. */
static void
check(Server *server, const char *said, const char *answer)
{
    session_end_hear(&server->end, said, strlen(said));
    while (server->end.want == MAILSIM_WANT_REST)
        session_end_wait(&server->end);
    ck_assert_str_eq(server->end.said->str, answer);
    g_string_truncate(server->end.said, 0);
}

/* ---- what Dovecot says ------------------------------------------------------------------- */

typedef struct {
    const char *said;
    const char *answer;
} Exchange;

#define BAD_NAME(tag)            tag " BAD Error in IMAP command: Invalid command name" TOOK
#define APPEND_BAD(tag, problem) tag " BAD Error in IMAP command APPEND: " problem TOOK

/* clang-format off */
static const Exchange appends[] = {
    {"a APPEND INBOX \\Seen {3+}\r\nabc\r\n",         APPEND_BAD("a", "Invalid arguments")},
    {"a APPEND INBOX (\\Foo) {3+}\r\nabc\r\n",        APPEND_BAD("a", "Invalid system flag \\FOO") BAD_NAME("abc")},
    {"a APPEND INBOX \"xx\" {3+}\r\nabc\r\n",         APPEND_BAD("a", "Invalid internal date") BAD_NAME("abc")},
    {"a APPEND (x) {3+}\r\nabc\r\n",                  APPEND_BAD("a", "Invalid arguments") BAD_NAME("abc")},
    {"a APPEND INBOX {3+}\r\nabc (\\Foo) {3+}\r\nabc\r\n", APPEND_BAD("a", "Invalid system flag \\FOO") BAD_NAME("abc")},
    {"a APPEND INBOX (a\"b) {3}\r\n",                 APPEND_BAD("a", "Invalid characters in atom")
                                                      "* BAD Error in IMAP tag: Invalid tag" TOOK},
    {"a APPEND INBOX \"b\r\n",                        APPEND_BAD("a", "Missing '\"'") BAD_NAME("b")},
    {"a APPEND IN\"BOX {3}\r\n",                      APPEND_BAD("a", "Invalid characters in atom")},
    {"a APPEND {3x}\r\n",                             APPEND_BAD("a", "Invalid literal size")},
    {"a APPEND INBOX (\\Seen {3}\r\n",                ""},
    {"abc\r\n",                                       APPEND_BAD("a", "Missing ')'")
                                                      "* BAD Error in IMAP tag: Invalid tag" TOOK},
    {"a APPEND INBOX (\\Seen) {3}x\r\n",              APPEND_BAD("a", "Missing LF after literal size") BAD_NAME("x")},
    {"a APPEND INBOX {3}\r\nabc {0}\r\n",             "+ OK\r\na NO Can't save a zero byte message" TOOK},
    {"a APPEND INBOX {3+}\r\nabc {3x}\r\n",           APPEND_BAD("a", "Invalid literal size") BAD_NAME("3x}")},
    {"a APPEND nope x\r\n",                           "a NO [TRYCREATE] Mailbox doesn't exist: nope" TOOK},
    {"a APPEND nope (\\Foo) {3+}\r\nabc\r\n",         "a NO [TRYCREATE] Mailbox doesn't exist: nope" TOOK},
    {"a APPEND nope {3+}\r\nabc {3+}\r\nabc\r\n",     "a NO [TRYCREATE] Mailbox doesn't exist: nope" TOOK},
    {"a APPEND nope {3+}\r\nabcdef\r\n",              "a NO [TRYCREATE] Mailbox doesn't exist: nope" TOOK},
    {"a APPEND INBOX (a]b) {1}\r\n",                  "a NO [CANNOT] Invalid characters in keyword" TOOK},
    {"a APPEND INBOX NIL {1}\r\nx\r\n",               APPEND_BAD("a", "Invalid arguments")},
    {"a APPEND \"\" {1+}\r\nx\r\n",                   "a NO [CANNOT] Invalid mailbox name: Name is empty" TOOK},
    {"a APPEND NIL {1+}\r\nx\r\n",                    "a NO [TRYCREATE] Mailbox doesn't exist: NIL" TOOK},
    {"a STATUS INBOX (MESSAGES)\r\n",                 "* STATUS INBOX (MESSAGES 0)\r\na OK Status completed" TOOK},
    {"a APPEND INBOX (NIL) {1+}\r\nx {2+}\r\nyz\r\n", "a OK [APPENDUID 7 1:2] Append completed" TOOK},
};

static const Exchange names[] = {
    {"a CREATE x/\r\n",       "a OK Create completed" TOOK},
    {"a CREATE x/\r\n",       "a NO [ALREADYEXISTS] Mailbox already exists" TOOK},
    {"a CREATE x\r\n",        "a NO [ALREADYEXISTS] Mailbox already exists" TOOK},
    {"a DELETE x/\r\n",       "a NO [CANNOT] Invalid mailbox name: Ends with hierarchy separator" TOOK},
    {"a DELETE x\r\n",        "a OK Delete completed" TOOK},
    {"a CREATE y/z\r\n",      "a OK Create completed" TOOK},
    {"a CREATE y\r\n",        "a NO [ALREADYEXISTS] Mailbox already exists" TOOK},
    {"a RENAME y w\r\n",      "a OK Rename completed" TOOK},
    {"a LIST \"\" *\r\n",     "* LIST (\\HasNoChildren) \"/\" INBOX\r\n"
                              "* LIST (\\Noselect \\HasChildren) \"/\" w\r\n"
                              "* LIST (\\NoInferiors) \"/\" w/z\r\na OK List completed" TOOK},
    {"a RENAME w/z v\r\n",    "a OK Rename completed" TOOK},
    {"a LIST \"\" w\r\n",     "* LIST (\\Noselect \\HasNoChildren) \"/\" w\r\na OK List completed" TOOK},
    {"a CREATE q\r\n",        "a OK Create completed" TOOK},
    {"a RENAME v q/r\r\n",    "a NO [CANNOT] Target mailbox doesn't allow inferior mailboxes" TOOK},
    {"a STATUS w (UNSEEN)\r\n", "a NO Mailbox isn't selectable" TOOK},
    {"a SUBSCRIBE w\r\n",     "a OK Subscribe completed" TOOK},
    {"a APPEND w {1+}\r\nx\r\n", "a NO [TRYCREATE] Mailbox isn't selectable" TOOK},
    {"a CREATE .lock\r\n",    "a OK Create completed" TOOK},
    {"a CREATE a.lock/b\r\n", "a NO [CANNOT] Invalid mailbox name: Contains reserved name" TOOK},
    {"a CREATE x/./y\r\n",    "a NO [CANNOT] Invalid mailbox name: Contains '.' part" TOOK},
    {"a CREATE /x\r\n",       "a NO [CANNOT] Invalid mailbox name: Begins with hierarchy separator" TOOK},
};

static const Exchange words[] = {
    {"a F%O\r\n",                    BAD_NAME("a")},
    {"a F]O\r\n",                    BAD_NAME("a")},
    {"a F}O\r\n",                    "a BAD Error in IMAP command F}O: Unknown command" TOOK},
    {"a F+O\r\n",                    "a BAD Error in IMAP command F+O: Unknown command" TOOK},
    {"a}'<[~b NOOP\r\n",             "a}'<[~b OK NOOP completed" TOOK},
    {"a]b NOOP\r\n",                 "* BAD Error in IMAP tag: Invalid tag" TOOK},
    {"a ID (\r\n",                   "a BAD Error in IMAP command ID: Missing ')'" TOOK},
    {"a CREATE x (\r\n",             "a OK Create completed" TOOK},
    {"a SUBSCRIBE .x\r\n",           "a NO Mailbox doesn't exist: .x" TOOK},
    {"a UNSUBSCRIBE .x\r\n",         "a NO [CANNOT] Invalid mailbox name: Begins with hierarchy separator" TOOK},
    {"a STATUS nope (FOO)\r\n",      "a BAD Error in IMAP command STATUS: Invalid status item FOO" TOOK},
    {"a LIST x\r\n",                 "a BAD Error in IMAP command LIST: Invalid pattern" TOOK},
    {"a CREATE p.q\r\n",             "a OK Create completed" TOOK},
    {"a RENAME x p\r\n",             "a OK Rename completed" TOOK},
    {"a RENAME p p.v\r\n",           "a NO Can't rename mailbox under its own child" TOOK},
    {"a RENAME p.q p\r\n",           "a NO [ALREADYEXISTS] Target mailbox already exists" TOOK},
    {"a RENAME nope INBOX\r\n",      "a NO [NONEXISTENT] Mailbox doesn't exist: nope" TOOK},
};
/* clang-format on */

static const struct {
    MailsimMailLayout layout;
    const Exchange *exchanges;
    guint n_exchanges;
} conversations[] = {
    {MAILSIM_LAYOUT_MAILDIR, appends, G_N_ELEMENTS(appends)},
    {MAILSIM_LAYOUT_MBOX,    names,   G_N_ELEMENTS(names)  },
    {MAILSIM_LAYOUT_MAILDIR, words,   G_N_ELEMENTS(words)  },
};

START_TEST(it_says_what_dovecot_says)
{
    g_auto(Server) server = {0};

    begin(&server, conversations[_i].layout, 0);
    for (guint i = 0; i < conversations[_i].n_exchanges; i++)
        check(&server, conversations[_i].exchanges[i].said,
              conversations[_i].exchanges[i].answer);
}
END_TEST

/* A command, with its literal's announcement, may have as many octets as a line. */
START_TEST(literals_fit_into_what_is_left_of_a_line)
{
    static const struct {
        const char *said;
        const char *answer;
    } literals[] = {
        {"a SELECT {986}\r\n",    "+ OK\r\n"                        },
        {"a SELECT {987}\r\n",    "* BYE Literal size too large\r\n"},
        {"a SUBSCRIBE {983}\r\n", "+ OK\r\n"                        },
        {"a SUBSCRIBE {984}\r\n", "* BYE Literal size too large\r\n"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(literals); i++) {
        g_auto(Server) server = {0};

        begin(&server, MAILSIM_LAYOUT_MAILDIR, 1000);
        check(&server, literals[i].said, literals[i].answer);
    }
}
END_TEST

START_TEST(arguments_are_as_long_as_the_buffer)
{
    static const struct {
        guint length;
        guint times;
        const char *answer;
    } lines[] = {
        {999,  1, "a NO [CANNOT] Mailbox name too long" TOOK                  },
        {1000, 1, "a BAD Error in IMAP command CREATE: Too long argument" TOOK},
        {900,  2, "a NO [CANNOT] Mailbox name too long" TOOK                  },
        {900,  9, "a NO [CANNOT] Mailbox name too long" TOOK                  },
        {5000, 1, "a BAD Error in IMAP command CREATE: Too long argument" TOOK},
    };
    g_auto(Server) server = {0};

    begin(&server, MAILSIM_LAYOUT_MAILDIR, 1000);
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(GString) line = g_string_new("a CREATE");

        for (guint j = 0; j < lines[i].times; j++) {
            g_autofree char *argument = g_strnfill(lines[i].length, 'x');

            g_string_append_printf(line, " %s", argument);
        }
        g_string_append(line, "\r\n");
        check(&server, line->str, lines[i].answer);
        line->str[2] = 'S'; /* SREATE */
        check(&server, line->str, "a BAD Error in IMAP command SREATE: Unknown command" TOOK);
    }
}
END_TEST

START_TEST(all_arguments_together_are_not_much_longer)
{
    g_autoptr(GString) line = g_string_new("a SELECT");
    g_auto(Server) server = {0};

    for (guint i = 0; i < 3000; i++)
        g_string_append(line, " xy");
    g_string_append(line, "\r\n");
    begin(&server, MAILSIM_LAYOUT_MAILDIR, 1000);
    check(&server, line->str,
          "a BAD Error in IMAP command SELECT: IMAP command line too large" TOOK);
    check(&server, "b NOOP\r\n", "b OK NOOP completed" TOOK);
}
END_TEST

/* ---- how it ends ------------------------------------------------------------------------- */

static const struct {
    const char *said;
    const char *answer;
    const char *logged; /* up to “out=” */
} losses[] = {
    {"a NOOP\r\nb SELECT x\r\nc SEL",
     "a OK NOOP completed" TOOK "b NO Mailbox doesn't exist: x" TOOK,
     "Disconnected: Connection closed (SELECT finished 2.000 secs ago) in=22 "},
    {"a NOOP\r\nc SELECT INB",        "a OK NOOP completed" TOOK,
     "Disconnected: Connection closed (SELECT running for 0.001 + waiting input for 2.000 "
     "secs, "
     "0 B in + 0 B out, state=wait-input) in=17 "                             },
    {"a SELECT {10}\r\nabc",          "+ OK\r\n",
     "Disconnected: Connection closed (SELECT running for 0.001 + waiting input for 2.000 "
     "secs, "
     "0 B in + 0 B out, state=wait-input) in=15 "                             },
    {"a]b NOOP\r\n",                  "* BAD Error in IMAP tag: Invalid tag" TOOK,
     "Disconnected: Connection closed (No commands sent) in=10 "              },
};

START_TEST(the_log_tells_where_it_was_lost)
{
    g_auto(Server) server = {0};

    begin(&server, MAILSIM_LAYOUT_MAILDIR, 0);
    check(&server, losses[_i].said, losses[_i].answer);
    session_end_pass(&server.end, 2 * MAILSIM_SECOND);
    session_end_lose(&server.end, MAILSIM_LOSS_CLOSED);
    *strstr(server.logged, "out=") = '\0';
    ck_assert_str_eq(server.logged, losses[_i].logged);
}
END_TEST

/* ---- limits ------------------------------------------------------------------------------ */

/* Of twenty messages, or of one twenty times. */
static const char *const large_fetches[] = {
    "a FETCH 1:* BODY.PEEK[]\r\n",
    "a FETCH 1 (BODY.PEEK[] BODY.PEEK[] BODY.PEEK[] BODY.PEEK[] BODY.PEEK[] BODY.PEEK[] "
    "BODY.PEEK[] BODY.PEEK[] BODY.PEEK[] BODY.PEEK[] BODY.PEEK[] BODY.PEEK[] BODY.PEEK[] "
    "BODY.PEEK[] BODY.PEEK[] BODY.PEEK[] BODY.PEEK[] BODY.PEEK[] BODY.PEEK[] BODY.PEEK[])\r\n",
};

START_TEST(what_is_said_is_taken_before_more_is_said)
{
    g_auto(Server) server = {0};
    const guint n_messages = 20;
    guint n_rests = 0;
    gsize n_said = 0;

    begin(&server, MAILSIM_LAYOUT_MAILDIR, 0);
    for (guint i = 0; i < n_messages; i++)
        append(server.store, 100 * 1000);
    session_end_hear(&server.end, "a SELECT INBOX\r\n", strlen("a SELECT INBOX\r\n"));
    g_string_truncate(server.end.said, 0);
    session_end_hear(&server.end, large_fetches[_i], strlen(large_fetches[_i]));
    while (server.end.want == MAILSIM_WANT_REST) {
        ck_assert_uint_lt(server.end.said->len, 400 * 1000);
        n_said += server.end.said->len;
        g_string_truncate(server.end.said, 0);
        n_rests++;
        session_end_wait(&server.end);
    }
    n_said += server.end.said->len;
    ck_assert(g_str_has_suffix(server.end.said->str, "a OK Fetch completed" TOOK));
    ck_assert_uint_ge(n_rests, 5);
    ck_assert_uint_gt(n_said, n_messages * 100 * 1000);
}
END_TEST

START_TEST(a_search_rests_where_it_has_much_to_do)
{
    g_auto(Server) server = {0};
    guint n_rests = 0;

    begin(&server, MAILSIM_LAYOUT_MAILDIR, 0);
    for (guint i = 0; i < 10; i++)
        append(server.store, 1000 * 1000);
    session_end_hear(&server.end, "a SELECT INBOX\r\n", strlen("a SELECT INBOX\r\n"));
    g_string_truncate(server.end.said, 0);
    session_end_hear(&server.end, "a SEARCH OR BODY nothing 2:3\r\n",
                     strlen("a SEARCH OR BODY nothing 2:3\r\n"));
    while (server.end.want == MAILSIM_WANT_REST) {
        n_rests++;
        session_end_wait(&server.end);
    }
    ck_assert_str_eq(server.end.said->str, "* SEARCH 2 3\r\na OK Search completed" TOOK);
    ck_assert_uint_ge(n_rests, 2);
}
END_TEST

START_TEST(mailboxes_do_not_grow_for_ever)
{
    g_auto(Server) server = {0};
    MailsimMailbox *inbox;
    guint n_copied = 0;

    begin(&server, MAILSIM_LAYOUT_MAILDIR, 0);
    mailsim_mail_store_create(server.store, "other");
    append(server.store, 10);
    inbox = mailsim_mail_store_find(server.store, "INBOX");
    session_end_hear(&server.end, "a SELECT INBOX\r\n", strlen("a SELECT INBOX\r\n"));
    for (; n_copied < 40; n_copied++) {
        g_string_truncate(server.end.said, 0);
        session_end_hear(&server.end, "a COPY 1:* INBOX\r\n", strlen("a COPY 1:* INBOX\r\n"));
        if (strstr(server.end.said->str, "a OK") == NULL)
            break;
    }
    ck_assert_str_eq(server.end.said->str,
                     "a NO [OVERQUOTA] Quota exceeded (mailbox for user is full)" TOOK);
    ck_assert_uint_gt(n_copied, 10);
    ck_assert_uint_le(mailsim_mailbox_get_messages(inbox)->len, MAILSIM_MESSAGES_MAX);
    g_string_truncate(server.end.said, 0);
    check(&server, "a COPY 1:* other\r\n",
          "a NO [OVERQUOTA] Quota exceeded (mailbox for user is full)" TOOK);
}
END_TEST

#define TOO_LARGE                                                                              \
    " NO [LIMIT] Mail size is larger than the maximum size allowed by server "                 \
    "configuration" TOOK

/* “imap_max_line_length = 8388608T” */
START_TEST(a_line_has_an_end)
{
    g_auto(Server) server = {0};

    begin(&server, MAILSIM_LAYOUT_MAILDIR, G_MAXSIZE / 2 + 1);
    ck_assert_uint_eq(server.session->class->get_line_max(server.session),
                      2 * MAILSIM_IMAP_LINE_MAX_BYTES);
}
END_TEST

/* Another session takes the mailbox away and makes one of the same name. */
START_TEST(what_is_appended_outlives_its_mailbox)
{
    g_auto(Server) server = {0};
    MailsimMailbox *other;
    const MailsimStoredMessage *message;

    begin(&server, MAILSIM_LAYOUT_MAILDIR, 0);
    mailsim_mail_store_create(server.store, "other");
    check(&server, "a APPEND other ($Work) {3}\r\n", "+ OK\r\n");
    mailsim_mail_store_delete(server.store, mailsim_mail_store_find(server.store, "other"));
    other = mailsim_mail_store_create(server.store, "other");
    check(&server, "abc\r\n", "a OK [APPENDUID 9 1] Append completed" TOOK);
    message = g_ptr_array_index(mailsim_mailbox_get_messages(other), 0);
    ck_assert(mailsim_flag_set_has(&message->flags, "$Work"));
}
END_TEST

/* Messages of one octet cost more than an octet. */
START_TEST(an_append_has_an_end_of_messages)
{
    g_auto(Server) server = {0};
    g_autoptr(GString) said = g_string_new("a APPEND INBOX {1+}\r\n");

    begin(&server, MAILSIM_LAYOUT_MAILDIR, 0);
    for (guint i = 0; i < MAILSIM_MESSAGES_MAX; i++)
        g_string_append(said, "x {1+}\r\n");
    g_string_erase(said, (gssize)said->len - 4, 1);
    check(&server, said->str,
          "a NO [OVERQUOTA] Quota exceeded (mailbox for user is full)" TOOK);
    check(&server, "b NOOP\r\n", "b OK NOOP completed" TOOK);
}
END_TEST

/* “x/x/x…”, so many levels of it; to be freed. */
static char *
dup_deep_name(const char *level, guint n_levels)
{
    g_autoptr(GStrvBuilder) levels = g_strv_builder_new();
    g_auto(GStrv) all = NULL;

    for (guint i = 0; i < n_levels; i++)
        g_strv_builder_add(levels, level);
    all = g_strv_builder_end(levels);
    return g_strjoinv("/", all);
}

static void
check_name(Server *server, const char *command, const char *name, const char *answer)
{
    g_autofree char *said = g_strdup_printf("a %s %s\r\n", command, name);
    g_autofree char *answered = g_strdup_printf("a %s" TOOK, answer);

    check(server, said, answered);
}

START_TEST(names_of_mailboxes_have_an_end)
{
    g_auto(Server) server = {0};
    g_autofree char *deepest = dup_deep_name("g", 1900);
    g_autofree char *deeper = dup_deep_name("f", 1000);
    g_autofree char *too_long = dup_deep_name("f", 2060);
    g_autofree char *part = g_strnfill(200, 's');
    g_autofree char *rest = dup_deep_name(part, 18);
    g_autofree char *below = g_strdup_printf("q/%s", rest);

    begin(&server, MAILSIM_LAYOUT_MBOX, 0);
    check_name(&server, "CREATE", too_long, "NO [CANNOT] Mailbox name too long");
    check_name(&server, "CREATE", below, "OK Create completed");
    check_name(&server, "RENAME q", deeper, "NO [CANNOT] Mailbox or child name too long");
    check_name(&server, "CREATE", deepest, "OK Create completed");
    check_name(&server, "CREATE", deeper, "NO [LIMIT] Maximum number of mailboxes reached");
    check(&server, "a CREATE r\r\n", "a OK Create completed" TOOK);
    check_name(&server, "RENAME r", deeper, "NO [LIMIT] Maximum number of mailboxes reached");
}
END_TEST

START_TEST(messages_may_be_too_large)
{
    g_auto(Server) server = {0};
    g_autofree char *large =
        g_strdup_printf("a APPEND INBOX {%u}\r\n", MAILSIM_APPEND_MAX_BYTES + 1);
    g_autofree char *largest =
        g_strdup_printf("c APPEND INBOX {1+}\r\nx {%u}\r\n", MAILSIM_APPEND_MAX_BYTES);

    begin(&server, MAILSIM_LAYOUT_MAILDIR, 0);
    check(&server, large, "a" TOO_LARGE);
    check(&server, "b NOOP\r\n", "b OK NOOP completed" TOOK);
    check(&server, largest, "c" TOO_LARGE);
    ck_assert_uint_eq(
        mailsim_mailbox_get_messages(mailsim_mail_store_find(server.store, "INBOX"))->len, 0);
}
END_TEST

/* ---- documents --------------------------------------------------------------------------- */

START_TEST(what_is_announced_stands_in_the_table)
{
    g_autoptr(GString) announced = g_string_new(NULL);
    MailsimFeature feature;

    for (guint i = 0; mailsim_imap_server_get_extension(i, &feature); i++) {
        g_string_append_printf(announced, "%s%s", i > 0 ? " " : "", feature.name);
        ck_assert(g_str_has_prefix(feature.reference, "RFC "));
    }
    ck_assert_str_eq(announced->str, mailsim_imap_server_get_capabilities());
    for (guint i = 0; mailsim_imap_server_get_command(i, &feature); i++) {
        ck_assert(g_str_has_prefix(feature.syntax, feature.name));
        ck_assert(g_str_has_prefix(feature.reference, "RFC "));
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("imap-server");
    TCase *tcase = tcase_create("imap-server");

    tcase_add_loop_test(tcase, it_says_what_dovecot_says, 0, G_N_ELEMENTS(conversations));
    tcase_add_test(tcase, literals_fit_into_what_is_left_of_a_line);
    tcase_add_test(tcase, arguments_are_as_long_as_the_buffer);
    tcase_add_test(tcase, all_arguments_together_are_not_much_longer);
    tcase_add_loop_test(tcase, the_log_tells_where_it_was_lost, 0, G_N_ELEMENTS(losses));
    tcase_add_loop_test(tcase, what_is_said_is_taken_before_more_is_said, 0,
                        G_N_ELEMENTS(large_fetches));
    tcase_add_test(tcase, a_search_rests_where_it_has_much_to_do);
    tcase_add_test(tcase, mailboxes_do_not_grow_for_ever);
    tcase_add_test(tcase, a_line_has_an_end);
    tcase_add_test(tcase, names_of_mailboxes_have_an_end);
    tcase_add_test(tcase, what_is_appended_outlives_its_mailbox);
    tcase_add_test(tcase, an_append_has_an_end_of_messages);
    tcase_add_test(tcase, messages_may_be_too_large);
    tcase_add_test(tcase, what_is_announced_stands_in_the_table);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
