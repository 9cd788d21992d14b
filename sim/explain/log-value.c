/* SPDX-License-Identifier: MIT
 *
 * What is worked out of a value: the four delays, the digits of a code, one command after the
 * other. What is said of each part is data, too. */
#include "log-private.h"

#include <stdlib.h>
#include <string.h>

/* From here on a part of the delay is worth a word each time: what takes long can be seen. */
#define SLOW_SECONDS 1.0

typedef struct {
    const Teller *teller;
    const LogTexts *texts;
    LogFindingFunction tell;
    gpointer data;
} Findings;

/* ---- delays=a/b/c/d ---------------------------------------------------------------------- */

static void
tell_delays(const Findings *findings, const char *value)
{
    static const char *const names[] = {"delays_a", "delays_b", "delays_c", "delays_d"};
    g_auto(GStrv) parts = g_strsplit(value, "/", -1);

    if (g_strv_length(parts) != G_N_ELEMENTS(names))
        return;
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const LogField *field = log_texts_find_field(findings->texts, names[i]);
        const double seconds = g_ascii_strtod(parts[i], NULL);
        g_autofree char *shown = g_strdup_printf("%s s", parts[i]);

        if (field != NULL)
            findings->tell(shown, field->text[findings->teller->language],
                           seconds >= SLOW_SECONDS, findings->data);
    }
}

/* ---- codes ------------------------------------------------------------------------------- */

/* The length of the enhanced code at the beginning of TEXT; 0: there is none. */
static gsize
measure_enhanced(const char *text)
{
    gsize length = 1;

    if (*text == '\0' || strchr("245", *text) == NULL)
        return 0;
    for (guint part = 0; part < 2; part++) {
        gsize digits;

        if (text[length] != '.')
            return 0;
        digits = strspn(text + length + 1, "0123456789");
        if (digits < 1 || digits > 3)
            return 0;
        length += digits + 1;
    }
    return length;
}

/* “4.7.1”: what its class says, and its detail. */
static void
tell_enhanced(const Findings *findings, const char *code)
{
    g_auto(GStrv) parts = g_strsplit(code, ".", 3);
    g_autofree char *class_id = g_strdup_printf("%s.x.x", parts[0]);
    g_autofree char *detail_id = g_strdup_printf("x.%s.%s", parts[1], parts[2]);
    g_autofree char *subject_id = g_strdup_printf("x.%s.x", parts[1]);
    const char *class = teller_gloss(findings->teller, "classes", class_id);
    const char *detail = teller_gloss(findings->teller, "classes", detail_id);
    g_autofree char *meaning = NULL;

    if (detail == NULL)
        detail = teller_gloss(findings->teller, "classes", subject_id);
    meaning = g_strdup_printf("%s%s%s", class != NULL ? class : "",
                              class != NULL && detail != NULL ? "; " : "",
                              detail != NULL ? detail : "");
    findings->tell(code, meaning, FALSE, findings->data);
}

/* “454”, then perhaps “4.7.1”, wherever the reply has them: at its beginning, as a rule. */
static gboolean
find_codes(const char *reply, char **code, char **enhanced)
{
    gsize length;

    *code = *enhanced = NULL;
    if (strspn(reply, "0123456789") != 3 || *reply < '2' || *reply > '5')
        return FALSE;
    if (reply[3] != '\0' && reply[3] != ' ' && reply[3] != '-')
        return FALSE;
    *code = g_strndup(reply, 3);
    length = reply[3] != '\0' ? measure_enhanced(reply + 4) : 0;
    if (length > 0)
        *enhanced = g_strndup(reply + 4, length);
    return TRUE;
}

static void
tell_reply(const Findings *findings, const char *reply)
{
    g_autofree char *code = NULL;
    g_autofree char *enhanced = NULL;
    g_autofree char *class_id = NULL;
    const char *class;

    if (!find_codes(reply, &code, &enhanced))
        return;
    class_id = g_strdup_printf("reply %cxx", code[0]);
    class = teller_gloss(findings->teller, "classes", class_id);
    if (class != NULL)
        findings->tell(code, class, FALSE, findings->data);
    if (enhanced != NULL)
        tell_enhanced(findings, enhanced);
}

static void
tell_dsn(const Findings *findings, const char *value)
{
    if (measure_enhanced(value) == strlen(value))
        tell_enhanced(findings, value);
}

char **
log_value_list_topics(const char *how, const char *value)
{
    g_autoptr(GPtrArray) topics = g_ptr_array_new();
    char *code = NULL, *enhanced = NULL;

    if (g_strcmp0(how, "dsn") == 0 && measure_enhanced(value) == strlen(value))
        enhanced = g_strdup(value);
    else if (g_strcmp0(how, "reply") == 0)
        find_codes(value, &code, &enhanced);
    if (code != NULL)
        g_ptr_array_add(topics, code);
    if (enhanced != NULL)
        g_ptr_array_add(topics, enhanced);
    g_ptr_array_add(topics, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&topics), FALSE);
}

/* ---- “ehlo=2 starttls=1 rcpt=0/1” -------------------------------------------------------- */

static void
tell_commands(const Findings *findings, const char *value)
{
    g_auto(GStrv) words = g_strsplit(value, " ", 64);

    for (char **word = words; *word != NULL; word++) {
        g_autoptr(GMatchInfo) match = NULL;
        const LogRule *rule = log_texts_find(findings->texts, "command", NULL,
                                             MAILSIM_LOG_POSTFIX, *word, &match);
        const char *text = rule != NULL ? rule->text[findings->teller->language] : NULL;

        if (text != NULL) {
            g_autoptr(GHashTable) values = log_rule_list_values(rule, match);
            g_autofree char *meaning = log_text_fill(text, values);
            findings->tell(*word, meaning, FALSE, findings->data);
        }
    }
}

/* ---- any --------------------------------------------------------------------------------- */

void
log_value_tell(const Teller *teller,
               const LogTexts *texts,
               const char *how,
               const char *value,
               LogFindingFunction tell,
               gpointer data)
{
    static const struct {
        const char *how;
        void (*tell)(const Findings *findings, const char *value);
    } ways[] = {
        {"delays",   tell_delays  },
        {"dsn",      tell_dsn     },
        {"reply",    tell_reply   },
        {"commands", tell_commands},
    };
    const Findings findings = {teller, texts, tell, data};

    for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
        if (strcmp(ways[i].how, how) == 0) {
            ways[i].tell(&findings, value);
            return;
        }
    }
    g_error("there is no way “%s”", how);
}
