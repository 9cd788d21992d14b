/* SPDX-License-Identifier: MIT
 *
 * Sequence sets: written in any order, kept in order. */
#include <mailsim/protocol/imap-set.h>

/* seq-number = nz-number / "*"; a nought in front does not count. */
static gboolean
read_number(const char **text, guint32 star, guint32 *number)
{
    guint64 value = 0;

    if (**text == '*') {
        (*text)++;
        *number = star;
        return TRUE;
    }
    for (; g_ascii_isdigit(**text); (*text)++) {
        value = value * 10 + (guint64)(**text - '0');
        if (value > G_MAXUINT32)
            return FALSE;
    }
    *number = (guint32)value;
    return value > 0;
}

static gint
compare_ranges(gconstpointer a, gconstpointer b)
{
    const MailsimImapRange *first = a;
    const MailsimImapRange *second = b;

    return (first->first > second->first) - (first->first < second->first);
}

/* In order, without overlaps. */
static void
tidy(GArray *ranges)
{
    guint n_kept = 0;

    g_array_sort(ranges, compare_ranges);
    for (guint i = 0; i < ranges->len; i++) {
        const MailsimImapRange range = g_array_index(ranges, MailsimImapRange, i);
        MailsimImapRange *last =
            n_kept > 0 ? &g_array_index(ranges, MailsimImapRange, n_kept - 1) : NULL;

        if (last != NULL && (guint64)range.first <= (guint64)last->last + 1)
            last->last = MAX(last->last, range.last);
        else
            g_array_index(ranges, MailsimImapRange, n_kept++) = range;
    }
    g_array_set_size(ranges, n_kept);
}

GArray *
mailsim_imap_set_parse(const char *text, guint32 star)
{
    g_autoptr(GArray) ranges = g_array_new(FALSE, FALSE, sizeof(MailsimImapRange));

    for (;;) {
        guint32 first;
        guint32 last;
        MailsimImapRange range;

        if (!read_number(&text, star, &first))
            return NULL;
        last = first;
        if (*text == ':') {
            text++;
            if (!read_number(&text, star, &last))
                return NULL;
        }
        range = (MailsimImapRange){MIN(first, last), MAX(first, last)};
        g_array_append_val(ranges, range);
        if (*text != '\0' && *text++ != ',')
            return NULL;
        if (*text == '\0') /* also behind a comma, as for Dovecot */
            break;
    }
    tidy(ranges);
    return g_steal_pointer(&ranges);
}

gboolean
mailsim_imap_set_has(const GArray *ranges, guint32 number)
{
    guint low = 0;
    guint high = ranges->len;

    while (low < high) {
        const guint middle = low + (high - low) / 2;
        const MailsimImapRange *range = &g_array_index(ranges, MailsimImapRange, middle);

        if (number < range->first)
            high = middle;
        else if (number > range->last)
            low = middle + 1;
        else
            return TRUE;
    }
    return FALSE;
}

void
mailsim_imap_set_add(GArray *ranges, guint32 number)
{
    MailsimImapRange *last =
        ranges->len > 0 ? &g_array_index(ranges, MailsimImapRange, ranges->len - 1) : NULL;

    if (last != NULL && last->last + 1 == number) {
        last->last = number;
    } else {
        const MailsimImapRange range = {number, number};
        g_array_append_val(ranges, range);
    }
}

char *
mailsim_imap_set_format(const GArray *ranges)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < ranges->len; i++) {
        const MailsimImapRange *range = &g_array_index(ranges, MailsimImapRange, i);

        g_string_append_printf(text, "%s%u", i > 0 ? "," : "", range->first);
        if (range->last > range->first)
            g_string_append_printf(text, ":%u", range->last);
    }
    return g_string_free(text, FALSE);
}
