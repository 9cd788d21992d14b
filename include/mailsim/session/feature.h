/* SPDX-License-Identifier: MIT
 *
 * What a server knows, for documents. */
#pragma once

typedef struct {
    const char *name;      /* “MAIL”, “PIPELINING” */
    const char *syntax;    /* “MAIL FROM:<address>”; NULL: it has none */
    const char *reference; /* “RFC 5321 §4.1.1.2” */
} MailsimFeature;
