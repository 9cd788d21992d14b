/* SPDX-License-Identifier: MIT
 *
 * How the lines of a zone are read: by the checker, which shows what is wrong, and by the
 * builder, for which nothing is. */
#pragma once

#include "value-private.h"

/* Where names are relative to, and what was found while reading. */
typedef struct {
    const char *zone; /* small letters, no final dot; borrowed */
    Problem problem;  /* set where a function fails */
    Problem doubt;    /* a warning; without message: none */
} ZoneReader;

void zone_reader_clear(ZoneReader *reader);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ZoneReader, zone_reader_clear)

/* “@ MX” */
typedef struct {
    char *owner;      /* whole, small letters, no final dot */
    const char *type; /* “MX” */
} RecordKey;

void record_key_clear(RecordKey *key);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RecordKey, record_key_clear)

gboolean value_parse_record_key(ZoneReader *reader, const char *text, RecordKey *key);

/* The next record of a value from byte END on: between semicolons outside “"…"”. FALSE at its
 * end. */
gboolean value_next_record(const char *value, gsize *start, gsize *end);

/* One record's data, names made whole; NULL, with a problem, where it is not of its type. TEXT
 * stands at byte START of the value. Free with g_free(). */
char *value_dup_record(ZoneReader *reader, const char *type, const char *text, gsize start);

/* The same of a TLSA record: value-tlsa.c. */
char *value_dup_tlsa(ZoneReader *reader, const char *text, gsize start);

/* Where in the data of a TLSA record the name after “digest:” stands; FALSE: it has none. */
gboolean value_find_announced(const char *text, gsize *start);
