/* SPDX-License-Identifier: MIT
 *
 * What conversations cost in this process, in plain words for benchmark.py:
 *
 *     benchmark-conversations handshakes N   CPU time, in microseconds, of a bare TLS handshake
 *                                            and of a whole conversation inside TLS
 *     benchmark-conversations transactions N SIZE   of one message of SIZE in the clear
 *     benchmark-conversations growth N       of a conversation inside TLS, N being open at once
 *     benchmark-conversations open N         memory, in bytes, of each of N open conversations
 */
#include "bare-tls.h"
#include "lab-load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE_BYTES 1000

static gint64
get_cpu_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

/* Bytes of memory that this process has for itself: Linux, proc(5). */
static gint64
get_resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    long total;
    long resident;
    long shared;

    if (file == NULL || fscanf(file, "%ld %ld %ld", &total, &resident, &shared) != 3)
        g_error("/proc/self/statm cannot be read");
    fclose(file);
    return (gint64)resident * sysconf(_SC_PAGESIZE);
}

/* Two descriptors for each conversation, as for all that the program does in one process. */
static gboolean
allow_descriptors(guint n_conversations)
{
    const rlim_t wanted = 2 * (rlim_t)n_conversations + 64;
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= wanted)
        return TRUE;
    limit.rlim_max = MAX(limit.rlim_max, wanted);
    limit.rlim_cur = wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
        return TRUE;
    printf("skipped: %u conversations need %lu file descriptors (ulimit -n)\n", n_conversations,
           (unsigned long)wanted);
    return FALSE;
}

/* ---- times ------------------------------------------------------------------------------- */

static int
compare_times(gconstpointer a, gconstpointer b)
{
    const gint64 first = *(const gint64 *)a;
    const gint64 second = *(const gint64 *)b;

    return (first > second) - (first < second);
}

static void
print_median(const char *name, gint64 *times_us, guint n)
{
    qsort(times_us, n, sizeof *times_us, compare_times);
    printf("%s %" G_GINT64_FORMAT "\n", name, times_us[n / 2]);
}

static gint64
time_handshake(BareTls *bare)
{
    const gint64 start_us = get_cpu_us();

    bare_tls_shake_hands(bare);
    return get_cpu_us() - start_us;
}

static gint64
time_conversation(LabLoad *load)
{
    const gint64 start_us = get_cpu_us();

    lab_load_send(load, 1);
    lab_load_finish(load);
    return get_cpu_us() - start_us;
}

/* By turns, so that whatever else the machine does hits both kinds alike. */
static void
measure_handshakes(guint n)
{
    g_autoptr(BareTls) bare = bare_tls_new();
    g_autoptr(LabLoad) load = lab_load_new(TRUE, MESSAGE_BYTES);
    g_autofree gint64 *handshakes = g_new(gint64, n);
    g_autofree gint64 *conversations = g_new(gint64, n);

    for (guint i = 0; i < n; i++) {
        handshakes[i] = time_handshake(bare);
        conversations[i] = time_conversation(load);
    }
    print_median("handshake", handshakes, n);
    print_median("conversation", conversations, n);
}

static void
measure_transactions(guint n, guint size)
{
    g_autoptr(LabLoad) load = lab_load_new(FALSE, size);
    gint64 start_us;

    time_conversation(load);
    start_us = get_cpu_us();
    for (guint i = 0; i < n; i++)
        time_conversation(load);
    printf("transaction %.1f\n", (double)(get_cpu_us() - start_us) / n);
}

static void
measure_growth(guint n)
{
    g_autoptr(LabLoad) load = lab_load_new(TRUE, MESSAGE_BYTES);
    gint64 start_us;

    time_conversation(load);
    start_us = get_cpu_us();
    lab_load_send(load, n);
    lab_load_finish(load);
    printf("conversation %.1f\n", (double)(get_cpu_us() - start_us) / n);
}

/* What is made once is made before. */
static void
measure_open(guint n)
{
    g_autoptr(LabLoad) load = lab_load_new(TRUE, MESSAGE_BYTES);
    gint64 before;

    time_conversation(load);
    before = get_resident_bytes();
    lab_load_send(load, n);
    lab_load_open(load);
    printf("open %.0f\n", (double)(get_resident_bytes() - before) / n);
}

int
main(int argc, char **argv)
{
    const guint n = argc > 2 ? (guint)strtoul(argv[2], NULL, 10) : 0;

    if (n == 0 || !allow_descriptors(n + 1))
        return n == 0 ? 2 : 0;
    if (strcmp(argv[1], "handshakes") == 0)
        measure_handshakes(n);
    else if (strcmp(argv[1], "transactions") == 0 && argc > 3)
        measure_transactions(n, (guint)strtoul(argv[3], NULL, 10));
    else if (strcmp(argv[1], "growth") == 0)
        measure_growth(n);
    else if (strcmp(argv[1], "open") == 0)
        measure_open(n);
    else
        return 2;
    return 0;
}
