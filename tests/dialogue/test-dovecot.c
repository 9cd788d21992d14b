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

/* ---- what is not replayed ---------------------------------------------------------------- */

typedef struct {
    const char *title; /* or the file */
    const char *reason;
} NotReplayed;

#define CLOSED    "whether a port is open is no session's affair"
#define CONDSTORE "CONDSTORE and QRESYNC are not announced"

/* clang-format off */
static const NotReplayed not_replayed[] = {
    {"imap/submission.txt",                                 "it is SMTP, and Postfix"},
    {"imap/greeting.txt: ssl = no; port 993",               CLOSED},
    {"imap/greeting.txt: protocols = imap: POP3's port",    CLOSED},
    {"imap/greeting.txt: protocols = pop3: IMAP's port",    CLOSED},
    {"imap/greeting.txt: protocols = pop3: port 993",       CLOSED},
    {"imap/greeting.txt: port 0 for imap: only 993; port 143", CLOSED},
    {"imap/greeting.txt: port 0 for imaps: port 993",       CLOSED},
    {"imap-dialogues.md: 993 when ssl = no",                CLOSED},
    {"imap/states.txt: logged in, no mailbox selected; what works", CONDSTORE},
    {"imap/states.txt: INBOX selected; what works in both states", CONDSTORE},
    {"imap/states.txt: ENABLE",                             CONDSTORE},
    {"imap/mailboxes.txt: SELECT with CONDSTORE",           CONDSTORE},
    {"imap/mailboxes.txt: LIST of RFC 5258",                "LIST-EXTENDED is not announced"},
    {"imap/mailboxes.txt: Debian's special mailboxes are a comment away: mailbox Sent { auto = create, special_use }",
                                                            "SPECIAL-USE, and mailboxes that come by themselves"},
    {"imap/fetch.txt: items: case, twice, empty, unknown",  CONDSTORE},
    {"imap/search.txt: ESEARCH and the like, which other clients may try", "ESEARCH, WITHIN and CONDSTORE are not announced"},
    {"imap/search.txt: NOT, OR, parentheses",               "NOT (SEEN FLAGGED) missed a message; Dovecot itself finds it elsewhere. The rest is in test-imap-search.c"},
    {"imap/fetch.txt: other items that Dovecot knows",      "PREVIEW, BINARY and SNIPPET are not announced"},
    {"pop3/before-login.txt: ssl = no: port 995",           CLOSED},
    {"pop3/before-login.txt: protocols = imap",             CLOSED},
    {"pop3/before-login.txt: port 0 for pop3: port 110",    CLOSED},
    {"pop3/before-login.txt: TLS at once on port 110",      "the client's hello was another one, without line feeds"},
    {"pop3/transaction.txt: pop3_lock_session = yes: a second session", "pop3_lock_session is not obeyed"},
};

#define NO_END "the line of the first session's end is not in the recording"

/* What is said is compared, the log not. */
static const NotReplayed not_logged[] = {
    {"imap/greeting.txt: mail_max_userip_connections = 2: the third from one address", NO_END},
    {"imap/mailboxes.txt: a parent that was deleted, seen by another session", NO_END},
    {"imap/store.txt: flags last",                          NO_END},
    {"pop3/transaction.txt: DELE, then gone; the next session", NO_END},
};

/* What is answered when depends on what has come in one packet with it. */
static const char *const not_in_pieces[] = {
    "imap/append.txt: commands sent ahead",
    "imap/idle.txt: commands after IDLE in the packet of DONE",
    "imap/lines.txt: several commands in a packet",
    "imap/lines.txt: NOOP and FETCH in one packet: untagged lines come when they are ready",
    "imap/lines.txt: STORE and SEARCH in one packet",
    NULL,
};
/* clang-format on */

static const char *
find_reason(const NotReplayed *rows, guint n_rows, const char *title)
{
    for (guint i = 0; i < n_rows; i++) {
        if (g_str_equal(rows[i].title, title))
            return rows[i].reason;
    }
    return NULL;
}

static const char *
find_not_replayed(const char *title)
{
    return find_reason(not_replayed, G_N_ELEMENTS(not_replayed), title);
}

/* Of what programs said of their own accord there is no log. */
static gboolean
has_log(const DovecotDialogue *dialogue)
{
    return !g_str_has_suffix(dialogue->file, "programs.txt") &&
           find_reason(not_logged, G_N_ELEMENTS(not_logged), dialogue->title) == NULL;
}

/* ---- the test ---------------------------------------------------------------------------- */

/* With what went before it, where that makes a difference. */
static char *
replay_with_earlier(const GPtrArray *dialogues, guint index, gsize piece_bytes, gboolean shown)
{
    static const DovecotReplayOptions earlier = {0};
    const DovecotReplayOptions options = {
        .piece_bytes = piece_bytes,
        .with_log = has_log(g_ptr_array_index(dialogues, index)),
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
test_dialogue(const GPtrArray *dialogues, guint index, const char *chosen)
{
    static const gsize pieces[] = {0, 7, 1};
    const DovecotDialogue *dialogue = g_ptr_array_index(dialogues, index);
    const guint n_pieces =
        g_strv_contains(not_in_pieces, dialogue->title) ? 1 : G_N_ELEMENTS(pieces);
    const char *reason = find_not_replayed(dialogue->title);
    g_autofree char *difference = NULL;
    gsize piece_bytes = 0;

    if (find_not_replayed(dialogue->file) != NULL) {
        printf("ok - %s # SKIP %s\n", dialogue->title, find_not_replayed(dialogue->file));
        return TRUE;
    }
    for (guint i = 0; i < n_pieces && difference == NULL; i++) {
        piece_bytes = pieces[i];
        difference =
            replay_with_earlier(dialogues, index, piece_bytes, chosen != NULL && i == 0);
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
        n_failed += !test_dialogue(recordings->dialogues, i, chosen);
    }
    printf("1..%u\n", n_tests);
    return n_failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
