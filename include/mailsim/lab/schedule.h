/* SPDX-License-Identifier: MIT
 *
 * The virtual clock and the one queue of things to come, ordered by (time, sequence): two
 * things at the same time happen in the order in which they were put there, so that a scenario
 * has exactly one history. */
#pragma once

#include <mailsim/base/time.h>

typedef struct MailsimSchedule MailsimSchedule;
typedef void (*MailsimHappening)(gpointer data);

/* Something that is to happen; valid until it happens or is cancelled. */
typedef GSequenceIter MailsimAppointment;

MailsimSchedule *mailsim_schedule_new(MailsimTime start_us);
void mailsim_schedule_free(MailsimSchedule *schedule);
MailsimTime mailsim_schedule_get_now(const MailsimSchedule *schedule);

/* Let HAPPEN(DATA) happen DELAY_US from now. DATA is freed by DESTROY (NULL: not) after it has
 * happened, or with the schedule. */
MailsimAppointment *mailsim_schedule_add(MailsimSchedule *schedule,
                                         gint64 delay_us,
                                         MailsimHappening happen,
                                         gpointer data,
                                         GDestroyNotify destroy);

/* The same for something that nobody waits for, such as the next queue run: it happens when its
 * time comes, but does not make the schedule busy. */
MailsimAppointment *mailsim_schedule_add_background(MailsimSchedule *schedule,
                                                    gint64 delay_us,
                                                    MailsimHappening happen,
                                                    gpointer data);

/* Is there something to come that is waited for? */
gboolean mailsim_schedule_is_busy(const MailsimSchedule *schedule);

/* It shall not happen. NULL: nothing is done. */
void mailsim_schedule_cancel(MailsimAppointment *appointment);

/* Take the next thing, set the clock to its time and let it happen. FALSE: nothing is left. */
gboolean mailsim_schedule_step(MailsimSchedule *schedule);

/* When the next thing is to happen. FALSE: nothing is left. */
gboolean mailsim_schedule_peek(const MailsimSchedule *schedule, MailsimTime *at_us);

/* Set the clock to NOW_US, later than before, and let nothing happen: all that was due by then
 * has. */
void mailsim_schedule_pass(MailsimSchedule *schedule, MailsimTime now_us);

/* Let everything happen that is due by NOW_US, and let it be that late. */
void mailsim_schedule_follow(MailsimSchedule *schedule, MailsimTime now_us);

/* How many have happened since the beginning. */
guint mailsim_schedule_count(const MailsimSchedule *schedule);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimSchedule, mailsim_schedule_free)
