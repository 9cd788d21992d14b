/* SPDX-License-Identifier: MIT
 *
 * mailsim explain: a parameter, a code, a port, a word, without a story around it; or lines of a
 * mail log, from the command line or standard input (explain-log.c). */
#include "cli-private.h"

#include <mailsim/explain/topics.h>

#include "explain-log-private.h"

typedef struct {
    MailsimAppearance appearance;
    char *format;
    gboolean list;
} Options;

static void
clear_options(Options *options)
{
    mailsim_cli_appearance_clear(&options->appearance);
    g_free(options->format);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, clear_options)

static void
complain_of(const MailsimTopics *topics, const char *word)
{
    g_autofree char *hint = mailsim_topics_dup_hint(topics, word);

    mailsim_cli_complain("explain: nothing is known of “%s”; %s", word,
                         hint != NULL ? hint : "“mailsim explain” lists what is");
}

static MailsimExit
explain_all(MailsimTopics *topics, GStrv words, MailsimLanguage language, GPtrArray *all)
{
    MailsimExit exit = MAILSIM_EXIT_SUCCESS;
    guint i = 0;

    while (words[i] != NULL) {
        guint n_words;
        GPtrArray *some = mailsim_topics_explain_first(topics, words + i, language, &n_words);

        if (some != NULL) {
            g_ptr_array_extend_and_steal(all, some);
        } else {
            complain_of(topics, words[i]);
            exit = MAILSIM_EXIT_INPUT;
        }
        i += n_words;
    }
    return exit;
}

static void
list_topics(const MailsimTopics *topics, GString *out)
{
    const GPtrArray *list = mailsim_topics_list(topics);

    for (guint i = 0; i < list->len; i++) {
        const MailsimTopic *topic = g_ptr_array_index(list, i);
        g_string_append_printf(out, "%-11s  %s\n", mailsim_subject_name(topic->subject),
                               topic->id);
    }
}

static void
show(const GPtrArray *explanations,
     gboolean json,
     const MailsimRenderOptions *render,
     GString *out)
{
    if (json) {
        mailsim_render_explanations_json(explanations, out);
        return;
    }
    for (guint i = 0; i < explanations->len; i++) {
        if (i > 0)
            g_string_append_c(out, '\n');
        mailsim_render_explanation_text(g_ptr_array_index(explanations, i), render, out);
    }
}

static void
free_explanation(gpointer explanation)
{
    mailsim_explanation_free(explanation);
}

/* Of what would have no effect, something is to be said. */
static gboolean
check_list(const Options *options, gboolean json, GStrv words)
{
    if (!options->list || (words[0] == NULL && !json))
        return TRUE;
    mailsim_cli_complain(
        words[0] != NULL ? "explain: --list lists every topic; without it, they are explained"
                         : "explain: --list is text alone; --format=json is for what is "
                           "explained");
    return FALSE;
}

/* The topics that WORDS name; without any, what there is. */
static MailsimExit
explain_topics(MailsimTopics *topics,
               GStrv words,
               gboolean json,
               const MailsimRenderOptions *render)
{
    g_autoptr(GPtrArray) explanations = g_ptr_array_new_with_free_func(free_explanation);
    g_autoptr(GString) out = g_string_new(NULL);
    MailsimExit exit = MAILSIM_EXIT_SUCCESS;

    if (words[0] == NULL)
        g_ptr_array_add(explanations, mailsim_topics_overview(topics, render->language));
    else
        exit = explain_all(topics, words, render->language, explanations);
    if (explanations->len > 0)
        show(explanations, json, render, out);
    return mailsim_cli_write(out->str, out->len) ? exit : MAILSIM_EXIT_ENVIRONMENT;
}

MailsimExit
mailsim_command_explain(GStrv arguments)
{
    static const char *const formats[] = {"text", "json", NULL};
    g_auto(Options) options = {0};
    const GOptionEntry entries[] = {
        {"format", 0, 0, G_OPTION_ARG_STRING, &options.format, NULL, NULL},
        {"list",   0, 0, G_OPTION_ARG_NONE,   &options.list,   NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_auto(GStrv) words =
        mailsim_cli_parse_page("explain", arguments, entries, &options.appearance);
    MailsimRenderOptions render = {0};
    MailsimExit exit;
    guint format = 0;

    if (words == NULL || !mailsim_cli_settle_appearance(&options.appearance, TRUE, &render) ||
        (options.format != NULL &&
         !mailsim_cli_parse_choice("--format", options.format, formats, &format)) ||
        !check_list(&options, format == 1, words))
        return MAILSIM_EXIT_INPUT;
    g_autoptr(MailsimTopics) topics = mailsim_topics_new();
    if (options.list) {
        g_autoptr(GString) out = g_string_new(NULL);

        list_topics(topics, out);
        return mailsim_cli_write(out->str, out->len) ? MAILSIM_EXIT_SUCCESS
                                                     : MAILSIM_EXIT_ENVIRONMENT;
    }
    if (mailsim_cli_explain_log(topics, words, format == 1, &render, &exit))
        return exit;
    return explain_topics(topics, words, format == 1, &render);
}
