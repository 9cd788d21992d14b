/* SPDX-License-Identifier: MIT
 *
 * A session that hears the same bytes in one packet and in many. */
#include "pieces.h"

#include <string.h>

static void
keep(SessionEnd *end, GString *said, void (*check)(const GString *part))
{
    check(end->said);
    g_string_append_len(said, end->said->str, (gssize)end->said->len);
    g_string_truncate(end->said, 0);
}

void
hear_in_pieces(SessionEnd *end,
               const guint8 *data,
               gsize size,
               gsize piece,
               GString *said,
               void (*check)(const GString *part))
{
    const MailsimTlsInfo tls = {.description = "TLSv1.3", .key_exchange = "X25519"};

    session_end_begin(end);
    keep(end, said, check);
    for (gsize start = 1; start < size && !end->over; start += piece) {
        session_end_hear(end, (const char *)data + start, MIN(piece, size - start));
        keep(end, said, check);
        while (end->want == MAILSIM_WANT_REST || end->want == MAILSIM_WANT_TLS) {
            if (end->want == MAILSIM_WANT_TLS)
                session_end_secure(end, &tls);
            else
                g_assert_true(session_end_wait(end));
            keep(end, said, check);
        }
    }
    if (!end->over)
        session_end_lose(end, MAILSIM_LOSS_CLOSED);
}

static gboolean
says_one_of(const GString *conversation, const char *const *texts)
{
    for (; *texts != NULL; texts++) {
        if (memmem(conversation->str, conversation->len, *texts, strlen(*texts)) != NULL)
            return TRUE;
    }
    return FALSE;
}

void
check_pieces(const guint8 *data, gsize size, Converse converse, const char *const *starts_tls)
{
    static const gsize pieces[] = {1, 7};
    g_autoptr(GString) whole = g_string_new(NULL);

    if (size == 0)
        return;
    converse(data, size, size, whole);
    if (says_one_of(whole, starts_tls))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(pieces); i++) {
        g_autoptr(GString) cut = g_string_new(NULL);

        converse(data, size, pieces[i], cut);
        g_assert_cmpmem(cut->str, cut->len, whole->str, whole->len);
    }
}
