/* SPDX-License-Identifier: MIT
 *
 * The rules by which lines of a log are explained: whole, in both languages, of fields that are
 * described, leading to topics that exist; and what is said of a few lines. That every recorded
 * line is known is the business of the test “recorded-logs”. */
#include <mailsim/explain/log.h>

#include <string.h>

#include "../support/run-suite.h"
#include "log-private.h"

/* ---- the texts --------------------------------------------------------------------------- */

/* Longer ones nobody reads: a paragraph, three lines. */
#define TEXT_MAX_CHARACTERS 330

static gboolean
has_group(const LogRule *rule, const char *name)
{
    static const char *const of_any_line[] = {"account", "daemon", "queue_id", NULL};

    return g_strv_contains(of_any_line, name) ||
           g_ptr_array_find_with_equal_func(rule->groups, name, g_str_equal, NULL);
}

/* Each “{field}” of TEXT is a group of the rule's pattern. */
static void
check_placeholders(const LogRule *rule, const char *text)
{
    g_autoptr(GRegex) regex = g_regex_new("\\{([a-z_]+)\\}", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;

    for (g_regex_match(regex, text, 0, &match); g_match_info_matches(match);
         g_match_info_next(match, NULL)) {
        g_autofree char *name = g_match_info_fetch(match, 1);
        ck_assert_msg(has_group(rule, name), "%s: {%s}", rule->name, name);
    }
}

static void
check_texts(const LogRule *rule, char *const *texts)
{
    ck_assert_msg((texts[MAILSIM_LANGUAGE_EN] == NULL) == (texts[MAILSIM_LANGUAGE_ES] == NULL),
                  "%s: one language alone", rule->name);
    for (guint i = 0; i < MAILSIM_LANGUAGES; i++) {
        if (texts[i] == NULL)
            continue;
        check_placeholders(rule, texts[i]);
        ck_assert_msg(g_utf8_strlen(texts[i], -1) <= TEXT_MAX_CHARACTERS, "%s: %ld characters",
                      rule->name, g_utf8_strlen(texts[i], -1));
        ck_assert_msg(*texts[i] != '\0' && !g_str_has_suffix(texts[i], " "), "%s", rule->name);
    }
}

START_TEST(every_rule_is_whole)
{
    LogTexts *texts = log_texts_new();
    const GPtrArray *rules = log_texts_list(texts);

    ck_assert_uint_gt(rules->len, 300);
    for (guint i = 0; i < rules->len; i++) {
        const LogRule *rule = g_ptr_array_index(rules, i);
        const gboolean is_line = g_str_has_prefix(rule->name, "line-");

        check_texts(rule, rule->title);
        check_texts(rule, rule->brief);
        check_texts(rule, rule->text);
        check_texts(rule, rule->advice);
        ck_assert_msg((rule->title[0] != NULL) == is_line, "%s: title", rule->name);
        ck_assert_msg(!g_regex_match(rule->regex, "", 0, NULL), "%s matches nothing",
                      rule->name);
        for (guint j = 0; j < rule->groups->len; j++) {
            const char *group = g_ptr_array_index(rule->groups, j);
            ck_assert_msg(*group == '_' || log_texts_find_field(texts, group) != NULL ||
                              g_str_has_prefix(rule->name, "command/"),
                          "%s: fields.ini lacks %s", rule->name, group);
        }
    }
    log_texts_free(texts);
}
END_TEST

START_TEST(every_field_is_called_something_and_used)
{
    LogTexts *texts = log_texts_new();
    const GPtrArray *fields = log_texts_list_fields(texts);
    const GPtrArray *rules = log_texts_list(texts);

    for (guint i = 0; i < fields->len; i++) {
        const LogField *field = g_ptr_array_index(fields, i);
        gboolean used = g_str_has_prefix(field->id, "delays_") ||
                        strstr(" time host program service daemon pid account session severity "
                               "queue_id ",
                               field->id) != NULL;

        ck_assert_msg((field->label[0] == NULL) == (field->label[1] == NULL), "%s", field->id);
        ck_assert_msg((field->text[0] == NULL) == (field->text[1] == NULL), "%s", field->id);
        for (guint j = 0; j < rules->len && !used; j++)
            used = has_group(g_ptr_array_index(rules, j), field->id);
        ck_assert_msg(used, "no line has the field %s", field->id);
    }
    log_texts_free(texts);
}
END_TEST

START_TEST(what_is_named_under_see_also_is_a_topic)
{
    LogTexts *texts = log_texts_new();
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();
    const GPtrArray *rules = log_texts_list(texts);

    for (guint i = 0; i < rules->len; i++) {
        const LogRule *rule = g_ptr_array_index(rules, i);

        for (char **see = rule->see; see != NULL && *see != NULL; see++) {
            g_autoptr(GPtrArray) found = mailsim_topics_find(topics, *see);
            ck_assert_msg(found->len > 0, "%s: there is no topic %s", rule->name, *see);
        }
    }
    log_texts_free(texts);
}
END_TEST

/* ---- what is said ------------------------------------------------------------------------ */

static const MailsimExplanationFact *
find_fact(const MailsimExplanation *explanation, const char *name)
{
    for (guint i = 0; i < explanation->facts->len; i++) {
        const MailsimExplanationFact *fact = g_ptr_array_index(explanation->facts, i);

        if (g_str_equal(fact->name, name) && fact->rows->len > 0)
            return fact;
    }
    return NULL;
}

/* clang-format off */
static const struct {
    const char *line;
    const char *topic; /* NULL: unknown */
    const char *fact;
    const char *word;
    const char *text; /* a part of what is said of the word */
} sayings[] = {
    {"postfix/smtp[1]: 4F1C2A0B3D: to=<bob@b.example>, relay=mx.b.example[192.0.2.25]:25, delay=30, "
     "delays=0.07/0.02/30/0.05, dsn=4.7.1, status=deferred (host mx.b.example[192.0.2.25] said: 454 4.7.1 "
     "<bob@b.example>: Relay access denied (in reply to RCPT TO command))",
     "line-delivery/deferred", "delays", "30 s", "connecting"},
    {"postfix/smtp[1]: 4F1C2A0B3D: to=<bob@b.example>, relay=mx.b.example[192.0.2.25]:25, delay=30, "
     "delays=0.07/0.02/30/0.05, dsn=4.7.1, status=deferred (host mx.b.example[192.0.2.25] said: 454 4.7.1 "
     "<bob@b.example>: Relay access denied (in reply to RCPT TO command))",
     "line-delivery/deferred", "reply", "454 4.7.1 <bob@b.example>: Relay access denied", "strangers"},
    {"postfix/smtp[1]: 4F1C2A0B3D: to=<x@d.example>, relay=none, delay=1, delays=1/0/0/0, dsn=4.4.1, "
     "status=deferred (delivery temporarily suspended: connect to mx.d.example[192.0.2.99]:25: Connection refused)",
     "line-delivery/deferred", "problem", "Connection refused", "nobody listens"},
    {"postfix/smtpd[1]: disconnect from unknown[198.51.100.7] ehlo=2 starttls=1 auth=0/2 quit=1 commands=4/6",
     "line-smtpd/disconnect", "commands", "auth=0/2", "2 of 2"},
    {"postfix/smtpd[1]: disconnect from unknown[198.51.100.7] ehlo=2 starttls=1 quit=1 commands=4",
     "line-smtpd/disconnect", "commands", "starttls=1", "TLS was used"},
    /* the same word on both sides */
    {"postfix/smtpd[1]: Anonymous TLS connection established from a[192.0.2.1]: TLSv1.2 with cipher "
     "ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits)",
     "line-smtpd/tls-established", "trust_client", "Anonymous", "normal"},
    {"postfix/smtp[1]: Anonymous TLS connection established to a[192.0.2.1]:25: TLSv1.2 with cipher "
     "ADH-AES256-GCM-SHA384 (256/256 bits)",
     "line-delivery/tls-established", "trust_server", "Anonymous", "without any certificate"},
    {"postfix/smtp[1]: Trusted TLS connection established to a[192.0.2.1]:25: TLSv1.3 with cipher "
     "TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits)",
     "line-delivery/tls-established", "trust_server", "Trusted", "does not mean that the name matched"},
    {"postfix/smtp[1]: Trusted TLS connection established to a[192.0.2.1]:25: TLSv1.3 with cipher "
     "TLS_AES_256_GCM_SHA384 (256/256 bits) key-exchange X25519 server-signature RSA-PSS (2048 bits)",
     "line-delivery/tls-established", "tls", NULL, "resumed"},
    {"postfix/qmgr[1]: 4F1C2A0B3D: from=<>, size=2204, nrcpt=1 (queue active)",
     "line-queue/active", "from", "<>", "nobody shall answer"},
    {"dovecot: imap-login: Disconnected: Connection closed (auth failed, 2 attempts in 15 secs): user=<ana>, "
     "method=PLAIN, rip=198.51.100.7, lip=203.0.113.25, TLS: Connection closed, session=<Bi+D>",
     "line-dovecot/login-disconnected", "attempts", NULL, "2 of 2"},
    {"Jul  2 10:00:00 mail sshd[1]: Accepted publickey for root", NULL, "daemon", "sshd", NULL},
    {"postfix/smtpd[1]: the moon is made of cheese", NULL, "pid", "1", "process"},
};
/* clang-format on */

START_TEST(a_line_is_explained_field_by_field)
{
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();
    g_autoptr(MailsimLog) log = mailsim_log_new(topics);
    g_autoptr(MailsimLogLine) line =
        mailsim_log_line_new(sayings[_i].line, strlen(sayings[_i].line));
    g_autoptr(MailsimExplanation) explanation =
        mailsim_log_explain(log, line, 0, MAILSIM_LANGUAGE_EN);
    const MailsimExplanationFact *fact = find_fact(explanation, sayings[_i].fact);
    gboolean said = FALSE;

    ck_assert_pstr_eq(explanation->topic, sayings[_i].topic);
    ck_assert_str_eq(explanation->subject,
                     sayings[_i].topic != NULL ? "log-line" : "unknown-line");
    ck_assert_str_eq(explanation->quoted, sayings[_i].line);
    ck_assert_ptr_nonnull(fact);
    for (guint i = 0; i < fact->rows->len; i++) {
        const MailsimExplanationRow *row = g_ptr_array_index(fact->rows, i);

        if (sayings[_i].word == NULL || g_strcmp0(row->word, sayings[_i].word) == 0)
            said = said || sayings[_i].text == NULL ||
                   (row->text != NULL && strstr(row->text, sayings[_i].text) != NULL);
    }
    ck_assert_msg(said, "%s: %s", sayings[_i].fact, sayings[_i].text);
}
END_TEST

START_TEST(of_many_lines_each_thing_is_said_once)
{
    static const char first[] = "postfix/smtpd[1]: connect from unknown[198.51.100.7]";
    static const char second[] = "postfix/smtpd[1]: connect from a.example[198.51.100.8]";
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();
    g_autoptr(MailsimLog) log = mailsim_log_new(topics);
    g_autoptr(MailsimLogLine) line = mailsim_log_line_new(first, strlen(first));
    g_autoptr(MailsimLogLine) later = mailsim_log_line_new(second, strlen(second));
    g_autoptr(MailsimExplanation) whole = NULL, brief = NULL;

    mailsim_log_set_brief(log, TRUE);
    whole = mailsim_log_explain(log, line, 1, MAILSIM_LANGUAGE_EN);
    brief = mailsim_log_explain(log, later, 2, MAILSIM_LANGUAGE_EN);
    ck_assert_uint_gt(whole->text->len, 0);
    ck_assert_ptr_nonnull(find_fact(whole, "client"));
    ck_assert_uint_eq(brief->text->len, 0);
    ck_assert_ptr_null(find_fact(brief, "client"));
    ck_assert_str_eq(brief->title, "a.example[198.51.100.8] has connected");
    ck_assert_ptr_null(mailsim_log_explain_messages(log, MAILSIM_LANGUAGE_EN));
}
END_TEST

START_TEST(the_lines_of_a_message_are_put_together)
{
    static const char *const lines[] = {
        "postfix/smtpd[1]: 4F1C2A0B3D: client=unknown[198.51.100.7]",
        "postfix/qmgr[1]: 4F1C2A0B3D: from=<ana@a.example>, size=1, nrcpt=1 (queue active)",
        "postfix/qmgr[1]: 5F1C2A0B3D: from=<x@a.example>, size=1, nrcpt=1 (queue active)",
        ("postfix/smtp[1]: 4F1C2A0B3D: to=<bob@b.example>, relay=b[192.0.2.1]:25, delay=1, "
         "delays=1/0/0/0, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 6A1C2A0B3D)"),
        "postfix/qmgr[1]: 4F1C2A0B3D: removed",
    };
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();
    g_autoptr(MailsimLog) log = mailsim_log_new(topics);
    g_autoptr(MailsimExplanation) messages = NULL;
    const MailsimExplanationFact *fact;
    const MailsimExplanationRow *row;

    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(MailsimLogLine) line = mailsim_log_line_new(lines[i], strlen(lines[i]));
        mailsim_explanation_free(mailsim_log_explain(log, line, i + 1, MAILSIM_LANGUAGE_EN));
    }
    messages = mailsim_log_explain_messages(log, MAILSIM_LANGUAGE_EN);
    ck_assert_ptr_nonnull(messages);
    fact = find_fact(messages, "4F1C2A0B3D");
    ck_assert_ptr_nonnull(fact);
    row = g_ptr_array_index(fact->rows, 0);
    ck_assert_str_eq(row->word, "lines 1, 2, 4, 5");
    ck_assert_str_eq(row->text, "from ana@a.example; bob@b.example: sent; goes on as "
                                "6A1C2A0B3D; no longer in the queue");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("log");
    TCase *tcase = tcase_create("log");

    tcase_add_test(tcase, every_rule_is_whole);
    tcase_add_test(tcase, every_field_is_called_something_and_used);
    tcase_add_test(tcase, what_is_named_under_see_also_is_a_topic);
    tcase_add_loop_test(tcase, a_line_is_explained_field_by_field, 0, G_N_ELEMENTS(sayings));
    tcase_add_test(tcase, of_many_lines_each_thing_is_said_once);
    tcase_add_test(tcase, the_lines_of_a_message_are_put_together);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
