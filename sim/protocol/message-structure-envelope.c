/* SPDX-License-Identifier: MIT
 *
 * ENVELOPE: what the header of a message says (RFC 3501 §7.4.2). Of a field that stands there
 * twice the last one counts; addresses are all of them. */
#include "message-structure-private.h"

#include <mailsim/protocol/imap-command.h>
#include <string.h>

enum { DATE, SUBJECT, FROM, SENDER, REPLY_TO, TO, CC, BCC, IN_REPLY_TO, MESSAGE_ID, N_FIELDS };

static const char *const names[N_FIELDS] = {
    [DATE] = "Date",
    [SUBJECT] = "Subject",
    [FROM] = "From",
    [SENDER] = "Sender",
    [REPLY_TO] = "Reply-To",
    [TO] = "To",
    [CC] = "Cc",
    [BCC] = "Bcc",
    [IN_REPLY_TO] = "In-Reply-To",
    [MESSAGE_ID] = "Message-ID",
};

static gboolean
has_addresses(guint index)
{
    return index >= FROM && index <= BCC;
}

/* ---- strings ----------------------------------------------------------------------------- */

/* A line feed before a blank or the end goes, another one is a blank. */
void
mailsim_message_append_unfolded(GString *out, const char *text)
{
    g_autoptr(GString) unfolded = g_string_new(NULL);

    for (const char *c = text; c != NULL && *c != '\0'; c++) {
        if (*c != '\r' && *c != '\n')
            g_string_append_c(unfolded, *c);
        else if (c[1] != ' ' && c[1] != '\t' && c[1] != '\0')
            g_string_append_c(unfolded, ' ');
    }
    mailsim_imap_append_string(out, text != NULL ? unfolded->str : NULL);
}

/* What has to be changed for that is a literal, and so is what quotes cannot hold as it is. */
void
mailsim_message_append_readable(GString *out, const char *text)
{
    g_autoptr(GString) readable = g_string_new(NULL);
    gboolean is_literal = FALSE;

    if (text == NULL) {
        g_string_append(out, "NIL");
        return;
    }
    for (const char *c = text; *c != '\0'; c++) {
        is_literal |= (guchar)*c >= 0x80 || strchr("\"\\\t\r\n", *c) != NULL;
        if (strchr(" \t\r\n", *c) == NULL)
            g_string_append_c(readable, *c);
        else if (readable->len > 0 && readable->str[readable->len - 1] != ' ')
            g_string_append_c(readable, ' ');
    }
    if (readable->len > 0 && readable->str[readable->len - 1] == ' ')
        g_string_truncate(readable, readable->len - 1);
    is_literal |= readable->len != strlen(text);
    if (is_literal && readable->len > 0)
        g_string_append_printf(out, "{%" G_GSIZE_FORMAT "}\r\n%s", readable->len,
                               readable->str);
    else
        g_string_append_printf(out, "\"%s\"", readable->str);
}

/* ---- the envelope ------------------------------------------------------------------------ */

static void
read_fields(const MailsimMessageStructure *structure,
            const MailsimMessagePart *part,
            GString *values[N_FIELDS])
{
    const char *at = structure->text + part->header_start;
    const char *end = structure->text + part->body_start;
    MailsimMessageField field;

    while (mailsim_message_next_field(&at, end, &field)) {
        guint index = 0;
        g_autoptr(GString) value = NULL;

        while (index < N_FIELDS && !mailsim_message_field_is(&field, names[index]))
            index++;
        if (index == N_FIELDS)
            continue;
        if (values[index] == NULL)
            values[index] = g_string_new(NULL);
        if (has_addresses(index)) {
            value = mailsim_message_field_dup_value(&field);
            mailsim_message_append_addresses(value, MAILSIM_ADDRESSES_AS_IMAP, values[index]);
        } else {
            g_autofree char *text = mailsim_message_field_dup_text(&field);

            g_string_assign(values[index], text);
        }
    }
}

static void
append_addresses(GString *out, const GString *addresses)
{
    if (addresses == NULL || addresses->len == 0)
        g_string_append(out, "NIL");
    else
        g_string_append_printf(out, "(%s)", addresses->str);
}

/* Sender and Reply-To are From's where they say nothing. */
void
mailsim_message_append_envelope(const MailsimMessageStructure *structure,
                                const MailsimMessagePart *part,
                                GString *out)
{
    GString *values[N_FIELDS] = {NULL};

    read_fields(structure, part, values);
    for (guint i = 0; i < N_FIELDS; i++) {
        const GString *value = values[i];

        g_string_append_c(out, i == 0 ? '(' : ' ');
        if ((i == SENDER || i == REPLY_TO) && (value == NULL || value->len == 0))
            append_addresses(out, values[FROM]);
        else if (has_addresses(i))
            append_addresses(out, value);
        else if (i == SUBJECT)
            mailsim_message_append_readable(out, value != NULL ? value->str : NULL);
        else
            mailsim_message_append_unfolded(out, value != NULL ? value->str : NULL);
    }
    g_string_append_c(out, ')');
    for (guint i = 0; i < N_FIELDS; i++) {
        if (values[i] != NULL)
            g_string_free(values[i], TRUE);
    }
}

void
mailsim_message_structure_append_envelope(const MailsimMessageStructure *structure,
                                          GString *out)
{
    mailsim_message_append_envelope(structure, g_ptr_array_index(structure->parts, 0), out);
}
