/* SPDX-License-Identifier: MIT
 *
 * What a real Dovecot was seen to say, dialogue by dialogue, against the pure sessions of IMAP
 * and POP3: every line the same, when it comes, and every line of the log. The arguments are
 * files of tests/dialogue/recorded; MAILSIM_DIALOGUE in the environment is a part of a title,
 * and only those dialogues are held, and told in full. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dovecot-replay.h"
#include "recorded-text.h"

/* ---- what is not replayed ---------------------------------------------------------------- */

/* The reasons in dovecot-left-out.txt, “KINDS | TITLE | REASON”, by title. */
static GHashTable *
read_left_out(const char *kind)
{
    GHashTable *reasons = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autofree char *text = recorded_file_read("../dovecot-left-out.txt");
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (char **line = lines; *line != NULL; line++) {
        g_auto(GStrv) parts = g_strsplit(*line, " | ", 3);
        g_auto(GStrv) kinds = g_strsplit(parts[0] != NULL ? parts[0] : "", ", ", -1);

        if (g_strv_contains((const char *const *)kinds, kind) && g_strv_length(parts) == 3)
            g_hash_table_insert(reasons, g_strdup(parts[1]), g_strdup(parts[2]));
    }
    return reasons;
}

typedef struct {
    GHashTable *memory; /* why it is not replayed */
    GHashTable *log;    /* why its log is not compared */
    GHashTable *pieces; /* why packets stay whole */
} LeftOut;

/* Of what programs said of their own accord there is no log. */
static gboolean
has_log(const LeftOut *left_out, const DovecotDialogue *dialogue)
{
    return !g_str_has_suffix(dialogue->file, "programs.txt") &&
           !g_hash_table_contains(left_out->log, dialogue->title);
}

/* ---- the test ---------------------------------------------------------------------------- */

/* With what went before it, where that makes a difference. */
static char *
replay_with_earlier(const LeftOut *left_out,
                    const GPtrArray *dialogues,
                    guint index,
                    gsize piece_bytes,
                    gboolean shown)
{
    static const DovecotReplayOptions earlier = {0};
    const DovecotReplayOptions options = {
        .piece_bytes = piece_bytes,
        .with_log = has_log(left_out, g_ptr_array_index(dialogues, index)),
        .shown = shown,
    };
    guint first = index;
    g_autoptr(DovecotWorld) world = NULL;

    while (((const DovecotDialogue *)g_ptr_array_index(dialogues, first))->continues)
        first--;
    world = dovecot_world_new(g_ptr_array_index(dialogues, first));
    for (; first < index; first++) {
        g_free(dovecot_replay(world, &earlier));
        dovecot_world_continue(world, g_ptr_array_index(dialogues, first + 1));
    }
    return dovecot_replay(world, &options);
}

/* TRUE: as it must be. */
static gboolean
test_dialogue(const LeftOut *left_out,
              const GPtrArray *dialogues,
              guint index,
              const char *chosen)
{
    static const gsize pieces[] = {0, 7, 1};
    const DovecotDialogue *dialogue = g_ptr_array_index(dialogues, index);
    const guint n_pieces =
        g_hash_table_contains(left_out->pieces, dialogue->title) ? 1 : G_N_ELEMENTS(pieces);
    const char *reason = g_hash_table_lookup(left_out->memory, dialogue->title);
    g_autofree char *difference = NULL;
    gsize piece_bytes = 0;

    for (guint i = 0; i < n_pieces && difference == NULL; i++) {
        piece_bytes = pieces[i];
        difference = replay_with_earlier(left_out, dialogues, index, piece_bytes,
                                         chosen != NULL && i == 0);
    }
    if (reason != NULL && difference != NULL) {
        printf("ok - %s # SKIP %s\n", dialogue->title, reason);
        return TRUE;
    }
    printf("%sok - %s\n", difference != NULL || reason != NULL ? "not " : "", dialogue->title);
    if (difference != NULL)
        printf("# in pieces of %u: %s\n", (guint)piece_bytes, difference);
    else if (reason != NULL)
        printf("# it stands among those that are not replayed\n");
    return difference == NULL && reason == NULL;
}

int
main(int argc, char **argv)
{
    const char *const *names = (const char *const *)argv + 1;
    const char *chosen = g_getenv("MAILSIM_DIALOGUE");
    g_autoptr(GHashTable) memory = read_left_out("memory");
    g_autoptr(GHashTable) log = read_left_out("log");
    g_autoptr(GHashTable) pieces = read_left_out("pieces");
    const LeftOut left_out = {.memory = memory, .log = log, .pieces = pieces};
    g_autoptr(DovecotRecordings) recordings = NULL;
    guint n_tests = 1;
    guint n_failed;

    g_assert(argc > 1);
    recordings = dovecot_recordings_read(names);
    n_failed = recordings->mistakes->len > 0;
    printf("%sok - the grammar knows every line\n", n_failed > 0 ? "not " : "");
    for (guint i = 0; i < recordings->mistakes->len; i++)
        printf("# %s\n", (const char *)g_ptr_array_index(recordings->mistakes, i));
    for (guint i = 0; i < recordings->dialogues->len; i++) {
        const DovecotDialogue *dialogue = g_ptr_array_index(recordings->dialogues, i);

        if (chosen != NULL && strstr(dialogue->title, chosen) == NULL)
            continue;
        n_tests++;
        n_failed += !test_dialogue(&left_out, recordings->dialogues, i, chosen);
    }
    printf("1..%u\n", n_tests);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
