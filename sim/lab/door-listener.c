/* SPDX-License-Identifier: MIT
 *
 * Where the door is: a listening socket for each service of each host. The first host is at one
 * loopback address, the next at the one after it. */
#include "door-private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <unistd.h>

#define ADDRESS_DEFAULT "127.0.0.1"

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
add_listener(GPtrArray *listeners,
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
    g_ptr_array_add(listeners, listener);
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
    GPtrArray *listeners, MailsimHost *host, guint32 address, guint port_offset, GError **error)
{
    g_autoptr(GPtrArray) services = new_services(host);

    if (address == 0) {
        g_set_error(error, MAILSIM_DOOR_ERROR, MAILSIM_DOOR_ERROR_ADDRESS,
                    "no loopback address is left for %s", host->definition->hostname);
        return FALSE;
    }
    for (guint i = 0; i < services->len; i++) {
        if (!add_listener(listeners, host, g_ptr_array_index(services, i), address, port_offset,
                          error))
            return FALSE;
    }
    return TRUE;
}

GPtrArray *
listeners_new(MailsimLab *lab, const char *address, guint port_offset, GError **error)
{
    g_autoptr(GPtrArray) listeners = g_ptr_array_new_with_free_func(free_listener);
    guint32 first;

    if (!parse_loopback(address != NULL ? address : ADDRESS_DEFAULT, &first, error))
        return NULL;
    for (guint i = 0; i < lab->hosts->len; i++) {
        if (!listen_for_host(listeners, g_ptr_array_index(lab->hosts, i),
                             count_address(first, i), port_offset, error))
            return NULL;
    }
    return g_steal_pointer(&listeners);
}
