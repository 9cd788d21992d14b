/* SPDX-License-Identifier: MIT
 *
 * The lab of the recorded server is a lab like any other; only the wires are left out. */
#include "dest-lab.h"

DestLab *
dest_lab_new(void)
{
    g_autofree char *path = g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), "tests",
                                             "dialogue", "dest.scenario", NULL);
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(GError) error = NULL;
    DestLab *lab = g_new0(DestLab, 1);
    MailsimWorld *world;

    lab->scenario = mailsim_scenario_load(path, diagnostics, &error);
    g_assert_no_error(error);
    if (mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) > 0)
        g_error("%s: “mailsim check” tells what is wrong with it", path);
    world = mailsim_scenario_build_world(lab->scenario, 0);
    lab->recording = mailsim_recording_new();
    mailsim_recording_add_step(lab->recording);
    lab->lab = mailsim_lab_new(lab->recording, world->start_us, 0, &error);
    g_assert_no_error(error);
    mailsim_lab_configure(lab->lab, world, &error);
    g_assert_no_error(error);
    return lab;
}

void
dest_lab_free(DestLab *lab)
{
    if (lab == NULL)
        return;
    mailsim_lab_free(lab->lab);
    mailsim_recording_free(lab->recording);
    mailsim_scenario_free(lab->scenario);
    g_free(lab);
}

const MailsimServiceDefinition *
dest_lab_find_service(const DestLab *lab, const char *name, guint port)
{
    const MailsimHost *host = mailsim_lab_find_host(lab->lab, "dest");

    if (name == NULL)
        return mailsim_host_find_service(host, port);
    for (guint i = 0; i < host->definition->services->len; i++) {
        const MailsimServiceDefinition *service =
            g_ptr_array_index(host->definition->services, i);

        if (g_str_equal(service->name, name))
            return service;
    }
    return NULL;
}

void
dest_lab_add_service(DestLab *lab, const char *name, const GPtrArray *settings)
{
    const MailsimHost *host = mailsim_lab_find_host(lab->lab, "dest");
    MailsimServiceDefinition *service = mailsim_service_definition_new();

    service->name = g_strdup(name);
    service->span = host->definition->span;
    for (guint i = 0; i < settings->len; i++) {
        g_auto(GStrv) parts = g_strsplit(g_ptr_array_index(settings, i), "=", 2);

        g_ptr_array_add(service->settings,
                        mailsim_setting_new(parts[0], parts[1], &service->span));
    }
    g_ptr_array_add(host->definition->services, service);
}

static MailsimHop *
add_hop(DestLab *lab, const MailsimServiceDefinition *service, const char *client_address)
{
    MailsimHop *hop = mailsim_recording_add_hop(lab->recording);

    hop->from = g_strdup("outside");
    hop->to = g_strdup("dest");
    hop->to_fqdn = g_strdup("mx.dest.example");
    hop->address = g_strdup(client_address);
    hop->port = service->port;
    hop->service = g_strdup(service->name);
    hop->protocol = g_strdup("smtp");
    hop->started_us = mailsim_lab_get_now(lab->lab);
    hop->connected = TRUE;
    return hop;
}

void
dest_connection_open(DestConnection *connection,
                     DestLab *lab,
                     const MailsimServiceDefinition *service,
                     const char *client_address)
{
    MailsimHost *host = mailsim_lab_find_host(lab->lab, "dest");
    MailsimHop *hop = add_hop(lab, service, client_address);

    *connection = (DestConnection){0};
    connection->smtpd = mailsim_smtpd_new(host, service, client_address, hop);
    connection->session = mailsim_smtpd_create_session(connection->smtpd);
    session_end_init(&connection->end, connection->session);
}

void
dest_connection_close(DestConnection *connection)
{
    session_end_clear(&connection->end);
    g_clear_pointer(&connection->session, mailsim_session_free);
    g_clear_pointer(&connection->smtpd, mailsim_smtpd_free);
}
