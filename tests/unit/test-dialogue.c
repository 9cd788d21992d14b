/* SPDX-License-Identifier: MIT
 *
 * The engine of client conversations, with a table of its own: two cursors, challenges, giving
 * up. */
#include <mailsim/session/dialogue.h>

#include <stdlib.h>

#include "../support/run-suite.h"

/* A client that says the name of each step, as often as told, and notes what it hears. */
typedef struct {
    MailsimDialogue dialogue;
    guint n_two;         /* how often “two” is still to be said */
    gboolean skips_four; /* “four” has nothing to say */
    gboolean gives_up;   /* … or says that all is over */
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

    if (client->gives_up)
        return MAILSIM_SAID_GIVE_UP;
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

/* A reply is a number. 334 asks again, 220 asks for TLS, 259 makes it give up. */
static MailsimHeard
hear(gpointer data, gconstpointer reply)
{
    Client *client = data;

    g_string_append_printf(client->notes, "heard %s, ", (const char *)reply);
    switch (atoi(reply)) {
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
refuse(gpointer data, const MailsimDialogueStep *step, gconstpointer reply)
{
    Client *client = data;

    g_string_append_printf(client->notes, "refused %s %s, ", step->name, (const char *)reply);
    return atoi(reply) == 554 ? MAILSIM_HEARD_GIVE_UP : MAILSIM_HEARD_NEXT;
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
    const char *reply; /* heard */
    const char *said;  /* in answer */
    MailsimWant want;
} Turn;

typedef struct {
    const char *description;
    gboolean pipelining;
    guint n_two; /* 0: once */
    gboolean skips_four;
    gboolean gives_up;
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
     .turns = {{"250", "one ", LINE}, {"250", "two ", LINE}, {"250", "two ", LINE},
               {"250", "three ", LINE}, {"250", "four ", LINE}, {"250", "bye ", END}},
     .notes = "heard 250, heard 250, heard 250, heard 250, heard 250, heard 250, "},
    {.description = "with pipelining what may go together does, and the rest waits",
     .pipelining = TRUE, .n_two = 2,
     .turns = {{"250", "one two two three ", LINE}, {"250", "", LINE},
               {"250", "", LINE}, {"250", "", LINE},
               {"250", "four bye ", LINE}, {"250", "", END}},
     .notes = "heard 250, heard 250, heard 250, heard 250, heard 250, heard 250, "},
    {.description = "a step with nothing to say is skipped",
     .pipelining = TRUE, .skips_four = TRUE,
     .turns = {{"250", "one two three ", LINE}, {"250", "", LINE},
               {"250", "", LINE}, {"250", "bye ", END}},
     .notes = "heard 250, heard 250, heard 250, heard 250, "},
    {.description = "a challenge is answered by the same step",
     .turns = {{"250", "one ", LINE}, {"334", "one ", LINE}, {"334", "one ", LINE},
               {"250", "two ", LINE}},
     .notes = "heard 250, heard 334, heard 334, heard 250, "},
    {.description = "a refusal may be the end: goodbye",
     .turns = {{"250", "one ", LINE}, {"554", "bye ", END}},
     .notes = "heard 250, refused one 554, "},
    {.description = "a refusal need not be the end",
     .turns = {{"250", "one ", LINE}, {"550", "two ", LINE}, {"354", "three ", LINE}},
     .notes = "heard 250, refused one 550, refused two 354, "},
    {.description = "giving up says goodbye, and what is still awaited is heard",
     .pipelining = TRUE,
     .turns = {{"250", "one two three ", LINE}, {"259", "bye ", LINE},
               {"250", "", LINE}, {"250", "", END}},
     .notes = "heard 250, heard 259, heard 250, heard 250, "},
    {.description = "TLS is asked for",
     .turns = {{"250", "one ", LINE}, {"220", "", TLS}},
     .notes = "heard 250, heard 220, "},
    {.description = "who gives up instead of speaking says goodbye",
     .gives_up = TRUE,
     .turns = {{"250", "one ", LINE}, {"250", "two ", LINE}, {"250", "three ", LINE},
               {"250", "bye ", END}},
     .notes = "heard 250, heard 250, heard 250, heard 250, "},
};
/* clang-format on */

START_TEST(a_dialogue_follows_its_table)
{
    const DialogueCase *row = &cases[_i];
    Client client = {
        .n_two = row->n_two > 0 ? row->n_two : 1,
        .skips_four = row->skips_four,
        .gives_up = row->gives_up,
        .notes = g_string_new(NULL),
    };
    g_autoptr(GString) out = g_string_new(NULL);

    mailsim_dialogue_init(&client.dialogue, &table, &client);
    ck_assert_int_eq(mailsim_dialogue_speak(&client.dialogue, out), LINE);
    ck_assert_str_eq(out->str, "");
    ck_assert_str_eq(mailsim_dialogue_get_awaited(&client.dialogue)->name, "greeting");
    client.dialogue.pipelining = row->pipelining;

    for (guint i = 0; i < G_N_ELEMENTS(row->turns) && row->turns[i].reply != NULL; i++) {
        const Turn *turn = &row->turns[i];
        MailsimWant want;

        g_string_truncate(out, 0);
        want = mailsim_dialogue_hear(&client.dialogue, turn->reply[0], turn->reply, out);
        ck_assert_msg(g_str_equal(out->str, turn->said), "%s: after “%s” it says “%s”",
                      row->description, turn->reply, out->str);
        ck_assert_msg(want == turn->want, "%s: after “%s”", row->description, turn->reply);
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

    mailsim_dialogue_init(&client.dialogue, &table, &client);
    mailsim_dialogue_speak(&client.dialogue, out);
    mailsim_dialogue_hear(&client.dialogue, '2', "250", out);
    ck_assert_int_eq(mailsim_dialogue_hear(&client.dialogue, '2', "220", out), TLS);
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
