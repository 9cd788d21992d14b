/* SPDX-License-Identifier: MIT
 *
 * What OpenSSL, and so Postfix, calls the ciphers below TLS 1.3 (openssl ciphers -stdname). */
#include "cipher-name-private.h"

#include <glib.h>

static const struct {
    const char *standard;
    const char *name;
} names[] = {
    {"TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",       "ECDHE-ECDSA-AES256-GCM-SHA384"},
    {"TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"},
    {"TLS_ECDHE_ECDSA_WITH_AES_256_CCM",              "ECDHE-ECDSA-AES256-CCM"       },
    {"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",          "ECDHE-ECDSA-AES256-SHA"       },
    {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",       "ECDHE-ECDSA-AES128-GCM-SHA256"},
    {"TLS_ECDHE_ECDSA_WITH_AES_128_CCM",              "ECDHE-ECDSA-AES128-CCM"       },
    {"TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",          "ECDHE-ECDSA-AES128-SHA"       },
    {"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",         "ECDHE-RSA-AES256-GCM-SHA384"  },
    {"TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",   "ECDHE-RSA-CHACHA20-POLY1305"  },
    {"TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",            "ECDHE-RSA-AES256-SHA"         },
    {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",         "ECDHE-RSA-AES128-GCM-SHA256"  },
    {"TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",            "ECDHE-RSA-AES128-SHA"         },
    {"TLS_RSA_WITH_AES_256_GCM_SHA384",               "AES256-GCM-SHA384"            },
    {"TLS_RSA_WITH_AES_256_CCM",                      "AES256-CCM"                   },
    {"TLS_RSA_WITH_AES_256_CBC_SHA",                  "AES256-SHA"                   },
    {"TLS_RSA_WITH_AES_128_GCM_SHA256",               "AES128-GCM-SHA256"            },
    {"TLS_RSA_WITH_AES_128_CCM",                      "AES128-CCM"                   },
    {"TLS_RSA_WITH_AES_128_CBC_SHA",                  "AES128-SHA"                   },
    {"TLS_DH_anon_WITH_AES_256_GCM_SHA384",           "ADH-AES256-GCM-SHA384"        },
    {"TLS_DH_anon_WITH_AES_256_CBC_SHA",              "ADH-AES256-SHA"               },
    {"TLS_DH_anon_WITH_AES_128_GCM_SHA256",           "ADH-AES128-GCM-SHA256"        },
    {"TLS_DH_anon_WITH_AES_128_CBC_SHA",              "ADH-AES128-SHA"               },
    {"TLS_ECDH_anon_WITH_AES_256_CBC_SHA",            "AECDH-AES256-SHA"             },
    {"TLS_ECDH_anon_WITH_AES_128_CBC_SHA",            "AECDH-AES128-SHA"             },
};

const char *
mailsim_cipher_name_get(const char *standard)
{
    for (guint i = 0; standard != NULL && i < G_N_ELEMENTS(names); i++) {
        if (g_str_equal(names[i].standard, standard))
            return names[i].name;
    }
    return standard;
}
