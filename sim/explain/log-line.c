/* SPDX-License-Identifier: MIT
 *
 * Taking a line apart, from the left: time and host, program, severity, queue id. */
#include <mailsim/explain/log-line.h>

#include <string.h>

#include <mailsim/base/limits.h>

/* ---- text -------------------------------------------------------------------------------- */

/* The bytes as text that does nothing to a terminal. */
static char *
dup_printable(const char *bytes, gsize length)
{
    GString *text = g_string_sized_new(length);
    const char *at = bytes;
    const char *const end = bytes + length;

    while (at < end) {
        const gunichar character = g_utf8_get_char_validated(at, end - at);
        const gboolean broken = character == (gunichar)-1 || character == (gunichar)-2;
        const gsize size = broken || *at == '\0' ? 1 : (gsize)(g_utf8_next_char(at) - at);

        if (*at == '\t')
            g_string_append_c(text, ' ');
        else if (!broken && *at != '\0' && g_unichar_isprint(character))
            g_string_append_len(text, at, (gssize)size);
        else
            for (gsize i = 0; i < size; i++)
                g_string_append_printf(text, "\\x%02x", (guchar)at[i]);
        at += size;
    }
    return g_string_free(text, FALSE);
}

/* A named part of what matched; NULL: it is empty. */
static char *
fetch(const GMatchInfo *match, const char *name)
{
    char *part = g_match_info_fetch_named(match, name);

    if (part != NULL && *part == '\0')
        g_clear_pointer(&part, g_free);
    return part;
}

/* TEXT against PATTERN, which is compiled once and kept in PLACE. NULL: it does not match. */
static GMatchInfo *
match_once(const char *pattern, GRegex **place, const char *text)
{
    GMatchInfo *match;

    if (*place == NULL)
        *place = g_regex_new(pattern, G_REGEX_OPTIMIZE, 0, NULL);
    g_assert(*place != NULL);
    if (g_regex_match(*place, text, 0, &match))
        return match;
    g_match_info_unref(match);
    return NULL;
}

/* ---- what stands before the program ------------------------------------------------------ */

/* Times as syslogs write them; of journalctl --output: short, short-precise, short-iso,
 * short-full, short-unix, short-monotonic. */
#define DATE_SYSLOG  "[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]+)?"
#define DATE_ISO     "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?"
#define DATE_ZONE    "(?:Z| ?[+-][0-9]{2}:?[0-9]{2}| [A-Z]{2,5})?"
#define DATE_WEEKDAY "(?:[A-Z][a-z]{2} )?"
#define DATE_SECONDS "[0-9]{6,12}\\.[0-9]+|\\[ *[0-9]+\\.[0-9]+\\]"
#define DATE         DATE_SYSLOG "|" DATE_WEEKDAY DATE_ISO DATE_ZONE "|" DATE_SECONDS

/* grep(1) puts a file's name and a number before it, RFC 5424 a priority. */
#define BEFORE "^(?:[^\\s:]{1,200}[:-])?(?:[0-9]{1,9}[:-])?(?:<[0-9]{1,3}>)?\\s*"
#define TIME   BEFORE "(?:(?<time>" DATE ")\\s+)?"

#define POSTFIX "postfix[\\w.-]*(?:/[\\w.-]+)+"
#define PROGRAM "(?<name>" POSTFIX "|[\\w.@/-]{1,64})(?:\\[(?<pid>[^\\]\\s]{1,20})\\])?"
#define REST    "(?<rest>.*)$"

/* Without a host (journalctl --no-hostname) or a time only these two are programs. */
#define KNOWN "(?<name>" POSTFIX "|dovecot)(?:\\[(?<pid>[^\\]\\s]{1,20})\\])?:(?:\\s+|$)" REST

/* Dovecot's log_path: no host, no “dovecot”, but always a severity. */
#define OWN_FILE                                                                               \
    "^(?<time>" DATE_SYSLOG ") (?<rest>[a-z][a-z0-9-]*(?:\\([^)]*\\))?(?:<[^>]*>){0,2}: "      \
    "(?:Debug|Info|Warning|Error|Fatal|Panic): .*)$"

static GMatchInfo *
match_prefix(const char *text)
{
    static GRegex *own_file, *whole, *known, *anywhere, *other;
    GMatchInfo *match = match_once(OWN_FILE, &own_file, text);

    if (match == NULL)
        match = match_once(TIME "(?<host>[^\\s:]+) " KNOWN, &whole, text);
    if (match == NULL)
        match = match_once(TIME KNOWN, &known, text);
    if (match == NULL) /* somebody's own format: the program is named clearly all the same */
        match = match_once("^(?<host>)(?:\\S+\\s+){0,8}" KNOWN, &anywhere, text);
    if (match == NULL)
        match = match_once(BEFORE "(?<time>" DATE ")\\s+(?<host>[^\\s:]+) " PROGRAM
                                  ":(?:\\s+|$)" REST,
                           &other, text);
    return match;
}

/* ---- what a program says ----------------------------------------------------------------- */

/* Long queue ids have no vowels, and a “z” before the inode. */
#define LONG_ID  "[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]{6,}z[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-y]+"
#define QUEUE_ID "(?<id>NOQUEUE|[0-9A-F]{5,20}|" LONG_ID ")"
#define SEVERITY "(?:(?<severity>warning|error|fatal|panic): )?"

static void
read_postfix(MailsimLogLine *self, const char *rest)
{
    static GRegex *regex;
    g_autoptr(GMatchInfo) match =
        match_once("^" SEVERITY "(?:" QUEUE_ID ": )?" REST, &regex, rest);

    if (match == NULL) {
        self->message = g_strdup(rest);
        return;
    }
    self->severity = fetch(match, "severity");
    self->queue_id = fetch(match, "id");
    self->message = g_match_info_fetch_named(match, "rest");
}

/* “imap(ana)<370><AbC>: Disconnected …”, “auth-worker(385): …”, “auth: Error: …” */
static void
read_dovecot(MailsimLogLine *self, const char *rest)
{
    static GRegex *regex;
    g_autoptr(GMatchInfo) match =
        match_once("^(?<daemon>[a-z][a-z0-9-]*)(?:\\((?<user>[^)]*)\\))?(?:<(?<pid>[0-9]*)>)?"
                   "(?:<(?<session>[^>]*)>)?: "
                   "(?:(?<severity>Debug|Info|Warning|Error|Fatal|Panic): )?" REST,
                   &regex, rest);
    char *pid;

    if (match == NULL) {
        self->message = g_strdup(rest);
        return;
    }
    self->daemon = fetch(match, "daemon");
    self->user = fetch(match, "user");
    self->session = fetch(match, "session");
    self->severity = fetch(match, "severity");
    pid = fetch(match, "pid");
    if (pid == NULL && self->user != NULL && strspn(self->user, "0123456789") > 0 &&
        self->user[strspn(self->user, "0123456789")] == '\0')
        pid = g_steal_pointer(&self->user);
    if (pid != NULL) {
        g_free(self->pid);
        self->pid = pid;
    }
    if (self->severity != NULL)
        for (char *at = self->severity; *at != '\0'; at++)
            *at = g_ascii_tolower(*at);
    if (g_strcmp0(self->severity, "info") == 0)
        g_clear_pointer(&self->severity, g_free);
    self->message = g_match_info_fetch_named(match, "rest");
}

/* “postfix/submission/smtpd”: submission, smtpd. */
static void
read_name(MailsimLogLine *self)
{
    const char *first = strchr(self->name, '/');
    const char *last = strrchr(self->name, '/');

    if (!g_str_has_prefix(self->name, "postfix") || first == NULL)
        return;
    self->program = MAILSIM_LOG_POSTFIX;
    self->daemon = g_strdup(last + 1);
    if (last > first)
        self->service = g_strndup(first + 1, (gsize)(last - first - 1));
}

static gboolean
is_nothing(const char *text)
{
    return *text == '\0' ||
           (g_str_has_prefix(text, "==> ") && g_str_has_suffix(text, " <==")) ||
           g_str_has_prefix(text, "-- ") || g_str_equal(text, "--");
}

MailsimLogLine *
mailsim_log_line_new(const char *bytes, gsize length)
{
    g_return_val_if_fail(bytes != NULL || length == 0, NULL);
    MailsimLogLine *self = g_new0(MailsimLogLine, 1);
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *rest = NULL;

    self->cut = length > MAILSIM_LOG_LINE_MAX_BYTES;
    self->text = g_strstrip(dup_printable(bytes, MIN(length, MAILSIM_LOG_LINE_MAX_BYTES)));
    if (is_nothing(self->text)) {
        self->message = g_strdup("");
        return self;
    }
    match = match_prefix(self->text);
    if (match == NULL) {
        self->program = MAILSIM_LOG_BARE;
        read_postfix(self, self->text);
        return self;
    }
    self->program = MAILSIM_LOG_OTHER;
    self->time = fetch(match, "time");
    self->host = fetch(match, "host");
    self->name = fetch(match, "name");
    self->pid = fetch(match, "pid");
    rest = g_match_info_fetch_named(match, "rest");
    if (self->name == NULL || g_str_equal(self->name, "dovecot")) {
        self->program = MAILSIM_LOG_DOVECOT;
        read_dovecot(self, rest);
        return self;
    }
    read_name(self);
    if (self->program == MAILSIM_LOG_POSTFIX) {
        read_postfix(self, rest);
        return self;
    }
    self->daemon = g_strdup(self->name);
    self->message = g_steal_pointer(&rest);
    return self;
}

void
mailsim_log_line_free(MailsimLogLine *self)
{
    if (self == NULL)
        return;
    g_free(self->text);
    g_free(self->time);
    g_free(self->host);
    g_free(self->name);
    g_free(self->service);
    g_free(self->daemon);
    g_free(self->pid);
    g_free(self->user);
    g_free(self->session);
    g_free(self->severity);
    g_free(self->queue_id);
    g_free(self->message);
    g_free(self);
}
