/* SPDX-License-Identifier: MIT
 *
 * Keys from bytes. Arrows and the like come as ESC [ … or ESC O …, and a letter beyond ASCII as
 * several bytes, none of which may count as a key of its own. */
#include "player-private.h"

static guint
name_sequence(guint8 last, guint number)
{
    switch (last) {
    case 'A':
        return MAILSIM_KEY_UP;
    case 'B':
        return MAILSIM_KEY_DOWN;
    case 'C':
        return MAILSIM_KEY_RIGHT;
    case 'D':
        return MAILSIM_KEY_LEFT;
    case '~':
        return number == 5   ? MAILSIM_KEY_PAGE_UP
               : number == 6 ? MAILSIM_KEY_PAGE_DOWN
                             : MAILSIM_KEY_UNKNOWN;
    default:
        return MAILSIM_KEY_UNKNOWN;
    }
}

/* ECMA-48 §5.4: parameters and intermediate bytes, then one that ends it. */
static guint
read_sequence(MailsimKeyReader *reader, guint8 byte)
{
    if (byte >= '0' && byte <= '9')
        reader->number = MIN(reader->number * 10 + (guint)(byte - '0'), 999);
    if (byte >= 0x20 && byte < 0x40)
        return MAILSIM_KEY_NONE;
    reader->state = MAILSIM_KEY_STATE_GROUND;
    return name_sequence(byte, reader->number);
}

static guint
read_plain(MailsimKeyReader *reader, guint8 byte)
{
    if (byte == MAILSIM_KEY_ESCAPE) {
        reader->state = MAILSIM_KEY_STATE_ESCAPE;
        return MAILSIM_KEY_NONE;
    }
    if (byte >= 0x80) /* UTF-8: the first byte stands for all */
        return byte < 0xc0 ? MAILSIM_KEY_NONE : MAILSIM_KEY_UNKNOWN;
    return byte == 0 ? MAILSIM_KEY_UNKNOWN : byte;
}

guint
mailsim_key_reader_read(MailsimKeyReader *reader, guint8 byte)
{
    switch (reader->state) {
    case MAILSIM_KEY_STATE_ESCAPE:
        reader->number = 0;
        reader->state = byte == '['   ? MAILSIM_KEY_STATE_SEQUENCE
                        : byte == 'O' ? MAILSIM_KEY_STATE_SINGLE
                                      : MAILSIM_KEY_STATE_GROUND;
        return reader->state == MAILSIM_KEY_STATE_GROUND ? MAILSIM_KEY_UNKNOWN
                                                         : MAILSIM_KEY_NONE;
    case MAILSIM_KEY_STATE_SEQUENCE:
        return read_sequence(reader, byte);
    case MAILSIM_KEY_STATE_SINGLE:
        reader->state = MAILSIM_KEY_STATE_GROUND;
        return name_sequence(byte, 0);
    case MAILSIM_KEY_STATE_GROUND:
        break;
    }
    return read_plain(reader, byte);
}

guint
mailsim_key_reader_flush(MailsimKeyReader *reader)
{
    const gboolean escaped = reader->state != MAILSIM_KEY_STATE_GROUND;

    reader->state = MAILSIM_KEY_STATE_GROUND;
    return escaped ? MAILSIM_KEY_ESCAPE : MAILSIM_KEY_NONE;
}
