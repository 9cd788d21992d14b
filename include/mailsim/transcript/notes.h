/* SPDX-License-Identifier: MIT
 *
 * The notes that explain events, in Spanish and English. They are data
 * (sim/transcript/notes/): each names the kind of event and the facts that must hold
 * there. An event gets at most one. */
#pragma once

#include <gio/gio.h>

#include <mailsim/transcript/facts.h>

#define MAILSIM_LANGUAGES (MAILSIM_LANGUAGE_ES + 1)

/* A note takes at most this many lines of this many columns; a longer one is an essay. */
#define MAILSIM_NOTE_MAX_LINES 3
#define MAILSIM_NOTE_COLUMNS   64

typedef struct {
    char *id;
    MailsimEventKind on;
    char **when;                   /* conditions, all of which must hold */
    char *text[MAILSIM_LANGUAGES]; /* NULL: the language is missing */
    char *more[MAILSIM_LANGUAGES]; /* what detail=full adds; may be NULL */
    char *reference;               /* “RFC 3207 §4.2”, else NULL */
    char *parameter;               /* “smtpd_tls_auth_only”, else NULL */
    gboolean repeat;               /* at every event that fits, not only at the first */
    gboolean brief;                /* with little detail too */
} MailsimNote;

typedef struct MailsimNotes MailsimNotes;

/* The resource with the built-in notes; calling it is what links it in. */
GResource *mailsim_notes_get_resource(void);

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

/* The text (or, with MORE, the addition) with its placeholders filled in for one event; free
 * with g_free(); NULL when there is none or a placeholder has no value there. */
char *mailsim_note_dup_text(const MailsimNote *note,
                            const MailsimReading *reading,
                            guint sequence,
                            MailsimLanguage language,
                            gboolean more);

/* “RFC 4954 §4” or the parameter or both; free with g_free(); NULL for neither. */
char *mailsim_note_dup_reference(const MailsimNote *note);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimNotes, mailsim_notes_free)
