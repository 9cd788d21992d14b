/* SPDX-License-Identifier: MIT
 *
 * The notes that explain events, in Spanish and English. They are data
 * (sim/transcript/notes/): each names the kind of event and the facts that must hold
 * there. An event gets at most one.
 *
 * A note has two levels. The first, its text, stands beside the event. The second is for
 * detail=full, in up to four parts: what else there is to know, what another setting would do,
 * a command that shows it on a real machine (Debian 12, Postfix 3.7, Dovecot 2.3), and where to
 * read on. */
#pragma once

#include <mailsim/transcript/facts.h>

/* A note takes at most this many lines of this many columns; a longer one is an essay. */
#define MAILSIM_NOTE_MAX_LINES 3
#define MAILSIM_NOTE_COLUMNS   64

typedef enum {
    MAILSIM_NOTE_TEXT,
    MAILSIM_NOTE_MORE,      /* the second level begins here */
    MAILSIM_NOTE_OTHERWISE, /* what another setting would do */
    MAILSIM_NOTE_SEE,       /* “postconf mynetworks”: a command, alike in all languages */
    MAILSIM_NOTE_READ,      /* “postconf(5), RFC 5321 §4.2.1”, too */
    MAILSIM_NOTE_PARTS
} MailsimNotePart;

typedef struct {
    char *id;
    MailsimEventKind on;
    char **when;                                        /* conditions, all of which must hold */
    char *parts[MAILSIM_NOTE_PARTS][MAILSIM_LANGUAGES]; /* NULL: has none */
    char *reference;                                    /* “RFC 3207 §4.2”, else NULL */
    char *parameter; /* “smtpd_tls_auth_only”, else NULL */
    char *repeat;    /* why it is told at every event that fits; NULL: only at the first */
    gboolean brief;  /* with little detail too */
} MailsimNote;

typedef struct MailsimNotes MailsimNotes;

/* The built-in notes. They are part of the program: a mistake in them is an assertion. */
MailsimNotes *mailsim_notes_new(void);
void mailsim_notes_free(MailsimNotes *notes);

guint mailsim_notes_count(const MailsimNotes *notes);
const MailsimNote *mailsim_notes_get(const MailsimNotes *notes, guint index);

/* The note of every event, by sequence; NULL where there is none. The array is the caller's,
 * the notes are lent. The first note in the order of the files wins; it is spent in the order
 * in which the story is told, hop by hop, which is not always that of the events. */
GPtrArray *mailsim_notes_attach(const MailsimNotes *notes, const MailsimReading *reading);

/* The note of one event, lent; NULL: none. SPENT holds a gboolean for each note, at first
 * FALSE: most notes are given once. */
const MailsimNote *mailsim_notes_choose(const MailsimNotes *notes,
                                        const MailsimReading *reading,
                                        const MailsimEvent *event,
                                        gboolean *spent);

/* A part with its placeholders filled in for one event; free with g_free(); NULL when there is
 * none or a placeholder has no value there. */
char *mailsim_note_dup_text(const MailsimNote *note,
                            const MailsimReading *reading,
                            guint sequence,
                            MailsimLanguage language,
                            MailsimNotePart part);

/* “RFC 4954 §4” or the parameter or both; free with g_free(); NULL for neither. */
char *mailsim_note_dup_reference(const MailsimNote *note);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimNotes, mailsim_notes_free)
