/* SPDX-License-Identifier: MIT
 *
 * Which cells there are, and which of them real servers were asked about. */
#include <mailsim/matrix/cell.h>

#include "axis-private.h"

MailsimCell
mailsim_cell_usual(void)
{
    MailsimCell cell = {.n_attempts = 1};

    for (guint axis = 0; axis < MAILSIM_AXES; axis++)
        cell.values[axis] = (guint8)mailsim_axis_get_usual((MailsimAxis)axis);
    return cell;
}

gboolean
mailsim_cell_is_possible(const MailsimCell *cell)
{
    return (cell->values[MAILSIM_AXIS_SERVER_LEVEL] == SERVER_REFUSES) ==
           (cell->values[MAILSIM_AXIS_CERT] == CERT_BROKEN);
}

/* ---- the record -------------------------------------------------------------------------- */

/* All cells that are made of these values: sets of bits. */
typedef struct {
    guint values[MAILSIM_AXES];
    guint n_attempts;
} Block;

#define ONE(value)       (1U << (value))
#define UP_TO(first, to) ((ONE((to) + 1) - 1) & ~(ONE(first) - 1))

#define NAMED_LEVELS UP_TO(CLIENT_NONE, CLIENT_FINGERPRINT_OTHER)
#define DANE_LEVELS  UP_TO(CLIENT_DANE, CLIENT_DANE_ONLY)
#define PLAIN_LEVELS UP_TO(SERVER_NONE, SERVER_ENCRYPT)
#define READABLE     UP_TO(CERT_SELF_SIGNED, CERT_SELF_SIGNED_TRUSTED)
#define FIRST_FOUR   UP_TO(CERT_SELF_SIGNED, CERT_EXPIRED)
#define BOTH_HOPS    (ONE(NEXTHOP_HOST) | ONE(NEXTHOP_MX))
#define MX           ONE(NEXTHOP_MX)
#define FAILING      (ONE(SERVER_HANDSHAKE_FAILS) | ONE(SERVER_REFUSES))
#define FOR_FAILING  (ONE(CERT_OK) | ONE(CERT_BROKEN))
#define NO_TLSA      ONE(TLSA_NONE)
#define FITTING      ONE(TLSA_MATCH)
#define SIGNED       ONE(ZONE_SIGNED)

/* clang-format off */
static const Block recorded[] = {
    {{NAMED_LEVELS, PLAIN_LEVELS, READABLE, BOTH_HOPS, NO_TLSA, SIGNED}, 1},
    {{DANE_LEVELS, PLAIN_LEVELS, READABLE, BOTH_HOPS, UP_TO(TLSA_NONE, TLSA_AUTHORITY), SIGNED}, 1},
    {{NAMED_LEVELS, ONE(SERVER_MAY_OLD), FIRST_FOUR, MX, NO_TLSA, SIGNED}, 1},
    {{DANE_LEVELS, ONE(SERVER_MAY_OLD), FIRST_FOUR, MX, NO_TLSA | FITTING, SIGNED}, 1},
    {{DANE_LEVELS, PLAIN_LEVELS, ONE(CERT_SELF_SIGNED) | ONE(CERT_OK), MX, NO_TLSA, ONE(ZONE_UNSIGNED)}, 1},
    {{DANE_LEVELS, PLAIN_LEVELS, ONE(CERT_OK), MX, ONE(TLSA_FAILS), SIGNED}, 1},
    {{NAMED_LEVELS, FAILING, FOR_FAILING, MX, NO_TLSA, SIGNED}, MAILSIM_CELL_ATTEMPTS_MAX},
    {{DANE_LEVELS, FAILING, FOR_FAILING, MX, FITTING, SIGNED}, MAILSIM_CELL_ATTEMPTS_MAX},
};
/* clang-format on */

/* Append all possible cells of BLOCK, the last axis the fastest. */
static void
append_block(GArray *cells, const Block *block, MailsimCell cell, guint axis)
{
    if (axis == MAILSIM_AXES) {
        if (mailsim_cell_is_possible(&cell))
            g_array_append_val(cells, cell);
        return;
    }
    for (guint value = 0; value < mailsim_axis_count_values((MailsimAxis)axis); value++) {
        if ((block->values[axis] & ONE(value)) == 0)
            continue;
        cell.values[axis] = (guint8)value;
        append_block(cells, block, cell, axis + 1);
    }
}

GArray *
mailsim_cells_list_recorded(void)
{
    GArray *cells = g_array_new(FALSE, FALSE, sizeof(MailsimCell));

    for (guint i = 0; i < G_N_ELEMENTS(recorded); i++) {
        const MailsimCell cell = {.n_attempts = (guint8)recorded[i].n_attempts};

        append_block(cells, &recorded[i], cell, 0);
    }
    return cells;
}
