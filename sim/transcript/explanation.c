/* SPDX-License-Identifier: MIT
 *
 * An explanation as it is held: who explains fills it, who shows it reads it. */
#include <mailsim/transcript/explanation.h>

static void
free_row(gpointer data)
{
    MailsimExplanationRow *row = data;

    g_free(row->word);
    g_free(row->text);
    g_free(row);
}

static void
free_fact(gpointer data)
{
    MailsimExplanationFact *fact = data;

    g_free(fact->name);
    g_free(fact->label);
    g_ptr_array_unref(fact->rows);
    g_free(fact);
}

MailsimExplanation *
mailsim_explanation_new(const char *topic,
                        const char *title,
                        const char *subject,
                        const char *kind)
{
    MailsimExplanation *self = g_new0(MailsimExplanation, 1);

    self->topic = g_strdup(topic);
    self->title = g_strdup(title);
    self->subject = g_strdup(subject);
    self->kind = g_strdup(kind);
    self->text = g_ptr_array_new_with_free_func(g_free);
    self->facts = g_ptr_array_new_with_free_func(free_fact);
    return self;
}

void
mailsim_explanation_free(MailsimExplanation *self)
{
    if (self == NULL)
        return;
    g_free(self->topic);
    g_free(self->title);
    g_free(self->subject);
    g_free(self->kind);
    g_free(self->place);
    g_free(self->quoted);
    g_ptr_array_unref(self->text);
    g_ptr_array_unref(self->facts);
    g_free(self);
}

void
mailsim_explanation_add_text(MailsimExplanation *self, const char *text)
{
    g_ptr_array_add(self->text, g_strdup(text));
}

MailsimExplanationFact *
mailsim_explanation_add_fact(MailsimExplanation *self, const char *name, const char *label)
{
    MailsimExplanationFact *fact = g_new0(MailsimExplanationFact, 1);

    fact->name = g_strdup(name);
    fact->label = g_strdup(label);
    fact->rows = g_ptr_array_new_with_free_func(free_row);
    g_ptr_array_add(self->facts, fact);
    return fact;
}

void
mailsim_explanation_fact_add(MailsimExplanationFact *fact, const char *word, const char *text)
{
    MailsimExplanationRow *row = g_new0(MailsimExplanationRow, 1);

    row->word = g_strdup(word);
    row->text = g_strdup(text);
    g_ptr_array_add(fact->rows, row);
}
