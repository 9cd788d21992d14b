/* SPDX-License-Identifier: MIT
 *
 * Settings of dovecot.conf. Those that no text tells of are at least named and given their
 * value. */
#include "explain-private.h"

#include <mailsim/settings/dovecot-setting.h>

void
dovecot_add_topics(MailsimTopics *topics)
{
    const GPtrArray *names = mailsim_dovecot_setting_list();

    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        topics_add(topics, MAILSIM_SUBJECT_DOVECOT, name, "dovecot", name);
    }
}

void
dovecot_tell(const Teller *teller)
{
    const char *name = teller->topic->name;
    const char *value = mailsim_dovecot_setting_get_default(name);

    if (teller->explanation->text->len == 0)
        mailsim_explanation_add_text(
            teller->explanation,
            teller_say(
                teller,
                "A setting outside the sections of dovecot.conf. The lessons do not need "
                "it, and mailsim has no text about it.",
                "Un ajuste de dovecot.conf, de los que van fuera de las secciones. En las "
                "lecciones no hace falta y mailsim no tiene texto sobre él."));
    teller_tell(teller, "debian", "Debian", "Debian",
                *value != '\0' ? value : teller_say(teller, "(empty)", "(vacío)"), NULL);
    teller_tell(teller, "lab", "in the lab", "en mailsim", NULL,
                mailsim_dovecot_setting_has_effect(name)
                    ? teller_say(teller, "obeyed", "se obedece")
                    : teller_say(teller, "without effect", "sin efecto"));
}

void
dovecot_tell_assignment(const Teller *teller, const char *value)
{
    g_autofree char *hint = NULL;
    gboolean is_warning = FALSE;
    g_autofree char *problem =
        mailsim_dovecot_setting_check(teller->topic->name, value, &hint, &is_warning);

    teller_tell_assignment(teller, value, problem, hint);
}
