/* SPDX-License-Identifier: MIT
 *
 * Users, passwords, and the penalty of who guesses. */
#include "dovecot-auth.h"

#include <string.h>

/* Dovecot's AUTH_PENALTY_MAX_SECS, and after how long all is forgotten. */
#define PENALTY_MAX_US (15 * MAILSIM_SECOND)

typedef struct {
    const char *name;
    const char *password;
    gboolean of_system; /* of the services that have PAM, and only of those */
} User;

static const User users[] = {
    {"alice", "alicepw", FALSE},
    {"bob",   "bob pw",  FALSE},
    {"ana",   "anapw",   TRUE },
};

static gboolean
has_pam(const DovecotConnection *connection)
{
    const DovecotDialogue *dialogue = connection->world->dialogue;

    return dovecot_dialogue_get_setting(dialogue, "passdb { driver = pam }") != NULL;
}

static gboolean
is_right(const DovecotConnection *connection, const char *name, const char *password)
{
    for (guint i = 0; i < G_N_ELEMENTS(users); i++) {
        if (users[i].of_system == has_pam(connection) && g_str_equal(users[i].name, name) &&
            g_str_equal(users[i].password, password))
            return TRUE;
    }
    return FALSE;
}

/* ---- what it costs ----------------------------------------------------------------------- */

/* Before the password is looked at. */
static gint64
get_penalty(DovecotConnection *connection)
{
    static const gint64 waits_us[] = {0, 4 * MAILSIM_SECOND, 8 * MAILSIM_SECOND,
                                      PENALTY_MAX_US};
    DovecotWorld *world = connection->world;

    if (connection->end.now_us - world->failed_us >= PENALTY_MAX_US)
        world->n_failures = 0;
    return waits_us[MIN(world->n_failures, G_N_ELEMENTS(waits_us) - 1)];
}

static gint64
get_failure_delay(const DovecotConnection *connection)
{
    const char *none =
        dovecot_dialogue_get_setting(connection->world->dialogue, "auth_failure_delay");

    if (none != NULL)
        return 0;
    return (has_pam(connection) ? 4 : 2) * MAILSIM_SECOND;
}

/* The same once more is no new guess. */
static void
remember_failure(DovecotConnection *connection, const char *said)
{
    DovecotWorld *world = connection->world;

    if (g_ptr_array_find_with_equal_func(world->failures, said, g_str_equal, NULL))
        return;
    g_ptr_array_add(world->failures, g_strdup(said));
    world->n_failures++;
    world->failed_us = connection->end.now_us + connection->delay_us;
}

static MailsimSaslResult
fail(DovecotConnection *connection, const char *said, char **text)
{
    connection->delay_us = get_penalty(connection);
    remember_failure(connection, said);
    connection->delay_us += get_failure_delay(connection);
    *text = g_strdup("Authentication failed");
    return MAILSIM_SASL_FAILED;
}

/* ---- passwords --------------------------------------------------------------------------- */

static void
name_user(DovecotConnection *connection, const char *name)
{
    g_free(connection->named);
    connection->named = g_ascii_strdown(name, -1);
}

static MailsimSaslResult
judge(DovecotConnection *connection, const char *name, const char *password, char **text)
{
    g_autofree char *said = g_strdup_printf("%s %s", name, password);

    if (name[0] == '\0')
        return fail(connection, said, text);
    name_user(connection, name);
    if (!is_right(connection, connection->named, password))
        return fail(connection, said, text);
    connection->delay_us = get_penalty(connection);
    connection->world->n_failures = 0;
    *text = g_strdup(connection->named);
    return MAILSIM_SASL_OK;
}

/* NULL: it is no base64 (RFC 4648 §4). */
static GString *
decode(const char *text)
{
    g_autofree guchar *octets = NULL;
    g_autofree char *again = NULL;
    gsize length;

    octets = g_base64_decode(text, &length);
    again = g_base64_encode(octets, length);
    return g_str_equal(again, text) ? g_string_new_len((char *)octets, (gssize)length) : NULL;
}

/* message = [authzid] UTF8NUL authcid UTF8NUL passwd                          RFC 4616 §2 */
static MailsimSaslResult
judge_plain(DovecotConnection *connection, const GString *message, char **text)
{
    const char *parts[3] = {message->str};
    guint n_nuls = 0;

    for (gsize i = 0; i < message->len; i++) {
        if (message->str[i] == '\0' && ++n_nuls < G_N_ELEMENTS(parts))
            parts[n_nuls] = message->str + i + 1;
    }
    if (n_nuls != 2)
        return fail(connection, "", text);
    if (parts[0][0] != '\0' && !g_str_equal(parts[0], parts[1])) {
        name_user(connection, parts[1]);
        return fail(connection, parts[1], text);
    }
    return judge(connection, parts[1], parts[2], text);
}

static MailsimSaslResult
ask(const char *challenge, char **text)
{
    *text = g_strdup(challenge);
    return MAILSIM_SASL_CONTINUE;
}

static MailsimSaslResult
step_login(DovecotConnection *connection, const GString *response, char **text)
{
    g_autofree char *name = NULL;

    if (connection->sasl_user == NULL && response->len == 0)
        return fail(connection, "", text);
    if (connection->sasl_user == NULL) {
        connection->sasl_user = g_strdup(response->str);
        return ask("UGFzc3dvcmQ6", text);
    }
    name = g_steal_pointer(&connection->sasl_user);
    return judge(connection, name, response->str, text);
}

static MailsimSaslResult
step(DovecotConnection *connection, const char *response, const char *problem, char **text)
{
    GString *decoded = decode(response);
    MailsimSaslResult result;

    if (decoded == NULL) {
        *text = g_strdup(problem);
        return MAILSIM_SASL_FAILED;
    }
    result = connection->in_login ? step_login(connection, decoded, text)
                                  : judge_plain(connection, decoded, text);
    g_string_free(decoded, TRUE);
    return result;
}

/* ---- as a policy is asked ---------------------------------------------------------------- */

MailsimSaslResult
dovecot_auth_start(gpointer data, const char *mechanism, const char *response, char **text)
{
    DovecotConnection *connection = data;

    g_clear_pointer(&connection->named, g_free);
    g_clear_pointer(&connection->sasl_user, g_free);
    connection->delay_us = 0;
    connection->in_login = g_str_equal(mechanism, "LOGIN");
    if (response == NULL)
        return ask(connection->in_login ? "VXNlcm5hbWU6" : "", text);
    return step(connection, g_str_equal(response, "=") ? "" : response,
                "Invalid base64 data in initial response", text);
}

MailsimSaslResult
dovecot_auth_step(gpointer data, const char *response, char **text)
{
    return step(data, response, "Invalid base64 data in continued response", text);
}

gint64
dovecot_auth_take_delay(gpointer data)
{
    DovecotConnection *connection = data;
    gint64 delay_us = connection->delay_us;

    connection->delay_us = 0;
    return delay_us;
}
