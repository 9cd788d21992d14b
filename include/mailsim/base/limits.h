/* SPDX-License-Identifier: MIT
 *
 * Every limit of the program, in one place. A limit that an RFC sets cites it; the others
 * keep a runaway scenario from eating the machine, and each of them ends in a message, never
 * in silence. */
#pragma once

/* A scenario file: bytes and lines in all, bytes in one line, and how deep include and like
 * nest. */
#define MAILSIM_SCENARIO_FILE_MAX_BYTES (64 * 1024 * 1024)
#define MAILSIM_SCENARIO_LINES_MAX      1000000
#define MAILSIM_SCENARIO_LINE_MAX_BYTES (64 * 1024)
#define MAILSIM_INCLUDE_MAX_DEPTH       16

/* Diagnostics printed before "and N more". */
#define MAILSIM_DIAGNOSTICS_SHOWN 20

/* Beyond this many candidates nobody is helped by "did you mean", and looking costs too
 * much. */
#define MAILSIM_SUGGESTION_MAX_CANDIDATES 4096

/* Hosts and mail programs of one scenario; events of one run; events waiting in the queue. */
#define MAILSIM_PARTIES_MAX 4096
#define MAILSIM_EVENTS_MAX  1000000

/* Bytes carried in one go over a link, so that the kernel's socket buffers never decide an
 * order. */
#define MAILSIM_CARRY_MAX_BYTES (16 * 1024)

/* Bytes that a server has to say to a client of the real world before it waits for them to be
 * taken. */
#define MAILSIM_SAY_AHEAD_MAX_BYTES (64 * 1024)

/* Deliveries that a host has under way at a time, with two descriptors each; the others wait,
 * as they do for postconf(5) default_destination_concurrency_limit. */
#define MAILSIM_DELIVERIES_MAX 20

/* Turns that one delivery takes through aliases and ~/.forward files, and how deep they go:
 * more are a circle. Only a small postconf(5) duplicate_filter_limit lets it come so far. */
#define MAILSIM_LOCAL_TURNS_MAX  20000
#define MAILSIM_LOCAL_LEVELS_MAX 1000

/* File descriptors that visitors of a door leave to the lab itself. */
#define MAILSIM_DESCRIPTORS_SPARE 64

/* Bytes that a server reads of a client of the real world before it has heard the earlier
 * ones. */
#define MAILSIM_READ_AHEAD_MAX_BYTES (256 * 1024)

/* postconf(5) line_length_limit: a longer line is cut into pieces of this size. */
#define MAILSIM_LINE_MAX_BYTES 2048

/* Lines of one reply (RFC 5321 §4.2 sets no limit; Postfix's client does not either). */
#define MAILSIM_REPLY_LINES_MAX 1024

/* What a mail program hears of a server from which it gets mail: a line, all of a conversation,
 * and messages in the mailbox. A server that says more is not believed. */
#define MAILSIM_FETCH_LINE_MAX_BYTES (1024 * 1024)
#define MAILSIM_FETCH_MAX_BYTES      (64 * 1024 * 1024)
#define MAILSIM_FETCH_MESSAGES_MAX   100000

/* A line of a mail log that is to be explained: rsyslog.conf(5) maxMessageSize, beyond which no
 * line of a real log goes. */
#define MAILSIM_LOG_LINE_MAX_BYTES (8 * 1024)

/* Messages whose lines are put together when many are explained. */
#define MAILSIM_LOG_MESSAGES_MAX 1000

/* Mailboxes of a user, messages and octets in all of them, and keywords of a mailbox: whoever
 * makes more of them by IMAP than anybody can want is refused. */
#define MAILSIM_MAILBOXES_MAX  2000
#define MAILSIM_MESSAGES_MAX   100000
#define MAILSIM_MAIL_MAX_BYTES (1000 * 1000 * 1000)
#define MAILSIM_KEYWORDS_MAX   64

/* dovecot.conf imap_max_line_length: more than that is not borne, whatever it says. */
#define MAILSIM_IMAP_LINE_MAX_BYTES (16 * 1024 * 1024)

/* How deep lists are nested in a command of IMAP. */
#define MAILSIM_IMAP_NESTING_MAX 1000

/* A message that IMAP's APPEND takes. */
#define MAILSIM_APPEND_MAX_BYTES (100 * 1000 * 1000)
