/* SPDX-License-Identifier: MIT
 *
 * In the place of FETCH's items and SEARCH's keys, until they are there. */
#include "../../sim/session/imap/imap-fetch-items-private.h"
#include "../../sim/session/imap/imap-search-private.h"
#include <string.h>

struct MailsimImapFetchItems { gboolean uid; GPtrArray *names; };
struct MailsimImapSearch { GPtrArray *keywords; guint flags; };

gboolean mailsim_imap_fetch_is_well_formed(const GPtrArray *arguments, guint first)
{
    return arguments->len >= first + 2;
}
MailsimImapFetchItems *mailsim_imap_fetch_items_parse(const GPtrArray *arguments, guint first, gboolean is_uid_fetch, char **problem)
{
    MailsimImapFetchItems *items = g_new0(MailsimImapFetchItems, 1);
    const MailsimImapArgument *a = g_ptr_array_index(arguments, first + 1);
    (void)problem;
    items->uid = is_uid_fetch;
    items->names = g_ptr_array_new_with_free_func(g_free);
    if (a->items == NULL)
        g_ptr_array_add(items->names, g_ascii_strup(a->text, -1));
    else for (guint i = 0; i < a->items->len; i++)
        g_ptr_array_add(items->names, g_ascii_strup(((MailsimImapArgument *)a->items->pdata[i])->text ? ((MailsimImapArgument *)a->items->pdata[i])->text : "X", -1));
    return items;
}
void mailsim_imap_fetch_items_free(MailsimImapFetchItems *items)
{
    g_ptr_array_unref(items->names);
    g_free(items);
}
void mailsim_imap_append_flags(MailsimMailboxView *view, guint number, GString *out)
{
    static const struct { guint f; const char *n; } names[] = {{1, "\\Answered"}, {2, "\\Flagged"}, {4, "\\Deleted"}, {8, "\\Seen"}, {16, "\\Draft"}};
    const MailsimFlagSet *s = &mailsim_mailbox_view_get(view, number)->flags;
    g_autoptr(GString) t = g_string_new(NULL);
    for (guint i = 0; i < 5; i++)
        if (s->flags & names[i].f) g_string_append_printf(t, " %s", names[i].n);
    if (mailsim_mailbox_view_is_recent(view, number)) g_string_append(t, " \\Recent");
    for (guint i = 0; s->keywords && i < s->keywords->len; i++)
        g_string_append_printf(t, " %s", (char *)s->keywords->pdata[i]);
    g_string_append_printf(out, "(%s)", t->len ? t->str + 1 : "");
}
gboolean mailsim_imap_fetch_items_append(const MailsimImapFetchItems *items, MailsimMailbox *mailbox, MailsimMailboxView *view, guint number, MailsimImapFetchCounters *counters, GString *out)
{
    const char *sep = "";
    (void)mailbox; (void)counters;
    g_string_append_printf(out, "* %u FETCH (", number);
    if (items->uid) { g_string_append_printf(out, "UID %u", mailsim_mailbox_view_get(view, number)->uid); sep = " "; }
    for (guint i = 0; i < items->names->len; i++) {
        const char *n = items->names->pdata[i];
        if (strcmp(n, "UID") == 0 && items->uid) continue;
        g_string_append_printf(out, "%s%s ", sep, n);
        sep = " ";
        if (strcmp(n, "UID") == 0) g_string_append_printf(out, "%u", mailsim_mailbox_view_get(view, number)->uid);
        if (strcmp(n, "RFC822.SIZE") == 0) g_string_append_printf(out, "%u", (guint)mailsim_mailbox_view_get(view, number)->size);
        if (strcmp(n, "FLAGS") == 0) mailsim_imap_append_flags(view, number, out);
    }
    g_string_append(out, ")\r\n");
    return TRUE;
}
MailsimImapSearchStatus mailsim_imap_search_parse(const GPtrArray *arguments, guint first, const MailsimMailboxView *view, MailsimImapSearch **search, char **problem)
{
    (void)view;
    if (arguments->len <= first) { *problem = g_strdup("Missing search parameters"); return MAILSIM_IMAP_SEARCH_BAD; }
    *search = g_new0(MailsimImapSearch, 1);
    (*search)->keywords = g_ptr_array_new();
    return MAILSIM_IMAP_SEARCH_OK;
}
void mailsim_imap_search_free(MailsimImapSearch *s) { if (s) { g_ptr_array_unref(s->keywords); g_free(s);} }
const GPtrArray *mailsim_imap_search_get_keywords(const MailsimImapSearch *s) { return s->keywords; }
gboolean mailsim_imap_search_append(const MailsimImapSearch *search, const MailsimMailboxView *view, gboolean uid, GString *out)
{
    (void)search;
    g_string_append(out, "* SEARCH");
    for (guint i = 1; i <= mailsim_mailbox_view_count(view); i++)
        g_string_append_printf(out, " %u", uid ? mailsim_mailbox_view_get(view, i)->uid : i);
    g_string_append(out, "\r\n");
    return TRUE;
}
