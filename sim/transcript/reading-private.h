/* SPDX-License-Identifier: MIT
 *
 * How the parts of a reading write down what they find. Between facts.c, which reads each event
 * by itself, and the conversations, which have to remember what was said before. */
#pragma once

#include <mailsim/transcript/facts.h>

/* Note a fact of EVENT: NAME alone, or NAME=VALUE when VALUE is not NULL. */
void reading_add_fact(MailsimReading *reading,
                      const MailsimEvent *event,
                      const char *name,
                      const char *value);

/* Note what {NAME} stands for at EVENT. A NULL value is no value. */
void reading_add_value(MailsimReading *reading,
                       const MailsimEvent *event,
                       const char *name,
                       const char *value);

/* Is the recording still being written? Then what is remembered of it is bounded. */
gboolean reading_is_open(const MailsimReading *reading);

/* EVENT will be come back to, and is not forgotten until as often it has been let go. */
void reading_hold(MailsimReading *reading, const MailsimEvent *event);
void reading_let_go(MailsimReading *reading, const MailsimEvent *event);

/* Has SERVER said KEYWORD before EVENT, in a step that is told? From now on it has. */
gboolean reading_hear_keyword(MailsimReading *reading,
                              const MailsimEvent *event,
                              const char *server,
                              const char *keyword);

/* The messages that have gone by before EVENT; NULL: its step is not told. */
GHashTable *reading_get_messages(const MailsimReading *reading, const MailsimEvent *event);

/* What EVENT says by itself; QUEUES is the memory of the messages in queues. */
void event_facts_read(MailsimReading *reading, GHashTable *queues, const MailsimEvent *event);

/* What a client finds out about a server, each event by itself. */
void server_facts_read_dns(MailsimReading *reading, const MailsimEvent *event);
void server_facts_read_policy(MailsimReading *reading, const MailsimEvent *event);
void server_facts_read_certificate(MailsimReading *reading, const MailsimEvent *event);

/* What a line of a mail log says. */
void log_facts_read(MailsimReading *reading, const MailsimEvent *event);

/* A memory of the messages in queues, by host and queue id, and what reads its events. */
GHashTable *queue_facts_new_table(void);
void
queue_facts_read_status(MailsimReading *reading, GHashTable *queues, const MailsimEvent *event);
void
queue_facts_read_queued(MailsimReading *reading, GHashTable *queues, const MailsimEvent *event);
void
queue_facts_read_queue(MailsimReading *reading, GHashTable *queues, const MailsimEvent *event);
void queue_facts_read_notification(MailsimReading *reading,
                                   GHashTable *queues,
                                   const MailsimEvent *event);

typedef struct Conversation Conversation;

/* One hop's conversation, line by line. */
Conversation *conversation_new(MailsimReading *reading, const MailsimHop *hop);
void conversation_free(Conversation *conversation);

void conversation_hear(Conversation *conversation, const MailsimEvent *event);

/* After the last line of a message: which of its lines did EARLIER (NULL: nobody) not carry
 * yet? */
void conversation_compare_message(Conversation *conversation, const Conversation *earlier);

/* An empty table of messages that go by, of whatever hop. */
GHashTable *conversation_new_messages(void);

gboolean conversation_has_message(const Conversation *conversation);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Conversation, conversation_free)
