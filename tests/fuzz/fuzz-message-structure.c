/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a message: its structure, its envelope, and every section of it; all that is in
 * a part stands in the message. Then the same bytes as what is looked for in it. */
#include <mailsim/protocol/message-search.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

#define MESSAGE_MAX_BYTES (64 * 1024)
#define KEY_MAX_BYTES     16

static const char *const sections[] = {
    "",      "HEADER",  "TEXT",   "1",   "1.MIME",   "1.HEADER",   "1.TEXT",
    "2",     "2.MIME",  "2.TEXT", "1.1", "1.1.MIME", "1.2",        "2.1",
    "1.1.1", "1.1.1.1", "3",      "0",   "1.1.2.1",  "4294967297",
};

static gsize
check_section(const MailsimMessageStructure *structure, GBytes *message, const char *text)
{
    g_auto(MailsimMessageSection) section = {0};
    g_autoptr(GBytes) octets = NULL;
    gsize length;
    gsize message_length;
    const char *message_text = g_bytes_get_data(message, &message_length);
    const char *part;

    g_assert_true(mailsim_message_section_parse(text, NULL, &section));
    octets = mailsim_message_structure_dup_section(structure, &section);
    part = g_bytes_get_data(octets, &length);
    g_assert_cmpuint(length, <=, message_length);
    if (length > 0 && memchr(message_text, '\0', message_length) == NULL)
        g_assert_nonnull(memmem(message_text, message_length, part, length));
    return length;
}

static void
check_fields(const MailsimMessageStructure *structure, gsize header_length)
{
    static const char *const fields[] = {"Subject", "FROM", "content-type", NULL};
    g_auto(MailsimMessageSection) named = {0};
    g_auto(MailsimMessageSection) others = {0};
    g_autoptr(GBytes) named_octets = NULL;
    g_autoptr(GBytes) other_octets = NULL;
    gsize length;

    g_assert_true(mailsim_message_section_parse("HEADER.FIELDS", fields, &named));
    g_assert_true(mailsim_message_section_parse("HEADER.FIELDS.NOT", fields, &others));
    named_octets = mailsim_message_structure_dup_section(structure, &named);
    other_octets = mailsim_message_structure_dup_section(structure, &others);
    length = g_bytes_get_size(named_octets) + g_bytes_get_size(other_octets);
    /* Nothing is lost; an empty line and line ends may be there twice. */
    g_assert_cmpuint(length, >=, header_length);
    g_assert_cmpuint(length, <=, header_length + 8);
}

static void
check_search(const MailsimMessageStructure *structure, const char *data, gsize size)
{
    g_autofree char *key = mailsim_message_search_key(data, MIN(size, KEY_MAX_BYTES), "UTF-8");

    if (key == NULL)
        return;
    if (!mailsim_message_search_text(structure, TRUE, key))
        g_assert_false(mailsim_message_search_text(structure, FALSE, key));
    mailsim_message_search_field(structure, "From", MAILSIM_SEARCH_ADDRESSES, key);
    mailsim_message_search_field(structure, "Subject", MAILSIM_SEARCH_BLANKS_AS_ONE, key);
    mailsim_message_search_field(structure, "To", MAILSIM_SEARCH_WHOLE, key);
    mailsim_message_get_sent_day(structure);
}

int
LLVMFuzzerTestOneInput(const guint8 *data, size_t size)
{
    g_autoptr(GBytes) message = NULL;
    g_autoptr(MailsimMessageStructure) structure = NULL;
    g_autoptr(GString) out = g_string_new(NULL);
    gsize header_length;

    if (size > MESSAGE_MAX_BYTES)
        return 0;
    message = g_bytes_new(data, size);
    structure = mailsim_message_structure_new(message);
    mailsim_message_structure_append_envelope(structure, out);
    mailsim_message_structure_append_body(structure, FALSE, out);
    mailsim_message_structure_append_body(structure, TRUE, out);
    g_assert_null(memchr(out->str, '\0', out->len));
    for (guint i = 0; i < G_N_ELEMENTS(sections); i++)
        check_section(structure, message, sections[i]);
    header_length = check_section(structure, message, "HEADER");
    g_assert_cmpuint(header_length + check_section(structure, message, "TEXT"), ==, size);
    check_fields(structure, header_length);
    check_search(structure, (const char *)data, size);
    return 0;
}
