/* SPDX-License-Identifier: MIT */
#include "lab-load.h"

#include <string.h>

#include <mailsim/scenario/scenario.h>

/* Of all links, as long as the scenario says nothing of them. */
#define LATENCY_US (20 * MAILSIM_MILLISECOND)

/* Of what crosses a link, until a conversation is inside TLS. */
#define MOST_TURNS 30

static const char scenario_format[] = "[scenario]\n"
                                      "title = Load\n"
                                      "[host mail]\n"
                                      "mailname = iesgn.example\n"
                                      "users = luis\n"
                                      "certificate = letsencrypt\n"
                                      "[postfix mail]\n"
                                      "message_size_limit = 0\n"
                                      "mailbox_size_limit = 0\n"
                                      "[mua laptop]\n"
                                      "outgoing = mail:25 %s\n"
                                      "[step send]\n"
                                      "title = A message\n"
                                      "do = send\n"
                                      "by = laptop\n"
                                      "to = luis@iesgn.example\n";

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
load_scenario(gboolean with_tls)
{
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    char *text = g_strdup_printf(scenario_format, with_tls ? "starttls" : "clear");
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, strlen(text));
    MailsimScenario *scenario = mailsim_scenario_load_text("load", bytes, diagnostics);

    if (mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) > 0)
        g_error("%s", mailsim_diagnostics_print(diagnostics, 0));
    return scenario;
}

LabLoad *
lab_load_new(gboolean with_tls, guint size)
{
    g_autoptr(MailsimScenario) scenario = load_scenario(with_tls);
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
are_inside_tls(const LabLoad *load)
{
    const GPtrArray *hops = load->recording->hops;

    for (guint i = load->n_finished; i < load->n_sent; i++) {
        const MailsimHop *hop = i < hops->len ? g_ptr_array_index(hops, i) : NULL;

        if (hop == NULL || !hop->encrypted)
            return FALSE;
    }
    return TRUE;
}

void
lab_load_open(LabLoad *load)
{
    MailsimTime now_us = mailsim_lab_get_now(load->lab);

    for (guint turn = 0; turn < MOST_TURNS && !are_inside_tls(load); turn++)
        mailsim_lab_follow(load->lab, now_us += LATENCY_US);
    if (!are_inside_tls(load))
        g_error("%u conversations are not open", load->n_sent - load->n_finished);
    /* The second EHLO and its answer. */
    mailsim_lab_follow(load->lab, now_us + 2 * LATENCY_US);
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
