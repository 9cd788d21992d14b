/* SPDX-License-Identifier: MIT
 *
 * In the place of FETCH's items and SEARCH's keys, until they are there. */
#include "../../sim/session/imap/imap-fetch-items-private.h"
#include "../../sim/session/imap/imap-search-private.h"
#include <string.h>

struct MailsimImapFetchItems {
    gboolean uid;
    GPtrArray *names;
};
struct MailsimImapSearch {
    GPtrArray *keywords;
    guint flags;
};

MailsimImapSearchStatus
mailsim_imap_search_parse(const GPtrArray *arguments,
                          guint first,
                          const MailsimMailboxView *view,
                          MailsimImapSearch **search,
                          char **problem)
{
    (void)view;
    if (arguments->len <= first) {
        *problem = g_strdup("Missing search parameters");
        return MAILSIM_IMAP_SEARCH_BAD;
    }
    *search = g_new0(MailsimImapSearch, 1);
    (*search)->keywords = g_ptr_array_new();
    return MAILSIM_IMAP_SEARCH_OK;
}
void
mailsim_imap_search_free(MailsimImapSearch *s)
{
    if (s) {
        g_ptr_array_unref(s->keywords);
        g_free(s);
    }
}
const GPtrArray *
mailsim_imap_search_get_keywords(const MailsimImapSearch *s)
{
    return s->keywords;
}
gboolean
mailsim_imap_search_append(const MailsimImapSearch *search,
                           const MailsimMailboxView *view,
                           gboolean uid,
                           GString *out)
{
    (void)search;
    g_string_append(out, "* SEARCH");
    for (guint i = 1; i <= mailsim_mailbox_view_count(view); i++)
        g_string_append_printf(out, " %u", uid ? mailsim_mailbox_view_get(view, i)->uid : i);
    g_string_append(out, "\r\n");
    return TRUE;
}
