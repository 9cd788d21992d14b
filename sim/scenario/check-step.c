/* SPDX-License-Identifier: MIT
 *
 * Steps, with what like copied into them: does each say all that what it does needs, and
 * nothing that has no meaning there? */
#include "scenario-private.h"

#include <string.h>

#include <mailsim/base/suggestion.h>

#include "check-step-private.h"
#include "value-private.h"

void
check_step_fail(const StepChecker *checker,
                const MailsimSpan *span,
                const char *hint,
                const char *message)
{
    mailsim_diagnostics_add(checker->diagnostics, MAILSIM_SEVERITY_ERROR, span, hint, "%s",
                            message);
}

const GPtrArray *
check_step_get_own(const Section *section)
{
    return section->own ? section->own : section->entries;
}

void
check_step_requires(const StepChecker *checker, const char *key, const char *hint)
{
    /* Where like leads nowhere, nobody knows what it would have brought. */
    if (section_find(checker->step, key) || (section_find(checker->step, "like") &&
                                             !checker->step->own && strcmp(key, "title") != 0))
        return;
    g_autofree char *message = g_strdup_printf("[%s] has no %s", checker->step->id, key);

    check_step_fail(checker, &checker->step->span, hint, message);
}

/* Keys that belong to another value of do. */
static void
check_keys(const StepChecker *checker, const char *does)
{
    const GPtrArray *entries = check_step_get_own(checker->step);

    for (guint i = 0; i < entries->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(entries, i);
        const MailsimKeyRow *row = mailsim_key_table_find_key(MAILSIM_GROUP_STEP, entry->key);

        if (!row || (row->flags & MAILSIM_KEY_PLANNED) || mailsim_key_row_belongs_to(row, does))
            continue;
        g_autofree char *message =
            g_strdup_printf("“%s” has no meaning with do = %s", entry->key, does);
        g_autofree char *hint = g_strdup_printf("it belongs to do = %s", row->steps);

        for (char *blank = strchr(hint + strlen("it belongs to do = "), ' '); blank;
             blank = strchr(blank, ' '))
            *blank = '/';
        check_step_fail(checker, &entry->key_span, hint, message);
    }
}

/* --- send --- */

static void
check_recipients(const StepChecker *checker)
{
    const MailsimEntry *to = section_find(checker->step, "to");
    gsize start, end = 0;
    guint count = 0;

    for (; to && value_next_item(to->value, &start, &end); count++) {
        g_autofree char *item = g_strndup(to->value + start, end - start);
        MailsimSpan span = mailsim_entry_locate(to, start, end);

        if (strchr(item, '@') || !checker->program)
            continue;
        g_autofree char *message = g_strdup_printf("“%s” has no domain", item);

        check_step_fail(checker, &span,
                        "a mail program needs whole addresses: bob@instituto.example", message);
    }
    if (to && count == 0)
        check_step_fail(checker, &to->value_span, "write an address: bob@instituto.example",
                        "there is no recipient");
}

void
check_step_recipients(const StepChecker *checker, const Section *sender)
{
    const GPtrArray *entries = check_step_get_own(checker->step);
    const char *to = section_get(sender, "to");
    g_autofree char *place =
        sender == checker->step ? g_strdup("here") : g_strdup_printf("in [%s]", sender->id);
    g_autoptr(GPtrArray) recipients = value_split(to ? to : "");

    for (guint i = 0; to && i < entries->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(entries, i);
        const char *address = entry->key + strlen("expect.to.");
        gboolean found = FALSE;

        if (!g_str_has_prefix(entry->key, "expect.to."))
            continue;
        for (guint j = 0; !found && j < recipients->len; j++)
            found = g_ascii_strcasecmp(g_ptr_array_index(recipients, j), address) == 0;
        if (found)
            continue;
        g_autofree char *message =
            g_strdup_printf("nothing is sent to “%s” %s", address, place);
        g_autofree char *hint = mailsim_suggestion_hint(address, recipients);
        MailsimSpan span = entry->key_span;

        span.start += strlen("expect.to.");
        check_step_fail(checker, &span, hint ? hint : "the address stands in to =", message);
    }
}

/* The step's own word for it, else the mail program's. */
static const char *
get_of_program(const StepChecker *checker, const char *key)
{
    const char *value = section_get(checker->step, key);

    return value ? value : section_get(checker->program, key);
}

/* Does the program have this key by now, from a step up to this one? */
static gboolean
is_changed_by_step(const StepChecker *checker, const char *key)
{
    for (guint i = 0; i < checker->scenario->changes->len; i++) {
        const Section *change = g_ptr_array_index(checker->scenario->changes, i);

        if (strcmp(change->id, checker->program->id) == 0 && section_find(change, key))
            return TRUE;
    }
    return FALSE;
}

/* It has to have a server: KEY, to do WHAT, such as EXAMPLE. */
static void
check_server(const StepChecker *checker,
             const MailsimEntry *by,
             const char *key,
             const char *what,
             const char *example)
{
    const char *server = get_of_program(checker, key);

    if ((server && *server != '\0') || is_changed_by_step(checker, key))
        return;
    g_autofree char *message =
        g_strdup_printf("the mail program “%s” has no server to %s", by->value, what);
    g_autofree char *hint =
        g_strdup_printf("add to [mua %s]: %s = %s", by->value, key, example);

    check_step_fail(checker, &by->value_span, hint, message);
}

static void
check_password(const StepChecker *checker, const MailsimEntry *by)
{
    const MailsimEntry *password = section_find(checker->step, "password");
    const char *user = get_of_program(checker, "user");

    if (password && (!user || *user == '\0') && !is_changed_by_step(checker, "user"))
        mailsim_diagnostics_add(checker->diagnostics, MAILSIM_SEVERITY_WARNING,
                                &password->key_span, "add user = to say whose it is",
                                "“%s” has no user, so it sends no password", by->value);
}

/* A user at a shell hands the message to sendmail: there is nothing to set. */
static void
check_shell(const StepChecker *checker, const MailsimEntry *by)
{
    const GPtrArray *entries = check_step_get_own(checker->step);

    for (guint i = 0; i < entries->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(entries, i);
        const MailsimKeyRow *row = mailsim_key_table_find_key(MAILSIM_GROUP_MUA, entry->key);

        if (!row || strcmp(row->name, "like") == 0)
            continue;
        g_autofree char *message =
            g_strdup_printf("“%s” belongs to a mail program, and %s is a user at a shell",
                            entry->key, by->value);

        check_step_fail(checker, &entry->key_span, "remove it, or let by = name an [mua]",
                        message);
    }
}

static void
check_send(StepChecker *checker)
{
    const MailsimEntry *by = section_find(checker->step, "by");

    check_step_requires(checker, "by", "add by = and a user or a mail program");
    check_step_requires(checker, "to", "add to = and an address: bob@instituto.example");
    if (by) {
        checker->program = find_section(checker->scenario, MAILSIM_GROUP_MUA, by->value);
        if (checker->program) {
            check_server(checker, by, "outgoing", "send through", "mail:587");
            check_password(checker, by);
        } else {
            check_shell(checker, by);
        }
    }
    check_recipients(checker);
    check_step_recipients(checker, checker->step);
}

/* --- fetch --- */

/* Where it is not said at this step, another place has been told. */
static void
check_incoming(const StepChecker *checker)
{
    const MailsimEntry *entry = section_find(checker->step, "incoming");
    const Section *program = checker->program;
    g_auto(EndpointValue) endpoint = {0};
    g_auto(Problem) problem = {0};

    if (!entry)
        entry = section_find(program, "incoming");
    if (!entry || !value_parse_endpoint(entry->value, &endpoint, &problem) ||
        mailsim_protocol_of_port(endpoint.port) != MAILSIM_PROTOCOL_SMTP)
        return;
    g_autofree char *message = g_strdup_printf("nobody reads mail from port %u", endpoint.port);

    check_step_fail(checker, &entry->value_span, "143 and 993 are IMAP, 110 and 995 are POP3",
                    message);
}

static void
check_fetch(StepChecker *checker)
{
    const MailsimEntry *by = section_find(checker->step, "by");
    const char *user;

    check_step_requires(checker, "by", "add by = and a mail program");
    if (!by)
        return;
    checker->program = find_section(checker->scenario, MAILSIM_GROUP_MUA, by->value);
    if (!checker->program) {
        check_step_fail(checker, &by->value_span, "let by = name an [mua]",
                        "a mailbox is fetched by a mail program");
        return;
    }
    check_server(checker, by, "incoming", "read mail from", "mail:993");
    check_incoming(checker);
    check_password(checker, by);
    user = get_of_program(checker, "user");
    if ((!user || *user == '\0') && !is_changed_by_step(checker, "user"))
        check_step_fail(checker, &by->value_span, "add user = and whose mailbox it reads",
                        "the mail program has no user, and so no mailbox");
}

static void
check_set(const StepChecker *checker)
{
    if (g_hash_table_contains(checker->scenario->by_step, checker->step->names[0]))
        return;
    g_autofree char *hint =
        g_strdup_printf("such as [postfix mail @%s]", checker->step->names[0]);

    mailsim_diagnostics_add(
        checker->diagnostics, MAILSIM_SEVERITY_WARNING, &checker->step->span, hint,
        "nothing changes in this step: there is no group @%s", checker->step->names[0]);
}

/* Mail that is sent does not end in a fetch, nor a fetch in a queue. */
static void
check_outcome(const StepChecker *checker, const char *does)
{
    static const char *const of_fetch[] = {"fetched", "rejected", "failed", NULL};
    const MailsimEntry *entry = section_find(checker->step, "expect.outcome");
    const gboolean fetches = strcmp(does, "fetch") == 0;

    if (!entry || !mailsim_key_table_find_word(MAILSIM_WORDS_OUTCOME, entry->value) ||
        (fetches ? g_strv_contains(of_fetch, entry->value)
                 : strcmp(entry->value, "fetched") != 0))
        return;
    g_autofree char *message =
        g_strdup_printf("“%s” cannot be the outcome of do = %s", entry->value, does);

    check_step_fail(checker, &entry->value_span,
                    fetches
                        ? "a mailbox is fetched; or the program is rejected, or has failed"
                        : "what is sent is delivered, deferred, bounced, rejected or failed",
                    message);
}

/* What is left out to be found is found in a log; all else is looked at in a step of its
 * own. */
static void
check_shown(const StepChecker *checker)
{
    const MailsimEntry *entry = section_find(checker->step, "show");
    g_auto(LookValue) look = {0};
    g_auto(Problem) problem = {0};

    if (entry && value_parse_look(entry->value, &look, &problem) &&
        look.kind != MAILSIM_LOOK_LOG)
        check_step_fail(checker, &entry->value_span,
                        "show = log mail, or do = look in a step of its own",
                        "of a step, only a log can be shown instead of everything");
}

void
check_steps(MailsimScenario *scenario, MailsimDiagnostics *diagnostics)
{
    const GPtrArray *steps = scenario->by_kind[MAILSIM_GROUP_STEP];

    for (guint i = 0; i < steps->len; i++) {
        StepChecker checker = {scenario, diagnostics, g_ptr_array_index(steps, i), NULL};
        const char *does = section_get(checker.step, "do");
        const MailsimWordRow *word =
            does ? mailsim_key_table_find_word(MAILSIM_WORDS_DO, does) : NULL;

        check_step_requires(&checker, "title", "add: title = …");
        check_step_requires(&checker, "do", "add: do = send (or fetch, talk, wait, look, set)");
        if (!word || (word->flags & MAILSIM_KEY_PLANNED))
            continue;
        check_keys(&checker, does);
        check_shown(&checker);
        check_outcome(&checker, does);
        if (strcmp(does, "send") == 0)
            check_send(&checker);
        else if (strcmp(does, "fetch") == 0)
            check_fetch(&checker);
        else if (strcmp(does, "talk") == 0)
            check_talk(&checker);
        else if (strcmp(does, "wait") == 0)
            check_wait(&checker);
        else if (strcmp(does, "look") == 0)
            check_look_step(&checker);
        else
            check_set(&checker);
    }
}
