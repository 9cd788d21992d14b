/* SPDX-License-Identifier: MIT
 *
 * What the commands share: exit status, language, and writing without a locale. */
#pragma once

#include <mailsim/base/diagnostics.h>
#include <mailsim/recording/recording.h>
#include <mailsim/scenario/scenario.h>
#include <mailsim/transcript/render.h>

/* The exit status of the program. */
typedef enum {
    MAILSIM_EXIT_SUCCESS = 0,
    MAILSIM_EXIT_EXPECTATION = 1, /* an expectation does not hold */
    MAILSIM_EXIT_INPUT = 2,       /* the scenario or the command line is wrong */
    MAILSIM_EXIT_ENVIRONMENT = 3, /* the machine failed us */
} MailsimExit;

typedef struct {
    const char *name;
    const char *arguments[MAILSIM_LANGUAGES]; /* by language, as is all that people read */
    const char *summary[MAILSIM_LANGUAGES];
    MailsimExit (*run)(GStrv arguments); /* what follows the command's name, NULL-terminated */
} MailsimCommandLineCommand;

/* All of them; the last one has no name: commands.c. */
extern const MailsimCommandLineCommand mailsim_cli_commands[];

/* NULL: there is none of that NAME. */
const MailsimCommandLineCommand *mailsim_cli_find_command(const char *name);

MailsimExit mailsim_command_certs(GStrv arguments);
MailsimExit mailsim_command_new(GStrv arguments);
MailsimExit mailsim_command_run(GStrv arguments);
MailsimExit mailsim_command_serve(GStrv arguments);
MailsimExit mailsim_command_list(GStrv arguments);
MailsimExit mailsim_command_matrix(GStrv arguments);
MailsimExit mailsim_command_show(GStrv arguments);
MailsimExit mailsim_command_check(GStrv arguments);
MailsimExit mailsim_command_explain(GStrv arguments);

/* Of the environment: LC_ALL, LC_MESSAGES, LANG, else English. Read as text: it must work where
 * no locale is installed. */
MailsimLanguage mailsim_cli_get_language(void);

/* What --lang=WORD (NULL: not given, so the environment's) asks for; FALSE, with a word on
 * standard error: there is no such language. */
gboolean mailsim_cli_settle_language(const char *word, MailsimLanguage *language);

/* TEXT to standard output, as UTF-8. FALSE, with a word on standard error: it could not all be
 * written. */
gboolean mailsim_cli_write(const char *text, gsize length);

/* OUT to the file PATH, or to standard output when it is NULL. FALSE, with a word on standard
 * error: it could not be. A file is written whole or not at all, and so it is a new one in the
 * place of the old: with its permissions, but it belongs to whoever writes, and other names of
 * the old one (hard links) keep the old text. Symbolic links are followed and stay, also those
 * to a file that is not there yet; devices and pipes are written to: output.c. */
gboolean mailsim_cli_deliver(const char *path, const GString *out);

/* OUT to a new file PATH, whole or not at all. What has that name, be it a link to nothing,
 * stays, and of two who want it only one gets it; each is told: output.c. */
MailsimExit mailsim_cli_create(const char *path, const GString *out);

void mailsim_cli_complain(const char *format, ...) G_GNUC_PRINTF(1, 2);
void mailsim_cli_write_diagnostics(const MailsimDiagnostics *diagnostics, gboolean all);

/* Parse ARGUMENTS by ENTRIES; the words that are left, to be freed with g_strfreev(); NULL,
 * with a word on standard error: an option is wrong: arguments.c. */
GStrv mailsim_cli_parse(const char *command, GStrv arguments, const GOptionEntry *entries);

/* How a transcript looks, as the command line says: appearance.c. Strings are owned. */
typedef struct {
    char *language;
    char *colour;
    gboolean ascii;

    /* of a run */
    char *detail;
    gboolean quiet;
    gboolean all; /* of the mistakes */
} MailsimAppearance;

void mailsim_cli_appearance_clear(MailsimAppearance *appearance);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimAppearance, mailsim_cli_appearance_clear)

/* As mailsim_cli_parse(), with the options that a page has besides ENTRIES: --lang, --ascii,
 * --color. */
GStrv mailsim_cli_parse_page(const char *command,
                             GStrv arguments,
                             const GOptionEntry *entries,
                             MailsimAppearance *appearance);

/* With those of a run, too: --detail, --quiet, --all. */
GStrv mailsim_cli_parse_run(const char *command,
                            GStrv arguments,
                            const GOptionEntry *entries,
                            MailsimAppearance *appearance);

/* FALSE, with a word on standard error: APPEARANCE asks for what there is not. */
gboolean mailsim_cli_settle_appearance(const MailsimAppearance *appearance,
                                       gboolean to_standard_output,
                                       MailsimRenderOptions *render);

/* The place of WORD in WORDS (NULL-terminated); FALSE, with a word on standard error: it is
 * none of them. */
gboolean mailsim_cli_parse_choice(const char *option,
                                  const char *word,
                                  const char *const *words,
                                  guint *choice);

/* How finished runs are shown: at once, or bit by bit. */
typedef struct {
    enum {
        MAILSIM_PLAYING_NOT,
        MAILSIM_PLAYING_BY_KEYS,
        MAILSIM_PLAYING_BY_CLOCK,
    } mode;
    gboolean by_lines; /* with keys: stop between a command and its answer */
    double pace;       /* with the clock: seconds of virtual time in a second */
} MailsimPlaying;

/* What --step=STEP and --pace=PACE (NULL: not given) ask for; FALSE, with a word on standard
 * error: it cannot be. */
gboolean
mailsim_cli_settle_playing(const char *step, const char *pace, MailsimPlaying *playing);

/* Show RECORDINGS (of MailsimRecording), one after the other, until all has been shown or
 * nobody wants more. FALSE, with a word on standard error: they could not be. */
gboolean mailsim_cli_play(const GPtrArray *recordings,
                          const MailsimRenderOptions *render,
                          const MailsimPlaying *playing);

/* Load and check, the mistakes being the caller's to print; NULL, with a word on standard
 * error: there is nothing to read. */
MailsimScenario *mailsim_cli_read(const char *name, MailsimDiagnostics *diagnostics);

/* The same; NULL, with all mistakes on standard error: it cannot be run. */
MailsimScenario *
mailsim_cli_load(const char *name, MailsimDiagnostics *diagnostics, gboolean all);
