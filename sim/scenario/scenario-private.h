/* SPDX-License-Identifier: MIT
 *
 * A scenario on its way from lines to a world: scan (scanner.c), sections (section.c), files
 * put together (include.c), checked (check*.c), copies made (like.c), built (build-*.c). */
#pragma once

#include <mailsim/scenario/key-table.h>
#include <mailsim/scenario/scanner.h>
#include <mailsim/scenario/scenario.h>

/* A group whose header is understood, and its entries: its own, then also those that include
 * and like bring. Entries are borrowed from the scans. */
typedef struct Section Section;

struct Section {
    const MailsimGroupRow *row;
    char *id;       /* “service mail submission”: without @STEP */
    char *names[2]; /* what follows the kind of group; NULL where nothing does */
    char *step;     /* of “@step”; NULL */
    MailsimSpan span;
    MailsimSpan name_spans[2];
    MailsimSpan step_span;
    GPtrArray *entries; /* of const MailsimEntry */

    GPtrArray *own;         /* as entries, before like added to them; NULL: the same */
    guint position;         /* of a step, among the steps */
    const Section *watched; /* of a step that waits: the one before it whose message it watches,
                                which it names or which sends last; NULL: there is none */
    guint visit;            /* for those who look for circles */
    guint certificate_issue; /* of a host: how often @STEP groups have said certificate */
    guint listings;          /* of a blocklist: how often they have said listed */
};

struct MailsimScenario {
    char *id;
    char *file;
    MailsimText title;
    MailsimText summary;
    GPtrArray *scans;                        /* of MailsimScan: they own all entries */
    GPtrArray *sections;                     /* of Section, in the order of the files */
    GPtrArray *changes;                      /* of Section: those with @STEP */
    GPtrArray *by_kind[MAILSIM_GROUP_KINDS]; /* of Section, borrowed from sections */
    GHashTable *index;                       /* id -> Section, of sections */
    GHashTable *users;    /* name -> GPtrArray of Section: the hosts that have this user */
    GHashTable *by_step;  /* name of a step -> GPtrArray of its changes */
    GPtrArray *steps;     /* of MailsimStep */
    gboolean lacks_world; /* what it includes is not there: no name can be looked up */
};

/* --- section.c --- */

/* The section that a group's header begins; NULL, having said why, when it begins none. */
Section *section_new(const MailsimGroup *group, MailsimDiagnostics *diagnostics);
void section_free(gpointer section);
const MailsimEntry *section_find(const Section *section, const char *key);
const char *section_get(const Section *section, const char *key);
const MailsimEntry *
section_find_locale(const Section *section, const char *key, const char *locale);

/* Put ENTRIES over those of the section: the same key wins, others are added at the end. */
void section_merge(Section *section, const GPtrArray *entries);

/* --- include.c --- */

/* Read the scenario's file and all that it includes into sections, changes and index. */
void include_files(MailsimScenario *scenario,
                   GBytes *text,
                   gboolean builtin,
                   MailsimDiagnostics *diagnostics);

/* The bytes of a file, at most one more than the limit. */
GBytes *include_read_file(const char *path, GError **error);

/* --- like.c --- */

void like_resolve(MailsimScenario *scenario, MailsimDiagnostics *diagnostics);

/* --- find.c: what a scenario has --- */

Section *find_section(const MailsimScenario *scenario, MailsimGroupKind kind, const char *name);
GPtrArray *find_names(const MailsimScenario *scenario, MailsimGroupKind kind);

/* “did you mean “mail” (case5.scenario:5)?”; NULL when nothing is near. */
char *find_hint(const MailsimScenario *scenario, MailsimGroupKind kind, const char *name);

char *find_mailname(const Section *host);
char *find_hostname(const Section *host);

/* Hosts that have a user: “ana”, or “ana@iesgn.example”. Free with g_ptr_array_unref(). */
GPtrArray *find_user_hosts(const MailsimScenario *scenario, const char *user);
void find_index_users(MailsimScenario *scenario);

/* The host with this short name or host name; NULL. */
Section *find_endpoint_host(const MailsimScenario *scenario, const char *name);

/* When the story begins. */
MailsimTime find_start(const MailsimScenario *scenario);

/* Number the steps, and find what each may watch. */
void find_index_steps(MailsimScenario *scenario);

/* What says how long STEP, a wait, lasts: its own line, else one that like has brought. NULL:
 * nothing does. */
const MailsimEntry *find_wait(const Section *step);

/* --- check.c, check-*.c --- */

typedef struct {
    const MailsimScenario *scenario;
    MailsimDiagnostics *diagnostics;
    const Section *section;
    gboolean planned;          /* the section is a step that is not built yet */
    const MailsimEntry *entry; /* of section */
    const MailsimKeyRow *row;  /* of entry */
    GHashTable *idle;          /* file -> GPtrArray of entries without effect */
    GHashTable *referred;      /* names that some Postfix value refers to */
    GHashTable *classes;       /* names in some smtpd_restriction_classes */
} Checker;

/* An error at bytes START up to END of the entry's value. Takes HINT, which may be NULL. */
void
check_fail(const Checker *checker, gsize start, gsize end, char *hint, const char *format, ...)
    G_GNUC_PRINTF(5, 6);

/* Is it still worth looking for what was meant? A file of rubbish is not. */
gboolean check_can_suggest(const Checker *checker);

void check_sections(MailsimScenario *scenario, MailsimDiagnostics *diagnostics);
void check_reference(const Checker *checker, const char *item, gsize start, gsize end);
void check_words(const Checker *checker);
void check_records(const Checker *checker);
void check_zones(const MailsimScenario *scenario, MailsimDiagnostics *diagnostics);
void check_files(const MailsimScenario *scenario, MailsimDiagnostics *diagnostics);
void check_dovecots(const MailsimScenario *scenario, MailsimDiagnostics *diagnostics);
/* Lines of smtp_tls_policy_maps: what no lab can run; or, for lint, what Postfix warns of. */
void check_policies(const MailsimScenario *scenario,
                    MailsimSeverity severity,
                    MailsimDiagnostics *diagnostics);

/* NAME, at SPAN, is said for what a certificate has: one of a [certificate], or of a [host]. */
void check_announced(const MailsimScenario *scenario,
                     MailsimDiagnostics *diagnostics,
                     const MailsimSpan *span,
                     const char *name);

/* The paths of the members of TABLES, a value of smtp_tls_policy_maps, whose lines are a key
 * and a policy each. Strings; free with g_ptr_array_unref(). */
GPtrArray *check_list_policy_files(const char *tables);
void check_world(MailsimScenario *scenario, MailsimDiagnostics *diagnostics);
void check_steps(MailsimScenario *scenario, MailsimDiagnostics *diagnostics);

/* --- overlay.c: the world as steps have changed it so far --- */

typedef struct Overlay Overlay;

Overlay *overlay_new(const MailsimScenario *scenario);
void overlay_free(Overlay *overlay);
void overlay_apply(Overlay *overlay, const char *step);

/* SECTION as it is now; lent. */
const Section *overlay_get(const Overlay *overlay, const Section *section);

/* All sections of a kind as they are now, those that steps have opened last. Free with
 * g_ptr_array_unref(). */
GPtrArray *overlay_list(const Overlay *overlay, MailsimGroupKind kind);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Overlay, overlay_free)

/* --- build-*.c: only for scenarios without error --- */

/* A section's value as its type; the default where it says nothing. */
char *build_text(const Section *section, const char *key, const char *otherwise);
guint build_service_port(const Section *service);
void build_translations(const Section *section, const char *key, MailsimText *text);

/* Set what SECTION, an [mua] or a step, says of the program; and what follows from it. */
void build_mail_program(const MailsimScenario *scenario,
                        const Overlay *overlay,
                        const Section *section,
                        MailsimMailProgramDefinition *program);

/* The server that ENTRY names, with a host's name made whole; NULL: an empty value. */
MailsimEndpoint *build_endpoint(const MailsimScenario *scenario,
                                const Overlay *overlay,
                                const MailsimEntry *entry);
void build_steps(MailsimScenario *scenario);

/* The world as OVERLAY has it; free with mailsim_world_free(). */
MailsimWorld *build_world(const MailsimScenario *scenario, const Overlay *overlay);
void build_zones(const Overlay *overlay, MailsimWorld *world);

/* What SECTION says of a talk, of a look; which typed line the one with NUMBER is, 1 the
 * first. */
void build_talk(const MailsimScenario *scenario,
                const Overlay *overlay,
                const Section *section,
                MailsimStep *step);
MailsimLook *build_look(const MailsimScenario *scenario, const char *text);

/* What SECTION says of a wait. The steps before it are built. */
void build_wait(const MailsimScenario *scenario, const Section *section, MailsimStep *step);

/* The entries whose keys are numbers, in their order; free with g_ptr_array_unref(). */
GPtrArray *build_sort_lines(const Section *section);
guint build_line_position(const Section *section, const char *number);

/* “ana” of “ana@iesgn.example”; free with g_free(). */
char *build_user_name(const char *user);
