/* SPDX-License-Identifier: MIT
 *
 * What a rule of lint sees, and what it answers. The rules stand in tables: lint-server.c has
 * those of smtpd(8), lint-client.c and lint-client-tls.c those of smtp(8), local(8) and the
 * queue, lint-dovecot.c those of Dovecot, lint-program.c those of mail programs. What is
 * no line of main.cf has functions of its own: lint-policy.c, lint-zone.c. */
#pragma once

#include <mailsim/lab/main-cf.h>

#include "scenario-private.h"

/* A daemon of a host, with the world around it as it is at some step. */
typedef struct {
    const MailsimWorld *world;
    const MailsimHostDefinition *host;
    const MailsimServiceDefinition *service; /* an smtpd; NULL: all other daemons */
    gboolean is_mx;                          /* a zone leads mail to this host */
} LintView;

/* What is wrong: what is NULL stands in the rule. Strings are owned. */
typedef struct {
    char *word;       /* a member of the value: all that is marked */
    gboolean is_name; /* the name is what is wrong: the whole line is marked */
    char *message;
    char *hint;
} LintFinding;

typedef gboolean LintRuleFind(const LintView *view, LintFinding *finding);

#define LINT_PLACES 4

/* NAME is that of the broken scenario that shows it: tests/broken/lint-NAME.scenario. Of the
 * parameters and settings in PLACES the first that the scenario sets is marked. The hint has
 * the reason, and what Postfix or Dovecot would do. */
typedef struct {
    const char *name;
    const char *places[LINT_PLACES];
    LintRuleFind *find;
    const char *message;
    const char *hint;
} LintRule;

extern const LintRule lint_server_rules[];
extern const guint lint_n_server_rules;
extern const LintRule lint_client_rules[];
extern const guint lint_n_client_rules;
extern const LintRule lint_client_tls_rules[];
extern const guint lint_n_client_tls_rules;
extern const LintRule lint_dovecot_rules[];
extern const guint lint_n_dovecot_rules;

/* Of a mail program that logs in: the first that fits its SERVER is told of. */
typedef struct {
    const char *name;
    gboolean (*fits)(const MailsimEndpoint *server);
    const char *message;
    const char *hint;
} LintProgramRule;

extern const LintProgramRule lint_program_rules[];
extern const guint lint_n_program_rules;

/* --- What rules ask: lint-view.c --- */

char *lint_dup(const LintView *view, const char *name);
char **lint_dup_list(const LintView *view, const char *name);
gboolean lint_get_flag(const LintView *view, const char *name);
gint64 lint_get_seconds(const LintView *view, const char *name);
gint64 lint_get_number(const LintView *view, const char *name);

/* Is WORD the value of NAME, small letters and capitals being the same? */
gboolean lint_is(const LintView *view, const char *name, const char *word);
gboolean lint_has_word(const LintView *view, const char *name, const char *word);

/* Does the scenario say NAME, for which postconf(5) has LEVEL since Postfix 2.3? VALUE is what
 * its yes means. Says so in FINDING. */
gboolean lint_find_old_name(const LintView *view,
                            const char *name,
                            const char *level,
                            const char *value,
                            LintFinding *finding);

/* Does DNS lead mail for anybody to HOST? */
gboolean lint_is_mx(const MailsimWorld *world, const MailsimHostDefinition *host);

/* All records there are: what zones say, and what IMPLIED has, those that follow from hosts. Of
 * MailsimRecordsDefinition, lent; free with g_ptr_array_unref(). */
GPtrArray *lint_list_records(const MailsimWorld *world, const GPtrArray *implied);

/* --- The walk: lint.c --- */

typedef struct {
    const MailsimScenario *scenario;
    MailsimDiagnostics *diagnostics;
    GHashTable *told; /* “rule source line column” */
} Lint;

/* A warning, once for each rule and place. */
void lint_tell(const Lint *lint,
               const char *rule,
               const MailsimSpan *span,
               const char *hint,
               const char *message);

/* Keys of smtp_tls_policy_maps that no next hop has: lint-policy.c. */
void lint_hold_policies(const Lint *lint, const LintView *view);

/* The level for relayhost: of its line in a table, else of main.cf. Free with g_free(). */
char *lint_dup_relay_level(const LintView *view);

/* TLSA records that nobody asks for, or that are of no use: lint-zone.c. */
void lint_hold_zones(const Lint *lint);
