/* SPDX-License-Identifier: MIT
 *
 * A table of short cells, ready to be shown: what it is of, its rows and columns, and what the
 * words in it mean. What is said is the business of who makes it; here it is only held and
 * shown, on the same page as a transcript. */
#pragma once

#include <mailsim/transcript/render.h>

typedef enum {
    MAILSIM_TONE_PLAIN,
    MAILSIM_TONE_DIM,
    MAILSIM_TONE_GOOD,
    MAILSIM_TONE_WARNING,
    MAILSIM_TONE_BAD,
} MailsimTone;

/* Its colour says nothing that its mark and its text do not say. */
typedef struct {
    char *mark; /* one column; empty where there is nothing to say */
    char *text;
    MailsimTone tone;
} MailsimGridCell;

typedef struct {
    char *word;
    char *text;
} MailsimGridEntry;

typedef struct {
    char *label;
    GPtrArray *cells; /* of MailsimGridCell, one for each column */
} MailsimGridRow;

typedef struct {
    char *title;
    char *rows_title;    /* what the rows are: “client level” */
    char *columns_title; /* what the columns are */
    GPtrArray *facts;    /* of MailsimGridEntry: what holds for all cells */
    GPtrArray *columns;  /* of char *; a long one is broken at hyphens and blanks */
    GPtrArray *rows;     /* of MailsimGridRow */
    GPtrArray *legend;   /* of MailsimGridEntry: what the cells say */
    char *remark;        /* below all; NULL: nothing */
} MailsimGrid;

/* Texts are copied. */
MailsimGrid *
mailsim_grid_new(const char *title, const char *rows_title, const char *columns_title);
void mailsim_grid_free(MailsimGrid *grid);
void mailsim_grid_add_fact(MailsimGrid *grid, const char *word, const char *text);
void mailsim_grid_add_column(MailsimGrid *grid, const char *label);
MailsimGridRow *mailsim_grid_add_row(MailsimGrid *grid, const char *label);
void mailsim_grid_row_add_cell(MailsimGridRow *row,
                               MailsimTone tone,
                               const char *mark,
                               const char *text);
void mailsim_grid_add_legend(MailsimGrid *grid, const char *word, const char *text);

/* Append GRID as a page of at most 80 columns; where they do not fit beside each other, some of
 * its columns below the others. Of OPTIONS, ascii and colour count. */
void
mailsim_render_grid(const MailsimGrid *grid, const MailsimRenderOptions *options, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimGrid, mailsim_grid_free)
