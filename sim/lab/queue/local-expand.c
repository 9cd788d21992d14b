/* SPDX-License-Identifier: MIT
 *
 * local(8): what an alias, a file of addresses and a user's ~/.forward name (aliases(5)). */
#include "local-private.h"

#include <string.h>

#include <mailsim/settings/expansion.h>

/* ---- one target -------------------------------------------------------------------------- */

static gboolean expand_include(MailsimLocalTurn turn, const char *path);

/* There are no programs in the lab, and no files to write to: a bounce says so once, where a
 * deferral would send copies to the other targets again and again. */
static gboolean
decline(const MailsimLocalTurn *turn, const char *target)
{
    g_autofree char *reason =
        g_strdup_printf("delivery to \"%s\" is not built in this lab", target);

    return mailsim_local_bounce(turn, "5.3.3", reason);
}

static gboolean
deliver_to_nowhere(const MailsimLocalTurn *turn)
{
    if (!mailsim_local_is_first(turn->delivery, "file", "/dev/null"))
        return FALSE;
    return mailsim_local_log(
        turn, &(MailsimDeliveryStatus){.status = "sent",
                                       .dsn = "2.0.0",
                                       .relay = "local",
                                       .reason = "delivered to file: /dev/null"});
}

static gboolean
deliver_to_target(MailsimLocalTurn turn, const char *target)
{
    static const char include[] = ":include:";

    if (g_str_equal(target, "/dev/null"))
        return deliver_to_nowhere(&turn);
    if (strchr("|/~", target[0]) != NULL)
        return decline(&turn, target);
    if (g_ascii_strncasecmp(target, include, strlen(include)) == 0)
        return expand_include(turn, target + strlen(include));
    return mailsim_local_deliver_address(turn, target);
}

/* All of a list, though some must wait. */
static gboolean
deliver_to_list(const MailsimLocalTurn *turn, const char *list, guint *count)
{
    g_autoptr(GPtrArray) targets = mailsim_alias_targets_parse(list);
    gboolean again = FALSE;

    *count += targets->len;
    for (guint i = 0; i < targets->len && !turn->delivery->exhausted; i++)
        again |= deliver_to_target(*turn, g_ptr_array_index(targets, i));
    return again;
}

/* Line by line, up to the first that must wait. */
static gboolean
deliver_to_lines(const MailsimLocalTurn *turn, const MailsimFileDefinition *file, guint *count)
{
    gboolean again = FALSE;

    for (guint i = 0; i < file->lines->len && !again; i++) {
        const char *line = g_ptr_array_index(file->lines, i);

        if (line[0] != '#')
            again = deliver_to_list(turn, line, count);
    }
    return again;
}

/* RFC 3461 §5.2.7.1: success is reported of the alias, and of nothing behind it. */
static void
report_success(const MailsimLocalTurn *turn)
{
    MailsimLocalDelivery *delivery = turn->delivery;

    if ((turn->notify & MAILSIM_NOTIFY_SUCCESS) != 0)
        mailsim_qmgr_log_expansion(delivery->file, delivery->recipient, "local");
}

/* ---- a file of addresses ----------------------------------------------------------------- */

static gboolean
expand_include(MailsimLocalTurn turn, const char *path)
{
    const MailsimFileDefinition *file = mailsim_host_find_file(turn.delivery->host, path);
    guint count = 0;

    turn.level++;
    if (!mailsim_local_is_first(turn.delivery, "include", path))
        return FALSE;
    turn.expanded = turn.local;
    if (path[0] == '/' && file == NULL)
        mailsim_host_log(turn.delivery->host, "local", -1,
                         "warning: unable to lookup :include: file %s: No such file or "
                         "directory",
                         path);
    if (path[0] != '/' || file == NULL)
        return mailsim_local_bounce(&turn, "5.3.5", "mail system configuration error");
    turn.source = MAILSIM_LOCAL_INCLUDE;
    if (turn.owner == NULL)
        turn.owner = turn.address;
    if (!mailsim_host_propagates_extension(turn.delivery->host, "include"))
        turn.unmatched = NULL;
    return deliver_to_lines(&turn, file, &count);
}

/* ---- an alias ---------------------------------------------------------------------------- */

/* The address of owner-NAME, or what it stands for (postconf(5) expand_owner_alias); NULL:
 * there is no such alias. Free with g_free(). */
static char *
find_owner(const MailsimHost *host, const char *tables, const char *name)
{
    g_autofree char *owner = g_strconcat("owner-", name, NULL);
    g_autofree char *value = NULL;
    g_autoptr(GPtrArray) targets = NULL;
    g_auto(MailsimRewriter) rewriter = {0};

    if (!mailsim_host_get_flag(host, NULL, "owner_request_special") ||
        mailsim_host_look_up(host, tables, owner, &value) != MAILSIM_LOOKUP_FOUND)
        return NULL;
    mailsim_rewriter_init(&rewriter, host);
    if (!mailsim_host_get_flag(host, NULL, "expand_owner_alias"))
        return mailsim_address_rewrite(owner, &rewriter.rules);
    targets = mailsim_alias_targets_parse(value);
    return targets->len > 0 ? mailsim_address_rewrite(targets->pdata[0], &rewriter.rules)
                            : NULL;
}

/* What was said of the message by its sender is not the list's to promise (RFC 3461 §5.2.7.3).
 */
static void
take_over(MailsimLocalTurn *turn, const char *owner)
{
    turn->sender = owner;
    turn->owner = owner;
    turn->original = "";
    turn->dsn_original = NULL;
    turn->from_list = TRUE;
}

static gboolean
expand_value(MailsimLocalTurn turn, const char *tables, const char *name, const char *value)
{
    const MailsimLocalTurn before = turn;
    g_autofree char *owner = find_owner(turn.delivery->host, tables, name);
    guint count = 0;
    gboolean again;

    turn.source = MAILSIM_LOCAL_ALIAS;
    if (mailsim_host_get_flag(turn.delivery->host, NULL, "reset_owner_alias"))
        turn.owner = NULL;
    turn.notify = mailsim_notify_drop_success(turn.notify);
    if (owner != NULL)
        take_over(&turn, owner);
    again = deliver_to_list(&turn, value, &count);
    if (count == 0)
        return mailsim_local_defer(&turn, "4.3.0", "alias database unavailable");
    report_success(&before);
    return again;
}

static void
log_failed_lookup(const MailsimLocalTurn *turn, const char *tables, const char *name)
{
    MailsimHost *host = turn->delivery->host;
    MailsimProcess *process = mailsim_process_start(host, NULL, "local");
    g_auto(GStrv) list = mailsim_expansion_split(tables);

    mailsim_process_log_unavailable(process, -1, host, tables, name);
    for (guint i = 0; list[i] != NULL; i++) {
        if (mailsim_host_look_up(host, list[i], name, NULL) != MAILSIM_LOOKUP_ERROR)
            continue;
        mailsim_process_log(process, -1, "warning: %s: lookup of '%s' failed", list[i], name);
        break;
    }
    mailsim_process_end(process);
}

gboolean
mailsim_local_expand_alias(MailsimLocalTurn turn, const char *name, gboolean *again)
{
    const MailsimHost *host = turn.delivery->host;
    g_autofree char *tables = mailsim_host_dup_parameter(host, NULL, "alias_maps");
    g_autofree char *value = NULL;

    turn.level++;
    /* In its own expansion it is the user. */
    if (turn.expanded != NULL && g_ascii_strcasecmp(turn.expanded, name) == 0)
        return FALSE;
    if (turn.level > MAILSIM_LOCAL_LEVEL_MAX) {
        g_autofree char *reason = g_strdup_printf("alias database loop for %s", name);

        mailsim_host_log(turn.delivery->host, "local", -1, "warning: %s", reason);
        *again = mailsim_local_bounce(&turn, "5.4.6", reason);
        return TRUE;
    }
    turn.expanded = name;
    switch (mailsim_host_look_up(host, tables, name, &value)) {
    case MAILSIM_LOOKUP_FOUND:
        *again = expand_value(turn, tables, name, value);
        return TRUE;
    case MAILSIM_LOOKUP_ERROR:
        log_failed_lookup(&turn, tables, name);
        *again = mailsim_local_defer(&turn, "4.3.0", "alias database unavailable");
        return TRUE;
    case MAILSIM_LOOKUP_NOT_FOUND:
        return FALSE;
    }
    g_assert_not_reached();
}

/* ---- ~/.forward -------------------------------------------------------------------------- */

/* The first of forward_path that is there. One that is named after the extension has heard of
 * it. */
static const MailsimFileDefinition *
find_forward(MailsimLocalTurn *turn)
{
    const MailsimHost *host = turn->delivery->host;
    g_autofree char *value = mailsim_host_dup_parameter(host, NULL, "forward_path");
    g_auto(GStrv) templates = mailsim_expansion_split(value);

    for (guint i = 0; templates[i] != NULL; i++) {
        g_autofree char *path = mailsim_local_expand_template(turn, templates[i]);
        const MailsimFileDefinition *file =
            path != NULL ? mailsim_host_find_file(host, path) : NULL;

        if (file == NULL)
            continue;
        if (strstr(templates[i], "extension") != NULL ||
            !mailsim_host_propagates_extension(host, "forward"))
            turn->unmatched = NULL;
        return file;
    }
    return NULL;
}

gboolean
mailsim_local_expand_forward(MailsimLocalTurn turn, gboolean *again)
{
    const MailsimUser *user = mailsim_host_find_user(turn.delivery->host, turn.user);
    const MailsimLocalTurn before = turn;
    const MailsimFileDefinition *file;
    g_autofree char *done = NULL;
    guint count = 0;

    turn.level++;
    file = user != NULL ? find_forward(&turn) : NULL;
    if (file == NULL)
        return FALSE;
    done = g_strconcat("forward-done ", file->path, NULL);
    if (!mailsim_local_is_first(turn.delivery, "forward", file->path))
        return g_hash_table_contains(turn.delivery->seen, done);
    turn.source = MAILSIM_LOCAL_FORWARD;
    turn.owner = turn.user;
    turn.expanded = turn.local;
    turn.notify = mailsim_notify_drop_success(turn.notify);
    *again = deliver_to_lines(&turn, file, &count);
    if (count == 0)
        return FALSE;
    mailsim_local_is_first(turn.delivery, "forward-done", file->path);
    if (!*again)
        report_success(&before);
    return TRUE;
}
