/* SPDX-License-Identifier: MIT
 *
 * The certificate profiles: their names and what they are made of come from certs/profiles.ini,
 * the line about each from the table of words. */
#include "explain-private.h"

#include <string.h>

#include <mailsim/wire/certificate.h>

void
certificate_add_topics(MailsimTopics *topics)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(MailsimAuthority) authority = mailsim_authority_new(&error);

    if (authority == NULL)
        g_error("cannot read the certificate profiles: %s", error->message);
    const GPtrArray *names = mailsim_authority_list_profiles(authority);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        topics_add(topics, MAILSIM_SUBJECT_CERTIFICATE, name, "certificates", name);
    }
}

/* mailsim_authority_new() has registered the resource. */
static GKeyFile *
read_profiles(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) text = g_resources_lookup_data("/org/mailsim/certs/profiles.ini",
                                                     G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
    GKeyFile *file = g_key_file_new();

    if (text == NULL || !g_key_file_load_from_bytes(file, text, G_KEY_FILE_NONE, &error))
        g_error("cannot read the certificate profiles: %s", error->message);
    return file;
}

/* The value of KEY in a profile, or in the one that it is like. */
static char *
look_up(GKeyFile *file, const char *profile, const char *key)
{
    g_autofree char *group = g_strconcat("profile ", profile, NULL);
    char *value = g_key_file_get_string(file, group, key, NULL);

    if (value != NULL)
        return g_strstrip(value);
    g_autofree char *like = g_key_file_get_string(file, group, "like", NULL);
    return like != NULL ? look_up(file, g_strstrip(like), key) : NULL;
}

static char *
name_issuer(const Teller *teller, GKeyFile *file, const char *issuer)
{
    g_autofree char *group = g_strconcat("authority ", issuer, NULL);

    if (strcmp(issuer, "self") == 0)
        return g_strdup(teller_say(teller, "itself", "él mismo"));
    return g_key_file_get_string(file, group, "common-name", NULL);
}

/* “from 10 days before the story on, for 90 days”. */
static char *
describe_dates(const Teller *teller, GKeyFile *file, const char *profile)
{
    g_autofree char *issued = look_up(file, profile, "issued");
    g_autofree char *days = look_up(file, profile, "days");
    const int first = issued != NULL ? atoi(issued) : 0;

    if (first <= 0)
        return g_strdup_printf(
            teller_say(teller, "from %d days before the story on, for %s days",
                       "desde %d días antes de la historia, durante %s días"),
            -first, days);
    return g_strdup_printf(teller_say(teller, "from %d days after the story on, for %s days",
                                      "desde %d días después de la historia, durante %s días"),
                           first, days);
}

void
certificate_tell(const Teller *teller)
{
    g_autoptr(GKeyFile) file = read_profiles();
    const char *profile = teller->topic->name;
    g_autofree char *issuer = look_up(file, profile, "issuer");
    g_autofree char *authority = name_issuer(teller, file, issuer);
    g_autofree char *names = look_up(file, profile, "names");
    g_autofree char *chain = look_up(file, profile, "chain");
    g_autofree char *key = look_up(file, profile, "key");
    g_autofree char *dates = describe_dates(teller, file, profile);
    g_autofree char *kind_id = g_strdup_printf("word key.%s", key);
    const char *gloss = teller_gloss(teller, "language", kind_id);
    const MailsimWordRow *kind = mailsim_key_table_find_word(MAILSIM_WORDS_KEY, key);

    teller_tell(teller, "issuer", "signed by", "lo firma", authority, NULL);
    teller_tell(teller, "chain", "sent along", "va con", NULL,
                strcmp(chain, "yes") == 0 ? teller_say(teller, "the certificates above it",
                                                       "los que están por encima")
                                          : teller_say(teller, "nothing", "nada más"));
    teller_tell(teller, "names", "names", "nombres", NULL,
                strcmp(names, "host") == 0
                    ? teller_say(teller, "the host's", "los del servidor")
                    : names);
    teller_tell(teller, "dates", "valid", "vale", NULL, dates);
    teller_tell(teller, "key", "key", "clave", NULL,
                gloss != NULL  ? gloss
                : kind != NULL ? kind->description
                               : key);
}
