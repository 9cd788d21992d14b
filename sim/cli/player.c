/* SPDX-License-Identifier: MIT
 *
 * The player: a transcript in pieces, a place in it, and keys. It shows from one stop to the
 * next, and never more at once than the screen holds. Text that stands on the screen is changed
 * (a note folded out, a step taken back) by erasing its rows and writing it anew; what has
 * scrolled away stays as it was, and the new form is written below. */
#include <string.h>

#include <mailsim/base/text-width.h>
#include <mailsim/transcript/render-wire.h>

#include "player-private.h"
#include "player-words-private.h"

/* How much of the notes is shown. */
#define LEVELS 3

#define NUMBER_MAX_DIGITS 4

#define KEY_CTRL_C    0x03
#define KEY_CTRL_D    0x04
#define KEY_BACKSPACE 0x08
#define KEY_DELETE    0x7f

typedef struct {
    guint piece;
    guint line; /* so many of its lines have been shown */
} Place;

/* What was shown at a time. */
typedef struct {
    Place from;
    guint end;  /* the first piece of which nothing was shown */
    guint rows; /* on the screen, with bytes that were asked for */
    gboolean wire;
} Stop;

struct MailsimPlayer {
    const MailsimRecording *recording;
    MailsimRenderOptions options;
    MailsimPlayUnit unit;
    GPtrArray *pieces[LEVELS]; /* of MailsimPiece, the same ones with more and more notes */
    guint level;
    guint rows;
    guint columns;
    gboolean erasable;

    Place next;
    GArray *stops;    /* of Stop: the way here; the last one is where we are */
    guint visible;    /* so many of the last rows are known to stand on the screen */
    char *rest;       /* of the bytes that were asked for, not yet shown; NULL: nothing */
    guint help_rows;  /* of the help, which the next key takes away; 0: none */
    GString *number;  /* being typed; NULL: none is */
    const char *said; /* at the bottom, until the next key; NULL: nothing */
};

static const char *
get_word(const MailsimPlayer *player, Word word)
{
    return player_get_word(word, player->options.language);
}

/* All but the line at the bottom. */
static guint
get_room(const MailsimPlayer *player)
{
    return player->rows > 3 ? player->rows - 1 : 2;
}

/* --- stops -------------------------------------------------------------------------------- */

static const MailsimPiece *
get_piece(const MailsimPlayer *player, guint index)
{
    return g_ptr_array_index(player->pieces[player->level], index);
}

static guint
count_pieces(const MailsimPlayer *player)
{
    return player->pieces[player->level]->len;
}

static Stop *
get_stop(const MailsimPlayer *player)
{
    return &g_array_index(player->stops, Stop, player->stops->len - 1);
}

static void
drop_stop(MailsimPlayer *player)
{
    g_array_set_size(player->stops, player->stops->len - 1);
}

static void
see(MailsimPlayer *player, guint rows)
{
    player->visible = MIN(player->visible + rows, get_room(player));
}

/* TRUE: the last ROWS can be erased, and will be. */
static gboolean
erase(MailsimPlayer *player, guint rows, guint *n_erased)
{
    if (!player->erasable || rows > player->visible)
        return FALSE;
    player->visible -= rows;
    *n_erased += rows;
    return TRUE;
}

static gboolean
is_stop(const MailsimPlayer *player, const MailsimPiece *piece)
{
    if (player->unit == MAILSIM_PLAY_LINES)
        return TRUE;
    return piece->kind != MAILSIM_PIECE_TURN && piece->kind != MAILSIM_PIECE_OUTCOME;
}

static const char *
skip_lines(const char *text, guint n_lines)
{
    for (guint i = 0; i < n_lines; i++)
        text += player_measure_line(text);
    return text;
}

/* Up to the next stop, or until the screen is full. A piece is only cut when it is longer than
 * the screen. */
static void
show_next(MailsimPlayer *player, GString *out)
{
    const guint room = get_room(player);
    Stop stop = {.from = player->next};

    while (player->next.piece < count_pieces(player)) {
        const MailsimPiece *piece = get_piece(player, player->next.piece);
        const char *text = skip_lines(piece->text, player->next.line);
        guint n_rows;
        guint n_lines;

        if (stop.rows > 0 && (is_stop(player, piece) ||
                              stop.rows + player_count_rows(text, player->columns) > room))
            break;
        text = player_put_lines(text, player->columns, room, &n_rows, &n_lines, out);
        stop.rows += n_rows;
        stop.end = player->next.piece + 1;
        player->next.line += n_lines;
        if (*text != '\0')
            break;
        player->next = (Place){player->next.piece + 1, 0};
    }
    g_clear_pointer(&player->rest, g_free);
    see(player, stop.rows);
    g_array_append_val(player->stops, stop);
}

/* The same stop once more, below what stands there. */
static void
show_anew(MailsimPlayer *player, GString *out)
{
    player->next = get_stop(player)->from;
    drop_stop(player);
    show_next(player, out);
}

/* In its place if it can be erased, else below. */
static void
show_again(MailsimPlayer *player, guint *n_erased, GString *out)
{
    erase(player, get_stop(player)->rows, n_erased);
    show_anew(player, out);
}

/* --- keys --------------------------------------------------------------------------------- */

static void
show_rest(MailsimPlayer *player, GString *out)
{
    guint n_rows;
    guint n_lines;
    char *rest = g_strdup(player_put_lines(player->rest, player->columns, get_room(player),
                                           &n_rows, &n_lines, out));

    g_free(player->rest);
    player->rest = *rest == '\0' ? (g_free(rest), NULL) : rest;
    get_stop(player)->rows += n_rows;
    see(player, n_rows);
}

static MailsimPlayState
go_on(MailsimPlayer *player, GString *out)
{
    if (player->rest != NULL)
        show_rest(player, out);
    else if (player->next.piece < count_pieces(player))
        show_next(player, out);
    else
        return MAILSIM_PLAY_ENDED;
    return MAILSIM_PLAY_GOES_ON;
}

static void
go_back(MailsimPlayer *player, guint *n_erased, GString *out)
{
    const Stop last = *get_stop(player);

    if (player->stops->len < 2) {
        player->said = get_word(player, WORD_AT_START);
        return;
    }
    g_clear_pointer(&player->rest, g_free);
    drop_stop(player);
    player->next = last.from;
    if (!erase(player, last.rows, n_erased))
        player->visible = 0;
    if (player->visible >= get_stop(player)->rows)
        return;
    erase(player, player->visible, n_erased); /* what is left of its end: it comes whole */
    show_anew(player, out);
}

/* With other notes a piece has other lines: what was cut is one stop again, which begins anew.
 */
static void
join_cut_pieces(MailsimPlayer *player)
{
    guint n_stops = 0;

    for (guint i = 0; i < player->stops->len; i++) {
        const Stop stop = g_array_index(player->stops, Stop, i);

        if (stop.from.line == 0) {
            g_array_index(player->stops, Stop, n_stops++) = stop;
        } else {
            Stop *first = &g_array_index(player->stops, Stop, n_stops - 1);
            first->end = stop.end;
            first->rows += stop.rows;
        }
    }
    g_array_set_size(player->stops, n_stops);
}

static void
fold(MailsimPlayer *player, gboolean out_of_it, guint *n_erased, GString *out)
{
    static const Word said[LEVELS] = {WORD_FOLDED, WORD_TEXT, WORD_MORE};

    if (player->level == (out_of_it ? LEVELS - 1 : 0)) {
        player->said = get_word(player, out_of_it ? WORD_NO_MORE : WORD_ALL_FOLDED);
        return;
    }
    player->level += out_of_it ? 1 : -1;
    player->said = get_word(player, said[player->level]);
    erase(player, get_stop(player)->rows, n_erased);
    join_cut_pieces(player);
    show_anew(player, out);
}

static void
toggle_wire(MailsimPlayer *player, guint *n_erased, GString *out)
{
    Stop *stop = get_stop(player);
    g_autoptr(GPtrArray) events = g_ptr_array_new();
    g_autoptr(GString) bytes = g_string_new(NULL);

    if (stop->wire) {
        show_again(player, n_erased, out);
        return;
    }
    for (guint i = stop->from.piece; i < stop->end; i++)
        g_ptr_array_extend(events, get_piece(player, i)->events, NULL, NULL);
    mailsim_render_wire(player->recording, &player->options, events, bytes);
    stop->wire = TRUE;
    g_free(player->rest);
    player->rest = g_string_free(g_steal_pointer(&bytes), FALSE);
    show_rest(player, out);
}

static void
show_help(MailsimPlayer *player, GString *out)
{
    g_autoptr(GString) help = g_string_new(NULL);

    mailsim_render_paragraphs(&player->options, 3, get_word(player, WORD_HELP), help);
    player->help_rows = player_count_rows(help->str, player->columns);
    g_string_append(out, help->str);
    see(player, player->help_rows);
}

static void
jump(MailsimPlayer *player, GString *out)
{
    const guint64 number = g_ascii_strtoull(player->number->str, NULL, 10);
    const gboolean empty = player->number->len == 0;

    g_string_free(g_steal_pointer(&player->number), TRUE);
    for (guint i = 0; !empty && i < count_pieces(player); i++) {
        const MailsimPiece *piece = get_piece(player, i);
        const gboolean opens = piece->kind == MAILSIM_PIECE_OPENING;
        if (piece->step != number || (piece->kind != MAILSIM_PIECE_STEP && !opens))
            continue;
        player->next = (Place){i, 0};
        show_next(player, out);
        return;
    }
    player->said = empty ? NULL : get_word(player, WORD_NO_SUCH_STEP);
}

typedef enum {
    DO_NOTHING,
    DO_GO_ON,
    DO_GO_BACK,
    DO_FOLD_OUT,
    DO_FOLD_IN,
    DO_WIRE,
    DO_ASK,
    DO_HELP,
    DO_QUIT,
} Deed;

/* clang-format off */
static const struct {
    guint key;
    Deed deed;
} deeds[] = {
    {' ', DO_GO_ON}, {'\n', DO_GO_ON}, {'\r', DO_GO_ON}, {'n', DO_GO_ON},
    {MAILSIM_KEY_RIGHT, DO_GO_ON}, {MAILSIM_KEY_DOWN, DO_GO_ON},
    {MAILSIM_KEY_PAGE_DOWN, DO_GO_ON},
    {'b', DO_GO_BACK}, {KEY_BACKSPACE, DO_GO_BACK}, {KEY_DELETE, DO_GO_BACK},
    {MAILSIM_KEY_LEFT, DO_GO_BACK}, {MAILSIM_KEY_UP, DO_GO_BACK},
    {MAILSIM_KEY_PAGE_UP, DO_GO_BACK},
    {'+', DO_FOLD_OUT}, {'m', DO_FOLD_OUT}, {'-', DO_FOLD_IN},
    {'w', DO_WIRE},
    {'g', DO_ASK},
    {'?', DO_HELP}, {'h', DO_HELP},
    {'q', DO_QUIT}, {KEY_CTRL_C, DO_QUIT}, {KEY_CTRL_D, DO_QUIT},
};
/* clang-format on */

static Deed
find_deed(guint key)
{
    for (guint i = 0; i < G_N_ELEMENTS(deeds); i++) {
        if (deeds[i].key == key)
            return deeds[i].deed;
    }
    return DO_NOTHING;
}

/* While a number is typed, a key that does not belong to it ends it. */
static MailsimPlayState
press_in_number(MailsimPlayer *player, guint key, GString *out)
{
    const Deed deed = find_deed(key);

    if (key >= '0' && key <= '9') {
        if (player->number->len < NUMBER_MAX_DIGITS)
            g_string_append_c(player->number, (char)key);
    } else if (deed == DO_GO_BACK && player->number->len > 0) {
        g_string_truncate(player->number, player->number->len - 1);
    } else if (key == '\n' || key == '\r') {
        jump(player, out);
    } else {
        g_string_free(g_steal_pointer(&player->number), TRUE);
    }
    return deed == DO_QUIT ? MAILSIM_PLAY_QUIT : MAILSIM_PLAY_GOES_ON;
}

static MailsimPlayState
press_plain(MailsimPlayer *player, guint key, guint *n_erased, GString *out)
{
    switch (find_deed(key)) {
    case DO_GO_ON:
        return go_on(player, out);
    case DO_GO_BACK:
        go_back(player, n_erased, out);
        break;
    case DO_FOLD_OUT:
        fold(player, TRUE, n_erased, out);
        break;
    case DO_FOLD_IN:
        fold(player, FALSE, n_erased, out);
        break;
    case DO_WIRE:
        toggle_wire(player, n_erased, out);
        break;
    case DO_ASK:
        player->number = g_string_new(NULL);
        break;
    case DO_HELP:
        show_help(player, out);
        break;
    case DO_QUIT:
        return MAILSIM_PLAY_QUIT;
    case DO_NOTHING:
        if (key >= '0' && key <= '9')
            g_string_append_c(player->number = g_string_new(NULL), (char)key);
        else
            player->said = get_word(player, WORD_UNKNOWN);
        break;
    }
    return MAILSIM_PLAY_GOES_ON;
}

MailsimPlayState
mailsim_player_press(MailsimPlayer *player, guint key, guint *n_erased, GString *out)
{
    const guint help_rows = player->help_rows;

    *n_erased = 0;
    player->said = NULL;
    player->help_rows = 0;
    if (help_rows > 0) {
        erase(player, help_rows, n_erased);
        if (find_deed(key) == DO_HELP)
            return MAILSIM_PLAY_GOES_ON;
    }
    return player->number != NULL ? press_in_number(player, key, out)
                                  : press_plain(player, key, n_erased, out);
}

/* --- the line at the bottom --------------------------------------------------------------- */

/* In ASCII where it is asked for, and in one line. */
static char *
dup_shown(const MailsimPlayer *player, const char *text)
{
    g_autoptr(GString) shown = g_string_new(NULL);
    MailsimRenderOptions plain = player->options;

    plain.colour = FALSE;
    mailsim_render_paragraphs(&plain, 0, text, shown);
    g_string_truncate(shown, strcspn(shown->str, "\n"));
    while (mailsim_text_width(shown->str, (gssize)shown->len) >= player->columns &&
           shown->len > 0)
        g_string_truncate(shown,
                          (gsize)(g_utf8_prev_char(shown->str + shown->len) - shown->str));
    return g_string_free(g_steal_pointer(&shown), FALSE);
}

static char *
dup_place(const MailsimPlayer *player)
{
    const MailsimPiece *piece = get_piece(player, get_stop(player)->end - 1);

    if (piece->step == 0)
        return g_strdup(
            get_word(player, piece->kind == MAILSIM_PIECE_OPENING ? WORD_START : WORD_END));
    return g_strdup_printf("%s %u/%u", get_word(player, WORD_STEP), piece->step,
                           player->recording->steps->len);
}

/* As wide as a paragraph may be, at most, and never as wide as the screen. */
static char *
dup_keys(const MailsimPlayer *player)
{
    g_autofree char *place = dup_place(player);

    return player_dup_keys(place, MIN(player->columns - 1, 79), player->options.language);
}

char *
mailsim_player_dup_prompt(const MailsimPlayer *player)
{
    g_autofree char *line = NULL;

    if (player->number != NULL)
        line = g_strdup_printf("%s (1-%u) %s", get_word(player, WORD_WHICH_STEP),
                               player->recording->steps->len, player->number->str);
    else
        line = player->said != NULL ? g_strdup(player->said) : dup_keys(player);
    return dup_shown(player, line);
}

gboolean
mailsim_player_is_asking(const MailsimPlayer *player)
{
    return player->number != NULL;
}

/* --- life --------------------------------------------------------------------------------- */

void
mailsim_player_resize(MailsimPlayer *player, guint rows, guint columns, gboolean erasable)
{
    player->rows = rows;
    player->columns = MAX(columns, 1);
    player->erasable = erasable;
    player->visible = 0; /* rows may be others now */
}

void
mailsim_player_begin(MailsimPlayer *player, GString *out)
{
    show_next(player, out);
}

MailsimPlayer *
mailsim_player_new(const MailsimRecording *recording,
                   const MailsimRenderOptions *options,
                   MailsimPlayUnit unit)
{
    static const MailsimNotesShown notes[LEVELS] = {MAILSIM_NOTES_FOLDED, MAILSIM_NOTES_TEXT,
                                                    MAILSIM_NOTES_MORE};
    MailsimPlayer *player = g_new0(MailsimPlayer, 1);

    player->recording = recording;
    player->options = *options;
    player->unit = unit;
    player->level = options->detail == MAILSIM_DETAIL_FULL ? 2 : 1;
    for (guint i = 0; i < LEVELS; i++) {
        MailsimRenderOptions with = *options;
        with.notes = notes[i];
        player->pieces[i] = mailsim_render_pieces(recording, &with);
        g_assert(player->pieces[i]->len == player->pieces[0]->len);
    }
    player->stops = g_array_new(FALSE, FALSE, sizeof(Stop));
    mailsim_player_resize(player, 24, 80, FALSE);
    return player;
}

void
mailsim_player_free(MailsimPlayer *player)
{
    if (player == NULL)
        return;
    for (guint i = 0; i < LEVELS; i++)
        g_ptr_array_unref(player->pieces[i]);
    g_array_unref(player->stops);
    g_free(player->rest);
    if (player->number != NULL)
        g_string_free(player->number, TRUE);
    g_free(player);
}
