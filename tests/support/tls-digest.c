/* SPDX-License-Identifier: MIT */
#include "tls-digest.h"

#include "queue-private.h"

#include <string.h>

#include "scenario-text.h"

#define MACRO                                                                                  \
    "(lower-bare|lower|bare|cut|long|md5|sha1|sha256)\\("                                      \
    "((fingerprint|public-key|digest):[a-z0-9-]+)\\)"

/* The world of a scenario, to ask for digests. */
typedef struct {
    MailsimRecording *recording;
    MailsimLab *lab;
    const char *scenario;
} Asked;

static void
open_lab(Asked *asked)
{
    g_autoptr(GRegex) macros = g_regex_new(MACRO, 0, 0, NULL);
    g_autofree char *plain = g_regex_replace(macros, asked->scenario, -1, 0, "\\2", 0, NULL);
    g_autoptr(MailsimScenario) scenario = scenario_text_load(plain);
    MailsimWorld *world = mailsim_scenario_build_world(scenario, 0);

    asked->recording = mailsim_recording_new();
    mailsim_recording_add_step(asked->recording);
    asked->lab = mailsim_lab_new(asked->recording, world->start_us, 0, NULL);
    mailsim_lab_configure(asked->lab, world, NULL);
}

/* What smtp_tls_fingerprint_digest says in the scenario. */
static char *
dup_digest(const char *scenario)
{
    static const char name[] = "\nsmtp_tls_fingerprint_digest = ";
    const char *said = strstr(scenario, name);

    return said != NULL ? g_strndup(said + strlen(name), strcspn(said + strlen(name), "\n"))
                        : g_strdup("sha256");
}

/* Of a TLSA record 3 1 1: those that are written otherwise are all of that kind. */
static char *
dup_plain(const Asked *asked, const char *word, const char *kind)
{
    const gboolean is_digest = strchr("ms", kind[0]) != NULL;
    g_autofree char *digest = is_digest ? g_strdup(kind) : dup_digest(asked->scenario);
    g_autofree char *record = g_strconcat("3 1 1 ", word, NULL);
    g_autofree char *data = mailsim_lab_dup_tlsa(asked->lab, record);

    if (g_str_has_prefix(word, "digest:"))
        return g_strdup(data + strlen("3 1 1 "));
    return mailsim_lab_dup_fingerprint(asked->lab, word, digest);
}

static char *
change(const char *plain, const char *kind)
{
    const gboolean has_colons = strchr(plain, ':') != NULL;
    g_autofree char *text =
        g_str_has_prefix(kind, "lower") ? g_ascii_strdown(plain, -1) : g_strdup(plain);
    g_auto(GStrv) octets = g_strsplit(text, ":", -1);

    if (g_str_has_suffix(kind, "bare"))
        return g_strjoinv("", octets);
    if (g_str_equal(kind, "cut"))
        return g_strndup(text, strlen(text) - (has_colons ? 3 : 2));
    if (g_str_equal(kind, "long"))
        return g_strconcat(text, has_colons ? ":00" : "00", NULL);
    return g_steal_pointer(&text);
}

static gboolean
write_out(const GMatchInfo *match, GString *result, gpointer data)
{
    Asked *asked = data;
    g_autofree char *kind = g_match_info_fetch(match, 1);
    g_autofree char *word = g_match_info_fetch(match, 2);

    if (asked->lab == NULL)
        open_lab(asked);
    g_autofree char *plain = dup_plain(asked, word, kind);
    g_autofree char *changed = change(plain, kind);

    g_string_append(result, changed);
    return FALSE;
}

char *
tls_digests_write_out(const char *scenario)
{
    g_autoptr(GRegex) macros = g_regex_new(MACRO, 0, 0, NULL);
    Asked asked = {.scenario = scenario};
    char *text = g_regex_replace_eval(macros, scenario, -1, 0, 0, write_out, &asked, NULL);

    if (asked.lab != NULL)
        mailsim_lab_free(asked.lab);
    if (asked.recording != NULL)
        mailsim_recording_free(asked.recording);
    return text;
}
