/* SPDX-License-Identifier: MIT
 *
 * The flags of a message, and its keywords. */
#include <mailsim/store/mail-store.h>

void
mailsim_flag_set_copy(const MailsimFlagSet *from, MailsimFlagSet *to)
{
    to->flags = from->flags;
    to->keywords = NULL;
    for (guint i = 0; from->keywords != NULL && i < from->keywords->len; i++) {
        if (to->keywords == NULL)
            to->keywords = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(to->keywords, g_strdup(g_ptr_array_index(from->keywords, i)));
    }
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
