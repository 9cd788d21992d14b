/* SPDX-License-Identifier: MIT
 *
 * Results, kept, and written as the record is. */
#include "results-private.h"

static void
free_result(gpointer data)
{
    Result *result = data;

    g_ptr_array_unref(result->attempts);
    g_free(result);
}

MailsimResults *
mailsim_results_new(void)
{
    MailsimResults *results = g_new0(MailsimResults, 1);

    results->list = g_ptr_array_new_with_free_func(free_result);
    results->by_cell = g_hash_table_new(g_direct_hash, g_direct_equal);
    return results;
}

void
mailsim_results_free(MailsimResults *results)
{
    if (results == NULL)
        return;
    g_hash_table_unref(results->by_cell);
    g_ptr_array_unref(results->list);
    g_free(results);
}

/* Its values in one number. */
static gpointer
get_key(const MailsimCell *cell)
{
    guint key = 0;

    for (guint axis = 0; axis < MAILSIM_AXES; axis++)
        key = key * MAILSIM_AXIS_VALUES_MAX + cell->values[axis];
    return GUINT_TO_POINTER(key);
}

void
mailsim_results_take(MailsimResults *results, const MailsimCell *cell, GPtrArray *attempts)
{
    Result *result = g_new0(Result, 1);

    result->cell = *cell;
    result->attempts = attempts;
    g_ptr_array_add(results->list, result);
    g_hash_table_insert(results->by_cell, get_key(cell), result);
}

gboolean
mailsim_results_is_empty(const MailsimResults *results)
{
    return results->list->len == 0;
}

const GPtrArray *
mailsim_results_find(const MailsimResults *results, const MailsimCell *cell)
{
    const Result *result = g_hash_table_lookup(results->by_cell, get_key(cell));

    return result != NULL ? result->attempts : NULL;
}

void
mailsim_results_append_tsv(const MailsimResults *results, GString *out)
{
    for (guint axis = 0; axis < MAILSIM_AXES; axis++)
        g_string_append_printf(out, "%s\t", mailsim_axis_get_name((MailsimAxis)axis));
    g_string_append(out, "attempt\toutcome\tchannel\tclient_tls_status\tdsn\treason\tnotes\t"
                         "server_saw\n");
    for (guint i = 0; i < results->list->len; i++) {
        const Result *result = g_ptr_array_index(results->list, i);

        for (guint j = 0; j < result->attempts->len; j++) {
            const MailsimAttempt *attempt = g_ptr_array_index(result->attempts, j);

            for (guint axis = 0; axis < MAILSIM_AXES; axis++)
                g_string_append_printf(
                    out, "%s\t",
                    mailsim_axis_get_value((MailsimAxis)axis, result->cell.values[axis])->name);
            g_string_append_printf(out, "%u\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", attempt->number,
                                   attempt->outcome, attempt->channel, attempt->trust,
                                   attempt->dsn, attempt->reason, attempt->log,
                                   attempt->server_saw);
        }
    }
}
