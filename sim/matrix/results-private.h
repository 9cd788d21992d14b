/* SPDX-License-Identifier: MIT
 *
 * What was run, in its order. */
#pragma once

#include <mailsim/matrix/results.h>

typedef struct {
    MailsimCell cell;
    GPtrArray *attempts; /* of MailsimAttempt */
} Result;

struct MailsimResults {
    GPtrArray *list;     /* of Result */
    GHashTable *by_cell; /* the same, borrowed, by their values in one number */
};
