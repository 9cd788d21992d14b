/* SPDX-License-Identifier: MIT
 *
 * A cell as a scenario: two servers, one message, and what the values of the axes add. */
#include <mailsim/matrix/cell.h>

#include "axis-private.h"

/* In half an hour there are two more attempts: minimal_backoff_time is 300 s, and grows. */
#define WAIT "30m"

typedef const char *(*GetPart)(const AxisRow *row);

static const char *
get_sender(const AxisRow *row)
{
    return row->sender;
}

static const char *
get_server(const AxisRow *row)
{
    return row->server;
}

static const char *
get_certificate(const AxisRow *row)
{
    return row->certificate;
}

static const char *
get_zone(const AxisRow *row)
{
    return row->zone;
}

/* The group HEADER with what all values of CELL say there; nothing where they say nothing. */
static void
append_group(const MailsimCell *cell, const char *header, GetPart get_part, GString *out)
{
    g_autoptr(GString) lines = g_string_new(NULL);

    for (guint axis = 0; axis < MAILSIM_AXES; axis++) {
        const char *part = get_part(axis_get_row((MailsimAxis)axis, cell->values[axis]));

        if (part != NULL)
            g_string_append(lines, part);
    }
    if (lines->len > 0)
        g_string_append_printf(out, "[%s]\n%s", header, lines->str);
}

static void
append_title(const MailsimCell *cell, GString *out)
{
    static const char *const keys[MAILSIM_LANGUAGES] = {"title", "title[es]"};

    g_string_append(out, "[scenario]\n");
    for (guint language = 0; language < MAILSIM_LANGUAGES; language++) {
        g_string_append_printf(out, "%s = ", keys[language]);
        for (guint axis = 0; axis < MAILSIM_AXES; axis++)
            g_string_append_printf(
                out, "%s%s %s", axis > 0 ? ", " : "",
                mailsim_axis_get_title((MailsimAxis)axis, (MailsimLanguage)language),
                mailsim_axis_get_value((MailsimAxis)axis, cell->values[axis])->word);
        g_string_append_c(out, '\n');
    }
}

static void
append_steps(const MailsimCell *cell, const char *domain, GString *out)
{
    g_string_append_printf(out,
                           "\n[step send]\n"
                           "title     = A message from server to server\n"
                           "title[es] = Un mensaje de servidor a servidor\n"
                           "do = send\n"
                           "by = ana\n"
                           "to = bob@%s\n",
                           domain);
    if (cell->n_attempts > 1)
        g_string_append(out, "\n[step wait]\n"
                             "title     = Later attempts, if there are any\n"
                             "title[es] = Intentos posteriores, si los hay\n"
                             "do  = wait\n"
                             "for = " WAIT "\n");
}

char *
mailsim_cell_dup_scenario(const MailsimCell *cell)
{
    const gboolean hosted = cell->values[MAILSIM_AXIS_NEXTHOP] == NEXTHOP_HOSTED;
    GString *out = g_string_new(NULL);

    append_title(cell, out);
    g_string_append(out, "\n[host mail]\n"
                         "mailname = sender.example\n"
                         "users    = ana\n");
    append_group(cell, "postfix mail", get_sender, out);
    g_string_append(out, "\n[host mx]\n"
                         "hostname    = mx.dest.example\n"
                         "mailname    = dest.example\n"
                         "users       = bob\n"
                         "certificate = shown\n");
    append_group(cell, "postfix mx", get_server, out);
    g_string_append(out, "\n[certificate lab-ca]\n"
                         "names  = ca.example\n"
                         "cn     = Lab CA\n"
                         "issuer = self\n"
                         "ca     = yes\n");
    append_group(cell, "certificate shown", get_certificate, out);
    g_string_append_c(out, '\n');
    append_group(cell, "zone dest.example", get_zone, out);
    if (hosted)
        g_string_append_printf(out, "[zone hosted.example]\n@ MX = 10 mx.dest.example.\n%s",
                               cell->values[MAILSIM_AXIS_ZONE] == ZONE_SIGNED ? "dnssec = yes\n"
                                                                              : "");
    append_steps(cell, hosted ? "hosted.example" : "dest.example", out);
    return g_string_free(out, FALSE);
}
