/* SPDX-License-Identifier: MIT */
#include "lab-load.h"

#include <string.h>

#include <mailsim/scenario/scenario.h>

static const char scenario_format[] = "[scenario]\n"
                                      "title = Load\n"
                                      "[host mail]\n"
                                      "mailname = iesgn.example\n"
                                      "users = luis\n"
                                      "certificate = letsencrypt\n"
                                      "[postfix mail]\n"
                                      "message_size_limit = 0\n"
                                      "mailbox_size_limit = 0\n"
                                      "%s"
                                      "[mua laptop]\n"
                                      "outgoing = mail:25 %s\n"
                                      "[step send]\n"
                                      "title = A message\n"
                                      "do = send\n"
                                      "by = laptop\n"
                                      "to = luis@iesgn.example\n";

/* What the server asks of DNS takes it eighty seconds, and its clients wait. */
static const char slow_server[] = "smtpd_delay_reject = no\n"
                                  "smtpd_sender_restrictions = reject_rbl_client bl.example\n"
                                  "[link mail dns]\n"
                                  "latency = 40s\n";

/* From one visitor to the next, and how long after the last one all wait. */
#define INTERVAL_US (5 * MAILSIM_MILLISECOND)
#define SETTLED_US  (2 * MAILSIM_SECOND)

/* SIZE bytes in lines of eighty, as smtp-source(1) writes them. */
static char *
make_text(guint size)
{
    char *text = g_malloc(size + 1);

    memset(text, 'X', size);
    for (guint i = 79; i < size; i += 80)
        text[i] = '\n';
    if (size > 0)
        text[size - 1] = '\n';
    text[size] = '\0';
    return text;
}

static MailsimScenario *
load_scenario(LabLoadKind kind)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    char *text = g_strdup_printf(scenario_format, kind == LAB_LOAD_HELD ? slow_server : "",
                                 kind == LAB_LOAD_CLEAR ? "clear" : "starttls");
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, strlen(text));
    MailsimScenario *scenario = mailsim_scenario_load_text("load", bytes, diagnostics);

    if (mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) > 0)
        g_error("%s", mailsim_diagnostics_print(diagnostics, 0));
    return scenario;
}

LabLoad *
lab_load_new(LabLoadKind kind, guint size)
{
    g_autoptr(MailsimScenario) scenario = load_scenario(kind);
    g_autoptr(GError) error = NULL;
    MailsimWorld *world = mailsim_scenario_build_world(scenario, 0);
    LabLoad *load = g_new0(LabLoad, 1);

    load->recording = mailsim_recording_new();
    load->program =
        mailsim_mail_program_definition_copy(mailsim_scenario_get_step(scenario, 0)->program);
    load->to = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(load->to, g_strdup("luis@iesgn.example"));
    load->text = make_text(size);
    load->lab = mailsim_lab_new(load->recording, world->start_us, 0, &error);
    if (load->lab == NULL || !mailsim_lab_configure(load->lab, world, &error))
        g_error("%s", error->message);
    return load;
}

void
lab_load_free(LabLoad *load)
{
    mailsim_lab_free(load->lab);
    mailsim_recording_free(load->recording);
    mailsim_mail_program_definition_free(load->program);
    g_ptr_array_unref(load->to);
    g_free(load->text);
    g_free(load);
}

void
lab_load_send(LabLoad *load, guint n)
{
    const MailsimErrand errand = {
        .program = load->program,
        .to = load->to,
        .subject = "Load",
        .text = load->text,
    };

    for (guint i = 0; i < n; i++)
        mailsim_lab_send(load->lab, &errand);
    load->n_sent += n;
}

/* Those that are not finished have the last hops: each message has one. */
static gboolean
is_held(const LabLoad *load, guint message)
{
    const GPtrArray *hops = load->recording->hops;
    const MailsimHop *hop = message < hops->len ? g_ptr_array_index(hops, message) : NULL;

    return hop != NULL && hop->encrypted && hop->status == NULL;
}

void
lab_load_hold(LabLoad *load, guint n)
{
    MailsimTime now_us = mailsim_lab_get_now(load->lab);

    for (guint i = 0; i < n; i++) {
        lab_load_send(load, 1);
        mailsim_lab_follow(load->lab, now_us += INTERVAL_US);
    }
    mailsim_lab_follow(load->lab, now_us + SETTLED_US);
    for (guint i = load->n_finished; i < load->n_sent; i++) {
        if (!is_held(load, i))
            g_error("conversation %u is not open", i);
    }
}

void
lab_load_finish(LabLoad *load)
{
    g_autoptr(GError) error = NULL;
    const GPtrArray *mailbox;

    if (!mailsim_lab_run(load->lab, &error))
        g_error("%s", error->message);
    mailbox = mailsim_lab_get_mailbox(load->lab, "mail", "luis");
    if (mailbox->len != load->n_sent)
        g_error("%u messages delivered, not %u", mailbox->len, load->n_sent);
    load->n_finished = load->n_sent;
}
