/* SPDX-License-Identifier: MIT
 *
 * Repetitions, placeholders and lists of capabilities in the recordings of Dovecot. */
#include "dovecot-text.h"

#include <stdlib.h>
#include <string.h>

#define GREETING                                                                               \
    "* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS "     \
    "AUTH=PLAIN AUTH=LOGIN] Dovecot (Debian) ready."

/* What is announced to who has logged in. */
#define CAPABILITIES                                                                           \
    "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES "    \
    "THREAD=REFS THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN "    \
    "NAMESPACE UIDPLUS LIST-EXTENDED I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES "   \
    "WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW "       \
    "STATUS=SIZE SAVEDATE LITERAL+ NOTIFY"

static gboolean
repeat(const GMatchInfo *found, GString *out, G_GNUC_UNUSED gpointer data)
{
    g_autofree char *times = g_match_info_fetch(found, 1);
    g_autofree char *text = g_match_info_fetch(found, 2);

    for (int i = atoi(times); i > 0; i--)
        g_string_append(out, text);
    return FALSE;
}

char *
dovecot_text_expand(const char *text)
{
    g_autoptr(GRegex) repeated = g_regex_new("<(\\d+) ([^>]{1,3})>", G_REGEX_RAW, 0, NULL);

    return g_regex_replace_eval(repeated, text, -1, 0, 0, repeat, NULL, NULL);
}

/* ---- capabilities ------------------------------------------------------------------------ */

/* Are the WORDS some of ALL, in their order? */
static gboolean
is_subset(const char *words, const char *all)
{
    g_auto(GStrv) some = g_strsplit(words, " ", -1);
    g_auto(GStrv) others = g_strsplit(all, " ", -1);
    guint n_found = 0;

    for (char **other = others; *other != NULL; other++) {
        if (some[n_found] != NULL && g_str_equal(some[n_found], *other))
            n_found++;
    }
    return some[n_found] == NULL;
}

/* SEEN with all that is announced after the login, if what is announced is some of it. Before
 * the login nothing may be missing. */
static char *
complete_capabilities(const char *seen, gsize length)
{
    g_autoptr(GRegex) list =
        g_regex_new("(?<=CAPABILITY )IMAP4rev1 [^\\]]*?NAMESPACE[^\\]]*", G_REGEX_RAW, 0, NULL);
    g_autoptr(GMatchInfo) found = NULL;
    g_autofree char *words = NULL;

    if (!g_regex_match_full(list, seen, (gssize)length, 0, 0, &found, NULL))
        return NULL;
    words = g_match_info_fetch(found, 0);
    if (!is_subset(words, CAPABILITIES))
        return NULL;
    return g_regex_replace_literal(list, seen, (gssize)length, 0, CAPABILITIES, 0, NULL);
}

/* ---- placeholders ------------------------------------------------------------------------ */

typedef struct {
    const char *placeholder; /* a pattern */
    const char *meaning;     /* likewise */
} PlaceholderRow;

#define SECONDS     "\\d+\\.\\d{3}"
#define TLS_PROBLEM "SSL_accept\\(\\) .*?"
#define TOOK        "\\(" SECONDS "(?: \\+ " SECONDS ")+ secs\\)"

/* The first that fits. */
static const PlaceholderRow placeholders[] = {
    {"<greeting>",                            NULL                         },
    {"<capabilities>",                        NULL                         },
    {"\\(<secs>\\)|" TOOK,                    TOOK                         },
    {"<secs>",                                SECONDS                      },
    {"<<pid>><(?:<session>|\\.\\.\\.)>",      "<\\d+><\\w+>"               },
    {"<session>|<\\.\\.\\.>",                 "<\\w+>"                     },
    {"<n>|<pid>|<uid>",                       "\\d+"                       },
    {"out=\\d+",                              "out=\\d+"                   },
    {"<uidvalidity>",                         "[0-9a-f]+"                  },
    {"\"<date>\"",                            "\"[ \\d]\\d-\\w{3}-[^\"]+\""},
    {TLS_PROBLEM "(?= \\(no auth|, session)", TLS_PROBLEM                  },
};

/* Each row is a group of its own: the one that was FOUND. */
static void
append_meaning(GString *pattern, const GMatchInfo *found)
{
    guint i = 0;
    int start = -1;

    while (g_match_info_fetch_pos(found, (int)i + 1, &start, NULL) && start < 0)
        i++;
    g_assert(i < G_N_ELEMENTS(placeholders));
    if (placeholders[i].meaning != NULL) {
        g_string_append(pattern, placeholders[i].meaning);
    } else {
        const gboolean greeting = g_str_equal(placeholders[i].placeholder, "<greeting>");
        g_autofree char *literal =
            g_regex_escape_string(greeting ? GREETING : CAPABILITIES, -1);

        g_string_append(pattern, literal);
    }
}

static GRegex *
compile_placeholders(void)
{
    g_autoptr(GString) any = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(placeholders); i++)
        g_string_append_printf(any, "%s(%s)", i > 0 ? "|" : "", placeholders[i].placeholder);
    return g_regex_new(any->str, G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, NULL);
}

static gboolean
matches(const char *recorded, gsize length, const char *seen, gsize seen_length)
{
    static GRegex *any;
    g_autoptr(GMatchInfo) found = NULL;
    g_autoptr(GString) pattern = g_string_new("^");
    g_autoptr(GRegex) regex = NULL;
    int end = 0;

    if (g_once_init_enter(&any))
        g_once_init_leave(&any, compile_placeholders());
    if (!g_regex_match_full(any, recorded, (gssize)length, 0, 0, &found, NULL))
        return length == seen_length && memcmp(recorded, seen, length) == 0;
    /* What stands before all placeholders may be too long for a pattern. */
    g_match_info_fetch_pos(found, 0, &end, NULL);
    if ((gsize)end > seen_length || memcmp(recorded, seen, (gsize)end) != 0)
        return FALSE;
    seen += end;
    seen_length -= (gsize)end;
    while (g_match_info_matches(found)) {
        g_autofree char *literal = NULL;
        int start;
        int next;

        g_match_info_fetch_pos(found, 0, &start, &next);
        literal = g_regex_escape_string(recorded + end, start - end);
        g_string_append(pattern, literal);
        append_meaning(pattern, found);
        end = next;
        g_match_info_next(found, NULL);
    }
    g_autofree char *rest = g_regex_escape_string(recorded + end, (int)length - end);

    g_string_append_printf(pattern, "%s\\z", rest);
    regex = g_regex_new(pattern->str, G_REGEX_RAW, 0, NULL);
    return g_regex_match_full(regex, seen, (gssize)seen_length, 0, 0, NULL, NULL);
}

gboolean
dovecot_text_matches(const GString *recorded, const GString *seen)
{
    g_autofree char *completed = complete_capabilities(seen->str, seen->len);

    if (completed != NULL)
        return matches(recorded->str, recorded->len, completed, strlen(completed));
    return matches(recorded->str, recorded->len, seen->str, seen->len);
}

gboolean
dovecot_log_matches(const char *recorded, const char *seen)
{
    return matches(recorded, strlen(recorded), seen, strlen(seen));
}
