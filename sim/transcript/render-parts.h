/* SPDX-License-Identifier: MIT
 *
 * The parts of the text form, a function for each: what render-text.c puts together. */
#pragma once

#include "page.h"
#include "story.h"

/* The whole page; PIECES (NULL: none) notes where they begin. */
void render_whole(const MailsimRecording *recording,
                  const MailsimRenderOptions *options,
                  Pieces *pieces,
                  GString *out);

void render_title(Page *page);

/* The way of the longest journey of a message, as a picture, and the legend. */
void render_path(Page *page);
void render_legend(Page *page);

/* A scene: look-ups, who speaks to whom, the conversation, what became of the message. */
void render_scene(Page *page, const Scene *scene);

/* The SCENES of a step in the brief form, two lines for a hop. */
void render_brief(Page *page, const GPtrArray *scenes);

/* The event at INDEX of SCENE, and those that are told with it; the index of the next one. */
guint render_event(Page *page, const Scene *scene, guint index);

/* Of a scene that still grows, the events from INDEX on. */
void render_events(Page *page, const Scene *scene, guint index);

/* The same of a line of a conversation. */
guint render_line(Page *page, const Scene *scene, guint index);

/* Take the lines of logs out of SCENE, from event FIRST on, that this page does not show: they
 * neither matter nor have a note. */
void render_choose_log(const Page *page, Scene *scene, guint first);

/* LINE of a log, beside what it records. */
void render_log(Page *page, const MailsimEvent *line);

/* Does the client's log have a line that says how far SECURED, of that kind, is proved? */
gboolean render_is_logged(const Page *page, const MailsimEvent *secured);

/* The name by which people know the party NAME; lent. */
const char *render_name_party(const Page *page, const char *name);

/* The run of handshake messages in one direction that starts at event INDEX of SCENE, and the
 * certificate among them. The index of the first event after it. */
guint render_handshake(Page *page, const Scene *scene, guint index);
void render_secured(Page *page, const MailsimEvent *event);

/* The policy for a server. Of a record of many digits only the beginning, unless all is to be
 * told; free with g_free(). */
void render_policy(Page *page, const MailsimEvent *event);
char *render_dup_shortened(const Page *page, const char *record);

/* The same of several, joined by “, ”. */
char *render_dup_all_shortened(const Page *page, const char *records);

/* The evaluations of one list for one recipient that start at INDEX; the index after them. */
guint render_rules(Page *page, const Scene *scene, guint index);

/* Whom a status is about, “ana@iesgn.example (was info@iesgn.example)”; free with g_free(). */
char *render_dup_recipient(const Page *page, const MailsimEvent *event);

/* A message in a queue: that it came, what became of it, what the queue manager did in ATTEMPT
 * (NULL: nobody knows), what its sender is told. */
void render_queued(Page *page, const MailsimEvent *event);
void render_status(Page *page, const MailsimEvent *event);
void render_queue(Page *page, const MailsimEvent *event, const Attempt *attempt);
void render_notification(Page *page, const MailsimEvent *event);

/* What a mail program found in its mailbox; in words, free with g_free(). */
void render_fetched(Page *page, const MailsimEvent *event);
char *render_dup_fetched(const Page *page, const MailsimEvent *event);

/* A reason that no server gave, but the mail program, in the page's language; lent. */
const char *render_translate_reason(const Page *page, const char *reason);

/* FIRST and the attempts that are counted with it. */
void render_counted(Page *page, const Attempt *first);

/* What somebody looked at, as it looks on a real host. */
void render_shown(Page *page, const MailsimEvent *event);

/* The note of EVENT, if it has one and the detail asks for it. */
void render_note(Page *page, const MailsimEvent *event);

/* Has the server of HOP proved who it is? UNASKED: it could, but the client did not insist. */
typedef enum {
    PROOF_GIVEN,
    PROOF_MISSING,
    PROOF_UNASKED,
} Proof;

Proof render_judge_proof(const MailsimHop *hop);

/* What the step came to, with its failed expectations; the table at the end; the last line. */
void render_outcome(Page *page, guint step);
void render_table(Page *page);
void render_verdict(Page *page);
