/* SPDX-License-Identifier: MIT
 *
 * What sessions ask of their Dovecot, and a clock for all of them. */
#include "dovecot-world.h"

#include <string.h>

#include <mailsim/session/imap-login.h>
#include <mailsim/session/pop3-login.h>

#include "dovecot-auth.h"
#include "dovecot-mail.h"

/* The day of the first recordings. */
#define EPOCH_US (1763757296 * MAILSIM_SECOND)

/* mail_max_userip_connections */
#define CONNECTIONS_MAX 10

#define PID 4242

static const char *
get_setting(const DovecotConnection *connection, const char *name)
{
    return dovecot_dialogue_get_setting(connection->world->dialogue, name);
}

static gboolean
has_setting(const DovecotConnection *connection, const char *name, const char *value)
{
    return g_strcmp0(get_setting(connection, name), value) == 0;
}

static gboolean
is_pop3(const DovecotConnection *connection)
{
    return connection->port == 110 || connection->port == 995;
}

/* ---- the log ----------------------------------------------------------------------------- */

static void
free_log_line(gpointer data)
{
    DovecotLogLine *line = data;

    g_free(line->text);
}

/* “imap-login”, “pop3(alice)<4242><session1>” */
static char *
dup_process(const DovecotConnection *connection, MailsimLoginLog daemon)
{
    const char *protocol = is_pop3(connection) ? "pop3" : "imap";

    if (daemon == MAILSIM_LOGIN_LOG_LOGIN)
        return g_strdup_printf("%s-login", protocol);
    return g_strdup_printf("%s(%s)<%d><session%u>", protocol, connection->user, PID,
                           connection->number);
}

static void
take_log(gpointer data, MailsimLoginLog daemon, const char *text)
{
    DovecotConnection *connection = data;
    g_autofree char *process = dup_process(connection, daemon);
    gboolean syslog = has_setting(connection, "log_path", "syslog");
    const DovecotLogLine line = {
        .text = syslog ? g_strdup_printf("[mail.info] dovecot: %s: %s", process, text)
                       : g_strdup_printf("%s: Info: %s", process, text),
        .expected = connection->world->log_counts,
    };

    g_array_append_val(connection->world->log, line);
}

static gboolean
is_verbose(gpointer data)
{
    return has_setting(data, "auth_verbose", "yes");
}

/* ---- mailboxes --------------------------------------------------------------------------- */

static void
note_change(gpointer data)
{
    DovecotWorld *world = data;

    world->changed = TRUE;
}

static MailsimMailStore *
get_store(DovecotWorld *world, const char *user)
{
    MailsimMailStore *store = g_hash_table_lookup(world->stores, user);

    if (store == NULL) {
        store = mailsim_mail_store_new(MAILSIM_LAYOUT_MAILDIR, 1763757296);
        g_hash_table_insert(world->stores, g_strdup(user), store);
    }
    return store;
}

static guint
count_connections(const DovecotConnection *like, const char *user)
{
    const GPtrArray *connections = like->world->connections;
    guint n_connections = 0;

    for (guint i = 0; i < connections->len; i++) {
        const DovecotConnection *other = g_ptr_array_index(connections, i);

        if (other != NULL && !other->end.over && is_pop3(other) == is_pop3(like) &&
            g_strcmp0(other->user, user) == 0)
            n_connections++;
    }
    return n_connections;
}

static MailsimMailStore *
open_mail(gpointer data, const char *user, guint *pid)
{
    DovecotConnection *connection = data;
    const char *limit = get_setting(connection, "mail_max_userip_connections");
    guint n_max = limit != NULL ? (guint)g_ascii_strtoull(limit, NULL, 10) : CONNECTIONS_MAX;

    if (count_connections(connection, user) >= n_max) {
        *pid = n_max;
        return NULL;
    }
    *pid = PID;
    connection->user = g_strdup(user);
    return get_store(connection->world, user);
}

/* ---- the rest of the policy -------------------------------------------------------------- */

static MailsimTime
get_now(gpointer data)
{
    const DovecotConnection *connection = data;

    return EPOCH_US + connection->end.now_us;
}

static const char *
get_user(gpointer data)
{
    const DovecotConnection *connection = data;

    return connection->named;
}

static const char *
get_tls_problem(gpointer data)
{
    const DovecotConnection *connection = data;

    return connection->tls_problem;
}

static const MailsimLoginPolicy policy = {
    .sasl_start = dovecot_auth_start,
    .sasl_step = dovecot_auth_step,
    .take_delay = dovecot_auth_take_delay,
    .get_user = get_user,
    .open = open_mail,
    .get_now = get_now,
    .log = take_log,
    .is_verbose = is_verbose,
    .get_tls_problem = get_tls_problem,
};

/* ---- connections ------------------------------------------------------------------------- */

static void
free_connection(gpointer data)
{
    DovecotConnection *connection = data;

    if (connection == NULL)
        return;
    mailsim_session_free(connection->end.session);
    session_end_clear(&connection->end);
    g_free(connection->user);
    g_free(connection->named);
    g_free(connection->sasl_user);
    g_free(connection->tls_problem);
    g_free(connection);
}

/* “127.0.0.0/16” is all that there is of networks here. */
static gboolean
is_trusted(const DovecotConnection *connection)
{
    const char *networks = get_setting(connection, "login_trusted_networks");

    return g_strcmp0(networks, "127.0.0.0/16") == 0;
}

static MailsimSession *
create_session(DovecotConnection *connection)
{
    const char *address = connection->world->dialogue->address;
    g_autofree char *mechanisms = g_ascii_strup(get_setting(connection, "auth_mechanisms"), -1);
    g_autofree char *session_id = g_strdup_printf("session%u", connection->number);
    const char *greeting = get_setting(connection, "login_greeting");
    const char *line_length = get_setting(connection, "imap_max_line_length");
    const char *notify = get_setting(connection, "imap_idle_notify_interval");
    const MailsimLoginOptions login = {
        .tls_offered = !has_setting(connection, "ssl", "no"),
        .tls_required = has_setting(connection, "ssl", "required"),
        .tls_wrappermode = connection->port == 993 || connection->port == 995 ||
                           has_setting(connection,
                                       "service imap-login { inet_listener imap { port = "
                                       "1143 } }",
                                       ""),
        .disable_plaintext_auth = has_setting(connection, "disable_plaintext_auth", "yes"),
        .trusted = is_trusted(connection),
        .mechanisms = mechanisms,
        .greeting = greeting != NULL ? greeting : "Dovecot (Debian) ready.",
        .rip = address,
        .lip = "127.0.0.2",
        .session_id = session_id,
    };
    const MailsimPop3LoginOptions pop3 = {
        .login = login,
        .server.no_flag_updates = has_setting(connection, "pop3_no_flag_updates", "yes"),
        .server.uidl_format = get_setting(connection, "pop3_uidl_format"),
    };
    const MailsimImapLoginOptions imap = {
        .login = login,
        .server.line_length_max =
            line_length != NULL ? g_ascii_strtoull(line_length, NULL, 10) : 0,
        .server.idle_notify_us =
            notify != NULL ? g_ascii_strtoll(notify, NULL, 10) * MAILSIM_SECOND : 0,
    };

    return is_pop3(connection) ? mailsim_pop3_login_new(&pop3, &policy, connection)
                               : mailsim_imap_login_new(&imap, &policy, connection);
}

DovecotConnection *
dovecot_world_connect(DovecotWorld *world, guint number, guint port)
{
    DovecotConnection *connection = g_new0(DovecotConnection, 1);

    connection->world = world;
    connection->number = number;
    connection->port = port;
    session_end_init(&connection->end, NULL);
    connection->end.now_us = world->now_us;
    connection->end.session = create_session(connection);
    if (world->connections->len < number)
        g_ptr_array_set_size(world->connections, (gint)number);
    free_connection(g_ptr_array_index(world->connections, number - 1));
    g_ptr_array_index(world->connections, number - 1) = connection;
    session_end_begin(&connection->end);
    return connection;
}

DovecotConnection *
dovecot_world_get(const DovecotWorld *world, guint number)
{
    return number <= world->connections->len ? g_ptr_array_index(world->connections, number - 1)
                                             : NULL;
}

/* ---- time -------------------------------------------------------------------------------- */

/* When the first of the connections has something to do; 0: none has. */
static gint64
get_due(const DovecotWorld *world)
{
    gint64 due_us = 0;

    for (guint i = 0; i < world->connections->len; i++) {
        const DovecotConnection *connection = g_ptr_array_index(world->connections, i);

        if (connection != NULL && !connection->end.over && connection->end.due_us > 0 &&
            (due_us == 0 || connection->end.due_us < due_us))
            due_us = connection->end.due_us;
    }
    return due_us;
}

static void
pass_until(DovecotWorld *world, gint64 until_us)
{
    world->now_us = until_us;
    for (guint i = 0; i < world->connections->len; i++) {
        DovecotConnection *connection = g_ptr_array_index(world->connections, i);
        gboolean was_over;

        if (connection == NULL)
            continue;
        was_over = connection->end.over;
        session_end_pass(&connection->end, until_us - connection->end.now_us);
        if (connection->end.over && !was_over)
            connection->closed_us = until_us;
    }
    dovecot_world_notify(world);
}

gboolean
dovecot_world_wait(DovecotWorld *world, gint64 max_us)
{
    gint64 due_us = get_due(world);

    if (due_us == 0 || due_us > world->now_us + max_us)
        return FALSE;
    pass_until(world, MAX(due_us, world->now_us));
    return TRUE;
}

void
dovecot_world_pass(DovecotWorld *world, gint64 delay_us)
{
    gint64 until_us = world->now_us + delay_us;

    while (dovecot_world_wait(world, until_us - world->now_us))
        continue;
    pass_until(world, until_us);
}

void
dovecot_world_notify(DovecotWorld *world)
{
    while (world->changed) {
        world->changed = FALSE;
        for (guint i = 0; i < world->connections->len; i++) {
            DovecotConnection *connection = g_ptr_array_index(world->connections, i);

            if (connection != NULL)
                session_end_notice(&connection->end);
        }
    }
}

/* ---- the world --------------------------------------------------------------------------- */

static void
free_connections(DovecotWorld *world)
{
    for (guint i = 0; i < world->connections->len; i++)
        free_connection(g_ptr_array_index(world->connections, i));
    g_ptr_array_set_size(world->connections, 0);
}

void
dovecot_world_deliver(DovecotWorld *world, const char *message)
{
    dovecot_mail_deliver(get_store(world, "alice"), message);
    dovecot_world_notify(world);
}

DovecotWorld *
dovecot_world_new(const DovecotDialogue *dialogue)
{
    DovecotWorld *world = g_new0(DovecotWorld, 1);
    MailsimMailStore *store = dovecot_mail_create_store(dialogue);

    world->dialogue = dialogue;
    world->connections = g_ptr_array_new();
    world->stores = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify)mailsim_mail_store_free);
    g_hash_table_insert(world->stores, g_strdup("alice"), store);
    mailsim_mail_store_watch(store, note_change, world);
    world->failures = g_ptr_array_new_with_free_func(g_free);
    world->failed_us = -MAILSIM_HOUR;
    world->log = g_array_new(FALSE, FALSE, sizeof(DovecotLogLine));
    g_array_set_clear_func(world->log, free_log_line);
    world->now_us = MAILSIM_SECOND;
    return world;
}

void
dovecot_world_continue(DovecotWorld *world, const DovecotDialogue *dialogue)
{
    free_connections(world);
    g_array_set_size(world->log, 0);
    world->dialogue = dialogue;
}

void
dovecot_world_free(DovecotWorld *world)
{
    if (world == NULL)
        return;
    free_connections(world);
    g_ptr_array_unref(world->connections);
    g_hash_table_unref(world->stores);
    g_array_unref(world->log);
    g_ptr_array_unref(world->failures);
    g_free(world);
}
