/* SPDX-License-Identifier: MIT
 *
 * The arguments of a command of IMAP, read as they come: line by line, with literals between
 * the lines (RFC 3501 §4). What is broken is called so in Dovecot's words. */
#pragma once

#include <mailsim/protocol/imap-command.h>

typedef enum {
    MAILSIM_IMAP_READ_DONE,    /* the line is over, or there are as many as were wanted */
    MAILSIM_IMAP_READ_LITERAL, /* literal_size octets are to come, and another line */
    MAILSIM_IMAP_READ_LINE,    /* another line alone: a list goes on behind a literal's size */
    MAILSIM_IMAP_READ_FAILED,  /* see problem */
    MAILSIM_IMAP_READ_TOO_BIG, /* a literal that is not to be borne */
} MailsimImapReadResult;

typedef struct {
    guint count_max;        /* arguments that are wanted; 0: all of the line */
    gboolean literal_sizes; /* literals are not read: they are MAILSIM_IMAP_LITERAL, and the
                               line ends there */
    gsize length_max;       /* of an argument, or of all with the literals */
    guint nesting_max;      /* of lists */

    GPtrArray *arguments; /* of MailsimImapArgument: what has been read */
    GPtrArray *open;      /* of GPtrArray: lists that are not closed yet, the innermost last */
    gsize length;         /* octets of the command before the line that is read */
    gsize offset;         /* in that line: so far it has been read */
    gsize literal_size;
    gboolean invites;    /* the client has announced a literal, and waits for “+ OK”; also
                             where it then FAILED */
    const char *problem; /* static */
} MailsimImapReader;

/* LENGTH octets of the command have been read already. */
void mailsim_imap_reader_init(MailsimImapReader *reader, gsize length);
void mailsim_imap_reader_clear(MailsimImapReader *reader);

/* LINE without its end, from the reader's offset on. It was CUT: more of it is to come. */
MailsimImapReadResult mailsim_imap_reader_read(MailsimImapReader *reader,
                                               const char *line,
                                               gsize length,
                                               gboolean cut);

/* The octets of the literal; what is read next is another line, from its beginning. */
void
mailsim_imap_reader_take_literal(MailsimImapReader *reader, const char *octets, gsize length);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MailsimImapReader, mailsim_imap_reader_clear)
