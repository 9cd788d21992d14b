/* SPDX-License-Identifier: MIT
 *
 * Policies, certificates and names by chance (support/random-policy.h), and what holds for all
 * of them: what a level delivers, a weaker one of its family delivers, too; nobody is Verified
 * who has not proved it, and whoever has proved it is. MAILSIM_POLICIES=FIRST-LAST runs other
 * seeds than the usual ones. */
#include <stdio.h>
#include <string.h>

#include <mailsim/scenario/runner.h>

#include "../support/random-policy.h"
#include "../support/run-suite.h"
#include "../support/scenario-text.h"

/* Seeds that a test takes together. */
#define BATCH 25

static const char *const levels[] = {"none",   "may",         "encrypt", "verify",
                                     "secure", "fingerprint", "dane",    "dane-only"};

#define N_LEVELS G_N_ELEMENTS(levels)

/* The stronger one first. None is no family of theirs: a server may demand TLS. */
static const char *const families[][2] = {
    {"encrypt",     "may"    },
    {"verify",      "encrypt"},
    {"secure",      "encrypt"},
    {"fingerprint", "encrypt"},
    {"dane",        "may"    },
    {"dane-only",   "dane"   },
};

/* What came of one level. */
typedef struct {
    gboolean at_once; /* delivered on the first attempt */
    gboolean at_last; /* within half an hour */
    gboolean verified;
    gboolean proved; /* the certificate was judged, and found to be Verified or not */
    gboolean clear;  /* its text went unencrypted */
} Fate;

/* The scenario is kept. */
G_GNUC_NORETURN static void
report(guint32 seed, const char *level, const char *text, const char *problem)
{
    g_autofree char *path =
        g_strdup_printf("%s/mailsim-policy-%u-%s.scenario", g_get_tmp_dir(), seed, level);

    g_file_set_contents(path, text, -1, NULL);
    ck_abort_msg("%s: %s", path, problem);
}

static void
read_statuses(const MailsimRecording *recording, Fate *fate)
{
    gboolean is_first = TRUE;

    for (guint i = 0; i < recording->events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(recording->events, i);

        if (event->kind != MAILSIM_EVENT_STATUS || g_strcmp0(event->party, "mail") != 0 ||
            !g_str_has_prefix(event->status.recipient, "bob@"))
            continue;
        if (g_str_equal(event->status.status, "sent")) {
            fate->at_last = TRUE;
            fate->at_once = is_first;
        }
        is_first = FALSE;
    }
}

static void
read_hops(const MailsimRecording *recording, Fate *fate)
{
    for (guint i = 0; i < recording->hops->len; i++) {
        const MailsimHop *hop = g_ptr_array_index(recording->hops, i);

        if (!g_str_equal(hop->from, "mail") || hop->message != 1)
            continue;
        if (!hop->encrypted && g_strcmp0(hop->status, "sent") == 0)
            fate->clear = TRUE;
        if (!hop->encrypted || hop->trust == NULL)
            continue;
        fate->verified = fate->verified || g_str_equal(hop->trust, "Verified");
        fate->proved = fate->proved || hop->certificate_seen;
    }
}

static Fate
run(const char *text)
{
    g_autoptr(MailsimScenario) scenario = scenario_text_load(text);
    g_autoptr(MailsimDiagnostics) diagnostics = mailsim_diagnostics_new();
    static MailsimAuthority *authority; /* of this test's process */
    g_autoptr(MailsimRecording) recording = NULL;
    MailsimRunOptions options = {0};
    Fate fate = {0};

    if (authority == NULL)
        authority = mailsim_authority_new(NULL);
    options.authority = authority;
    recording = mailsim_scenario_run(scenario, &options, diagnostics, NULL);
    ck_assert_ptr_nonnull(recording);
    read_statuses(recording, &fate);
    read_hops(recording, &fate);
    return fate;
}

/* ---- what holds -------------------------------------------------------------------------- */

static guint
find_level(const char *name)
{
    for (guint i = 0; i < N_LEVELS; i++) {
        if (g_str_equal(levels[i], name))
            return i;
    }
    g_assert_not_reached();
}

/* One level, by itself. */
static void
check_proof(guint32 seed,
            const RandomPolicy *policy,
            const char *level,
            const char *text,
            const Fate *fate)
{
    const gboolean allowed = random_policy_allows(policy, level);
    const gboolean demands = g_str_equal(level, "verify") || g_str_equal(level, "secure") ||
                             g_str_equal(level, "fingerprint");

    if (fate->verified && !allowed)
        report(seed, level, text, "Verified, and nothing was proved");
    if (fate->proved && allowed && !fate->verified)
        report(seed, level, text, "proved, and not Verified");
    if (demands && fate->at_last && !fate->verified)
        report(seed, level, text, "delivered without the proof that the level demands");
    if (fate->clear &&
        (demands || g_str_equal(level, "encrypt") || g_str_equal(level, "dane-only")))
        report(seed, level, text, "sent in the clear at a level that forbids it");
}

static void
check_family(
    guint32 seed, const char *stronger, const char *weaker, const char *text, const Fate *fates)
{
    const Fate *strong = &fates[find_level(stronger)];
    const Fate *weak = &fates[find_level(weaker)];
    g_autofree char *problem =
        g_strdup_printf("delivered, and not at the weaker level %s", weaker);

    if ((strong->at_once && !weak->at_once) || (strong->at_last && !weak->at_last))
        report(seed, stronger, text, problem);
}

static void
check_policy(guint32 seed)
{
    g_autoptr(RandomPolicy) policy = random_policy_new(seed);
    char *texts[N_LEVELS];
    Fate fates[N_LEVELS];

    for (guint i = 0; i < N_LEVELS; i++) {
        texts[i] = random_policy_write(policy, levels[i]);
        fates[i] = run(texts[i]);
        check_proof(seed, policy, levels[i], texts[i], &fates[i]);
    }
    for (guint i = 0; i < G_N_ELEMENTS(families); i++)
        check_family(seed, families[i][0], families[i][1], texts[find_level(families[i][0])],
                     fates);
    if (random_policy_names_are_the_same(policy) &&
        fates[find_level("verify")].at_last != fates[find_level("secure")].at_last)
        report(seed, "secure", texts[find_level("secure")],
               "not as verify, with the same names");
    for (guint i = 0; i < N_LEVELS; i++)
        g_free(texts[i]);
}

START_TEST(levels_keep_their_order_and_their_word)
{
    const char *seeds = g_getenv("MAILSIM_POLICIES");
    guint first = 1 + (guint)_i * BATCH;
    guint last = first + BATCH - 1;

    if (seeds != NULL && sscanf(seeds, "%u-%u", &first, &last) != 2)
        g_error("MAILSIM_POLICIES is “%s”, not FIRST-LAST", seeds);
    for (guint seed = first; seed <= last; seed++)
        check_policy(seed);
}
END_TEST

/* ---- are the dice fair? ------------------------------------------------------------------ */

/* What is never thrown is never tried: each level must deliver, and be refused, more than
 * once. */
START_TEST(all_of_it_happens)
{
    guint delivered[N_LEVELS] = {0};
    guint refused[N_LEVELS] = {0};
    guint verified[N_LEVELS] = {0};

    for (guint32 seed = 1; seed <= 2 * BATCH; seed++) {
        g_autoptr(RandomPolicy) policy = random_policy_new(seed);

        for (guint i = 0; i < N_LEVELS; i++) {
            g_autofree char *text = random_policy_write(policy, levels[i]);
            const Fate fate = run(text);

            delivered[i] += fate.at_last ? 1 : 0;
            refused[i] += fate.at_last ? 0 : 1;
            verified[i] += fate.verified ? 1 : 0;
        }
    }
    for (guint i = 0; i < N_LEVELS; i++) {
        ck_assert_msg(delivered[i] > 1, "%s delivers %u", levels[i], delivered[i]);
        ck_assert_msg(refused[i] > 1, "%s refuses %u", levels[i], refused[i]);
        ck_assert_msg(i < find_level("verify") || verified[i] > 1, "%s proves %u", levels[i],
                      verified[i]);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("random-policies");
    TCase *order = tcase_create("order");
    TCase *dice = tcase_create("dice");

    tcase_set_timeout(order, 120);
    tcase_add_loop_test(order, levels_keep_their_order_and_their_word, 0,
                        g_getenv("MAILSIM_POLICIES") != NULL ? 1 : 6);
    suite_add_tcase(suite, order);
    tcase_set_timeout(dice, 120);
    tcase_add_test(dice, all_of_it_happens);
    suite_add_tcase(suite, dice);
    return run_suite(suite);
}
