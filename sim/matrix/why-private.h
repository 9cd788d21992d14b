/* SPDX-License-Identifier: MIT
 *
 * The sentences of “why”, in each language. */
#pragma once

#include <mailsim/recording/recording.h>

typedef enum {
    /* delivered in the clear */
    WHY_NO_TLS_WANTED,
    WHY_NO_TLS_OFFERED,
    WHY_REFUSED_AND_WENT_ON,
    WHY_CLEAR_LATER,

    /* delivered over TLS */
    WHY_ANYBODY,
    WHY_NO_TLSA_AS_MAY,
    WHY_UNSIGNED_AS_MAY,
    WHY_ANONYMOUS,
    WHY_TRUSTED,
    WHY_OTHER_NAME_UNNOTICED,
    WHY_UNTRUSTED,
    WHY_CHAIN_AND_NAME,
    WHY_FINGERPRINT,
    WHY_TLSA_KEY,
    WHY_TLSA_AUTHORITY,

    /* deferred */
    WHY_TLS_MISSING,
    WHY_REFUSED_AND_WAITS,
    WHY_HANDSHAKE_MAY,
    WHY_HANDSHAKE,
    WHY_NOT_VERIFIED,
    WHY_BAD_CHAIN,
    WHY_BAD_NAME,
    WHY_BAD_DATES,
    WHY_OTHER_FINGERPRINT,
    WHY_OTHER_TLSA,
    WHY_NO_TLSA,
    WHY_UNSIGNED,
    WHY_TLSA_LOOKUP,

    /* bounced */
    WHY_DEMANDED,

    /* names of facts */
    WHY_ATTEMPT,
    WHY_OVER_TLS,
    WHY_IN_THE_CLEAR,
    WHY_WITHOUT_TLS,
    WHY_NEVER_CONNECTED,
    WHY_DELIVERED,
    WHY_DEFERRED,
    WHY_BOUNCED,
    WHY_SENTENCES,
} WhySentence;

/* With {placeholders}; lent. */
const char *why_get_sentence(WhySentence sentence, MailsimLanguage language);
