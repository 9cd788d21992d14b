/* SPDX-License-Identifier: MIT
 *
 * The lab of the recorded server is a lab like any other; only the wires are left out. */
#include "dest-lab.h"

DestScenario *
dest_scenario_read(void)
{
    g_autofree char *path = g_build_filename(g_getenv("MAILSIM_SOURCE_ROOT"), "tests",
                                             "dialogue", "dest.scenario", NULL);
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    g_autoptr(GError) error = NULL;
    DestScenario *scenario = g_new0(DestScenario, 1);

    scenario->scenario = mailsim_scenario_load(path, diagnostics, &error);
    g_assert_no_error(error);
    if (mailsim_diagnostics_count(diagnostics, MAILSIM_SEVERITY_ERROR) > 0)
        g_error("%s: “mailsim check” tells what is wrong with it", path);
    scenario->authority = mailsim_authority_new(&error);
    g_assert_no_error(error);
    return scenario;
}

void
dest_scenario_free(DestScenario *scenario)
{
    if (scenario == NULL)
        return;
    mailsim_authority_free(scenario->authority);
    mailsim_scenario_free(scenario->scenario);
    g_free(scenario);
}

/* In the recorded master.cf each service had a name of its own in the log. */
static void
name_in_log(MailsimServiceDefinition *service)
{
    g_autofree char *name = g_strconcat("postfix/", service->name, NULL);

    g_ptr_array_add(service->settings,
                    mailsim_setting_new("syslog_name", name, &service->span));
}

static void
name_services_in_log(const MailsimWorld *world)
{
    const MailsimHostDefinition *host = g_ptr_array_index(world->hosts, 0);

    for (guint i = 0; i < host->services->len; i++)
        name_in_log(g_ptr_array_index(host->services, i));
}

DestLab *
dest_lab_new(const DestScenario *scenario)
{
    g_autoptr(GError) error = NULL;
    DestLab *lab = g_new0(DestLab, 1);
    MailsimWorld *world = mailsim_scenario_build_world(scenario->scenario, 0);

    name_services_in_log(world);
    lab->recording = mailsim_recording_new();
    mailsim_recording_add_step(lab->recording);
    lab->lab = mailsim_lab_new_with_authority(lab->recording, world->start_us, 0,
                                              scenario->authority, &error);
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
    name_in_log(service);
    g_ptr_array_add(host->definition->services, service);
}

GPtrArray *
dest_lab_list_mail(const DestLab *lab)
{
    const MailsimHost *host = mailsim_lab_find_host(lab->lab, "dest");
    GPtrArray *messages = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < host->definition->users->len; i++) {
        const MailsimUser *user = g_ptr_array_index(host->definition->users, i);
        const GPtrArray *mailbox = mailsim_lab_get_mailbox(lab->lab, "dest", user->name);

        for (guint j = 0; j < mailbox->len; j++) {
            gsize size;
            g_autoptr(GBytes) whole =
                mailsim_stored_message_join(g_ptr_array_index(mailbox, j));
            const char *text = g_bytes_get_data(whole, &size);
            GString *message = g_string_new_len(text, (gssize)size);

            while (g_str_has_suffix(message->str, "\n\n"))
                g_string_truncate(message, message->len - 1);
            g_ptr_array_add(messages, g_string_free(message, FALSE));
        }
    }
    return messages;
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

    *connection = (DestConnection){.first_event = lab->recording->events->len};
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

static void
free_connection(gpointer data)
{
    dest_connection_close(data);
    g_free(data);
}

GPtrArray *
dest_lab_connect_more(DestLab *lab,
                      const MailsimServiceDefinition *service,
                      const char *client_address,
                      guint n_connections)
{
    GPtrArray *connections = g_ptr_array_new_with_free_func(free_connection);

    for (guint i = 0; i < n_connections; i++) {
        DestConnection *connection = g_new0(DestConnection, 1);

        dest_connection_open(connection, lab, service, client_address);
        session_end_begin(&connection->end);
        g_ptr_array_add(connections, connection);
    }
    return connections;
}

GPtrArray *
dest_connection_list_log(const DestConnection *connection, const DestLab *lab)
{
    const GPtrArray *events = lab->recording->events;
    g_autoptr(GRegex) pid = g_regex_new(" pid \\d+ ", 0, 0, NULL);
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

    for (guint i = connection->first_event; i < events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(events, i);
        g_autofree char *line = NULL;

        if (event->kind != MAILSIM_EVENT_LOG || !g_str_equal(event->party, "dest") ||
            (!g_str_has_suffix(event->log.program, "/smtpd") &&
             !g_str_equal(event->log.program, "postfix/master")))
            continue;
        line = g_strdup_printf("%s[<pid>]: %s", event->log.program, event->log.text);
        g_ptr_array_add(lines, g_regex_replace(pid, line, -1, 0, " pid <pid> ", 0, NULL));
    }
    return lines;
}
