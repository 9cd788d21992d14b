/* SPDX-License-Identifier: MIT
 *
 * Reading what a POP3 server says. */
#include <mailsim/protocol/pop3-reply.h>

#include <string.h>

/* response     = greeting / single-line / …
 * single-line  = status [SP text] CRLF; status = "+OK" / "-ERR"         RFC 2449 §4
 * continue-req = "+" SP [base64] CRLF                                   RFC 5034 §7 */
MailsimPop3Status
mailsim_pop3_reply_parse(const char *line, const char **text)
{
    static const struct {
        const char *word;
        MailsimPop3Status status;
    } words[] = {
        {"+OK",  MAILSIM_POP3_OK       },
        {"-ERR", MAILSIM_POP3_ERROR    },
        {"+",    MAILSIM_POP3_CHALLENGE},
    };
    const gsize length = strcspn(line, " ");

    *text = line[length] == ' ' ? line + length + 1 : line + length;
    for (guint i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strlen(words[i].word) == length && strncmp(line, words[i].word, length) == 0)
            return words[i].status;
    }
    return MAILSIM_POP3_NO_REPLY;
}

gboolean
mailsim_pop3_reply_append_line(GString *out, const char *line, gsize length)
{
    const gsize n_stuffed = length > 0 && line[0] == '.' ? 1 : 0;

    if (n_stuffed > 0 && length == 1)
        return FALSE;
    g_string_append_len(out, line + n_stuffed, (gssize)(length - n_stuffed));
    g_string_append_c(out, '\n');
    return TRUE;
}
