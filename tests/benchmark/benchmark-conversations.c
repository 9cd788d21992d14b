/* SPDX-License-Identifier: MIT
 *
 * What conversations cost in this process, in plain words for benchmark.py:
 *
 *     benchmark-conversations handshakes N   CPU time, in microseconds, of a bare TLS
 *                                            handshake, of one and a message in the clear by
 *                                            turns, and of a whole conversation inside TLS:
 *                                            alone, or with nineteen more; medians of N rounds
 *     benchmark-conversations transactions N SIZE   of one message of SIZE in the clear
 *     benchmark-conversations sessions N SIZE       the same between two sessions alone
 *     benchmark-conversations growth N       of a conversation inside TLS, N being open at once
 *     benchmark-conversations open N         memory, in bytes, of each of N open conversations
 */
#include "bare-tls.h"
#include "lab-load.h"
#include "session-load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE_BYTES 1000

/* Where it is the conversation that is looked at, not what it carries. */
#define SHORT_MESSAGE_BYTES 100

/* So many of one kind, then of the other. */
#define ROUND 20

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
    const double first = *(const double *)a;
    const double second = *(const double *)b;

    return (first > second) - (first < second);
}

static void
print_median(const char *name, double *times_us, guint n)
{
    qsort(times_us, n, sizeof *times_us, compare_times);
    printf("%s %.1f\n", name, times_us[n / 2]);
}

static double
time_handshakes(BareTls *bare, guint n)
{
    const gint64 start_us = get_cpu_us();

    for (guint i = 0; i < n; i++)
        bare_tls_shake_hands(bare);
    return (double)(get_cpu_us() - start_us) / n;
}

/* N conversations, as many of them as AT_ONCE says under way together. */
static double
time_conversations(LabLoad *load, guint n, guint at_once)
{
    const gint64 start_us = get_cpu_us();

    for (guint i = 0; i < n; i += at_once) {
        lab_load_send(load, MIN(at_once, n - i));
        lab_load_finish(load);
    }
    return (double)(get_cpu_us() - start_us) / n;
}

/* A handshake and then a message, neither of which knows of the other. */
static double
time_by_turns(BareTls *bare, LabLoad *clear, guint n)
{
    const gint64 start_us = get_cpu_us();

    for (guint i = 0; i < n; i++) {
        bare_tls_shake_hands(bare);
        lab_load_send(clear, 1);
        lab_load_finish(clear);
    }
    return (double)(get_cpu_us() - start_us) / n;
}

/* By turns, so that whatever else the machine does hits all kinds alike. */
static void
measure_handshakes(guint n_rounds)
{
    g_autoptr(BareTls) bare = bare_tls_new();
    g_autoptr(LabLoad) load = lab_load_new(LAB_LOAD_TLS, MESSAGE_BYTES);
    g_autoptr(LabLoad) clear = lab_load_new(LAB_LOAD_CLEAR, MESSAGE_BYTES);
    g_autofree double *handshake = g_new(double, n_rounds);
    g_autofree double *apart = g_new(double, n_rounds);
    g_autofree double *alone = g_new(double, n_rounds);
    g_autofree double *together = g_new(double, n_rounds);

    for (guint i = 0; i < n_rounds; i++) {
        handshake[i] = time_handshakes(bare, ROUND);
        apart[i] = time_by_turns(bare, clear, ROUND);
        alone[i] = time_conversations(load, ROUND, 1);
        together[i] = time_conversations(load, ROUND, ROUND);
    }
    print_median("handshake", handshake, n_rounds);
    print_median("apart", apart, n_rounds);
    print_median("alone", alone, n_rounds);
    print_median("together", together, n_rounds);
}

static void
measure_transactions(guint n, guint size)
{
    g_autoptr(LabLoad) load = lab_load_new(LAB_LOAD_CLEAR, size);

    time_conversations(load, 1, 1);
    printf("transaction %.1f\n", time_conversations(load, n, 1));
}

static void
measure_sessions(guint n, guint size)
{
    gint64 start_us;

    session_load_run(1, size);
    start_us = get_cpu_us();
    session_load_run(n, size);
    printf("transaction %.1f\n", (double)(get_cpu_us() - start_us) / n);
}

static void
measure_growth(guint n)
{
    if (!allow_descriptors(n + 1))
        return;

    g_autoptr(LabLoad) load = lab_load_new(LAB_LOAD_TLS, MESSAGE_BYTES);

    time_conversations(load, 1, 1);
    printf("conversation %.1f\n", time_conversations(load, n, n));
}

/* What is made once is made before. */
static void
measure_open(guint n)
{
    if (!allow_descriptors(n + 1))
        return;

    g_autoptr(LabLoad) load = lab_load_new(LAB_LOAD_HELD, SHORT_MESSAGE_BYTES);
    gint64 before;

    time_conversations(load, 1, 1);
    before = get_resident_bytes();
    lab_load_hold(load, n);
    printf("open %.0f\n", (double)(get_resident_bytes() - before) / n);
}

int
main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    const guint n = argc > 2 ? (guint)strtoul(argv[2], NULL, 10) : 0;
    const guint size = argc > 3 ? (guint)strtoul(argv[3], NULL, 10) : 0;

    if (n > 0 && strcmp(what, "handshakes") == 0)
        measure_handshakes(n);
    else if (n > 0 && strcmp(what, "transactions") == 0)
        measure_transactions(n, size);
    else if (n > 0 && strcmp(what, "sessions") == 0)
        measure_sessions(n, size);
    else if (n > 0 && strcmp(what, "growth") == 0)
        measure_growth(n);
    else if (n > 0 && strcmp(what, "open") == 0)
        measure_open(n);
    else
        return 2;
    return 0;
}
