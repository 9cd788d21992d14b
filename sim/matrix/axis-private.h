/* SPDX-License-Identifier: MIT
 *
 * What a value of an axis adds to a scenario: lines for its groups, each with its line end. */
#pragma once

#include <mailsim/matrix/axis.h>

/* Values that the rest of the layer speaks of. */
enum {
    CLIENT_NONE,
    CLIENT_MAY,
    CLIENT_ENCRYPT,
    CLIENT_VERIFY,
    CLIENT_SECURE,
    CLIENT_FINGERPRINT,
    CLIENT_FINGERPRINT_OTHER,
    CLIENT_DANE,
    CLIENT_DANE_ONLY,
};

enum {
    SERVER_NONE,
    SERVER_MAY,
    SERVER_ENCRYPT,
    SERVER_MAY_OLD,
    SERVER_HANDSHAKE_FAILS,
    SERVER_REFUSES,
};

enum {
    CERT_SELF_SIGNED,
    CERT_OK,
    CERT_WRONG_NAME,
    CERT_EXPIRED,
    CERT_UNTRUSTED,
    CERT_SELF_SIGNED_TRUSTED,
    CERT_BROKEN,
};

enum { NEXTHOP_HOST, NEXTHOP_MX, NEXTHOP_HOSTED };

enum { TLSA_NONE, TLSA_MATCH, TLSA_WRONG, TLSA_AUTHORITY, TLSA_FAILS };

enum { ZONE_SIGNED, ZONE_UNSIGNED };

typedef struct {
    MailsimAxisValue value;
    const char *sender;      /* [postfix mail] */
    const char *server;      /* [postfix mx] */
    const char *certificate; /* [certificate shown] */
    const char *zone;        /* [zone dest.example] */
} AxisRow;

const AxisRow *axis_get_row(MailsimAxis axis, guint value);
