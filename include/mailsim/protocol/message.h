/* SPDX-License-Identifier: MIT
 *
 * Messages as text: header, empty line, body (RFC 5322 §2.1). In the lab a message is held with
 * lines that end in LF, as in Postfix's queue; CR LF and the doubled dots exist on the wire
 * alone. */
#pragma once

#include <mailsim/base/time.h>

/* What a person typed into a mail program. */
typedef struct {
    const char *from;
    const char *const *to; /* NULL-terminated */
    const char *subject;
    const char *text; /* UTF-8, lines end in LF */
    MailsimTime date_us;
    const char *message_id; /* with its angle brackets */
} MailsimDraft;

/* Header and body; what is not ASCII is encoded (RFC 2047) or declared (RFC 2045). */
GBytes *mailsim_message_compose(const MailsimDraft *draft);

/* The size that Postfix logs and announces with SIZE=: that of the queue file's records, two
 * bytes for each line more than its text, three for lines of 128 bytes and up. */
gsize mailsim_message_get_size(GBytes *message);

/* Does its header say “Content-Transfer-Encoding: 8bit” (RFC 2045 §6)? Postfix believes it, and
 * does not look at the body. */
gboolean mailsim_message_declares_8bit(GBytes *message);

/* Is there a field called NAME in its header? Postfix takes the header to end at the first line
 * that cannot belong to one. */
gboolean mailsim_message_has_field(GBytes *message, const char *name);

/* Where that header ends: the length of its lines, without the empty line after them. */
gsize mailsim_message_get_header_length(GBytes *message);

/* The values of the fields called NAME in that header, unfolded; array of char *, to be freed
 * with g_ptr_array_unref(). */
GPtrArray *mailsim_message_list_values(GBytes *message, const char *name);

/* MESSAGE as Postfix's cleanup keeps it: without the fields called DROPPED (NULL-terminated),
 * and without blanks between the name of a field and its colon. */
GBytes *mailsim_message_tidy_header(GBytes *message, char **dropped);

/* MESSAGE with FIELDS (whole lines, LF at each end) at the end of its header. */
GBytes *mailsim_message_append_fields(GBytes *message, const char *fields);

/* FIELDS (whole lines, LF at each end) and MESSAGE in one. */
GBytes *mailsim_message_prepend(const char *fields, GBytes *message);

/* Append MESSAGE as DATA carries it: CR LF, doubled dots, and the final dot (RFC 5321
 * §4.5.2). */
void mailsim_message_append_data(GBytes *message, GString *out);

/* Every CR of TEXT from START on becomes a blank: as Postfix keeps those that end no line
 * (postconf(5) cleanup_replace_stray_cr_lf). */
void mailsim_message_replace_stray_cr(GString *text, gsize start);

/* As it came in chunks (RFC 3030): no dots, and an unfinished last line is finished. */
GBytes *mailsim_message_from_chunks(const char *content, gsize length);
