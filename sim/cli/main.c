/* SPDX-License-Identifier: MIT
 *
 * The program mailsim: its commands in one table, help from it, and the way to each. */
#include "cli-private.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <mailsim/base/suggestion.h>

#include "terminal-private.h"

/* clang-format off */
static const MailsimCommandLineCommand commands[] = {
    {"run", "CASE|FILE...",
     {"replay a case and explain it", "reproduce un caso y lo explica"},
     mailsim_command_run},
    {"serve", "CASE|FILE",
     {"its servers on this machine, for real mail programs",
      "sus servidores aquí, para programas de correo reales"},
     mailsim_command_serve},
    {"list", "",
     {"the cases, a line each", "los casos, uno por línea"},
     mailsim_command_list},
    {"show", "CASE...",
     {"the scenario file of a case, to copy and change",
      "el fichero de un caso, para copiarlo y cambiarlo"},
     mailsim_command_show},
    {"new", "NAME",
     {"a small scenario to begin with, with comments",
      "un escenario pequeño para empezar, con comentarios"},
     mailsim_command_new},
    {"check", "FILE...",
     {"find mistakes and settings that do harm, run nothing",
      "busca errores y ajustes que hacen daño, no ejecuta nada"},
     mailsim_command_check},
    {"explain", "[TOPIC...]",
     {"a parameter, a reply code, a port, a word", "un parámetro, un código, un puerto, una palabra"},
     mailsim_command_explain},
};
/* clang-format on */

/* Commands of the plan: whoever has read of them is told, not left to guess. */
static const char *const planned[] = {"matrix", "quiz"};

static const char *const help_options[] = {
    [MAILSIM_LANGUAGE_EN] =
        "\nOptions of run and serve:\n"
        "  --lang=es|en                language of titles and notes (else: of the locale)\n"
        "  --detail=brief|normal|full  how much is shown and explained\n"
        "  -q, --quiet                 run: outcomes and failed expectations alone;\n"
        "                              serve: where the servers are, and no more\n"
        "  --ascii                     no character beyond ASCII\n"
        "  --color=auto|always|never   auto: on a terminal, unless NO_COLOR is set\n"
        "\nOptions of run:\n"
        "  --format=text|json          for people, or for programs\n"
        "  -o, --output=FILE           into a file, whole or not at all\n"
        "  --step                      for a projector: wait for a key at each step;\n"
        "                              ? shows the keys\n"
        "  --step=line                 wait before each answer as well\n"
        "  --pace=FACTOR               no keys, but virtual time: 1, or 0.1 for ten times\n"
        "                              slower; a wait lasts 3 s of it at most\n"
        "\nOptions of explain (--lang, --ascii and --color as well; without a TOPIC, what\n"
        "there is):\n"
        "  --format=text|json          for people, or for programs\n"
        "  --list                      every topic, a line each\n"
        "\nOptions of serve (the first host is at 127.0.0.1, the next at 127.0.0.2 …;\n"
        "Ctrl-C ends it):\n"
        "  --port-offset=N             what is added to each port (else: 10000)\n"
        "  --listen=ADDRESS            loopback address of the first host\n"
        "  --client-address=ADDRESS    the address in the lab that visitors have: a mail\n"
        "                              program's, a host's or another's (else: unknown)\n"
        "  --until-idle=SECONDS        end when nobody has been there for so long\n"
        "\nOptions of show:\n"
        "  --world                     of a case or a file: all that it contains, after\n"
        "                              include, like and defaults, as a scenario file\n"
        "  -q, --quiet                 without comments (--lang: their language)\n"
        "\nOptions of new (NAME.scenario is written; - writes to standard output):\n"
        "  --from=CASE                 the world of a case, and its first step\n"
        "  --force                     write over a file that is there\n"
        "  --lang=es|en                language of the comments\n"
        "\nOptions of run, serve, check and show --world:\n"
        "  --all                       all mistakes, not the first 20, and the names of\n"
        "                              all parameters without effect\n"
        "\nOther options:\n"
        "  -h, --help                  this text\n"
        "  --version                   the version\n"
        "\nExit status: 0 all expectations hold, 1 one does not, 2 the scenario or the\n"
        "command line is wrong, 3 the machine failed.\n",
    [MAILSIM_LANGUAGE_ES] =
        "\nOpciones de run y serve:\n"
        "  --lang=es|en                idioma de títulos y notas (si no, el del entorno)\n"
        "  --detail=brief|normal|full  cuánto se muestra y se explica\n"
        "  -q, --quiet                 run: solo resultados y expectativas incumplidas;\n"
        "                              serve: dónde están los servidores y nada más\n"
        "  --ascii                     ningún carácter fuera de ASCII\n"
        "  --color=auto|always|never   auto: en un terminal, salvo con NO_COLOR\n"
        "\nOpciones de run:\n"
        "  --format=text|json          para personas o para programas\n"
        "  -o, --output=FICHERO        a un fichero, entero o nada\n"
        "  --step                      para un proyector: espera una tecla en cada paso;\n"
        "                              ? muestra las teclas\n"
        "  --step=line                 espera también antes de cada respuesta\n"
        "  --pace=FACTOR               sin teclas, en tiempo virtual: 1, o 0.1 para ir\n"
        "                              diez veces más lento; una espera, 3 s como mucho\n"
        "\nOpciones de explain (y --lang, --ascii y --color; sin TEMA, lo que hay):\n"
        "  --format=text|json          para personas o para programas\n"
        "  --list                      todos los temas, uno por línea\n"
        "\nOpciones de serve (el primer servidor está en 127.0.0.1, el siguiente en\n"
        "127.0.0.2 …; se termina con Ctrl-C):\n"
        "  --port-offset=N             lo que se suma a cada puerto (si no, 10000)\n"
        "  --listen=DIRECCIÓN          dirección de loopback del primer servidor\n"
        "  --client-address=DIRECCIÓN  la de los visitantes en el laboratorio: la de un\n"
        "                              programa, un servidor u otra (si no, desconocida)\n"
        "  --until-idle=SEGUNDOS       terminar cuando no haya nadie durante ese tiempo\n"
        "\nOpciones de show:\n"
        "  --world                     de un caso o un fichero: todo lo que contiene, tras\n"
        "                              include, like y los valores por defecto, como\n"
        "                              escenario\n"
        "  -q, --quiet                 sin comentarios (--lang: su idioma)\n"
        "\nOpciones de new (escribe NAME.scenario; con - sale por la salida estándar):\n"
        "  --from=CASE                 con el mundo de un caso y su primer paso\n"
        "  --force                     escribe encima de un fichero que ya existe\n"
        "  --lang=es|en                idioma de los comentarios\n"
        "\nOpciones de run, serve, check y show --world:\n"
        "  --all                       todos los errores, no los 20 primeros, y los nombres\n"
        "                              de todos los parámetros sin efecto\n"
        "\nOtras opciones:\n"
        "  -h, --help                  este texto\n"
        "  --version                   la versión\n"
        "\nEstado de salida: 0 se cumplen todas las expectativas, 1 alguna no, 2 el\n"
        "escenario o la orden están mal, 3 ha fallado la máquina.\n",
};

static const MailsimCommandLineCommand *
find_command(const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (g_str_equal(commands[i].name, name))
            return &commands[i];
    }
    return NULL;
}

static MailsimExit
print_help(void)
{
    MailsimLanguage language = mailsim_cli_get_language();
    gboolean spanish = language == MAILSIM_LANGUAGE_ES;
    g_autoptr(GString) out = g_string_new(
        spanish ? "mailsim: un laboratorio de correo electrónico\n\nUso: mailsim ORDEN ...\n\n"
                : "mailsim: a laboratory of e-mail\n\nUsage: mailsim COMMAND ...\n\n");

    for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
        g_string_append_printf(out, "  %-7s %-12s  %s\n", commands[i].name,
                               commands[i].arguments, commands[i].summary[language]);
    g_string_append(out, help_options[language]);
    return mailsim_cli_write(out->str, out->len) ? MAILSIM_EXIT_SUCCESS
                                                 : MAILSIM_EXIT_ENVIRONMENT;
}

static MailsimExit
refuse_command(const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *hint = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(planned); i++) {
        if (g_str_equal(planned[i], name)) {
            mailsim_cli_complain("“%s” is not built yet; “mailsim --help” shows what is", name);
            return MAILSIM_EXIT_INPUT;
        }
    }
    for (guint i = 0; i < G_N_ELEMENTS(commands); i++)
        g_ptr_array_add(names, (gpointer)commands[i].name);
    hint = mailsim_suggestion_hint(name, names);
    mailsim_cli_complain("no command “%s”; %s", name,
                         hint != NULL ? hint : "“mailsim --help” shows them");
    return MAILSIM_EXIT_INPUT;
}

static gboolean
asks_for_help(GStrv arguments)
{
    for (guint i = 0; arguments[i] != NULL && !g_str_equal(arguments[i], "--"); i++) {
        if (g_str_equal(arguments[i], "--help") || g_str_equal(arguments[i], "-h"))
            return TRUE;
    }
    return FALSE;
}

/* A hop takes two descriptors, and shells often give 1,024. */
static void
raise_descriptor_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* g_error() is said where the machine fails us: no memory, no descriptors. GLib would abort; an
 * exit status says it better. All else is a mistake of ours, and GLib's to judge. */
static void
give_up(const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
    if ((level & G_LOG_LEVEL_ERROR) == 0) {
        g_log_default_handler(domain, level, message, data);
        return;
    }
    mailsim_terminal_leave();
    fprintf(stderr, "mailsim: %s\n", message != NULL ? message : "out of memory");
    _exit(MAILSIM_EXIT_ENVIRONMENT);
}

int
main(int argc, char **argv)
{
    const MailsimCommandLineCommand *command;

    g_log_set_default_handler(give_up, NULL);
    if (argc < 2) {
        print_help();
        return MAILSIM_EXIT_INPUT;
    }
    if (asks_for_help(argv + 1) || g_str_equal(argv[1], "help"))
        return print_help();
    if (g_str_equal(argv[1], "--version"))
        return mailsim_cli_write("mailsim " MAILSIM_VERSION "\n",
                                 strlen("mailsim " MAILSIM_VERSION "\n"))
                   ? MAILSIM_EXIT_SUCCESS
                   : MAILSIM_EXIT_ENVIRONMENT;
    command = find_command(argv[1]);
    if (command == NULL)
        return refuse_command(argv[1]);
    raise_descriptor_limit();
    return command->run(argv + 2);
}
