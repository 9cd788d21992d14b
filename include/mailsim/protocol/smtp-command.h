/* SPDX-License-Identifier: MIT
 *
 * Command lines of an SMTP client (RFC 5321 §4.1.1), taken apart as Postfix does: leniently. */
#pragma once

#include <glib.h>

typedef struct {
    char *verb;     /* upper case; empty for an empty line */
    char *argument; /* what follows, blanks at both ends cut; empty when there is nothing */
} MailsimSmtpCommand;

void mailsim_smtp_command_parse(const char *line, MailsimSmtpCommand *command);
void mailsim_smtp_command_clear(MailsimSmtpCommand *command);

typedef struct {
    char *text;  /* as written */
    char *name;  /* upper case: “SIZE” */
    char *value; /* NULL when the parameter has none */
} MailsimSmtpParameter;

typedef enum {
    MAILSIM_PATH_OK,
    MAILSIM_PATH_SYNTAX,      /* not “FROM:<…>” at all */
    MAILSIM_PATH_BAD_ADDRESS, /* brackets are there, an address is not */
} MailsimPathResult;

/* The argument of MAIL or RCPT: a path, then ESMTP parameters. */
typedef struct {
    char *address;         /* without brackets; empty for the null sender <> */
    GPtrArray *parameters; /* of MailsimSmtpParameter */
} MailsimSmtpPath;

/* KEYWORD is “FROM” or “TO”. PATH is filled only with MAILSIM_PATH_OK. */
MailsimPathResult
mailsim_smtp_path_parse(const char *argument, const char *keyword, MailsimSmtpPath *path);
void mailsim_smtp_path_clear(MailsimSmtpPath *path);

/* The address that TEXT is, with or without brackets, as VRFY takes it; NULL: it is none. Free
 * with g_free(). */
char *mailsim_smtp_mailbox_parse(const char *text);

/* TEXT as the value of ORCPT or ENVID (RFC 3461 §4): “bob+2Blist@instituto.example”. */
void mailsim_smtp_append_xtext(GString *out, const char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimSmtpCommand, mailsim_smtp_command_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimSmtpPath, mailsim_smtp_path_clear)
