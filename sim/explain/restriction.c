/* SPDX-License-Identifier: MIT
 *
 * The words of the restriction lists, and in which lists of Debian's they stand. */
#include "explain-private.h"

#include <string.h>

#include <mailsim/settings/expansion.h>
#include <mailsim/settings/postfix-parameter.h>

void
restriction_add_topics(MailsimTopics *topics)
{
    const GPtrArray *words = mailsim_restriction_list();

    for (guint i = 0; i < words->len; i++) {
        const char *word = g_ptr_array_index(words, i);
        topics_add(topics, MAILSIM_SUBJECT_RESTRICTION, word, "restrictions", word);
    }
}

static gboolean
lists(const char *value, const char *word)
{
    g_auto(GStrv) members = mailsim_expansion_split(value != NULL ? value : "");

    return g_strv_contains((const char *const *)members, word);
}

static void
tell_lists(const Teller *teller)
{
    const GPtrArray *services = mailsim_postfix_service_list();
    const GPtrArray *names = mailsim_postfix_parameter_list();
    MailsimExplanationFact *fact = teller_fact(teller, "debian", "Debian", "Debian");

    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);

        if (g_strcmp0(mailsim_postfix_parameter_get_type(name), "restrictions") != 0)
            continue;
        if (lists(mailsim_postfix_parameter_get_default(name), teller->topic->name))
            mailsim_explanation_fact_add(fact, name, "main.cf");
        for (guint j = 0; j < services->len; j++) {
            const char *service = g_ptr_array_index(services, j);

            if (lists(mailsim_postfix_service_default(service, name), teller->topic->name))
                mailsim_explanation_fact_add(fact, name, service);
        }
    }
}

void
restriction_tell(const Teller *teller)
{
    const gboolean built = mailsim_restriction_is_built(teller->topic->name);
    const char *gloss = teller_gloss(teller, "restrictions", teller->topic->name);

    if (teller->explanation->text->len == 0 && gloss != NULL) {
        g_autofree char *sentence = teller_dup_sentence(gloss);
        mailsim_explanation_add_text(teller->explanation, sentence);
    }
    tell_lists(teller);
    teller_tell(teller, "lab", "in the lab", "en mailsim", NULL,
                built ? teller_say(teller, "obeyed", "se obedece")
                      : teller_say(teller, "not built yet", "aún sin hacer"));
}
