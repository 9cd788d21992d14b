/* SPDX-License-Identifier: MIT
 *
 * The notes as data (both languages, known words, short enough, reachable), the facts that they
 * stand on, and the phrases beside them. */
#include <stdlib.h>
#include <string.h>

#include <mailsim/transcript/notes.h>
#include <mailsim/transcript/phrases.h>

#include "../../sim/transcript/columns.h"
#include "../support/recording-script.h"
#include "../support/sample-recording.h"
#include "../support/run-suite.h"

static MailsimNotes *notes;

/* --- the data ----------------------------------------------------------------------------- */

START_TEST(every_note_speaks_both_languages)
{
    const MailsimNote *note = mailsim_notes_get(notes, (guint)_i);

    for (guint i = 0; i < MAILSIM_LANGUAGES; i++)
        ck_assert_msg(note->parts[MAILSIM_NOTE_TEXT][i] != NULL &&
                          *note->parts[MAILSIM_NOTE_TEXT][i] != '\0',
                      "%s lacks text in language %u", note->id, i);
    for (guint part = 0; part < MAILSIM_NOTE_PARTS; part++) {
        char **texts = (char **)note->parts[part];
        ck_assert_msg((texts[0] == NULL) == (texts[1] == NULL),
                      "%s: part %u speaks one language only", note->id, part);
        if (texts[0] != NULL && part != MAILSIM_NOTE_SEE && part != MAILSIM_NOTE_READ)
            ck_assert_msg(strcmp(texts[0], texts[1]) != 0, "%s: part %u is not translated",
                          note->id, part);
    }
}
END_TEST

START_TEST(every_condition_names_a_known_fact)
{
    const MailsimNote *note = mailsim_notes_get(notes, (guint)_i);

    for (char **condition = note->when; *condition != NULL; condition++) {
        const char *fact = **condition == '!' ? *condition + 1 : *condition;
        g_autofree char *name = g_strndup(fact, strcspn(fact, "="));
        ck_assert_msg(mailsim_fact_is_known(name), "%s: unknown fact “%s”", note->id, name);
    }
}
END_TEST

typedef struct {
    const char *note;
    GString *names;
} Seen;

static const char *
look_up_sample(const char *name, gconstpointer data)
{
    const Seen *seen = data;
    const char *sample = mailsim_placeholder_sample(name);

    ck_assert_msg(sample != NULL, "%s: unknown placeholder {%s}", seen->note, name);
    if (strstr(seen->names->str, name) == NULL)
        g_string_append_printf(seen->names, "%s ", name);
    return sample;
}

static char *
fill_with_samples(const char *id, const char *text, GString *names)
{
    const Seen seen = {id, names};

    return mailsim_placeholders_fill(text, look_up_sample, &seen);
}

START_TEST(every_note_fits_in_three_lines)
{
    const MailsimNote *note = mailsim_notes_get(notes, (guint)_i);

    for (guint i = 0; i < MAILSIM_LANGUAGES; i++) {
        g_autoptr(GString) names = g_string_new(NULL);
        g_autofree char *text =
            fill_with_samples(note->id, note->parts[MAILSIM_NOTE_TEXT][i], names);
        g_autoptr(GPtrArray) lines = columns_wrap(text, MAILSIM_NOTE_COLUMNS);
        ck_assert_msg(lines->len <= MAILSIM_NOTE_MAX_LINES, "%s takes %u lines: %s", note->id,
                      lines->len, text);
    }
}
END_TEST

static gint
compare_words(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static char *
sort_words(const char *text)
{
    g_auto(GStrv) words = g_strsplit(g_strstrip((char *)text), " ", -1);

    qsort(words, g_strv_length(words), sizeof *words, compare_words);
    return g_strjoinv(" ", words);
}

START_TEST(both_languages_quote_the_same_values)
{
    const MailsimNote *note = mailsim_notes_get(notes, (guint)_i);
    g_autoptr(GString) english = g_string_new(NULL);
    g_autoptr(GString) spanish = g_string_new(NULL);
    g_autofree char *sorted_en = NULL;
    g_autofree char *sorted_es = NULL;

    char **texts = (char **)note->parts[MAILSIM_NOTE_TEXT];

    g_free(fill_with_samples(note->id, texts[0], english));
    g_free(fill_with_samples(note->id, texts[1], spanish));
    sorted_en = sort_words(english->str);
    sorted_es = sort_words(spanish->str);
    ck_assert_msg(strcmp(sorted_en, sorted_es) == 0, "%s: “%s” and “%s”", note->id, sorted_en,
                  sorted_es);
}
END_TEST

START_TEST(the_second_level_quotes_known_values)
{
    const MailsimNote *note = mailsim_notes_get(notes, (guint)_i);

    for (guint part = MAILSIM_NOTE_MORE; part < MAILSIM_NOTE_PARTS; part++) {
        for (guint i = 0; i < MAILSIM_LANGUAGES && note->parts[part][i] != NULL; i++) {
            g_autoptr(GString) names = g_string_new(NULL);

            g_free(fill_with_samples(note->id, note->parts[part][i], names));
        }
    }
}
END_TEST

/* What a reader can type on Debian 12 once the lesson's packages are there. */
static const char *const programs[] = {
    "base64",  "cat",       "certbot",        "dig",       "echo",    "doveadm",  "doveconf",
    "host",    "ip",        "journalctl",     "openssl",   "postcat", "postconf", "postfix",
    "postmap", "postqueue", "posttls-finger", "postsuper", "printf",  "ss",       "systemctl",
    "telnet",  NULL,
};

START_TEST(every_command_begins_with_a_known_program)
{
    const MailsimNote *note = mailsim_notes_get(notes, (guint)_i);
    const char *command = note->parts[MAILSIM_NOTE_SEE][0];

    if (command == NULL)
        return;
    g_auto(GStrv) words = g_strsplit(command, " ", 2);
    ck_assert_msg(g_strv_contains(programs, words[0]), "%s: “%s”", note->id, command);
    ck_assert_msg(words[1] != NULL, "%s: “%s” of what?", note->id, command);
    ck_assert_msg(!g_str_has_suffix(command, "."), "%s: “%s”", note->id, command);
}
END_TEST

/* “RFC 3207 §4, postconf(5), www.postfix.org/TLS_README.html” */
START_TEST(every_reading_is_a_page_that_exists)
{
    static const char page[] = "^(RFC [0-9]{4}( §[0-9]+(\\.[0-9]+)*)?"
                               "|[a-z][a-z0-9_-]*\\([1-8](ssl)?\\)"
                               "|www\\.postfix\\.org/[A-Z]+(_[A-Z]+)*_README\\.html)$";
    const MailsimNote *note = mailsim_notes_get(notes, (guint)_i);

    if (note->parts[MAILSIM_NOTE_READ][0] == NULL)
        return;
    g_auto(GStrv) pages = g_strsplit(note->parts[MAILSIM_NOTE_READ][0], ", ", -1);
    for (char **one = pages; *one != NULL; one++) {
        ck_assert_msg(g_regex_match_simple(page, *one, 0, 0), "%s: “%s”", note->id, *one);
        ck_assert_msg(g_strcmp0(*one, note->reference) != 0, "%s: “%s” twice", note->id, *one);
    }
}
END_TEST

/* Is it about a decision, a parameter, TLS, a certificate, a time in a queue, a reply code? */
static gboolean
is_weighty(const MailsimNote *note)
{
    static const char *const codes[] = {"code=", "enhanced=", "dsn=", "class=", NULL};

    if (note->parameter != NULL)
        return TRUE;
    for (char **condition = note->when; *condition != NULL; condition++) {
        for (guint i = 0; codes[i] != NULL; i++) {
            if (g_str_has_prefix(*condition, codes[i]) && !g_str_equal(*condition, "class=2"))
                return TRUE;
        }
    }
    return note->on == MAILSIM_EVENT_RULE || note->on == MAILSIM_EVENT_CERTIFICATE ||
           note->on == MAILSIM_EVENT_HANDSHAKE || note->on == MAILSIM_EVENT_SECURED ||
           note->on == MAILSIM_EVENT_TLS_FAILED || note->on == MAILSIM_EVENT_QUEUE ||
           note->on == MAILSIM_EVENT_LOGIN || note->on == MAILSIM_EVENT_NOTIFICATION;
}

START_TEST(every_weighty_note_has_a_second_level)
{
    const MailsimNote *note = mailsim_notes_get(notes, (guint)_i);

    if (is_weighty(note))
        ck_assert_msg(note->parts[MAILSIM_NOTE_OTHERWISE][0] != NULL ||
                          note->parts[MAILSIM_NOTE_SEE][0] != NULL ||
                          note->parts[MAILSIM_NOTE_READ][0] != NULL,
                      "%s: what would another setting do, how is it seen, where to read on?",
                      note->id);
}
END_TEST

START_TEST(who_repeats_says_why)
{
    const MailsimNote *note = mailsim_notes_get(notes, (guint)_i);

    if (note->repeat != NULL)
        ck_assert_msg(strchr(note->repeat, ' ') != NULL, "%s: “%s” is no reason", note->id,
                      note->repeat);
}
END_TEST

START_TEST(every_reference_is_an_rfc_and_its_section)
{
    const MailsimNote *note = mailsim_notes_get(notes, (guint)_i);

    if (note->reference != NULL)
        ck_assert_msg(g_regex_match_simple("^RFC [0-9]{4}( §[0-9]+(\\.[0-9]+)*)?$",
                                           note->reference, 0, 0),
                      "%s: “%s”", note->id, note->reference);
    if (note->parameter != NULL)
        ck_assert_msg(g_regex_match_simple("^[a-z0-9_]+$", note->parameter, 0, 0), "%s: “%s”",
                      note->id, note->parameter);
}
END_TEST

START_TEST(every_note_has_a_name_of_its_own)
{
    const MailsimNote *note = mailsim_notes_get(notes, (guint)_i);

    for (guint i = 0; i < (guint)_i; i++)
        ck_assert_str_ne(note->id, mailsim_notes_get(notes, i)->id);
}
END_TEST

START_TEST(a_note_is_told_once)
{
    g_autoptr(MailsimRecording) recording = sample_story_new();
    g_autoptr(MailsimReading) reading = mailsim_reading_new(recording);
    g_autoptr(GPtrArray) attached = mailsim_notes_attach(notes, reading);
    g_autoptr(GHashTable) told = g_hash_table_new(g_direct_hash, g_direct_equal);

    for (guint i = 0; i < attached->len; i++) {
        const MailsimNote *note = g_ptr_array_index(attached, i);
        if (note == NULL || note->repeat != NULL)
            continue;
        ck_assert_msg(g_hash_table_add(told, (gpointer)note), "%s is told twice", note->id);
    }
    ck_assert_uint_gt(g_hash_table_size(told), 30);
}
END_TEST

/* --- the facts ---------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *description;
    guint recording;
    const char *step;
    const char *text; /* of the line */
    guint nth;        /* if it comes more than once, from 0 */
    const char *condition;
    gboolean expected;
} facts[] = {
    {"the greeting answers the connection", 0, "submit",
     "220 mail.iesgn.example ESMTP Postfix (Debian/GNU)", 0, "reply-to=CONNECT", TRUE},
    {"an EHLO list is summed up at its end", 0, "submit", "250 CHUNKING", 0, "offers=STARTTLS",
     TRUE},
    {"… and nowhere else", 0, "submit", "250-STARTTLS", 0, "offers", FALSE},
    {"AUTH is not offered in the clear", 0, "submit", "250 CHUNKING", 0, "offers=AUTH", FALSE},
    {"… but later", 0, "submit", "250 CHUNKING", 0, "auth-later", TRUE},
    {"between servers never", 0, "submit", "250 CHUNKING", 2, "auth-later", FALSE},
    {"an offer that is used", 0, "submit", "250 CHUNKING", 0, "starttls-follows", TRUE},
    {"an offer that is not", 0, "stranger", "250 CHUNKING", 0, "starttls-follows", FALSE},
    {"a client that gives up", 1, "trouble-9", "250 CHUNKING", 0, "quit-follows", TRUE},
    {"… does so at once, not after a refusal", 0, "stranger", "250 CHUNKING", 0,
     "quit-follows", FALSE},
    {"AUTH appears only inside TLS", 0, "submit", "250-AUTH PLAIN", 0, "new", TRUE},
    {"… what was there before is not new", 0, "submit", "250-PIPELINING", 1, "new", FALSE},
    {"the second EHLO is one again", 0, "submit", "EHLO laptop.iesgn.example", 1, "again",
     TRUE},
    {"the first is not", 0, "submit", "EHLO laptop.iesgn.example", 0, "again", FALSE},
    {"TLS is a fact after it stands", 0, "submit", "EHLO laptop.iesgn.example", 1, "secured",
     TRUE},
    {"… not before", 0, "submit", "STARTTLS", 0, "secured", FALSE},
    {"a lone command is not pipelined", 0, "submit", "RCPT TO:<bob@instituto.example>", 0,
     "pipelined", FALSE},
    {"one sent before the answer is", 0, "submit",
     "RCPT TO:<bob@instituto.example> ORCPT=rfc822;bob@instituto.example", 0, "pipelined",
     TRUE},
    {"replies find their commands under pipelining", 0, "submit", "250 2.1.5 Ok", 1,
     "reply-to=RCPT", TRUE},
    {"… each its own", 0, "submit", "250 2.1.0 Ok", 1, "reply-to=MAIL", TRUE},
    {"parameters of MAIL", 0, "submit", "MAIL FROM:<ana@iesgn.example> SIZE=560", 0,
     "parameter=SIZE", TRUE},
    {"a message is no command", 0, "submit", "From: ana@iesgn.example", 0, "command", FALSE},
    {"… but a header", 0, "submit", "From: ana@iesgn.example", 0, "field=From", TRUE},
    {"a folded header line belongs to its field", 0, "submit",
     "\tby mail.iesgn.example (Postfix) with ESMTPSA id 4C1A7B0001", 0, "field=Received", TRUE},
    {"… and tells the protocol", 0, "submit",
     "\tby mail.iesgn.example (Postfix) with ESMTPSA id 4C1A7B0001", 0, "with=ESMTPSA", TRUE},
    {"a server's own line is new", 0, "submit",
     "Received: from laptop.iesgn.example (unknown [198.51.100.10])", 0, "new", TRUE},
    {"what it passes on is not", 0, "submit", "Subject: Hola", 1, "repeated", TRUE},
    {"on the first hop all is new", 0, "submit", "Subject: Hola", 0, "new", TRUE},
    {"after the dot commands come again", 0, "submit", "QUIT", 0, "verb=QUIT", TRUE},
    {"also where it was pipelined", 0, "submit", "221 2.0.0 Bye", 1, "reply-to=QUIT", TRUE},
    {"AUTH PLAIN can be read", 0, "submit", "AUTH PLAIN AGFuYQBtZWxvY290b24=", 0, "decoded",
     TRUE},
    {"implicit TLS", 0, "implicit", "220 mail.iesgn.example ESMTP Postfix (Debian/GNU)", 0,
     "implicit-tls", TRUE},
    {"no implicit TLS after STARTTLS", 0, "submit", "EHLO laptop.iesgn.example", 1,
     "implicit-tls", FALSE},
    {"AUTH LOGIN: the name alone is not all", 0, "wrong-password", "YW5h", 0, "decoded", FALSE},
    {"… with the password it is", 0, "wrong-password", "cGVyYQ==", 0, "decoded", TRUE},
    {"a refused password shows in the reply", 0, "wrong-password",
     "535 5.7.8 Error: authentication failed: (reason unavailable)", 0, "refused", TRUE},
    {"AUTH PLAIN in two lines", 1, "trouble-12", "AGFuYQBtZWxvY290b24=", 0, "decoded", TRUE},
    {"enhanced status codes", 0, "stranger",
     "454 4.7.1 <bob@instituto.example>: Relay access denied", 0, "enhanced=4.7.1", TRUE},
};
/* clang-format on */

static const MailsimEvent *
find_line(const MailsimRecording *recording, const char *step, const char *text, guint nth)
{
    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);
        const MailsimStepRecord *record = g_ptr_array_index(recording->steps, event->step);
        if (event->kind != MAILSIM_EVENT_LINE || strcmp(record->id, step) != 0 ||
            strcmp(event->line.text, text) != 0)
            continue;
        if (nth-- == 0)
            return event;
    }
    return NULL;
}

START_TEST(facts_follow_from_what_was_said)
{
    g_autoptr(MailsimRecording) recording = sample_recording_new(facts[_i].recording);
    g_autoptr(MailsimReading) reading = mailsim_reading_new(recording);
    const MailsimEvent *event =
        find_line(recording, facts[_i].step, facts[_i].text, facts[_i].nth);
    g_autofree char *negated = g_strconcat("!", facts[_i].condition, NULL);

    ck_assert_msg(event != NULL, "%s: no such line", facts[_i].description);
    ck_assert_msg(mailsim_reading_holds(reading, event->sequence, facts[_i].condition) ==
                      facts[_i].expected,
                  "%s", facts[_i].description);
    ck_assert(mailsim_reading_holds(reading, event->sequence, negated) != facts[_i].expected);
}
END_TEST

/* A client that ends at port 465 without a word, and whether it has begun TLS. */
static const struct {
    const char *description;
    const char *script;
    gboolean ungreeted;
} ends[] = {
    {"who waits for a greeting",          "40 connected\n60000 closed laptop\n", TRUE },
    {"who does not like the certificate",
     "40 connected\n"
     "40 => ClientHello\n"
     "40 <= ServerHello\n"
     "40 <= Certificate\n"
     "80 failed handshake failure\n"
     "80 closed laptop\n",                                                       FALSE},
};

START_TEST(a_handshake_is_a_greeting)
{
    RecordingScript writer = recording_script_begin("ends", "Ends", "Finales");

    recording_script_begin_step(&writer, "end", "End", "Final");
    recording_script_begin_hop(&writer, "laptop", "mail", 465, 0);
    recording_script_write(&writer, ends[_i].script);

    g_autoptr(MailsimRecording) recording = writer.recording;
    g_autoptr(MailsimReading) reading = mailsim_reading_new(recording);
    const MailsimEvent *last = g_ptr_array_index(recording->events, recording->events->len - 1);
    ck_assert_msg(mailsim_reading_holds(reading, last->sequence, "ungreeted") ==
                      ends[_i].ungreeted,
                  "%s", ends[_i].description);
}
END_TEST

START_TEST(passwords_are_read_from_the_wire)
{
    g_autoptr(MailsimRecording) recording = sample_story_new();
    g_autoptr(MailsimReading) reading = mailsim_reading_new(recording);
    const MailsimEvent *plain =
        find_line(recording, "submit", "AUTH PLAIN AGFuYQBtZWxvY290b24=", 0);
    const MailsimEvent *login = find_line(recording, "wrong-password", "cGVyYQ==", 0);

    ck_assert_str_eq(mailsim_reading_get_value(reading, plain->sequence, "user"), "ana");
    ck_assert_str_eq(mailsim_reading_get_value(reading, plain->sequence, "password"),
                     "melocoton");
    ck_assert_str_eq(mailsim_reading_get_value(reading, login->sequence, "user"), "ana");
    ck_assert_str_eq(mailsim_reading_get_value(reading, login->sequence, "password"), "pera");
    ck_assert_ptr_null(mailsim_reading_get_value(reading, plain->sequence, "queue_id"));
}
END_TEST

/* A client may say anything; reading it must not fail. */
static const char *const odd_lines[] = {
    "",
    "AUTH",
    "AUTH PLAIN",
    "AUTH PLAIN !!",
    "AUTH PLAIN AA==",
    "AUTH PLAIN AAA=",
    "AUTH LOGIN \xff",
    "EHLO",
    "EHLO \xff\xfe",
    "MAIL FROM:>x<",
    "MAIL FROM:<> =",
    "RCPT TO:<",
    "\xff",
    "mail from:<a@b.example> SIZE=",
    "DATA",
    ".",
    " ",
    "STARTTLS now",
};

START_TEST(odd_lines_are_read_without_harm)
{
    g_autoptr(MailsimRecording) recording = sample_story_new();
    MailsimEvent *event = (MailsimEvent *)find_line(recording, "submit", "STARTTLS", 0);

    g_free(event->line.text);
    event->line.text = g_strdup(odd_lines[_i]);
    g_autoptr(MailsimReading) reading = mailsim_reading_new(recording);
    ck_assert(mailsim_reading_holds(reading, event->sequence, "command"));
}
END_TEST

/* --- the phrases -------------------------------------------------------------------------- */

static char *
list_placeholders(const char *text)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (const char *open = strchr(text, '{'); open != NULL; open = strchr(open + 1, '{'))
        g_string_append_printf(names, "%.*s ", (int)strcspn(open, "}"), open);
    return sort_words(names->str);
}

START_TEST(every_phrase_speaks_both_languages)
{
    const char *en = mailsim_phrase_get((MailsimPhrase)_i, MAILSIM_LANGUAGE_EN);
    const char *es = mailsim_phrase_get((MailsimPhrase)_i, MAILSIM_LANGUAGE_ES);

    ck_assert_msg(en != NULL && *en != '\0' && es != NULL && *es != '\0', "phrase %d", _i);
    g_autofree char *in_english = list_placeholders(en);
    g_autofree char *in_spanish = list_placeholders(es);
    ck_assert_str_eq(in_english, in_spanish);
}
END_TEST

START_TEST(a_phrase_is_filled_in)
{
    g_autofree char *text = mailsim_phrase_format(
        MAILSIM_PHRASE_RULES_TITLE, MAILSIM_LANGUAGE_ES, "recipient", "b@x", "list", "l", NULL);

    ck_assert_str_eq(text, "l, para b@x:");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("notes");
    TCase *tcase = tcase_create("notes");

    /* Thousands of looks at one table: a process for each takes minutes with the sanitizers. */
    g_setenv("CK_FORK", "no", TRUE);

    notes = mailsim_notes_new();
    const int n_notes = (int)mailsim_notes_count(notes);
    tcase_add_loop_test(tcase, every_note_speaks_both_languages, 0, n_notes);
    tcase_add_loop_test(tcase, every_condition_names_a_known_fact, 0, n_notes);
    tcase_add_loop_test(tcase, every_note_fits_in_three_lines, 0, n_notes);
    tcase_add_loop_test(tcase, both_languages_quote_the_same_values, 0, n_notes);
    tcase_add_loop_test(tcase, the_second_level_quotes_known_values, 0, n_notes);
    tcase_add_loop_test(tcase, every_command_begins_with_a_known_program, 0, n_notes);
    tcase_add_loop_test(tcase, every_reading_is_a_page_that_exists, 0, n_notes);
    tcase_add_loop_test(tcase, every_weighty_note_has_a_second_level, 0, n_notes);
    tcase_add_loop_test(tcase, who_repeats_says_why, 0, n_notes);
    tcase_add_loop_test(tcase, every_reference_is_an_rfc_and_its_section, 0, n_notes);
    tcase_add_loop_test(tcase, every_note_has_a_name_of_its_own, 0, n_notes);
    tcase_add_test(tcase, a_note_is_told_once);
    tcase_add_loop_test(tcase, facts_follow_from_what_was_said, 0, G_N_ELEMENTS(facts));
    tcase_add_loop_test(tcase, a_handshake_is_a_greeting, 0, G_N_ELEMENTS(ends));
    tcase_add_test(tcase, passwords_are_read_from_the_wire);
    tcase_add_loop_test(tcase, odd_lines_are_read_without_harm, 0, G_N_ELEMENTS(odd_lines));
    tcase_add_loop_test(tcase, every_phrase_speaks_both_languages, 0, MAILSIM_PHRASES);
    tcase_add_test(tcase, a_phrase_is_filled_in);
    suite_add_tcase(suite, tcase);

    const int status = run_suite(suite);

    mailsim_notes_free(notes);
    return status;
}
