/* SPDX-License-Identifier: MIT
 *
 * How something is done on a real machine: what is typed, program by program, and what is
 * clicked at where there is nothing to type. */
#include "explain-private.h"

#include <string.h>

/* A command goes on behind a backslash, so that all of its lines can be copied into a shell. */
static void
tell_command(const Teller *teller, const TopicCommand *command)
{
    MailsimExplanationFact *fact =
        mailsim_explanation_add_fact(teller->explanation, command->name, command->name);

    for (char **line = command->lines; *line != NULL; line++) {
        g_autofree char *shown = g_strconcat(*line, line[1] != NULL ? " \\" : "", NULL);

        mailsim_explanation_fact_add(fact, shown, NULL);
    }
}

/* CHOICES: “Thunderbird: Settings → …”. */
static void
tell_choices(const Teller *teller, const char *choices)
{
    const char *colon = strstr(choices, ": ");
    g_autofree char *program = g_strndup(choices, (gsize)(colon - choices));

    mailsim_explanation_fact_add(
        mailsim_explanation_add_fact(teller->explanation, program, program), NULL,
        colon + strlen(": "));
}

void
guide_tell(const Teller *teller)
{
    const TopicText *text = teller->topic->text;

    for (guint i = 0; i < text->commands->len; i++)
        tell_command(teller, g_ptr_array_index(text->commands, i));
    if (text->choices[teller->language] != NULL)
        tell_choices(teller, text->choices[teller->language]);
}
