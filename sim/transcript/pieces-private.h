/* SPDX-License-Identifier: MIT
 *
 * Where the pieces of a page begin: the parts of the text form say so while they write. On a
 * page that nobody wants in pieces these do nothing. */
#pragma once

#include <mailsim/transcript/pieces.h>

#include "page.h"
#include "story.h"

struct Pieces {
    GPtrArray *made;          /* of Draft, pieces.c */
    guint step;               /* that is being told */
    const MailsimEvent *last; /* told in this piece; NULL: whatever is next belongs to it */
};

/* A piece begins here. One that has nothing on the page yet becomes this one. */
void pieces_begin(Page *page, MailsimPieceKind kind);

/* EVENT is told next: a piece begins where somebody else speaks, or at another time. */
void pieces_reach(Page *page, const MailsimEvent *event);

/* The events of SCENE from FIRST up to END, not included, have been told. */
void pieces_add(Page *page, const Scene *scene, guint first, guint end);
