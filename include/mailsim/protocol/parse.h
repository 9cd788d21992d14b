/* SPDX-License-Identifier: MIT
 *
 * What a parser that is given line by line says. */
#pragma once

#include <glib.h>

typedef enum {
    MAILSIM_PARSE_DONE,
    MAILSIM_PARSE_NEED_MORE,
    MAILSIM_PARSE_ERROR,
} MailsimParse;
