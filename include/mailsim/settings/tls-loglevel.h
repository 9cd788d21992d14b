/* SPDX-License-Identifier: MIT
 *
 * How much of TLS Postfix writes into the mail log: postconf(5) smtp_tls_loglevel,
 * smtpd_tls_loglevel. */
#pragma once

#include <glib.h>

/* 0: nothing; 1: a line for each handshake; 2: its steps and the session cache, too; 3 and 4,
 * of which the lab shows what 2 has: hexdumps. Several words, digits or names, count together.
 * With a word that is unknown nothing is logged; *UNKNOWN, which may be NULL, is then that
 * word, to be freed. */
guint mailsim_tls_loglevel_parse(const char *value, char **unknown);
