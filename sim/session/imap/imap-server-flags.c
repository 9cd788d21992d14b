/* SPDX-License-Identifier: MIT
 *
 * Flags as a client writes them (RFC 3501 §2.3.2), for STORE and APPEND. */
#include "imap-server-private.h"

#include <string.h>

#include <mailsim/base/limits.h>

/* mail_max_keyword_length */
#define KEYWORD_LENGTH_MAX 50

static const struct {
    const char *name;
    MailsimMessageFlags flag;
} system_flags[] = {
    {"\\ANSWERED", MAILSIM_MESSAGE_ANSWERED},
    {"\\FLAGGED",  MAILSIM_MESSAGE_FLAGGED },
    {"\\DELETED",  MAILSIM_MESSAGE_DELETED },
    {"\\SEEN",     MAILSIM_MESSAGE_SEEN    },
    {"\\DRAFT",    MAILSIM_MESSAGE_DRAFT   },
};

static gboolean
add_system_flag(MailsimImapServer *server, const char *text, MailsimFlagSet *flags)
{
    g_autofree char *name = g_ascii_strup(text, -1);
    g_autofree char *problem = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(system_flags); i++) {
        if (strcmp(name, system_flags[i].name) == 0) {
            flags->flags |= system_flags[i].flag;
            return TRUE;
        }
    }
    problem = g_strdup_printf("Invalid system flag %s", name);
    mailsim_imap_server_fail(server, problem);
    return FALSE;
}

gboolean
mailsim_imap_server_parse_flags(MailsimImapServer *server,
                                const GPtrArray *arguments,
                                guint first,
                                MailsimFlagSet *flags)
{
    for (guint i = first; i < arguments->len; i++) {
        const MailsimImapArgument *argument = g_ptr_array_index(arguments, i);

        if (argument->kind != MAILSIM_IMAP_ATOM && argument->kind != MAILSIM_IMAP_NIL) {
            mailsim_imap_server_fail(server, "Flags list contains non-atoms");
            return FALSE;
        }
        if (*argument->text != '\\') {
            if (flags->keywords == NULL)
                flags->keywords = g_ptr_array_new_with_free_func(g_free);
            g_ptr_array_add(flags->keywords, g_strdup(argument->text));
        } else if (!add_system_flag(server, argument->text, flags)) {
            return FALSE;
        }
    }
    return TRUE;
}

/* NULL: it can be. */
static const char *
find_problem(const char *keyword)
{
    if (strpbrk(keyword, "(){%*\"\\]") != NULL)
        return "Invalid characters in keyword";
    return strlen(keyword) > KEYWORD_LENGTH_MAX ? "Keyword length too long" : NULL;
}

gboolean
mailsim_imap_server_add_keywords(MailsimImapServer *server,
                                 MailsimMailbox *mailbox,
                                 MailsimFlagSet *flags)
{
    const guint n_keywords = flags->keywords != NULL ? flags->keywords->len : 0;
    g_autoptr(GPtrArray) own =
        g_ptr_array_new_with_free_func((GDestroyNotify)g_ref_string_release);

    for (guint i = 0; i < n_keywords; i++) {
        const char *problem = find_problem(g_ptr_array_index(flags->keywords, i));

        if (problem != NULL) {
            mailsim_imap_server_finish(server, "NO [CANNOT] %s", problem);
            return FALSE;
        }
    }
    for (guint i = 0; i < n_keywords; i++) {
        char *keyword =
            mailsim_mailbox_add_keyword(mailbox, g_ptr_array_index(flags->keywords, i));

        if (keyword == NULL) {
            mailsim_imap_server_finish(server, "NO [LIMIT] Too many keywords");
            return FALSE;
        }
        if (!g_ptr_array_find(own, keyword, NULL))
            g_ptr_array_add(own, g_ref_string_acquire(keyword));
    }
    g_clear_pointer(&flags->keywords, g_ptr_array_unref);
    flags->keywords = g_steal_pointer(&own);
    return TRUE;
}
