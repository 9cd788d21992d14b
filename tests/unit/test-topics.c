/* SPDX-License-Identifier: MIT
 *
 * What can be explained: every name of every table, in both languages, found as people write
 * it. */
#include <mailsim/explain/log.h>
#include <mailsim/explain/topics.h>

#include <string.h>

#include <mailsim/scenario/key-table.h>
#include <mailsim/settings/dovecot-setting.h>
#include <mailsim/settings/postfix-parameter.h>
#include <mailsim/wire/certificate.h>

#include "../support/run-suite.h"
#include "explain-private.h"

/* ---- one name ---------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *words;
    const char *expected; /* the topics that are explained; NULL: nobody knows it */
} cases[] = {
    {"25", "25"},
    {"port 25", "25"},
    {"puerto 25", "25"},
    {"PUERTO  25", "25"},
    {"submission", "587"},
    {"454", "454"},
    {"4.7.1", "4.7.1"},
    {"454 4.7.1", "454 4.7.1"},
    {"550 5.7.1", "550 5.7.1"},
    {"550-5.7.1", "550 5.7.1"},
    {"454 4.7.1 <bob@instituto.example>: Relay access denied", "454 4.7.1"},
    {"250 Ok", "250"},
    {"dsn=4.4.1", "4.4.1"},
    {"4.7.99", "4.7.99"},
    {"x.7.1", "X.7.1"},
    {"259", "259"},
    {"299", NULL},
    {"199", NULL},
    {"654", NULL},
    {"3.7.1", NULL},
    {"4.7", NULL},
    {"4.7.1000", NULL},
    {"STARTTLS", "STARTTLS"},
    {"starttls", "STARTTLS"},
    {"Verified", "Verified"},
    {"verified", "Verified"},
    {"smtp_tls_security_level", "smtp_tls_security_level"},
    {"SMTP_TLS_SECURITY_LEVEL:", "smtp_tls_security_level"},
    {"smtp_tls_security_level=secure", "smtp_tls_security_level=secure"},
    {"smtp_tls_security_level = secure", "smtp_tls_security_level=secure"},
    {"smtpd_timeout = 5m", "smtpd_timeout"},
    {"auth_mechanisms = plain", "auth_mechanisms"},
    {"secure", "smtp_tls_security_level=secure"},
    {"may", "smtp_tls_security_level=may smtpd_tls_security_level=may"},
    {"permit_mynetworks", "permit_mynetworks"},
    {"auth_mechanisms", "auth_mechanisms"},
    {"self-signed", "self-signed"},
    {"unknown-ca", "unknown-ca"},
    {"name-bad", "name-bad"},
    {"expect.hop", NULL},
    {"expect.hop.mail", "[step] expect.hop.H"},
    {"expect.hop.mail.reply", "[step] expect.hop.H.reply"},
    {"expect.to.bob@instituto.example", "[step] expect.to.ADDRESS"},
    {"[mua] outgoing", "[mua] outgoing"},
    {"mua.outgoing", "[mua] outgoing"},
    {"[zone]", "[zone Z]"},
    {"open relay", "open relay"},
    {"rebote", "bounce"},
    {"reenvio", "relay"},
    {"sobre", "envelope"},
    {"confiar en el laboratorio", "trust-the-lab"},
    {"unheard-of", NULL},
    {"unheard-of = 5", NULL},
    {"", NULL},
    {" ", NULL},
    {"\xff", NULL},
};
/* clang-format on */

START_TEST(a_name_is_found_as_it_is_written)
{
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();
    g_autoptr(GPtrArray) found =
        mailsim_topics_explain_words(topics, cases[_i].words, MAILSIM_LANGUAGE_EN);
    g_autoptr(GString) seen = g_string_new(NULL);

    for (guint i = 0; found != NULL && i < found->len; i++) {
        const MailsimExplanation *explanation = g_ptr_array_index(found, i);
        g_string_append_printf(seen, "%s%s", i > 0 ? " " : "", explanation->topic);
    }
    ck_assert_int_eq(found == NULL, cases[_i].expected == NULL);
    if (cases[_i].expected != NULL)
        ck_assert_str_eq(seen->str, cases[_i].expected);
}
END_TEST

/* clang-format off */
static const struct {
    const char *arguments; /* separated by “|” */
    guint n_words;         /* that belong to the first topic */
    const char *expected;  /* NULL: nobody knows it */
} arguments[] = {
    {"port|25|465", 2, "25"},
    {"25|465", 1, "25"},
    {"open|relay", 2, "open relay"},
    {"454|4.7.1|port|25", 1, "454"},
    {"smtpd_timeout|=|5m|25", 4, "smtpd_timeout"},
    {"smtpd_timeout=|5m", 2, "smtpd_timeout"},
    {"smtpd_timeout=5m|25", 1, "smtpd_timeout"},
    {"smtpd_timeout = 5m|25", 1, "smtpd_timeout"},
    {"smtp_tls_security_level|=|may|25", 3, "smtp_tls_security_level=may"},
    {"mua|outgoing", 1, "MUA"},
    {"[mua]|outgoing", 2, "[mua] outgoing"},
    {"unheard-of|=|5", 1, NULL},
    {"unheard-of|25", 1, NULL},
};
/* clang-format on */

START_TEST(a_topic_of_several_words_needs_no_quotes)
{
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();
    g_auto(GStrv) words = g_strsplit(arguments[_i].arguments, "|", -1);
    guint n_words = 0;
    g_autoptr(GPtrArray) found =
        mailsim_topics_explain_first(topics, words, MAILSIM_LANGUAGE_EN, &n_words);

    ck_assert_uint_eq(n_words, arguments[_i].n_words);
    ck_assert_int_eq(found == NULL, arguments[_i].expected == NULL);
    if (found != NULL) {
        const MailsimExplanation *first = g_ptr_array_index(found, 0);
        ck_assert_str_eq(first->topic, arguments[_i].expected);
    }
}
END_TEST

/* clang-format off */
static const struct {
    const char *words;
    const char *expected; /* in the hint; NULL: none */
} hints[] = {
    {"smtpd_tls_securty_level", "did you mean “smtpd_tls_security_level”?"},
    {"permit_mynetwork", "did you mean “permit_mynetworks”?"},
    {"trust-the-lob", "did you mean “trust-the-lab”?"},
    {"snakoil", "did you mean “snakeoil”?"},
    {"rebot", "did you mean “rebote”?"},
    {"tls_cert_fi", "“smtpd_tls_cert_file”"},
    {"zzzz", NULL},
    {"q", NULL},
};
/* clang-format on */

START_TEST(a_mistyped_name_is_answered_with_the_nearest)
{
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();
    g_autofree char *hint = mailsim_topics_dup_hint(topics, hints[_i].words);

    ck_assert_int_eq(hint == NULL, hints[_i].expected == NULL);
    if (hint != NULL)
        ck_assert_msg(strstr(hint, hints[_i].expected) != NULL, "%s", hint);
}
END_TEST

START_TEST(no_topic_is_taken_for_a_line_of_a_log)
{
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();
    g_autoptr(MailsimLog) log = mailsim_log_new(topics);
    const GPtrArray *list = mailsim_topics_list(topics);

    for (guint i = 0; i < list->len; i++) {
        const MailsimTopic *topic = g_ptr_array_index(list, i);
        ck_assert_msg(!mailsim_log_is_line(log, topic->id), "%s", topic->id);
    }
    ck_assert(mailsim_log_is_line(log, "Jan 12 09:00:00 mail postfix/smtpd[1]: connect"));
    ck_assert(!mailsim_log_is_line(log, "postfix/smtp"));
    ck_assert(!mailsim_log_is_line(log, "454 4.7.1 <x@y.example>: Relay access denied"));
}
END_TEST

/* ---- what is said ------------------------------------------------------------------------ */

static const MailsimExplanationFact *
find_fact(const MailsimExplanation *explanation, const char *name)
{
    for (guint i = 0; i < explanation->facts->len; i++) {
        const MailsimExplanationFact *fact = g_ptr_array_index(explanation->facts, i);
        if (strcmp(fact->name, name) == 0)
            return fact;
    }
    return NULL;
}

/* “word|text” of each row, a line each. */
static char *
dup_rows(MailsimTopics *topics, const char *words, const char *name)
{
    g_autoptr(GPtrArray) found =
        mailsim_topics_explain_words(topics, words, MAILSIM_LANGUAGE_EN);
    GString *rows = g_string_new(NULL);

    ck_assert_msg(found != NULL, "%s", words);
    const MailsimExplanationFact *fact =
        find_fact(g_ptr_array_index(found, found->len - 1), name);
    for (guint i = 0; fact != NULL && i < fact->rows->len; i++) {
        const MailsimExplanationRow *row = g_ptr_array_index(fact->rows, i);
        g_string_append_printf(rows, "%s|%s\n", row->word != NULL ? row->word : "",
                               row->text != NULL ? row->text : "");
    }
    return g_string_free(rows, FALSE);
}

/* clang-format off */
static const struct {
    const char *words;
    const char *fact;
    const char *rows;
} facts[] = {
    {"4.7.99", "digits",
     "4.x.x|not now: may work later (a “temporary” or “transient” failure)\n"
     "x.7.x|about security, or what somebody has decided\n"
     "x.7.99|not in the registry\n"},
    {"X.1.1", "digits", "x.1.x|about an address\nx.1.1|no such mailbox\n"},
    {"259", "digits",
     "2xx|yes: done\nx5x|about the mail system: what becomes of the mail\n"},
    {"454", "parameters", ""},
    {"521", "parameters", ""},
    {"501", "parameters", "invalid_hostname_reject_code|\n"},
    {"delay_warning_time", "default", "0h|\n"},
    {"delay_warning_time", "debian", ""},
    {"recipient_delimiter", "default", "|(empty)\n"},
    {"recipient_delimiter", "debian", "+|\n"},
    {"smtpd_tls_auth_only", "master", "submission|yes\n"},
    {"smtpd_sasl_type", "values",
     "cyrus|Cyrus SASL, Postfix's own default; knows no users by itself\n"
     "dovecot|Dovecot, through the socket at smtpd_sasl_path\n"},
    {"virtual_mailbox_domains", "lab",
     "|only Debian's value is built; any other is refused\n"},
    {"smtpd_peername_lookup", "lab", "|without effect: accepted and passed over\n"},
    {"smtpd_timeout", "lab", "|obeyed\n"},
    {"reject_unverified_sender", "lab", "|not built yet\n"},
    {"check_ccert_access", "lab", "|not built yet\n"},
    {"smtpd_timeout = 5m", "value", "5m|well formed\n"},
    {"permit_sasl_authenticated", "debian",
     "smtpd_recipient_restrictions|submission\n"
     "smtpd_recipient_restrictions|submissions\n"
     "smtpd_relay_restrictions|main.cf\n"},
    {"snakeoil", "issuer", "itself|\n"},
    {"no-intermediate", "chain", "|nothing\n"},
    {"expired", "dates", "|from 120 days before the story on, for 90 days\n"},
    {"not-yet-valid", "dates", "|from 30 days after the story on, for 90 days\n"},
    {"unknown-ca", "issuer", "Unknown Root X9|\n"},
    {"wrong-name", "names", "|other.example\n"},
    {"wrong-name", "chain", "|the certificates above it\n"},
    {"[mua] outgoing", "type",
     "|endpoint: host or name, port, mode: mail:587, mail:587 tls, "
     "imap.iesgn.example:143 clear\n"},
    {"[service] port", "type", "|port: from 1 to 65535\n"},
};
/* clang-format on */

START_TEST(facts_are_those_of_the_tables)
{
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();
    g_autofree char *rows = dup_rows(topics, facts[_i].words, facts[_i].fact);

    ck_assert_str_eq(rows, facts[_i].rows);
}
END_TEST

START_TEST(a_value_that_postfix_refuses_is_called_so)
{
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();
    g_autofree char *rows = dup_rows(topics, "smtpd_timeout = 5x", "value");

    ck_assert_msg(strstr(rows, "bad time value") != NULL, "%s", rows);
}
END_TEST

/* ---- all of it --------------------------------------------------------------------------- */

static gboolean
has_topic(const MailsimTopics *topics, MailsimSubject subject, const char *id)
{
    const GPtrArray *list = mailsim_topics_list(topics);

    for (guint i = 0; i < list->len; i++) {
        const MailsimTopic *topic = g_ptr_array_index(list, i);
        if (topic->subject == subject && strcmp(topic->id, id) == 0)
            return TRUE;
    }
    return FALSE;
}

static void
check_all(const MailsimTopics *topics, MailsimSubject subject, const GPtrArray *names)
{
    ck_assert_uint_gt(names->len, 0);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        ck_assert_msg(has_topic(topics, subject, name), "no topic for %s", name);
    }
}

START_TEST(every_name_of_every_table_is_a_topic)
{
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();
    g_autoptr(MailsimAuthority) authority = mailsim_authority_new(NULL);
    guint n_ports, n_keys, n_words;
    const guint *ports = mailsim_key_table_list_ports(&n_ports);
    const MailsimKeyRow *keys = mailsim_key_table_list_keys(&n_keys);
    const MailsimWordRow *words = mailsim_key_table_list_words(&n_words);

    check_all(topics, MAILSIM_SUBJECT_PARAMETER, mailsim_postfix_parameter_list());
    check_all(topics, MAILSIM_SUBJECT_RESTRICTION, mailsim_restriction_list());
    check_all(topics, MAILSIM_SUBJECT_DOVECOT, mailsim_dovecot_setting_list());
    check_all(topics, MAILSIM_SUBJECT_CERTIFICATE, mailsim_authority_list_profiles(authority));
    for (guint i = 0; i < n_ports; i++) {
        g_autofree char *id = g_strdup_printf("%u", ports[i]);
        ck_assert_msg(has_topic(topics, MAILSIM_SUBJECT_PORT, id), "no topic for port %s", id);
    }
    for (guint i = 0; i < n_keys; i++) {
        g_autofree char *id = g_strdup_printf(
            "[%s] %s", mailsim_key_table_get_group(keys[i].group)->name, keys[i].name);
        ck_assert_msg(has_topic(topics, MAILSIM_SUBJECT_LANGUAGE, id), "no topic for %s", id);
    }
    for (guint i = 0; i < n_words; i++) {
        const MailsimSubject subject = words[i].set == MAILSIM_WORDS_PROFILE
                                           ? MAILSIM_SUBJECT_CERTIFICATE
                                           : MAILSIM_SUBJECT_LANGUAGE;
        if (words[i].set != MAILSIM_WORDS_YES_NO)
            ck_assert_msg(has_topic(topics, subject, words[i].word), "no topic for %s",
                          words[i].word);
    }
}
END_TEST

START_TEST(every_type_of_value_is_translated)
{
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();
    const GPtrArray *texts = topic_texts_list(topics->texts, "language");
    guint n_types = 0;

    for (guint i = 0; i < MAILSIM_VALUE_TYPES; i++) {
        const MailsimTypeRow *row = mailsim_key_table_get_type((MailsimValueType)i);
        g_autofree char *id = g_strdup_printf("type %s", row->name);
        const TopicText *text = topic_texts_find(topics->texts, "language", id);

        ck_assert_msg(text != NULL && text->gloss[MAILSIM_LANGUAGE_ES] != NULL, "%s", id);
    }
    for (guint i = 0; i < texts->len; i++) {
        const TopicText *text = g_ptr_array_index(texts, i);
        n_types += g_str_has_prefix(text->id, "type ") ? 1 : 0;
    }
    ck_assert_uint_eq(n_types, MAILSIM_VALUE_TYPES);
}
END_TEST

START_TEST(every_value_of_every_parameter_is_explained)
{
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();
    const GPtrArray *names = mailsim_postfix_parameter_list();

    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);

        ck_assert_msg((mailsim_postfix_parameter_get_type(name) != NULL) ==
                          mailsim_postfix_parameter_has_effect(name),
                      "%s has no type", name);
        for (guint built = 0; built < 2; built++) {
            const char *const *values = mailsim_postfix_parameter_list_values(name, built == 1);
            for (; *values != NULL; values++) {
                g_autofree char *id = g_strdup_printf("%s=%s", name, *values);
                if (**values != '\0')
                    ck_assert_msg(has_topic(topics, MAILSIM_SUBJECT_VALUE, id), "%s", id);
            }
        }
    }
}
END_TEST

static void
check_see(MailsimTopics *topics, const MailsimExplanation *explanation)
{
    const MailsimExplanationFact *see = find_fact(explanation, "see");

    for (guint i = 0; see != NULL && i < see->rows->len; i++) {
        const MailsimExplanationRow *row = g_ptr_array_index(see->rows, i);
        g_autoptr(GPtrArray) found = mailsim_topics_find(topics, row->word);
        ck_assert_msg(found->len > 0, "%s: see %s", explanation->topic, row->word);
        const MailsimTopic *topic = g_ptr_array_index(found, 0);
        ck_assert_msg(strcmp(topic->id, explanation->topic) != 0, "%s: sees itself",
                      explanation->topic);
    }
}

START_TEST(every_topic_says_something_in_both_languages)
{
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();
    const GPtrArray *list = mailsim_topics_list(topics);
    guint n_translated = 0;

    for (guint i = 0; i < list->len; i++) {
        const MailsimTopic *topic = g_ptr_array_index(list, i);
        g_autoptr(MailsimExplanation) en =
            mailsim_topics_explain(topics, topic, MAILSIM_LANGUAGE_EN);
        g_autoptr(MailsimExplanation) es =
            mailsim_topics_explain(topics, topic, MAILSIM_LANGUAGE_ES);

        ck_assert_msg(en->text->len > 0, "%s says nothing", topic->id);
        ck_assert_msg(en->text->len == es->text->len, "%s: a language says more", topic->id);
        for (guint j = 0; j < en->text->len; j++) {
            const char *first = g_ptr_array_index(en->text, j);
            const char *second = g_ptr_array_index(es->text, j);
            ck_assert_msg(strlen(first) > 3 && strlen(second) > 3, "%s", topic->id);
            ck_assert_msg(strcmp(first, second) != 0, "%s: not translated: %s", topic->id,
                          first);
            n_translated++;
        }
        ck_assert_uint_eq(en->facts->len, es->facts->len);
        check_see(topics, en);
        check_see(topics, es);
    }
    ck_assert_uint_gt(n_translated, 1000);
}
END_TEST

START_TEST(every_topic_is_found_by_its_own_name)
{
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();
    const GPtrArray *list = mailsim_topics_list(topics);

    for (guint i = 0; i < list->len; i++) {
        MailsimTopic *topic = g_ptr_array_index(list, i);
        g_autoptr(GPtrArray) found = mailsim_topics_find(topics, topic->id);
        ck_assert_msg(g_ptr_array_find(found, topic, NULL), "%s is not found", topic->id);
    }
}
END_TEST

/* Lines that topics are put together from are no topics themselves. */
static gboolean
is_line(const TopicText *text)
{
    return strcmp(text->file, "classes") == 0 || strcmp(text->file, "sides") == 0 ||
           g_str_has_prefix(text->id, "word profile.") || g_str_has_prefix(text->id, "type ");
}

static gboolean
belongs_to_topic(const MailsimTopics *topics, const TopicText *text)
{
    for (guint i = 0; i < topics->topics->len; i++) {
        const OwnTopic *topic = g_ptr_array_index(topics->topics, i);
        if (topic->text == text)
            return TRUE;
    }
    return FALSE;
}

START_TEST(no_text_belongs_to_no_topic)
{
    static const char *const files[] = {
        "certificates", "classes",      "dovecot", "enhanced", "language", "ports", "postfix",
        "replies",      "restrictions", "sides",   "trust",    "values",   "words"};
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();

    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        const GPtrArray *texts = topic_texts_list(topics->texts, files[i]);

        ck_assert_uint_gt(texts->len, 0);
        for (guint j = 0; j < texts->len; j++) {
            const TopicText *text = g_ptr_array_index(texts, j);
            ck_assert_msg(is_line(text) || belongs_to_topic(topics, text), "%s: [%s]",
                          text->file, text->id);
        }
    }
}
END_TEST

START_TEST(no_two_topics_of_a_subject_share_their_name)
{
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const GPtrArray *list = mailsim_topics_list(topics);

    for (guint i = 0; i < list->len; i++) {
        const MailsimTopic *topic = g_ptr_array_index(list, i);
        char *name = g_strdup_printf("%s %s", mailsim_subject_name(topic->subject), topic->id);
        if (topic->subject == MAILSIM_SUBJECT_LANGUAGE)
            g_free(name); /* “deferred” is an outcome and a word on a hop */
        else
            ck_assert_msg(g_hash_table_add(seen, name), "%s is there twice", topic->id);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("topics");
    TCase *names = tcase_create("names");
    TCase *all = tcase_create("all");

    tcase_add_loop_test(names, a_name_is_found_as_it_is_written, 0, G_N_ELEMENTS(cases));
    tcase_add_loop_test(names, a_topic_of_several_words_needs_no_quotes, 0,
                        G_N_ELEMENTS(arguments));
    tcase_add_loop_test(names, a_mistyped_name_is_answered_with_the_nearest, 0,
                        G_N_ELEMENTS(hints));
    tcase_add_test(names, no_topic_is_taken_for_a_line_of_a_log);
    tcase_add_loop_test(names, facts_are_those_of_the_tables, 0, G_N_ELEMENTS(facts));
    tcase_add_test(names, a_value_that_postfix_refuses_is_called_so);
    suite_add_tcase(suite, names);
    tcase_set_timeout(all, 60);
    tcase_add_test(all, every_name_of_every_table_is_a_topic);
    tcase_add_test(all, every_type_of_value_is_translated);
    tcase_add_test(all, every_value_of_every_parameter_is_explained);
    tcase_add_test(all, every_topic_says_something_in_both_languages);
    tcase_add_test(all, every_topic_is_found_by_its_own_name);
    tcase_add_test(all, no_text_belongs_to_no_topic);
    tcase_add_test(all, no_two_topics_of_a_subject_share_their_name);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
