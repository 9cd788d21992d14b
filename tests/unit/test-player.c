/* SPDX-License-Identifier: MIT
 *
 * Step mode without a terminal: what each key shows, and that nothing is lost whatever is
 * pressed. The screen is a list of rows here. */
#include <string.h>

#include <player-private.h>

#include "../support/sample-recording.h"
#include "../support/run-suite.h"

static const MailsimRenderOptions english = {.detail = MAILSIM_DETAIL_NORMAL};
static const MailsimRenderOptions spanish = {.detail = MAILSIM_DETAIL_NORMAL,
                                             .language = MAILSIM_LANGUAGE_ES};

/* A player and the rows that it has written. */
typedef struct {
    MailsimRecording *recording;
    MailsimPlayer *player;
    GPtrArray *rows;
    MailsimPlayState state;
    guint n_last;    /* rows that the last key wrote */
    guint room;      /* rows that the screen has for them */
    guint n_visible; /* of the last rows: so many have not scrolled away */
} Show;

static void
write_rows(Show *show, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    show->n_last = 0;
    for (guint i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++) {
        g_ptr_array_add(show->rows, g_strdup(lines[i]));
        show->n_last++;
    }
    show->n_visible = MIN(show->n_visible + show->n_last, show->room);
}

static Show
begin_show(const MailsimRenderOptions *options, MailsimPlayUnit unit, guint rows, guint columns)
{
    Show show = {.recording = sample_story_new(),
                 .room = rows > 3 ? rows - 1 : 2,
                 .rows = g_ptr_array_new_with_free_func(g_free)};
    g_autoptr(GString) out = g_string_new(NULL);

    show.player = mailsim_player_new(show.recording, options, unit);
    mailsim_player_resize(show.player, rows, columns, TRUE);
    mailsim_player_begin(show.player, out);
    write_rows(&show, out->str);
    return show;
}

static void
end_show(Show *show)
{
    mailsim_player_free(show->player);
    mailsim_recording_free(show->recording);
    g_ptr_array_unref(show->rows);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Show, end_show)

static void
press(Show *show, guint key)
{
    g_autoptr(GString) out = g_string_new(NULL);
    guint n_erased;

    show->state = mailsim_player_press(show->player, key, &n_erased, out);
    ck_assert_uint_le(n_erased, show->n_visible);
    show->n_visible -= n_erased;
    g_ptr_array_set_size(show->rows, (int)(show->rows->len - n_erased));
    write_rows(show, out->str);
}

static void
press_all(Show *show, const char *keys)
{
    for (; *keys != '\0'; keys++)
        press(show, (guint8)*keys);
}

static char *
dup_screen(const Show *show)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < show->rows->len; i++)
        g_string_append_printf(text, "%s\n", (char *)g_ptr_array_index(show->rows, i));
    return g_string_free(text, FALSE);
}

static gboolean
is_shown(const Show *show, const char *text)
{
    g_autofree char *screen = dup_screen(show);

    return strstr(screen, text) != NULL;
}

static void
press_until(Show *show, const char *text)
{
    while (!is_shown(show, text)) {
        press(show, ' ');
        ck_assert_msg(show->state == MAILSIM_PLAY_GOES_ON, "never shown: %s", text);
    }
}

/* Says where they part: the whole is too long to be said. */
static void
check_same(const char *left, const char *right)
{
    gsize i = 0;

    while (left[i] == right[i] && left[i] != '\0')
        i++;
    ck_assert_msg(left[i] == right[i], "from byte %zu on: “%.80s” and “%.80s”", i, left + i,
                  right + i);
}

static void
check_is_transcript(const Show *show, const MailsimRenderOptions *options)
{
    g_autoptr(GString) whole = g_string_new(NULL);
    g_autofree char *screen = dup_screen(show);

    mailsim_render_text(show->recording, options, whole);
    check_same(screen, whole->str);
}

/* --- going on ----------------------------------------------------------------------------- */

static const struct {
    MailsimPlayUnit unit;
    guint rows;
    guint columns;
} screens[] = {
    {MAILSIM_PLAY_STEPS, 24,   80 },
    {MAILSIM_PLAY_LINES, 24,   80 },
    {MAILSIM_PLAY_STEPS, 1000, 200},
    {MAILSIM_PLAY_LINES, 10,   40 },
    {MAILSIM_PLAY_LINES, 1,    1  },
};

START_TEST(going_on_shows_everything_once)
{
    g_auto(Show) show =
        begin_show(&english, screens[_i].unit, screens[_i].rows, screens[_i].columns);

    while (show.state == MAILSIM_PLAY_GOES_ON) {
        ck_assert_uint_le(show.n_last, MAX(screens[_i].rows, 3));
        press(&show, ' ');
    }
    ck_assert_int_eq(show.state, MAILSIM_PLAY_ENDED);
    check_is_transcript(&show, &english);
}
END_TEST

START_TEST(a_step_stops_at_its_question)
{
    g_auto(Show) show = begin_show(&english, MAILSIM_PLAY_STEPS, 500, 80);

    press(&show, ' ');
    ck_assert(is_shown(&show, "━━ 1 ·"));
    ck_assert(!is_shown(&show, "DNS A"));
    press(&show, ' ');
    ck_assert(is_shown(&show, "221 2.0.0 Bye"));
}
END_TEST

START_TEST(a_line_stops_before_its_answer)
{
    g_auto(Show) show = begin_show(&english, MAILSIM_PLAY_LINES, 24, 80);

    press_until(&show, "->  STARTTLS");
    ck_assert(!is_shown(&show, "220 2.0.0 Ready"));
    press(&show, ' ');
    ck_assert(is_shown(&show, "220 2.0.0 Ready"));
    press(&show, 'b');
    ck_assert(!is_shown(&show, "220 2.0.0 Ready"));
    ck_assert(is_shown(&show, "->  STARTTLS"));
}
END_TEST

START_TEST(keys_that_go_on)
{
    static const guint keys[] = {
        ' ', '\n', '\r', 'n', MAILSIM_KEY_RIGHT, MAILSIM_KEY_DOWN, MAILSIM_KEY_PAGE_DOWN};
    static const guint others[] = {'x', 0x1b, MAILSIM_KEY_UNKNOWN, 0, 0x200, '\t'};

    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        g_auto(Show) show = begin_show(&english, MAILSIM_PLAY_LINES, 24, 80);
        press(&show, keys[i]);
        ck_assert_uint_gt(show.n_last, 0);
    }
    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        g_auto(Show) show = begin_show(&english, MAILSIM_PLAY_LINES, 24, 80);
        press(&show, others[i]);
        ck_assert_uint_eq(show.n_last, 0);
        ck_assert_int_eq(show.state, MAILSIM_PLAY_GOES_ON);
    }
}
END_TEST

START_TEST(keys_that_end_it)
{
    for (const char *key = "q\003\004"; *key != '\0'; key++) {
        g_auto(Show) show = begin_show(&english, MAILSIM_PLAY_LINES, 24, 80);
        press(&show, ' ');
        press(&show, (guint)*key);
        ck_assert_int_eq(show.state, MAILSIM_PLAY_QUIT);
    }
}
END_TEST

/* --- back and forth ----------------------------------------------------------------------- */

/* A walk that looks at something and leaves it as it was, from every place. */
START_TEST(back_and_forth_is_the_transcript)
{
    static const char *const walks[] = {"b ",   "ww",  "-+",  "+-",    "??",
                                        "bb  ", "w?w", "--+", "bww b "};
    g_auto(Show) show = begin_show(&english, MAILSIM_PLAY_LINES, 100000, 80);

    press_all(&show, "  ");
    for (guint i = 0; show.state == MAILSIM_PLAY_GOES_ON; i++) {
        g_autofree char *before = NULL;
        g_autofree char *after = NULL;

        press(&show, ' ');
        if (show.state != MAILSIM_PLAY_GOES_ON)
            break;
        before = dup_screen(&show);
        press_all(&show, walks[(i + (guint)_i) % G_N_ELEMENTS(walks)]);
        after = dup_screen(&show);
        check_same(after, before);
    }
    check_is_transcript(&show, &english);
}
END_TEST

START_TEST(there_is_a_beginning)
{
    g_auto(Show) show = begin_show(&english, MAILSIM_PLAY_LINES, 24, 80);
    g_autofree char *prompt = NULL;

    press_all(&show, "  bbbb");
    prompt = mailsim_player_dup_prompt(show.player);
    ck_assert_str_eq(prompt, "there is nothing before this");
}
END_TEST

/* Rows of a stop, as text. */
static char *
dup_last(const Show *show, guint n_rows)
{
    GString *text = g_string_new(NULL);

    for (guint i = show->rows->len - n_rows; i < show->rows->len; i++)
        g_string_append_printf(text, "%s\n", (char *)g_ptr_array_index(show->rows, i));
    return g_string_free(text, FALSE);
}

/* However little of it is left on the screen. */
START_TEST(back_shows_all_of_what_was_there_before)
{
    static const guint heights[] = {9, 12, 24};
    g_auto(Show) show = begin_show(&english, MAILSIM_PLAY_LINES, heights[_i], 80);

    while (show.state == MAILSIM_PLAY_GOES_ON) {
        const guint n_rows = show.n_last;
        g_autofree char *before = dup_last(&show, n_rows);
        g_autofree char *after = NULL;

        press(&show, ' ');
        if (show.state != MAILSIM_PLAY_GOES_ON)
            break;
        press(&show, 'b');
        ck_assert_uint_ge(show.n_visible, n_rows);
        after = dup_last(&show, n_rows);
        check_same(after, before);
        press(&show, ' ');
    }
}
END_TEST

static gboolean
begins_a_piece(const char *line, const GPtrArray *pieces)
{
    for (guint i = 0; i < pieces->len; i++) {
        const MailsimPiece *piece = g_ptr_array_index(pieces, i);
        const gsize length = strlen(line);
        if (strncmp(piece->text, line, length) == 0 && piece->text[length] == '\n')
            return TRUE;
    }
    return FALSE;
}

/* A piece that was cut has other lines when notes are folded: nothing of it may be left out. */
START_TEST(back_after_folding_begins_at_a_piece)
{
    g_auto(Show) show = begin_show(&english, MAILSIM_PLAY_LINES, 5, 80);
    MailsimRenderOptions folded = english;

    folded.notes = MAILSIM_NOTES_FOLDED;
    g_autoptr(GPtrArray) pieces = mailsim_render_pieces(show.recording, &folded);
    for (gint i = 0; i < _i && show.state == MAILSIM_PLAY_GOES_ON; i++)
        press(&show, ' ');
    press(&show, '-');
    for (guint i = 0; i < 4; i++) {
        const char *first;
        if (show.n_last > 0) {
            first = g_ptr_array_index(show.rows, show.rows->len - show.n_last);
            ck_assert_msg(begins_a_piece(first, pieces), "after %d: “%s”", _i, first);
        }
        press(&show, 'b');
    }
}
END_TEST

/* What has scrolled away, or cannot be erased at all, is written once more. */
START_TEST(what_cannot_be_erased_is_written_again)
{
    g_auto(Show) show = begin_show(&english, MAILSIM_PLAY_LINES, 24, 80);
    guint n_rows;

    mailsim_player_resize(show.player, 24, 80, FALSE);
    press_until(&show, "->  EHLO");
    n_rows = show.rows->len;
    press(&show, '-');
    ck_assert_uint_gt(show.rows->len, n_rows);
    ck_assert_uint_gt(show.n_last, 0);
}
END_TEST

/* --- notes, bytes, steps ------------------------------------------------------------------ */

START_TEST(notes_fold)
{
    g_auto(Show) show = begin_show(&english, MAILSIM_PLAY_LINES, 100, 80);

    press_until(&show, "220: the server is ready");
    press(&show, '-');
    ck_assert(!is_shown(&show, "220: the server is ready"));
    ck_assert(is_shown(&show, "│ … smtpd_banner"));
    press(&show, ' ');
    ck_assert(is_shown(&show, "->  EHLO"));
    ck_assert(is_shown(&show, "│ … RFC 5321 §4.1.1.1"));
    ck_assert(!is_shown(&show, "With EHLO the client says hello"));
    press(&show, '+');
    ck_assert(is_shown(&show, "With EHLO the client says hello"));
}
END_TEST

START_TEST(notes_have_more)
{
    g_auto(Show) show = begin_show(&english, MAILSIM_PLAY_LINES, 1000, 80);

    press(&show, '+');
    while (show.state == MAILSIM_PLAY_GOES_ON)
        press(&show, ' ');
    ck_assert(is_shown(&show, "│ + "));
    check_is_transcript(&show, &(MailsimRenderOptions){.detail = MAILSIM_DETAIL_NORMAL,
                                                       .notes = MAILSIM_NOTES_MORE});
}
END_TEST

START_TEST(full_detail_begins_unfolded)
{
    const MailsimRenderOptions full = {.detail = MAILSIM_DETAIL_FULL};
    g_auto(Show) show = begin_show(&full, MAILSIM_PLAY_STEPS, 24, 80);

    while (show.state == MAILSIM_PLAY_GOES_ON)
        press(&show, ' ');
    check_is_transcript(&show, &full);
}
END_TEST

START_TEST(bytes_come_and_go)
{
    g_auto(Show) show = begin_show(&english, MAILSIM_PLAY_LINES, 24, 80);

    press(&show, 'w');
    ck_assert(is_shown(&show, "No bytes of a connection here"));
    press(&show, 'w');
    ck_assert(!is_shown(&show, "No bytes of a connection here"));
}
END_TEST

static const struct {
    const char *keys;
    const char *shown;  /* NULL: nothing new */
    const char *prompt; /* how the line at the bottom begins */
} jumps[] = {
    {"2\n",      "━━ 2 ·", "step 2/"              },
    {"g2\r",     "━━ 2 ·", "step 2/"              },
    {"g",        NULL,          "to which step? (1-"   },
    {"13",       NULL,          "to which step? (1-"   },
    {"99\n",     NULL,          "there is no such step"},
    {"g\n",      NULL,          "start"                },
    {"3\b2\n",   "━━ 2 ·", "step 2/"              },
    {"3\0332\n", "━━ 2 ·", "step 2/"              },
    {"2 ",       NULL,          "start"                },
    {"999999\n", NULL,          "there is no such step"},
    {" 0\n",     NULL,          "start"                },
    {"2\nb",     NULL,          "start"                },
};

START_TEST(steps_are_jumped_to)
{
    g_auto(Show) show = begin_show(&english, MAILSIM_PLAY_LINES, 100, 80);
    g_autofree char *prompt = NULL;

    press_all(&show, jumps[_i].keys);
    prompt = mailsim_player_dup_prompt(show.player);
    ck_assert_msg(g_str_has_prefix(prompt, jumps[_i].prompt), "%s: %s", jumps[_i].keys, prompt);
    if (jumps[_i].shown != NULL)
        ck_assert_msg(is_shown(&show, jumps[_i].shown), "%s", jumps[_i].keys);
    else
        ck_assert_msg(!is_shown(&show, "━━ 2 ·"), "%s", jumps[_i].keys);
}
END_TEST

/* --- the line at the bottom --------------------------------------------------------------- */

START_TEST(the_line_fits_every_screen)
{
    g_auto(Show) show = begin_show(_i == 0 ? &english : &spanish, MAILSIM_PLAY_LINES, 24, 80);

    for (guint columns = 1; columns <= 200; columns++) {
        g_autofree char *prompt = NULL;

        mailsim_player_resize(show.player, 24, columns, TRUE);
        prompt = mailsim_player_dup_prompt(show.player);
        ck_assert_uint_lt(g_utf8_strlen(prompt, -1), columns);
        ck_assert(columns < 80 || strstr(prompt, _i == 0 ? "b back" : "b atrás") != NULL);
        ck_assert(columns < 40 || strstr(prompt, _i == 0 ? "q quit" : "q salir") != NULL);
    }
}
END_TEST

START_TEST(ascii_is_ascii)
{
    MailsimRenderOptions options = spanish;
    g_autofree char *prompt = NULL;
    g_autofree char *asked = NULL;
    g_autofree char *screen = NULL;

    options.ascii = TRUE;
    g_auto(Show) show = begin_show(&options, MAILSIM_PLAY_LINES, 24, 80);
    press(&show, '?');
    prompt = mailsim_player_dup_prompt(show.player);
    press(&show, 'g');
    asked = mailsim_player_dup_prompt(show.player);
    press(&show, '\n');
    press(&show, '?');
    screen = dup_screen(&show);
    ck_assert_msg(g_str_is_ascii(prompt) && g_str_is_ascii(asked) && g_str_is_ascii(screen),
                  "%s\n%s\n%s", prompt, asked, screen);
}
END_TEST

START_TEST(the_help_fits_and_goes_away)
{
    g_auto(Show) show = begin_show(_i == 0 ? &english : &spanish, MAILSIM_PLAY_LINES, 24, 80);
    g_autofree char *before = dup_screen(&show);
    g_autofree char *after = NULL;

    press(&show, '?');
    ck_assert_uint_eq(show.n_last, 11);
    for (guint i = 0; i < show.rows->len; i++)
        ck_assert_int_le(g_utf8_strlen(g_ptr_array_index(show.rows, i), -1), 80);
    press(&show, 'h');
    after = dup_screen(&show);
    check_same(after, before);
}
END_TEST

/* --- bytes that are keys ------------------------------------------------------------------ */

static const struct {
    const char *bytes;
    guint keys[4]; /* the last one is flushed for */
} typed[] = {
    {"q",             {'q'}                                  },
    {"\033[C",        {MAILSIM_KEY_RIGHT}                    },
    {"\033OC",        {MAILSIM_KEY_RIGHT}                    },
    {"\033[D",        {MAILSIM_KEY_LEFT}                     },
    {"\033[5~",       {MAILSIM_KEY_PAGE_UP}                  },
    {"\033[6~",       {MAILSIM_KEY_PAGE_DOWN}                },
    {"\033[1;5Cq",    {MAILSIM_KEY_RIGHT, 'q'}               },
    {"\033[15~q",     {MAILSIM_KEY_UNKNOWN, 'q'}             },
    {"\033[200~q",    {MAILSIM_KEY_UNKNOWN, 'q'}             },
    {"\033",          {MAILSIM_KEY_ESCAPE}                   },
    {"\033qq",        {MAILSIM_KEY_UNKNOWN, 'q'}             },
    {"ñq",           {MAILSIM_KEY_UNKNOWN, 'q'}             },
    {"€ ",          {MAILSIM_KEY_UNKNOWN, ' '}             },
    {"\003",          {3}                                    },
    {"\033[A\033[Bn", {MAILSIM_KEY_UP, MAILSIM_KEY_DOWN, 'n'}},
};

START_TEST(keys_are_read)
{
    MailsimKeyReader reader = {0};
    guint n_keys = 0;
    guint key;

    for (const char *byte = typed[_i].bytes; *byte != '\0'; byte++) {
        key = mailsim_key_reader_read(&reader, (guint8)*byte);
        if (key != MAILSIM_KEY_NONE)
            ck_assert_uint_eq(key, typed[_i].keys[n_keys++]);
    }
    key = mailsim_key_reader_flush(&reader);
    if (key != MAILSIM_KEY_NONE)
        ck_assert_uint_eq(key, typed[_i].keys[n_keys++]);
    ck_assert_uint_eq(typed[_i].keys[n_keys], 0);
    ck_assert_uint_eq(mailsim_key_reader_flush(&reader), MAILSIM_KEY_NONE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("player");
    TCase *tcase = tcase_create("player");

    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, going_on_shows_everything_once, 0, G_N_ELEMENTS(screens));
    tcase_add_test(tcase, a_step_stops_at_its_question);
    tcase_add_test(tcase, a_line_stops_before_its_answer);
    tcase_add_test(tcase, keys_that_go_on);
    tcase_add_test(tcase, keys_that_end_it);
    tcase_add_loop_test(tcase, back_and_forth_is_the_transcript, 0, 3);
    tcase_add_test(tcase, there_is_a_beginning);
    tcase_add_loop_test(tcase, back_shows_all_of_what_was_there_before, 0, 3);
    tcase_add_loop_test(tcase, back_after_folding_begins_at_a_piece, 0, 100);
    tcase_add_test(tcase, what_cannot_be_erased_is_written_again);
    tcase_add_test(tcase, notes_fold);
    tcase_add_test(tcase, notes_have_more);
    tcase_add_test(tcase, full_detail_begins_unfolded);
    tcase_add_test(tcase, bytes_come_and_go);
    tcase_add_loop_test(tcase, steps_are_jumped_to, 0, G_N_ELEMENTS(jumps));
    tcase_add_loop_test(tcase, the_line_fits_every_screen, 0, 2);
    tcase_add_test(tcase, ascii_is_ascii);
    tcase_add_loop_test(tcase, the_help_fits_and_goes_away, 0, 2);
    tcase_add_loop_test(tcase, keys_are_read, 0, G_N_ELEMENTS(typed));
    suite_add_tcase(suite, tcase);

    return run_suite(suite);
}
