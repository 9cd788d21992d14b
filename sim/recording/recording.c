/* SPDX-License-Identifier: MIT
 *
 * The recording of a run: arrays of records that grow, in the order in which things happened.
 * Nothing here interprets them. */
#include <mailsim/recording/recording.h>

void
mailsim_text_clear(MailsimText *text)
{
    g_clear_pointer(&text->plain, g_free);
    g_clear_pointer(&text->en, g_free);
    g_clear_pointer(&text->es, g_free);
}

void
mailsim_text_copy(const MailsimText *from, MailsimText *to)
{
    mailsim_text_clear(to);
    to->plain = g_strdup(from->plain);
    to->en = g_strdup(from->en);
    to->es = g_strdup(from->es);
}

const char *
mailsim_text_get(const MailsimText *text, MailsimLanguage language)
{
    const char *translation = language == MAILSIM_LANGUAGE_ES ? text->es : text->en;

    if (translation != NULL)
        return translation;
    return text->plain != NULL ? text->plain : (text->en != NULL ? text->en : text->es);
}

static void
free_party(gpointer data)
{
    MailsimParty *party = data;

    g_free(party->name);
    g_free(party->address);
    g_free(party->fqdn);
    g_free(party->user);
    g_free(party);
}

static void
free_hop(gpointer data)
{
    MailsimHop *hop = data;

    g_free(hop->from);
    g_free(hop->to);
    g_free(hop->to_fqdn);
    g_free(hop->address);
    g_free(hop->service);
    g_free(hop->protocol);
    g_free(hop->tls_version);
    g_free(hop->tls_cipher);
    g_free(hop->tls_group);
    g_free(hop->trust);
    g_free(hop->tls_failure);
    g_free(hop->authenticated_user);
    g_free(hop->status);
    g_free(hop->dsn);
    g_free(hop->reply);
    g_free(hop->decided_by);
    g_byte_array_unref(hop->bytes_out);
    g_byte_array_unref(hop->bytes_in);
    g_array_unref(hop->parcels);
    g_free(hop);
}

static void
free_expectation_result(gpointer data)
{
    MailsimExpectationResult *result = data;

    g_free(result->key);
    g_free(result->expected);
    g_free(result->actual);
    g_free(result);
}

static void
free_step(gpointer data)
{
    MailsimStepRecord *step = data;

    g_free(step->id);
    mailsim_text_clear(&step->title);
    mailsim_text_clear(&step->intro);
    g_free(step->outcome);
    g_ptr_array_unref(step->expectations);
    g_free(step);
}

static void
free_event(gpointer data)
{
    mailsim_event_free(data);
}

MailsimRecording *
mailsim_recording_new(void)
{
    MailsimRecording *recording = g_new0(MailsimRecording, 1);

    recording->parties = g_ptr_array_new_with_free_func(free_party);
    recording->steps = g_ptr_array_new_with_free_func(free_step);
    recording->hops = g_ptr_array_new_with_free_func(free_hop);
    recording->events = g_ptr_array_new_with_free_func(free_event);
    return recording;
}

void
mailsim_recording_free(MailsimRecording *recording)
{
    if (recording == NULL)
        return;

    g_free(recording->id);
    g_free(recording->file);
    mailsim_text_clear(&recording->title);
    mailsim_text_clear(&recording->summary);
    g_ptr_array_unref(recording->parties);
    g_ptr_array_unref(recording->steps);
    g_ptr_array_unref(recording->hops);
    g_ptr_array_unref(recording->events);
    g_free(recording);
}

/* ---- finding, and forgetting ------------------------------------------------------------- */

static guint
get_index(gconstpointer hop)
{
    return ((const MailsimHop *)hop)->index;
}

static guint
get_sequence(gconstpointer event)
{
    return ((const MailsimEvent *)event)->sequence;
}

/* The position of the first of RECORDS, which are in order, whose number is not below NUMBER.
 * As long as nothing is forgotten that is the number itself. */
static guint
find_position(const GPtrArray *records, guint (*get_number)(gconstpointer record), guint number)
{
    guint low = 0;
    guint high = number < records->len ? number + 1 : records->len;

    if (number < records->len && get_number(records->pdata[number]) == number)
        return number;
    while (low < high) {
        const guint middle = low + (high - low) / 2;

        if (get_number(records->pdata[middle]) < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

MailsimHop *
mailsim_recording_find_hop(const MailsimRecording *recording, int index)
{
    guint position;
    MailsimHop *hop;

    if (index < 0)
        return NULL;
    position = find_position(recording->hops, get_index, (guint)index);
    hop = position < recording->hops->len ? g_ptr_array_index(recording->hops, position) : NULL;
    return hop != NULL && hop->index == (guint)index ? hop : NULL;
}

guint
mailsim_recording_find_event(const MailsimRecording *recording, guint sequence)
{
    return find_position(recording->events, get_sequence, sequence);
}

void
mailsim_recording_forget_events(MailsimRecording *recording,
                                gboolean (*is_needed)(const MailsimEvent *event, gpointer data),
                                gpointer data)
{
    GPtrArray *events = recording->events;
    guint n_kept = 0;

    for (guint i = 0; i < events->len; i++) {
        MailsimEvent *event = g_ptr_array_index(events, i);

        if (is_needed(event, data))
            events->pdata[n_kept++] = event;
        else
            mailsim_event_free(event);
    }
    for (guint i = n_kept; i < events->len; i++)
        events->pdata[i] = NULL;
    g_ptr_array_set_size(events, (int)n_kept);
}

void
mailsim_recording_forget_hop(MailsimRecording *recording, const MailsimHop *hop)
{
    const guint position = find_position(recording->hops, get_index, hop->index);

    g_return_if_fail(position < recording->hops->len &&
                     g_ptr_array_index(recording->hops, position) == hop);
    g_ptr_array_remove_index(recording->hops, position);
}

/* ---- adding ------------------------------------------------------------------------------ */

MailsimParty *
mailsim_recording_add_party(MailsimRecording *recording)
{
    MailsimParty *party = g_new0(MailsimParty, 1);

    g_ptr_array_add(recording->parties, party);
    return party;
}

MailsimStepRecord *
mailsim_recording_add_step(MailsimRecording *recording)
{
    MailsimStepRecord *step = g_new0(MailsimStepRecord, 1);

    step->expectations = g_ptr_array_new_with_free_func(free_expectation_result);
    step->first_event = recording->n_events;
    step->first_hop = recording->n_hops;
    g_ptr_array_add(recording->steps, step);
    return step;
}

MailsimHop *
mailsim_recording_add_hop(MailsimRecording *recording)
{
    MailsimHop *hop = g_new0(MailsimHop, 1);

    hop->index = recording->n_hops++;
    hop->step = recording->steps->len > 0 ? recording->steps->len - 1 : 0;
    hop->bytes_out = g_byte_array_new();
    hop->bytes_in = g_byte_array_new();
    hop->parcels = g_array_new(FALSE, FALSE, sizeof(MailsimParcel));
    g_ptr_array_add(recording->hops, hop);
    return hop;
}

void
mailsim_hop_carry(MailsimHop *hop,
                  MailsimDirection direction,
                  MailsimTime time_us,
                  const guint8 *bytes,
                  gsize length)
{
    GByteArray *cable = direction == MAILSIM_DIRECTION_OUT ? hop->bytes_out : hop->bytes_in;
    const MailsimParcel parcel = {time_us, direction, cable->len, length};

    g_array_append_val(hop->parcels, parcel);
    g_byte_array_append(cable, bytes, (guint)length);
}

MailsimExpectationResult *
mailsim_step_record_add_expectation(MailsimStepRecord *step)
{
    MailsimExpectationResult *result = g_new0(MailsimExpectationResult, 1);

    g_ptr_array_add(step->expectations, result);
    return result;
}

void
mailsim_recording_take_event(MailsimRecording *recording, MailsimEvent *event)
{
    event->sequence = recording->n_events++;
    if (recording->n_hops > recording->hops->len &&
        mailsim_recording_find_hop(recording, event->hop) == NULL)
        event->hop = -1;
    event->step = recording->steps->len > 0 ? recording->steps->len - 1 : 0;
    g_ptr_array_add(recording->events, event);
}

/* ---- steps ------------------------------------------------------------------------------- */

/* Steps follow each other, so a step ends where the next begins. */
static const MailsimStepRecord *
get_next_step(const MailsimRecording *recording, guint step)
{
    return step + 1 < recording->steps->len ? g_ptr_array_index(recording->steps, step + 1)
                                            : NULL;
}

void
mailsim_recording_get_step_events(const MailsimRecording *recording,
                                  guint step,
                                  guint *first,
                                  guint *end)
{
    const MailsimStepRecord *record = g_ptr_array_index(recording->steps, step);
    const MailsimStepRecord *next = get_next_step(recording, step);

    *first = record->first_event;
    *end = next != NULL ? next->first_event : recording->events->len;
}

void
mailsim_recording_get_step_hops(const MailsimRecording *recording,
                                guint step,
                                guint *first,
                                guint *end)
{
    const MailsimStepRecord *record = g_ptr_array_index(recording->steps, step);
    const MailsimStepRecord *next = get_next_step(recording, step);

    *first = record->first_hop;
    *end = next != NULL ? next->first_hop : recording->hops->len;
}

const MailsimParty *
mailsim_recording_find_party(const MailsimRecording *recording, const char *name)
{
    for (guint i = 0; i < recording->parties->len; i++) {
        const MailsimParty *party = g_ptr_array_index(recording->parties, i);

        if (g_strcmp0(party->name, name) == 0)
            return party;
    }
    return NULL;
}

gboolean
mailsim_recording_holds(const MailsimRecording *recording, guint *n_expected, guint *n_held)
{
    guint expected = 0;
    guint held = 0;

    for (guint i = 0; i < recording->steps->len; i++) {
        const MailsimStepRecord *step = g_ptr_array_index(recording->steps, i);

        for (guint j = 0; j < step->expectations->len; j++) {
            const MailsimExpectationResult *result = g_ptr_array_index(step->expectations, j);

            expected++;
            held += result->holds ? 1 : 0;
        }
    }
    if (n_expected != NULL)
        *n_expected = expected;
    if (n_held != NULL)
        *n_held = held;
    return expected == held;
}
