/* SPDX-License-Identifier: MIT
 *
 * Codes. Any code can be explained by its digits (RFC 5321 §4.2.1, RFC 3463), whose meanings
 * are texts in classes.ini; what Postfix uses a code for is in replies.ini and enhanced.ini. */
#include "explain-private.h"

#include <string.h>

#include <mailsim/settings/postfix-parameter.h>

/* ---- reading ----------------------------------------------------------------------------- */

/* “454”, then the end, a blank or a hyphen. */
static gboolean
begins_with_reply(const char *words)
{
    return words[0] >= '2' && words[0] <= '5' && words[1] >= '0' && words[1] <= '5' &&
           g_ascii_isdigit(words[2]) && (words[3] == '\0' || strchr(" -", words[3]) != NULL);
}

/* The length of “4.7.1” at the beginning of WORDS; 0: it is none. */
static gsize
measure_enhanced(const char *words)
{
    gsize length = 2;

    if (words[0] == '\0' || strchr("245Xx", words[0]) == NULL || words[1] != '.')
        return 0;
    for (guint part = 0; part < 2; part++) {
        const gsize digits = strspn(words + length, "0123456789");

        if (digits < 1 || digits > 3)
            return 0;
        length += digits;
        if (part == 0 && words[length++] != '.')
            return 0;
    }
    return words[length] == '\0' || strchr(" ,:;", words[length]) != NULL ? length : 0;
}

static void
find_code(MailsimTopics *topics, MailsimSubject subject, const char *code, GPtrArray *found)
{
    for (guint i = 0; i < topics->topics->len; i++) {
        OwnTopic *topic = g_ptr_array_index(topics->topics, i);

        if (topic->topic.subject == subject && strcmp(topic->topic.id, code) == 0) {
            g_ptr_array_add(found, topic);
            return;
        }
    }
    g_ptr_array_add(found, topics_make(topics, subject, code));
}

void
code_find(MailsimTopics *topics, const char *words, GPtrArray *found)
{
    g_autofree char *stripped = g_strstrip(g_strdup(words));
    const char *rest = stripped;

    if (begins_with_reply(rest)) {
        g_autofree char *code = g_strndup(rest, 3);

        find_code(topics, MAILSIM_SUBJECT_REPLY, code, found);
        rest += rest[3] == '\0' ? 3 : 4;
    } else if (g_str_has_prefix(rest, "dsn=")) {
        rest += strlen("dsn=");
    }
    const gsize length = measure_enhanced(rest);
    if (length > 0) {
        g_autofree char *code = g_strndup(rest, length);

        code[0] = g_ascii_toupper(code[0]);
        find_code(topics, MAILSIM_SUBJECT_ENHANCED, code, found);
    }
}

/* ---- telling ----------------------------------------------------------------------------- */

static void
tell_digits(const Teller *teller,
            MailsimExplanationFact *fact,
            const char *word,
            const char *id)
{
    const char *gloss = teller_gloss(teller, "classes", id);

    mailsim_explanation_fact_add(
        fact, word,
        gloss != NULL ? gloss
                      : teller_say(teller, "not in the registry", "no figura en el registro"));
}

/* The parameters that are set to CODE, of Postfix's own defaults. */
static void
tell_parameters(const Teller *teller, const char *code)
{
    const GPtrArray *names = mailsim_postfix_parameter_list();
    MailsimExplanationFact *fact =
        teller_fact(teller, "parameters", "default of", "por defecto en");

    fact->is_list = TRUE;
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);

        if (g_str_has_suffix(name, "_code") &&
            g_strcmp0(mailsim_postfix_parameter_get_built_in(name), code) == 0)
            mailsim_explanation_fact_add(fact, name, NULL);
    }
}

void
code_tell_reply(const Teller *teller)
{
    const char *code = teller->topic->name;
    const char first[] = {code[0], 'x', 'x', '\0'};
    const char second[] = {'x', code[1], 'x', '\0'};
    g_autofree char *class_id = g_strdup_printf("reply %s", first);
    g_autofree char *kind_id = g_strdup_printf("reply %s", second);
    MailsimExplanationFact *fact;

    if (teller->explanation->text->len == 0)
        mailsim_explanation_add_text(
            teller->explanation,
            teller_say(
                teller, "No code that Postfix's SMTP server is known for. Its digits say:",
                "No es un código habitual del servidor SMTP de Postfix. Sus cifras dicen:"));
    fact = teller_fact(teller, "digits", "digits", "cifras");
    tell_digits(teller, fact, first, class_id);
    tell_digits(teller, fact, second, kind_id);
    tell_parameters(teller, code);
}

void
code_tell_enhanced(const Teller *teller)
{
    g_auto(GStrv) parts = g_strsplit(teller->topic->name, ".", 3);
    g_autofree char *first = g_strdup_printf("%s.x.x", parts[0]);
    g_autofree char *second = g_strdup_printf("x.%s.x", parts[1]);
    g_autofree char *third = g_strdup_printf("x.%s.%s", parts[1], parts[2]);
    MailsimExplanationFact *fact = teller_fact(teller, "digits", "digits", "cifras");

    if (teller->explanation->text->len == 0)
        mailsim_explanation_add_text(
            teller->explanation,
            teller_say(teller, "No code that Postfix is known for. Its digits say:",
                       "No es un código habitual de Postfix. Sus cifras dicen:"));
    if (parts[0][0] != 'X')
        tell_digits(teller, fact, first, first);
    tell_digits(teller, fact, second, second);
    tell_digits(teller, fact, third, third);
}
