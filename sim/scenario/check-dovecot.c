/* SPDX-License-Identifier: MIT
 *
 * What a [dovecot] says of the rest of the world: the certificates that its files hold, and its
 * ports. */
#include "scenario-private.h"

#include <string.h>

#include <mailsim/base/mail-protocol.h>
#include <mailsim/settings/certificate-file.h>
#include <mailsim/settings/dovecot-setting.h>
#include <mailsim/settings/dovecot-value.h>
#include <mailsim/wire/certificate.h>

#include "value-private.h"

/* At the beginning, or from some step on. */
static gboolean
has_certificate(const MailsimScenario *scenario, const char *name)
{
    for (guint i = 0; i < scenario->changes->len; i++) {
        const Section *change = g_ptr_array_index(scenario->changes, i);

        if (change->row->kind == MAILSIM_GROUP_CERTIFICATE &&
            strcmp(change->names[0], name) == 0)
            return TRUE;
    }
    return find_section(scenario, MAILSIM_GROUP_CERTIFICATE, name) != NULL ||
           mailsim_certificate_profile_exists(name);
}

/* “</etc/mailsim/C.pem” or “</etc/mailsim/C.key”: the file of a [certificate C]. */
static void
check_certificate(const MailsimScenario *scenario,
                  const MailsimEntry *entry,
                  MailsimDiagnostics *diagnostics)
{
    g_autofree char *value = mailsim_dovecot_setting_unquote(entry->value);
    const char *path = mailsim_dovecot_setting_find_path(value);
    g_autofree char *name = path ? mailsim_certificate_file_dup_owner(path) : NULL;
    g_autofree char *near = NULL;

    if (!name || has_certificate(scenario, name))
        return;
    near = find_hint(scenario, MAILSIM_GROUP_CERTIFICATE, name);
    mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, &entry->value_span,
                            near ? near : "Dovecot would not start; add [certificate …]",
                            "no certificate “%s”", name);
}

static void
check_ports(const MailsimEntry *entry, MailsimDiagnostics *diagnostics)
{
    gsize start, end = 0;

    while (value_next_item(entry->value, &start, &end)) {
        g_autofree char *item = g_strndup(entry->value + start, end - start);
        MailsimSpan span = mailsim_entry_locate(entry, start, end);
        guint port;

        if (!value_parse_port(item, &port) ||
            mailsim_protocol_of_port(port) != MAILSIM_PROTOCOL_SMTP)
            continue;
        mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_ERROR, &span,
                                "143 and 993 are IMAP's, 110 and 995 POP3's",
                                "Dovecot does not listen at port %u", port);
    }
}

static void
check_section(const MailsimScenario *scenario,
              const Section *section,
              MailsimDiagnostics *diagnostics)
{
    if (section->row->kind != MAILSIM_GROUP_DOVECOT)
        return;
    for (guint i = 0; i < section->entries->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(section->entries, i);

        if (strcmp(entry->key, "ports") == 0)
            check_ports(entry, diagnostics);
        if (strcmp(entry->key, "ssl_cert") == 0 || strcmp(entry->key, "ssl_key") == 0)
            check_certificate(scenario, entry, diagnostics);
    }
}

void
check_dovecots(const MailsimScenario *scenario, MailsimDiagnostics *diagnostics)
{
    for (guint i = 0; i < scenario->sections->len; i++)
        check_section(scenario, g_ptr_array_index(scenario->sections, i), diagnostics);
    for (guint i = 0; i < scenario->changes->len; i++)
        check_section(scenario, g_ptr_array_index(scenario->changes, i), diagnostics);
}
