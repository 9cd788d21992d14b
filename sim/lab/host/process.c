/* SPDX-License-Identifier: MIT
 *
 * The processes that master(8) keeps, and what they write with syslog(3): each line of a host's
 * mail log comes from here. What stands before a line (time, host, pid) is the renderer's. */
#include "host-private.h"

#include <string.h>

/* postconf(5) max_idle, max_use: then a process ends, and another one takes its place. */
#define MAX_IDLE_US (100 * MAILSIM_SECOND)
#define MAX_USE     100

/* What a machine has started before its mail system. */
#define FIRST_PID 1201

/* postconf(5) daemon_directory */
#define DAEMONS "/usr/lib/postfix/sbin/"

struct MailsimProcess {
    MailsimHost *host; /* borrowed */
    char *program;     /* “postfix/submission/smtpd” */
    guint pid;
    guint n_uses;
    gboolean utf8;    /* what it writes may have letters of other languages */
    GHashTable *said; /* what it says once in its life */
    gboolean lasting; /* however long it is idle */
    gboolean busy;
    MailsimTime idle_since_us;
    gboolean trusts_resolver; /* which has said of an answer that it is signed, or was probed */
};

static void
free_process(gpointer data)
{
    MailsimProcess *process = data;

    g_hash_table_unref(process->said);
    g_free(process->program);
    g_free(process);
}

GPtrArray *
mailsim_processes_new(void)
{
    return g_ptr_array_new_with_free_func(free_process);
}

static gboolean
is_gone(const MailsimProcess *process, MailsimTime now_us)
{
    return !process->busy &&
           (process->n_uses >= MAX_USE ||
            (!process->lasting && now_us - process->idle_since_us > MAX_IDLE_US));
}

static MailsimProcess *
find_idle(MailsimHost *host, const char *program)
{
    const MailsimTime now_us = mailsim_lab_get_now(host->lab);

    for (guint i = host->processes->len; i-- > 0;) {
        MailsimProcess *process = g_ptr_array_index(host->processes, i);

        if (is_gone(process, now_us))
            g_ptr_array_remove_index(host->processes, i);
        else if (!process->busy && g_str_equal(process->program, program))
            return process;
    }
    return NULL;
}

/* The daemons of which there is one, for as long as Postfix runs. */
static gboolean
is_lasting(const char *daemon)
{
    static const char *const daemons[] = {"master", "qmgr", "tlsmgr", NULL};

    return g_strv_contains(daemons, daemon);
}

guint
mailsim_host_take_pid(MailsimHost *host)
{
    return FIRST_PID + host->n_processes++;
}

static MailsimProcess *
start(MailsimHost *host,
      const MailsimServiceDefinition *service,
      const char *program,
      gboolean lasting)
{
    MailsimProcess *process = find_idle(host, program);

    if (process == NULL) {
        process = g_new0(MailsimProcess, 1);
        process->host = host;
        process->lasting = lasting;
        process->program = g_strdup(program);
        process->said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        process->utf8 = mailsim_host_get_flag(host, service, "smtputf8_enable");
        process->pid = mailsim_host_take_pid(host);
        g_ptr_array_add(host->processes, process);
    }
    process->busy = TRUE;
    process->n_uses += lasting ? 0 : 1;
    return process;
}

MailsimProcess *
mailsim_process_start(MailsimHost *host,
                      const MailsimServiceDefinition *service,
                      const char *daemon)
{
    g_autofree char *program = g_strdup_printf(
        "%s/%s", mailsim_host_get_parameter(host, service, "syslog_name"), daemon);

    return start(host, service, program, is_lasting(daemon));
}

void
mailsim_process_end(MailsimProcess *process)
{
    if (process == NULL)
        return;
    process->busy = FALSE;
    process->idle_since_us = mailsim_lab_get_now(process->host->lab);
}

void
mailsim_processes_end(GPtrArray *processes, gboolean with_master)
{
    for (guint i = processes->len; i-- > 0;) {
        MailsimProcess *process = g_ptr_array_index(processes, i);

        if ((!with_master && g_str_has_suffix(process->program, "/master")) ||
            g_str_equal(process->program, "dovecot"))
            continue;
        if (process->busy)
            process->n_uses = MAX_USE;
        else
            g_ptr_array_remove_index(processes, i);
    }
}

gboolean
mailsim_process_is_first(MailsimProcess *process, const char *what)
{
    return g_hash_table_add(process->said, g_strdup(what));
}

guint
mailsim_process_get_pid(const MailsimProcess *process)
{
    return process->pid;
}

gboolean
mailsim_process_is_new(const MailsimProcess *process)
{
    return process->n_uses == 1;
}

gboolean
mailsim_process_doubts_resolver(MailsimProcess *process, gboolean authenticated)
{
    const gboolean doubts = !authenticated && !process->trusts_resolver;

    process->trusts_resolver = TRUE;
    return doubts;
}

/* Postfix's syslog(3) lets no control character through, and letters of other languages only
 * with smtputf8_enable. */
static void
mask(const MailsimProcess *process, char *text)
{
    const gboolean letters_stay = process->utf8 && g_utf8_validate(text, -1, NULL);

    for (char *c = text; *c != '\0'; c++) {
        if (g_ascii_iscntrl(*c) || (!letters_stay && (guchar)*c >= 0x80))
            *c = '?';
    }
}

static void
write_line(const MailsimProcess *process, int hop, char *text)
{
    MailsimHost *host = process->host;
    MailsimEvent *event =
        mailsim_lab_record(host->lab, MAILSIM_EVENT_LOG, host->definition->name, hop);

    mailsim_event_set_program(event, process->program);
    event->log.pid = process->pid;
    mask(process, text);
    event->log.text = text;
}

void
mailsim_process_log_valist(const MailsimProcess *process,
                           int hop,
                           const char *format,
                           va_list arguments)
{
    write_line(process, hop, g_strdup_vprintf(format, arguments));
}

void
mailsim_process_log(const MailsimProcess *process, int hop, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    mailsim_process_log_valist(process, hop, format, arguments);
    va_end(arguments);
}

void
mailsim_host_log(MailsimHost *host, const char *daemon, int hop, const char *format, ...)
{
    MailsimProcess *process = mailsim_process_start(host, NULL, daemon);
    va_list arguments;

    va_start(arguments, format);
    write_line(process, hop, g_strdup_vprintf(format, arguments));
    va_end(arguments);
    mailsim_process_end(process);
}

void
mailsim_host_log_dovecot(MailsimHost *host, int hop, const char *format, ...)
{
    MailsimProcess *process = start(host, NULL, "dovecot", TRUE);
    va_list arguments;

    va_start(arguments, format);
    write_line(process, hop, g_strdup_vprintf(format, arguments));
    va_end(arguments);
    mailsim_process_end(process);
}

/* “throttling”: master(8) starts no other one for postconf(5) service_throttle_time. */
void
mailsim_process_die(MailsimProcess *process, int hop, const char *words)
{
    MailsimHost *host = process->host;
    const char *daemon = strrchr(process->program, '/') + 1;

    mailsim_process_log(process, hop, "fatal: %s", words);
    mailsim_host_log(host, "master", -1, "warning: process " DAEMONS "%s pid %u exit status 1",
                     daemon, process->pid);
    mailsim_host_log(host, "master", -1,
                     "warning: " DAEMONS "%s: bad command startup -- throttling", daemon);
    process->n_uses = MAX_USE;
}
