/* SPDX-License-Identifier: MIT
 *
 * The certificate profiles: their names and what they are made of come from the authority,
 * which has read certs/profiles.ini, the line about each key from the table of words. */
#include "explain-private.h"

void
certificate_add_topics(MailsimTopics *topics)
{
    g_autoptr(GError) error = NULL;

    topics->authority = mailsim_authority_new(&error);
    if (topics->authority == NULL)
        g_error("cannot read the certificate profiles: %s", error->message);
    const GPtrArray *names = mailsim_authority_list_profiles(topics->authority);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        topics_add(topics, MAILSIM_SUBJECT_CERTIFICATE, name, "certificates", name);
    }
}

/* “from 10 days before the story on, for 90 days”. */
static char *
describe_dates(const Teller *teller, const MailsimProfileSummary *profile)
{
    if (profile->issued_days <= 0)
        return g_strdup_printf(
            teller_say(teller, "from %d days before the story on, for %d days",
                       "desde %d días antes de la historia, durante %d días"),
            -profile->issued_days, profile->days);
    return g_strdup_printf(teller_say(teller, "from %d days after the story on, for %d days",
                                      "desde %d días después de la historia, durante %d días"),
                           profile->issued_days, profile->days);
}

static const char *
describe_key(const Teller *teller, const char *key)
{
    g_autofree char *id = g_strdup_printf("word key.%s", key);
    const char *gloss = teller_gloss(teller, "language", id);
    const MailsimWordRow *row = mailsim_key_table_find_word(MAILSIM_WORDS_KEY, key);

    return gloss != NULL ? gloss : row != NULL ? row->description : key;
}

void
certificate_tell(const Teller *teller)
{
    MailsimProfileSummary profile;
    const gboolean known = mailsim_authority_summarize_profile(teller->topics->authority,
                                                               teller->topic->name, &profile);

    g_assert(known);
    g_autofree char *dates = describe_dates(teller, &profile);
    g_autofree char *names =
        profile.names != NULL ? g_strjoinv(", ", (char **)profile.names) : NULL;

    teller_tell(teller, "issuer", "signed by", "lo firma",
                profile.issuer != NULL ? profile.issuer
                                       : teller_say(teller, "itself", "él mismo"),
                NULL);
    teller_tell(teller, "chain", "sent along", "va con", NULL,
                profile.sends_chain ? teller_say(teller, "the certificates above it",
                                                 "los que están por encima")
                                    : teller_say(teller, "nothing", "nada más"));
    teller_tell(teller, "names", "names", "nombres", NULL,
                names != NULL ? names : teller_say(teller, "the host's", "los del servidor"));
    teller_tell(teller, "dates", "valid", "vale", NULL, dates);
    teller_tell(teller, "key", "key", "clave", NULL, describe_key(teller, profile.key));
}
