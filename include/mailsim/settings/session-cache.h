/* SPDX-License-Identifier: MIT
 *
 * Where Postfix keeps TLS sessions to resume: postconf(5) smtp_tls_session_cache_database,
 * smtpd_tls_session_cache_database. */
#pragma once

#include <glib.h>

/* Can tlsmgr(8) open it: “btree:${data_directory}/smtp_scache”. FALSE also for nothing. */
gboolean mailsim_session_cache_can_be_opened(const char *database);
