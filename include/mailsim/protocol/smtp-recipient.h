/* SPDX-License-Identifier: MIT
 *
 * A recipient as the envelope carries it: the address, and what its sender wants to hear of it
 * (RFC 3461 §4). */
#pragma once

#include <glib.h>

/* NOTIFY=; without any, the servers on the way decide. */
typedef enum {
    MAILSIM_NOTIFY_NEVER = 1 << 0,
    MAILSIM_NOTIFY_SUCCESS = 1 << 1,
    MAILSIM_NOTIFY_FAILURE = 1 << 2,
    MAILSIM_NOTIFY_DELAY = 1 << 3,
} MailsimNotify;

typedef struct {
    char *address; /* internal form */
    guint notify;  /* of MailsimNotify; 0: nothing was said */
    char
        *original; /* ORCPT=, decoded: “rfc822;bob@instituto.example”; NULL: nothing was said */
} MailsimSmtpRecipient;

/* The whole message comes back with a report, or its header only: RET=, of the message. */
typedef enum {
    MAILSIM_RETURN_UNSAID,
    MAILSIM_RETURN_FULL,
    MAILSIM_RETURN_HEADERS,
} MailsimReturn;

MailsimSmtpRecipient *mailsim_smtp_recipient_new(const char *address);
void mailsim_smtp_recipient_free(MailsimSmtpRecipient *recipient);

/* An array of them that frees them. */
GPtrArray *mailsim_smtp_recipient_list_new(void);

/* “SUCCESS,DELAY” of a parameter's value, and back; free with g_free(). Unknown words are
 * passed over: whoever refuses them has looked before. */
guint mailsim_notify_parse(const char *value);
char *mailsim_notify_format(guint notify);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimSmtpRecipient, mailsim_smtp_recipient_free)
