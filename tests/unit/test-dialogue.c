/* SPDX-License-Identifier: MIT
 *
 * The engine of client conversations, with a table of its own: two cursors, challenges, giving
 * up. */
#include <mailsim/session/dialogue.h>

#include "../support/run-suite.h"

/* A client that says the name of each step, as often as told, and notes what it hears. */
typedef struct {
    MailsimDialogue dialogue;
    guint n_two;         /* how often “two” is still to be said */
    gboolean skips_four; /* “four” has nothing to say */
    GString *notes;      /* “heard one 250, refused two 550, ” */
} Client;

static MailsimSaid
say_one(G_GNUC_UNUSED gpointer data, GString *out)
{
    g_string_append(out, "one ");
    return MAILSIM_SAID_ALL;
}

static MailsimSaid
say_two(gpointer data, GString *out)
{
    Client *client = data;

    g_string_append(out, "two ");
    return --client->n_two > 0 ? MAILSIM_SAID_MORE : MAILSIM_SAID_ALL;
}

static MailsimSaid
say_three(G_GNUC_UNUSED gpointer data, GString *out)
{
    g_string_append(out, "three ");
    return MAILSIM_SAID_ALL;
}

static MailsimSaid
say_four(gpointer data, GString *out)
{
    Client *client = data;

    if (client->skips_four)
        return MAILSIM_SAID_NOTHING;
    g_string_append(out, "four ");
    return MAILSIM_SAID_ALL;
}

static MailsimSaid
say_bye(G_GNUC_UNUSED gpointer data, GString *out)
{
    g_string_append(out, "bye ");
    return MAILSIM_SAID_ALL;
}

/* 334 asks again, 220 asks for TLS, 259 makes it give up. */
static MailsimHeard
hear(gpointer data, const MailsimSmtpReply *reply)
{
    Client *client = data;

    g_string_append_printf(client->notes, "heard %u, ", reply->code);
    switch (reply->code) {
    case 334:
        return MAILSIM_HEARD_AGAIN;
    case 220:
        return MAILSIM_HEARD_SECURE;
    case 259:
        return MAILSIM_HEARD_GIVE_UP;
    default:
        return MAILSIM_HEARD_NEXT;
    }
}

static MailsimHeard
refuse(gpointer data, const MailsimDialogueStep *step, const MailsimSmtpReply *reply)
{
    Client *client = data;

    g_string_append_printf(client->notes, "refused %s %u, ", step->name, reply->code);
    return reply->code == 554 ? MAILSIM_HEARD_GIVE_UP : MAILSIM_HEARD_NEXT;
}

#define PIPELINE MAILSIM_STEP_PIPELINE
#define UNHEARD  MAILSIM_STEP_UNHEARD

/* clang-format off */
static const MailsimDialogueStep steps[] = {
    {"greeting", NULL,      "2",  hear, 0,                  "", 0},
    {"one",      say_one,   "23", hear, 0,                  "", 0},
    {"two",      say_two,   "2",  hear, PIPELINE,           "", 0},
    {"three",    say_three, "2",  hear, PIPELINE,           "", 0},
    {"four",     say_four,  "2",  hear, 0,                  "", 0},
    {"bye",      say_bye,   "2",  NULL, PIPELINE | UNHEARD, "", 0},
};
/* clang-format on */

static const MailsimDialogueTable table = {steps, G_N_ELEMENTS(steps), refuse};

typedef struct {
    const char *line; /* heard */
    const char *said; /* in answer */
    MailsimWant want;
    gboolean broken;
} Turn;

typedef struct {
    const char *description;
    gboolean pipelining;
    guint n_two; /* 0: once */
    gboolean skips_four;
    Turn turns[12];
    const char *notes;
} DialogueCase;

#define LINE MAILSIM_WANT_LINE
#define END  MAILSIM_WANT_END
#define TLS  MAILSIM_WANT_TLS

/* clang-format off */
static const DialogueCase cases[] = {
    {.description = "without pipelining each answer is waited for",
     .n_two = 2,
     .turns = {{"250 a", "one ", LINE, 0}, {"250 b", "two ", LINE, 0}, {"250 c", "two ", LINE, 0},
               {"250 d", "three ", LINE, 0}, {"250 e", "four ", LINE, 0}, {"250 f", "bye ", END, 0}},
     .notes = "heard 250, heard 250, heard 250, heard 250, heard 250, heard 250, "},
    {.description = "with pipelining what may go together does, and the rest waits",
     .pipelining = TRUE, .n_two = 2,
     .turns = {{"250 a", "one two two three ", LINE, 0}, {"250 b", "", LINE, 0},
               {"250 c", "", LINE, 0}, {"250 d", "", LINE, 0},
               {"250 e", "four bye ", LINE, 0}, {"250 f", "", END, 0}},
     .notes = "heard 250, heard 250, heard 250, heard 250, heard 250, heard 250, "},
    {.description = "a step with nothing to say is skipped",
     .pipelining = TRUE, .skips_four = TRUE,
     .turns = {{"250 a", "one two three ", LINE, 0}, {"250 b", "", LINE, 0},
               {"250 c", "", LINE, 0}, {"250 d", "bye ", END, 0}},
     .notes = "heard 250, heard 250, heard 250, heard 250, "},
    {.description = "a challenge is answered by the same step",
     .turns = {{"250 a", "one ", LINE, 0}, {"334 b", "one ", LINE, 0}, {"334 c", "one ", LINE, 0},
               {"250 d", "two ", LINE, 0}},
     .notes = "heard 250, heard 334, heard 334, heard 250, "},
    {.description = "a refusal may be the end: goodbye",
     .turns = {{"250 a", "one ", LINE, 0}, {"554 b", "bye ", END, 0}},
     .notes = "heard 250, refused one 554, "},
    {.description = "a refusal need not be the end",
     .turns = {{"250 a", "one ", LINE, 0}, {"550 b", "two ", LINE, 0}, {"354 c", "three ", LINE, 0}},
     .notes = "heard 250, refused one 550, refused two 354, "},
    {.description = "giving up says goodbye, and what is still awaited is heard",
     .pipelining = TRUE,
     .turns = {{"250 a", "one two three ", LINE, 0}, {"259 b", "bye ", LINE, 0},
               {"250 c", "", LINE, 0}, {"250 d", "", END, 0}},
     .notes = "heard 250, heard 259, heard 250, heard 250, "},
    {.description = "a reply of many lines is heard once",
     .turns = {{"250-a", "", LINE, 0}, {"250-b", "", LINE, 0}, {"250 c", "one ", LINE, 0},
               {"250-d", "", LINE, 0}, {"250 e", "two ", LINE, 0}},
     .notes = "heard 250, heard 250, "},
    {.description = "TLS is asked for",
     .turns = {{"250 a", "one ", LINE, 0}, {"220 b", "", TLS, 0}},
     .notes = "heard 250, heard 220, "},
    {.description = "what is no reply breaks it off",
     .turns = {{"250 a", "one ", LINE, 0}, {"what?", "", END, TRUE}}, .notes = "heard 250, "},
    {.description = "so does a reply that changes its code",
     .turns = {{"250-a", "", LINE, 0}, {"550 b", "", END, TRUE}}, .notes = ""},
};
/* clang-format on */

START_TEST(a_dialogue_follows_its_table)
{
    const DialogueCase *row = &cases[_i];
    Client client = {
        .n_two = row->n_two > 0 ? row->n_two : 1,
        .skips_four = row->skips_four,
        .notes = g_string_new(NULL),
    };
    g_autoptr(GString) out = g_string_new(NULL);

    mailsim_dialogue_init(&client.dialogue, &table, &client);
    ck_assert_int_eq(mailsim_dialogue_speak(&client.dialogue, out), LINE);
    ck_assert_str_eq(out->str, "");
    ck_assert_str_eq(mailsim_dialogue_get_awaited(&client.dialogue)->name, "greeting");
    client.dialogue.pipelining = row->pipelining;

    for (guint i = 0; i < G_N_ELEMENTS(row->turns) && row->turns[i].line != NULL; i++) {
        const Turn *turn = &row->turns[i];
        gboolean broken;
        MailsimWant want;

        g_string_truncate(out, 0);
        want = mailsim_dialogue_hear(&client.dialogue, turn->line, out, &broken);
        ck_assert_msg(g_str_equal(out->str, turn->said), "%s: after “%s” it says “%s”",
                      row->description, turn->line, out->str);
        ck_assert_msg(want == turn->want, "%s: after “%s”", row->description, turn->line);
        ck_assert_int_eq(broken, turn->broken);
    }
    ck_assert_str_eq(client.notes->str, row->notes);
    mailsim_dialogue_clear(&client.dialogue);
    g_string_free(client.notes, TRUE);
}
END_TEST

START_TEST(after_a_handshake_it_speaks_on)
{
    Client client = {.n_two = 1, .notes = g_string_new(NULL)};
    g_autoptr(GString) out = g_string_new(NULL);
    gboolean broken;

    mailsim_dialogue_init(&client.dialogue, &table, &client);
    mailsim_dialogue_speak(&client.dialogue, out);
    mailsim_dialogue_hear(&client.dialogue, "250 a", out, &broken);
    ck_assert_int_eq(mailsim_dialogue_hear(&client.dialogue, "220 b", out, &broken), TLS);
    g_string_truncate(out, 0);
    ck_assert_int_eq(mailsim_dialogue_speak(&client.dialogue, out), LINE);
    ck_assert_str_eq(out->str, "two ");
    mailsim_dialogue_clear(&client.dialogue);
    g_string_free(client.notes, TRUE);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("dialogue");
    TCase *engine = tcase_create("engine");
    tcase_add_loop_test(engine, a_dialogue_follows_its_table, 0, G_N_ELEMENTS(cases));
    tcase_add_test(engine, after_a_handshake_it_speaks_on);
    suite_add_tcase(suite, engine);

    return run_suite(suite);
}
