/* SPDX-License-Identifier: MIT
 *
 * certs/profiles.ini, read and checked: the authorities and the profiles of certificates, as
 * plain data. The file is part of the program, but people are invited to change it, so a
 * mistake in it is an error with its group and key, not an assertion. */
#include "certificate-private.h"

#include <string.h>

static const char *const authority_keys[] = {
    "common-name", "key", "issuer", "trusted", "from", "until", NULL,
};
static const char *const profile_keys[] = {
    "like",
    "issuer",
    "chain",
    "key",
    "rsa-keys",
    "names",
    "issued",
    "days",
    "basic-constraints",
    "key-usage",
    "extended-key-usage",
    NULL,
};

/* RFC 5280 §4.2.1.3 and §4.2.1.12. */
static const struct {
    const char *word;
    unsigned flag;
} usages[] = {
    {"digital-signature", GNUTLS_KEY_DIGITAL_SIGNATURE},
    {"key-encipherment",  GNUTLS_KEY_KEY_ENCIPHERMENT },
    {"key-agreement",     GNUTLS_KEY_KEY_AGREEMENT    },
    {"key-cert-sign",     GNUTLS_KEY_KEY_CERT_SIGN    },
    {"crl-sign",          GNUTLS_KEY_CRL_SIGN         },
};

static const struct {
    const char *word;
    const char *oid;
} purposes[] = {
    {"server-auth",      GNUTLS_KP_TLS_WWW_SERVER  },
    {"client-auth",      GNUTLS_KP_TLS_WWW_CLIENT  },
    {"email-protection", GNUTLS_KP_EMAIL_PROTECTION},
    {"any",              GNUTLS_KP_ANY             },
};

unsigned
mailsim_key_usage_parse(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(usages); i++)
        if (strcmp(usages[i].word, word) == 0)
            return usages[i].flag;
    return 0;
}

const char *
mailsim_key_purpose_parse(const char *word)
{
    for (gsize i = 0; i < G_N_ELEMENTS(purposes); i++)
        if (strcmp(purposes[i].word, word) == 0)
            return purposes[i].oid;
    return NULL;
}

void
mailsim_authority_profile_free(MailsimAuthorityProfile *profile)
{
    if (profile == NULL)
        return;
    g_free(profile->name);
    g_free(profile->common_name);
    g_free(profile->key_file);
    g_free(profile->issuer);
    g_free(profile);
}

void
mailsim_certificate_profile_free(MailsimCertificateProfile *profile)
{
    if (profile == NULL)
        return;
    g_free(profile->name);
    g_free(profile->issuer);
    g_strfreev(profile->rsa_keys);
    g_strfreev(profile->names);
    g_strfreev(profile->key_usage);
    g_strfreev(profile->extended_key_usage);
    g_free(profile);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimAuthorityProfile, mailsim_authority_profile_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MailsimCertificateProfile, mailsim_certificate_profile_free)

/* ---- one key of one group ---- */

/* The group that is being read. After the first mistake every read gives nothing. */
typedef struct {
    GKeyFile *file;
    char *group;   /* borrowed */
    GError *error; /* owned until it is handed over */
} GroupReader;

static void G_GNUC_PRINTF(3, 4)
    complain(GroupReader *reader, const char *key, const char *format, ...)
{
    if (reader->error != NULL)
        return;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *problem = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(&reader->error, MAILSIM_CERTIFICATE_ERROR, MAILSIM_CERTIFICATE_ERROR_PROFILE,
                "profiles.ini, [%s], %s: %s", reader->group, key, problem);
}

/* What the group says, or the one that it is like. Never NULL. */
static char *
read_text(GroupReader *reader, const char *key)
{
    g_autofree char *group = g_strdup(reader->group);
    while (reader->error == NULL) {
        char *text = g_key_file_get_string(reader->file, group, key, NULL);
        if (text != NULL)
            return g_strstrip(text);
        g_autofree char *like = g_key_file_get_string(reader->file, group, "like", NULL);
        if (like == NULL) {
            complain(reader, key, "it is not said");
            break;
        }
        g_free(group);
        group = g_strconcat(MAILSIM_PROFILE_PREFIX, like, NULL);
    }
    return g_strdup("");
}

/* A text that must not be empty; NULL when it is the word NONE, which stands for no other. */
static char *
read_name(GroupReader *reader, const char *key, const char *none)
{
    g_autofree char *text = read_text(reader, key);
    if (*text == '\0')
        complain(reader, key, "it is empty");
    if (none != NULL && strcmp(text, none) == 0)
        return NULL;
    return g_steal_pointer(&text);
}

static gboolean
read_choice(GroupReader *reader, const char *key, const char *yes, const char *no)
{
    g_autofree char *text = read_text(reader, key);
    if (strcmp(text, yes) != 0 && strcmp(text, no) != 0)
        complain(reader, key, "“%s” is neither %s nor %s", text, yes, no);
    return strcmp(text, yes) == 0;
}

static int
read_days(GroupReader *reader, const char *key, int least)
{
    g_autofree char *text = read_text(reader, key);
    gint64 days = least;
    if (!g_ascii_string_to_signed(text, 10, least, 1000000, &days, NULL))
        complain(reader, key, "“%s” is no number of days", text);
    return (int)days;
}

static MailsimTime
read_day(GroupReader *reader, const char *key)
{
    g_autofree char *text = read_text(reader, key);
    MailsimTime day = 0;
    if (!mailsim_time_parse(text, &day))
        complain(reader, key, "“%s” is no date", text);
    return day;
}

/* Words between blanks or commas. */
static char **
read_words(GroupReader *reader, const char *key)
{
    g_autofree char *text = read_text(reader, key);
    g_auto(GStrv) pieces = g_strsplit_set(text, ", \t", -1);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (char **piece = pieces; *piece != NULL; piece++)
        if (**piece != '\0')
            g_ptr_array_add(words, g_strdup(*piece));
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
}

static MailsimKeyType
read_key_type(GroupReader *reader)
{
    g_autofree char *text = read_text(reader, "key");
    MailsimKeyType type = MAILSIM_KEY_TYPE_ECDSA;
    if (!mailsim_key_type_parse(text, &type))
        complain(reader, "key", "“%s” is neither ecdsa nor rsa nor ed25519", text);
    return type;
}

static char **
read_key_usage(GroupReader *reader)
{
    char **words = read_words(reader, "key-usage");
    for (char **word = words; *word != NULL; word++)
        if (mailsim_key_usage_parse(*word) == 0)
            complain(reader, "key-usage", "unknown usage “%s”", *word);
    return words;
}

static char **
read_extended_key_usage(GroupReader *reader)
{
    char **words = read_words(reader, "extended-key-usage");
    for (char **word = words; *word != NULL; word++)
        if (mailsim_key_purpose_parse(*word) == NULL)
            complain(reader, "extended-key-usage", "unknown usage “%s”", *word);
    return words;
}

/* ---- one group ---- */

static void
check_keys(GroupReader *reader, const char *const *known)
{
    g_auto(GStrv) keys = g_key_file_get_keys(reader->file, reader->group, NULL, NULL);
    for (char **key = keys; keys != NULL && *key != NULL; key++)
        if (!g_strv_contains(known, *key))
            complain(reader, *key, "unknown key");
}

/* Is NAME an authority that was already read? Only then can it sign, and no circle arises. */
static void
check_issuer(GroupReader *reader, const char *name, const GPtrArray *authorities)
{
    if (name == NULL)
        return;
    for (guint i = 0; i < authorities->len; i++) {
        const MailsimAuthorityProfile *authority = authorities->pdata[i];
        if (strcmp(authority->name, name) == 0)
            return;
    }
    complain(reader, "issuer", "no authority “%s” above it", name);
}

static void
read_authority(GroupReader *reader, GPtrArray *authorities)
{
    g_autoptr(MailsimAuthorityProfile) profile = g_new0(MailsimAuthorityProfile, 1);
    check_keys(reader, authority_keys);
    profile->name = g_strdup(reader->group + strlen(MAILSIM_AUTHORITY_PREFIX));
    profile->common_name = read_name(reader, "common-name", NULL);
    profile->key_file = read_name(reader, "key", NULL);
    profile->issuer = read_name(reader, "issuer", "self");
    profile->trusted = read_choice(reader, "trusted", "yes", "no");
    profile->from_us = read_day(reader, "from");
    profile->until_us = read_day(reader, "until");
    check_issuer(reader, profile->issuer, authorities);
    g_ptr_array_add(authorities, g_steal_pointer(&profile));
}

/* A profile may be like one above it; so following “like” always ends. */
static void
check_like(GroupReader *reader, const GPtrArray *profiles)
{
    g_autofree char *like = g_key_file_get_string(reader->file, reader->group, "like", NULL);
    if (like == NULL)
        return;
    for (guint i = 0; i < profiles->len; i++) {
        const MailsimCertificateProfile *profile = profiles->pdata[i];
        if (strcmp(profile->name, like) == 0)
            return;
    }
    complain(reader, "like", "no profile “%s” above it", like);
}

static void
read_profile(GroupReader *reader, const GPtrArray *authorities, GPtrArray *profiles)
{
    g_autoptr(MailsimCertificateProfile) profile = g_new0(MailsimCertificateProfile, 1);
    check_keys(reader, profile_keys);
    check_like(reader, profiles);
    profile->name = g_strdup(reader->group + strlen(MAILSIM_PROFILE_PREFIX));
    profile->issuer = read_name(reader, "issuer", "self");
    profile->sends_chain = read_choice(reader, "chain", "yes", "no");
    profile->key_type = read_key_type(reader);
    profile->rsa_keys = read_words(reader, "rsa-keys");
    if (profile->rsa_keys[0] == NULL)
        complain(reader, "rsa-keys", "it is empty");
    profile->names = read_words(reader, "names");
    if (g_strcmp0(profile->names[0], "host") == 0)
        g_clear_pointer(&profile->names, g_strfreev);
    profile->issued_days = read_days(reader, "issued", -1000000);
    profile->days = read_days(reader, "days", 1);
    profile->constraints_critical =
        read_choice(reader, "basic-constraints", "critical", "plain");
    profile->key_usage = read_key_usage(reader);
    profile->extended_key_usage = read_extended_key_usage(reader);
    check_issuer(reader, profile->issuer, authorities);
    g_ptr_array_add(profiles, g_steal_pointer(&profile));
}

/* ---- the file ---- */

static gboolean
read_group(GroupReader *reader, GPtrArray *authorities, GPtrArray *profiles)
{
    if (g_str_has_prefix(reader->group, MAILSIM_AUTHORITY_PREFIX))
        read_authority(reader, authorities);
    else if (g_str_has_prefix(reader->group, MAILSIM_PROFILE_PREFIX))
        read_profile(reader, authorities, profiles);
    else
        g_set_error(&reader->error, MAILSIM_CERTIFICATE_ERROR,
                    MAILSIM_CERTIFICATE_ERROR_PROFILE, "profiles.ini, [%s]: unknown group",
                    reader->group);
    return reader->error == NULL;
}

gboolean
mailsim_certificate_profiles_read(GBytes *text,
                                  GPtrArray *authorities,
                                  GPtrArray *profiles,
                                  GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) syntax = NULL;
    if (!g_key_file_load_from_bytes(file, text, G_KEY_FILE_NONE, &syntax)) {
        g_set_error(error, MAILSIM_CERTIFICATE_ERROR, MAILSIM_CERTIFICATE_ERROR_PROFILE,
                    "cannot read profiles.ini: %s", syntax->message);
        return FALSE;
    }
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (char **group = groups; *group != NULL; group++) {
        GroupReader reader = {.file = file, .group = *group};
        const gboolean well = read_group(&reader, authorities, profiles);
        if (!well) {
            g_propagate_error(error, reader.error);
            return FALSE;
        }
    }
    return TRUE;
}
