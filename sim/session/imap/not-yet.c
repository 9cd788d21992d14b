/* SPDX-License-Identifier: MIT
 *
 * Stands in for what another branch brings; gone when it is merged. */
#include "imap-search-private.h"

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
