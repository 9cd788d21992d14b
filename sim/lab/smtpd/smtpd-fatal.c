/* SPDX-License-Identifier: MIT
 *
 * An smtpd(8) that dies: what its clients see of it. One that cannot start never accepts, and
 * master(8) keeps the connection waiting for ever; one that dies of a client hangs up on it,
 * and master waits a minute before it starts another (“bad command startup -- throttling”). */
#include "smtpd-private.h"

/* postconf(5) service_throttle_time */
#define THROTTLE_US (60 * MAILSIM_SECOND)

/* Before a daemon dies of a fatal error it waits, so that it cannot die too often. */
#define DEATH_US MAILSIM_SECOND

/* ---- one that cannot start --------------------------------------------------------------- */

typedef struct {
    MailsimSession session;
    const MailsimSmtpd *smtpd; /* borrowed */
    char *words;
} SilentSession;

static MailsimWant
begin(MailsimSession *session, G_GNUC_UNUSED GString *out)
{
    const SilentSession *silent = (const SilentSession *)session;

    mailsim_smtpd_record_fatal(silent->smtpd, silent->words);
    return MAILSIM_WANT_LINE;
}

static MailsimWant
heard(G_GNUC_UNUSED MailsimSession *session,
      G_GNUC_UNUSED const MailsimInput *input,
      G_GNUC_UNUSED GString *out)
{
    return MAILSIM_WANT_LINE;
}

static void
lost(G_GNUC_UNUSED MailsimSession *session, G_GNUC_UNUSED MailsimLoss why)
{
}

static const char *
waits_for(G_GNUC_UNUSED MailsimSession *session)
{
    return "nothing";
}

static void
free_session(MailsimSession *session)
{
    g_free(((SilentSession *)session)->words);
    g_free(session);
}

static const MailsimSessionClass silent_class = {
    .begin = begin,
    .heard = heard,
    .lost = lost,
    .waits_for = waits_for,
    .free = free_session,
};

MailsimSession *
mailsim_smtpd_silent_session_new(const MailsimSmtpd *smtpd, const char *words)
{
    SilentSession *silent = g_new0(SilentSession, 1);

    silent->session.class = &silent_class;
    silent->smtpd = smtpd;
    silent->words = g_strdup(words);
    return &silent->session;
}

/* ---- one that dies of a client ----------------------------------------------------------- */

gint64
mailsim_smtpd_get_throttle(const MailsimHost *host, const MailsimServiceDefinition *service)
{
    const gint64 *until_us = g_hash_table_lookup(host->throttled, service->name);
    MailsimTime now_us = mailsim_lab_get_now(host->lab);

    return until_us != NULL && *until_us > now_us ? *until_us - now_us : 0;
}

gint64
mailsim_smtpd_throttle(MailsimHost *host,
                       const MailsimServiceDefinition *service,
                       gint64 delay_us)
{
    gint64 *until_us = g_new(gint64, 1);

    *until_us = mailsim_lab_get_now(host->lab) + delay_us + DEATH_US + THROTTLE_US;
    g_hash_table_replace(host->throttled, g_strdup(service->name), until_us);
    return DEATH_US;
}
