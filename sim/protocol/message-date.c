/* SPDX-License-Identifier: MIT
 *
 * The day of a Date field (RFC 5322 §3.3), as it is written there. */
#include "message-structure-private.h"

#include <mailsim/base/time.h>
#include <mailsim/protocol/message-search.h>
#include <string.h>

/* The next word is a number of MIN to MAX figures. */
static gboolean
read_number(MailsimWordReader *reader, gsize min, gsize max, gint *number)
{
    g_autoptr(GString) word = g_string_new(NULL);

    if (mailsim_words_read_atom(reader, word) == MAILSIM_WORDS_BROKEN || word->len < min ||
        word->len > max || strspn(word->str, "0123456789") != word->len)
        return FALSE;
    *number = (gint)g_ascii_strtoull(word->str, NULL, 10);
    return TRUE;
}

/* Three letters and a comma, whatever day they are. */
static void
skip_weekday(MailsimWordReader *reader)
{
    g_autoptr(GString) word = g_string_new(NULL);
    const char *start = reader->at;

    if (mailsim_words_read_atom(reader, word) == MAILSIM_WORDS_MORE && word->len == 3 &&
        *reader->at == ',') {
        reader->at++;
        mailsim_words_skip_blanks(reader);
    } else {
        reader->at = start;
    }
}

static gboolean
read_month(MailsimWordReader *reader, gint *month)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    g_autoptr(GString) word = g_string_new(NULL);

    if (mailsim_words_read_atom(reader, word) != MAILSIM_WORDS_MORE || word->len < 3)
        return FALSE;
    for (*month = 1; *month <= 12; (*month)++) {
        if (g_ascii_strncasecmp(word->str, months + 3 * (*month - 1), 3) == 0)
            return TRUE;
    }
    return FALSE;
}

/* obs-year has two figures. */
static gboolean
read_year(MailsimWordReader *reader, gint *year)
{
    const char *start = reader->at;

    if (!read_number(reader, 2, 2, year)) {
        reader->at = start;
        return read_number(reader, 4, 4, year);
    }
    *year += *year < 70 ? 2000 : 1900;
    return TRUE;
}

/* Between the figures of a time, be it a dot. */
static gboolean
skip_colon(MailsimWordReader *reader)
{
    if (reader->at == reader->end || (*reader->at != ':' && *reader->at != '.'))
        return FALSE;
    reader->at++;
    mailsim_words_skip_blanks(reader);
    return TRUE;
}

/* hour ":" minute [":" second] [zone] */
static gboolean
check_time(MailsimWordReader *reader)
{
    g_autoptr(GString) zone = g_string_new(NULL);
    gint hour;
    gint minute;
    gint second = 0;

    return read_number(reader, 2, 2, &hour) && skip_colon(reader) &&
           read_number(reader, 2, 2, &minute) &&
           (!skip_colon(reader) || read_number(reader, 2, 2, &second)) && hour <= 23 &&
           minute <= 59 && second <= 60 &&
           (reader->at == reader->end ||
            mailsim_words_read_atom(reader, zone) != MAILSIM_WORDS_BROKEN);
}

static gint64
parse_day(const GString *value)
{
    MailsimWordReader reader = {.at = value->str, .end = value->str + value->len};
    g_autofree char *text = NULL;
    MailsimTime time_us;
    gint day;
    gint month;
    gint year;

    mailsim_words_skip_blanks(&reader);
    skip_weekday(&reader);
    if (!read_number(&reader, 1, 2, &day) || !read_month(&reader, &month) ||
        !read_year(&reader, &year) || !check_time(&reader))
        return 0;
    text = g_strdup_printf("%04d-%02d-%02d", year, month, day);
    return mailsim_time_parse(text, &time_us) ? time_us / MAILSIM_DAY : 0;
}

gint64
mailsim_message_get_sent_day(const MailsimMessageStructure *structure)
{
    const MailsimMessagePart *part = g_ptr_array_index(structure->parts, 0);
    const char *at = structure->text + part->header_start;
    const char *end = structure->text + part->body_start;
    MailsimMessageField field;

    while (mailsim_message_next_field(&at, end, &field)) {
        if (mailsim_message_field_is(&field, "Date")) {
            g_autoptr(GString) value = mailsim_message_field_dup_value(&field);

            return parse_day(value);
        }
    }
    return 0;
}
