/* SPDX-License-Identifier: MIT
 *
 * Does GLib's key file parser read what the scanner reads? */
#pragma once

#include <mailsim/scenario/scanner.h>

/* NULL when a scan without errors has the same groups, keys and values as GKeyFile finds in the
 * same text, continuation lines joined; else what differs. Free with g_free(). */
char *compare_with_key_file(const MailsimScan *scan);
