/* SPDX-License-Identifier: MIT
 *
 * The files of a host: each that a value of main.cf or master.cf has looked up should be there.
 * One that is not is no mistake of the language, for Postfix goes on without it, badly. */
#include "scenario-private.h"

#include <string.h>

#include <mailsim/settings/postfix-parameter.h>

/* Is PATH on HOST, at the beginning or from some step on? Debian's installer writes
 * /etc/aliases. */
static gboolean
has_file(const MailsimScenario *scenario, const char *host, const char *path)
{
    const GPtrArray *lists[] = {scenario->by_kind[MAILSIM_GROUP_FILE], scenario->changes};

    if (strcmp(path, "/etc/aliases") == 0)
        return TRUE;
    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        for (guint j = 0; j < lists[i]->len; j++) {
            const Section *section = g_ptr_array_index(lists[i], j);

            if (section->row->kind == MAILSIM_GROUP_FILE &&
                strcmp(section->names[0], host) == 0 && strcmp(section->names[1], path) == 0)
                return TRUE;
        }
    }
    return FALSE;
}

/* smtpd(8) has a client to answer; smtp(8) leaves mail in the queue. */
static const char *
tell_consequence(const char *parameter)
{
    return strcmp(parameter, "smtp_tls_policy_maps") == 0
               ? "mail waits, 4.7.5 client TLS configuration problem"
               : "Postfix answers 451 Temporary lookup failure";
}

static void
check_entry(const MailsimScenario *scenario,
            const Section *section,
            const MailsimEntry *entry,
            MailsimDiagnostics *diagnostics)
{
    g_autoptr(GPtrArray) paths = mailsim_postfix_parameter_list_files(entry->key, entry->value);

    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        const char *found = strstr(entry->value, path);
        gsize start = found ? (gsize)(found - entry->value) : 0;
        MailsimSpan span = mailsim_entry_locate(entry, start, start + strlen(path));
        g_autofree char *hint = NULL;

        if (has_file(scenario, section->names[0], path))
            continue;
        hint = g_strdup_printf("add [file %s %s]; without it %s", section->names[0], path,
                               tell_consequence(entry->key));
        mailsim_diagnostics_add(diagnostics, MAILSIM_SEVERITY_WARNING, &span, hint,
                                "host “%s” has no file “%s”", section->names[0], path);
    }
}

static void
check_section(const MailsimScenario *scenario,
              const Section *section,
              MailsimDiagnostics *diagnostics)
{
    if (section->row->kind != MAILSIM_GROUP_POSTFIX &&
        section->row->kind != MAILSIM_GROUP_SERVICE)
        return;
    for (guint i = 0; i < section->entries->len; i++)
        check_entry(scenario, section, g_ptr_array_index(section->entries, i), diagnostics);
}

void
check_files(const MailsimScenario *scenario, MailsimDiagnostics *diagnostics)
{
    for (guint i = 0; i < scenario->sections->len; i++)
        check_section(scenario, g_ptr_array_index(scenario->sections, i), diagnostics);
    for (guint i = 0; i < scenario->changes->len; i++)
        check_section(scenario, g_ptr_array_index(scenario->changes, i), diagnostics);
}
