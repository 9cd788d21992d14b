/* SPDX-License-Identifier: MIT
 *
 * See the header. Events are recorded in the order in which they happen, so what a host has
 * logged stands in the order of its log. */
#include <mailsim/transcript/render-maillog.h>

static gboolean
is_line_of(const MailsimEvent *event, const char *host)
{
    return event->kind == MAILSIM_EVENT_LOG && g_strcmp0(event->party, host) == 0;
}

static gboolean
has_log(const MailsimRecording *recording, const char *host)
{
    for (guint i = 0; i < recording->events->len; i++) {
        if (is_line_of(g_ptr_array_index(recording->events, i), host))
            return TRUE;
    }
    return FALSE;
}

/* Of MailsimParty, borrowed, in the order of the scenario. */
static GPtrArray *
list_writers(const MailsimRecording *recording)
{
    GPtrArray *writers = g_ptr_array_new();

    for (guint i = 0; i < recording->parties->len; i++) {
        MailsimParty *party = g_ptr_array_index(recording->parties, i);

        if (has_log(recording, party->name))
            g_ptr_array_add(writers, party);
    }
    return writers;
}

static void
append_log(const MailsimRecording *recording,
           const char *host,
           MailsimLogPrefix prefix,
           GString *out)
{
    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (is_line_of(event, host))
            mailsim_log_line_append(recording, event, prefix, out);
    }
}

void
mailsim_render_maillog(const MailsimRecording *recording,
                       const char *host,
                       MailsimLogPrefix prefix,
                       GString *out)
{
    g_return_if_fail(recording != NULL && out != NULL);
    g_autoptr(GPtrArray) writers = list_writers(recording);

    if (host != NULL) {
        append_log(recording, host, prefix, out);
        return;
    }
    for (guint i = 0; i < writers->len; i++) {
        const MailsimParty *party = g_ptr_array_index(writers, i);

        if (writers->len > 1)
            g_string_append_printf(out, "%s==> /var/log/mail.log on %s <==\n",
                                   i > 0 ? "\n" : "",
                                   party->fqdn != NULL ? party->fqdn : party->name);
        append_log(recording, party->name, prefix, out);
    }
}
