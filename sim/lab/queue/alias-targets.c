/* SPDX-License-Identifier: MIT
 *
 * A list of addresses as people write it, in aliases(5), a ~/.forward or virtual(5): “ana,
 * Carlos <carlos@iesgn.example> (the boss), "|command"”. */
#include "queue-private.h"

#include <string.h>

#define BLANKS " \t\r\n"

/* The length of a comment, with those inside it (RFC 5322 §3.2.2). */
static gsize
measure_comment(const char *text)
{
    gsize length = 0;
    guint depth = 0;

    for (; text[length] != '\0'; length++) {
        if (text[length] == '\\' && text[length + 1] != '\0')
            length++;
        else if (text[length] == '(')
            depth++;
        else if (text[length] == ')' && --depth == 0)
            return length + 1;
    }
    return length;
}

/* The length of what stands before one of ENDS that is not in quotes. */
static gsize
measure_word(const char *text, const char *ends)
{
    gboolean quoted = FALSE;
    gsize length = 0;

    for (; text[length] != '\0'; length++) {
        if (text[length] == '\\' && text[length + 1] != '\0')
            length++;
        else if (text[length] == '"')
            quoted = !quoted;
        else if (!quoted && strchr(ends, text[length]) != NULL)
            break;
    }
    return length;
}

static void
add_word(GPtrArray *addresses, const char *start, gsize length)
{
    g_autofree char *word = g_strstrip(g_strndup(start, length));

    if (word[0] != '\0')
        g_ptr_array_add(addresses, mailsim_alias_dup_unquoted(word));
}

/* Words without a comma between them are addresses each, but before “<” they are a name. */
GPtrArray *
mailsim_alias_targets_parse(const char *text)
{
    GPtrArray *addresses = g_ptr_array_new_with_free_func(g_free);
    guint n_sure = 0;

    while (*text != '\0') {
        gsize length = 1;

        if (*text == ',') {
            n_sure = addresses->len;
        } else if (*text == '(') {
            length = measure_comment(text);
        } else if (*text == '<') {
            g_ptr_array_set_size(addresses, (gint)n_sure);
            length = measure_word(text, ">");
            add_word(addresses, text + 1, length - 1);
            length += text[length] == '>';
            n_sure = addresses->len;
        } else if (strchr(BLANKS, *text) == NULL) {
            length = measure_word(text, BLANKS ",(<");
            add_word(addresses, text, length);
        }
        text += length;
    }
    return addresses;
}
