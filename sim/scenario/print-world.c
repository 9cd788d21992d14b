/* SPDX-License-Identifier: MIT
 *
 * A whole scenario on paper: its groups, host by host, then what is between and around them,
 * then the steps. */
#include "print-private.h"

#include <string.h>

#include <mailsim/lab/implied.h>

/* ---- groups ------------------------------------------------------------------------------ */

void
print_add_entries(const Section *section, Sheet *sheet)
{
    for (guint i = 0; i < section->entries->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(section->entries, i);

        if (strcmp(entry->key, "like") != 0 && strcmp(entry->key, "include") != 0)
            sheet_add_entry(sheet, entry);
    }
}

/* The header as the file has it: a link's two ends in their order. */
static char *
dup_header(const Section *section)
{
    if (!section->names[1])
        return g_strdup(section->id);
    return g_strdup_printf("%s %s %s", section->row->name, section->names[0],
                           section->names[1]);
}

static void
print_section(const Printer *printer, const Section *section)
{
    g_autofree char *header = dup_header(section);
    g_autoptr(Sheet) sheet = sheet_new(printer, section->row->kind, header);

    print_add_entries(section, sheet);
    print_add_defaults(printer, section, sheet);
    sheet_write(sheet);
}

static void
print_kind(const Printer *printer, MailsimGroupKind kind)
{
    const GPtrArray *sections = printer->scenario->by_kind[kind];

    for (guint i = 0; i < sections->len; i++)
        print_section(printer, g_ptr_array_index(sections, i));
}

/* ---- hosts and programs ------------------------------------------------------------------ */

/* “letsencrypt: ecdsa, 90 days from 2026-01-02, signed by Lab Encrypt R1” */
static char *
describe_profile(const Printer *printer, const char *profile)
{
    gboolean spanish = printer->options.language == MAILSIM_LANGUAGE_ES;
    MailsimProfileSummary summary;
    g_autofree char *day = NULL;
    g_autoptr(GString) comment = g_string_new(profile);

    if (!printer->authority ||
        !mailsim_authority_summarize_profile(printer->authority, profile, &summary))
        return NULL;
    day = mailsim_time_format_day(printer->world->start_us + summary.issued_days * MAILSIM_DAY);
    g_string_append_printf(comment, ": %s", summary.key);
    for (guint i = 0; summary.names && summary.names[i]; i++)
        g_string_append_printf(comment, spanish ? ", para %s" : ", for %s", summary.names[i]);
    g_string_append_printf(comment, spanish ? ", %d días desde %s" : ", %d days from %s",
                           summary.days, day);
    if (summary.issuer)
        g_string_append_printf(comment, spanish ? ", firmado por %s" : ", signed by %s",
                               summary.issuer);
    else
        g_string_append(comment, spanish ? ", firmado por sí mismo" : ", signed by itself");
    return g_string_free(g_steal_pointer(&comment), FALSE);
}

static void
print_certified(const Printer *printer, const Section *section, const char *key)
{
    const char *said = section_get(section, key);
    const char *profile = said                              ? said
                          : strcmp(key, "certificate") == 0 ? "snakeoil"
                                                            : "letsencrypt";
    g_autofree char *comment =
        section_find(section, "issuer") ? NULL : describe_profile(printer, profile);
    g_autoptr(Sheet) sheet = sheet_new(printer, section->row->kind, section->id);

    print_add_entries(section, sheet);
    print_add_defaults(printer, section, sheet);
    if (comment)
        sheet_add_comment(sheet, key, comment);
    sheet_write(sheet);
}

/* Does NAME, “mail”, have a [KIND mail] of its own, or with MORE: “mail /etc/aliases”? */
static Section *
find_of_host(const Printer *printer, MailsimGroupKind kind, const char *name, const char *more)
{
    g_autofree char *whole = more ? g_strconcat(name, " ", more, NULL) : g_strdup(name);

    return find_section(printer->scenario, kind, whole);
}

static void
print_main_cf(const Printer *printer, const char *host)
{
    const Section *section = find_of_host(printer, MAILSIM_GROUP_POSTFIX, host, NULL);
    Section none = {0};

    if (section) {
        print_section(printer, section);
        return;
    }
    /* Nobody has written one, and Debian's is there. */
    none.row = mailsim_key_table_get_group(MAILSIM_GROUP_POSTFIX);
    none.id = g_strdup_printf("postfix %s", host);
    none.names[0] = (char *)host;
    none.entries = g_ptr_array_new();
    print_section(printer, &none);
    g_ptr_array_unref(none.entries);
    g_free(none.id);
}

/* Does a step open what ID names? */
static gboolean
is_opened(const Printer *printer, const char *id)
{
    for (guint i = 0; i < printer->scenario->changes->len; i++) {
        const Section *change = g_ptr_array_index(printer->scenario->changes, i);

        if (strcmp(change->id, id) == 0)
            return TRUE;
    }
    return FALSE;
}

static void
print_plain_smtp(const Printer *printer, const char *host)
{
    g_autofree char *header = g_strdup_printf("service %s smtp", host);
    g_autoptr(Sheet) sheet = sheet_new(printer, MAILSIM_GROUP_SERVICE, header);

    if (find_of_host(printer, MAILSIM_GROUP_SERVICE, host, "smtp") ||
        is_opened(printer, header))
        return;
    sheet_add(sheet, "port", "25", ORIGIN_MASTER_CF);
    sheet_write(sheet);
}

static void
print_of_host(const Printer *printer, MailsimGroupKind kind, const char *host)
{
    const GPtrArray *sections = printer->scenario->by_kind[kind];

    for (guint i = 0; i < sections->len; i++) {
        const Section *section = g_ptr_array_index(sections, i);

        if (strcmp(section->names[0], host) == 0)
            print_section(printer, section);
    }
}

static void
print_aliases(const Printer *printer, const char *host)
{
    g_autofree char *header = g_strdup_printf("file %s /etc/aliases", host);
    g_autoptr(Sheet) sheet = sheet_new_implied(printer, MAILSIM_GROUP_FILE, header);
    const char *const *lines = mailsim_host_installed_aliases();

    if (find_of_host(printer, MAILSIM_GROUP_FILE, host, "/etc/aliases"))
        return;
    for (guint i = 0; lines[i]; i++) {
        g_autofree char *key = g_strdup_printf("%u", i + 1);

        sheet_add(sheet, key, lines[i], ORIGIN_ALIASES);
    }
    sheet_write(sheet);
}

static void
print_host(const Printer *printer, const Section *host)
{
    const char *name = host->names[0];

    print_certified(printer, host, "certificate");
    print_main_cf(printer, name);
    print_plain_smtp(printer, name);
    print_of_host(printer, MAILSIM_GROUP_SERVICE, name);
    print_of_host(printer, MAILSIM_GROUP_DOVECOT, name);
    print_of_host(printer, MAILSIM_GROUP_FILE, name);
    print_aliases(printer, name);
}

/* The link between any two comes first, because the last that fits wins. */
static void
print_default_link(const Printer *printer)
{
    g_autoptr(Sheet) sheet = sheet_new_implied(printer, MAILSIM_GROUP_LINK, "link * *");
    const MailsimKeyRow *row = mailsim_key_table_find_key(MAILSIM_GROUP_LINK, "latency");

    if (find_section(printer->scenario, MAILSIM_GROUP_LINK, "* *"))
        return;
    sheet_add(sheet, row->name, row->default_value, ORIGIN_DEFAULT);
    sheet_write(sheet);
}

static void
print_groups(const Printer *printer)
{
    const MailsimScenario *scenario = printer->scenario;
    const GPtrArray *hosts = scenario->by_kind[MAILSIM_GROUP_HOST];
    const GPtrArray *certificates = scenario->by_kind[MAILSIM_GROUP_CERTIFICATE];

    print_kind(printer, MAILSIM_GROUP_SCENARIO);
    for (guint i = 0; i < hosts->len; i++)
        print_host(printer, g_ptr_array_index(hosts, i));
    print_kind(printer, MAILSIM_GROUP_MUA);
    for (guint i = 0; i < certificates->len; i++)
        print_certified(printer, g_ptr_array_index(certificates, i), "profile");
    print_default_link(printer);
    print_kind(printer, MAILSIM_GROUP_LINK);
    print_zones(printer);
    print_kind(printer, MAILSIM_GROUP_BLOCKLIST);
}

/* ---- all of it --------------------------------------------------------------------------- */

static void
print_heading(const Printer *printer)
{
    static const char *const heading[] = {
        [MAILSIM_LANGUAGE_EN] =
            "# %s: all that it contains, after include, like and defaults.\n"
            "# Above the lines stands where they come from. What begins with # is there\n"
            "# without being written: mostly it follows from other lines. To change it, and\n"
            "# not those, take the # away.\n",
        [MAILSIM_LANGUAGE_ES] =
            "# %s: todo lo que contiene, tras include, like y los valores por defecto.\n"
            "# Encima de las líneas pone de dónde salen. Lo que empieza por # está ahí sin\n"
            "# que nadie lo escriba: casi siempre se deduce de otras líneas. Para cambiarlo\n"
            "# sin tocar aquellas, quítale el #.\n",
    };

    if (!printer->options.bare)
        g_string_append_printf(printer->out, heading[printer->options.language],
                               printer->scenario->id);
}

static void
printer_init(Printer *printer,
             const MailsimScenario *scenario,
             const MailsimPrintOptions *options,
             const Overlay *beginning,
             GString *out)
{
    printer->scenario = scenario;
    printer->options = *options;
    printer->world = build_world(scenario, beginning);
    printer->authority = mailsim_authority_new(NULL);
    printer->overlay = beginning;
    printer->out = out;
}

static void
printer_clear(Printer *printer)
{
    mailsim_world_free(printer->world);
    mailsim_authority_free(printer->authority);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Printer, printer_clear)

void
mailsim_scenario_print(const MailsimScenario *scenario,
                       const MailsimPrintOptions *options,
                       GString *out)
{
    g_autoptr(Overlay) overlay = overlay_new(scenario);
    g_auto(Printer) printer = {0};
    const GPtrArray *steps = scenario->by_kind[MAILSIM_GROUP_STEP];

    g_return_if_fail(scenario->steps != NULL);
    printer_init(&printer, scenario, options, overlay, out);
    print_heading(&printer);
    print_groups(&printer);
    for (guint i = 0; i < steps->len; i++) {
        const Section *step = g_ptr_array_index(steps, i);

        overlay_apply(overlay, step->names[0]);
        print_step(&printer, step);
    }
}

void
mailsim_scenario_print_step(const MailsimScenario *scenario,
                            guint index,
                            const MailsimPrintOptions *options,
                            GString *out)
{
    g_autoptr(Overlay) overlay = overlay_new(scenario);
    g_auto(Printer) printer = {0};
    const GPtrArray *steps = scenario->by_kind[MAILSIM_GROUP_STEP];

    g_return_if_fail(index < mailsim_scenario_count_steps(scenario));
    printer_init(&printer, scenario, options, overlay, out);
    for (guint i = 0; i <= index; i++)
        overlay_apply(overlay, ((const Section *)g_ptr_array_index(steps, i))->names[0]);
    print_step(&printer, g_ptr_array_index(steps, index));
}
