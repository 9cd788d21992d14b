/* SPDX-License-Identifier: MIT
 *
 * A command of IMAP (RFC 3501 §9, command): tag, name, arguments. Its text may hold literals
 * ({5} CR LF and five octets), as a session has collected them. */
#pragma once

#include <glib.h>

typedef enum {
    MAILSIM_IMAP_ATOM,   /* also flags (\Seen), numbers; a bracket is a letter like others */
    MAILSIM_IMAP_STRING, /* in quotes, escapes undone, or a literal */
    MAILSIM_IMAP_NIL,    /* the atom, in any capitals */
    MAILSIM_IMAP_LIST,
    MAILSIM_IMAP_LITERAL, /* one that is not read: text is NULL, length what is announced */
} MailsimImapArgumentKind;

typedef struct {
    MailsimImapArgumentKind kind;
    char *text;       /* of a list NULL; may hold NUL, and a NUL stands behind it */
    gsize length;     /* of text */
    GPtrArray *items; /* of MailsimImapArgument; NULL but for a list */
} MailsimImapArgument;

typedef struct {
    char *tag;            /* NULL: there is none */
    char *name;           /* upper case; “UID FETCH” is “UID”; NULL: there is none */
    GPtrArray *arguments; /* of MailsimImapArgument */
    const char *problem;  /* why the arguments cannot be read; static, NULL: they can */
} MailsimImapCommand;

/* TEXT without its last CR LF. Parentheses may be nested NESTING_MAX deep. */
void mailsim_imap_command_parse(const char *text,
                                gsize length,
                                guint nesting_max,
                                MailsimImapCommand *command);
void mailsim_imap_command_clear(MailsimImapCommand *command);

/* Does LINE end in a literal's announcement, “{5}” or “{5+}” (RFC 7888)? *SIZE: its octets, at
 * most G_MAXSIZE; *SYNCHRONIZING: the client waits to be told to go on. */
gboolean
mailsim_imap_find_literal(const char *line, gsize length, gsize *size, gboolean *synchronizing);

/* Append TEXT as the server says strings: in quotes, or as a literal where those cannot hold
 * it; NULL as NIL. */
void mailsim_imap_append_string(GString *out, const char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimImapCommand, mailsim_imap_command_clear)
