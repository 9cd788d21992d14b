/* SPDX-License-Identifier: MIT
 *
 * Reading what an IMAP server says. A literal is heard as lines, too: where its octets end, in
 * a line or behind one, the response goes on. */
#include <mailsim/protocol/imap-response.h>

#include <string.h>

#include <mailsim/base/limits.h>
#include <mailsim/protocol/imap-command.h>

MailsimImapResponse *
mailsim_imap_response_new(void)
{
    MailsimImapResponse *response = g_new0(MailsimImapResponse, 1);

    response->raw = g_string_new(NULL);
    return response;
}

void
mailsim_imap_response_free(MailsimImapResponse *response)
{
    if (response == NULL)
        return;

    g_string_free(response->raw, TRUE);
    g_free(response->tag);
    g_free(response->name);
    g_free(response->code);
    g_free(response);
}

/* ---- the first line ---------------------------------------------------------------------- */

static const char *
skip_word(const char *text)
{
    const char *end = text + strcspn(text, " ");

    return *end == ' ' ? end + 1 : end;
}

/* nz-number, and 0 of “* 0 EXISTS”; FALSE: TEXT does not begin with a word of figures. */
static gboolean
parse_number(const char *text, guint32 *number)
{
    const gsize n_digits = strspn(text, "0123456789");
    guint64 value;

    if (n_digits == 0 || n_digits > 10 || text[n_digits] != ' ')
        return FALSE;
    value = g_ascii_strtoull(text, NULL, 10);
    *number = (guint32)MIN(value, G_MAXUINT32);
    return value <= G_MAXUINT32;
}

static gboolean
is_status(const char *name)
{
    static const char *const names[] = {"OK", "NO", "BAD", "BYE", "PREAUTH", NULL};

    return g_strv_contains(names, name);
}

/* continue-req    = "+" SP (resp-text / base64) CRLF
 * response-data   = "*" SP (resp-cond-state / … / [number SP] name …) CRLF
 * response-tagged = tag SP ("OK" / "NO" / "BAD") SP resp-text CRLF         RFC 3501 §9
 *
 * What is missing at the end (“+”, “a1 OK”) some servers leave away. */
static gboolean
parse_head(MailsimImapResponse *response)
{
    const char *text = response->raw->str;
    const char *name = skip_word(text);
    gsize length;

    response->tag = g_strndup(text, strcspn(text, " "));
    if (g_str_equal(response->tag, "+"))
        return TRUE;
    if (g_str_equal(response->tag, "*") && parse_number(name, &response->number))
        name = skip_word(name);
    length = strcspn(name, " ");
    if (response->tag[0] == '\0' || !g_ascii_isalpha(name[0]))
        return FALSE;
    response->name = g_ascii_strup(name, (gssize)length);
    response->is_status = is_status(response->name);
    return g_str_equal(response->tag, "*") || g_str_equal(response->name, "OK") ||
           g_str_equal(response->name, "NO") || g_str_equal(response->name, "BAD");
}

/* ---- the whole --------------------------------------------------------------------------- */

/* resp-text = ["[" resp-text-code "]" SP] text */
static char *
dup_code(const char *text)
{
    const char *end = text[0] == '[' ? strchr(text, ']') : NULL;

    return end != NULL ? g_strndup(text + 1, (gsize)(end - text - 1)) : NULL;
}

static void
conclude(MailsimImapResponse *response)
{
    response->text = skip_word(response->raw->str);
    response->data = response->text;
    if (response->name != NULL && g_ascii_isdigit(response->data[0]))
        response->data = skip_word(response->data);
    if (response->name != NULL)
        response->data = skip_word(response->data);
    response->length = response->raw->len - (gsize)(response->data - response->raw->str);
    if (response->is_status)
        response->code = dup_code(response->data);
}

/* The text of a status may end in “{5}”, and means nothing by it. */
static gboolean
find_literal(const MailsimImapResponse *response, gsize *size)
{
    const char *line = response->raw->str + response->literal_end;
    const gsize length = response->raw->len - response->literal_end;
    gboolean synchronizing;

    return response->name != NULL && !response->is_status &&
           mailsim_imap_find_literal(line, length, size, &synchronizing);
}

/* A line of the response's own has come, behind its last literal. */
static MailsimParse
go_on(MailsimImapResponse *response, const char *line_end)
{
    gsize size;

    if (response->raw->len - response->n_literal > MAILSIM_FETCH_LINE_MAX_BYTES)
        return MAILSIM_PARSE_ERROR;
    if (response->tag == NULL && !parse_head(response))
        return MAILSIM_PARSE_ERROR;
    if (!find_literal(response, &size)) {
        conclude(response);
        return MAILSIM_PARSE_DONE;
    }
    if (size > MAILSIM_FETCH_MAX_BYTES - response->n_literal)
        return MAILSIM_PARSE_ERROR;
    g_string_append(response->raw, line_end);
    response->n_literal += size;
    response->literal_end = response->raw->len + size;
    return MAILSIM_PARSE_NEED_MORE;
}

MailsimParse
mailsim_imap_response_add_line(MailsimImapResponse *response,
                               const char *line,
                               gsize length,
                               const char *line_end)
{
    g_string_append_len(response->raw, line, (gssize)length);
    if (response->raw->len >= response->literal_end)
        return go_on(response, line_end);
    g_string_append(response->raw, line_end);
    if (response->raw->len <= response->literal_end)
        return MAILSIM_PARSE_NEED_MORE;
    /* Its last octet is a CR, and the LF ends the response. */
    g_string_truncate(response->raw, response->literal_end);
    return go_on(response, "\n");
}
