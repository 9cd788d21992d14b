/* SPDX-License-Identifier: MIT
 *
 * IMAP and POP3 as the transcript reads them: the facts that notes stand on, passwords,
 * messages that are no lines of the protocol, and how a fetch is shown. */
#include <string.h>

#include <mailsim/transcript/facts.h>
#include <mailsim/transcript/render.h>

#include "../support/recording-script.h"
#include "../support/run-suite.h"
#include "../support/sample-reading.h"

/* --- the facts ---------------------------------------------------------------------------- */

#define GREETING                                                                               \
    "* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS "     \
    "LOGINDISABLED] Dovecot (Debian) ready."
#define SECURED_LIST                                                                           \
    "* CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ AUTH=PLAIN"

/* clang-format off */
static const struct {
    const char *description;
    const char *step;
    const char *text; /* of the line; its beginning is enough */
    const char *condition;
    gboolean expected;
} facts[] = {
    {"the greeting answers the connection", "starttls-143", GREETING, "reply-to=CONNECT", TRUE},
    {"… untagged", "starttls-143", GREETING, "untagged=OK", TRUE},
    {"… with a list", "starttls-143", GREETING, "offers=STARTTLS", TRUE},
    {"… in which a login is forbidden", "starttls-143", GREETING, "offers=LOGINDISABLED", TRUE},
    {"… which is used", "starttls-143", GREETING, "starttls-follows", TRUE},
    {"… and has no AUTH yet", "starttls-143", GREETING, "offers=AUTH=PLAIN", FALSE},
    {"… but later", "starttls-143", GREETING, "auth-later", TRUE},
    {"a program that gives up", "no-tls", "* OK", "quit-follows", TRUE},
    {"a command has a verb", "starttls-143", "a1 STARTTLS", "verb=STARTTLS", TRUE},
    {"… and waits for nothing", "starttls-143", "a1 STARTTLS", "pipelined", FALSE},
    {"a tag tells what is answered", "starttls-143", "a1 OK Begin", "reply-to=STARTTLS", TRUE},
    {"… and how", "starttls-143", "a1 OK Begin", "result=ok", TRUE},
    {"the second list is asked for again", "starttls-143", "a2 CAPABILITY", "again", TRUE},
    {"… it has AUTH", "starttls-143", SECURED_LIST, "new=AUTH=PLAIN", TRUE},
    {"… what was there before is not new", "starttls-143", SECURED_LIST, "new=IDLE", FALSE},
    {"a mechanism is offered", "starttls-143", SECURED_LIST, "mechanism=PLAIN", TRUE},
    {"AUTHENTICATE PLAIN can be read", "starttls-143", "a7 AUTHENTICATE", "decoded", TRUE},
    {"… it is base64", "starttls-143", "a7 AUTHENTICATE", "base64", TRUE},
    {"a right password shows", "starttls-143", "a7 OK", "accepted", TRUE},
    {"what belongs to an answer is asked for", "starttls-143", "* 1 EXISTS", "unasked", FALSE},
    {"… and answers it", "starttls-143", "* 1 EXISTS", "reply-to=SELECT", TRUE},
    {"a code", "starttls-143", "* OK [UIDVALIDITY", "code=UIDVALIDITY", TRUE},
    {"items in a list", "starttls-143", "a4 FETCH", "item=RFC822.SIZE", TRUE},
    {"UID FETCH is one verb", "starttls-143", "a5 UID FETCH", "verb=UID FETCH", TRUE},
    {"an item with brackets", "starttls-143", "a5 UID FETCH", "item=BODY[]", TRUE},
    {"a literal is announced", "starttls-143", "* 1 FETCH (UID 1 FLAGS (\\Seen", "literal", TRUE},
    {"… with flags before it", "starttls-143", "* 1 FETCH (UID 1 FLAGS (\\Seen", "flag=\\Seen", TRUE},
    {"its lines are a message", "starttls-143", "From: bob", "field=From", TRUE},
    {"… and no reply", "starttls-143", "From: bob", "reply", FALSE},
    {"a dot is a dot there", "starttls-143", ".Un punto.", "body", TRUE},
    {"behind it the reply goes on", "starttls-143", ")", "continued", TRUE},
    {"… and is no message", "starttls-143", ")", "message", FALSE},
    {"the first time a message is new", "starttls-143", "From: bob", "new", TRUE},
    {"the second time it is not", "login-993", "From: bob", "repeated", TRUE},
    {"… with POP3, either", "stls-110", "From: bob", "repeated", TRUE},
    {"… whose dots are doubled", "stls-110", "Received: from mx", "repeated", TRUE},
    {"BYE answers LOGOUT", "starttls-143", "* BYE", "reply-to=LOGOUT", TRUE},
    {"a password in quotes", "login-993", "a1 LOGIN", "decoded", TRUE},
    {"… is not in base64", "login-993", "a1 LOGIN", "base64", FALSE},
    {"one that is refused", "login-993", "a1 NO", "refused", TRUE},
    {"… at once said why", "login-993", "a1 NO", "code=AUTHENTICATIONFAILED", TRUE},
    {"… and late", "login-993", "a1 NO", "late", TRUE},
    {"a name in a literal is not all", "login-993", "a2 LOGIN {3}", "decoded", FALSE},
    {"… the server waits for it", "login-993", "+ OK", "result=go-on", TRUE},
    {"… with the password it is", "login-993", "ana \"melocoton\"", "decoded", TRUE},
    {"… and no command of its own", "login-993", "ana \"melocoton\"", "command", FALSE},
    {"the list after a login", "login-993", "a2 OK", "offers=NAMESPACE", TRUE},
    {"a login in the clear", "typed-143", "a1 LOGIN", "clear", TRUE},
    {"… is shouted at", "typed-143", "* BAD", "code=ALERT", TRUE},
    {"a forgotten tag", "typed-143", "LOGIN BAD", "result=bad", TRUE},
    {"BYE without LOGOUT", "typed-143", "* BYE", "reply-to=LOGOUT", FALSE},
    {"AUTHENTICATE is challenged", "open-143", "+ ", "reply-to=AUTHENTICATE", TRUE},
    {"… its response is no command", "open-143", "AGFu", "response", TRUE},
    {"… and can be read", "open-143", "AGFu", "decoded", TRUE},
    {"new mail in IDLE", "idle-993", "* 2 EXISTS", "unasked", TRUE},
    {"flags of others, too", "idle-993", "* 1 FETCH (FLAGS (\\Seen", "unasked", TRUE},
    {"flags that were asked for", "idle-993", "* 1 FETCH (FLAGS (\\Deleted", "unasked", FALSE},
    {"DONE ends an IDLE", "idle-993", "DONE", "verb=DONE", TRUE},
    {"… whose tag comes back", "idle-993", "a1 OK Idle", "reply-to=IDLE", TRUE},
    {"flags in a command", "idle-993", "a2 STORE", "flag=\\Deleted", TRUE},
    {"a message that is put there", "idle-993", "a: b", "message", TRUE},
    {"POP3 greets", "stls-110", "+OK Dovecot", "reply-to=CONNECT", TRUE},
    {"a list has lines", "stls-110", "STLS", "verb=STLS", FALSE},
    {"… each with a keyword", "stls-110", "STLS", "keyword=STLS", TRUE},
    {"SASL may be empty", "stls-110", "SASL", "nothing", TRUE},
    {"… and full inside TLS", "stls-110", "SASL PLAIN", "nothing", FALSE},
    {"USER is new there", "stls-110", "USER", "new", TRUE},
    {"the list is summed up at its end", "stls-110", ".", "offers=STLS", TRUE},
    {"AUTH PLAIN can be read", "stls-110", "AUTH PLAIN", "decoded", TRUE},
    {"a size is one line", "stls-110", "+OK 1 434", "last", TRUE},
    {"names have a line each", "stls-110", "1 00000001", "listed", TRUE},
    {"a message has many", "stls-110", "+OK 434 octets", "last", FALSE},
    {"a doubled dot", "stls-110", "..Un punto.", "stuffed", TRUE},
    {"what is marked is known", "stls-110", "+OK Logging out, messages", "deletes", TRUE},
    {"nothing is marked", "user-995", "+OK Logging out.", "deletes", FALSE},
    {"PASS can be read, with USER", "user-995", "PASS pera", "decoded", TRUE},
    {"[AUTH] is a code", "user-995", "-ERR [AUTH]", "code=AUTH", TRUE},
    {"USER is refused", "typed-110", "-ERR [AUTH]", "reply-to=USER", TRUE},
};
/* clang-format on */

static const MailsimEvent *
find_line(const MailsimRecording *recording, const char *step, const char *text)
{
    const MailsimEvent *found = NULL;

    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);
        const MailsimStepRecord *record = g_ptr_array_index(recording->steps, event->step);

        if (event->kind != MAILSIM_EVENT_LINE || strcmp(record->id, step) != 0)
            continue;
        if (strcmp(event->line.text, text) == 0)
            return event;
        if (found == NULL && strlen(text) > 1 && g_str_has_prefix(event->line.text, text))
            found = event;
    }
    return found;
}

START_TEST(facts_follow_from_what_was_said)
{
    g_autoptr(MailsimRecording) recording = sample_reading_new();
    g_autoptr(MailsimReading) reading = mailsim_reading_new(recording);
    const MailsimEvent *event = find_line(recording, facts[_i].step, facts[_i].text);

    ck_assert_msg(event != NULL, "%s: no such line", facts[_i].description);
    ck_assert_msg(mailsim_reading_holds(reading, event->sequence, facts[_i].condition) ==
                      facts[_i].expected,
                  "%s", facts[_i].description);
}
END_TEST

/* --- passwords ---------------------------------------------------------------------------- */

static const struct {
    const char *step;
    const char *text;
    const char *password;
} passwords[] = {
    {"starttls-143", "a7 AUTHENTICATE",   "melocoton"},
    {"login-993",    "a1 LOGIN",          "pera"     },
    {"login-993",    "ana \"melocoton\"", "melocoton"},
    {"typed-143",    "a1 LOGIN",          "melocoton"},
    {"open-143",     "AGFuYQBwZXJh",      "pera"     },
    {"stls-110",     "AUTH PLAIN",        "melocoton"},
    {"user-995",     "PASS pera",         "pera"     },
};

START_TEST(passwords_are_read_from_the_wire)
{
    g_autoptr(MailsimRecording) recording = sample_reading_new();
    g_autoptr(MailsimReading) reading = mailsim_reading_new(recording);
    const MailsimEvent *event = find_line(recording, passwords[_i].step, passwords[_i].text);

    ck_assert_ptr_nonnull(event);
    ck_assert_str_eq(mailsim_reading_get_value(reading, event->sequence, "user"), "ana");
    ck_assert_str_eq(mailsim_reading_get_value(reading, event->sequence, "password"),
                     passwords[_i].password);
}
END_TEST

/* --- what nobody should say --------------------------------------------------------------- */

/* Either side may say anything; reading it must not fail. */
static const char *const odd_lines[] = {
    "",
    " ",
    "a1",
    "a1 ",
    "*",
    "* ",
    "+",
    "* 1",
    "* FETCH",
    "* 1 FETCH",
    "* 1 FETCH (BODY[] {4294967296}",
    "* 1 FETCH (BODY[1] {0}",
    "* 1 FETCH (FLAGS (",
    "* OK [",
    "* OK []",
    "* OK [CAPABILITY]",
    "* CAPABILITY",
    "* CAPABILITY  AUTH=",
    "a1 OK",
    "a1 LOGIN {99999999999999999999999}",
    "a1 LOGIN {0+}",
    "a1 LOGIN \"",
    "a1 LOGIN \"ana\" ((",
    "a1 UID",
    "a1 UID FETCH",
    "a1 STORE",
    "a1 AUTHENTICATE",
    "a1 AUTHENTICATE PLAIN =",
    "\xff\xfe",
    "* \xff",
    "* OK [\xff]",
    "PASS",
    "AUTH",
    "AUTH LOGIN !",
    "-ERR [",
    "+OK",
    ".",
};

START_TEST(odd_lines_are_read_without_harm)
{
    g_autoptr(MailsimRecording) recording = sample_reading_new();
    guint n_lines = 0;

    for (guint i = 0; i < recording->events->len; i++) {
        MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->kind != MAILSIM_EVENT_LINE || n_lines++ % G_N_ELEMENTS(odd_lines) != 0)
            continue;
        g_free(event->line.text);
        event->line.text = g_strdup(odd_lines[(n_lines + (guint)_i) % G_N_ELEMENTS(odd_lines)]);
    }
    g_autoptr(MailsimReading) reading = mailsim_reading_new(recording);
    ck_assert(mailsim_reading_holds(reading, 1, "!nothing"));
}
END_TEST

/* --- how it is shown ---------------------------------------------------------------------- */

static char *
render(const MailsimRecording *recording, MailsimLanguage language, MailsimDetail detail)
{
    const MailsimRenderOptions options = {.language = language, .detail = detail};
    GString *page = g_string_new(NULL);

    mailsim_render_text(recording, &options, page);
    return g_string_free(page, FALSE);
}

START_TEST(a_message_is_not_told_twice)
{
    g_autoptr(MailsimRecording) recording = sample_reading_new();
    g_autofree char *page = render(recording, MAILSIM_LANGUAGE_ES, MAILSIM_DETAIL_NORMAL);
    const char *first = strstr(page, "Hola, Ana.");

    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_null(strstr(first + 1, "Hola, Ana."));
    ck_assert_ptr_nonnull(strstr(first, "y el mensaje como antes, 13 líneas"));
}
END_TEST

START_TEST(a_long_list_is_cut)
{
    g_autoptr(MailsimRecording) recording = sample_reading_new();
    g_autofree char *page = render(recording, MAILSIM_LANGUAGE_EN, MAILSIM_DETAIL_NORMAL);
    g_autofree char *full = render(recording, MAILSIM_LANGUAGE_EN, MAILSIM_DETAIL_FULL);

    ck_assert_ptr_nonnull(strstr(page, "THREAD=REFERENCES … (and 28 more)] Logged in"));
    ck_assert_ptr_null(strstr(page, "SAVEDATE"));
    ck_assert_ptr_nonnull(strstr(full, "SAVEDATE"));
}
END_TEST

/* clang-format off */
static const struct {
    MailsimLanguage language;
    MailsimDetail detail;
    const char *text;
} shown[] = {
    {MAILSIM_LANGUAGE_EN, MAILSIM_DETAIL_NORMAL, " IMAP and POP3 server (Dovecot)\n"},
    {MAILSIM_LANGUAGE_ES, MAILSIM_DETAIL_NORMAL, " servidor IMAP y POP3 (Dovecot)\n"},
    {MAILSIM_LANGUAGE_EN, MAILSIM_DETAIL_NORMAL, "laptop has read the mailbox: 1 message, 1 new to this"},
    {MAILSIM_LANGUAGE_ES, MAILSIM_DETAIL_NORMAL, "laptop ha leído el buzón: 2 mensajes, ninguno nuevo"},
    {MAILSIM_LANGUAGE_ES, MAILSIM_DETAIL_NORMAL, "laptop ha leído el buzón: está vacío."},
    {MAILSIM_LANGUAGE_ES, MAILSIM_DETAIL_NORMAL, "laptop no puede leer el buzón: el servidor no ofrece TLS."},
    {MAILSIM_LANGUAGE_EN, MAILSIM_DETAIL_NORMAL, "▶ fetched (the mailbox has been read) after 0.400 s"},
    {MAILSIM_LANGUAGE_EN, MAILSIM_DETAIL_NORMAL, "▶ failed (the mailbox has not been read) after 0.120 s"},
    {MAILSIM_LANGUAGE_EN, MAILSIM_DETAIL_BRIEF, "laptop → mail:143 · TLS 1.3 · Verified · ana\n"},
    {MAILSIM_LANGUAGE_EN, MAILSIM_DETAIL_BRIEF, "USER ana  ◀ -ERR [AUTH] Plaintext"},
};
/* clang-format on */

START_TEST(a_fetch_is_told)
{
    g_autoptr(MailsimRecording) recording = sample_reading_new();
    g_autofree char *page = render(recording, shown[_i].language, shown[_i].detail);

    ck_assert_msg(strstr(page, shown[_i].text) != NULL, "“%s” is missing in:\n%s",
                  shown[_i].text, page);
}
END_TEST

/* Who reads what has been sent is in the picture, at its end. */
START_TEST(the_reader_stands_behind_the_path)
{
    RecordingScript writer = recording_script_begin("both", "Both", "Las dos cosas");
    g_autoptr(MailsimRecording) recording = writer.recording;
    g_autofree char *page = NULL;

    recording_script_begin_step(&writer, "send", "Send", "Enviar");
    recording_script_begin_hop(&writer, "instituto", "mail", 25, 0);
    recording_script_write(&writer, "40 connected\n");
    recording_script_begin_step(&writer, "read", "Read", "Leer");
    recording_script_begin_hop(&writer, "laptop", "mail", 993, 0);
    recording_script_write(&writer, "40 connected\n");
    page = render(recording, MAILSIM_LANGUAGE_EN, MAILSIM_DETAIL_NORMAL);
    ck_assert_msg(
        strstr(page, "   mx.instituto.example ───25──▶ mail.iesgn.example ◀──993─── laptop\n"
                     "   MTA                           MTA                          MUA of ana"
                     "\n") != NULL,
        "%s", page);
}
END_TEST

/* --- forgetting --------------------------------------------------------------------------- */

/* What a conversation comes back to is kept until it has. */
/* clang-format off */
static const struct {
    const char *description;
    guint port;
    const char *script;
    const char *text;    /* a line; what of it can be forgotten? */
    const char *settler; /* what is said next */
    gboolean before;
    gboolean after;
} holds[] = {
    {"a command", 25, "10 -> NOOP\n",
     "NOOP", "20 <- 250 2.0.0 Ok\n", TRUE, TRUE},
    {"the last line of an offer", 25,
     "10 <- 220 one\n20 -> EHLO x\n30 <- 250-one\n30 <- 250 STARTTLS\n",
     "250 STARTTLS", "40 -> NOOP\n", FALSE, FALSE},
    {"its first line", 25,
     "10 <- 220 one\n20 -> EHLO x\n30 <- 250-one\n30 <- 250 STARTTLS\n",
     "250-one", "40 -> NOOP\n", TRUE, TRUE},
    {"a message under way", 25,
     "10 <- 220 one\n20 -> DATA\n30 <- 354 go on\n40 -> Subject: x\n",
     "Subject: x", "50 -> From: y\n", FALSE, FALSE},
    {"a message that is fetched", 110,
     "10 <- +OK\n20 -> RETR 1\n30 <- +OK 9 octets\n30 <- Subject: x\n",
     "Subject: x", "40 <- .\n", FALSE, TRUE},
};
/* clang-format on */

static const MailsimEvent *
find_text(const MailsimRecording *recording, const char *text)
{
    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->kind == MAILSIM_EVENT_LINE && strcmp(event->line.text, text) == 0)
            return event;
    }
    ck_abort_msg("no such line: %s", text);
}

static MailsimReading *
begin_reading(RecordingScript *script, int index)
{
    *script = recording_script_begin("holds", "Holds", "Guarda");
    recording_script_begin_step(script, "step", "A step", "Un paso");
    recording_script_begin_hop(script, "laptop", "mail", holds[index].port, 0);
    recording_script_write(script, holds[index].script);
    return mailsim_reading_new_open(script->recording);
}

START_TEST(what_is_held_is_not_forgotten)
{
    RecordingScript script;
    MailsimReading *reading = begin_reading(&script, _i);
    const MailsimEvent *event = find_text(script.recording, holds[_i].text);
    gboolean forgotten;

    mailsim_reading_go_on(reading);
    ck_assert_msg(!mailsim_reading_forget(reading, event), "not released");
    mailsim_reading_release(reading, event);
    forgotten = mailsim_reading_forget(reading, event);
    ck_assert_msg(forgotten == holds[_i].before, "%s", holds[_i].description);
    recording_script_write(&script, holds[_i].settler);
    mailsim_reading_go_on(reading);
    forgotten = forgotten || mailsim_reading_forget(reading, event);
    ck_assert_msg(forgotten == holds[_i].after, "%s, then", holds[_i].description);
    mailsim_reading_free(reading);
    mailsim_recording_free(script.recording);
}
END_TEST

START_TEST(nothing_is_held_for_a_forgotten_connection)
{
    RecordingScript script;
    MailsimReading *reading = begin_reading(&script, _i);
    const MailsimEvent *event = find_text(script.recording, holds[_i].text);

    mailsim_reading_go_on(reading);
    mailsim_reading_release(reading, event);
    mailsim_reading_forget_hop(reading, script.hop);
    ck_assert_msg(mailsim_reading_forget(reading, event), "%s", holds[_i].description);
    mailsim_reading_free(reading);
    mailsim_recording_free(script.recording);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("reading");
    TCase *tcase = tcase_create("reading");

    tcase_add_loop_test(tcase, facts_follow_from_what_was_said, 0, G_N_ELEMENTS(facts));
    tcase_add_loop_test(tcase, passwords_are_read_from_the_wire, 0, G_N_ELEMENTS(passwords));
    tcase_add_loop_test(tcase, odd_lines_are_read_without_harm, 0, G_N_ELEMENTS(odd_lines));
    tcase_add_test(tcase, a_message_is_not_told_twice);
    tcase_add_test(tcase, a_long_list_is_cut);
    tcase_add_loop_test(tcase, a_fetch_is_told, 0, G_N_ELEMENTS(shown));
    tcase_add_test(tcase, the_reader_stands_behind_the_path);
    tcase_add_loop_test(tcase, what_is_held_is_not_forgotten, 0, G_N_ELEMENTS(holds));
    tcase_add_loop_test(tcase, nothing_is_held_for_a_forgotten_connection, 0,
                        G_N_ELEMENTS(holds));
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
