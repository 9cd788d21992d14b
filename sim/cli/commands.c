/* SPDX-License-Identifier: MIT
 *
 * The commands, in one table. */
#include "cli-private.h"

/* clang-format off */
const MailsimCommandLineCommand mailsim_cli_commands[] = {
    {"run", {"CASE|FILE...", "CASO|FICHERO..."},
     {"replay a case and explain it", "reproduce un caso y lo explica"},
     mailsim_command_run},
    {"serve", {"CASE|FILE", "CASO|FICHERO"},
     {"its servers on this machine, for real mail programs",
      "sus servidores aquí, para programas de verdad"},
     mailsim_command_serve},
    {"certs", {"DIR [CASE|FILE]", "DIR [CASO|FICHERO]"},
     {"their certificates as files, and the root to trust",
      "sus certificados y la raíz de confianza, en PEM"},
     mailsim_command_certs},
    {"list", {"", ""},
     {"the cases, a line each", "los casos, uno por línea"},
     mailsim_command_list},
    {"show", {"CASE...", "CASO..."},
     {"the scenario file of a case, to copy and change",
      "el fichero de un caso, para copiarlo y cambiarlo"},
     mailsim_command_show},
    {"new", {"NAME", "NOMBRE"},
     {"a small scenario to begin with, with comments",
      "un escenario pequeño para empezar, con comentarios"},
     mailsim_command_new},
    {"check", {"FILE...", "FICHERO..."},
     {"find mistakes and settings that do harm, run nothing",
      "busca errores y ajustes dañinos, no ejecuta nada"},
     mailsim_command_check},
    {"matrix", {"", ""},
     {"TLS levels and certificates, each a real handshake",
      "niveles de TLS y certificados, todo de verdad"},
     mailsim_command_matrix},
    {"explain", {"[TOPIC...|-]", "[TEMA...|-]"},
     {"a parameter, a reply code, a word; a line of a log",
      "un parámetro, un código, una palabra; un log"},
     mailsim_command_explain},
    {0},
};
/* clang-format on */

const MailsimCommandLineCommand *
mailsim_cli_find_command(const char *name)
{
    for (const MailsimCommandLineCommand *row = mailsim_cli_commands; row->name != NULL;
         row++) {
        if (g_str_equal(row->name, name))
            return row;
    }
    return NULL;
}
