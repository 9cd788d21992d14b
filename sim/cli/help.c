/* SPDX-License-Identifier: MIT
 *
 * Options in sections, by the commands that have them in common, and help from that. */
#include "help-private.h"

#include <string.h>

#include <mailsim/base/text-width.h>

/* Where the text of an option begins. */
#define TEXT_COLUMN 30

typedef struct {
    const char *commands[8]; /* whose options they are; the last one is NULL */
    const char *heading[MAILSIM_LANGUAGES];
    const char
        *remark[MAILSIM_LANGUAGES]; /* what is to be known of the command; NULL: nothing */
    MailsimHelpOption options[16];  /* the last one has no name */
} Section;

/* clang-format off */
static const Section sections[] = {
    {{"run", "serve", "matrix", "explain", "list", "new"},
     {"Options of run, serve, matrix, explain, list and new", "Opciones de run, serve, matrix, explain, list y new"},
     {NULL, NULL},
     {{"lang", 0, {"es|en", "es|en"},
       {"language of titles, notes and comments (else: of\nthe locale)",
        "idioma de títulos, notas y comentarios (si no, el\ndel entorno)"}}}},
    {{"run", "serve", "matrix", "explain"},
     {"Options of run, serve, matrix and explain", "Opciones de run, serve, matrix y explain"},
     {NULL, NULL},
     {{"ascii", 0, {NULL, NULL},
       {"no character beyond ASCII", "ningún carácter fuera de ASCII"}},
      {"color", 0, {"auto|always|never", "auto|always|never"},
       {"auto: on a terminal, unless NO_COLOR is set", "auto: en un terminal, salvo con NO_COLOR"}}}},
    {{"run", "serve"},
     {"Options of run and serve", "Opciones de run y serve"},
     {NULL, NULL},
     {{"detail", 0, {"brief|normal|full", "brief|normal|full"},
       {"how much is shown and explained", "cuánto se muestra y se explica"}}}},
    {{"run"},
     {"Options of run", "Opciones de run"},
     {NULL, NULL},
     {{"quiet", 'q', {NULL, NULL},
       {"outcomes and failed expectations alone", "solo resultados y expectativas incumplidas"}},
      {"format", 0, {"text|json|maillog", "text|json|maillog"},
       {"for people, for programs, or as the mail logs of\nthe hosts",
        "para personas, para programas o como los logs de\ncorreo de los servidores"}},
      {"host", 0, {"NAME", "NOMBRE"},
       {"with maillog: the log of this host alone", "con maillog: solo el log de ese servidor"}},
      {"prefix", 0, {"journal|rsyslog", "journal|rsyslog"},
       {"with maillog: lines begin as in the journal, or as\nrsyslog begins them",
        "con maillog: las líneas empiezan como en el\njournal o como las empieza rsyslog"}},
      {"output", 'o', {"FILE", "FICHERO"},
       {"into a file, whole or not at all", "a un fichero, entero o nada"}},
      {"step", 0, {NULL, NULL},
       {"for a projector: wait for a key at each step;\n? shows the keys",
        "para un proyector: espera una tecla en cada paso;\n? muestra las teclas"}},
      {"step", 0, {"line", "line"},
       {"wait before each answer as well", "espera también antes de cada respuesta"}},
      {"pace", 0, {"FACTOR", "FACTOR"},
       {"no keys, but virtual time: 1, or 0.1 for ten times\nslower; a wait lasts 3 s of it at most",
        "sin teclas, en tiempo virtual: 1, o 0.1 para ir\ndiez veces más lento; una espera, 3 s como mucho"}}}},
    {{"matrix"},
     {"Options of matrix", "Opciones de matrix"},
     {"values are named in lists, as in --cert=ca-ok,ca-expired;\nall is all of them; a wrong word shows which there are",
      "los valores se dan en listas: --cert=ca-ok,ca-expired;\nall son todos; una palabra errónea muestra los que hay"},
     {{"client-level", 0, {"LIST", "LISTA"},
       {"of the sender: none, may, encrypt … (else: all, in\nrows)", "de quien envía: none, may, encrypt … (si no,\ntodos, en filas)"}},
      {"server-level", 0, {"LIST", "LISTA"},
       {"of the receiver: none, may, encrypt … (else: may)", "de quien recibe: none, may, encrypt … (si no, may)"}},
      {"cert", 0, {"LIST", "LISTA"},
       {"its certificate: self-signed, ca-ok … (else: all,\nin columns)", "su certificado: self-signed, ca-ok … (si no,\ntodos, en columnas)"}},
      {"nexthop", 0, {"LIST", "LISTA"},
       {"the next hop: host, mx, other-domain (else: mx)", "el siguiente salto: host, mx … (si no, mx)"}},
      {"tlsa", 0, {"LIST", "LISTA"},
       {"its TLSA record: none, match … (else: match)", "su registro TLSA: none, match … (si no, match)"}},
      {"zone", 0, {"LIST", "LISTA"},
       {"its zone in DNS: signed, unsigned (else: signed)", "su zona en el DNS: signed o unsigned (si no,\nsigned)"}},
      {"rows", 0, {"AXIS", "EJE"},
       {"what the rows are: client-level, cert, tlsa …", "qué son las filas: client-level, cert, tlsa …"}},
      {"columns", 0, {"AXIS", "EJE"},
       {"what the columns are; several values of the other\naxes are several tables", "qué son las columnas; varios valores de los otros\nejes son varias tablas"}},
      {"attempts", 0, {"N", "N"},
       {"up to N attempts (3 at most); tables show the last", "hasta N intentos (3 como mucho); las tablas\nmuestran el último"}},
      {"why", 0, {NULL, NULL},
       {"of one cell: what decided, and the conversation", "de una celda: qué decidió, y la conversación"}},
      {"detail", 0, {"brief|normal|full", "brief|normal|full"},
       {"with --why: how much of the conversation", "con --why: cuánto de la conversación"}},
      {"scenario", 0, {NULL, NULL},
       {"one cell as a scenario, to copy and change", "una celda como escenario: cópiala y cámbiala"}},
      {"format", 0, {"text|tsv|json", "text|tsv|json"},
       {"for people, or for programs: with no values named,\nall that real servers were asked", "para personas o para programas: si no se da ningún\nvalor, todo lo que se preguntó a servidores reales"}},
      {"output", 'o', {"FILE", "FICHERO"},
       {"into a file, whole or not at all", "a un fichero, entero o nada"}}}},
    {{"explain"},
     {"Options of explain", "Opciones de explain"},
     {"without a TOPIC, what there is; a line of a mail log,\nin quotes, is a TOPIC, too, and - reads many of them from standard input",
      "sin TEMA, lo que hay; también es TEMA una línea del\nlog de correo, entre comillas, y - lee muchas de la entrada estándar"},
     {{"format", 0, {"text|json", "text|json"},
       {"for people, or for programs", "para personas o para programas"}},
      {"list", 0, {NULL, NULL},
       {"every topic, a line each", "todos los temas, uno por línea"}}}},
    {{"serve"},
     {"Options of serve", "Opciones de serve"},
     {"the first host is at 127.0.0.1, the next at 127.0.0.2 …;\nCtrl-C ends it",
      "el primer servidor está en 127.0.0.1, el siguiente en\n127.0.0.2 …; se termina con Ctrl-C"},
     {{"quiet", 'q', {NULL, NULL},
       {"where the servers are, and no more", "dónde están los servidores y nada más"}},
      {"port-offset", 0, {"N", "N"},
       {"what is added to each port (else: 10000)", "lo que se suma a cada puerto (si no, 10000)"}},
      {"listen", 0, {"ADDRESS", "DIRECCIÓN"},
       {"loopback address of the first host", "dirección de loopback del primer servidor"}},
      {"client-address", 0, {"ADDRESS", "DIRECCIÓN"},
       {"the address in the lab that visitors have: a mail\nprogram's, a host's or another's (else: unknown)",
        "la de los visitantes en el laboratorio: la de un\nprograma, un servidor u otra (si no, desconocida)"}},
      {"live", 0, {NULL, NULL},
       {"each line when it is spoken; else a conversation\nis told when it is over",
        "cada línea cuando se dice; si no, se cuenta cada\nconversación cuando ha terminado"}},
      {"format", 0, {"text|json", "text|json"},
       {"for people, or each event as a line of JSON", "para personas, o cada suceso en una línea de JSON"}},
      {"step", 0, {"STEP", "PASO"},
       {"first run the scenario up to that step, not told\n(else no step is run)",
        "antes recorrer el escenario hasta ese paso, sin\ncontarlo (si no, no se recorre ninguno)"}},
      {"real-time", 0, {NULL, NULL},
       {"between the hosts, too, all takes its time; else\nwhat only the lab waits for takes none",
        "también entre los servidores todo tarda lo suyo;\nsi no, lo que solo espera el laboratorio, nada"}},
      {"once", 0, {NULL, NULL},
       {"end when somebody has been there, and all is done", "terminar cuando alguien haya venido y nada quede"}},
      {"until-idle", 0, {"SECONDS", "SEGUNDOS"},
       {"end when nobody has been there for so long", "terminar cuando no haya nadie durante ese tiempo"}}}},
    {{"certs"},
     {"Options of certs", "Opciones de certs"},
     {"programs are told to trust DIR/lab-root-x1.pem; what a\nhost shows is DIR/CASE/HOST.pem; without a CASE, of all cases",
      "los programas deben confiar en DIR/lab-root-x1.pem; lo\nque muestra un servidor es DIR/CASO/SERVIDOR.pem; sin CASO, de todos"},
     {{"quiet", 'q', {NULL, NULL},
       {"do not say what has been written", "no dice qué ha escrito"}}}},
    {{"show"},
     {"Options of show", "Opciones de show"},
     {NULL, NULL},
     {{"world", 0, {NULL, NULL},
       {"of a case or a file: all that it contains, after\ninclude, like and defaults, as a scenario file",
        "de un caso o un fichero: todo lo que contiene,\ntras include, like y los valores por defecto, como\nescenario"}},
      {"lang", 0, {"es|en", "es|en"},
       {"with --world: language of its comments", "con --world: idioma de sus comentarios"}},
      {"quiet", 'q', {NULL, NULL},
       {"with --world: without comments", "con --world: sin comentarios"}},
      {"all", 0, {NULL, NULL},
       {"with --world: all mistakes, not the first 20, and\nthe names of all parameters without effect",
        "con --world: todos los errores, no los 20\nprimeros, y los nombres de todos los parámetros\nsin efecto"}}}},
    {{"new"},
     {"Options of new", "Opciones de new"},
     {"NAME.scenario is written; - writes to standard output",
      "escribe NOMBRE.scenario; con - sale por la salida estándar"},
     {{"from", 0, {"CASE|FILE", "CASO|FICHERO"},
       {"the world of a case, or of a file beside the new\none, and its first step",
        "con el mundo de un caso, o de un fichero que esté\nal lado del nuevo, y su primer paso"}},
      {"force", 'f', {NULL, NULL},
       {"write over a file that is there", "escribe encima de un fichero que ya existe"}},
      {"stdout", 0, {NULL, NULL},
       {"to standard output, no file", "por la salida estándar, sin fichero"}},
      {"quiet", 'q', {NULL, NULL},
       {"do not say what has been written", "no dice qué ha escrito"}}}},
    {{"check"},
     {"Options of check", "Opciones de check"},
     {NULL, NULL},
     {{"quiet", 'q', {NULL, NULL},
       {"mistakes and warnings alone", "solo errores y avisos"}}}},
    {{"run", "serve", "certs", "check"},
     {"Options of run, serve, certs and check", "Opciones de run, serve, certs y check"},
     {NULL, NULL},
     {{"all", 0, {NULL, NULL},
       {"all mistakes, not the first 20, and the names of\nall parameters without effect",
        "todos los errores, no los 20 primeros, y los\nnombres de todos los parámetros sin efecto"}}}},
};

static const MailsimHelpOption help_option = {
    "help", 'h', {NULL, NULL}, {"this text", "este texto"}};

static const MailsimHelpOption program_help_option = {
    "help", 'h', {NULL, NULL},
    {"this text; after a command, its own", "este texto; tras una orden, el suyo"}};

static const MailsimHelpOption version_option = {
    "version", 0, {NULL, NULL}, {"the version", "la versión"}};

static const struct {
    const char *begin;    /* the program, in short */
    const char *usage;
    const char *some;     /* options, in a usage line */
    const char *options;
    const char *others;
    const char *end;      /* of all */
    const char *elsewhere; /* of the help of a command */
} words[] = {
    [MAILSIM_LANGUAGE_EN] = {
        "mailsim: a laboratory of e-mail\n\nUsage: mailsim COMMAND ...\n\n",
        "Usage", "[OPTION...]", "Options", "Other options",
        "\nExit status: 0 all expectations hold, 1 one does not, 2 the scenario or the\n"
        "command line is wrong, 3 the machine failed.\n",
        "\n“mailsim --help” has all commands, and what the exit status says.\n",
    },
    [MAILSIM_LANGUAGE_ES] = {
        "mailsim: un laboratorio de correo electrónico\n\nUso: mailsim ORDEN ...\n\n",
        "Uso", "[OPCIÓN...]", "Opciones", "Otras opciones",
        "\nEstado de salida: 0 se cumplen todas las expectativas, 1 alguna no, 2 el\n"
        "escenario o la orden están mal, 3 ha fallado la máquina.\n",
        "\n«mailsim --help» muestra todas las órdenes y qué dice el estado de salida.\n",
    },
};
/* clang-format on */

/* ---- which options ----------------------------------------------------------------------- */

static gboolean
is_of(const Section *section, const char *command)
{
    return g_strv_contains(section->commands, command);
}

GPtrArray *
mailsim_help_list_options(const char *command)
{
    GPtrArray *options = g_ptr_array_new();

    for (guint i = 0; i < G_N_ELEMENTS(sections); i++) {
        const MailsimHelpOption *option = sections[i].options;

        for (; is_of(&sections[i], command) && option->name != NULL; option++)
            g_ptr_array_add(options, (gpointer)option);
    }
    return options;
}

/* What is to be known of COMMAND; NULL: nothing. */
static const char *
find_remark(const char *command, MailsimLanguage language)
{
    for (guint i = 0; i < G_N_ELEMENTS(sections); i++) {
        if (sections[i].remark[language] != NULL && is_of(&sections[i], command))
            return sections[i].remark[language];
    }
    return NULL;
}

/* ---- text -------------------------------------------------------------------------------- */

static void
append_padded(const char *text, guint width, GString *out)
{
    g_string_append(out, text);
    for (guint used = mailsim_text_width(text, -1); used < width; used++)
        g_string_append_c(out, ' ');
}

/* “  -o, --output=FILE           into a file, whole or not at all” */
static void
append_option(const MailsimHelpOption *option, MailsimLanguage language, GString *out)
{
    g_auto(GStrv) lines = g_strsplit(option->text[language], "\n", -1);
    const char *value = option->value[language];
    g_autoptr(GString) item = g_string_new("  ");

    if (option->letter != 0)
        g_string_append_printf(item, "-%c, ", option->letter);
    g_string_append_printf(item, "--%s%s%s", option->name, value != NULL ? "=" : "",
                           value != NULL ? value : "");
    for (guint i = 0; lines[i] != NULL; i++) {
        append_padded(i == 0 ? item->str : "", TEXT_COLUMN, out);
        g_string_append_printf(out, "%s\n", lines[i]);
    }
}

static void
append_heading(const char *heading, const char *remark, GString *out)
{
    g_string_append_printf(out, "\n%s", heading);
    if (remark != NULL)
        g_string_append_printf(out, " (%s)", remark);
    g_string_append(out, ":\n");
}

static void
append_commands(MailsimLanguage language, GString *out)
{
    const MailsimCommandLineCommand *row;
    guint name_width = 0;
    guint width = 0;

    for (row = mailsim_cli_commands; row->name != NULL; row++) {
        name_width = MAX(name_width, mailsim_text_width(row->name, -1));
        width = MAX(width, mailsim_text_width(row->arguments[language], -1));
    }
    for (row = mailsim_cli_commands; row->name != NULL; row++) {
        g_string_append(out, "  ");
        append_padded(row->name, name_width + 1, out);
        append_padded(row->arguments[language], width + 2, out);
        g_string_append_printf(out, "%s\n", row->summary[language]);
    }
}

void
mailsim_help_append(MailsimLanguage language, GString *out)
{
    g_string_append(out, words[language].begin);
    append_commands(language, out);
    for (guint i = 0; i < G_N_ELEMENTS(sections); i++) {
        const MailsimHelpOption *option = sections[i].options;

        append_heading(sections[i].heading[language], sections[i].remark[language], out);
        for (; option->name != NULL; option++)
            append_option(option, language, out);
    }
    append_heading(words[language].others, NULL, out);
    append_option(&program_help_option, language, out);
    append_option(&version_option, language, out);
    g_string_append(out, words[language].end);
}

void
mailsim_help_append_command(const MailsimCommandLineCommand *command,
                            MailsimLanguage language,
                            GString *out)
{
    g_autoptr(GPtrArray) options = mailsim_help_list_options(command->name);
    const char *arguments = command->arguments[language];

    g_string_append_printf(out, "mailsim %s: %s\n\n%s: mailsim %s %s%s%s\n", command->name,
                           command->summary[language], words[language].usage, command->name,
                           words[language].some, *arguments != '\0' ? " " : "", arguments);
    append_heading(words[language].options, find_remark(command->name, language), out);
    for (guint i = 0; i < options->len; i++)
        append_option(g_ptr_array_index(options, i), language, out);
    append_option(&help_option, language, out);
    g_string_append(out, words[language].elsewhere);
}
