/* SPDX-License-Identifier: MIT
 *
 * The third part of the key table: the types of values, as the reference tells them. What is
 * right and wrong of each, value.c knows. */
#include <mailsim/scenario/key-table.h>

/* clang-format off */

#define ROW(type) MAILSIM_TYPE_##type

static const MailsimTypeRow types[] = {
    {ROW(TEXT), "text", "as it stands, but for `\\n` (a new line), `\\r`, `\\t`, `\\s` (a blank) and `\\\\`"},
    {ROW(RAW), "raw", "taken as it stands"},
    {ROW(LINE), "line", "typed, or looked for in what came back; as a text"},
    {ROW(YES_NO), "yes or no", "`yes` or `no`"},
    {ROW(NUMBER), "number", "from 1 to 100000"},
    {ROW(COUNT), "count", "from 0 to 100000"},
    {ROW(PORT), "port", "from 1 to 65535"},
    {ROW(PORT_LIST), "ports", "`993, 995`"},
    {ROW(DURATION), "duration", "`20ms` `300s` `5m` `1h` `90d` `6w`: the unit is required"},
    {ROW(MOMENT), "moment", "`2026-01-12` or `2026-01-12 09:00`, UTC"},
    {ROW(ADDRESS), "address", "`203.0.113.25` or `2001:db8::25`: of the documentation ranges, private or loopback, never a public one"},
    {ROW(ADDRESS_LIST), "addresses", "`192.0.2.20, 2001:db8::20`"},
    {ROW(DNS_NAME), "name", "under `.example`, `.test` or `.invalid`"},
    {ROW(DNS_NAME_LIST), "names", "`iesgn.example, *.iesgn.example`; also addresses, `192.0.2.25`, and mail addresses"},
    {ROW(ENDPOINT), "endpoint", "host or name, port, mode: `mail:587`, `mail:587 tls`, `imap.iesgn.example:143 clear`"},
    {ROW(MAIL_ADDRESS), "mail address", "`bob@instituto.example`; empty: the null sender"},
    {ROW(MAIL_ADDRESS_LIST), "mail addresses", "`bob@instituto.example, luis@iesgn.example`"},
    {ROW(USER_LIST), "users", "`ana:melocoton, luis`: name, or name and password"},
    {ROW(WORD), "word", "one of those listed"},
    {ROW(WORD_LIST), "words", "some of those listed"},
    {ROW(LIKE), "group", "the rest of its header: `mail`, `mail submission`"},
    {ROW(SCENARIO), "scenario", "`case5`: the file `case5.scenario` beside this one, else the built-in case"},
    {ROW(USER), "user", "`ana`, or `ana@iesgn.example` where two hosts have an ana"},
    {ROW(SENDER), "somebody", "a user, or a mail program; to type, a host or a mail program"},
    {ROW(MUA), "mail program", "M of a `[mua M]`"},
    {ROW(HOST), "host", "H of a `[host H]`"},
    {ROW(STEP), "step", "S of a `[step S]`"},
    {ROW(CERTIFICATE), "certificate", "a profile, or C of a `[certificate C]`"},
    {ROW(ISSUER), "issuer", "C of a `[certificate C]`, or `self`"},
    {ROW(POSTFIX), "parameter", "as in main.cf; `$name` expands; an indented line goes on with the one above"},
    {ROW(DOVECOT), "setting", "as in dovecot.conf"},
    {ROW(OUTCOME), "outcome", "one of those listed"},
    {ROW(OUTCOME_CODES), "outcome, codes", "`bounced, 5.1.1`: an outcome, and reply codes or enhanced codes"},
    {ROW(HOP), "words on a hop", "those listed, and codes: `deferred, encrypted, 4.7.5`"},
    {ROW(LOOK), "something to see", "one of those listed"},
    {ROW(RECORDS), "records", "data as in a zone file, separated by `;`: `10 mail; 20 backup`"},
    {ROW(RECORD_TYPE_LIST), "record types", "`MX, A`"},
};

/* clang-format on */

G_STATIC_ASSERT(G_N_ELEMENTS(types) == MAILSIM_VALUE_TYPES);

const MailsimTypeRow *
mailsim_key_table_get_type(MailsimValueType type)
{
    g_assert(types[type].type == type);
    return &types[type];
}
