/* SPDX-License-Identifier: MIT
 *
 * What a group has without saying it. A default that the key table gives as a value is printed
 * as it stands there; one that it can only tell about (“next free from 192.0.2.10”) has a row
 * here. */
#include "print-private.h"

#include <string.h>

#include <mailsim/lab/implied.h>
#include <mailsim/settings/dovecot-setting.h>
#include <mailsim/settings/postfix-parameter.h>

/* The default of SECTION, to be freed, and in ORIGIN what is to be said of it; NULL: there is
 * nothing to be said. */
typedef char *DefaultFinder(const Printer *printer, const Section *section, Origin *origin);

static DefaultFinder find_default_mailname, find_default_hostname, find_default_addresses;
static DefaultFinder find_default_port, find_default_password, find_default_program_address;
static DefaultFinder find_profile_names, find_profile_issuer, find_profile_key;
static DefaultFinder find_is_authority, find_key_usage, find_extended_key_usage;
static DefaultFinder find_profile_issued, find_profile_days;
static DefaultFinder find_default_from, find_default_message;

static const struct {
    MailsimGroupKind group;
    const char *key;
    DefaultFinder *find; /* NULL: another group says it, or nothing can */
} computed[] = {
    {MAILSIM_GROUP_HOST,        "mailname",           find_default_mailname       },
    {MAILSIM_GROUP_HOST,        "hostname",           find_default_hostname       },
    {MAILSIM_GROUP_HOST,        "address",            find_default_addresses      },
    {MAILSIM_GROUP_SERVICE,     "port",               find_default_port           },
    {MAILSIM_GROUP_DOVECOT,     "ports",              NULL                        },
    {MAILSIM_GROUP_CERTIFICATE, "names",              find_profile_names          },
    {MAILSIM_GROUP_CERTIFICATE, "cn",                 NULL                        },
    {MAILSIM_GROUP_CERTIFICATE, "issuer",             find_profile_issuer         },
    {MAILSIM_GROUP_CERTIFICATE, "key",                find_profile_key            },
    {MAILSIM_GROUP_CERTIFICATE, "issued",             find_profile_issued         },
    {MAILSIM_GROUP_CERTIFICATE, "days",               find_profile_days           },
    {MAILSIM_GROUP_CERTIFICATE, "ca",                 find_is_authority           },
    {MAILSIM_GROUP_CERTIFICATE, "key-usage",          find_key_usage              },
    {MAILSIM_GROUP_CERTIFICATE, "extended-key-usage", find_extended_key_usage     },
    {MAILSIM_GROUP_MUA,         "password",           find_default_password       },
    {MAILSIM_GROUP_MUA,         "address",            find_default_program_address},
    {MAILSIM_GROUP_STEP,        "from",               find_default_from           },
    {MAILSIM_GROUP_STEP,        "user",               NULL                        },
    {MAILSIM_GROUP_STEP,        "password",           NULL                        },
    {MAILSIM_GROUP_STEP,        "login",              NULL                        },
    {MAILSIM_GROUP_STEP,        "outgoing",           NULL                        },
    {MAILSIM_GROUP_STEP,        "incoming",           NULL                        },
    {MAILSIM_GROUP_STEP,        "check",              NULL                        },
    {MAILSIM_GROUP_STEP,        "keep",               NULL                        },
    {MAILSIM_GROUP_STEP,        "message",            find_default_message        },
};

/* ---- [host] ------------------------------------------------------------------------------ */

static const MailsimHostDefinition *
find_host(const Printer *printer, const char *name)
{
    for (guint i = 0; i < printer->world->hosts->len; i++) {
        const MailsimHostDefinition *host = g_ptr_array_index(printer->world->hosts, i);

        if (strcmp(host->name, name) == 0)
            return host;
    }
    g_assert_not_reached();
}

static char *
find_default_mailname(G_GNUC_UNUSED const Printer *printer,
                      const Section *section,
                      G_GNUC_UNUSED Origin *origin)
{
    return find_mailname(section);
}

/* A step that changes the mail name changes the host name too, as long as that is not said. */
static char *
find_default_hostname(const Printer *printer, const Section *section, Origin *origin)
{
    for (guint i = 0; i < printer->scenario->changes->len; i++) {
        const Section *change = g_ptr_array_index(printer->scenario->changes, i);

        if (strcmp(change->id, section->id) == 0 && section_find(change, "mailname"))
            *origin = ORIGIN_MAILNAME;
    }
    return find_hostname(section);
}

static char *
find_default_addresses(const Printer *printer,
                       const Section *section,
                       G_GNUC_UNUSED Origin *origin)
{
    const MailsimHostDefinition *host = find_host(printer, section->names[0]);

    return g_strdup(g_ptr_array_index(host->addresses, 0));
}

/* ---- [service] --------------------------------------------------------------------------- */

static char *
find_default_port(G_GNUC_UNUSED const Printer *printer, const Section *section, Origin *origin)
{
    *origin = ORIGIN_MASTER_CF;
    return g_strdup_printf("%u", build_service_port(section));
}

/* ---- [certificate] ----------------------------------------------------------------------- */

static gboolean
summarize(const Printer *printer, const Section *section, MailsimProfileSummary *summary)
{
    const char *profile = section_get(section, "profile");

    return printer->authority &&
           mailsim_authority_summarize_profile(printer->authority,
                                               profile ? profile : "letsencrypt", summary);
}

static char *
find_profile_names(const Printer *printer, const Section *section, Origin *origin)
{
    MailsimProfileSummary summary;

    *origin = ORIGIN_PROFILE;
    return summarize(printer, section, &summary) && summary.names
               ? g_strjoinv(", ", (char **)summary.names)
               : NULL;
}

/* The lab's own authorities have no name in the language: print_certified() tells of them. */
static char *
find_profile_issuer(const Printer *printer, const Section *section, Origin *origin)
{
    MailsimProfileSummary summary;

    *origin = ORIGIN_PROFILE;
    return summarize(printer, section, &summary) && !summary.issuer ? g_strdup("self") : NULL;
}

static char *
find_profile_key(const Printer *printer, const Section *section, Origin *origin)
{
    MailsimProfileSummary summary;

    *origin = ORIGIN_PROFILE;
    return summarize(printer, section, &summary) ? g_strdup(summary.key) : NULL;
}

static char *
find_profile_issued(const Printer *printer, const Section *section, Origin *origin)
{
    MailsimProfileSummary summary;

    *origin = ORIGIN_PROFILE;
    return summarize(printer, section, &summary)
               ? mailsim_time_format_day(printer->world->start_us +
                                         summary.issued_days * MAILSIM_DAY)
               : NULL;
}

static char *
find_profile_days(const Printer *printer, const Section *section, Origin *origin)
{
    MailsimProfileSummary summary;

    *origin = ORIGIN_PROFILE;
    return summarize(printer, section, &summary) ? g_strdup_printf("%d", summary.days) : NULL;
}

static const MailsimCertificateDefinition *
find_definition(const Printer *printer, const Section *section)
{
    return mailsim_world_find_certificate(printer->world, section->names[0]);
}

static char *
find_is_authority(const Printer *printer, const Section *section, Origin *origin)
{
    *origin = ORIGIN_PROFILE;
    return g_strdup(find_definition(printer, section)->is_authority ? "yes" : "no");
}

/* An authority's is its own, whatever the profile says. */
static char *
find_key_usage(const Printer *printer, const Section *section, Origin *origin)
{
    const char *key = section_get(section, "key");
    MailsimProfileSummary summary;
    g_autofree char *words = NULL;

    *origin = ORIGIN_PROFILE;
    if (!summarize(printer, section, &summary))
        return NULL;
    if (find_definition(printer, section)->is_authority)
        return g_strdup("digital-signature, key-cert-sign, crl-sign");
    words = g_strjoinv(", ", (char **)summary.key_usage);
    return g_strconcat(words,
                       words[0] != '\0' && strcmp(key ? key : summary.key, "rsa") == 0
                           ? ", key-encipherment"
                           : "",
                       NULL);
}

static char *
find_extended_key_usage(const Printer *printer, const Section *section, Origin *origin)
{
    MailsimProfileSummary summary;

    *origin = ORIGIN_PROFILE;
    if (!summarize(printer, section, &summary))
        return NULL;
    return find_definition(printer, section)->is_authority
               ? g_strdup("")
               : g_strjoinv(", ", (char **)summary.extended_key_usage);
}

/* ---- [mua] ------------------------------------------------------------------------------- */

static const MailsimMailProgramDefinition *
find_program(const Printer *printer, const Section *section)
{
    for (guint i = 0; i < printer->world->mail_programs->len; i++) {
        const MailsimMailProgramDefinition *program =
            g_ptr_array_index(printer->world->mail_programs, i);

        if (strcmp(program->name, section->names[0]) == 0)
            return program;
    }
    g_assert_not_reached();
}

static char *
find_default_password(const Printer *printer, const Section *section, Origin *origin)
{
    *origin = ORIGIN_PASSWORD;
    return g_strdup(find_program(printer, section)->password);
}

static char *
find_default_program_address(const Printer *printer,
                             const Section *section,
                             G_GNUC_UNUSED Origin *origin)
{
    return g_strdup(find_program(printer, section)->address);
}

/* ---- [step] ------------------------------------------------------------------------------ */

/* A user at a shell has the address that sendmail(1) makes. */
static char *
find_default_from(const Printer *printer, const Section *section, Origin *origin)
{
    const MailsimStep *step = g_ptr_array_index(printer->scenario->steps, section->position);
    const Section *host;
    g_autofree char *mailname = NULL;

    *origin = ORIGIN_ADDRESS;
    if (!step->program || !step->program->user)
        return NULL;
    host = find_section(printer->scenario, MAILSIM_GROUP_HOST, step->program->user_host);
    mailname = find_mailname(overlay_get(printer->overlay, host));
    return g_strdup_printf("%s@%s", step->program->user, mailname);
}

static char *
find_default_message(G_GNUC_UNUSED const Printer *printer,
                     const Section *section,
                     G_GNUC_UNUSED Origin *origin)
{
    return section->watched ? g_strdup(section->watched->names[0]) : NULL;
}

/* ---- all of a group ---------------------------------------------------------------------- */

/* Rows such as NAME, which stand for any key, are not said for lack of one. */
static gboolean
applies(const MailsimKeyRow *row, const Section *section)
{
    return row->default_value && mailsim_key_row_is_literal(row) &&
           !(row->flags & MAILSIM_KEY_PLANNED) &&
           mailsim_key_row_belongs_to(row, section_get(section, "do"));
}

static void
add_default(const Printer *printer,
            const Section *section,
            const MailsimKeyRow *row,
            Sheet *sheet)
{
    for (guint i = 0; i < G_N_ELEMENTS(computed); i++) {
        Origin origin = ORIGIN_DEFAULT;
        g_autofree char *value = NULL;

        if (computed[i].group != row->group || strcmp(computed[i].key, row->name) != 0)
            continue;
        if (computed[i].find)
            value = computed[i].find(printer, section, &origin);
        if (value)
            sheet_add(sheet, row->name, value, origin);
        return;
    }
    sheet_add(sheet, row->name, row->default_value, ORIGIN_DEFAULT);
}

gboolean
print_has_literal_default(const MailsimKeyRow *row)
{
    for (guint i = 0; i < G_N_ELEMENTS(computed); i++)
        if (computed[i].group == row->group && strcmp(computed[i].key, row->name) == 0)
            return FALSE;
    return row->default_value && mailsim_key_row_is_literal(row);
}

/* The certificate is what [host] says: written down, Debian's own would win over it. */
static gboolean
is_installed_for_certificate(const char *name)
{
    static const char *const names[] = {"smtpd_tls_cert_file", "smtpd_tls_key_file", "ssl_cert",
                                        "ssl_key", NULL};

    return g_strv_contains(names, name);
}

/* Debian's main.cf, as far as the lab obeys it. */
static void
add_main_cf(const Printer *printer, const Section *section, Sheet *sheet)
{
    static const char *const of_host[] = {"myhostname", "mydomain", "myorigin",
                                          "mydestination"};
    const MailsimHostDefinition *host = find_host(printer, section->names[0]);
    g_autoptr(GPtrArray) names = mailsim_postfix_parameter_list_installed();

    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);

        if (mailsim_postfix_parameter_has_effect(name) && !sheet_has(sheet, name) &&
            !is_installed_for_certificate(name))
            sheet_add(sheet, name, mailsim_postfix_parameter_get_default(name), ORIGIN_MAIN_CF);
    }
    for (guint i = 0; i < G_N_ELEMENTS(of_host); i++) {
        g_autofree char *value = mailsim_host_definition_dup_installed(host, of_host[i]);

        if (!sheet_has(sheet, of_host[i]))
            sheet_add(sheet, of_host[i], value, ORIGIN_HOST);
    }
}

static void
add_master_cf(const Section *section, Sheet *sheet)
{
    g_autoptr(GPtrArray) names = mailsim_postfix_service_list_installed(section->names[1]);

    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);

        if (mailsim_postfix_parameter_has_effect(name) && !sheet_has(sheet, name))
            sheet_add(sheet, name, mailsim_postfix_service_default(section->names[1], name),
                      ORIGIN_MASTER_CF);
    }
}

static void
add_dovecot_conf(Sheet *sheet)
{
    const GPtrArray *names = mailsim_dovecot_setting_list();

    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);

        if (mailsim_dovecot_setting_has_effect(name) && !sheet_has(sheet, name) &&
            !is_installed_for_certificate(name))
            sheet_add(sheet, name, mailsim_dovecot_setting_get_default(name),
                      ORIGIN_DOVECOT_CONF);
    }
}

void
print_add_defaults(const Printer *printer, const Section *section, Sheet *sheet)
{
    guint n_rows;
    const MailsimKeyRow *rows = mailsim_key_table_list_keys(&n_rows);

    for (guint i = 0; i < n_rows; i++)
        if (rows[i].group == section->row->kind && applies(&rows[i], section) &&
            !sheet_has(sheet, rows[i].name))
            add_default(printer, section, &rows[i], sheet);
    if (section->row->kind == MAILSIM_GROUP_POSTFIX)
        add_main_cf(printer, section, sheet);
    else if (section->row->kind == MAILSIM_GROUP_SERVICE)
        add_master_cf(section, sheet);
    else if (section->row->kind == MAILSIM_GROUP_DOVECOT)
        add_dovecot_conf(sheet);
}
