/* SPDX-License-Identifier: MIT
 *
 * The door's loop: one poll() over the listening sockets, the visitors and the owner's stop,
 * woken also when the lab's schedule has something due. */
#include "door-private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <unistd.h>

#include <mailsim/base/ip-address.h>
#include <mailsim/base/limits.h>

G_DEFINE_QUARK(mailsim - door - error - quark, mailsim_door_error)

#define ADDRESS_DEFAULT "127.0.0.1"
#define STRANGER        "visitor"

/* After “too many open files” with nobody here who could leave. */
#define RETRY_US MAILSIM_SECOND

typedef struct {
    MailsimDoorService service;
    MailsimHost *host;
    const MailsimServiceDefinition *definition; /* lent by the host */
    int fd;
} Listener;

struct MailsimDoor {
    MailsimLab *lab;
    MailsimTime (*get_now)(void);
    Visitor visitor;
    GPtrArray *listeners;  /* of Listener */
    GPtrArray *services;   /* of MailsimDoorService, borrowed from them */
    GPtrArray *visits;     /* of Visit */
    GArray *questions;     /* of struct pollfd: the stop, the listeners, the visits */
    int n_descriptors_max; /* above it, the rest is for the lab */
    MailsimTime full_us;   /* since when nobody is let in; 0: they are */
    MailsimTime busy_us;   /* when something happened last */
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

/* ---- listening --------------------------------------------------------------------------- */

/* The loopback address INDEX after FIRST, in the byte order of the host; 0: there is none. */
static guint32
count_address(guint32 first, guint index)
{
    guint64 address = (guint64)first + index;

    return address >> 24 == IN_LOOPBACKNET && address < INADDR_LOOPBACK + 0xfffffeu
               ? (guint32)address
               : 0;
}

static gboolean
parse_loopback(const char *text, guint32 *address, GError **error)
{
    struct in_addr parsed;

    if (inet_pton(AF_INET, text, &parsed) == 1) {
        *address = ntohl(parsed.s_addr);
        if (*address >> 24 == IN_LOOPBACKNET && *address >= INADDR_LOOPBACK)
            return TRUE;
    }
    g_set_error(
        error, MAILSIM_DOOR_ERROR, MAILSIM_DOOR_ERROR_ADDRESS,
        "“%s” is no IPv4 loopback address (127.0.0.1 and the like): nobody outside this "
        "machine shall reach the lab",
        text);
    return FALSE;
}

static void
free_listener(gpointer data)
{
    Listener *listener = data;

    if (listener->fd >= 0)
        close(listener->fd);
    g_free(listener->service.host);
    g_free(listener->service.service);
    g_free(listener->service.address);
    g_free(listener);
}

static int
listen_at(guint32 address, guint port)
{
    const int yes = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in name = {
        .sin_family = AF_INET,
        .sin_port = htons((guint16)port),
        .sin_addr.s_addr = htonl(address),
    };
    int reason;

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, (const struct sockaddr *)&name, sizeof name) == 0 &&
        listen(fd, SOMAXCONN) == 0)
        return fd;
    reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

static gboolean
add_listener(MailsimDoor *door,
             MailsimHost *host,
             const MailsimServiceDefinition *definition,
             guint32 address,
             guint port_offset,
             GError **error)
{
    Listener *listener = g_new0(Listener, 1);
    struct in_addr shown = {htonl(address)};
    char text[INET_ADDRSTRLEN];

    listener->fd = -1;
    listener->host = host;
    listener->definition = definition;
    listener->service.host = g_strdup(host->definition->hostname);
    listener->service.service = g_strdup(definition->name);
    listener->service.address = g_strdup(inet_ntop(AF_INET, &shown, text, sizeof text));
    listener->service.port = definition->port + port_offset;
    g_ptr_array_add(door->listeners, listener);
    g_ptr_array_add(door->services, &listener->service);
    if (listener->service.port > G_MAXUINT16) {
        g_set_error(error, MAILSIM_DOOR_ERROR, MAILSIM_DOOR_ERROR_PORT,
                    "port %u of %s and %u more make %u; the last port is 65535",
                    definition->port, listener->service.host, port_offset,
                    listener->service.port);
        return FALSE;
    }
    listener->fd = listen_at(address, listener->service.port);
    if (listener->fd >= 0)
        return TRUE;
    g_set_error(error, MAILSIM_DOOR_ERROR, MAILSIM_DOOR_ERROR_LISTEN,
                "cannot listen at %s:%u for %s (%s): %s", listener->service.address,
                listener->service.port, listener->service.host, listener->service.service,
                g_strerror(errno));
    return FALSE;
}

static gint
compare_ports(gconstpointer a, gconstpointer b)
{
    const MailsimServiceDefinition *left = *(const MailsimServiceDefinition *const *)a;
    const MailsimServiceDefinition *right = *(const MailsimServiceDefinition *const *)b;

    return left->port < right->port ? -1 : left->port > right->port;
}

/* By port, with the plain port 25 that every host has without being said. */
static GPtrArray *
new_services(const MailsimHost *host)
{
    GPtrArray *services = g_ptr_array_new();
    const MailsimServiceDefinition *plain = mailsim_host_find_service(host, 25);

    for (guint i = 0; i < host->definition->services->len; i++)
        g_ptr_array_add(services, g_ptr_array_index(host->definition->services, i));
    for (guint i = 0; i < host->dovecot_services->len; i++)
        g_ptr_array_add(services, g_ptr_array_index(host->dovecot_services, i));
    if (plain != NULL && !g_ptr_array_find(services, plain, NULL))
        g_ptr_array_add(services, (gpointer)plain);
    g_ptr_array_sort(services, compare_ports);
    return services;
}

static gboolean
listen_for_host(
    MailsimDoor *door, guint index, guint32 first, guint port_offset, GError **error)
{
    MailsimHost *host = g_ptr_array_index(door->lab->hosts, index);
    g_autoptr(GPtrArray) services = new_services(host);
    const guint32 address = count_address(first, index);

    if (address == 0) {
        g_set_error(error, MAILSIM_DOOR_ERROR, MAILSIM_DOOR_ERROR_ADDRESS,
                    "no loopback address is left for %s", host->definition->hostname);
        return FALSE;
    }
    for (guint i = 0; i < services->len; i++) {
        if (!add_listener(door, host, g_ptr_array_index(services, i), address, port_offset,
                          error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
listen_for_all(MailsimDoor *door, const MailsimDoorOptions *options, GError **error)
{
    guint32 first;

    if (!parse_loopback(options->address != NULL ? options->address : ADDRESS_DEFAULT, &first,
                        error))
        return FALSE;
    for (guint i = 0; i < door->lab->hosts->len; i++) {
        if (!listen_for_host(door, i, first, options->port_offset, error))
            return FALSE;
    }
    return TRUE;
}

/* ---- letting in -------------------------------------------------------------------------- */

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

/* FALSE: there is nobody else for now. */
static gboolean
let_in(MailsimDoor *door, const Listener *listener)
{
    const int yes = 1;
    int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd < 0) {
        if (is_out_of_descriptors(errno))
            door->full_us = mailsim_lab_get_now(door->lab);
        return FALSE;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    g_ptr_array_add(door->visits,
                    visit_new(listener->host, listener->definition, &door->visitor, fd));
    if (fd >= door->n_descriptors_max)
        door->full_us = mailsim_lab_get_now(door->lab);
    return door->full_us == 0;
}

/* ---- waiting ----------------------------------------------------------------------------- */

static void
ask(MailsimDoor *door, int stop_fd)
{
    struct pollfd question = {.fd = stop_fd, .events = POLLIN};

    g_array_set_size(door->questions, 0);
    g_array_append_val(door->questions, question);
    for (guint i = 0; i < door->listeners->len; i++) {
        const Listener *listener = g_ptr_array_index(door->listeners, i);

        question.fd = door->full_us == 0 ? listener->fd : -1;
        question.events = POLLIN;
        g_array_append_val(door->questions, question);
    }
    for (guint i = 0; i < door->visits->len; i++) {
        if (!visit_ask(g_ptr_array_index(door->visits, i), &question))
            question.fd = -1;
        g_array_append_val(door->questions, question);
    }
}

static gboolean
is_anybody_busy(const MailsimDoor *door)
{
    for (guint i = 0; i < door->visits->len; i++) {
        if (visit_is_busy(g_ptr_array_index(door->visits, i)))
            return TRUE;
    }
    return FALSE;
}

/* Milliseconds for poll(); -1: for ever. Rounded up, or it would turn idly until the time has
 * come. */
static int
count_patience(const MailsimDoor *door, gint64 wait_us)
{
    MailsimTime now_us = mailsim_lab_get_now(door->lab);
    MailsimTime next_us;
    gint64 patience_us = wait_us >= 0 ? wait_us : G_MAXINT64;

    if (is_anybody_busy(door))
        return 0;
    if (mailsim_schedule_peek(door->lab->schedule, &next_us))
        patience_us = MIN(patience_us, next_us - now_us);
    if (door->full_us != 0 && door->visits->len == 0)
        patience_us = MIN(patience_us, RETRY_US);
    if (patience_us == G_MAXINT64)
        return -1;
    return (int)MIN((patience_us + MAILSIM_MILLISECOND - 1) / MAILSIM_MILLISECOND, G_MAXINT);
}

static void
follow_clock(MailsimDoor *door)
{
    guint n_before = mailsim_schedule_count(door->lab->schedule);

    mailsim_lab_follow(door->lab, door->get_now());
    if (mailsim_schedule_count(door->lab->schedule) != n_before)
        door->busy_us = mailsim_lab_get_now(door->lab);
}

static void
part_from_those_who_are_done(MailsimDoor *door)
{
    for (guint i = door->visits->len; i > 0; i--) {
        Visit *visit = g_ptr_array_index(door->visits, i - 1);

        if (!visit_is_over(visit))
            continue;
        visit_end(visit);
        g_ptr_array_remove_index(door->visits, i - 1);
        door->full_us = 0;
    }
}

/* The visits that were asked are the first ones: who comes in meanwhile is put behind them. */
static void
attend_everybody(MailsimDoor *door)
{
    const struct pollfd *answers = (const struct pollfd *)door->questions->data + 1;
    const guint n_asked = door->questions->len - 1 - door->listeners->len;

    for (guint i = 0; i < n_asked; i++) {
        Visit *visit = g_ptr_array_index(door->visits, i);

        if (answers[door->listeners->len + i].revents != 0 || visit_is_busy(visit))
            visit_attend(visit, answers[door->listeners->len + i].revents);
    }
    for (guint i = 0; i < door->listeners->len; i++) {
        if (answers[i].revents != 0 && door->full_us == 0) {
            while (let_in(door, g_ptr_array_index(door->listeners, i)))
                ;
        }
    }
}

gboolean
mailsim_door_wait(MailsimDoor *door, int stop_fd, gint64 wait_us)
{
    int n_found;

    follow_clock(door);
    part_from_those_who_are_done(door);
    ask(door, stop_fd);
    n_found = poll((struct pollfd *)door->questions->data, door->questions->len,
                   count_patience(door, wait_us));
    if (n_found < 0 && errno != EINTR)
        g_error("poll: %s", g_strerror(errno));
    if (n_found < 0)
        return TRUE;
    follow_clock(door);
    if (n_found > 0)
        door->busy_us = mailsim_lab_get_now(door->lab);
    if (door->visits->len == 0 && mailsim_lab_get_now(door->lab) - door->full_us >= RETRY_US)
        door->full_us = 0;
    attend_everybody(door);
    part_from_those_who_are_done(door);
    return g_array_index(door->questions, struct pollfd, 0).revents == 0;
}

/* ---- life -------------------------------------------------------------------------------- */

MailsimDoor *
mailsim_door_open(MailsimLab *lab, const MailsimDoorOptions *options, GError **error)
{
    g_autoptr(MailsimDoor) door = g_new0(MailsimDoor, 1);

    g_return_val_if_fail(lab->world != NULL && options->get_now != NULL, NULL);

    door->lab = lab;
    door->get_now = options->get_now;
    door->listeners = g_ptr_array_new_with_free_func(free_listener);
    door->services = g_ptr_array_new();
    door->visits = g_ptr_array_new_with_free_func(visit_free);
    door->questions = g_array_new(FALSE, FALSE, sizeof(struct pollfd));
    door->n_descriptors_max = count_descriptors();
    door->busy_us = mailsim_lab_get_now(lab);
    if (!settle_visitor(door, options->client_address, error) ||
        !listen_for_all(door, options, error))
        return NULL;
    return g_steal_pointer(&door);
}

void
mailsim_door_close(MailsimDoor *door)
{
    for (guint i = 0; i < door->visits->len; i++)
        visit_end(g_ptr_array_index(door->visits, i));
    g_ptr_array_set_size(door->visits, 0);
    g_ptr_array_set_size(door->services, 0);
    g_ptr_array_set_size(door->listeners, 0);
}

void
mailsim_door_free(MailsimDoor *door)
{
    if (door == NULL)
        return;

    g_ptr_array_unref(door->visits);
    g_ptr_array_unref(door->services);
    g_ptr_array_unref(door->listeners);
    g_array_unref(door->questions);
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
    if (door->visits->len > 0 || door->lab->connections->len > 0)
        return 0;
    return mailsim_lab_get_now(door->lab) - door->busy_us;
}

gboolean
mailsim_door_is_full(const MailsimDoor *door)
{
    return door->full_us != 0;
}
