/* SPDX-License-Identifier: MIT
 *
 * The cable itself: the bytes that crossed when something happened, as a listener on the path
 * has them, and what the two ends make of them. A parcel carries whatever
 * was said at one moment, so it may hold more than the line that was asked for. */
#include <mailsim/transcript/render-wire.h>

#include <string.h>

#include "columns.h"
#include "render-parts.h"

#define WIRE_INDENT     3
#define ROW_BYTES       16
#define CLEAR_MAX_BYTES 512 /* of what can be read */
#define NOISE_MAX_BYTES 48  /* of what is encrypted */

/* RFC 8446 §5.1: type, version, length. */
#define RECORD_HEADER_BYTES 5
#define RECORD_FIRST_TYPE   20
#define RECORD_HANDSHAKE    22
#define RECORD_LAST_TYPE    23

/* --- which parcels ------------------------------------------------------------------------ */

static gboolean
get_direction(const MailsimEvent *event, MailsimDirection *direction)
{
    if (event->hop < 0)
        return FALSE;
    if (event->kind == MAILSIM_EVENT_LINE)
        *direction = event->line.direction;
    else if (event->kind == MAILSIM_EVENT_HANDSHAKE)
        *direction = event->handshake.direction;
    else
        return FALSE;
    return TRUE;
}

/* The parcel that carried EVENT: the last of its direction that was there by then; NULL: there
 * is none. A session that rests reads later than the bytes came. */
static const MailsimParcel *
find_parcel(const MailsimHop *hop, const MailsimEvent *event)
{
    const MailsimParcel *found = NULL;
    MailsimDirection direction;

    if (!get_direction(event, &direction))
        return NULL;
    for (guint i = 0; i < hop->parcels->len; i++) {
        const MailsimParcel *parcel = &g_array_index(hop->parcels, MailsimParcel, i);

        if (parcel->direction == direction && parcel->time_us <= event->time_us &&
            (found == NULL || parcel->time_us >= found->time_us))
            found = parcel;
    }
    return found;
}

/* --- bytes -------------------------------------------------------------------------------- */

static void
put_row(Page *page, gsize offset, const guint8 *bytes, gsize n)
{
    g_autoptr(GString) row = g_string_new(NULL);

    g_string_append_printf(row, "%04" G_GSIZE_MODIFIER "x  ", offset);
    for (gsize i = 0; i < ROW_BYTES; i++) {
        if (i == ROW_BYTES / 2)
            g_string_append_c(row, ' ');
        if (i < n)
            g_string_append_printf(row, "%02x ", bytes[i]);
        else
            g_string_append(row, "   ");
    }
    g_string_append(row, " |");
    for (gsize i = 0; i < n; i++)
        g_string_append_c(row, g_ascii_isprint(bytes[i]) ? (char)bytes[i] : '.');
    g_string_append_c(row, '|');
    page_put_hanging(page, INK_PLAIN, WIRE_INDENT, row->str, 0);
}

static void
put_phrase(Page *page, Ink ink, MailsimPhrase phrase, gsize count, const char *type)
{
    g_autofree char *number = g_strdup_printf("%" G_GSIZE_FORMAT, count);
    g_autofree char *text = mailsim_phrase_format(phrase, page->options->language, "count",
                                                  number, "type", type, NULL);

    page_put_hanging(page, ink, WIRE_INDENT, text, 2);
}

/* At most MAX of the N bytes, all of them where little would be left out. */
static void
put_bytes(Page *page, const guint8 *bytes, gsize n, gsize max)
{
    const gsize shown = n > max + ROW_BYTES ? max : n;

    for (gsize i = 0; i < shown; i += ROW_BYTES)
        put_row(page, i, bytes + i, MIN(ROW_BYTES, shown - i));
    if (shown < n)
        put_phrase(page, INK_DIM, MAILSIM_PHRASE_WIRE_CUT, n - shown, NULL);
}

/* --- TLS records -------------------------------------------------------------------------- */

/* Does a TLS record start here? No line of SMTP begins with such a byte. */
static gboolean
begins_record(const guint8 *bytes, gsize n)
{
    return n >= RECORD_HEADER_BYTES && bytes[0] >= RECORD_FIRST_TYPE &&
           bytes[0] <= RECORD_LAST_TYPE && bytes[1] == 3;
}

static gsize
measure_record(const guint8 *bytes)
{
    return RECORD_HEADER_BYTES + ((gsize)bytes[3] << 8) + bytes[4];
}

/* Where the next record starts at or after PARCEL's start; its start as well when the direction
 * has not come to TLS by then. A long record takes several parcels. */
static gsize
find_record(const MailsimHop *hop, const GByteArray *cable, const MailsimParcel *parcel)
{
    gsize next = G_MAXSIZE;

    for (guint i = 0; i < hop->parcels->len; i++) {
        const MailsimParcel *earlier = &g_array_index(hop->parcels, MailsimParcel, i);

        if (earlier->direction != parcel->direction || earlier->start > parcel->start)
            continue;
        if (next == G_MAXSIZE && begins_record(cable->data + earlier->start, earlier->length))
            next = earlier->start;
    }
    while (next < parcel->start && begins_record(cable->data + next, cable->len - next))
        next += measure_record(cable->data + next);
    return next < parcel->start || next == G_MAXSIZE ? parcel->start : next;
}

static const char *
name_record(guint8 type)
{
    static const char *const names[] = {"change_cipher_spec", "alert", "handshake",
                                        "application_data"};

    return names[type - RECORD_FIRST_TYPE];
}

/* TRUE: there was TLS in it. */
static gboolean
put_cable(Page *page, const MailsimHop *hop, const MailsimParcel *parcel)
{
    const GByteArray *cable =
        parcel->direction == MAILSIM_DIRECTION_OUT ? hop->bytes_out : hop->bytes_in;
    const gsize end = parcel->start + parcel->length;
    gsize at = MIN(find_record(hop, cable, parcel), end);
    const gboolean continued = at > parcel->start;
    const gboolean secret = continued || begins_record(cable->data + at, end - at);

    if (continued) {
        put_phrase(page, INK_GOOD, MAILSIM_PHRASE_WIRE_RECORD_REST, at - parcel->start, NULL);
        put_bytes(page, cable->data + parcel->start, at - parcel->start, NOISE_MAX_BYTES);
    }
    while (begins_record(cable->data + at, end - at)) {
        const gsize length = measure_record(cable->data + at);
        const guint8 type = cable->data[at];

        put_phrase(page, INK_GOOD, MAILSIM_PHRASE_WIRE_RECORD, length, name_record(type));
        put_bytes(page, cable->data + at, MIN(length, end - at),
                  type == RECORD_HANDSHAKE ? CLEAR_MAX_BYTES : NOISE_MAX_BYTES);
        at = MIN(at + length, end);
    }
    if (at < end)
        put_bytes(page, cable->data + at, end - at, secret ? NOISE_MAX_BYTES : CLEAR_MAX_BYTES);
    return secret;
}

/* --- a parcel ----------------------------------------------------------------------------- */

static void
put_who_to_whom(Page *page, const MailsimHop *hop, const MailsimParcel *parcel)
{
    g_autofree char *server =
        g_strdup_printf("%s:%u", hop->to_fqdn != NULL ? hop->to_fqdn : "?", hop->port);
    const char *client = render_name_party(page, hop->from);
    const gboolean out = parcel->direction == MAILSIM_DIRECTION_OUT;
    g_autofree char *line =
        g_strdup_printf("%s ─▶ %s, %" G_GSIZE_FORMAT " bytes", out ? client : server,
                        out ? server : client, parcel->length);

    page_end_line(page);
    page_put_hanging(page, INK_BOLD, WIRE_INDENT, line, 2);
}

/* All that the ends read in PARCEL, also what was not asked for. */
static void
put_inside(Page *page, const MailsimHop *hop, const MailsimParcel *parcel)
{
    const GPtrArray *events = page->recording->events;
    const char *mark = parcel->direction == MAILSIM_DIRECTION_OUT ? "~>" : "<~";

    page_put_hanging(page, INK_PLAIN, WIRE_INDENT,
                     page_phrase(page, MAILSIM_PHRASE_WIRE_INSIDE), 2);
    for (guint i = 0; i < events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(events, i);
        g_autofree char *text = NULL;

        if (event->hop != (int)hop->index || find_parcel(hop, event) != parcel)
            continue;
        if (event->kind == MAILSIM_EVENT_HANDSHAKE) {
            text = g_strdup(event->handshake.message);
        } else {
            g_autofree char *line = columns_escape_wire(event->line.text, page->options->ascii);
            text = g_strdup_printf("%s  %s", mark, line);
        }
        page_put_hanging(page, INK_BOLD, WIRE_INDENT + 2, text, 4);
    }
}

void
mailsim_render_wire(const MailsimRecording *recording,
                    const MailsimRenderOptions *options,
                    const GPtrArray *events,
                    GString *out)
{
    g_return_if_fail(recording != NULL && options != NULL && events != NULL && out != NULL);
    g_autoptr(GHashTable) put = g_hash_table_new(NULL, NULL);
    Page page = {.out = out, .options = options, .recording = recording, .time_us = -1};

    for (guint i = 0; i < events->len; i++) {
        const MailsimEvent *event = g_ptr_array_index(events, i);
        const MailsimHop *hop =
            event->hop < 0 ? NULL : g_ptr_array_index(recording->hops, event->hop);
        const MailsimParcel *parcel = hop == NULL ? NULL : find_parcel(hop, event);

        if (parcel == NULL || !g_hash_table_add(put, (gpointer)parcel))
            continue;
        put_who_to_whom(&page, hop, parcel);
        if (put_cable(&page, hop, parcel))
            put_inside(&page, hop, parcel);
    }
    if (g_hash_table_size(put) == 0) {
        page_end_line(&page);
        page_put_hanging(&page, INK_PLAIN, WIRE_INDENT,
                         page_phrase(&page, MAILSIM_PHRASE_WIRE_NOTHING), 0);
    }
    page_end_line(&page);
}
