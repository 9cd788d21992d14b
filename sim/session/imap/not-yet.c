/* SPDX-License-Identifier: MIT
 *
 * Stands in for what another branch brings; gone when it is merged. */
#include "imap-fetch-items-private.h"
#include "imap-search-private.h"

gboolean
mailsim_imap_fetch_is_well_formed(G_GNUC_UNUSED const GPtrArray *arguments,
                                  G_GNUC_UNUSED guint first)
{
    g_error("not yet");
}
MailsimImapFetchItems *
mailsim_imap_fetch_items_parse(G_GNUC_UNUSED const GPtrArray *a,
                               G_GNUC_UNUSED guint f,
                               G_GNUC_UNUSED gboolean u,
                               G_GNUC_UNUSED char **problem)
{
    g_error("not yet");
}
void
mailsim_imap_fetch_items_free(G_GNUC_UNUSED MailsimImapFetchItems *items)
{
}
gboolean
mailsim_imap_fetch_items_append(G_GNUC_UNUSED const MailsimImapFetchItems *items,
                                G_GNUC_UNUSED MailsimMailbox *mailbox,
                                G_GNUC_UNUSED MailsimMailboxView *view,
                                G_GNUC_UNUSED guint number,
                                G_GNUC_UNUSED MailsimImapFetchCounters *counters,
                                G_GNUC_UNUSED GString *out)
{
    g_error("not yet");
}
MailsimImapSearchStatus
mailsim_imap_search_parse(G_GNUC_UNUSED const GPtrArray *arguments,
                          G_GNUC_UNUSED guint first,
                          G_GNUC_UNUSED const MailsimMailboxView *view,
                          G_GNUC_UNUSED MailsimImapSearch **search,
                          G_GNUC_UNUSED char **problem)
{
    g_error("not yet");
}
void
mailsim_imap_search_free(G_GNUC_UNUSED MailsimImapSearch *search)
{
}
const GPtrArray *
mailsim_imap_search_get_keywords(G_GNUC_UNUSED const MailsimImapSearch *search)
{
    g_error("not yet");
}
gboolean
mailsim_imap_search_append(G_GNUC_UNUSED const MailsimImapSearch *search,
                           G_GNUC_UNUSED const MailsimMailboxView *view,
                           G_GNUC_UNUSED gboolean u,
                           G_GNUC_UNUSED GString *out)
{
    g_error("not yet");
}
void
mailsim_imap_append_flags(G_GNUC_UNUSED MailsimMailboxView *view,
                          G_GNUC_UNUSED guint number,
                          G_GNUC_UNUSED GString *out)
{
    g_error("not yet");
}
