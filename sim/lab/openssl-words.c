/* SPDX-License-Identifier: MIT
 *
 * Why a handshake came to nothing, as Postfix logs it: in the words of OpenSSL 3.0 of Debian
 * 12, line numbers of its sources included. */
#include "lab-private.h"

/* Alerts of the other side (RFC 8446 §6.2, RFC 5246 §7.2.2). */
static const struct {
    int alert;
    const char *words;
} alerts[] = {
    {10,  "sslv3 alert unexpected message"       },
    {20,  "sslv3 alert bad record mac"           },
    {21,  "tlsv1 alert decryption failed"        },
    {22,  "tlsv1 alert record overflow"          },
    {30,  "sslv3 alert decompression failure"    },
    {40,  "sslv3 alert handshake failure"        },
    {41,  "sslv3 alert no certificate"           },
    {42,  "sslv3 alert bad certificate"          },
    {43,  "sslv3 alert unsupported certificate"  },
    {44,  "sslv3 alert certificate revoked"      },
    {45,  "sslv3 alert certificate expired"      },
    {46,  "sslv3 alert certificate unknown"      },
    {47,  "sslv3 alert illegal parameter"        },
    {48,  "tlsv1 alert unknown ca"               },
    {49,  "tlsv1 alert access denied"            },
    {50,  "tlsv1 alert decode error"             },
    {51,  "tlsv1 alert decrypt error"            },
    {60,  "tlsv1 alert export restriction"       },
    {70,  "tlsv1 alert protocol version"         },
    {71,  "tlsv1 alert insufficient security"    },
    {80,  "tlsv1 alert internal error"           },
    {86,  "tlsv1 alert inappropriate fallback"   },
    {100, "tlsv1 alert no renegotiation"         },
    {109, "tlsv13 alert missing extension"       },
    {110, "tlsv1 unsupported extension"          },
    {111, "tlsv1 certificate unobtainable"       },
    {112, "tlsv1 unrecognized name"              },
    {113, "tlsv1 bad certificate status response"},
    {114, "tlsv1 bad certificate hash value"     },
    {115, "tlsv1 alert unknown psk identity"     },
    {116, "tlsv13 alert certificate required"    },
    {120, "tlsv1 alert no application protocol"  },
};

/* OpenSSL's number of the reason is that of the alert and a thousand. */
#define REASON_OF_ALERTS (0x0A000000 + 1000)

static char *
describe_alert(int alert)
{
    for (guint i = 0; i < G_N_ELEMENTS(alerts); i++) {
        if (alerts[i].alert == alert)
            return g_strdup_printf("error:%08X:SSL routines::%s:"
                                   "../ssl/record/rec_layer_s3.c:1602:SSL alert number %d:",
                                   REASON_OF_ALERTS + (guint)alert, alerts[i].words, alert);
    }
    return NULL;
}

char *
mailsim_openssl_describe_failure(const MailsimTlsFailure *failure, gboolean is_server)
{
    if (failure->alert >= 0)
        return describe_alert(failure->alert);
    if (failure->no_version)
        return g_strdup("error:0A0000BF:SSL routines::no protocols available:"
                        "../ssl/statem/statem_lib.c:102:");
    if (failure->no_common)
        return g_strdup("error:0A000102:SSL routines::unsupported protocol:"
                        "../ssl/statem/statem_srvr.c:1664:");
    if (g_str_equal(failure->reason, "plain-text"))
        return g_strdup("error:0A00010B:SSL routines::wrong version number:"
                        "../ssl/record/ssl3_record.c:350:");
    if (is_server && g_str_equal(failure->reason, "handshake-failure"))
        return g_strdup("error:0A0000C1:SSL routines::no shared cipher:"
                        "../ssl/statem/statem_srvr.c:2226:");
    return NULL;
}
