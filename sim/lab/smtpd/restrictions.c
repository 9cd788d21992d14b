/* SPDX-License-Identifier: MIT
 *
 * Who may send what where: the restriction lists of smtpd(8), each at its moment. Each look at
 * a rule is recorded, so that it can be told which one decided and which were not reached. A
 * list is walked through in restriction-walk.c; what the rules do is in restriction-rules.c
 * and the files that it names. */
#include "restrictions-private.h"

#include <string.h>

/* ---- the moments ------------------------------------------------------------------------- */

/* What the lists of a moment are about. */
static void
begin(MailsimWalk *walk, const char *subject, const char *class, const char *implied_rule)
{
    walk->scrutiny.subject = subject;
    walk->scrutiny.class = class;
    walk->scrutiny.implied_rule = implied_rule;
    g_clear_pointer(&walk->if_refused, g_free);
}

static gboolean
get_flag(const MailsimWalk *walk, const char *name)
{
    return mailsim_host_get_flag(walk->scrutiny.query->host, walk->scrutiny.query->service,
                                 name);
}

static MailsimOutcome
check_client(MailsimWalk *walk)
{
    MailsimOutcome outcome;

    walk->memory->is_set = FALSE;
    begin(walk, walk->scrutiny.client, MAILSIM_CLASS_CLIENT, "check_client_access");
    outcome = mailsim_walk_list(walk, "smtpd_client_restrictions");
    walk->memory->by_client = walk->memory->is_set;
    return outcome;
}

static MailsimOutcome
check_helo(MailsimWalk *walk)
{
    MailsimOutcome outcome;

    if (walk->scrutiny.helo_name == NULL)
        return MAILSIM_OUTCOME_GOES_ON;
    walk->memory->is_set = walk->memory->by_client;
    begin(walk, walk->scrutiny.helo_name, MAILSIM_CLASS_HELO, "check_helo_access");
    outcome = mailsim_walk_list(walk, "smtpd_helo_restrictions");
    walk->memory->by_helo = walk->memory->is_set;
    return outcome;
}

static MailsimOutcome
check_sender(MailsimWalk *walk)
{
    MailsimScrutiny *scrutiny = &walk->scrutiny;
    MailsimOutcome outcome;

    if (scrutiny->sender == NULL)
        return MAILSIM_OUTCOME_GOES_ON;
    walk->memory->is_set = walk->memory->by_client || walk->memory->by_helo;
    begin(walk, scrutiny->sender, MAILSIM_CLASS_SENDER, "check_sender_access");
    outcome = mailsim_walk_list(walk, "smtpd_sender_restrictions");
    walk->memory->by_sender = walk->memory->is_set;
    if (outcome != MAILSIM_OUTCOME_REFUSED && !scrutiny->sender_is_known &&
        get_flag(walk, "smtpd_reject_unlisted_sender"))
        outcome = mailsim_walk_implied(walk, "smtpd_reject_unlisted_sender",
                                       "reject_unlisted_sender");
    return outcome;
}

/* postconf(5) smtpd_delay_reject: what could have been refused before. */
static MailsimOutcome
check_earlier(MailsimWalk *walk)
{
    if (!get_flag(walk, "smtpd_delay_reject"))
        return MAILSIM_OUTCOME_GOES_ON;
    if (check_client(walk) == MAILSIM_OUTCOME_REFUSED ||
        check_helo(walk) == MAILSIM_OUTCOME_REFUSED ||
        (walk->scrutiny.etrn_domain == NULL && check_sender(walk) == MAILSIM_OUTCOME_REFUSED))
        return MAILSIM_OUTCOME_REFUSED;
    return MAILSIM_OUTCOME_GOES_ON;
}

/* RFC 5321 §4.5.1: postmaster is always taken; so is the address that probes others. */
static gboolean
is_always_taken(const MailsimWalk *walk)
{
    const char *recipient = walk->scrutiny.recipient;
    g_autofree char *origin = mailsim_scrutiny_dup_parameter(&walk->scrutiny, "myorigin");
    g_autofree char *prober =
        mailsim_scrutiny_dup_parameter(&walk->scrutiny, "address_verify_sender");
    g_autofree char *address = g_strconcat(prober, "@", origin, NULL);

    return g_ascii_strcasecmp(recipient, "postmaster") == 0 ||
           g_ascii_strcasecmp(recipient, address) == 0;
}

static MailsimOutcome
check_recipient(MailsimWalk *walk)
{
    MailsimScrutiny *scrutiny = &walk->scrutiny;
    gboolean relay_first = get_flag(walk, "smtpd_relay_before_recipient_restrictions");
    const char *lists[] = {
        relay_first ? "smtpd_relay_restrictions" : "smtpd_recipient_restrictions",
        relay_first ? "smtpd_recipient_restrictions" : "smtpd_relay_restrictions",
    };
    MailsimOutcome outcome = MAILSIM_OUTCOME_GOES_ON;

    if (is_always_taken(walk))
        return MAILSIM_OUTCOME_GOES_ON;
    if (check_earlier(walk) == MAILSIM_OUTCOME_REFUSED)
        return MAILSIM_OUTCOME_REFUSED;
    walk->memory->is_set = walk->memory->by_sender;
    begin(walk, scrutiny->recipient, MAILSIM_CLASS_RECIPIENT, "check_recipient_access");
    for (guint i = 0; i < G_N_ELEMENTS(lists) && outcome != MAILSIM_OUTCOME_REFUSED; i++)
        outcome = mailsim_walk_list(walk, lists[i]);
    outcome = mailsim_walk_defer_permission(walk, outcome);
    if (outcome != MAILSIM_OUTCOME_REFUSED && !scrutiny->recipient_is_known &&
        get_flag(walk, "smtpd_reject_unlisted_recipient"))
        outcome = mailsim_walk_implied(walk, "smtpd_reject_unlisted_recipient",
                                       "reject_unlisted_recipient");
    return outcome;
}

static MailsimOutcome
check_etrn(MailsimWalk *walk)
{
    if (check_earlier(walk) == MAILSIM_OUTCOME_REFUSED)
        return MAILSIM_OUTCOME_REFUSED;
    walk->memory->is_set = walk->memory->by_client || walk->memory->by_helo;
    begin(walk, walk->scrutiny.etrn_domain, MAILSIM_CLASS_ETRN, "check_etrn_access");
    return mailsim_walk_defer_permission(walk,
                                         mailsim_walk_list(walk, "smtpd_etrn_restrictions"));
}

static MailsimOutcome
check_data(MailsimWalk *walk)
{
    walk->memory->is_set = FALSE;
    begin(walk, "DATA", MAILSIM_CLASS_DATA, NULL);
    return mailsim_walk_defer_permission(walk,
                                         mailsim_walk_list(walk, "smtpd_data_restrictions"));
}

static MailsimOutcome
check_end_of_message(MailsimWalk *walk)
{
    walk->memory->is_set = FALSE;
    begin(walk, "END-OF-MESSAGE", MAILSIM_CLASS_END_OF_DATA, NULL);
    return mailsim_walk_defer_permission(
        walk, mailsim_walk_list(walk, "smtpd_end_of_data_restrictions"));
}

static MailsimOutcome
check_stage(MailsimWalk *walk)
{
    const gboolean delays = get_flag(walk, "smtpd_delay_reject");

    switch (walk->scrutiny.query->stage) {
    case MAILSIM_STAGE_CONNECT:
        return delays ? MAILSIM_OUTCOME_GOES_ON : check_client(walk);
    case MAILSIM_STAGE_HELO:
        return delays ? MAILSIM_OUTCOME_GOES_ON : check_helo(walk);
    case MAILSIM_STAGE_MAIL:
        return delays ? MAILSIM_OUTCOME_GOES_ON : check_sender(walk);
    case MAILSIM_STAGE_RCPT:
    case MAILSIM_STAGE_VRFY:
        return check_recipient(walk);
    case MAILSIM_STAGE_ETRN:
        return check_etrn(walk);
    case MAILSIM_STAGE_DATA:
        return check_data(walk);
    case MAILSIM_STAGE_END_OF_MESSAGE:
        return check_end_of_message(walk);
    }
    return MAILSIM_OUTCOME_GOES_ON;
}

/* ---- the query --------------------------------------------------------------------------- */

void
mailsim_restriction_memory_clear(MailsimRestrictionMemory *memory)
{
    g_clear_pointer(&memory->reply, g_free);
    g_clear_pointer(&memory->list, g_free);
    g_clear_pointer(&memory->rule, g_free);
}

static void
read_query(MailsimScrutiny *scrutiny, const MailsimRestrictionQuery *query)
{
    const MailsimSmtpEnvelope *envelope = query->envelope;

    scrutiny->query = query;
    scrutiny->client = g_strdup_printf("%s[%s]", query->client_name, query->client_address);
    scrutiny->helo_name = envelope->helo_name;
    scrutiny->sender = envelope->sender;
    switch (query->stage) {
    case MAILSIM_STAGE_CONNECT:
        break;
    case MAILSIM_STAGE_HELO:
        scrutiny->helo_name = query->subject;
        break;
    case MAILSIM_STAGE_MAIL:
        scrutiny->sender = query->subject;
        break;
    case MAILSIM_STAGE_RCPT:
    case MAILSIM_STAGE_VRFY:
        scrutiny->recipient = query->subject;
        break;
    case MAILSIM_STAGE_ETRN:
        scrutiny->etrn_domain = query->subject;
        break;
    case MAILSIM_STAGE_DATA:
    case MAILSIM_STAGE_END_OF_MESSAGE:
        scrutiny->recipient = mailsim_smtp_envelope_find_only_recipient(envelope);
        break;
    }
}

char *
mailsim_restrictions_check(const MailsimRestrictionQuery *query)
{
    MailsimRestrictionMemory own = {0};
    MailsimWalk walk = {.memory = query->memory != NULL ? query->memory : &own};

    read_query(&walk.scrutiny, query);
    mailsim_walk_begin(&walk);
    check_stage(&walk);
    mailsim_walk_end(&walk);
    mailsim_restriction_memory_clear(&own);
    g_free(walk.scrutiny.client);
    return walk.refusal;
}
