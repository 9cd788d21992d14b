/* SPDX-License-Identifier: MIT
 *
 * The walk through one restriction list, rule by rule: what each rule's answer leads to, and
 * the record of every look. */
#include "restrictions-private.h"

#include <string.h>

#include <mailsim/protocol/domain-name.h>

/* Postfix's own limit to restriction classes that name each other. */
#define DEPTH_MAX 100

/* ---- what rules may ask ------------------------------------------------------------------ */

/* What cannot be a name is not asked for. */
void
mailsim_scrutiny_ask_dns(const MailsimScrutiny *scrutiny,
                         const char *type,
                         const char *name,
                         MailsimDnsAnswer *answer)
{
    const MailsimRestrictionQuery *query = scrutiny->query;
    const MailsimDnsQuestion question = {query->host->definition->name, type, name, FALSE,
                                         NULL};

    answer->result = MAILSIM_DNS_NO_NAME;
    if (mailsim_domain_name_is_valid_utf8(name))
        mailsim_dns_ask(query->host->lab, &question, query->hop, query->delay_us, answer);
}

gboolean
mailsim_dns_answer_is_null_mx(const MailsimDnsAnswer *answer)
{
    return answer->result == MAILSIM_DNS_FOUND && answer->records->len == 1 &&
           g_str_has_suffix(g_ptr_array_index(answer->records, 0), " .");
}

/* ---- recording --------------------------------------------------------------------------- */

static void
clear_look(MailsimRuleLook *look)
{
    g_free(look->subject);
    g_free(look->against);
    g_free(look->reason);
    g_free(look->reply);
    g_strfreev(look->restrictions);
}

static void
remember_decision(const MailsimWalk *walk, const char *list, const char *rule)
{
    MailsimHop *hop = walk->scrutiny.query->hop;

    g_free(hop->decided_by);
    hop->decided_by = g_strdup_printf("%s: %s", list, rule);
}

typedef struct {
    char *list;
    char *rule;
    MailsimRuleLook look;
    gboolean decides;
} Record;

static void
clear_record(gpointer data)
{
    Record *record = data;

    g_free(record->list);
    g_free(record->rule);
    clear_look(&record->look);
}

/* LOOK gives away its strings but for the reply. */
static void
record(MailsimWalk *walk,
       const char *list,
       const char *rule,
       MailsimRuleLook *look,
       gboolean decides)
{
    Record record = {g_strdup(list), g_strdup(rule), {.verdict = look->verdict}, decides};

    record.look.subject = g_steal_pointer(&look->subject);
    record.look.against = g_steal_pointer(&look->against);
    record.look.reason = g_steal_pointer(&look->reason);
    g_array_append_val(walk->records, record);
    if (decides)
        remember_decision(walk, list, rule);
}

/* A list is recorded as a whole, behind what was asked of DNS for it. */
static void
write_records(MailsimWalk *walk)
{
    const MailsimRestrictionQuery *query = walk->scrutiny.query;

    for (guint i = 0; i < walk->records->len; i++) {
        Record *record = &g_array_index(walk->records, Record, i);
        MailsimEvent *event =
            mailsim_lab_record(query->host->lab, MAILSIM_EVENT_RULE,
                               query->host->definition->name, (int)query->hop->index);

        event->rule.list = g_steal_pointer(&record->list);
        event->rule.rule = g_steal_pointer(&record->rule);
        event->rule.recipient =
            g_strdup(query->subject != NULL ? query->subject : walk->scrutiny.subject);
        event->rule.verdict = record->look.verdict;
        event->rule.decided = record->decides;
        event->rule.subject = g_steal_pointer(&record->look.subject);
        event->rule.against = g_steal_pointer(&record->look.against);
        event->rule.reason = g_steal_pointer(&record->look.reason);
    }
    g_array_set_size(walk->records, 0);
}

/* ---- lists ------------------------------------------------------------------------------- */

/* One rule as it stands in a list, with what belongs to it. */
typedef struct {
    gboolean warns; /* warn_if_reject stood before it */
    const char *word;
    const MailsimRule *rule; /* NULL: none of that name */
    const char *argument;
    char *text; /* all of it, as it is recorded */
} Item;

static void
clear_item(Item *item)
{
    g_free(item->text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Item, clear_item)

/* Take the next rule off WORDS; FALSE: there is none. A bare table stands for the rule that
 * fits the list. */
static gboolean
take_item(const MailsimScrutiny *scrutiny, char ***words, Item *item)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (; **words != NULL && (**words)[0] == '\0'; (*words)++)
        continue;
    for (; **words != NULL && g_ascii_strcasecmp(**words, "warn_if_reject") == 0; (*words)++) {
        item->warns = TRUE;
        g_string_assign(text, "warn_if_reject ");
    }
    if (**words == NULL)
        return FALSE;
    item->word = *(*words)++;
    item->rule = mailsim_rule_find(item->word);
    g_string_append(text, item->rule != NULL ? item->rule->name : item->word);
    if (strchr(item->word, ':') != NULL && scrutiny->implied_rule != NULL) {
        item->rule = mailsim_rule_find(scrutiny->implied_rule);
        item->argument = item->word;
    } else if (item->rule != NULL && item->rule->argument != MAILSIM_ARGUMENT_NONE &&
               **words != NULL) {
        item->argument = *(*words)++;
        g_string_append_printf(text, " %s", item->argument);
    }
    item->text = g_strdup(text->str);
    return TRUE;
}

/* The rules of a class (postconf(5) smtpd_restriction_classes); NULL: it is none. */
static char **
dup_class(const MailsimScrutiny *scrutiny, const char *name)
{
    const MailsimRestrictionQuery *query = scrutiny->query;
    char **classes =
        mailsim_host_get_list(query->host, query->service, "smtpd_restriction_classes");

    if (!g_strv_contains((const char *const *)classes, name))
        return NULL;
    return mailsim_host_dup_list(query->host, query->service, name);
}

static void
look_at(MailsimWalk *walk, const Item *item, MailsimRuleLook *look)
{
    MailsimScrutiny *scrutiny = &walk->scrutiny;
    const char *argument = item->argument;

    look->verdict = MAILSIM_VERDICT_NO_OPINION;
    if (item->rule == NULL) {
        look->restrictions = dup_class(scrutiny, item->word);
        if (look->restrictions == NULL)
            mailsim_look_break(look, "Postfix knows no such restriction");
        return;
    }
    switch (item->rule->argument) {
    case MAILSIM_ARGUMENT_NONE:
        break;
    case MAILSIM_ARGUMENT_DOMAIN:
        if (argument == NULL) {
            look->reason = g_strdup("ignored: there is no domain behind it");
            return;
        }
        break;
    case MAILSIM_ARGUMENT_TABLE:
        if (argument == NULL || strchr(argument, ':') == NULL) {
            mailsim_look_break(look, "there is no type:name behind it");
            return;
        }
        break;
    case MAILSIM_ARGUMENT_NUMBER:
        if (argument == NULL || argument[strspn(argument, "0123456789")] != '\0') {
            mailsim_look_break(look, "there is no number behind it");
            return;
        }
        break;
    }
    item->rule->look(scrutiny, argument, look);
}

static void
defer_if_permitted(MailsimWalk *walk, const Item *item, const MailsimRuleLook *look)
{
    MailsimRestrictionMemory *memory = walk->memory;

    if (memory->is_set)
        return;
    mailsim_restriction_memory_clear(memory);
    memory->is_set = TRUE;
    memory->reply = g_strdup(look->reply);
    memory->list = g_strdup(walk->scrutiny.list);
    memory->rule = g_strdup(item->text);
}

/* What a refusal leads to; the rule DECIDES when it ends the list. */
static MailsimOutcome
weigh_refusal(MailsimWalk *walk, const Item *item, const MailsimRuleLook *look)
{
    if (look->effect == MAILSIM_EFFECT_BROKEN) {
        walk->refusal = g_strdup(look->reply);
        return MAILSIM_OUTCOME_REFUSED;
    }
    if (walk->scrutiny.warns)
        return MAILSIM_OUTCOME_GOES_ON;
    if (look->effect == MAILSIM_EFFECT_IF_PERMITTED) {
        defer_if_permitted(walk, item, look);
        return MAILSIM_OUTCOME_GOES_ON;
    }
    if (look->effect == MAILSIM_EFFECT_IF_REFUSED) {
        if (walk->if_refused == NULL)
            walk->if_refused = g_strdup(look->reply);
        return MAILSIM_OUTCOME_GOES_ON;
    }
    walk->refusal = g_strdup(walk->if_refused != NULL ? walk->if_refused : look->reply);
    return MAILSIM_OUTCOME_REFUSED;
}

static MailsimOutcome
weigh(MailsimWalk *walk, const Item *item, const MailsimRuleLook *look)
{
    if (look->reply != NULL)
        return weigh_refusal(walk, item, look);
    return look->verdict == MAILSIM_VERDICT_PERMIT ? MAILSIM_OUTCOME_PERMITTED
                                                   : MAILSIM_OUTCOME_GOES_ON;
}

static MailsimOutcome walk_through(MailsimWalk *walk, char **words);

/* A rule that stands for others is recorded before them. */
static MailsimOutcome
look_and_record(MailsimWalk *walk, const Item *item)
{
    MailsimRuleLook look = {0};
    MailsimOutcome outcome;

    look_at(walk, item, &look);
    if (look.restrictions != NULL && walk->depth >= DEPTH_MAX)
        mailsim_look_break(&look, "it leads back to itself");
    outcome = weigh(walk, item, &look);
    if (look.reply == NULL && look.restrictions != NULL && look.reason == NULL) {
        g_autofree char *list = g_strjoinv(" ", look.restrictions);

        look.reason = g_strdup_printf("stands for %s", list);
    }
    record(walk, walk->scrutiny.list, item->text, &look, outcome != MAILSIM_OUTCOME_GOES_ON);
    if (look.reply == NULL && look.restrictions != NULL)
        outcome = walk_through(walk, look.restrictions);
    clear_look(&look);
    return outcome;
}

static void
record_not_reached(MailsimWalk *walk, const Item *item)
{
    MailsimRuleLook look = {.verdict = MAILSIM_VERDICT_NOT_REACHED};

    record(walk, walk->scrutiny.list, item->text, &look, FALSE);
}

/* The rest of the list after a decision is recorded as not reached. A refusal that waits both
 * for permission and for another refusal is sure. */
static MailsimOutcome
walk_through(MailsimWalk *walk, char **words)
{
    const gboolean warned = walk->scrutiny.warns;
    MailsimOutcome outcome = MAILSIM_OUTCOME_GOES_ON;
    gboolean ended = FALSE;

    walk->depth++;
    for (;;) {
        g_auto(Item) item = {0};

        if (!take_item(&walk->scrutiny, &words, &item))
            break;
        if (ended) {
            record_not_reached(walk, &item);
            continue;
        }
        walk->scrutiny.warns = warned || item.warns;
        outcome = look_and_record(walk, &item);
        walk->scrutiny.warns = warned;
        ended = outcome != MAILSIM_OUTCOME_GOES_ON ||
                (walk->memory->is_set && walk->if_refused != NULL);
    }
    walk->depth--;
    return outcome;
}

MailsimOutcome
mailsim_walk_list(MailsimWalk *walk, const char *list)
{
    const MailsimRestrictionQuery *query = walk->scrutiny.query;
    char **words = mailsim_host_get_list(query->host, query->service, list);
    MailsimOutcome outcome;

    walk->scrutiny.list = list;
    outcome = walk_through(walk, words);
    write_records(walk);
    return outcome;
}

/* A refusal that waited for permission: it is time. */
MailsimOutcome
mailsim_walk_defer_permission(MailsimWalk *walk, MailsimOutcome outcome)
{
    MailsimRestrictionMemory *memory = walk->memory;
    MailsimRuleLook look = {.verdict = MAILSIM_VERDICT_DEFER};

    if (outcome == MAILSIM_OUTCOME_REFUSED || !memory->is_set)
        return outcome;
    look.reason = g_strdup("nothing else has refused it");
    record(walk, memory->list, memory->rule, &look, TRUE);
    walk->refusal = g_strdup(memory->reply);
    return MAILSIM_OUTCOME_REFUSED;
}

/* A rule that follows the lists by itself (postconf(5) smtpd_reject_unlisted_recipient). */
MailsimOutcome
mailsim_walk_implied(MailsimWalk *walk, const char *parameter, const char *rule)
{
    Item item = {.word = rule, .rule = mailsim_rule_find(rule), .text = (char *)rule};
    MailsimRuleLook look = {0};
    MailsimOutcome outcome;

    walk->scrutiny.list = parameter;
    look_at(walk, &item, &look);
    outcome = weigh(walk, &item, &look);
    if (outcome == MAILSIM_OUTCOME_REFUSED) {
        record(walk, parameter, rule, &look, TRUE);
        remember_decision(walk, parameter, "yes");
    }
    clear_look(&look);
    return outcome;
}

void
mailsim_walk_begin(MailsimWalk *walk)
{
    walk->records = g_array_new(FALSE, FALSE, sizeof(Record));
    g_array_set_clear_func(walk->records, clear_record);
}

void
mailsim_walk_end(MailsimWalk *walk)
{
    write_records(walk);
    g_array_unref(walk->records);
    g_free(walk->if_refused);
}
