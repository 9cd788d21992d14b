/* SPDX-License-Identifier: MIT
 *
 * The door's loop: one epoll(7) over the listening sockets, the visitors and the owner's stop,
 * woken also when something is due: for a visitor, by the clock of the real world, or in the
 * lab. What a turn costs depends on who has something to say, not on how many are there. */
#include "door-private.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <mailsim/base/ip-address.h>
#include <mailsim/base/limits.h>

G_DEFINE_QUARK(mailsim - door - error - quark, mailsim_door_error)

#define STRANGER "visitor"

/* After “too many open files” with nobody here who could leave. */
#define RETRY_US MAILSIM_SECOND

/* Of the lab's own work, so much is done before visitors are heard again. */
#define HURRY_MAX 256

/* Who is heard in one turn. */
#define HEARD_MAX 256

struct MailsimDoor {
    MailsimLab *lab;
    gboolean real_time;   /* the lab's clock does not jump */
    MailsimTime ahead_us; /* so far it has, in all */
    MailsimTime (*get_now)(void);
    VisitorClock clock;
    Visitor visitor;
    int epoll_fd;
    int stop_fd;          /* that is waited for; -1: none yet */
    GPtrArray *listeners; /* of Listener */
    GPtrArray *services;  /* of MailsimDoorService, borrowed from them */
    GHashTable *visits;   /* descriptor: Visit */
    GPtrArray *stirred;   /* of Visit, borrowed: what they wait for may have changed */
    GPtrArray *busy;      /* of Visit, borrowed: they have something to do, whatever is heard */
    guint n_visits;       /* so far */
    int n_descriptors_max;
    MailsimTime full_us; /* since when nobody is let in; 0: they are */
    MailsimTime busy_us; /* when something happened last */
};

/* ---- who comes in ------------------------------------------------------------------------ */

static gboolean
has_party(const MailsimLab *lab, const char *name)
{
    return mailsim_recording_find_party(lab->recording, name) != NULL;
}

static const MailsimParty *
find_party_at(const MailsimLab *lab, const char *address)
{
    MailsimHost *host = mailsim_lab_find_host_at((MailsimLab *)lab, address);

    if (host != NULL)
        return mailsim_recording_find_party(lab->recording, host->definition->name);
    for (guint i = 0; i < lab->recording->parties->len; i++) {
        const MailsimParty *party = g_ptr_array_index(lab->recording->parties, i);

        if (g_strcmp0(party->address, address) == 0)
            return party;
    }
    return NULL;
}

/* Where scenarios put mail programs, too, but from the other end. */
static char *
dup_free_address(const MailsimLab *lab)
{
    for (guint last = 254; last > 0; last--) {
        g_autofree char *address = g_strdup_printf("198.51.100.%u", last);

        if (find_party_at(lab, address) == NULL)
            return g_steal_pointer(&address);
    }
    return g_strdup("198.51.100.254");
}

static char *
dup_free_name(const MailsimLab *lab)
{
    char *name = g_strdup(STRANGER);

    for (guint i = 2; has_party(lab, name); i++) {
        g_free(name);
        name = g_strdup_printf(STRANGER "-%u", i);
    }
    return name;
}

static void
add_stranger(MailsimDoor *door)
{
    MailsimParty *party;

    door->visitor.party = dup_free_name(door->lab);
    party = mailsim_recording_add_party(door->lab->recording);
    party->name = g_strdup(door->visitor.party);
    party->address = g_strdup(door->visitor.address);
}

static gboolean
settle_visitor(MailsimDoor *door, const char *address, GError **error)
{
    const MailsimParty *party = NULL;
    MailsimIpAddress parsed;

    if (address != NULL && !mailsim_ip_address_parse(address, &parsed)) {
        g_set_error(error, MAILSIM_DOOR_ERROR, MAILSIM_DOOR_ERROR_ADDRESS,
                    "“%s” is no IP address", address);
        return FALSE;
    }
    if (address != NULL && !mailsim_ip_address_is_unroutable(&parsed)) {
        g_set_error(error, MAILSIM_DOOR_ERROR, MAILSIM_DOOR_ERROR_ADDRESS,
                    "%s is a public address: somebody else's", address);
        return FALSE;
    }
    if (address == NULL) {
        door->visitor.address = dup_free_address(door->lab);
    } else {
        door->visitor.address = mailsim_ip_address_format(&parsed);
        party = find_party_at(door->lab, door->visitor.address);
    }
    if (party == NULL) {
        add_stranger(door);
        return TRUE;
    }
    door->visitor.party = g_strdup(party->name);
    door->visitor.is_host = party->is_host;
    return TRUE;
}

/* ---- who is listened to ------------------------------------------------------------------ */

static void
listen_to(const MailsimDoor *door, int operation, int fd, guint32 events)
{
    struct epoll_event question = {.events = events, .data.fd = fd};

    if (epoll_ctl(door->epoll_fd, operation, fd, &question) != 0)
        g_error("epoll_ctl: %s", g_strerror(errno));
}

/* Whoever is not waited for is not asked either, or a connection that is gone would be found
 * again and again. */
static void
ask_visit(const MailsimDoor *door, Visit *visit)
{
    const guint32 before = visit->asked;

    visit->asked = visit_is_over(visit) ? 0 : visit_get_question(visit);
    if (visit->asked == before)
        return;
    listen_to(door,
              before == 0         ? EPOLL_CTL_ADD
              : visit->asked == 0 ? EPOLL_CTL_DEL
                                  : EPOLL_CTL_MOD,
              visit->fd, visit->asked);
}

static void
set_full(MailsimDoor *door, gboolean full)
{
    if ((door->full_us != 0) == full)
        return;
    door->full_us = full ? door->clock.now_us : 0;
    for (guint i = 0; i < door->listeners->len; i++) {
        const Listener *listener = g_ptr_array_index(door->listeners, i);

        listen_to(door, EPOLL_CTL_MOD, listener->fd, full ? 0 : EPOLLIN);
    }
}

static const Listener *
find_listener(const MailsimDoor *door, int fd)
{
    for (guint i = 0; i < door->listeners->len; i++) {
        const Listener *listener = g_ptr_array_index(door->listeners, i);

        if (listener->fd == fd)
            return listener;
    }
    return NULL;
}

/* ---- letting in, and parting ------------------------------------------------------------- */

/* Deliveries inside the lab take descriptors as well, and cannot wait for them. */
static int
count_descriptors(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > G_MAXINT)
        return G_MAXINT;
    return (int)limit.rlim_cur - MIN(MAILSIM_DESCRIPTORS_SPARE, (int)limit.rlim_cur / 4);
}

static gboolean
is_out_of_descriptors(int reason)
{
    return reason == EMFILE || reason == ENFILE || reason == ENOBUFS || reason == ENOMEM;
}

static void
note_stirred(gpointer data, Visit *visit)
{
    MailsimDoor *door = data;

    if (visit->stirred)
        return;
    visit->stirred = TRUE;
    g_ptr_array_add(door->stirred, visit);
}

/* FALSE: there is nobody else for now, or no room for anybody. */
static gboolean
let_in(MailsimDoor *door, const Listener *listener)
{
    const int yes = 1;
    const VisitOptions options = {
        .host = listener->host,
        .service = listener->definition,
        .visitor = &door->visitor,
        .clock = &door->clock,
        .stir = note_stirred,
        .data = door,
        .fd = door->full_us == 0
                  ? accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)
                  : -1,
    };

    if (options.fd < 0) {
        if (door->full_us == 0 && is_out_of_descriptors(errno))
            set_full(door, TRUE);
        return FALSE;
    }
    setsockopt(options.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    door->n_visits++;
    g_hash_table_insert(door->visits, GINT_TO_POINTER(options.fd), visit_new(&options));
    if (options.fd >= door->n_descriptors_max)
        set_full(door, TRUE);
    return door->full_us == 0;
}

static void
part(MailsimDoor *door, Visit *visit)
{
    visit_end(visit);
    g_hash_table_remove(door->visits, GINT_TO_POINTER(visit->fd));
    set_full(door, FALSE);
}

/* Part from those who are done, and ask the others what they wait for now. */
static void
settle(MailsimDoor *door)
{
    for (guint i = 0; i < door->stirred->len; i++) {
        Visit *visit = g_ptr_array_index(door->stirred, i);

        visit->stirred = FALSE;
        g_ptr_array_remove_fast(door->busy, visit);
        ask_visit(door, visit);
        if (visit_is_over(visit))
            part(door, visit);
        else if (visit_is_busy(visit))
            g_ptr_array_add(door->busy, visit);
    }
    g_ptr_array_set_size(door->stirred, 0);
}

/* ---- waiting ----------------------------------------------------------------------------- */

static gboolean
is_lab_in_a_hurry(const MailsimDoor *door)
{
    return !door->real_time && mailsim_schedule_is_busy(door->lab->schedule);
}

static gint64
count_until(const MailsimSchedule *schedule, MailsimTime now_us)
{
    MailsimTime next_us;

    return mailsim_schedule_peek(schedule, &next_us) ? MAX(next_us - now_us, 0) : G_MAXINT64;
}

/* Milliseconds to wait; -1: for ever. Rounded up, or it would turn idly until the time has
 * come. */
static int
count_patience(const MailsimDoor *door, gint64 wait_us)
{
    gint64 patience_us = wait_us >= 0 ? wait_us : G_MAXINT64;

    if (door->busy->len > 0 || is_lab_in_a_hurry(door))
        return 0;
    patience_us = MIN(patience_us, count_until(door->clock.schedule, door->clock.now_us));
    patience_us =
        MIN(patience_us, count_until(door->lab->schedule, door->clock.now_us + door->ahead_us));
    if (door->full_us != 0 && g_hash_table_size(door->visits) == 0)
        patience_us = MIN(patience_us, RETRY_US);
    if (patience_us == G_MAXINT64)
        return -1;
    return (int)MIN((patience_us + MAILSIM_MILLISECOND - 1) / MAILSIM_MILLISECOND, G_MAXINT);
}

static void
follow_clock(MailsimDoor *door)
{
    door->clock.now_us = MAX(door->get_now(), door->clock.now_us);
    mailsim_lab_follow(door->lab, door->clock.now_us + door->ahead_us);
}

/* What is due for visitors who have not been heard, and what only the lab waits for. */
static void
let_happen(MailsimDoor *door)
{
    mailsim_schedule_follow(door->clock.schedule, door->clock.now_us);
    if (!door->real_time)
        mailsim_lab_hurry(door->lab, HURRY_MAX);
    door->ahead_us = mailsim_lab_get_now(door->lab) - door->clock.now_us;
}

static guint
count_happenings(const MailsimDoor *door)
{
    return mailsim_schedule_count(door->clock.schedule) +
           mailsim_schedule_count(door->lab->schedule);
}

static void
attend_busy(MailsimDoor *door)
{
    for (guint i = 0; i < door->busy->len; i++)
        visit_attend(g_ptr_array_index(door->busy, i), FALSE);
}

static void
attend(MailsimDoor *door, int fd)
{
    Visit *visit = g_hash_table_lookup(door->visits, GINT_TO_POINTER(fd));
    const Listener *listener = visit == NULL ? find_listener(door, fd) : NULL;

    if (visit != NULL)
        visit_attend(visit, TRUE);
    for (guint i = 0; i < HEARD_MAX && listener != NULL && let_in(door, listener); i++)
        continue;
}

static void
wait_for_stop(MailsimDoor *door, int stop_fd)
{
    if (stop_fd == door->stop_fd)
        return;
    if (door->stop_fd >= 0)
        listen_to(door, EPOLL_CTL_DEL, door->stop_fd, 0);
    if (stop_fd >= 0)
        listen_to(door, EPOLL_CTL_ADD, stop_fd, EPOLLIN);
    door->stop_fd = stop_fd;
}

/* Those who have said something are heard before anybody's time is over: it may be this program
 * that was late. Where something has happened meanwhile, the owner is to hear of it at once. */
gboolean
mailsim_door_wait(MailsimDoor *door, int stop_fd, gint64 wait_us)
{
    struct epoll_event heard[HEARD_MAX];
    const guint n_before = count_happenings(door);
    gboolean stopped = FALSE;
    int n_heard;

    wait_for_stop(door, stop_fd);
    follow_clock(door);
    if (count_happenings(door) != n_before)
        wait_us = 0;
    settle(door);
    n_heard = epoll_wait(door->epoll_fd, heard, HEARD_MAX, count_patience(door, wait_us));
    if (n_heard < 0 && errno != EINTR)
        g_error("epoll_wait: %s", g_strerror(errno));
    follow_clock(door);
    attend_busy(door);
    for (int i = 0; i < n_heard; i++) {
        if (heard[i].data.fd == stop_fd)
            stopped = TRUE;
        else
            attend(door, heard[i].data.fd);
    }
    let_happen(door);
    if (n_heard > 0 || count_happenings(door) != n_before)
        door->busy_us = door->clock.now_us;
    if (g_hash_table_size(door->visits) == 0 && door->full_us != 0 &&
        door->clock.now_us - door->full_us >= RETRY_US)
        set_full(door, FALSE);
    settle(door);
    return !stopped;
}

/* ---- life -------------------------------------------------------------------------------- */

static gboolean
open_epoll(MailsimDoor *door, GError **error)
{
    door->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (door->epoll_fd < 0) {
        g_set_error(error, MAILSIM_DOOR_ERROR, MAILSIM_DOOR_ERROR_LISTEN, "epoll_create1: %s",
                    g_strerror(errno));
        return FALSE;
    }
    for (guint i = 0; i < door->listeners->len; i++) {
        Listener *listener = g_ptr_array_index(door->listeners, i);

        listen_to(door, EPOLL_CTL_ADD, listener->fd, EPOLLIN);
        g_ptr_array_add(door->services, &listener->service);
    }
    return TRUE;
}

MailsimDoor *
mailsim_door_open(MailsimLab *lab, const MailsimDoorOptions *options, GError **error)
{
    g_autoptr(MailsimDoor) door = g_new0(MailsimDoor, 1);

    g_return_val_if_fail(lab->world != NULL && options->get_now != NULL, NULL);

    door->lab = lab;
    door->real_time = options->real_time;
    door->get_now = options->get_now;
    door->epoll_fd = -1;
    door->stop_fd = -1;
    door->services = g_ptr_array_new();
    door->visits = g_hash_table_new_full(NULL, NULL, NULL, visit_free);
    door->stirred = g_ptr_array_new();
    door->busy = g_ptr_array_new();
    door->n_descriptors_max = count_descriptors();
    door->clock.now_us = door->busy_us = options->get_now();
    door->clock.schedule = mailsim_schedule_new(door->clock.now_us);
    door->ahead_us = mailsim_lab_get_now(lab) - door->clock.now_us;
    door->listeners = listeners_new(lab, options->address, options->port_offset, error);
    if (door->listeners == NULL || !settle_visitor(door, options->client_address, error) ||
        !open_epoll(door, error))
        return NULL;
    return g_steal_pointer(&door);
}

void
mailsim_door_close(MailsimDoor *door)
{
    GHashTableIter iter;
    gpointer visit;

    g_hash_table_iter_init(&iter, door->visits);
    while (g_hash_table_iter_next(&iter, NULL, &visit))
        visit_end(visit);
    g_ptr_array_set_size(door->stirred, 0);
    g_ptr_array_set_size(door->busy, 0);
    g_hash_table_remove_all(door->visits);
    g_ptr_array_set_size(door->services, 0);
    g_ptr_array_set_size(door->listeners, 0);
}

void
mailsim_door_free(MailsimDoor *door)
{
    if (door == NULL)
        return;

    g_hash_table_unref(door->visits);
    g_ptr_array_unref(door->stirred);
    g_ptr_array_unref(door->busy);
    g_ptr_array_unref(door->services);
    g_clear_pointer(&door->listeners, g_ptr_array_unref);
    mailsim_schedule_free(door->clock.schedule);
    if (door->epoll_fd >= 0)
        close(door->epoll_fd);
    g_free(door->visitor.party);
    g_free(door->visitor.address);
    g_free(door);
}

const GPtrArray *
mailsim_door_list_services(const MailsimDoor *door)
{
    return door->services;
}

const char *
mailsim_door_get_visitor(const MailsimDoor *door)
{
    return door->visitor.party;
}

const char *
mailsim_door_get_client_address(const MailsimDoor *door)
{
    return door->visitor.address;
}

gint64
mailsim_door_get_idle_time(const MailsimDoor *door)
{
    return mailsim_door_is_idle(door) ? door->clock.now_us - door->busy_us : 0;
}

gboolean
mailsim_door_is_idle(const MailsimDoor *door)
{
    return g_hash_table_size(door->visits) == 0 && door->lab->connections->len == 0 &&
           !mailsim_schedule_is_busy(door->lab->schedule);
}

guint
mailsim_door_count_visits(const MailsimDoor *door)
{
    return door->n_visits;
}

gboolean
mailsim_door_is_full(const MailsimDoor *door)
{
    return door->full_us != 0;
}
