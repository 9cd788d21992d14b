/* SPDX-License-Identifier: MIT
 *
 * Values as they are written: of all the ways to say the same, one for each type. The other
 * direction is value.c's. */
#include "print-private.h"

#include <string.h>

#include <mailsim/base/ip-address.h>

#include "value-private.h"
#include "value-zone-private.h"

static char *
print_number(const char *value)
{
    return g_strdup_printf("%" G_GUINT64_FORMAT, g_ascii_strtoull(value, NULL, 10));
}

static char *
print_duration(const char *value)
{
    gint64 duration_us;

    return mailsim_duration_parse(value, &duration_us) ? mailsim_duration_format(duration_us)
                                                       : g_strdup(value);
}

static char *
print_moment(const char *value)
{
    MailsimTime moment_us;

    if (!mailsim_time_parse(value, &moment_us))
        return g_strdup(value);
    return moment_us % MAILSIM_DAY == 0 ? mailsim_time_format_day(moment_us)
                                        : mailsim_time_format_minute(moment_us);
}

static char *
print_address(const char *value)
{
    MailsimIpAddress address;

    return mailsim_ip_address_parse(value, &address) ? mailsim_ip_address_format(&address)
                                                     : g_strdup(value);
}

/* The mode is always said: nobody has to know which one a port has. */
static char *
print_endpoint(const char *value)
{
    g_auto(EndpointValue) endpoint = {0};
    g_auto(Problem) problem = {0};

    if (!value_parse_endpoint(value, &endpoint, &problem))
        return g_strdup(value);
    return g_strdup_printf("%s:%u %s", endpoint.host, endpoint.port,
                           mailsim_endpoint_mode_name(endpoint.mode));
}

static char *
print_record_type(const char *value)
{
    return g_strdup(value_find_record_type(value));
}

static char *
print_list(const char *value, char *(*print_item)(const char *item))
{
    GString *list = g_string_new(NULL);
    gsize start, end = 0;

    while (value_next_item(value, &start, &end)) {
        g_autofree char *item = g_strndup(value + start, end - start);
        g_autofree char *text = print_item ? print_item(item) : g_steal_pointer(&item);

        g_string_append_printf(list, "%s%s", list->len > 0 ? ", " : "", text);
    }
    return g_string_free(list, FALSE);
}

static char *
print_records(const char *value)
{
    GString *records = g_string_new(NULL);
    gsize start, end = 0;

    while (value_next_record(value, &start, &end)) {
        g_autofree char *record = g_strndup(value + start, end - start);

        g_string_append_printf(records, "%s%s", records->len > 0 ? "; " : "",
                               g_strstrip(record));
    }
    return g_string_free(records, FALSE);
}

char *
print_value(const MailsimKeyRow *row, const char *value)
{
    switch (row->type) {
    case MAILSIM_TYPE_NUMBER:
    case MAILSIM_TYPE_COUNT:
    case MAILSIM_TYPE_PORT:
        return print_number(value);
    case MAILSIM_TYPE_PORT_LIST:
        return print_list(value, print_number);
    case MAILSIM_TYPE_DURATION:
        return print_duration(value);
    case MAILSIM_TYPE_MOMENT:
        return print_moment(value);
    case MAILSIM_TYPE_ADDRESS:
        return print_address(value);
    case MAILSIM_TYPE_ADDRESS_LIST:
        return print_list(value, print_address);
    case MAILSIM_TYPE_DNS_NAME:
        return g_ascii_strdown(value, -1);
    case MAILSIM_TYPE_ENDPOINT:
        return print_endpoint(value);
    case MAILSIM_TYPE_RECORDS:
        return print_records(value);
    case MAILSIM_TYPE_RECORD_TYPE_LIST:
        return print_list(value, print_record_type);
    case MAILSIM_TYPE_DNS_NAME_LIST:
    case MAILSIM_TYPE_MAIL_ADDRESS_LIST:
    case MAILSIM_TYPE_USER_LIST:
    case MAILSIM_TYPE_WORD_LIST:
    case MAILSIM_TYPE_OUTCOME:
    case MAILSIM_TYPE_OUTCOME_CODES:
    case MAILSIM_TYPE_HOP:
        return print_list(value, NULL);
    case MAILSIM_TYPE_TEXT:
    case MAILSIM_TYPE_RAW:
    case MAILSIM_TYPE_LINE:
    case MAILSIM_TYPE_YES_NO:
    case MAILSIM_TYPE_MAIL_ADDRESS:
    case MAILSIM_TYPE_WORD:
    case MAILSIM_TYPE_LIKE:
    case MAILSIM_TYPE_SCENARIO:
    case MAILSIM_TYPE_USER:
    case MAILSIM_TYPE_SENDER:
    case MAILSIM_TYPE_MUA:
    case MAILSIM_TYPE_HOST:
    case MAILSIM_TYPE_STEP:
    case MAILSIM_TYPE_CERTIFICATE:
    case MAILSIM_TYPE_ISSUER:
    case MAILSIM_TYPE_POSTFIX:
    case MAILSIM_TYPE_DOVECOT:
    case MAILSIM_TYPE_LOOK:
        return g_strdup(value);
    }
    g_assert_not_reached();
}
