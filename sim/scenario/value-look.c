/* SPDX-License-Identifier: MIT
 *
 * What a look step looks at: a word, and the one or two names that belong to it. Whether there
 * is such a thing, check-reference.c asks. */
#include "value-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>
#include <mailsim/base/suggestion.h>

typedef struct {
    const char *word;
    guint n_operands;
    MailsimLookKind kind;
    const char *form;    /* “mailbox U” */
    const char *example; /* NULL: not built yet */
} LookRow;

static const LookRow rows[] = {
    {"mailbox",     1, MAILSIM_LOOK_MAILBOX,     "mailbox U",     "mailbox ana"         },
    {"queue",       1, MAILSIM_LOOK_QUEUE,       "queue H",       "queue mail"          },
    {"dns",         2, MAILSIM_LOOK_DNS,         "dns NAME TYPE", "dns iesgn.example MX"},
    {"certificate", 1, MAILSIM_LOOK_CERTIFICATE, "certificate H", "certificate mail"    },
    {"listener",    2, MAILSIM_LOOK_LISTENER,    "listener A B",  "listener laptop mail"},
    {"log",         1, MAILSIM_LOOK_LOG,         "log H",         "log mail"            },
    {"blocklist",   1, MAILSIM_LOOK_BLOCKLIST,   "blocklist Z",   "blocklist bl.example"},
};

void
look_value_clear(LookValue *look)
{
    g_clear_pointer(&look->operands[0], g_free);
    g_clear_pointer(&look->operands[1], g_free);
}

gboolean
mailsim_key_table_get_look(guint i, MailsimLookForm *look)
{
    if (i >= G_N_ELEMENTS(rows))
        return FALSE;
    *look = (MailsimLookForm){rows[i].form, rows[i].example == NULL};
    return TRUE;
}

static char *
list_forms(void)
{
    GString *forms = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].example)
            g_string_append_printf(forms, "%s%s", i > 0 ? ", " : "", rows[i].form);
    }
    return g_string_free(forms, FALSE);
}

static gboolean
fail_unknown(const char *word, gsize start, gsize end, Problem *problem)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    char *hint;

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].example)
            g_ptr_array_add(names, (char *)rows[i].word);
    }
    hint = mailsim_suggestion_hint(word, names);
    return problem_set(problem, start, end, g_strdup_printf("nobody can look at “%s”", word),
                       hint ? hint : list_forms());
}

static gboolean
find_row(const char *word, gsize start, gsize end, const LookRow **row, Problem *problem)
{
    g_autofree char *forms = list_forms();

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].word, word) != 0)
            continue;
        *row = &rows[i];
        return rows[i].example ||
               problem_set(problem, start, end, g_strdup_printf("“%s” is not built yet", word),
                           g_strconcat("this version knows ", forms, NULL));
    }
    return fail_unknown(word, start, end, problem);
}

/* host(1) and the records of a zone tell the types apart by capital letters only by custom. */
static gboolean
check_question(LookValue *look, Problem *problem)
{
    const char *name = look->operands[0];
    const gsize start = look->starts[0];
    const char *type = value_find_record_type(look->operands[1]);
    MailsimIpAddress address;
    gboolean wants_name;

    if (!type)
        return value_check_record_type(look->operands[1], look->starts[1], problem);
    g_free(look->operands[1]);
    look->operands[1] = g_strdup(type);
    wants_name = strcmp(type, "PTR") == 0;
    if (value_is_lab_name(name) || g_str_has_suffix(name, ".arpa") ||
        (wants_name && mailsim_ip_address_parse(name, &address)))
        return TRUE;
    return problem_set(problem, start, start + strlen(name),
                       g_strdup_printf("“%s” is not a name of the lab", name),
                       g_strdup(wants_name ? "an address, or a name under in-addr.arpa"
                                           : "those end in .example, .test or .invalid"));
}

gboolean
value_parse_look(const char *value, LookValue *look, Problem *problem)
{
    gsize start, end = 0;
    const LookRow *row = NULL;
    guint count = 0;

    *look = (LookValue){0};
    if (!value_next_item(value, &start, &end))
        return problem_set(problem, 0, 0, g_strdup("there is nothing to look at"),
                           list_forms());
    g_autofree char *word = g_strndup(value + start, end - start);

    if (!find_row(word, start, end, &row, problem))
        return FALSE;
    look->kind = row->kind;
    while (value_next_item(value, &start, &end)) {
        if (count == row->n_operands)
            return problem_set(problem, start, strlen(value),
                               g_strdup_printf("there is more than “%s”", row->form),
                               g_strdup_printf("such as: at = %s", row->example));
        look->starts[count] = start;
        look->operands[count++] = g_strndup(value + start, end - start);
    }
    if (count < row->n_operands)
        return problem_set(problem, 0, strlen(value),
                           g_strdup_printf("it is “%s”, and something is missing", row->form),
                           g_strdup_printf("such as: at = %s", row->example));
    return row->kind != MAILSIM_LOOK_DNS || check_question(look, problem);
}

gboolean
value_check_look(const char *value, Problem *problem)
{
    g_auto(LookValue) look = {0};

    return value_parse_look(value, &look, problem);
}
