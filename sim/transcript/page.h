/* SPDX-License-Identifier: MIT
 *
 * The page that a transcript is written on: 80 columns, in UTF-8 or ASCII, with or without
 * colours. Everything that is printed goes through it, so no other module asks for those
 * options. */
#pragma once

#include <mailsim/transcript/notes.h>
#include <mailsim/transcript/phrases.h>
#include <mailsim/transcript/render.h>

#define PAGE_COLUMNS 80

/* Columns of a line of a conversation: time, mark, text. */
#define PAGE_TIME_COLUMNS 7
#define PAGE_MARK_COLUMN  9
#define PAGE_TEXT_COLUMN  13
#define PAGE_FACT_BAR     "┃"
#define PAGE_NOTE_BAR     "│"
#define PAGE_TEXT_COLUMNS (PAGE_COLUMNS - PAGE_TEXT_COLUMN)

typedef enum {
    INK_PLAIN,
    INK_BOLD,
    INK_DIM,
    INK_GOOD,
    INK_WARNING,
    INK_BAD,
} Ink;

typedef struct Pieces Pieces; /* pieces-private.h */

typedef struct {
    GString *out; /* borrowed, as are the next three */
    const MailsimRenderOptions *options;
    const MailsimRecording *recording;
    const MailsimStepRecord *step; /* the one that is being told; NULL: none */
    gboolean live;                 /* there are no steps: it is told as it happens */
    MailsimTime origin_us;         /* times are counted from here */
    gint64 day;                    /* on which it is told to happen, in days since 1970 */
    MailsimReading *reading;
    GPtrArray *attached; /* of MailsimNote, by sequence; NULL: live */
    GHashTable *chosen;  /* live: MailsimEvent: MailsimNote */
    MailsimTime time_us; /* printed last; -1: none */
    gboolean notes_wait; /* they are put elsewhere */
    Pieces *pieces;      /* borrowed: it is noted where they begin; NULL: nobody asks */
} Page;

/* The note of EVENT, NULL: none. */
const MailsimNote *page_get_note(const Page *page, const MailsimEvent *event);

/* A phrase in the page's language, lent. */
const char *page_phrase(const Page *page, MailsimPhrase phrase);

/* TEXT as this page can show it: transliterated for ASCII; free with g_free(). */
char *page_dup_shown(const Page *page, const char *text);

/* Put words on the page. All take text in UTF-8 and see to ASCII themselves. */
void page_put(Page *page, Ink ink, const char *text);
void page_put_line(Page *page, Ink ink, const char *text);
void page_end_line(Page *page);

/* TEXT in its own lines, wrapped, each INDENT columns from the left. */
void page_put_paragraph(Page *page, Ink ink, guint indent, const char *text);

/* The same, later lines HANGING columns to the right. */
void page_put_hanging(Page *page, Ink ink, guint indent, const char *text, guint hanging);

/* “━━ title ━━━━━”. */
void page_put_heading(Page *page, const char *title);

/* The part of a line before its text: the time, if it is not the one above, and the mark. */
void page_put_mark(Page *page, Ink ink, MailsimTime time_us, const char *mark);

/* A whole line with its mark, wrapped; later lines are HANGING columns further right. */
void page_put_marked(Page *page,
                     Ink mark_ink,
                     MailsimTime time_us,
                     const char *mark,
                     Ink ink,
                     const char *text,
                     guint hanging);

/* What a party found out or decided, “┃ text”: a fact, and no explanation. Wrapped; later lines
 * are HANGING columns further right. */
void page_put_fact(Page *page, Ink ink, const char *text, guint hanging);

/* A line of a note block: “│ text”, text already of the right width. */
void page_put_note_line(Page *page, Ink ink, const char *text);

/* The same, wrapped, later lines HANGING columns to the right. */
void page_put_note(Page *page, Ink ink, const char *text, guint hanging);

/* Seconds with three decimals, coarser when it is long: “0.040”, “1:23:20”, “5d00:05”. */
char *page_dup_time(gint64 duration_us);
