/* SPDX-License-Identifier: MIT
 *
 * The flags of a message, and its keywords. */
#include <mailsim/store/mail-store.h>

void
mailsim_flag_set_copy(const MailsimFlagSet *from, MailsimFlagSet *to)
{
    to->flags = from->flags;
    to->keywords = from->keywords != NULL ? g_ptr_array_ref(from->keywords) : NULL;
}

void
mailsim_flag_set_clear(MailsimFlagSet *set)
{
    g_clear_pointer(&set->keywords, g_ptr_array_unref);
    set->flags = 0;
}

gboolean
mailsim_flag_set_has(const MailsimFlagSet *set, const char *keyword)
{
    for (guint i = 0; set->keywords != NULL && i < set->keywords->len; i++) {
        if (g_ascii_strcasecmp(g_ptr_array_index(set->keywords, i), keyword) == 0)
            return TRUE;
    }
    return FALSE;
}
