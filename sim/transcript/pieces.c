/* SPDX-License-Identifier: MIT
 *
 * Cutting a transcript into pieces. It is written as always; here is only what has to be
 * remembered of where a piece began and what it tells. */
#include "pieces-private.h"

#include "render-parts.h"

/* A piece, and where it begins on the page. */
typedef struct {
    MailsimPiece *piece;
    gsize start;
} Draft;

static void
free_piece(gpointer data)
{
    MailsimPiece *piece = data;

    g_free(piece->text);
    g_ptr_array_unref(piece->events);
    g_free(piece);
}

static void
free_draft(gpointer data)
{
    Draft *draft = data;

    g_clear_pointer(&draft->piece, free_piece);
    g_free(draft);
}

static Draft *
get_last(const Pieces *pieces)
{
    return pieces->made->len == 0 ? NULL
                                  : g_ptr_array_index(pieces->made, pieces->made->len - 1);
}

void
pieces_begin(Page *page, MailsimPieceKind kind)
{
    Pieces *pieces = page->pieces;
    Draft *draft;

    if (pieces == NULL)
        return;
    draft = get_last(pieces);
    if (draft == NULL || draft->start < page->out->len) {
        draft = g_new0(Draft, 1);
        draft->piece = g_new0(MailsimPiece, 1);
        draft->piece->events = g_ptr_array_new();
        draft->piece->time_us = -1;
        draft->start = page->out->len;
        g_ptr_array_add(pieces->made, draft);
    }
    pieces->step += kind == MAILSIM_PIECE_STEP ? 1 : 0;
    pieces->last = NULL;
    draft->piece->kind = kind;
    draft->piece->step =
        kind == MAILSIM_PIECE_OPENING || kind == MAILSIM_PIECE_END ? 0 : pieces->step;
    if (kind == MAILSIM_PIECE_STEP)
        draft->piece->time_us = page->step->started_us;
}

/* Does the client speak? All else is somebody's answer to it. */
static gboolean
is_client_speaking(const MailsimEvent *event)
{
    if (event->kind == MAILSIM_EVENT_LINE)
        return event->line.direction == MAILSIM_DIRECTION_OUT;
    return event->kind == MAILSIM_EVENT_HANDSHAKE &&
           event->handshake.direction == MAILSIM_DIRECTION_OUT;
}

void
pieces_reach(Page *page, const MailsimEvent *event)
{
    const MailsimEvent *last = page->pieces == NULL ? NULL : page->pieces->last;

    if (last != NULL &&
        (is_client_speaking(last) != is_client_speaking(event) ||
         last->time_us / MAILSIM_MILLISECOND != event->time_us / MAILSIM_MILLISECOND))
        pieces_begin(page, MAILSIM_PIECE_TURN);
}

void
pieces_add(Page *page, const Scene *scene, guint first, guint end)
{
    MailsimPiece *piece;

    if (page->pieces == NULL || first == end)
        return;
    piece = get_last(page->pieces)->piece;
    for (guint i = first; i < end; i++)
        g_ptr_array_add(piece->events, g_ptr_array_index(scene->events, i));
    page->pieces->last = g_ptr_array_index(scene->events, end - 1);
    if (piece->time_us < 0)
        piece->time_us =
            ((const MailsimEvent *)g_ptr_array_index(scene->events, first))->time_us;
}

GPtrArray *
mailsim_render_pieces(const MailsimRecording *recording, const MailsimRenderOptions *options)
{
    g_return_val_if_fail(recording != NULL && options != NULL, NULL);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GPtrArray) made = g_ptr_array_new_with_free_func(free_draft);
    GPtrArray *pieces = g_ptr_array_new_with_free_func(free_piece);
    Pieces making = {.made = made};

    render_whole(recording, options, &making, out);
    for (guint i = 0; i < made->len; i++) {
        Draft *draft = g_ptr_array_index(made, i);
        const gsize end =
            i + 1 < made->len ? ((Draft *)g_ptr_array_index(made, i + 1))->start : out->len;

        if (end == draft->start)
            continue;
        draft->piece->text = g_strndup(out->str + draft->start, end - draft->start);
        g_ptr_array_add(pieces, g_steal_pointer(&draft->piece));
    }
    return pieces;
}
