/* SPDX-License-Identifier: MIT
 *
 * The engine that walks a client through its table: see the header for the idea,
 * smtp/smtp-client.c, fetch/imap-client.c and fetch/pop3-client.c for the tables. */
#include <mailsim/session/dialogue.h>

#include <string.h>

void
mailsim_dialogue_init(MailsimDialogue *dialogue,
                      const MailsimDialogueTable *table,
                      gpointer client)
{
    dialogue->table = table;
    dialogue->client = client;
    dialogue->cursor = 0;
    dialogue->awaited = g_queue_new();
    dialogue->pipelining = FALSE;
}

void
mailsim_dialogue_clear(MailsimDialogue *dialogue)
{
    g_clear_pointer(&dialogue->awaited, g_queue_free);
}

/* RFC 2920 §3.1: a step that depends on an earlier answer waits until all of them are heard. */
static gboolean
may_be_said(const MailsimDialogue *dialogue, const MailsimDialogueStep *step)
{
    if (g_queue_is_empty(dialogue->awaited))
        return TRUE;
    return dialogue->pipelining && (step->flags & MAILSIM_STEP_PIPELINE) != 0;
}

MailsimWant
mailsim_dialogue_speak(MailsimDialogue *dialogue, GString *out)
{
    while (dialogue->cursor < dialogue->table->n_steps) {
        const MailsimDialogueStep *step = &dialogue->table->steps[dialogue->cursor];
        MailsimSaid said = MAILSIM_SAID_ALL;

        if (!may_be_said(dialogue, step))
            break;
        if (step->say != NULL)
            said = step->say(dialogue->client, out);
        if (said == MAILSIM_SAID_GIVE_UP) {
            g_assert(!mailsim_dialogue_is_goodbye(dialogue, step));
            dialogue->cursor = dialogue->table->n_steps - 1;
            continue;
        }
        if (said != MAILSIM_SAID_MORE)
            dialogue->cursor++;
        if (said != MAILSIM_SAID_NOTHING && (step->flags & MAILSIM_STEP_UNHEARD) == 0)
            g_queue_push_tail(dialogue->awaited, (gpointer)step);
    }
    return g_queue_is_empty(dialogue->awaited) ? MAILSIM_WANT_END : MAILSIM_WANT_LINE;
}

static MailsimHeard
conclude(MailsimDialogue *dialogue,
         const MailsimDialogueStep *step,
         char class,
         gconstpointer reply)
{
    if (strchr(step->accepts, class) == NULL)
        return dialogue->table->refused(dialogue->client, step, reply);
    return step->hear != NULL ? step->hear(dialogue->client, reply) : MAILSIM_HEARD_NEXT;
}

MailsimWant
mailsim_dialogue_hear(MailsimDialogue *dialogue, char class, gconstpointer reply, GString *out)
{
    const MailsimDialogueStep *step = g_queue_pop_head(dialogue->awaited);

    g_assert(step != NULL);
    switch (conclude(dialogue, step, class, reply)) {
    case MAILSIM_HEARD_NEXT:
        break;
    case MAILSIM_HEARD_AGAIN:
        dialogue->cursor = (guint)(step - dialogue->table->steps);
        break;
    case MAILSIM_HEARD_SECURE:
        g_assert(g_queue_is_empty(dialogue->awaited));
        return MAILSIM_WANT_TLS;
    case MAILSIM_HEARD_GIVE_UP:
        dialogue->cursor = dialogue->table->n_steps - 1;
        break;
    }
    return mailsim_dialogue_speak(dialogue, out);
}

const MailsimDialogueStep *
mailsim_dialogue_get_awaited(const MailsimDialogue *dialogue)
{
    return g_queue_peek_head(dialogue->awaited);
}

gboolean
mailsim_dialogue_is_goodbye(const MailsimDialogue *dialogue, const MailsimDialogueStep *step)
{
    return step == &dialogue->table->steps[dialogue->table->n_steps - 1];
}
