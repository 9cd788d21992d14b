/* SPDX-License-Identifier: MIT
 *
 * The picture above a transcript: who hands the message to whom, and in which role (RFC
 * 5598). */
#include "render-parts.h"

#include "columns.h"
#include "log-kind.h"

#define PATH_INDENT       3
#define PATH_ARROW_DASHES 3
#define PATH_LINES        6  /* at most, of servers */
#define PATH_FAN_COLUMNS  48 /* before them: a name has room behind */

static gboolean
is_fetch(const MailsimHop *hop)
{
    return g_strcmp0(hop->protocol, "imap") == 0 || g_strcmp0(hop->protocol, "pop3") == 0;
}

/* The hops that carry one message on, from the first of step STEP; or the one by which mail is
 * read. */
static GPtrArray *
find_path(const MailsimRecording *recording, guint step)
{
    GPtrArray *path = g_ptr_array_new();
    const char *at = NULL;

    guint first;
    guint end;

    mailsim_recording_get_step_hops(recording, step, &first, &end);
    for (guint i = first; i < end; i++) {
        MailsimHop *hop = g_ptr_array_index(recording->hops, i);
        if (at != NULL && (g_strcmp0(hop->from, at) != 0 || is_fetch(hop)))
            continue;
        g_ptr_array_add(path, hop);
        at = hop->to;
        if (at == NULL || is_fetch(hop))
            break;
    }
    return path;
}

/* Reading is less than the shortest way of a message. */
static guint
measure_path(const GPtrArray *path)
{
    return path->len == 0 ? 0 : is_fetch(g_ptr_array_index(path, 0)) ? 1 : path->len + 1;
}

static GPtrArray *
find_longest_path(const MailsimRecording *recording)
{
    GPtrArray *longest = g_ptr_array_new();

    for (guint step = 0; step < recording->steps->len; step++) {
        GPtrArray *path = find_path(recording, step);
        if (measure_path(path) > measure_path(longest)) {
            GPtrArray *shorter = longest;
            longest = path;
            path = shorter;
        }
        g_ptr_array_unref(path);
    }
    return longest;
}

/* Who gets a message delivered at PARTY in that step; lent; NULL: nobody. */
static const char *
find_recipient(const MailsimRecording *recording, guint step, const char *party)
{
    guint first;
    guint end;

    mailsim_recording_get_step_events(recording, step, &first, &end);
    for (guint i = first; i < end; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);
        if (event->kind == MAILSIM_EVENT_STATUS && event->status.delivered &&
            g_strcmp0(event->party, party) == 0)
            return event->status.recipient;
    }
    return NULL;
}

static char *
describe_first(const Page *page, const MailsimHop *first)
{
    const MailsimParty *party = mailsim_recording_find_party(page->recording, first->from);
    const MailsimLanguage language = page->options->language;

    if (!first->from_mail_program)
        return g_strdup(page_phrase(page, MAILSIM_PHRASE_ROLE_MTA));
    if (party == NULL || party->user == NULL)
        return g_strdup(page_phrase(page, MAILSIM_PHRASE_ROLE_MUA_NOBODY));
    return mailsim_phrase_format(MAILSIM_PHRASE_ROLE_MUA, language, "user", party->user, NULL);
}

static char *
describe_receiver(const Page *page, const MailsimHop *hop, gboolean last)
{
    const MailsimLanguage language = page->options->language;
    const char *recipient = find_recipient(page->recording, hop->step, hop->to);
    const gboolean submission = hop->from_mail_program && hop->port != 25;

    if (is_fetch(hop))
        return g_strdup(page_phrase(page, g_str_equal(hop->protocol, "imap")
                                              ? MAILSIM_PHRASE_ROLE_IMAP
                                              : MAILSIM_PHRASE_ROLE_POP3));
    if (submission)
        return g_strdup(
            page_phrase(page, last ? MAILSIM_PHRASE_ROLE_MSA : MAILSIM_PHRASE_ROLE_MSA_MTA));
    if (recipient == NULL || !last)
        return g_strdup(page_phrase(page, MAILSIM_PHRASE_ROLE_MTA));
    return mailsim_phrase_format(MAILSIM_PHRASE_ROLE_MTA_OF, language, "recipient", recipient,
                                 NULL);
}

static const char *
name_client(const Page *page, const MailsimHop *hop)
{
    const MailsimParty *party = mailsim_recording_find_party(page->recording, hop->from);

    return party != NULL && party->is_host && party->fqdn != NULL ? party->fqdn : hop->from;
}

static void
append(const Page *page, GString *line, const char *text)
{
    g_autofree char *shown = page_dup_shown(page, text);

    g_string_append(line, shown);
}

/* “ ───587──▶ ”, with EXTRA dashes more. */
static void
append_arrow(const Page *page, GString *names, guint port, guint extra)
{
    g_autofree char *number = g_strdup_printf("%u", port);

    append(page, names, " ");
    for (guint i = 0; i < PATH_ARROW_DASHES + extra; i++)
        append(page, names, "─");
    append(page, names, number);
    for (guint i = 0; i < PATH_ARROW_DASHES - 1; i++)
        append(page, names, "─");
    append(page, names, "▶ ");
}

/* “ ◀──993── ”: it is asked for, not brought. */
static void
append_arrow_back(const Page *page, GString *names, guint port, guint extra)
{
    g_autofree char *number = g_strdup_printf("%u", port);

    append(page, names, " ◀");
    for (guint i = 0; i < PATH_ARROW_DASHES - 1; i++)
        append(page, names, "─");
    append(page, names, number);
    for (guint i = 0; i < PATH_ARROW_DASHES + extra; i++)
        append(page, names, "─");
    append(page, names, " ");
}

/* Columns by which the arrow must be longer for the next role to have room: role by role, two
 * blanks between. */
static guint
count_missing(const GString *names, const GString *roles, guint port)
{
    g_autofree char *number = g_strdup_printf("%u", port);
    const guint arrow = 2 * PATH_ARROW_DASHES + 2 + columns_width(number);
    const guint reached = columns_width(names->str) + arrow;
    const guint wanted = columns_width(roles->str) + 2;

    return wanted > reached ? wanted - reached : 0;
}

/* Both lines at once, so that each role stands under its name. */
static void
draw(const Page *page, const GPtrArray *path, GString *names, GString *roles)
{
    const MailsimHop *first = g_ptr_array_index(path, 0);
    g_autofree char *role = describe_first(page, first);

    columns_pad(names, PATH_INDENT);
    columns_pad(roles, PATH_INDENT);
    append(page, names, name_client(page, first));
    append(page, roles, role);
    for (guint i = 0; i < path->len; i++) {
        const MailsimHop *hop = g_ptr_array_index(path, i);
        g_autofree char *next = describe_receiver(page, hop, i + 1 == path->len);
        append_arrow(page, names, hop->port, count_missing(names, roles, hop->port));
        columns_pad(roles, columns_width(names->str));
        append(page, names, hop->to_fqdn != NULL ? hop->to_fqdn : hop->address);
        append(page, roles, next);
    }
}

/* The first mail program that reads what PATH has brought; NULL: none does. */
static const MailsimHop *
find_reader(const MailsimRecording *recording, const GPtrArray *path)
{
    const MailsimHop *last = g_ptr_array_index(path, path->len - 1);

    for (guint i = 0; i < recording->hops->len && !is_fetch(last); i++) {
        const MailsimHop *hop = g_ptr_array_index(recording->hops, i);
        if (is_fetch(hop) && hop->from_mail_program && !hop->typed && hop->to != NULL &&
            g_strcmp0(hop->to, last->to) == 0)
            return hop;
    }
    return NULL;
}

static void
draw_reader(const Page *page, const MailsimHop *reader, GString *names, GString *roles)
{
    g_autofree char *role = describe_first(page, reader);

    append_arrow_back(page, names, reader->port, count_missing(names, roles, reader->port));
    columns_pad(roles, columns_width(names->str));
    append(page, names, name_client(page, reader));
    append(page, roles, role);
}

static const char *
name_server(const MailsimHop *hop)
{
    return hop->to_fqdn != NULL ? hop->to_fqdn : hop->address;
}

static gboolean
is_among(const GPtrArray *hops, const MailsimHop *hop)
{
    for (guint i = 0; i < hops->len; i++) {
        const MailsimHop *other = g_ptr_array_index(hops, i);
        if (other->port == hop->port && g_strcmp0(name_server(other), name_server(hop)) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The servers to which the last host of PATH sends in the same step, each once. */
static GPtrArray *
find_branches(const MailsimRecording *recording, const GPtrArray *path)
{
    const MailsimHop *last = g_ptr_array_index(path, path->len - 1);
    GPtrArray *branches = g_ptr_array_new();
    guint first;
    guint end;

    mailsim_recording_get_step_hops(recording, last->step, &first, &end);
    for (guint i = first; i < end && !is_fetch(last); i++) {
        MailsimHop *hop = g_ptr_array_index(recording->hops, i);
        if (!is_fetch(hop) && hop->message == last->message &&
            g_strcmp0(hop->from, last->from) == 0 && !is_among(branches, hop))
            g_ptr_array_add(branches, hop);
    }
    return branches;
}

/* “┬─25──▶ mail.good.example”, and under it the others; of too many, the last line says how
 * many more there are. */
static void
draw_branches(Page *page, const GPtrArray *branches, GString *line)
{
    const guint column = columns_width(line->str);
    const guint n_drawn = branches->len > PATH_LINES ? PATH_LINES - 1 : branches->len;

    for (guint i = 0; i < n_drawn; i++) {
        const MailsimHop *hop = g_ptr_array_index(branches, i);
        const gboolean last = i + 1 == branches->len;
        g_autofree char *arrow = g_strdup_printf(
            "%s─%u──▶ %s", i == 0 ? "┬" : (last ? "└" : "├"), hop->port, name_server(hop));
        columns_pad(line, column);
        append(page, line, arrow);
        page_put_line(page, INK_BOLD, line->str);
        g_string_truncate(line, 0);
    }
    if (n_drawn == branches->len)
        return;
    g_autofree char *count = g_strdup_printf("%u", branches->len - n_drawn);
    g_autofree char *others = mailsim_phrase_format(
        MAILSIM_PHRASE_PATH_OTHERS, page->options->language, "count", count, NULL);
    g_autofree char *end = g_strdup_printf("└─ %s", others);
    columns_pad(line, column);
    append(page, line, end);
    page_put_line(page, INK_BOLD, line->str);
}

/* The way to the host that sends to several, and from it a line for each. */
static void
draw_fan(Page *page, const GPtrArray *path, const GPtrArray *branches)
{
    const MailsimHop *last = g_ptr_array_index(path, path->len - 1);
    const MailsimParty *party = mailsim_recording_find_party(page->recording, last->from);
    g_autoptr(GString) line = g_string_new(NULL);

    columns_pad(line, PATH_INDENT);
    for (guint i = 0; i + 1 < path->len; i++) {
        const MailsimHop *hop = g_ptr_array_index(path, i);
        append(page, line, i == 0 ? name_client(page, hop) : "");
        append_arrow(page, line, hop->port, 0);
        append(page, line, name_server(hop));
    }
    if (path->len == 1)
        append(page, line, name_client(page, last));
    if (columns_width(line->str) > PATH_FAN_COLUMNS) {
        g_string_truncate(line, 0);
        columns_pad(line, PATH_INDENT);
        append(page, line, party != NULL ? party->name : last->from);
    }
    append(page, line, " ─");
    draw_branches(page, branches, line);
    page_end_line(page);
}

/* Who reads it, if there is room. */
static void
put_reader(const Page *page, const GPtrArray *path, GString *names, GString *roles)
{
    const MailsimHop *reader = find_reader(page->recording, path);
    const gsize n_names = names->len;
    const gsize n_roles = roles->len;

    if (reader == NULL)
        return;
    draw_reader(page, reader, names, roles);
    if (columns_width(names->str) <= PAGE_COLUMNS && columns_width(roles->str) <= PAGE_COLUMNS)
        return;
    g_string_truncate(names, n_names);
    g_string_truncate(roles, n_roles);
}

/* Too wide for a picture: a line for each hop. */
static void
list_hops(Page *page, const GPtrArray *path)
{
    for (guint i = 0; i < path->len; i++) {
        const MailsimHop *hop = g_ptr_array_index(path, i);
        g_autoptr(GString) line = g_string_new("   ");
        append(page, line, name_client(page, hop));
        append_arrow(page, line, hop->port, 0);
        append(page, line, hop->to_fqdn != NULL ? hop->to_fqdn : hop->address);
        page_put_line(page, INK_BOLD, line->str);
    }
}

/* --- where mail is only read -------------------------------------------------------------- */

static gboolean
is_same_way(const MailsimHop *a, const MailsimHop *b)
{
    return a->port == b->port && g_str_equal(a->from, b->from);
}

/* The ways by which programs read from the server of HOP, each once. */
static GPtrArray *
find_readers(const MailsimRecording *recording, const MailsimHop *hop)
{
    GPtrArray *readers = g_ptr_array_new();

    for (guint i = 0; i < recording->hops->len; i++) {
        MailsimHop *other = g_ptr_array_index(recording->hops, i);
        gboolean is_known = !is_fetch(other) || !other->connected || other->typed ||
                            g_strcmp0(other->to, hop->to) != 0;

        for (guint j = 0; j < readers->len && !is_known; j++)
            is_known = is_same_way(g_ptr_array_index(readers, j), other);
        if (!is_known)
            g_ptr_array_add(readers, other);
    }
    return readers;
}

static MailsimPhrase
choose_reading_role(const GPtrArray *readers)
{
    gboolean imap = FALSE;
    gboolean pop3 = FALSE;

    for (guint i = 0; i < readers->len; i++) {
        const MailsimHop *hop = g_ptr_array_index(readers, i);

        imap |= g_str_equal(hop->protocol, "imap");
        pop3 |= g_str_equal(hop->protocol, "pop3");
    }
    if (imap && pop3)
        return MAILSIM_PHRASE_ROLE_IMAP_POP3;
    return imap ? MAILSIM_PHRASE_ROLE_IMAP : MAILSIM_PHRASE_ROLE_POP3;
}

/* A line for each, and under the server's name what it is. */
static void
draw_readers(Page *page, const GPtrArray *readers)
{
    g_autoptr(GString) role = g_string_new(NULL);
    guint width = 0;

    for (guint i = 0; i < readers->len; i++)
        width = MAX(width, columns_width(name_client(page, g_ptr_array_index(readers, i))));
    for (guint i = 0; i < MIN(readers->len, PATH_LINES); i++) {
        const MailsimHop *hop = g_ptr_array_index(readers, i);
        g_autoptr(GString) line = g_string_new(NULL);

        columns_pad(line, PATH_INDENT);
        append(page, line, name_client(page, hop));
        columns_pad(line, PATH_INDENT + width);
        append_arrow(page, line, hop->port, 0);
        if (i == 0)
            columns_pad(role, columns_width(line->str));
        append(page, line, name_server(hop));
        page_put_line(page, INK_BOLD, line->str);
    }
    append(page, role, page_phrase(page, choose_reading_role(readers)));
    page_put_line(page, INK_PLAIN, role->str);
    page_end_line(page);
}

static gboolean
put_readers(Page *page, const MailsimHop *hop)
{
    g_autoptr(GPtrArray) readers =
        is_fetch(hop) ? find_readers(page->recording, hop) : g_ptr_array_new();

    if (readers->len < 2)
        return FALSE;
    draw_readers(page, readers);
    return TRUE;
}

void
render_path(Page *page)
{
    g_autoptr(GPtrArray) path = find_longest_path(page->recording);
    g_autoptr(GString) names = g_string_new(NULL);
    g_autoptr(GString) roles = g_string_new(NULL);

    if (path->len == 0 || put_readers(page, g_ptr_array_index(path, 0)))
        return;
    g_autoptr(GPtrArray) branches = find_branches(page->recording, path);
    if (branches->len > 1) {
        /* With little detail the hops of the first step say the same. */
        if (page->options->detail != MAILSIM_DETAIL_BRIEF)
            draw_fan(page, path, branches);
        return;
    }
    draw(page, path, names, roles);
    put_reader(page, path, names, roles);
    if (columns_width(names->str) <= PAGE_COLUMNS &&
        columns_width(roles->str) <= PAGE_COLUMNS) {
        page_put_line(page, INK_BOLD, names->str);
        page_put_line(page, INK_PLAIN, roles->str);
    } else {
        list_hops(page, path);
    }
    page_end_line(page);
}

static void
put_legend(Page *page, Ink ink, const char *marks, MailsimPhrase phrase)
{
    g_autoptr(GString) padded = g_string_new("    ");
    g_autofree char *shown = page_dup_shown(page, marks);

    g_string_append(padded, shown);
    columns_pad(padded, PAGE_TEXT_COLUMN + 2);
    page_put(page, ink, padded->str);
    page_put_line(page, INK_PLAIN, page_phrase(page, phrase));
}

/* Does anybody look at something, so that a frame needs explaining? */
static gboolean
is_something_shown(const MailsimEvent *event)
{
    return event->kind == MAILSIM_EVENT_SHOWN;
}

/* Is there a line of a log that is shown without being explained? */
static gboolean
is_telling_line(const MailsimEvent *event)
{
    return event->kind == MAILSIM_EVENT_LOG && log_kind_matters(log_kind_find(event));
}

/* Do times begin anew? */
static gboolean
is_retry(const MailsimEvent *event)
{
    return event->kind == MAILSIM_EVENT_QUEUE && g_strcmp0(event->queue.action, "retried") == 0;
}

static gboolean
happens(const MailsimRecording *recording, gboolean (*is_it)(const MailsimEvent *event))
{
    for (guint i = 0; i < recording->events->len; i++) {
        if (is_it(g_ptr_array_index(recording->events, i)))
            return TRUE;
    }
    return FALSE;
}

void
render_legend(Page *page)
{
    const gboolean brief = page->options->detail == MAILSIM_DETAIL_BRIEF;

    put_legend(page, INK_DIM, "0.040",
               page->live ? MAILSIM_PHRASE_LEGEND_TIME_LIVE : MAILSIM_PHRASE_LEGEND_TIME);
    if (happens(page->recording, is_retry))
        put_legend(page, INK_BOLD, "▷ 09:05:00", MAILSIM_PHRASE_LEGEND_RETRY);
    if (brief && !page->live) {
        put_legend(page, INK_BOLD, "→", MAILSIM_PHRASE_LEGEND_BRIEF);
    } else {
        put_legend(page, INK_WARNING, "->  <-", MAILSIM_PHRASE_LEGEND_CLEAR);
        put_legend(page, INK_GOOD, "~>  <~", MAILSIM_PHRASE_LEGEND_TLS);
        if (!brief)
            put_legend(page, INK_GOOD, "==> <==", MAILSIM_PHRASE_LEGEND_HANDSHAKE);
        if (page->live || happens(page->recording, is_telling_line))
            put_legend(page, INK_DIM, "log", MAILSIM_PHRASE_LEGEND_LOG);
        put_legend(page, INK_DIM, " ┃", MAILSIM_PHRASE_LEGEND_FACT);
    }
    put_legend(page, INK_DIM, " │", MAILSIM_PHRASE_LEGEND_NOTE);
    if (happens(page->recording, is_something_shown))
        put_legend(page, INK_DIM, " ┊", MAILSIM_PHRASE_LEGEND_SHOWN);
    page_end_line(page);
}
