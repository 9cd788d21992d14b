/* SPDX-License-Identifier: MIT
 *
 * The structure of messages, and looking into them: what the replayed dialogues of Dovecot
 * (recorded/imap/structure.txt, structure-more.txt, search-more.txt) do not show. The limits
 * are those that Dovecot 2.3.19 was seen to have. */
#include <mailsim/protocol/message-search.h>

#include <string.h>

#include "../support/run-suite.h"

static MailsimMessageStructure *
read_text(const char *text, gsize length)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, length);

    return mailsim_message_structure_new(bytes);
}

static char *
dup_body(const GString *text)
{
    g_autoptr(MailsimMessageStructure) structure = read_text(text->str, text->len);
    GString *body = g_string_new(NULL);

    mailsim_message_structure_append_body(structure, FALSE, body);
    return g_string_free(body, FALSE);
}

static guint
count(const char *text, const char *part)
{
    guint n = 0;

    for (const char *c = strstr(text, part); c != NULL; c = strstr(c + 1, part))
        n++;
    return n;
}

/* ---- sections ---------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
    const char *text;
    const char *fields;
    gboolean valid;
    const char *path;
    MailsimMessageSectionKind kind;
} sections[] = {
    {"",                       NULL,   TRUE,  "",      MAILSIM_SECTION_ALL},
    {"1.2.3",                  NULL,   TRUE,  "1.2.3", MAILSIM_SECTION_ALL},
    {"text",                   NULL,   TRUE,  "",      MAILSIM_SECTION_TEXT},
    {"1.HEADER",               NULL,   TRUE,  "1",     MAILSIM_SECTION_HEADER},
    {"10.2.MIME",              NULL,   TRUE,  "10.2",  MAILSIM_SECTION_MIME},
    {"HEADER.FIELDS",          "To",   TRUE,  "",      MAILSIM_SECTION_FIELDS},
    {"4.header.fields.not",    "To",   TRUE,  "4",     MAILSIM_SECTION_FIELDS_NOT},
    {"MIME",                   NULL,   FALSE, NULL,    0},
    {"HEADER.FIELDS",          NULL,   FALSE, NULL,    0},
    {"HEADER.FIELDS",          "",     FALSE, NULL,    0},
    {"HEADER",                 "To",   FALSE, NULL,    0},
    {"1.",                     NULL,   FALSE, NULL,    0},
    {".1",                     NULL,   FALSE, NULL,    0},
    {"1..2",                   NULL,   FALSE, NULL,    0},
    {"1x",                     NULL,   FALSE, NULL,    0},
    {"TEXT.1",                 NULL,   FALSE, NULL,    0},
};
/* clang-format on */

START_TEST(a_section_has_a_path_and_a_kind)
{
    const char *words = sections[_i].fields;
    g_auto(GStrv) fields = words != NULL ? g_strsplit(words, " ", -1) : NULL;
    g_auto(MailsimMessageSection) section = {0};

    ck_assert_int_eq(
        mailsim_message_section_parse(sections[_i].text, (const char *const *)fields, &section),
        sections[_i].valid);
    if (!sections[_i].valid)
        return;
    ck_assert_str_eq(section.path, sections[_i].path);
    ck_assert_int_eq(section.kind, sections[_i].kind);
    ck_assert_int_eq(section.fields != NULL, words != NULL);
}
END_TEST

/* ---- limits ------------------------------------------------------------------------------ */

START_TEST(a_hundred_multiparts_are_nested_no_more)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *body = NULL;

    for (guint i = 0; i < 3000; i++)
        g_string_append_printf(
            text, "Content-Type: multipart/mixed; boundary=b%u.\r\n\r\n--b%u.\r\n", i, i);
    g_string_append(text, "\r\nx\r\n");
    body = dup_body(text);
    ck_assert_uint_eq(count(body, "\"mixed\""), 99);
    ck_assert_uint_eq(count(body, "(\"application\" \"octet-stream\" (\"boundary\" \"b99.\")"),
                      1);
}
END_TEST

START_TEST(a_hundred_messages_are_nested_no_more)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *body = NULL;

    for (guint i = 0; i < 3000; i++)
        g_string_append(text, "Content-Type: message/rfc822\r\n\r\n");
    g_string_append(text, "\r\nx\r\n");
    body = dup_body(text);
    ck_assert_uint_eq(count(body, "\"message\" \"rfc822\""), 99);
    ck_assert_uint_eq(count(body, "\"application\" \"octet-stream\""), 1);
}
END_TEST

START_TEST(what_comes_after_ten_thousand_parts_belongs_to_the_last)
{
    g_autoptr(GString) text = g_string_new("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
    g_autofree char *body = NULL;

    for (guint i = 0; i < 10020; i++)
        g_string_append(text, "--b\r\n\r\nx\r\n");
    body = dup_body(text);
    ck_assert_uint_eq(count(body, "\"text\""), 9999);
    ck_assert_uint_eq(count(body, "\"7bit\" 1 0)"), 9998);
    ck_assert_uint_eq(count(body, "\"7bit\" 213 64)"), 1);
}
END_TEST

/* ---- hostile messages -------------------------------------------------------------------- */

static const struct {
    const char *head;
    const char *repeated;
} hostile[] = {
    {"From: ",                                              "("                         },
    {"From: ",                                              "\""                        },
    {"From: ",                                              "a,"                        },
    {"From: ",                                              "a:"                        },
    {"From: ",                                              "<@"                        },
    {"Subject: ",                                           "=?a?q?"                    },
    {"Subject: ",                                           "=?utf-8?q?a?= "            },
    {"Subject: ",                                           "\r\n "                     },
    {"Content-Type: text/plain",                            ";"                         },
    {"Content-Type: text/plain",                            "; a*0*=%"                  },
    {"Content-Type: text/plain; a*0*=b; a*1=\"",            "%"                         },
    {"Content-Disposition: a",                              ";\""                       },
    {"Content-Type: multipart/mixed; boundary=b\r\n\r\n",   "--"                        },
    {"Content-Type: multipart/mixed; boundary=b\r\n\r\n",   "--b\r\n"                   },
    {"Content-Type: multipart/mixed; boundary=b\r\n\r\n",   "--b\r\nContent-Type: a\r\n"},
    {"Content-Transfer-Encoding: base64\r\n\r\n",           "="                         },
    {"Content-Transfer-Encoding: quoted-printable\r\n\r\n", "="                         },
    {"Content-Type: text/plain; charset=utf-16\r\n\r\n",    "\xd8"                      },
    {"",                                                    "\n"                        },
    {"",                                                    "x"                         },
    {"",                                                    "x:"                        },
    {"",                                                    ":\r\n"                     },
};

START_TEST(nothing_takes_more_time_than_its_length)
{
    g_autoptr(GString) text = g_string_new(hostile[_i].head);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(MailsimMessageStructure) structure = NULL;

    while (text->len < 300000)
        g_string_append(text, hostile[_i].repeated);
    structure = read_text(text->str, text->len);
    mailsim_message_structure_append_envelope(structure, out);
    mailsim_message_structure_append_body(structure, TRUE, out);
    ck_assert_uint_lt(out->len, 100 * text->len);
    ck_assert(!mailsim_message_search_text(structure, TRUE, "NOWHERE"));
    ck_assert(!mailsim_message_search_field(structure, "From", MAILSIM_SEARCH_ADDRESSES, "Z"));
    ck_assert(
        !mailsim_message_search_field(structure, "Subject", MAILSIM_SEARCH_BLANKS_AS_ONE, "Z"));
}
END_TEST

/* ---- what is looked for ------------------------------------------------------------------ */

START_TEST(a_key_is_compared_without_regard_to_its_writing)
{
    g_autofree char *plain = mailsim_message_search_key("ma\xc3\xb1"
                                                        "ana",
                                                        7, "utf-8");
    g_autofree char *latin = mailsim_message_search_key("MA\xd1"
                                                        "ANA",
                                                        6, "ISO-8859-1");
    g_autofree char *composed = mailsim_message_search_key("Man\xcc\x83"
                                                           "ana",
                                                           8, "UTF-8");
    g_autofree char *broken = mailsim_message_search_key("ma\xf1"
                                                         "ana",
                                                         6, "US-ASCII");

    ck_assert_str_eq(plain, "MAN\xcc\x83"
                            "ANA");
    ck_assert_str_eq(latin, plain);
    ck_assert_str_eq(composed, plain);
    ck_assert_ptr_null(broken);
}
END_TEST

START_TEST(charsets_have_names)
{
    ck_assert(mailsim_charset_is_known("utf8"));
    ck_assert(mailsim_charset_is_known("ISO-8859-15"));
    ck_assert(mailsim_charset_is_known(""));
    ck_assert(!mailsim_charset_is_known("x-unknown"));
    ck_assert(!mailsim_charset_is_known("a b"));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("message-structure");
    TCase *tcase = tcase_create("message-structure");

    tcase_add_loop_test(tcase, a_section_has_a_path_and_a_kind, 0, G_N_ELEMENTS(sections));
    tcase_add_test(tcase, a_hundred_multiparts_are_nested_no_more);
    tcase_add_test(tcase, a_hundred_messages_are_nested_no_more);
    tcase_add_test(tcase, what_comes_after_ten_thousand_parts_belongs_to_the_last);
    tcase_add_loop_test(tcase, nothing_takes_more_time_than_its_length, 0,
                        G_N_ELEMENTS(hostile));
    tcase_add_test(tcase, a_key_is_compared_without_regard_to_its_writing);
    tcase_add_test(tcase, charsets_have_names);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
