/* SPDX-License-Identifier: MIT
 *
 * Templates, filled in: @NAME@ and its like in the texts of scenarios/templates/. */
#include <mailsim/scenario/template.h>

#include <string.h>

#include <mailsim/scenario/print.h>

#include "scenario-private.h"

#define RESOURCES "/org/mailsim/templates/"

/* Made by the build from scenarios/. */
GResource *mailsim_scenarios_get_resource(void);

typedef struct {
    const char *mark; /* “@NAME@” */
    const char *text;
} Filling;

static char *
fill(const char *kind, const MailsimTemplateOptions *options, const Filling *fillings, guint n)
{
    g_autofree char *path =
        g_strdup_printf(RESOURCES "%s.%s.scenario", kind,
                        options->language == MAILSIM_LANGUAGE_ES ? "es" : "en");
    g_autoptr(GBytes) bytes = g_resource_lookup_data(mailsim_scenarios_get_resource(), path,
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    g_autoptr(GString) text = NULL;
    gsize length;
    const char *start;

    g_assert(bytes != NULL);
    start = g_bytes_get_data(bytes, &length);
    text = g_string_new_len(start, (gssize)length);
    for (guint i = 0; i < n; i++)
        g_string_replace(text, fillings[i].mark, fillings[i].text, 0);
    return g_string_free(g_steal_pointer(&text), FALSE);
}

char *
mailsim_template_dup_new(const MailsimTemplateOptions *options)
{
    const Filling fillings[] = {
        {"@NAME@", options->name},
        {"@FILE@", options->file},
    };

    return fill("new", options, fillings, G_N_ELEMENTS(fillings));
}

/* “#[host mail]”, a line each: what belongs to the world. */
static char *
list_groups(const MailsimScenario *base)
{
    GString *list = g_string_new(NULL);

    for (guint i = 0; i < base->sections->len; i++) {
        const Section *section = g_ptr_array_index(base->sections, i);

        if (section->row->kind != MAILSIM_GROUP_SCENARIO &&
            section->row->kind != MAILSIM_GROUP_STEP &&
            section->row->kind != MAILSIM_GROUP_QUESTION)
            g_string_append_printf(list, "%s#[%s]", list->len > 0 ? "\n" : "", section->id);
    }
    return g_string_free(list, FALSE);
}

/* Steps are not included. */
static const char *const first_steps[] = {
    [MAILSIM_LANGUAGE_EN] =
        "# Steps are not included: write your own. Here is the first of @CASE@.\n"
        "# All of them: @SHOWN@\n\n@STEP@\n",
    [MAILSIM_LANGUAGE_ES] =
        "# Los pasos no se incluyen: escribe los tuyos. Este es el primero de @CASE@.\n"
        "# Todos: @SHOWN@\n\n@STEP@\n",
};

static const char *const no_steps[] = {
    [MAILSIM_LANGUAGE_EN] =
        "# Steps are not included, and @CASE@ has none: write your own, each below its\n"
        "# [step NAME]. “mailsim new -” shows what one looks like.\n",
    [MAILSIM_LANGUAGE_ES] =
        "# Los pasos no se incluyen, y @CASE@ no tiene ninguno: escribe los tuyos, cada\n"
        "# uno debajo de su [step NOMBRE]. «mailsim new -» enseña cómo es uno.\n",
};

char *
mailsim_template_dup_variant(const MailsimTemplateOptions *options,
                             const MailsimScenario *base,
                             const char *shown)
{
    const MailsimPrintOptions print = {options->language, TRUE};
    g_autofree char *groups = list_groups(base);
    const gboolean has_steps = mailsim_scenario_count_steps(base) > 0;
    g_autoptr(GString) step = g_string_new(NULL);

    if (has_steps)
        mailsim_scenario_print_step(base, 0, &print, step);

    /* The step comes last: it may say anything. */
    const Filling fillings[] = {
        {"@STEPS@\n", (has_steps ? first_steps : no_steps)[options->language]},
        {"@NAME@",    options->name                                          },
        {"@FILE@",    options->file                                          },
        {"@CASE@",    base->id                                               },
        {"@SHOWN@",   shown                                                  },
        {"@GROUPS@",  groups                                                 },
        {"@STEP@\n",  step->str                                              },
    };

    return fill("from", options, fillings, G_N_ELEMENTS(fillings));
}
