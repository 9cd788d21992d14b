/* SPDX-License-Identifier: MIT
 *
 * The parts of the JSON form: what render-json.c puts together as one object, and
 * render-json-lines.c line by line. */
#pragma once

#include <json-glib/json-glib.h>

#include <mailsim/transcript/notes.h>

typedef struct {
    JsonBuilder *json;
    const MailsimRecording *recording; /* borrowed, as is the next */
    const MailsimReading *reading;
    MailsimLanguage language;
    MailsimTime start_us; /* of the first step: times are counted from there */
} JsonWriter;

/* Members of the object that is open. A NULL value is null. Text that is no UTF-8 is
 * escaped. */
void json_put_string(JsonWriter *writer, const char *name, const char *value);
void json_put_integer(JsonWriter *writer, const char *name, gint64 value);
void json_put_boolean(JsonWriter *writer, const char *name, gboolean value);
void json_put_message_number(JsonWriter *writer, guint message);

/* NAME is NULL for an element of an array. */
void json_begin_object(JsonWriter *writer, const char *name);
void json_end_object(JsonWriter *writer);
void json_begin_array(JsonWriter *writer, const char *name);
void json_end_array(JsonWriter *writer);

/* The member “scenario”: what is recorded. */
void json_put_scenario(JsonWriter *writer);

/* The members of HOP, which the open object gets. */
void json_put_hop_members(JsonWriter *writer, const MailsimHop *hop);

/* An object: what happened, and its note (NULL: none). */
void json_put_event(JsonWriter *writer, const MailsimEvent *event, const MailsimNote *note);
