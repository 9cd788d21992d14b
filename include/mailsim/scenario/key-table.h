/* SPDX-License-Identifier: MIT
 *
 * The scenario language as one table: every group, key, type, default and word, declared once.
 * The checker obeys it, and help, reference and completion are printed from it. */
#pragma once

#include <glib.h>

typedef enum {
    MAILSIM_GROUP_SCENARIO,
    MAILSIM_GROUP_HOST,
    MAILSIM_GROUP_POSTFIX,
    MAILSIM_GROUP_SERVICE,
    MAILSIM_GROUP_DOVECOT,
    MAILSIM_GROUP_FILE,
    MAILSIM_GROUP_ZONE,
    MAILSIM_GROUP_CERTIFICATE,
    MAILSIM_GROUP_MUA,
    MAILSIM_GROUP_LINK,
    MAILSIM_GROUP_BLOCKLIST,
    MAILSIM_GROUP_STEP,
    MAILSIM_GROUP_QUESTION,
} MailsimGroupKind;

#define MAILSIM_GROUP_KINDS (MAILSIM_GROUP_QUESTION + 1)

typedef enum {
    MAILSIM_KEY_AT_STEP = 1 << 0,    /* may stand in an @STEP group */
    MAILSIM_KEY_TRANSLATED = 1 << 1, /* may have [en] and [es] */
    MAILSIM_KEY_REQUIRED = 1 << 2,
    MAILSIM_KEY_LIKE = 1 << 3,    /* groups: may say like; step keys: copied by it */
    MAILSIM_KEY_PLANNED = 1 << 4, /* of the language, but not built yet */
} MailsimKeyFlags;

/* What each looks like is told in type-table.c. */
typedef enum {
    MAILSIM_TYPE_TEXT, /* escapes are undone */
    MAILSIM_TYPE_RAW,  /* taken as it stands */
    MAILSIM_TYPE_LINE, /* typed line: escapes are undone */
    MAILSIM_TYPE_YES_NO,
    MAILSIM_TYPE_NUMBER,
    MAILSIM_TYPE_COUNT, /* a number, or 0 */
    MAILSIM_TYPE_PORT,
    MAILSIM_TYPE_PORT_LIST,
    MAILSIM_TYPE_DURATION,
    MAILSIM_TYPE_MOMENT,
    MAILSIM_TYPE_ADDRESS,
    MAILSIM_TYPE_ADDRESS_LIST,
    MAILSIM_TYPE_DNS_NAME,
    MAILSIM_TYPE_DNS_NAME_LIST,
    MAILSIM_TYPE_ENDPOINT,
    MAILSIM_TYPE_MAIL_ADDRESS,      /* may be empty: the null sender */
    MAILSIM_TYPE_MAIL_ADDRESS_LIST, /* recipients */
    MAILSIM_TYPE_USER_LIST,         /* name or name:password */
    MAILSIM_TYPE_WORD,              /* one of the row's words */
    MAILSIM_TYPE_WORD_LIST,
    MAILSIM_TYPE_LIKE,
    MAILSIM_TYPE_SCENARIO, /* name of another scenario */
    MAILSIM_TYPE_USER,     /* the rest: names of things that the scenario has */
    MAILSIM_TYPE_SENDER,   /* a user or a mail program; who types, a host or one */
    MAILSIM_TYPE_MUA,
    MAILSIM_TYPE_HOST,
    MAILSIM_TYPE_STEP,
    MAILSIM_TYPE_CERTIFICATE, /* a certificate or a profile */
    MAILSIM_TYPE_ISSUER,      /* a certificate or self */
    MAILSIM_TYPE_POSTFIX,     /* the value of a Postfix parameter */
    MAILSIM_TYPE_DOVECOT,
    MAILSIM_TYPE_OUTCOME,       /* words of an outcome */
    MAILSIM_TYPE_OUTCOME_CODES, /* and codes */
    MAILSIM_TYPE_HOP,           /* words on a hop, and codes */
    MAILSIM_TYPE_LOOK,          /* what is looked at */
    MAILSIM_TYPE_RECORDS,       /* data of DNS records, separated by semicolons */
    MAILSIM_TYPE_RECORD_TYPE_LIST,
} MailsimValueType;

#define MAILSIM_VALUE_TYPES (MAILSIM_TYPE_RECORD_TYPE_LIST + 1)

typedef enum {
    MAILSIM_WORDS_NONE,
    MAILSIM_WORDS_LANGUAGE,
    MAILSIM_WORDS_YES_NO,
    MAILSIM_WORDS_PROFILE,
    MAILSIM_WORDS_KEY,
    MAILSIM_WORDS_KEY_USAGE,
    MAILSIM_WORDS_EXTENDED_KEY_USAGE,
    MAILSIM_WORDS_MODE,
    MAILSIM_WORDS_DNSSEC,
    MAILSIM_WORDS_ATTACK,
    MAILSIM_WORDS_ATTACK_CERTIFICATE,
    MAILSIM_WORDS_DO,
    MAILSIM_WORDS_OUTCOME,
    MAILSIM_WORDS_HOP,
    MAILSIM_WORDS_ATTACK_RESULT,
} MailsimWordSet;

typedef struct {
    MailsimGroupKind kind;
    const char *name;     /* “service” */
    const char *operands; /* what follows the name: “H S” */
    guint flags;
    const char *description;
} MailsimGroupRow;

/* What stands in a key where its name in the table has a capital word. */
typedef enum {
    MAILSIM_PLACEHOLDER_NONE,
    MAILSIM_PLACEHOLDER_NUMBER,   /* N */
    MAILSIM_PLACEHOLDER_LETTER,   /* CHOICE: from a to f */
    MAILSIM_PLACEHOLDER_LABEL,    /* H: without a dot */
    MAILSIM_PLACEHOLDER_RECORD,   /* OWNER TYPE: two words */
    MAILSIM_PLACEHOLDER_ANYTHING, /* NAME, ADDRESS */
} MailsimPlaceholder;

/* A capital word in a key's name stands for anything of that kind: expect.hop.H,
 * expect.to.ADDRESS. */
typedef struct {
    MailsimGroupKind group;
    const char *name;
    MailsimValueType type;
    MailsimWordSet words;
    const char *default_value; /* as the reference says it; NULL: none */
    guint flags;
    const char *steps; /* of [step]: the values of do that have this key; NULL: all */
    const char *description;
} MailsimKeyRow;

typedef struct {
    MailsimValueType type;
    const char *name;  /* “duration” */
    const char *looks; /* what it looks like, a phrase of Markdown */
} MailsimTypeRow;

/* What a look step can look at. */
typedef struct {
    const char *form; /* “dns NAME TYPE” */
    gboolean planned; /* of the language, but not built yet */
} MailsimLookForm;

/* Words of one set that have the same number other than 0 exclude each other. */
typedef struct {
    MailsimWordSet set;
    const char *word;
    guint excludes;
    guint flags;
    const char *description;
} MailsimWordRow;

const MailsimGroupRow *mailsim_key_table_get_group(MailsimGroupKind kind);
const MailsimGroupRow *mailsim_key_table_find_group(const char *name);

/* The row that KEY of a group belongs to; NULL when the group has no such key. For [postfix],
 * [service] and [dovecot] any other name gives the row NAME. */
const MailsimKeyRow *mailsim_key_table_find_key(MailsimGroupKind group, const char *key);

/* Is its name the key itself, and no pattern such as NAME, which stands for any? */
gboolean mailsim_key_row_is_literal(const MailsimKeyRow *row);

/* Does it mean something in a group or, if only some steps have it, in one with do = DOES? */
gboolean mailsim_key_row_belongs_to(const MailsimKeyRow *row, const char *does);

/* What the capital word in the name of ROW stands for, and which LENGTH bytes from START on it
 * is; NONE: there is no such word, and START is the end of the name. */
MailsimPlaceholder
mailsim_key_table_find_placeholder(const MailsimKeyRow *row, gsize *start, gsize *length);

/* All rows, in the order of the reference. */
const MailsimKeyRow *mailsim_key_table_list_keys(guint *n_keys);

/* All words of all sets, in the order of the reference; lent. */
const MailsimWordRow *mailsim_key_table_list_words(guint *n_words);

/* The ports that need no word on how a connection begins there, smallest first; lent. */
const guint *mailsim_key_table_list_ports(guint *n_ports);

const MailsimWordRow *mailsim_key_table_find_word(MailsimWordSet set, const char *word);

/* Names to suggest from, lent strings; free with g_ptr_array_unref(). Rows that are not
 * built yet are left out, as are keys that stand for anything. */
GPtrArray *mailsim_key_table_name_groups(void);
GPtrArray *mailsim_key_table_name_keys(MailsimGroupKind group);
GPtrArray *mailsim_key_table_name_words(MailsimWordSet set);

const MailsimTypeRow *mailsim_key_table_get_type(MailsimValueType type);

/* The I-th of them; FALSE: there are fewer. */
gboolean mailsim_key_table_get_look(guint i, MailsimLookForm *look);
