/* SPDX-License-Identifier: MIT
 *
 * Recipients, and the words of NOTIFY. */
#include <mailsim/protocol/smtp-recipient.h>

static const struct {
    const char *word;
    MailsimNotify flag;
} notify_words[] = {
    {"NEVER",   MAILSIM_NOTIFY_NEVER  },
    {"SUCCESS", MAILSIM_NOTIFY_SUCCESS},
    {"FAILURE", MAILSIM_NOTIFY_FAILURE},
    {"DELAY",   MAILSIM_NOTIFY_DELAY  },
};

MailsimSmtpRecipient *
mailsim_smtp_recipient_new(const char *address)
{
    MailsimSmtpRecipient *recipient = g_new0(MailsimSmtpRecipient, 1);

    recipient->address = g_strdup(address);
    return recipient;
}

void
mailsim_smtp_recipient_free(MailsimSmtpRecipient *recipient)
{
    if (recipient == NULL)
        return;
    g_free(recipient->address);
    g_free(recipient->original);
    g_free(recipient);
}

static void
free_recipient(gpointer data)
{
    mailsim_smtp_recipient_free(data);
}

GPtrArray *
mailsim_smtp_recipient_list_new(void)
{
    return g_ptr_array_new_with_free_func(free_recipient);
}

guint
mailsim_notify_parse(const char *value)
{
    g_auto(GStrv) words = g_strsplit(value, ",", -1);
    guint notify = 0;

    for (guint i = 0; words[i] != NULL; i++) {
        for (guint j = 0; j < G_N_ELEMENTS(notify_words); j++) {
            if (g_ascii_strcasecmp(words[i], notify_words[j].word) == 0)
                notify |= notify_words[j].flag;
        }
    }
    return notify;
}

char *
mailsim_notify_format(guint notify)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(notify_words); i++) {
        if ((notify & notify_words[i].flag) != 0)
            g_string_append_printf(text, "%s%s", text->len > 0 ? "," : "",
                                   notify_words[i].word);
    }
    return g_string_free(text, FALSE);
}
