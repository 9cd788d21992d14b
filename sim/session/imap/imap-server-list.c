/* SPDX-License-Identifier: MIT
 *
 * LIST and LSUB (RFC 3501 §6.3.8, §6.3.9, RFC 3348): mailboxes, and what stands above them. */
#include "imap-server-private.h"

#include <string.h>

#define INBOX "INBOX"

/* ---- patterns ---------------------------------------------------------------------------- */

/* Reference and pattern in one. */
typedef struct {
    char *text;      /* no wildcard beside another */
    gsize n_letters; /* that are no wildcards: a name that matches is at least so long */
    char separator;
} Pattern;

/* “%%” is “%”, and “*” swallows what wildcards stand beside it. */
static void
pattern_init(Pattern *pattern, const char *reference, const char *text, char separator)
{
    g_autofree char *whole = g_strconcat(reference, text, NULL);
    GString *tidy = g_string_new(NULL);

    pattern->n_letters = 0;
    for (const char *c = whole; *c != '\0'; c++) {
        char *last = tidy->len > 0 ? &tidy->str[tidy->len - 1] : NULL;

        if (strchr("*%", *c) == NULL || last == NULL || strchr("*%", *last) == NULL)
            g_string_append_c(tidy, *c);
        else if (*c == '*')
            *last = '*';
        pattern->n_letters += strchr("*%", *c) == NULL;
    }
    pattern->separator = separator;
    pattern->text = g_string_free(tidy, FALSE);
}

static void
pattern_clear(Pattern *pattern)
{
    g_free(pattern->text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Pattern, pattern_clear)

/* Wildcards of TEXT that match nothing: those of STATES are reached, too. */
static void
pass_wildcards(const char *text, gboolean *states, gsize n_states)
{
    for (gsize i = 0; i + 1 < n_states; i++) {
        if (states[i] && strchr("*%", text[i]) != NULL)
            states[i + 1] = TRUE;
    }
}

/* One octet of the name; any capitals where it belongs to INBOX. FALSE: nothing is left that
 * could match. */
static gboolean
step(const Pattern *pattern, gboolean *states, gsize n_states, char octet, gboolean any_case)
{
    const char *text = pattern->text;
    gboolean alive = FALSE;

    for (gsize i = n_states; i-- > 0;) {
        const gboolean stays =
            states[i] && i + 1 < n_states &&
            (text[i] == '*' || (text[i] == '%' && octet != pattern->separator));
        const gboolean comes =
            i > 0 && states[i - 1] &&
            (text[i - 1] == octet ||
             (any_case && g_ascii_toupper(text[i - 1]) == g_ascii_toupper(octet)));

        states[i] = stays || comes;
        alive = alive || states[i];
    }
    pass_wildcards(text, states, n_states);
    return alive;
}

/* For each N whether the first N octets of NAME match; free with g_free(). */
static gboolean *
match_beginnings(const Pattern *pattern, const char *name)
{
    const gsize n_inbox = strlen(INBOX);
    const gboolean inbox = strncmp(name, INBOX, n_inbox) == 0 &&
                           (name[n_inbox] == '\0' || name[n_inbox] == pattern->separator);
    const gsize n_states = strlen(pattern->text) + 1;
    gboolean *matches = g_new0(gboolean, strlen(name) + 1);
    g_autofree gboolean *states = NULL;

    if (pattern->n_letters > strlen(name))
        return matches;
    states = g_new0(gboolean, n_states);
    states[0] = TRUE;
    pass_wildcards(pattern->text, states, n_states);
    for (gsize i = 0; name[i] != '\0'; i++) {
        if (!step(pattern, states, n_states, name[i], inbox && i < n_inbox))
            break;
        matches[i + 1] = states[n_states - 1];
    }
    return matches;
}

/* ---- names, and what stands above them --------------------------------------------------- */

/* A walk over names; each is told once. */
typedef struct {
    MailsimImapServer *server;
    const Pattern *pattern;
    GHashTable *told; /* of char * */
    gboolean lsub;
} Walk;

static void
tell_name(const Walk *walk, const char *attributes, const char *name)
{
    GString *out = walk->server->out;

    g_string_append_printf(out, "* %s (%s) \"%c\" ", walk->lsub ? "LSUB" : "LIST", attributes,
                           walk->pattern->separator);
    mailsim_imap_server_append_astring(out, name);
    g_string_append(out, "\r\n");
}

static void
tell_listed(const Walk *walk, const char *name)
{
    const MailsimMailStore *store = walk->server->store;
    const gboolean mbox = mailsim_mail_store_get_layout(store) == MAILSIM_LAYOUT_MBOX;
    const gboolean exists = mailsim_mail_store_find(store, name) != NULL;
    const gboolean noselect = !exists && (mbox || !mailsim_mail_store_has_folder(store, name));
    g_autofree char *attributes = g_strdup_printf(
        "%s%s", noselect ? "\\Noselect " : "",
        mailsim_mail_store_has_below(store, name) ? "\\HasChildren" : "\\HasNoChildren");

    tell_name(walk, mbox && exists && strcmp(name, INBOX) != 0 ? "\\NoInferiors" : attributes,
              name);
}

/* What is above a subscription stands for it where that does not match itself. */
static void
tell_subscribed(const Walk *walk, const char *name, gboolean stands_for)
{
    if (mailsim_mail_store_is_subscribed(walk->server->store, name))
        tell_name(walk, "", name);
    else if (stands_for)
        tell_name(walk, "\\Noselect", name);
}

static void
walk_name(const Walk *walk, const char *name)
{
    const gsize length = strlen(name);
    g_autofree gboolean *matches = match_beginnings(walk->pattern, name);

    for (gsize i = 1; i <= length; i++) {
        g_autofree char *beginning = NULL;

        if (!matches[i] || (i < length && name[i] != walk->pattern->separator))
            continue;
        beginning = g_strndup(name, i);
        if (g_hash_table_contains(walk->told, beginning))
            continue;
        if (walk->lsub)
            tell_subscribed(walk, beginning, !matches[length]);
        else
            tell_listed(walk, beginning);
        g_hash_table_add(walk->told, g_steal_pointer(&beginning));
    }
}

static void
walk_names(const Walk *walk, const GPtrArray *names)
{
    for (guint i = 0; i < names->len; i++)
        walk_name(walk, g_ptr_array_index(names, i));
}

static void
walk_all(MailsimImapServer *server, const Pattern *pattern, gboolean lsub)
{
    const MailsimMailStore *store = server->store;
    const GPtrArray *mailboxes = mailsim_mail_store_list(store);
    g_autoptr(GHashTable) told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const Walk walk = {server, pattern, told, lsub};

    if (lsub) {
        walk_names(&walk, mailsim_mail_store_get_subscriptions(store));
        return;
    }
    for (guint i = 0; i < mailboxes->len; i++)
        walk_name(&walk, mailsim_mailbox_get_name(g_ptr_array_index(mailboxes, i)));
    walk_names(&walk, mailsim_mail_store_list_folders(store));
}

/* ---- commands ---------------------------------------------------------------------------- */

/* An empty pattern asks for the separator, and the root of the reference (RFC 3501 §6.3.8). */
static void
tell_root(MailsimImapServer *server, const char *reference)
{
    const char separator = mailsim_mail_store_get_separator(server->store);
    const char *end = strchr(reference, separator);
    g_autofree char *root =
        g_strndup(reference, end != NULL ? (gsize)(end - reference) + 1 : 0);

    g_string_append_printf(server->out, "* LIST (\\Noselect) \"%c\" ", separator);
    mailsim_imap_server_append_astring(server->out, root);
    g_string_append(server->out, "\r\n");
}

/* FALSE: the command has failed. */
static gboolean
check_arguments(MailsimImapServer *server, gboolean lsub)
{
    const char *problem = NULL;

    if (!lsub && mailsim_imap_server_get_list(server, 0) != NULL)
        problem = "Unknown select options";
    else if (mailsim_imap_server_get_string(server, 0) == NULL)
        problem = "Invalid reference";
    else if (mailsim_imap_server_get_string(server, 1) == NULL)
        problem = "Invalid pattern";
    else if (server->reader.arguments->len > 2)
        problem = "Extra arguments";
    if (problem != NULL)
        mailsim_imap_server_fail(server, problem);
    return problem == NULL;
}

static void
list(MailsimImapServer *server, gboolean lsub)
{
    const char *reference = mailsim_imap_server_get_string(server, 0);
    const char *text = mailsim_imap_server_get_string(server, 1);
    g_auto(Pattern) pattern = {0};

    if (!check_arguments(server, lsub))
        return;
    pattern_init(&pattern, reference, text, mailsim_mail_store_get_separator(server->store));
    if (*text != '\0')
        walk_all(server, &pattern, lsub);
    else if (!lsub)
        tell_root(server, reference);
    mailsim_imap_server_finish(server, lsub ? "OK Lsub completed" : "OK List completed");
}

void
mailsim_imap_server_do_list(MailsimImapServer *server)
{
    list(server, FALSE);
}

void
mailsim_imap_server_do_lsub(MailsimImapServer *server)
{
    list(server, TRUE);
}
