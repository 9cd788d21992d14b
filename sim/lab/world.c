/* SPDX-License-Identifier: MIT
 *
 * Constructors and destructors of the world's definitions: plain data, no behaviour. */
#include <mailsim/lab/world.h>

static void
free_user(gpointer data)
{
    MailsimUser *user = data;

    g_free(user->name);
    g_free(user->password);
    g_free(user);
}

static void
free_setting(gpointer data)
{
    MailsimSetting *setting = data;

    g_free(setting->name);
    g_free(setting->value);
    g_free(setting);
}

static void
free_service(gpointer data)
{
    mailsim_service_definition_free(data);
}

static void
free_file(gpointer data)
{
    MailsimFileDefinition *file = data;

    g_free(file->path);
    g_ptr_array_unref(file->lines);
    g_free(file);
}

static void
free_host(gpointer data)
{
    MailsimHostDefinition *host = data;

    g_free(host->name);
    g_free(host->mailname);
    g_free(host->hostname);
    g_ptr_array_unref(host->addresses);
    g_ptr_array_unref(host->users);
    g_free(host->certificate);
    g_ptr_array_unref(host->postfix);
    g_ptr_array_unref(host->services);
    g_ptr_array_unref(host->dovecot);
    g_clear_pointer(&host->dovecot_ports, g_array_unref);
    g_ptr_array_unref(host->files);
    g_free(host);
}

static void
free_link(gpointer data)
{
    MailsimLinkDefinition *link = data;

    g_free(link->a);
    g_free(link->b);
    g_free(link);
}

static void
free_certificate(gpointer data)
{
    MailsimCertificateDefinition *certificate = data;

    g_free(certificate->name);
    g_free(certificate->profile);
    g_clear_pointer(&certificate->names, g_ptr_array_unref);
    g_free(certificate->cn);
    g_free(certificate->issuer);
    g_free(certificate->key);
    g_strfreev(certificate->key_usage);
    g_strfreev(certificate->extended_key_usage);
    g_free(certificate);
}

static void
free_mail_program(gpointer data)
{
    mailsim_mail_program_definition_free(data);
}

void
mailsim_records_definition_free(MailsimRecordsDefinition *records)
{
    g_free(records->owner);
    g_free(records->type);
    g_ptr_array_unref(records->data);
    g_free(records);
}

static void
free_records(gpointer data)
{
    mailsim_records_definition_free(data);
}

static void
free_zone(gpointer data)
{
    MailsimZoneDefinition *zone = data;

    g_free(zone->name);
    g_ptr_array_unref(zone->records);
    g_ptr_array_unref(zone->fails);
    g_free(zone);
}

static void
free_blocklist(gpointer data)
{
    MailsimBlocklistDefinition *blocklist = data;

    g_free(blocklist->name);
    g_ptr_array_unref(blocklist->listed);
    g_free(blocklist->trap);
    g_free(blocklist);
}

const MailsimSetting *
mailsim_settings_find(const GPtrArray *settings, const char *name)
{
    for (guint i = settings != NULL ? settings->len : 0; i > 0; i--) {
        const MailsimSetting *setting = g_ptr_array_index(settings, i - 1);

        if (g_str_equal(setting->name, name))
            return setting;
    }
    return NULL;
}

MailsimWorld *
mailsim_world_new(void)
{
    MailsimWorld *world = g_new0(MailsimWorld, 1);

    world->hosts = g_ptr_array_new_with_free_func(free_host);
    world->mail_programs = g_ptr_array_new_with_free_func(free_mail_program);
    world->links = g_ptr_array_new_with_free_func(free_link);
    world->certificates = g_ptr_array_new_with_free_func(free_certificate);
    world->zones = g_ptr_array_new_with_free_func(free_zone);
    world->blocklists = g_ptr_array_new_with_free_func(free_blocklist);
    return world;
}

void
mailsim_world_free(MailsimWorld *world)
{
    if (world == NULL)
        return;

    g_ptr_array_unref(world->hosts);
    g_ptr_array_unref(world->mail_programs);
    g_ptr_array_unref(world->links);
    g_ptr_array_unref(world->certificates);
    g_ptr_array_unref(world->zones);
    g_ptr_array_unref(world->blocklists);
    g_free(world);
}

MailsimSetting *
mailsim_setting_new(const char *name, const char *value, const MailsimSpan *span)
{
    MailsimSetting *setting = g_new0(MailsimSetting, 1);

    setting->name = g_strdup(name);
    setting->value = g_strdup(value);
    if (span != NULL)
        setting->span = *span;
    return setting;
}

MailsimUser *
mailsim_user_new(const char *name, const char *password)
{
    MailsimUser *user = g_new0(MailsimUser, 1);

    user->name = g_strdup(name);
    user->password = g_strdup(password);
    return user;
}

MailsimHostDefinition *
mailsim_host_definition_new(void)
{
    MailsimHostDefinition *host = g_new0(MailsimHostDefinition, 1);

    host->addresses = g_ptr_array_new_with_free_func(g_free);
    host->users = g_ptr_array_new_with_free_func(free_user);
    host->postfix = g_ptr_array_new_with_free_func(free_setting);
    host->services = g_ptr_array_new_with_free_func(free_service);
    host->dovecot = g_ptr_array_new_with_free_func(free_setting);
    host->files = g_ptr_array_new_with_free_func(free_file);
    return host;
}

MailsimServiceDefinition *
mailsim_service_definition_new(void)
{
    MailsimServiceDefinition *service = g_new0(MailsimServiceDefinition, 1);

    service->settings = g_ptr_array_new_with_free_func(free_setting);
    return service;
}

void
mailsim_service_definition_free(MailsimServiceDefinition *service)
{
    g_free(service->name);
    g_ptr_array_unref(service->settings);
    g_free(service);
}

MailsimFileDefinition *
mailsim_file_definition_new(const char *path, const MailsimSpan *span)
{
    MailsimFileDefinition *file = g_new0(MailsimFileDefinition, 1);

    file->path = g_strdup(path);
    file->lines = g_ptr_array_new_with_free_func(g_free);
    if (span != NULL)
        file->span = *span;
    return file;
}

MailsimMailProgramDefinition *
mailsim_mail_program_definition_new(void)
{
    MailsimMailProgramDefinition *program = g_new0(MailsimMailProgramDefinition, 1);

    program->login = TRUE;
    program->check = TRUE;
    return program;
}

static MailsimEndpoint *
copy_endpoint(const MailsimEndpoint *from)
{
    if (from == NULL)
        return NULL;
    return mailsim_endpoint_new(from->name, from->port, from->mode, &from->span);
}

MailsimMailProgramDefinition *
mailsim_mail_program_definition_copy(const MailsimMailProgramDefinition *from)
{
    MailsimMailProgramDefinition *copy = mailsim_mail_program_definition_new();

    copy->name = g_strdup(from->name);
    copy->user = g_strdup(from->user);
    copy->user_host = g_strdup(from->user_host);
    copy->password = g_strdup(from->password);
    copy->login = from->login;
    copy->check = from->check;
    copy->keep = from->keep;
    copy->outgoing = copy_endpoint(from->outgoing);
    copy->incoming = copy_endpoint(from->incoming);
    copy->address = g_strdup(from->address);
    copy->span = from->span;
    return copy;
}

void
mailsim_mail_program_definition_free(MailsimMailProgramDefinition *program)
{
    if (program == NULL)
        return;

    g_free(program->name);
    g_free(program->user);
    g_free(program->user_host);
    g_free(program->password);
    mailsim_endpoint_free(program->outgoing);
    mailsim_endpoint_free(program->incoming);
    g_free(program->address);
    g_free(program);
}

MailsimLinkDefinition *
mailsim_link_definition_new(const char *a, const char *b, gint64 latency_us)
{
    MailsimLinkDefinition *link = g_new0(MailsimLinkDefinition, 1);

    link->a = g_strdup(a);
    link->b = g_strdup(b);
    link->latency_us = latency_us;
    return link;
}

MailsimCertificateDefinition *
mailsim_certificate_definition_new(void)
{
    MailsimCertificateDefinition *certificate = g_new0(MailsimCertificateDefinition, 1);

    certificate->issued_us = G_MININT64;
    return certificate;
}

const MailsimCertificateDefinition *
mailsim_world_find_certificate(const MailsimWorld *world, const char *name)
{
    for (guint i = 0; i < world->certificates->len; i++) {
        const MailsimCertificateDefinition *certificate =
            g_ptr_array_index(world->certificates, i);

        if (g_str_equal(certificate->name, name))
            return certificate;
    }
    return NULL;
}

MailsimZoneDefinition *
mailsim_zone_definition_new(const char *name)
{
    MailsimZoneDefinition *zone = g_new0(MailsimZoneDefinition, 1);

    zone->name = g_strdup(name);
    zone->records = g_ptr_array_new_with_free_func(free_records);
    zone->fails = g_ptr_array_new_with_free_func(g_free);
    return zone;
}

MailsimRecordsDefinition *
mailsim_records_definition_new(const char *owner, const char *type)
{
    MailsimRecordsDefinition *records = g_new0(MailsimRecordsDefinition, 1);

    records->owner = g_strdup(owner);
    records->type = g_strdup(type);
    records->data = g_ptr_array_new_with_free_func(g_free);
    return records;
}

MailsimRecordsDefinition *
mailsim_zone_definition_add(MailsimZoneDefinition *zone, const char *owner, const char *type)
{
    MailsimRecordsDefinition *records = mailsim_records_definition_new(owner, type);

    g_ptr_array_add(zone->records, records);
    return records;
}

MailsimBlocklistDefinition *
mailsim_blocklist_definition_new(const char *name)
{
    MailsimBlocklistDefinition *blocklist = g_new0(MailsimBlocklistDefinition, 1);

    blocklist->name = g_strdup(name);
    blocklist->listed = g_ptr_array_new_with_free_func(g_free);
    return blocklist;
}

MailsimEndpoint *
mailsim_endpoint_new(const char *name,
                     guint port,
                     MailsimEndpointMode mode,
                     const MailsimSpan *span)
{
    MailsimEndpoint *endpoint = g_new0(MailsimEndpoint, 1);

    endpoint->name = g_strdup(name);
    endpoint->port = port;
    endpoint->mode = mode;
    if (span != NULL)
        endpoint->span = *span;
    return endpoint;
}

void
mailsim_endpoint_free(MailsimEndpoint *endpoint)
{
    if (endpoint == NULL)
        return;

    g_free(endpoint->name);
    g_free(endpoint);
}

const char *
mailsim_endpoint_mode_name(MailsimEndpointMode mode)
{
    static const char *const names[] = {
        [MAILSIM_ENDPOINT_CLEAR] = "clear",
        [MAILSIM_ENDPOINT_STARTTLS_IF_OFFERED] = "starttls-if-offered",
        [MAILSIM_ENDPOINT_STARTTLS] = "starttls",
        [MAILSIM_ENDPOINT_TLS] = "tls",
    };

    g_return_val_if_fail((guint)mode < G_N_ELEMENTS(names), NULL);
    return names[mode];
}
