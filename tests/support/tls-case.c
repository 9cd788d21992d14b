/* SPDX-License-Identifier: MIT */
#include "tls-case.h"

#include <string.h>

/* The world that every case is about; what a case says of a key wins. */
static const char base[] =
    "[scenario]\ntitle = Recorded\n"
    "[host mail]\nmailname = iesgn.example\nhostname = mail.iesgn.example\n"
    "address = 203.0.113.25\nusers = ana\n"
    "[host dest]\nmailname = dest.example\nhostname = mx.dest.example\ncertificate = c\n"
    "[certificate c]\n"
    "[postfix mail]\ninet_protocols = ipv4\nsmtp_tls_session_cache_database =\n"
    "smtp_tls_loglevel = 1\n"
    "[service dest other]\nport = 587\n"
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

/* NULL: it does not say that KEY. Lent. */
static const char *
find_line(const Group *group, const char *key)
{
    for (guint i = 0; i < group->lines->len; i++) {
        const char *line = g_ptr_array_index(group->lines, i);

        if (measure_key(line) == strlen(key) && g_str_has_prefix(line, key))
            return line;
    }
    return NULL;
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

static gboolean
has_group(const GPtrArray *groups, const char *header)
{
    for (guint i = 0; i < groups->len; i++)
        if (g_str_equal(((const Group *)g_ptr_array_index(groups, i))->header, header))
            return TRUE;
    return FALSE;
}

/* Servers have a certificate of their name, and take mail for everybody. */
static void
add_receivers(GPtrArray *groups)
{
    const guint n = groups->len;

    for (guint i = 0; i < n; i++) {
        const Group *group = g_ptr_array_index(groups, i);
        g_autofree char *name = NULL;
        g_autofree char *text = NULL;

        if (!g_str_has_prefix(group->header, "[host ") ||
            g_str_equal(group->header, "[host mail]"))
            continue;
        name = g_strndup(group->header + strlen("[host "),
                         strlen(group->header) - strlen("[host ]"));
        text = g_strdup_printf("[postfix %s]\nmynetworks = 203.0.113.25\n", name);
        add_groups(groups, text);
        if (find_line(group, "certificate") == NULL) {
            g_autofree char *own = g_strdup_printf("[host %s]\ncertificate = %s\n"
                                                   "[certificate %s]\n",
                                                   name, name, name);
            add_groups(groups, own);
        }
    }
}

/* A name that is an alias cannot be the host's own. */
static void
make_room_for_alias(GPtrArray *groups)
{
    const Group *zone = has_group(groups, "[zone dest.example]")
                            ? find_group(groups, "[zone dest.example]")
                            : NULL;

    if (zone == NULL || find_line(zone, "mx CNAME") == NULL)
        return;
    if (find_line(zone, "@ MX") == NULL)
        add_groups(groups, "[zone dest.example]\n@ MX = 10 mx\n");
    if (find_line(find_group(groups, "[certificate c]"), "names") == NULL)
        add_groups(groups, "[certificate c]\nnames = mx.dest.example\n");
    add_groups(groups, "[host dest]\nhostname = server.dest.example\n");
}

/* The keys of the recorded certificates differ; Debian's own have one and the same in the lab.
 * The first files' were of KIND. */
static void
give_keys(const GPtrArray *groups, const char *kind)
{
    for (guint i = 0; i < groups->len; i++) {
        const Group *group = g_ptr_array_index(groups, i);

        if (g_str_has_prefix(group->header, "[certificate ") &&
            g_strcmp0(find_line(group, "profile"), "profile = snakeoil") == 0 &&
            find_line(group, "key") == NULL)
            g_ptr_array_add(group->lines, g_strdup_printf("key = %s", kind));
    }
}

static gboolean
is_of_world(const Group *group)
{
    static const char *const prefixes[] = {"[scenario]", "[host ", "[certificate "};

    for (guint i = 0; i < G_N_ELEMENTS(prefixes); i++)
        if (g_str_has_prefix(group->header, prefixes[i]))
            return TRUE;
    return FALSE;
}

/* WHICH: NULL, or of which groups. */
static char *
print_groups(const GPtrArray *groups, gboolean (*which)(const Group *))
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < groups->len; i++) {
        const Group *group = g_ptr_array_index(groups, i);

        if (which != NULL && !which(group))
            continue;
        g_string_append_printf(text, "%s\n", group->header);
        for (guint j = 0; j < group->lines->len; j++)
            g_string_append_printf(text, "%s\n",
                                   (const char *)g_ptr_array_index(group->lines, j));
    }
    return g_string_free(text, FALSE);
}

/* Which chain a server sends, and whose key a certificate has, cannot be said in a scenario.
 */
static gboolean
is_beyond(const GPtrArray *groups)
{
    for (guint i = 0; i < groups->len; i++) {
        const Group *group = g_ptr_array_index(groups, i);

        if (g_str_has_prefix(group->header, "[certificate ") &&
            (find_line(group, "sends") != NULL || find_line(group, "key-of") != NULL))
            return TRUE;
    }
    return FALSE;
}

/* “name = $asked_1”, “asked_1 = value”: what a value comes to that check refuses. */
static void
hide_values(GPtrArray *groups)
{
    const Group *group = find_group(groups, "[postfix mail]");
    const guint n = group->lines->len;

    for (guint i = 0; i < n; i++) {
        char *line = g_ptr_array_index(group->lines, i);
        const char *equals = strchr(line, '=');

        if (equals == NULL || strchr(line, '$') != NULL)
            continue;
        g_ptr_array_add(group->lines, g_strdup_printf("asked_%u %s", i, equals));
        group->lines->pdata[i] =
            g_strdup_printf("%.*s = $asked_%u", (int)measure_key(line), line, i);
        g_free(line);
    }
}

static void
write_scenario(TlsCase *tls_case, const char *fragment, const char *to)
{
    g_autoptr(GPtrArray) groups = g_ptr_array_new_with_free_func(free_group);
    g_autofree char *whom = g_strdup_printf("[step send]\nto = %s\n", to);

    add_groups(groups, base);
    add_groups(groups, whom);
    add_groups(groups, fragment);
    add_receivers(groups);
    make_room_for_alias(groups);
    give_keys(groups, tls_case->is_brief ? "ecdsa" : "rsa");
    if (tls_case->is_tried_again)
        add_groups(groups, later);
    tls_case->scenario = print_groups(groups, NULL);
    tls_case->world = print_groups(groups, is_of_world);
    tls_case->is_beyond = is_beyond(groups) || strchr(to, '[') != NULL;
    hide_values(groups);
    tls_case->hidden = print_groups(groups, NULL);
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

/* What is said of all attempts together; FALSE: it is something else. */
static gboolean
read_line(TlsCase *tls_case, const char *name, const char *value)
{
    static const char server[] = "server ";
    static const char saw[] = " saw";

    if (g_str_equal(name, "log")) {
        g_ptr_array_add(tls_case->log, g_strdup(value));
    } else if (g_str_equal(name, "asked")) {
        g_ptr_array_add(tls_case->asked, g_strdup(value));
    } else if (g_str_has_prefix(name, server) && g_str_has_suffix(name, saw)) {
        const gsize length = strlen(name) - strlen(server) - strlen(saw);

        g_ptr_array_add(tls_case->saw,
                        g_strdup_printf("%.*s %s", (int)length, name + strlen(server), value));
    } else {
        return FALSE;
    }
    return TRUE;
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

    if (words[0] == NULL)
        return;
    if (words[1] == NULL)
        g_error("%s, %s: “%s”", tls_case->file, tls_case->name, line);
    if (read_line(tls_case, words[0], words[1]))
        return;
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

/* The first files were recorded whole. */
static gboolean
is_brief(const char *file)
{
    static const char *const whole[] = {"chains.txt", "dates.txt", "names.txt", "versions.txt",
                                        NULL};

    return !g_strv_contains(whole, file);
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
    tls_case->is_brief = is_brief(file);
    tls_case->attempts = g_ptr_array_new_with_free_func(free_attempt);
    tls_case->log = g_ptr_array_new_with_free_func(g_free);
    tls_case->asked = g_ptr_array_new_with_free_func(g_free);
    tls_case->saw = g_ptr_array_new_with_free_func(g_free);
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
        TlsAttempt *attempt = g_ptr_array_index(tls_case->attempts, i);

        if (g_strcmp0(attempt->status, "-") == 0)
            g_ptr_array_remove_index(tls_case->attempts, i--);
        else if (strstr(fragment->str, "smtp_tls_loglevel") != NULL &&
                 g_strcmp0(attempt->tls, "-") == 0)
            g_clear_pointer(&attempt->tls, g_free); /* there was a connection, and no line */
        else if (attempt->status == NULL || attempt->dsn == NULL || attempt->reason == NULL ||
                 attempt->tls == NULL || attempt->channel == NULL)
            g_error("%s, %s: attempt %u is not whole", file, tls_case->name, i + 1);
    }
    write_scenario(tls_case, fragment->str, to);
    return tls_case;
}

static void
free_case(gpointer data)
{
    TlsCase *tls_case = data;

    g_free(tls_case->file);
    g_free(tls_case->name);
    g_free(tls_case->scenario);
    g_free(tls_case->hidden);
    g_free(tls_case->world);
    g_ptr_array_unref(tls_case->attempts);
    g_ptr_array_unref(tls_case->log);
    g_ptr_array_unref(tls_case->asked);
    g_ptr_array_unref(tls_case->saw);
    g_free(tls_case);
}

GPtrArray *
tls_cases_read(const char *file)
{
    g_autofree char *path = g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), "tests",
                                             "dialogue", "recorded", "tls", file, NULL);
    GPtrArray *cases = g_ptr_array_new_with_free_func(free_case);
    g_autofree char *text = NULL;
    g_auto(GStrv) parts = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        g_error("cannot read %s", path);
    parts = g_strsplit(text, "\n=== ", -1);
    for (guint i = 1; parts[i] != NULL; i++)
        g_ptr_array_add(cases, read_case(file, parts[i]));
    return cases;
}
