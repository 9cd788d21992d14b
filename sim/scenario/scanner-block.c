/* SPDX-License-Identifier: MIT
 *
 * Sections of a real dovecot.conf, pasted: “service imap-login { … }”, over many lines. The lab
 * reads none of them; they are taken whole, so that one message tells of each. */
#include "scanner-private.h"

#include <string.h>

#include <mailsim/settings/dovecot-setting.h>

struct Block {
    MailsimSpan span; /* its first line */
    char *header;     /* “service imap-login” */
    guint depth;
    GPtrArray *lines; /* of char * */
};

gboolean
line_has_dovecot_name(const char *name)
{
    static const char word[] = "dovecot";

    return g_str_has_prefix(name, word) &&
           (name[strlen(word)] == '\0' || line_is_blank(name[strlen(word)]));
}

/* Where the first “{” of a section stands: before any “=”, and none of “%{…}”. */
static const char *
find_brace(const char *text, gsize length)
{
    const char *brace = memchr(text, '{', length);
    const char *equals = memchr(text, '=', length);

    if (!brace || (equals && equals < brace) || (brace > text && brace[-1] == '%'))
        return NULL;
    return brace;
}

/* Deeper by each “{”, out again by each “}”; a “#” ends the line. */
static void
count_braces(Block *block, const char *text, gsize length)
{
    for (gsize i = 0; i < length && text[i] != '#'; i++) {
        if (text[i] == '%' && i + 1 < length && text[i + 1] == '{') {
            const char *end = memchr(text + i, '}', length - i);

            i = end ? (gsize)(end - text) : length;
        } else if (text[i] == '{') {
            block->depth++;
        } else if (text[i] == '}' && block->depth > 0) {
            block->depth--;
        }
    }
}

Block *
block_new(const char *text, gsize length, const MailsimSpan *span)
{
    const char *brace = find_brace(text, length);

    if (!brace)
        return NULL;

    Block *block = g_new0(Block, 1);

    block->span = *span;
    block->header = g_strstrip(g_strndup(text, (gsize)(brace - text)));
    block->lines = g_ptr_array_new_with_free_func(g_free);
    count_braces(block, text, length);
    return block;
}

void
block_free(Block *block)
{
    g_free(block->header);
    g_ptr_array_unref(block->lines);
    g_free(block);
}

gboolean
block_is_open(const Block *block)
{
    return block->depth > 0;
}

void
block_take_line(Block *block, const char *text, gsize length)
{
    count_braces(block, text, length);
    g_ptr_array_add(block->lines, g_strstrip(g_strndup(text, length)));
}

void
block_tell(Block *block, MailsimDiagnostics *diagnostics)
{
    g_autofree char *advice = NULL;

    g_ptr_array_add(block->lines, NULL);
    advice =
        mailsim_dovecot_section_advise(block->header, (const char *const *)block->lines->pdata);
    if (block_is_open(block))
        mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, &block->span, advice,
                                "a section of dovecot.conf, and its “}” is missing: “%s”",
                                block->header);
    else
        mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, &block->span, advice,
                                "sections of dovecot.conf are not read here: “%s”",
                                block->header);
}
