/* SPDX-License-Identifier: MIT
 *
 * The world alive: its hosts, its clock, its latencies, and the loop that runs until nothing is
 * left to happen. */
#include "queue-private.h"

#include <string.h>

#include <mailsim/base/limits.h>
#include <mailsim/protocol/message.h>

G_DEFINE_QUARK(mailsim - lab - error - quark, mailsim_lab_error)

#define LATENCY_DEFAULT_US (20 * MAILSIM_MILLISECOND)

/* ---- the clock that GnuTLS sees ---------------------------------------------------------- */

/* GnuTLS takes a function without data, so the lab that runs last set the clock for all. */
static MailsimTime tls_clock_us;

static time_t
tell_time(time_t *result)
{
    time_t now = (time_t)(tls_clock_us / MAILSIM_SECOND);

    if (result != NULL)
        *result = now;
    return now;
}

static void
set_tls_clock(const MailsimLab *lab)
{
    tls_clock_us = mailsim_schedule_get_now(lab->schedule);
    gnutls_global_set_time_function(tell_time);
}

/* ---- life -------------------------------------------------------------------------------- */

static void
free_host(gpointer data)
{
    mailsim_host_free(data);
}

static void
free_connection(gpointer data)
{
    mailsim_connection_free(data);
}

static void
unref_certificate(gpointer data)
{
    mailsim_certificate_unref(data);
}

MailsimLab *
mailsim_lab_new(MailsimRecording *recording,
                MailsimTime start_us,
                gsize read_max_bytes,
                GError **error)
{
    return mailsim_lab_new_with_authority(recording, start_us, read_max_bytes, NULL, error);
}

MailsimLab *
mailsim_lab_new_with_authority(MailsimRecording *recording,
                               MailsimTime start_us,
                               gsize read_max_bytes,
                               MailsimAuthority *authority,
                               GError **error)
{
    g_autoptr(MailsimLab) lab = g_new0(MailsimLab, 1);
    int result;

    lab->recording = recording;
    lab->read_max_bytes = read_max_bytes;
    lab->schedule = mailsim_schedule_new(start_us);
    lab->hosts = g_ptr_array_new_with_free_func(free_host);
    lab->connections = g_ptr_array_new_with_free_func(free_connection);
    lab->fetched = mailsim_mail_programs_memory_new();
    lab->certificates =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_certificate);
    set_tls_clock(lab);
    if (authority == NULL)
        authority = lab->own_authority = mailsim_authority_new(error);
    lab->authority = authority;
    if (lab->authority == NULL)
        return NULL;
    result = gsasl_init(&lab->gsasl);
    if (result != GSASL_OK)
        g_error("GNU SASL: %s", gsasl_strerror_name(result));
    return g_steal_pointer(&lab);
}

void
mailsim_lab_free(MailsimLab *lab)
{
    if (lab == NULL)
        return;

    g_ptr_array_unref(lab->connections);
    mailsim_schedule_free(lab->schedule);
    g_ptr_array_unref(lab->hosts);
    g_hash_table_unref(lab->certificates);
    g_hash_table_unref(lab->fetched);
    mailsim_tls_unref(lab->mail_program_tls);
    mailsim_authority_free(lab->own_authority);
    mailsim_name_space_free(lab->names);
    mailsim_world_free(lab->world);
    if (lab->gsasl != NULL)
        gsasl_done(lab->gsasl);
    g_free(lab);
}

/* ---- configuration ----------------------------------------------------------------------- */

static void
record_parties(MailsimLab *lab)
{
    for (guint i = 0; i < lab->world->hosts->len; i++) {
        const MailsimHostDefinition *host = g_ptr_array_index(lab->world->hosts, i);
        MailsimParty *party = mailsim_recording_add_party(lab->recording);

        party->name = g_strdup(host->name);
        party->address = g_strdup(g_ptr_array_index(host->addresses, 0));
        party->fqdn = g_strdup(host->hostname);
        party->is_host = TRUE;
    }
    for (guint i = 0; i < lab->world->mail_programs->len; i++) {
        const MailsimMailProgramDefinition *program =
            g_ptr_array_index(lab->world->mail_programs, i);
        MailsimParty *party = mailsim_recording_add_party(lab->recording);

        party->name = g_strdup(program->name);
        party->address = g_strdup(program->address);
        party->fqdn = mailsim_mail_program_dup_fqdn(lab, program);
        party->user = g_strdup(program->user);
    }
}

gboolean
mailsim_lab_configure(MailsimLab *lab, MailsimWorld *world, GError **error)
{
    MailsimWorld *before = g_steal_pointer(&lab->world);
    gboolean configured = TRUE;

    set_tls_clock(lab);
    lab->world = world;
    mailsim_name_space_free(lab->names);
    lab->names = mailsim_name_space_new(world);
    mailsim_blocklists_add_names(lab, before);
    g_hash_table_remove_all(lab->certificates);
    for (guint i = 0; i < world->hosts->len && configured; i++) {
        if (i >= lab->hosts->len)
            g_ptr_array_add(lab->hosts, mailsim_host_new(lab));
        configured = mailsim_host_configure(g_ptr_array_index(lab->hosts, i),
                                            g_ptr_array_index(world->hosts, i), error);
        if (configured)
            mailsim_qmgr_reload(g_ptr_array_index(lab->hosts, i));
    }
    if (lab->recording->parties->len == 0)
        record_parties(lab);
    mailsim_world_free(before);
    return configured;
}

void
mailsim_lab_restart(MailsimLab *lab, const char *host)
{
    MailsimHost *found = mailsim_lab_find_host(lab, host);

    mailsim_host_restart(found);
    mailsim_qmgr_reload(found);
}

/* ---- looking things up ------------------------------------------------------------------- */

MailsimHost *
mailsim_lab_find_host(MailsimLab *lab, const char *name)
{
    for (guint i = 0; i < lab->hosts->len; i++) {
        MailsimHost *host = g_ptr_array_index(lab->hosts, i);

        if (g_strcmp0(host->definition->name, name) == 0)
            return host;
    }
    return NULL;
}

MailsimHost *
mailsim_lab_find_host_at(MailsimLab *lab, const char *address)
{
    for (guint i = 0; i < lab->hosts->len; i++) {
        MailsimHost *host = g_ptr_array_index(lab->hosts, i);

        if (g_ptr_array_find_with_equal_func(host->definition->addresses, address, g_str_equal,
                                             NULL))
            return host;
    }
    return NULL;
}

static gboolean
matches_party(const char *pattern, const char *party)
{
    return g_str_equal(pattern, "*") || g_str_equal(pattern, party);
}

gint64
mailsim_lab_get_latency(const MailsimLab *lab, const char *a, const char *b)
{
    gint64 latency_us = LATENCY_DEFAULT_US;

    for (guint i = 0; i < lab->world->links->len; i++) {
        const MailsimLinkDefinition *link = g_ptr_array_index(lab->world->links, i);

        if ((matches_party(link->a, a) && matches_party(link->b, b)) ||
            (matches_party(link->a, b) && matches_party(link->b, a)))
            latency_us = link->latency_us;
    }
    return latency_us;
}

MailsimEvent *
mailsim_lab_record(MailsimLab *lab, MailsimEventKind kind, const char *party, int hop)
{
    MailsimEvent *event = mailsim_event_new(kind);

    event->time_us = mailsim_schedule_get_now(lab->schedule);
    mailsim_event_set_party(event, party);
    event->hop = hop;
    mailsim_recording_take_event(lab->recording, event);
    return event;
}

MailsimTime
mailsim_lab_get_now(const MailsimLab *lab)
{
    return mailsim_schedule_get_now(lab->schedule);
}

const GPtrArray *
mailsim_lab_get_mailbox(const MailsimLab *lab, const char *host, const char *user)
{
    MailsimHost *found = mailsim_lab_find_host((MailsimLab *)lab, host);

    if (found == NULL || mailsim_host_find_user(found, user) == NULL)
        return NULL;
    return mailsim_mailbox_get_messages(mailsim_host_open_inbox(found, user));
}

/* ---- running ----------------------------------------------------------------------------- */

guint
mailsim_lab_send(MailsimLab *lab, const MailsimErrand *errand)
{
    guint message = ++lab->n_messages;

    lab->errand_span = errand->span != NULL ? *errand->span : (MailsimSpan){0};
    if (errand->program != NULL)
        mailsim_mail_program_send(lab, errand, message);
    else
        mailsim_cleanup_take_local(mailsim_lab_find_host(lab, errand->by_host), errand,
                                   message);
    return message;
}

void
mailsim_lab_follow(MailsimLab *lab, MailsimTime now_us)
{
    MailsimTime next_us;

    while (mailsim_schedule_peek(lab->schedule, &next_us) && next_us <= now_us) {
        mailsim_schedule_step(lab->schedule);
        set_tls_clock(lab);
    }
    if (now_us > mailsim_schedule_get_now(lab->schedule))
        mailsim_schedule_pass(lab->schedule, now_us);
    set_tls_clock(lab);
}

void
mailsim_lab_hurry(MailsimLab *lab, guint n_max)
{
    for (guint i = 0; i < n_max && mailsim_schedule_is_busy(lab->schedule); i++) {
        mailsim_schedule_step(lab->schedule);
        set_tls_clock(lab);
    }
}

/* Let the next thing happen. FALSE: it was one too many. */
static gboolean
step(MailsimLab *lab, GError **error)
{
    mailsim_schedule_step(lab->schedule);
    set_tls_clock(lab);
    if (mailsim_schedule_count(lab->schedule) < MAILSIM_EVENTS_MAX)
        return TRUE;
    g_set_error(error, MAILSIM_LAB_ERROR, MAILSIM_LAB_ERROR_LIMIT,
                "the scenario does not end: more than %d things happened", MAILSIM_EVENTS_MAX);
    return FALSE;
}

gboolean
mailsim_lab_run(MailsimLab *lab, GError **error)
{
    set_tls_clock(lab);
    while (mailsim_schedule_is_busy(lab->schedule)) {
        if (!step(lab, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
mailsim_lab_wait(MailsimLab *lab, MailsimTime until_us, GError **error)
{
    MailsimTime next_us;

    set_tls_clock(lab);
    while (mailsim_schedule_peek(lab->schedule, &next_us) && next_us <= until_us) {
        if (!step(lab, error))
            return FALSE;
    }
    if (until_us > mailsim_schedule_get_now(lab->schedule))
        mailsim_schedule_pass(lab->schedule, until_us);
    return mailsim_lab_run(lab, error);
}

static gboolean
has_queued(const MailsimLab *lab)
{
    for (guint i = 0; i < lab->hosts->len; i++) {
        const MailsimHost *host = g_ptr_array_index(lab->hosts, i);

        if (host->queue->len > 0)
            return TRUE;
    }
    return FALSE;
}

gboolean
mailsim_lab_wait_for_queues(MailsimLab *lab, GError **error)
{
    MailsimTime next_us;

    set_tls_clock(lab);
    while (has_queued(lab) && mailsim_schedule_peek(lab->schedule, &next_us)) {
        if (!step(lab, error))
            return FALSE;
    }
    return mailsim_lab_run(lab, error);
}
