/* SPDX-License-Identifier: MIT
 *
 * Showing finished runs bit by bit: by keys on a terminal, or in virtual time. The player
 * (player.c) says what is shown; here it is written, and keys and signals are waited for. */
#include "cli-private.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "player-private.h"
#include "terminal-private.h"

/* A wait of days is worth no more than this, and a step's question can be read meanwhile. */
#define PACE_MAX_US (3 * MAILSIM_SECOND)

/* The bytes of one key follow each other faster than fingers. */
#define KEY_MS 50

/* ---- what is asked for ------------------------------------------------------------------- */

static gboolean
settle_step(const char *unit, MailsimPlaying *playing)
{
    static const char *const units[] = {"step", "line", NULL};
    const gboolean from_keys = isatty(STDIN_FILENO);
    guint choice;

    if (!mailsim_cli_parse_choice("--step", unit, units, &choice))
        return FALSE;
    if (!from_keys || !isatty(STDOUT_FILENO)) {
        mailsim_cli_complain("run: --step waits for keys, and standard %s is no terminal; "
                             "without it all is printed at once, with --pace=1 as time goes by",
                             from_keys ? "output" : "input");
        return FALSE;
    }
    playing->mode = MAILSIM_PLAYING_BY_KEYS;
    playing->by_lines = choice == 1;
    return TRUE;
}

static gboolean
settle_pace(const char *pace, MailsimPlaying *playing)
{
    char *end;

    playing->mode = MAILSIM_PLAYING_BY_CLOCK;
    playing->pace = g_ascii_strtod(pace, &end);
    if (end != pace && *end == '\0' && isfinite(playing->pace) && playing->pace >= 0.001)
        return TRUE;
    mailsim_cli_complain(
        "run: --pace=%s: how fast? 1 is virtual time, 0.1 is ten times slower, "
        "2 twice as fast",
        pace);
    return FALSE;
}

gboolean
mailsim_cli_settle_playing(const char *step, const char *pace, MailsimPlaying *playing)
{
    playing->mode = MAILSIM_PLAYING_NOT;
    if (step != NULL && pace != NULL) {
        mailsim_cli_complain("run: --step waits for keys and --pace for nobody: choose one");
        return FALSE;
    }
    if (step != NULL)
        return settle_step(step, playing);
    return pace == NULL || settle_pace(pace, playing);
}

/* ---- in virtual time --------------------------------------------------------------------- */

/* Hops overlap, but each is told to its end: where the clock goes back, it goes on from there.
 */
static void
pass_time(MailsimTime *now_us, const MailsimPiece *piece, double pace)
{
    if (piece->time_us < 0)
        return;
    if (*now_us >= 0 && piece->time_us > *now_us)
        g_usleep((gulong)((double)MIN(piece->time_us - *now_us, PACE_MAX_US) / pace));
    *now_us = piece->time_us;
}

static gboolean
play_by_clock(const MailsimRecording *recording,
              const MailsimRenderOptions *render,
              double pace)
{
    g_autoptr(GPtrArray) pieces = mailsim_render_pieces(recording, render);
    MailsimTime now_us = -1;

    for (guint i = 0; i < pieces->len; i++) {
        const MailsimPiece *piece = g_ptr_array_index(pieces, i);

        pass_time(&now_us, piece, pace);
        if (!mailsim_cli_write(piece->text, strlen(piece->text)))
            return FALSE;
    }
    return TRUE;
}

/* ---- by keys ----------------------------------------------------------------------------- */

/* What stands on the screen besides the transcript: the line at the bottom. */
typedef struct {
    gboolean can_erase;
    gboolean colour;
    gboolean failed; /* something could not be written, and that has been said */
} Screen;

/* The cursor rests at the beginning of the line: whatever a terminal of another size makes of
 * it, all of it comes after the cursor. */
static void
put_prompt(const Screen *screen, const MailsimPlayer *player, GString *out)
{
    g_autofree char *prompt = mailsim_player_dup_prompt(player);
    const gboolean reversed = screen->can_erase && screen->colour;

    g_string_append_printf(out, "%s%s%s", reversed ? "\033[7m" : "", prompt,
                           reversed ? "\033[0m" : "");
    if (screen->can_erase && !mailsim_player_is_asking(player))
        g_string_append_c(out, '\r');
}

/* With the N_ROWS above it. */
static void
put_erasure(const Screen *screen, guint n_rows, GString *out)
{
    if (!screen->can_erase) {
        g_string_append_c(out, '\n');
        return;
    }
    g_string_append_c(out, '\r');
    if (n_rows > 0)
        g_string_append_printf(out, "\033[%uA", n_rows);
    g_string_append(out, "\033[J");
}

static gboolean
say(Screen *screen, const GString *out)
{
    if (!screen->failed)
        screen->failed = !mailsim_cli_write(out->str, out->len);
    return !screen->failed;
}

static void
measure_screen(const Screen *screen, MailsimPlayer *player)
{
    guint rows;
    guint columns;

    mailsim_terminal_get_size(&rows, &columns);
    mailsim_player_resize(player, rows, columns, screen->can_erase);
}

/* FALSE: there is nobody at the keys any more, or nothing can be shown; *KEY else. */
static gboolean
wait_for_key(Screen *screen, MailsimPlayer *player, MailsimKeyReader *reader, guint *key)
{
    for (*key = MAILSIM_KEY_NONE; *key == MAILSIM_KEY_NONE;) {
        const gboolean pending = reader->state != MAILSIM_KEY_STATE_GROUND;
        g_autoptr(GString) out = g_string_new(NULL);
        guint8 byte;

        switch (mailsim_terminal_wait(pending ? KEY_MS : -1, &byte)) {
        case MAILSIM_TERMINAL_KEY:
            *key = mailsim_key_reader_read(reader, byte);
            break;
        case MAILSIM_TERMINAL_NOTHING:
            *key = mailsim_key_reader_flush(reader);
            break;
        case MAILSIM_TERMINAL_SUSPENDED:
            put_erasure(screen, 0, out);
            say(screen, out);
            mailsim_terminal_suspend();
            G_GNUC_FALLTHROUGH;
        case MAILSIM_TERMINAL_RESIZED:
            g_string_truncate(out, 0);
            measure_screen(screen, player);
            put_erasure(screen, 0, out);
            put_prompt(screen, player, out);
            if (!say(screen, out))
                return FALSE;
            break;
        case MAILSIM_TERMINAL_KILLED:
            put_erasure(screen, 0, out);
            say(screen, out);
            mailsim_terminal_die();
            return FALSE;
        case MAILSIM_TERMINAL_OVER:
            return FALSE;
        }
    }
    return TRUE;
}

/* MAILSIM_PLAY_ENDED: the next one may begin. */
static MailsimPlayState
play_by_keys(Screen *screen, MailsimPlayer *player)
{
    MailsimPlayState state = MAILSIM_PLAY_GOES_ON;
    MailsimKeyReader reader = {0};
    g_autoptr(GString) out = g_string_new(NULL);

    measure_screen(screen, player);
    mailsim_player_begin(player, out);
    while (state == MAILSIM_PLAY_GOES_ON) {
        g_autoptr(GString) text = g_string_new(NULL);
        guint n_erased = 0;
        guint key;

        put_prompt(screen, player, out);
        if (!say(screen, out))
            return MAILSIM_PLAY_QUIT;
        if (wait_for_key(screen, player, &reader, &key))
            state = mailsim_player_press(player, key, &n_erased, text);
        else
            state = MAILSIM_PLAY_QUIT;
        g_string_truncate(out, 0);
        put_erasure(screen, n_erased, out);
        g_string_append(out, text->str);
    }
    say(screen, out);
    return state;
}

/* ---- all of them ------------------------------------------------------------------------- */

static gboolean
play_all_by_keys(const GPtrArray *recordings,
                 const MailsimRenderOptions *render,
                 gboolean by_lines)
{
    Screen screen = {mailsim_terminal_has_escapes(), render->colour, FALSE};
    g_autoptr(GString) blank = g_string_new("\n");
    MailsimPlayState state = MAILSIM_PLAY_ENDED;

    if (!mailsim_terminal_enter()) {
        mailsim_cli_complain("run: --step: the terminal cannot be set to give single keys");
        return FALSE;
    }
    for (guint i = 0; i < recordings->len && state == MAILSIM_PLAY_ENDED; i++) {
        g_autoptr(MailsimPlayer) player =
            mailsim_player_new(g_ptr_array_index(recordings, i), render,
                               by_lines ? MAILSIM_PLAY_LINES : MAILSIM_PLAY_STEPS);

        if (i > 0 && !say(&screen, blank))
            break;
        state = play_by_keys(&screen, player);
    }
    mailsim_terminal_leave();
    return !screen.failed;
}

gboolean
mailsim_cli_play(const GPtrArray *recordings,
                 const MailsimRenderOptions *render,
                 const MailsimPlaying *playing)
{
    if (playing->mode == MAILSIM_PLAYING_BY_KEYS)
        return play_all_by_keys(recordings, render, playing->by_lines);
    for (guint i = 0; i < recordings->len; i++) {
        if (i > 0 && !mailsim_cli_write("\n", 1))
            return FALSE;
        if (!play_by_clock(g_ptr_array_index(recordings, i), render, playing->pace))
            return FALSE;
    }
    return TRUE;
}
