/* SPDX-License-Identifier: MIT
 *
 * Steps that type lines, typed: the endpoint, and the lines in the order of their numbers, to
 * which like may have added some. Steps that look, typed. */
#include "scenario-private.h"

#include <string.h>

#include "value-private.h"

static guint64
get_number(const MailsimEntry *entry)
{
    return g_ascii_strtoull(entry->key, NULL, 10);
}

static gint
compare_numbers(gconstpointer a, gconstpointer b)
{
    const guint64 first = get_number(*(const MailsimEntry *const *)a);
    const guint64 second = get_number(*(const MailsimEntry *const *)b);

    return first < second ? -1 : first > second;
}

GPtrArray *
build_sort_lines(const Section *section)
{
    GPtrArray *lines = g_ptr_array_new();

    for (guint i = 0; i < section->entries->len; i++) {
        MailsimEntry *entry = g_ptr_array_index(section->entries, i);

        if (entry->key[strspn(entry->key, "0123456789")] == '\0')
            g_ptr_array_add(lines, entry);
    }
    g_ptr_array_sort(lines, compare_numbers);
    return lines;
}

guint
build_line_position(const Section *section, const char *number)
{
    g_autoptr(GPtrArray) lines = build_sort_lines(section);
    const guint64 wanted = g_ascii_strtoull(number, NULL, 10);

    for (guint i = 0; i < lines->len; i++) {
        if (get_number(g_ptr_array_index(lines, i)) == wanted)
            return i + 1;
    }
    return 0;
}

void
build_talk(const MailsimScenario *scenario,
           const Overlay *overlay,
           const Section *section,
           MailsimStep *step)
{
    g_autoptr(GPtrArray) lines = build_sort_lines(section);

    step->by_party = g_strdup(section_get(section, "by"));
    step->connect = build_endpoint(scenario, overlay, section_find(section, "connect"));
    step->lines = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < lines->len; i++) {
        const MailsimEntry *entry = g_ptr_array_index(lines, i);
        g_auto(Problem) problem = {0};

        g_ptr_array_add(step->lines, value_unescape(entry->value, &problem));
    }
}

MailsimLook *
build_look(const MailsimScenario *scenario, const char *text)
{
    g_auto(LookValue) value = {0};
    g_auto(Problem) problem = {0};
    MailsimLook *look = g_new0(MailsimLook, 1);

    value_parse_look(text, &value, &problem);
    look->kind = value.kind;
    look->what = g_strdup(text);
    switch (value.kind) {
    case MAILSIM_LOOK_MAILBOX: {
        g_autoptr(GPtrArray) hosts = find_user_hosts(scenario, value.operands[0]);
        const Section *host = g_ptr_array_index(hosts, 0);

        look->host = g_strdup(host->names[0]);
        look->subject = build_user_name(value.operands[0]);
        break;
    }
    case MAILSIM_LOOK_QUEUE:
    case MAILSIM_LOOK_LOG:
    case MAILSIM_LOOK_CERTIFICATE:
        look->host = g_steal_pointer(&value.operands[0]);
        break;
    case MAILSIM_LOOK_BLOCKLIST:
    case MAILSIM_LOOK_DNS:
    case MAILSIM_LOOK_LISTENER:
        look->subject = g_steal_pointer(&value.operands[0]);
        look->object = g_steal_pointer(&value.operands[1]);
        break;
    }
    return look;
}
