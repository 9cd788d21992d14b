/* SPDX-License-Identifier: MIT
 *
 * Names of cipher suites. */
#pragma once

/* “ECDHE-RSA-AES256-GCM-SHA384” for STANDARD, a name of IANA's list; those of TLS 1.3 have no
 * other name. Static, or STANDARD itself. */
const char *mailsim_cipher_name_get(const char *standard);
