/* SPDX-License-Identifier: MIT */
#include "tls-case.h"

#include <string.h>

/* The world that every case is about; what a case says of a key wins. */
static const char base[] =
    "[scenario]\ntitle = Recorded\n"
    "[host mail]\nmailname = iesgn.example\nhostname = mail.iesgn.example\n"
    "address = 203.0.113.25\nusers = ana\n"
    "[host dest]\nmailname = dest.example\nhostname = mx.dest.example\n"
    "address = 192.0.2.25\ncertificate = c\n"
    "[certificate c]\n"
    "[postfix mail]\nsmtp_tls_session_cache_database =\n"
    "[step send]\ntitle = Send\ndo = send\nby = ana\nto = root@dest.example\n";

/* Until a second attempt has been made. */
static const char later[] = "[step later]\ntitle = Wait\ndo = wait\nfor = 10m\n";

/* ---- a scenario of two texts ------------------------------------------------------------- */

typedef struct {
    char *header;
    GPtrArray *lines; /* of char * */
} Group;

static void
free_group(gpointer data)
{
    Group *group = data;

    g_free(group->header);
    g_ptr_array_unref(group->lines);
    g_free(group);
}

/* A path alone is one of the host mail. */
static Group *
find_group(GPtrArray *groups, const char *line)
{
    g_autofree char *header = g_str_has_prefix(line, "[file /")
                                  ? g_strconcat("[file mail ", line + strlen("[file "), NULL)
                                  : g_strdup(line);
    Group *group;

    for (guint i = 0; i < groups->len; i++) {
        group = g_ptr_array_index(groups, i);
        if (g_str_equal(group->header, header))
            return group;
    }
    group = g_new0(Group, 1);
    group->header = g_steal_pointer(&header);
    group->lines = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(groups, group);
    return group;
}

static gsize
measure_key(const char *line)
{
    gsize length = strcspn(line, "=");

    while (length > 0 && line[length - 1] == ' ')
        length--;
    return length;
}

static void
say(const Group *group, const char *line)
{
    const gsize length = measure_key(line);

    for (guint i = 0; i < group->lines->len && !g_ascii_isspace(line[0]); i++) {
        const char *other = g_ptr_array_index(group->lines, i);

        if (measure_key(other) == length && strncmp(other, line, length) == 0)
            g_ptr_array_remove_index(group->lines, i--);
    }
    g_ptr_array_add(group->lines, g_strdup(line));
}

static void
add_groups(GPtrArray *groups, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    const Group *group = NULL;

    for (guint i = 0; lines[i] != NULL; i++) {
        if (lines[i][0] == '[')
            group = find_group(groups, lines[i]);
        else if (lines[i][0] != '\0' && lines[i][0] != '#')
            say(group, lines[i]);
    }
}

static char *
write_scenario(const char *fragment, const char *to, gboolean waits)
{
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(free_group);
    g_autofree char *whom = g_strdup_printf("[step send]\nto = %s\n", to);
    GString *text = g_string_new(NULL);

    add_groups(groups, base);
    add_groups(groups, whom);
    add_groups(groups, fragment);
    if (waits)
        add_groups(groups, later);
    for (guint i = 0; i < groups->len; i++) {
        const Group *group = g_ptr_array_index(groups, i);

        g_string_append_printf(text, "%s\n", group->header);
        for (guint j = 0; j < group->lines->len; j++)
            g_string_append_printf(text, "%s\n",
                                   (const char *)g_ptr_array_index(group->lines, j));
    }
    return g_string_free(text, FALSE);
}

/* ---- a case ------------------------------------------------------------------------------ */

void
tls_attempt_free(TlsAttempt *attempt)
{
    g_free(attempt->recipient);
    g_free(attempt->relay);
    g_free(attempt->version);
    g_free(attempt->status);
    g_free(attempt->dsn);
    g_free(attempt->reason);
    g_free(attempt->tls);
    g_free(attempt->channel);
    g_free(attempt);
}

static void
free_attempt(gpointer data)
{
    tls_attempt_free(data);
}

static char **
find_field(TlsAttempt *attempt, const char *name)
{
    const struct {
        const char *name;
        char **field;
    } fields[] = {
        {"relay",   &attempt->relay  },
        {"version", &attempt->version},
        {"status",  &attempt->status },
        {"dsn",     &attempt->dsn    },
        {"reason",  &attempt->reason },
        {"tls",     &attempt->tls    },
        {"channel", &attempt->channel},
    };

    for (guint i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (g_str_equal(fields[i].name, name))
            return fields[i].field;
    }
    return NULL;
}

/* What is not compared: the sender's other log lines, what it asked of DNS, and what servers
 * logged. */
static gboolean
is_passed_over(const char *name)
{
    return g_str_equal(name, "log") || g_str_equal(name, "asked") ||
           (g_str_has_prefix(name, "server ") && g_str_has_suffix(name, " saw"));
}

/* “recipient:” and “attempt:” begin what is said of another one. */
static TlsAttempt *
begin_attempt(TlsCase *tls_case, const char *recipient)
{
    TlsAttempt *last = g_ptr_array_index(tls_case->attempts, tls_case->attempts->len - 1);
    TlsAttempt *attempt = last;

    if (last->status != NULL) {
        attempt = g_new0(TlsAttempt, 1);
        attempt->recipient = g_strdup(last->recipient);
        g_ptr_array_add(tls_case->attempts, attempt);
    }
    if (recipient != NULL) {
        g_free(attempt->recipient);
        attempt->recipient = g_strdup(recipient);
    }
    return attempt;
}

/* A line below “---”. */
static void
read_result(TlsCase *tls_case, const char *line, char **to)
{
    g_auto(GStrv) words = g_strsplit(line, ": ", 2);
    TlsAttempt *attempt = g_ptr_array_index(tls_case->attempts, tls_case->attempts->len - 1);
    char **field = words[0] != NULL ? find_field(attempt, words[0]) : NULL;

    if (words[0] == NULL || is_passed_over(words[0]))
        return;
    if (words[1] == NULL)
        g_error("%s, %s: “%s”", tls_case->file, tls_case->name, line);
    if (g_str_equal(words[0], "to")) {
        g_free(*to);
        *to = g_strdup(words[1]);
    } else if (g_str_equal(words[0], "attempt")) {
        begin_attempt(tls_case, NULL);
        tls_case->is_tried_again = TRUE;
    } else if (g_str_equal(words[0], "recipient")) {
        begin_attempt(tls_case, words[1]);
    } else if (field != NULL && *field == NULL) {
        *field = g_strdup(words[1]);
    } else {
        g_error("%s, %s: “%s”", tls_case->file, tls_case->name, line);
    }
}

static TlsCase *
read_case(const char *file, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GString) fragment = g_string_new(NULL);
    g_autofree char *to = g_strdup("root@dest.example");
    TlsCase *tls_case = g_new0(TlsCase, 1);
    gboolean over = FALSE;

    tls_case->file = g_strdup(file);
    tls_case->name = g_strdup(lines[0]);
    tls_case->attempts = g_ptr_array_new_with_free_func(free_attempt);
    g_ptr_array_add(tls_case->attempts, g_new0(TlsAttempt, 1));
    for (guint i = 1; lines[i] != NULL; i++) {
        if (over)
            read_result(tls_case, lines[i], &to);
        else if (g_str_has_prefix(lines[i], "---"))
            over = TRUE;
        else
            g_string_append_printf(fragment, "%s\n", lines[i]);
    }
    for (guint i = 0; i < tls_case->attempts->len; i++) {
        const TlsAttempt *attempt = g_ptr_array_index(tls_case->attempts, i);

        if (g_strcmp0(attempt->status, "-") == 0)
            g_ptr_array_remove_index(tls_case->attempts, i--);
        else if (attempt->status == NULL || attempt->dsn == NULL || attempt->reason == NULL ||
                 attempt->tls == NULL || attempt->channel == NULL)
            g_error("%s, %s: attempt %u is not whole", file, tls_case->name, i + 1);
    }
    tls_case->scenario = write_scenario(fragment->str, to, tls_case->is_tried_again);
    return tls_case;
}

GPtrArray *
tls_cases_read(const char *file)
{
    g_autofree char *path = g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), "tests",
                                             "dialogue", "recorded", "tls", file, NULL);
    GPtrArray *cases = g_ptr_array_new();
    g_autofree char *text = NULL;
    g_auto(GStrv) parts = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        g_error("cannot read %s", path);
    parts = g_strsplit(text, "\n=== ", -1);
    for (guint i = 1; parts[i] != NULL; i++)
        g_ptr_array_add(cases, read_case(file, parts[i]));
    return cases;
}
