/* SPDX-License-Identifier: MIT
 *
 * Values of dovecot.conf: numbers with their units. */
#include <mailsim/settings/dovecot-value.h>

#include <string.h>

typedef struct {
    const char *name; /* the beginning of what may be written */
    gint64 factor;
} Unit;

gboolean
mailsim_dovecot_setting_read_boolean(const char *value)
{
    return g_ascii_strcasecmp(value, "yes") == 0 || g_ascii_strcasecmp(value, "y") == 0 ||
           g_str_equal(value, "1");
}

static gint64
read_number(const char *value, const Unit *units, guint n_units)
{
    char *end;
    const gint64 number = (gint64)g_ascii_strtoull(value, &end, 10);

    while (g_ascii_isspace(*end))
        end++;
    for (guint i = 0; i < n_units && *end != '\0'; i++) {
        if (g_ascii_strncasecmp(end, units[i].name, strlen(units[i].name)) == 0)
            return number * units[i].factor;
    }
    return number * units[n_units - 1].factor;
}

guint64
mailsim_dovecot_setting_read_size(const char *value)
{
    static const Unit units[] = {
        {"k", 1024              },
        {"m", 1024 * 1024       },
        {"g", 1024 * 1024 * 1024},
        {"b", 1                 }
    };

    return (guint64)read_number(value, units, G_N_ELEMENTS(units));
}

gint64
mailsim_dovecot_setting_read_time(const char *value)
{
    static const Unit units[] = {
        {"ms",  1000                              },
        {"mil", 1000                              },
        {"m",   60 * (gint64)G_USEC_PER_SEC       },
        {"h",   3600 * (gint64)G_USEC_PER_SEC     },
        {"d",   86400 * (gint64)G_USEC_PER_SEC    },
        {"w",   7 * 86400 * (gint64)G_USEC_PER_SEC},
        {"s",   (gint64)G_USEC_PER_SEC            },
    };

    return read_number(value, units, G_N_ELEMENTS(units));
}
