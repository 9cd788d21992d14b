/* SPDX-License-Identifier: MIT
 *
 * The cases of recorded/deliveries.txt: what a real Postfix was asked to deliver, and what
 * it did. */
#pragma once

#include <glib.h>

typedef struct {
    char *name;
    GPtrArray *main_cf;  /* of char * */
    GPtrArray *tables;   /* “FILE LINE” */
    GPtrArray *zones;    /* “NAME TYPE DATA” */
    GHashTable *servers; /* “192.0.2.11:25”: ReplyingScript */
    char *sender;
    GPtrArray *to;
    GPtrArray *connects; /* “192.0.2.11:25”, in order */
    GPtrArray *says;     /* “1 EHLO mail.sender.example”, in order */
    GHashTable *cut;     /* connections whose server did not listen to the end: “1” */
    GPtrArray *log;      /* “postfix/smtp: <id1>: to=<…>, …”, in order, without times */
    gboolean times;      /* its log has the real delays */
    const char *unasked; /* why it cannot be asked here; NULL: it can */
} RecordedDelivery;

/* All of them; they live as long as the test. */
GPtrArray *recorded_deliveries_read(void);

/* An array of strings that frees them. */
GPtrArray *recorded_delivery_new_lines(void);

/* Is LINE, “postfix/smtp: …”, one that the recording would have, and that is compared here? */
gboolean recorded_delivery_shows(const char *line);

/* LOG program by program, without its times, with its queue ids numbered as they come; if not
 * IN_ORDER, the lines of a program sorted. Free with g_ptr_array_unref(). */
GPtrArray *recorded_delivery_arrange_log(const GPtrArray *log, gboolean in_order);

/* “delay=6.1, delays=2/0/2/2.1” of each of these lines, empty where there is none. */
GPtrArray *recorded_delivery_list_delays(const GPtrArray *log, gboolean in_order);

/* LINE with what is a run's own put aside; free with g_free(). */
char *recorded_delivery_mask(const char *line);
