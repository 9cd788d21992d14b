/* SPDX-License-Identifier: MIT
 *
 * Messages: composed, measured, and carried by DATA through and through. */
#include <string.h>

#include <mailsim/protocol/message.h>

#include "../support/run-suite.h"

static GBytes *
make_bytes(const char *text)
{
    return g_bytes_new_static(text, strlen(text));
}

static char *
dup_text(GBytes *bytes)
{
    gsize length;
    const char *text = g_bytes_get_data(bytes, &length);

    return g_strndup(text, length);
}

typedef struct {
    const char *description;
    const char *subject;
    const char *text;
    const char *expected; /* from Subject: on */
} ComposeCase;

#define DATED "Date: Mon, 12 Jan 2026 09:00:00 +0000\nMessage-ID: <1@laptop.iesgn.example>\n"
#define EIGHT_BITS                                                                             \
    "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"                             \
    "Content-Transfer-Encoding: 8bit\n"

/* clang-format off */
static const ComposeCase composed[] = {
    {.description = "ASCII is left as it is", .subject = "Hola", .text = "Hola, Bob.\n",
     .expected = "Subject: Hola\n" DATED "\nHola, Bob.\n"},
    {.description = "a line end is added", .subject = "Hola", .text = "Hola, Bob.",
     .expected = "Subject: Hola\n" DATED "\nHola, Bob.\n"},
    {.description = "nothing to say", .subject = "", .text = "",
     .expected = "Subject: \n" DATED "\n"},
    {.description = "a subject that is not ASCII", .subject = "mañana", .text = "Hola\n",
     .expected = "Subject: =?UTF-8?B?bWHDsWFuYQ==?=\n" DATED "\nHola\n"},
    {.description = "a text that is not ASCII", .subject = "Hola", .text = "¿Mañana?\n",
     .expected = "Subject: Hola\n" DATED EIGHT_BITS "\n¿Mañana?\n"},
    {.description = "a long subject: no encoded-word over 75 characters, no letter cut in two",
     .subject = "áéíóúáéíóúáéíóúáéíóúáéíóú",
     .text = "x\n",
     .expected = "Subject: =?UTF-8?B?w6HDqcOtw7PDusOhw6nDrcOzw7rDocOpw63Ds8O6w6HDqcOtw7PDusOhw6k=?=\n"
                 " =?UTF-8?B?w63Ds8O6?=\n" DATED "\nx\n"},
};

typedef struct {
    const char *description;
    const char *message;
    const char *data; /* with the final dot's line */
    gsize       size;
} DataCase;

static const DataCase carried[] = {
    {.description = "the usual", .message = "Subject: x\n\nHola\n",
     .data = "Subject: x\r\n\r\nHola\r\n.\r\n", .size = 20},
    {.description = "an empty message", .message = "", .data = ".\r\n", .size = 0},
    {.description = "an empty line", .message = "\n", .data = "\r\n.\r\n", .size = 2},
    {.description = "a lone dot", .message = ".\n", .data = "..\r\n.\r\n", .size = 3},
    {.description = "dots at line starts", .message = "\n.one\n..two\n...\nno.dot\n",
     .data = "\r\n..one\r\n...two\r\n....\r\nno.dot\r\n.\r\n", .size = 28},
    {.description = "a dot at the very end", .message = "x\n.\n", .data = "x\r\n..\r\n.\r\n",
     .size = 6},
};

/* clang-format on */

START_TEST(a_draft_becomes_header_and_body)
{
    static const char *const to[] = {"bob@instituto.example", "eve@instituto.example", NULL};
    const ComposeCase *row = &composed[_i];
    MailsimDraft draft = {
        .from = "ana@iesgn.example",
        .to = to,
        .subject = row->subject,
        .text = row->text,
        .message_id = "<1@laptop.iesgn.example>",
    };
    g_autoptr(GBytes) message = NULL;
    g_autofree char *text = NULL;
    g_autofree char *expected = g_strconcat(
        "From: ana@iesgn.example\nTo: bob@instituto.example, eve@instituto.example\n",
        row->expected, NULL);

    ck_assert(mailsim_time_parse("2026-01-12 09:00", &draft.date_us));
    message = mailsim_message_compose(&draft);
    text = dup_text(message);
    ck_assert_str_eq(text, expected);
    ck_assert(mailsim_message_declares_8bit(message) == !g_str_is_ascii(row->text));
}
END_TEST

START_TEST(data_has_doubled_dots_and_ends_in_one)
{
    const DataCase *row = &carried[_i];
    g_autoptr(GBytes) message = make_bytes(row->message);
    g_autoptr(GString) data = g_string_new("DATA|");

    mailsim_message_append_data(message, data);
    ck_assert_str_eq(data->str + strlen("DATA|"), row->data);
    ck_assert_uint_eq(mailsim_message_get_size(message), row->size);
}
END_TEST

static const struct {
    const char *description;
    const char *content;
    const char *message;
} chunked[] = {
    {"lines of CR LF",            "a\r\n\r\nb\r\n", "a\n\nb\n"},
    {"lines of LF",               "a\n\nb\n",       "a\n\nb\n"},
    {"dots are text",             ".\r\n..a\r\n",   ".\n..a\n"},
    {"the last line is finished", "a\r\nb",         "a\nb\n"  },
    {"all CR before an LF go",    "a\r\r\nb\r\n",   "a\nb\n"  },
    {"a CR that ends no line",    "a\rb\r",         "a b \n"  },
    {"nothing",                   "",               ""        },
};

START_TEST(chunks_are_lines_without_dots)
{
    g_autoptr(GBytes) message =
        mailsim_message_from_chunks(chunked[_i].content, strlen(chunked[_i].content));
    g_autofree char *text = dup_text(message);

    ck_assert_msg(g_str_equal(text, chunked[_i].message), "%s", chunked[_i].description);
}
END_TEST

START_TEST(bytes_of_zero_and_above_127_survive)
{
    static const char bytes[] = "a\0b\n.\xff\xfe\n";
    static const char carried_bytes[] = "a\0b\r\n..\xff\xfe\r\n.\r\n";
    g_autoptr(GBytes) message = g_bytes_new_static(bytes, sizeof bytes - 1);
    g_autoptr(GString) data = g_string_new(NULL);

    mailsim_message_append_data(message, data);
    ck_assert_uint_eq(data->len, sizeof carried_bytes - 1);
    ck_assert_mem_eq(data->str, carried_bytes, data->len);
}
END_TEST

typedef struct {
    guint length; /* of one line of x */
    gsize size;
} SizeCase;

/* Seen in MAIL FROM:<…> SIZE=… of Postfix 3.7. */
static const SizeCase sizes[] = {
    {1,   3  },
    {126, 128},
    {127, 129},
    {128, 131},
    {300, 303}
};

START_TEST(a_message_is_measured_as_postfix_measures_it)
{
    g_autofree char *line = g_strnfill(sizes[_i].length, 'x');
    g_autofree char *text = g_strconcat(line, "\n", NULL);
    g_autoptr(GBytes) message = make_bytes(text);

    ck_assert_uint_eq(mailsim_message_get_size(message), sizes[_i].size);
}
END_TEST

typedef struct {
    const char *message;
    gboolean declares;
} DeclaresCase;

/* clang-format off */
static const DeclaresCase declarations[] = {
    {"Content-Transfer-Encoding: 8bit\n\nx\n",                TRUE },
    {"Subject: x\ncontent-transfer-encoding:   8BIT \n\nx\n", TRUE },
    {"Content-Transfer-Encoding: 7bit\n\nñ\n",                FALSE},
    {"Content-Transfer-Encoding: 8bitter\n\nñ\n",             FALSE},
    {"Content-Transfer-Encoding:\n\nñ\n",                     FALSE},
    {"Subject: x\n\nContent-Transfer-Encoding: 8bit\n",       FALSE},
    {"Subject: x\n\nñ\n",                                     FALSE},
    {"",                                                      FALSE},
};
/* clang-format on */

START_TEST(eight_bits_are_what_the_header_says)
{
    g_autoptr(GBytes) message = make_bytes(declarations[_i].message);

    ck_assert(mailsim_message_declares_8bit(message) == declarations[_i].declares);
}
END_TEST

START_TEST(fields_go_before_the_message)
{
    g_autoptr(GBytes) message = make_bytes("Subject: x\n\ny\n");
    g_autoptr(GBytes) whole =
        mailsim_message_prepend("Return-Path: <>\nReceived: z\n", message);
    g_autofree char *text = dup_text(whole);

    ck_assert_str_eq(text, "Return-Path: <>\nReceived: z\nSubject: x\n\ny\n");
}
END_TEST

typedef struct {
    const char *message;
    const char *tidy;
} TidyCase;

/* clang-format off */
static const TidyCase tidied[] = {
    {"Subject : x\nX\t : y\n z : q\n\nA : b\n", "Subject: x\nX: y\n z : q\n\nA : b\n"},
    {"BCC: a,\n\tb\nTo: c\n\nBcc: d\n",        "To: c\n\nBcc: d\n"                  },
    {"Return-Path : <a>\nBcc:",                  ""                                   },
    {" first\nBcc : a\nX : b\n\n",                " first\nX: b\n\n"                    },
    {"Bcc-To: a\nno field\nBcc: a\n",           "Bcc-To: a\nno field\nBcc: a\n"     },
    {"",                                         ""                                   },
};
/* clang-format on */

START_TEST(a_header_is_tidied)
{
    static char *dropped[] = {(char *)"bcc", (char *)"return-path", NULL};
    g_autoptr(GBytes) message = make_bytes(tidied[_i].message);
    g_autoptr(GBytes) tidy = mailsim_message_tidy_header(message, dropped);
    g_autofree char *text = dup_text(tidy);

    ck_assert_str_eq(text, tidied[_i].tidy);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("message");
    TCase *table = tcase_create("messages");
    tcase_add_loop_test(table, a_draft_becomes_header_and_body, 0, G_N_ELEMENTS(composed));
    tcase_add_loop_test(table, data_has_doubled_dots_and_ends_in_one, 0, G_N_ELEMENTS(carried));
    tcase_add_loop_test(table, chunks_are_lines_without_dots, 0, G_N_ELEMENTS(chunked));
    tcase_add_test(table, bytes_of_zero_and_above_127_survive);
    tcase_add_loop_test(table, a_message_is_measured_as_postfix_measures_it, 0,
                        G_N_ELEMENTS(sizes));
    tcase_add_loop_test(table, eight_bits_are_what_the_header_says, 0,
                        G_N_ELEMENTS(declarations));
    tcase_add_test(table, fields_go_before_the_message);
    tcase_add_loop_test(table, a_header_is_tidied, 0, G_N_ELEMENTS(tidied));
    suite_add_tcase(suite, table);

    return run_suite(suite);
}
