/* SPDX-License-Identifier: MIT
 *
 * What the player says by itself, in both languages. */
#include "player-words-private.h"

#include <mailsim/base/text-width.h>

/* clang-format off */
static const char *const words[][MAILSIM_LANGUAGES] = {
    [WORD_STEP] = {"step", "paso"},
    [WORD_START] = {"start", "inicio"},
    [WORD_END] = {"end", "fin"},
    [WORD_WHICH_STEP] = {"to which step?", "¿a qué paso?"},
    [WORD_NO_SUCH_STEP] = {"there is no such step", "no existe ese paso"},
    [WORD_AT_START] = {"there is nothing before this", "antes de esto no hay nada"},
    [WORD_FOLDED] = {"notes: folded, + unfolds them", "notas: plegadas, + las despliega"},
    [WORD_TEXT] = {"notes: in full; + more of them, - folds them",
                   "notas: enteras; + añade más, - las pliega"},
    [WORD_MORE] = {"notes: with all they have to add; - less",
                   "notas: con todo lo que añaden; - menos"},
    [WORD_ALL_FOLDED] = {"notes: they are folded already", "notas: ya están plegadas"},
    [WORD_NO_MORE] = {"notes: they have no more to add", "notas: no tienen más que añadir"},
    [WORD_UNKNOWN] = {"no such key; ? shows those there are",
                      "esa tecla no hace nada; ? muestra las que hay"},
    [WORD_HELP] = {
        "\n"
        "Space, Enter, →   go on\n"
        "b, ←              back: take away what was shown last\n"
        "+ -               fold the notes out and in: what each is about, its text,\n"
        "                  what it has to add; holds for what follows, too\n"
        "w                 the bytes that crossed the cable; again: away with them\n"
        "g, 1 2 3 …        to a step: its number, then Enter (0: the beginning)\n"
        "q, Ctrl-C         end; what is on the screen stays there\n"
        "\n"
        "“mailsim run CASE --step=line” stops between a command and its answer.\n",
        "\n"
        "Espacio, Intro, →  seguir\n"
        "b, ←               atrás: quita lo último que ha salido\n"
        "+ -                despliega y pliega las notas: de qué tratan, su texto, lo\n"
        "                   que añaden; vale también para lo que sigue\n"
        "w                  los bytes que han pasado por el cable; otra vez, fuera\n"
        "g, 1 2 3 …         a un paso: su número y luego Intro (0: el principio)\n"
        "q, Ctrl-C          terminar; lo que está en la pantalla se queda\n"
        "\n"
        "«mailsim run CASO --step=line» se para entre una orden y su respuesta.\n"},
};

/* The keys at the bottom, and in which order they go where there is no room for all. */
static const struct {
    const char *text[MAILSIM_LANGUAGES];
    guint rank;
} keys_shown[] = {
    {{"Space next", "Espacio sigue"}, 0},
    {{"+- notes", "+- notas"}, 3},
    {{"w bytes", "w bytes"}, 4},
    {{"g step", "g paso"}, 5},
    {{"b back", "b atrás"}, 6},
    {{"q quit", "q salir"}, 1},
    {{"? help", "? ayuda"}, 2},
};
/* clang-format on */

const char *
player_get_word(Word word, MailsimLanguage language)
{
    return words[word][language];
}

char *
player_dup_keys(const char *place, guint width, MailsimLanguage language)
{
    for (guint n_keys = G_N_ELEMENTS(keys_shown);; n_keys--) {
        g_autoptr(GString) line = g_string_new(place);

        for (guint i = 0; i < G_N_ELEMENTS(keys_shown); i++) {
            if (keys_shown[i].rank < n_keys)
                g_string_append_printf(line, "  %s", keys_shown[i].text[language]);
        }
        if (mailsim_text_width(line->str, (gssize)line->len) <= width || n_keys == 0)
            return g_string_free(g_steal_pointer(&line), FALSE);
    }
}
