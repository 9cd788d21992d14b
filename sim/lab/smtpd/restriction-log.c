/* SPDX-License-Identifier: MIT
 *
 * What smtpd(8) writes into the mail log about its rules: what one of them would refuse, asks
 * for or cannot do. What a rule does refuse the session logs, with the reply. */
#include "restrictions-private.h"

void
mailsim_scrutiny_log(const MailsimScrutiny *scrutiny, const char *format, ...)
{
    const MailsimRestrictionQuery *query = scrutiny->query;
    va_list arguments;

    if (query->process == NULL)
        return;
    va_start(arguments, format);
    mailsim_process_log_valist(query->process, (int)query->hop->index, format, arguments);
    va_end(arguments);
}

/* RULE will go, says Postfix 3.7. */
void
mailsim_scrutiny_log_old(const MailsimScrutiny *scrutiny, const char *rule, const char *instead)
{
    MailsimProcess *process = scrutiny->query->process;

    if (process == NULL || !mailsim_process_is_first(process, rule))
        return;
    mailsim_scrutiny_log(
        scrutiny,
        "warning: support for restriction \"%s\" will be removed from Postfix; "
        "use \"%s\" instead",
        rule, instead);
}

void
mailsim_scrutiny_log_action(const MailsimScrutiny *scrutiny,
                            const char *action,
                            const char *text)
{
    const MailsimRestrictionQuery *query = scrutiny->query;
    g_autofree char *about =
        mailsim_smtp_envelope_describe(query->envelope, query->stage, query->subject);

    mailsim_scrutiny_log(scrutiny, "%s: %s: %s from %s: %s;%s",
                         query->queue_id != NULL ? query->queue_id : "NOQUEUE", action,
                         query->envelope->where, scrutiny->client, text, about);
}

void
mailsim_scrutiny_log_lookup_error(const MailsimScrutiny *scrutiny,
                                  const char *tables,
                                  const char *key)
{
    const MailsimRestrictionQuery *query = scrutiny->query;

    if (query->process != NULL)
        mailsim_process_log_lookup_error(query->process, (int)query->hop->index, query->host,
                                         tables, key);
}
