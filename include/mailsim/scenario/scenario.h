/* SPDX-License-Identifier: MIT
 *
 * A scenario: what a teacher wrote, read, merged (include, like), checked and typed. Loading
 * finds every mistake and puts it in the diagnostics; only a scenario without errors can be
 * run. */
#pragma once

#include <gio/gio.h>

#include <mailsim/base/diagnostics.h>
#include <mailsim/lab/lab.h>
#include <mailsim/recording/recording.h>

typedef enum {
    MAILSIM_STEP_SEND,
    MAILSIM_STEP_FETCH,
    MAILSIM_STEP_TALK,
    MAILSIM_STEP_SET,
    MAILSIM_STEP_LOOK,
    MAILSIM_STEP_WAIT,
} MailsimStepKind;

typedef enum {
    MAILSIM_EXPECT_OUTCOME,     /* expect.outcome */
    MAILSIM_EXPECT_TO,          /* expect.to.ADDRESS */
    MAILSIM_EXPECT_HOP,         /* expect.hop.H, expect.hop.H.1 */
    MAILSIM_EXPECT_HOP_REPLY,   /* expect.hop.H.reply */
    MAILSIM_EXPECT_HOP_DECIDED, /* expect.hop.H.decided */
    MAILSIM_EXPECT_REPLY,       /* expect.N */
    MAILSIM_EXPECT_REPLY_LACKS, /* expect.N.lacks */
    MAILSIM_EXPECT_COUNT,       /* expect.count */
    MAILSIM_EXPECT_HAS,         /* expect.has */
    MAILSIM_EXPECT_LACKS,       /* expect.lacks */
} MailsimExpectationKind;

typedef struct {
    MailsimExpectationKind kind;
    char *key;        /* as written */
    char *value;      /* as written */
    char *subject;    /* address or host; NULL for the outcome */
    gboolean first;   /* the first connection to that host, not the last */
    guint line;       /* which typed line: 1 the first, whatever its number; 0 the greeting */
    GPtrArray *words; /* of char *: the value split; one entry where it is a text */
    MailsimSpan span; /* of the value */
} MailsimExpectation;

typedef struct MailsimStep MailsimStep;

struct MailsimStep {
    char *id;
    MailsimText title;
    MailsimText intro;
    MailsimStepKind kind;
    MailsimSpan span; /* of the header */
    char *restart;    /* the host whose Postfix is stopped and started before; NULL: none */

    /* send, and of fetch the program */
    char *by_user; /* a user at a shell; NULL: a mail program sends */
    char *by_host; /* that user's host */
    MailsimMailProgramDefinition
        *program;  /* with this step's overrides; NULL: a user at a shell */
    GPtrArray *to; /* of char * */
    char *from;    /* envelope sender; NULL: the user's address, or empty */
    char *subject; /* never NULL */
    char *text;    /* never NULL, escapes undone, lines end in \n */

    /* talk */
    char *by_party; /* the machine at which somebody types */
    MailsimEndpoint *connect;
    GPtrArray *lines; /* of char *, escapes undone, in the order of their numbers */

    /* wait: one of three */
    gint64 for_us;            /* also 0 */
    MailsimTime until_us;     /* 0: see the others */
    gboolean until_empty;     /* until no queue has a message in it */
    MailsimSpan wait_span;    /* of the value that says so */
    const MailsimStep *sends; /* whose message is watched; NULL: there is none; also of send:
                                 the step itself */

    MailsimLook *look;
    MailsimLook *shows;      /* a log, all that is told of the step; NULL: everything is */
    GPtrArray *expectations; /* of MailsimExpectation */
};

typedef struct MailsimScenario MailsimScenario;

#define MAILSIM_SCENARIO_ERROR (mailsim_scenario_error_quark())
GQuark mailsim_scenario_error_quark(void);

typedef enum {
    MAILSIM_SCENARIO_ERROR_UNKNOWN,    /* neither a file nor a built-in scenario; status 2 */
    MAILSIM_SCENARIO_ERROR_UNREADABLE, /* a directory, no permission, …; status 2 */
} MailsimScenarioError;

/* Load NAME: a file if there is one of that name (a name with a slash or ending in .scenario is
 * always a file), else the built-in scenario. NULL with ERROR when there is no text to read at
 * all; otherwise a scenario, to be run only when DIAGNOSTICS has no error. */
MailsimScenario *
mailsim_scenario_load(const char *name, MailsimDiagnostics *diagnostics, GError **error);

/* The same from TEXT; FILE is the name for diagnostics. For tests and fuzzing: never fails. */
MailsimScenario *
mailsim_scenario_load_text(const char *file, GBytes *text, MailsimDiagnostics *diagnostics);
void mailsim_scenario_free(MailsimScenario *scenario);

/* Add warnings of settings that a real Postfix takes and that do harm, or nothing, at any step:
 * mynetworks with everybody in it, TLS demanded on the port 25 of an MX …; docs/lint.md lists
 * them. SCENARIO has no error. Not a part of loading: cases have such settings on purpose. */
void mailsim_scenario_lint(const MailsimScenario *scenario, MailsimDiagnostics *diagnostics);

const char *mailsim_scenario_get_id(const MailsimScenario *scenario); /* “case5” */
const char *mailsim_scenario_get_file(const MailsimScenario *scenario);
const MailsimText *mailsim_scenario_get_title(const MailsimScenario *scenario);
const MailsimText *mailsim_scenario_get_summary(const MailsimScenario *scenario);

guint mailsim_scenario_count_steps(const MailsimScenario *scenario);
const MailsimStep *mailsim_scenario_get_step(const MailsimScenario *scenario, guint index);

/* The world as it is when step INDEX acts: the groups, and every @STEP group up to that
 * step. With INDEX 0 and no steps: the groups alone. Free with mailsim_world_free(). */
MailsimWorld *mailsim_scenario_build_world(const MailsimScenario *scenario, guint index);

/* May a scenario, a host, a step be called so: a-z 0-9 -? */
gboolean mailsim_scenario_is_name(const char *name);

/* The name that is nearest to TEXT, whatever that is: “Mi Caso 1” is “mi-caso-1”; NULL when
 * nothing is left of it. It does not begin with “-”. Free with g_free(). */
char *mailsim_scenario_dup_nearest_name(const char *text);

/* What the scenario of a file FILE gets by “include = NAME”, as mailsim_scenario_load() takes
 * it: the path of NAME.scenario beside FILE where something is there, else NAME, which may be
 * built in. FILE itself need not be there. Free with g_free(). */
char *mailsim_scenario_dup_included(const char *file, const char *name);

/* Built-in scenarios: names in alphabetical order (free with g_ptr_array_unref()), and the
 * text of one, NULL when there is none of that name. */
GPtrArray *mailsim_scenario_list_builtin(void);
GBytes *mailsim_scenario_dup_builtin(const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimScenario, mailsim_scenario_free)
