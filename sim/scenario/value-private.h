/* SPDX-License-Identifier: MIT
 *
 * How the values of a scenario are read, each type by one function, used twice: by the checker,
 * which shows what is wrong, and by the builder, for which nothing is. */
#pragma once

#include <mailsim/lab/lab.h>
#include <mailsim/scenario/key-table.h>

/* What is wrong with a value, and which of its bytes. */
typedef struct {
    gsize start;
    gsize end;
    char *message; /* a whole phrase */
    char *hint;    /* NULL: none */
} Problem;

void problem_clear(Problem *problem);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Problem, problem_clear)

/* FALSE, always, having filled in PROBLEM; takes MESSAGE and HINT. */
gboolean problem_set(Problem *problem, gsize start, gsize end, char *message, char *hint);

/* The next item of a list from byte END on: between commas and blanks. FALSE at its end. */
gboolean value_next_item(const char *value, gsize *start, gsize *end);

/* All of them; free with g_ptr_array_unref(). */
GPtrArray *value_split(const char *value);

/* Names of hosts, steps …: a-z 0-9 -. */
gboolean value_is_name(const char *text);
gboolean value_is_lab_name(const char *text);
gboolean value_is_code(const char *text);          /* 454 */
gboolean value_is_enhanced_code(const char *text); /* 4.7.5 */

/* \n \r \t \s \\ undone; free with g_free(). NULL for another backslash. */
char *value_unescape(const char *value, Problem *problem);

typedef struct {
    char *host; /* short name or DNS name, as written */
    gsize host_length;
    guint port;
    MailsimEndpointMode mode;
} EndpointValue;

void endpoint_value_clear(EndpointValue *endpoint);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(EndpointValue, endpoint_value_clear)

gboolean value_parse_endpoint(const char *value, EndpointValue *endpoint, Problem *problem);
gboolean value_parse_port(const char *text, guint *port);

/* What a look step looks at: “mailbox ana”, “dns iesgn.example MX”. */
typedef struct {
    MailsimLookKind kind;
    char *operands[2]; /* NULL where the kind has none */
    gsize starts[2];   /* where they stand in the value */
} LookValue;

void look_value_clear(LookValue *look);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LookValue, look_value_clear)

gboolean value_parse_look(const char *value, LookValue *look, Problem *problem);
gboolean value_check_look(const char *value, Problem *problem);

/* Types of DNS records: “MX”. NULL: none is called that. */
const char *value_find_record_type(const char *word);
gboolean value_check_record_type(const char *word, gsize start, Problem *problem);

/* A name under in-addr.arpa or ip6.arpa. */
gboolean value_is_reverse_name(const char *name);

gboolean value_is_list(MailsimValueType type);

/* What can be said of a value, or of one item of a list, without the rest of the scenario. */
gboolean value_check(const MailsimKeyRow *row, const char *value, Problem *problem);
