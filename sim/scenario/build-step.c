/* SPDX-License-Identifier: MIT
 *
 * Steps, typed: who does what with which settings, and what is expected of it. */
#include "scenario-private.h"

#include <string.h>

#include "value-private.h"

static void
free_expectation(gpointer data)
{
    MailsimExpectation *expectation = data;

    g_free(expectation->key);
    g_free(expectation->value);
    g_free(expectation->subject);
    g_clear_pointer(&expectation->words, g_ptr_array_unref);
    g_free(expectation);
}

static void
free_step(gpointer data)
{
    MailsimStep *step = data;

    g_free(step->id);
    g_free(step->restart);
    mailsim_text_clear(&step->title);
    mailsim_text_clear(&step->intro);
    g_free(step->by_user);
    g_free(step->by_host);
    if (step->program)
        mailsim_mail_program_definition_free(step->program);
    g_clear_pointer(&step->to, g_ptr_array_unref);
    g_free(step->from);
    g_free(step->subject);
    g_free(step->text);
    g_free(step->by_party);
    g_clear_pointer(&step->connect, mailsim_endpoint_free);
    g_clear_pointer(&step->lines, g_ptr_array_unref);
    mailsim_look_free(step->look);
    mailsim_look_free(step->shows);
    g_ptr_array_unref(step->expectations);
    g_free(step);
}

void
build_translations(const Section *section, const char *key, MailsimText *text)
{
    g_auto(Problem) problem = {0};
    const MailsimEntry *en = section_find_locale(section, key, "en");
    const MailsimEntry *es = section_find_locale(section, key, "es");

    text->plain = build_text(section, key, NULL);
    text->en = en ? value_unescape(en->value, &problem) : NULL;
    text->es = es ? value_unescape(es->value, &problem) : NULL;
}

/* --- Expectations --- */

static MailsimExpectationKind
find_kind(const char *name)
{
    static const struct {
        const char *name;
        MailsimExpectationKind kind;
    } kinds[] = {
        {"expect.to.ADDRESS",    MAILSIM_EXPECT_TO         },
        {"expect.hop.H",         MAILSIM_EXPECT_HOP        },
        {"expect.hop.H.1",       MAILSIM_EXPECT_HOP        },
        {"expect.hop.H.reply",   MAILSIM_EXPECT_HOP_REPLY  },
        {"expect.hop.H.decided", MAILSIM_EXPECT_HOP_DECIDED},
        {"expect.N",             MAILSIM_EXPECT_REPLY      },
        {"expect.N.lacks",       MAILSIM_EXPECT_REPLY_LACKS},
        {"expect.count",         MAILSIM_EXPECT_COUNT      },
        {"expect.has",           MAILSIM_EXPECT_HAS        },
        {"expect.lacks",         MAILSIM_EXPECT_LACKS      },
    };

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].name, name) == 0)
            return kinds[i].kind;
    return MAILSIM_EXPECT_OUTCOME;
}

static char *
find_subject(const MailsimExpectation *expectation)
{
    const char *key = expectation->key;

    if (expectation->kind == MAILSIM_EXPECT_TO)
        return g_strdup(key + strlen("expect.to."));
    if (!g_str_has_prefix(key, "expect.hop."))
        return NULL;
    key += strlen("expect.hop.");
    return g_strndup(key, strcspn(key, "."));
}

static gboolean
is_escaped(MailsimValueType type)
{
    return type == MAILSIM_TYPE_TEXT || type == MAILSIM_TYPE_LINE;
}

static MailsimExpectation *
build_expectation(const Section *section, const MailsimEntry *entry, const MailsimKeyRow *row)
{
    MailsimExpectation *expectation = g_new0(MailsimExpectation, 1);
    gboolean is_text = is_escaped(row->type) || row->type == MAILSIM_TYPE_RAW;

    expectation->kind = find_kind(row->name);
    expectation->key = g_strdup(entry->key);
    expectation->value = g_strdup(entry->value);
    expectation->subject = find_subject(expectation);
    expectation->first = strcmp(row->name, "expect.hop.H.1") == 0;
    expectation->span = entry->value_span;
    if (g_str_has_prefix(row->name, "expect.N"))
        expectation->line = build_line_position(section, entry->key + strlen("expect."));
    if (is_text) {
        g_auto(Problem) problem = {0};

        expectation->words = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(expectation->words, is_escaped(row->type)
                                                ? value_unescape(entry->value, &problem)
                                                : g_strdup(entry->value));
    } else {
        expectation->words = value_split(entry->value);
    }
    return expectation;
}

static void
build_expectations(const Section *section, MailsimStep *step)
{
    step->expectations = g_ptr_array_new_with_free_func(free_expectation);
    for (guint i = 0; i < section->entries->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(section->entries, i);
        const MailsimKeyRow *row = mailsim_key_table_find_key(MAILSIM_GROUP_STEP, entry->key);

        if (g_str_has_prefix(row->name, "expect."))
            g_ptr_array_add(step->expectations, build_expectation(section, entry, row));
    }
}

/* --- Sending --- */

/* The mail program as it is by now, and with what this step says of it. */
static void
build_sender(const MailsimScenario *scenario,
             const Overlay *overlay,
             const MailsimWorld *world,
             const Section *section,
             MailsimStep *step)
{
    const char *by = section_get(section, "by");

    for (guint i = 0; i < world->mail_programs->len; i++) {
        const MailsimMailProgramDefinition *program =
            g_ptr_array_index(world->mail_programs, i);

        if (strcmp(program->name, by) == 0) {
            step->program = mailsim_mail_program_definition_copy(program);
            build_mail_program(scenario, overlay, section, step->program);
            return;
        }
    }

    g_autoptr(GPtrArray) hosts = find_user_hosts(scenario, by);
    const Section *host = g_ptr_array_index(hosts, 0);

    step->by_user = build_user_name(by);
    step->by_host = g_strdup(host->names[0]);
}

static void
build_message(const Section *section, MailsimStep *step)
{
    g_autofree char *text = build_text(section, "text", "This is a test message.\n");

    step->to = value_split(section_get(section, "to"));
    step->from = g_strdup(section_get(section, "from"));
    step->subject = build_text(section, "subject", "Test");
    step->text = g_str_has_suffix(text, "\n") || *text == '\0' ? g_steal_pointer(&text)
                                                               : g_strconcat(text, "\n", NULL);
}

static MailsimStepKind
find_step_kind(const char *does)
{
    static const struct {
        const char *does;
        MailsimStepKind kind;
    } kinds[] = {
        {"fetch", MAILSIM_STEP_FETCH},
        {"talk",  MAILSIM_STEP_TALK },
        {"set",   MAILSIM_STEP_SET  },
        {"look",  MAILSIM_STEP_LOOK },
        {"wait",  MAILSIM_STEP_WAIT },
    };

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (strcmp(kinds[i].does, does) == 0)
            return kinds[i].kind;
    return MAILSIM_STEP_SEND;
}

static void
build_action(const MailsimScenario *scenario,
             const Overlay *overlay,
             const MailsimWorld *world,
             const Section *section,
             MailsimStep *step)
{
    step->kind = find_step_kind(section_get(section, "do"));
    switch (step->kind) {
    case MAILSIM_STEP_SEND:
        build_sender(scenario, overlay, world, section, step);
        build_message(section, step);
        step->sends = step;
        break;
    case MAILSIM_STEP_FETCH:
        build_sender(scenario, overlay, world, section, step);
        break;
    case MAILSIM_STEP_TALK:
        build_talk(scenario, overlay, section, step);
        break;
    case MAILSIM_STEP_LOOK:
        step->look = build_look(scenario, section_get(section, "at"));
        break;
    case MAILSIM_STEP_WAIT:
        build_wait(scenario, section, step);
        break;
    case MAILSIM_STEP_SET:
        break;
    }
}

void
build_steps(MailsimScenario *scenario)
{
    const GPtrArray *sections = scenario->by_kind[MAILSIM_GROUP_STEP];
    g_autoptr(Overlay) overlay = overlay_new(scenario);
    g_autoptr(MailsimWorld) world = NULL;

    scenario->steps = g_ptr_array_new_with_free_func(free_step);
    for (guint i = 0; i < sections->len; i++) {
        const Section *section = g_ptr_array_index(sections, i);
        MailsimStep *step = g_new0(MailsimStep, 1);

        /* A new world only where something has changed: most steps change nothing. */
        overlay_apply(overlay, section->names[0]);
        if (!world || g_hash_table_contains(scenario->by_step, section->names[0])) {
            g_clear_pointer(&world, mailsim_world_free);
            world = mailsim_scenario_build_world(scenario, i);
        }
        step->id = g_strdup(section->names[0]);
        step->span = section->span;
        step->restart = g_strdup(section_get(section, "restart"));
        build_translations(section, "title", &step->title);
        build_translations(section, "intro", &step->intro);
        if (section_get(section, "show"))
            step->shows = build_look(scenario, section_get(section, "show"));
        build_expectations(section, step);
        build_action(scenario, overlay, world, section, step);
        g_ptr_array_add(scenario->steps, step);
    }
}
