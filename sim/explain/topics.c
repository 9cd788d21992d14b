/* SPDX-License-Identifier: MIT
 *
 * All topics by their names: collecting them from the tables and the texts, and finding what
 * somebody asks for. */
#include "explain-private.h"

#include <string.h>

#include <mailsim/base/suggestion.h>

/* ---- names ------------------------------------------------------------------------------- */

/* Without capitals and without accents: “envio” is “Envío”. */
static char *
fold(const char *name)
{
    g_autofree char *valid = g_utf8_make_valid(name, -1);
    g_autofree char *small = g_utf8_casefold(valid, -1);
    g_autofree char *parted = g_utf8_normalize(small, -1, G_NORMALIZE_DEFAULT);
    GString *folded = g_string_new(NULL);

    for (const char *at = parted; *at != '\0'; at = g_utf8_next_char(at)) {
        if (g_unichar_type(g_utf8_get_char(at)) != G_UNICODE_NON_SPACING_MARK)
            g_string_append_unichar(folded, g_utf8_get_char(at));
    }
    return g_string_free(folded, FALSE);
}

/* NAME as it is compared: small letters, single blanks, none beside “=”, no full stop or colon
 * behind it. */
static char *
normalize(const char *name)
{
    g_autofree char *folded = fold(name);
    g_auto(GStrv) words = g_strsplit_set(folded, " \t\r\n", -1);
    g_autoptr(GString) joined = g_string_new(NULL);

    for (guint i = 0; words[i] != NULL; i++) {
        if (*words[i] == '\0')
            continue;
        if (joined->len > 0)
            g_string_append_c(joined, ' ');
        g_string_append(joined, words[i]);
    }
    g_string_replace(joined, " =", "=", 0);
    g_string_replace(joined, "= ", "=", 0);
    while (joined->len > 1 && strchr(":.,;?", joined->str[joined->len - 1]) != NULL)
        g_string_truncate(joined, joined->len - 1);
    return g_string_free(g_steal_pointer(&joined), FALSE);
}

void
topics_name(MailsimTopics *self, OwnTopic *topic, const char *name)
{
    g_autofree char *key = normalize(name);
    GPtrArray *meanings = g_hash_table_lookup(self->names, key);

    if (*key == '\0')
        return;
    if (meanings == NULL) {
        meanings = g_ptr_array_new();
        g_ptr_array_add(self->shown, g_strdup(name));
        g_hash_table_insert(self->names, g_steal_pointer(&key), meanings);
    }
    if (!g_ptr_array_find(meanings, topic, NULL))
        g_ptr_array_add(meanings, topic);
}

static OwnTopic *
make_topic(const MailsimTopics *self,
           MailsimSubject subject,
           const char *id,
           const char *file,
           const char *group)
{
    OwnTopic *topic = g_new0(OwnTopic, 1);

    topic->topic.subject = subject;
    topic->topic.id = g_strdup(id);
    topic->name = topic->topic.id;
    topic->text = topic_texts_find(self->texts, file, group);
    topic->topic.has_text =
        topic->text != NULL && topic->text->text[MAILSIM_LANGUAGE_EN] != NULL;
    return topic;
}

OwnTopic *
topics_add(MailsimTopics *self,
           MailsimSubject subject,
           const char *id,
           const char *file,
           const char *group)
{
    OwnTopic *topic = make_topic(self, subject, id, file, group);

    g_ptr_array_add(self->topics, topic);
    topics_name(self, topic, id);
    for (guint i = 0; i < MAILSIM_LANGUAGES; i++)
        topics_name(self, topic, topic_get_title(topic, (MailsimLanguage)i));
    for (guint i = 0; topic->text != NULL && topic->text->names[i] != NULL; i++)
        topics_name(self, topic, topic->text->names[i]);
    return topic;
}

OwnTopic *
topics_make(MailsimTopics *self, MailsimSubject subject, const char *id)
{
    OwnTopic *topic = make_topic(self, subject, id, "", "");

    g_ptr_array_add(self->asked, topic);
    return topic;
}

const char *
topic_get_title(const OwnTopic *topic, MailsimLanguage language)
{
    const char *title = topic->text != NULL ? topic->text->title[language] : NULL;

    return title != NULL ? title : topic->topic.id;
}

/* ---- all of them ------------------------------------------------------------------------- */

/* The topics that are nothing but texts. */
static void
add_texts(MailsimTopics *self)
{
    static const struct {
        const char *file;
        MailsimSubject subject;
    } files[] = {
        {"words",    MAILSIM_SUBJECT_WORD    },
        {"reading",  MAILSIM_SUBJECT_WORD    },
        {"ports",    MAILSIM_SUBJECT_PORT    },
        {"replies",  MAILSIM_SUBJECT_REPLY   },
        {"enhanced", MAILSIM_SUBJECT_ENHANCED},
        {"values",   MAILSIM_SUBJECT_VALUE   },
        {"trust",    MAILSIM_SUBJECT_TRUST   },
        {"guides",   MAILSIM_SUBJECT_GUIDE   },
    };

    for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
        const GPtrArray *texts = topic_texts_list(self->texts, files[i].file);

        for (guint j = 0; j < texts->len; j++) {
            const TopicText *text = g_ptr_array_index(texts, j);
            topics_add(self, files[i].subject, text->id, text->file, text->id);
        }
    }
}

static void
free_topic(gpointer data)
{
    OwnTopic *topic = data;

    g_free(topic->topic.id);
    g_free(topic);
}

static void
unref_meanings(gpointer meanings)
{
    g_ptr_array_unref(meanings);
}

MailsimTopics *
mailsim_topics_new(void)
{
    MailsimTopics *self = g_new0(MailsimTopics, 1);

    self->texts = topic_texts_new();
    self->notes = mailsim_notes_new();
    self->topics = g_ptr_array_new_with_free_func(free_topic);
    self->asked = g_ptr_array_new_with_free_func(free_topic);
    self->shown = g_ptr_array_new_with_free_func(g_free);
    self->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_meanings);
    add_texts(self);
    certificate_add_topics(self);
    postfix_add_topics(self);
    restriction_add_topics(self);
    dovecot_add_topics(self);
    language_add_topics(self);
    return self;
}

void
mailsim_topics_free(MailsimTopics *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->names);
    g_ptr_array_unref(self->shown);
    g_ptr_array_unref(self->asked);
    g_ptr_array_unref(self->topics);
    mailsim_authority_free(self->authority);
    mailsim_notes_free(self->notes);
    topic_texts_free(self->texts);
    g_free(self);
}

/* A topic is the first member of what it is here. */
const GPtrArray *
mailsim_topics_list(const MailsimTopics *self)
{
    G_STATIC_ASSERT(G_STRUCT_OFFSET(OwnTopic, topic) == 0);
    return self->topics;
}

const char *
mailsim_subject_name(MailsimSubject subject)
{
    static const char *const names[MAILSIM_SUBJECTS] = {
        [MAILSIM_SUBJECT_WORD] = "word",
        [MAILSIM_SUBJECT_PORT] = "port",
        [MAILSIM_SUBJECT_REPLY] = "reply",
        [MAILSIM_SUBJECT_ENHANCED] = "enhanced",
        [MAILSIM_SUBJECT_VALUE] = "value",
        [MAILSIM_SUBJECT_TRUST] = "trust",
        [MAILSIM_SUBJECT_CERTIFICATE] = "certificate",
        [MAILSIM_SUBJECT_PARAMETER] = "parameter",
        [MAILSIM_SUBJECT_RESTRICTION] = "restriction",
        [MAILSIM_SUBJECT_DOVECOT] = "dovecot",
        [MAILSIM_SUBJECT_LANGUAGE] = "language",
        [MAILSIM_SUBJECT_GUIDE] = "guide",
    };

    return names[subject];
}

/* ---- finding ----------------------------------------------------------------------------- */

static gint
compare_subjects(gconstpointer a, gconstpointer b)
{
    const OwnTopic *first = *(OwnTopic *const *)a, *second = *(OwnTopic *const *)b;

    return (gint)first->topic.subject - (gint)second->topic.subject;
}

void
topics_find_name(MailsimTopics *self, const char *name, GPtrArray *found)
{
    g_autofree char *key = normalize(name);
    const GPtrArray *meanings = g_hash_table_lookup(self->names, key);

    for (guint i = 0; meanings != NULL && i < meanings->len; i++)
        g_ptr_array_add(found, g_ptr_array_index(meanings, i));
    g_ptr_array_sort(found,
                     compare_subjects); /* stable: those of one subject keep their order */
}

GPtrArray *
mailsim_topics_find(MailsimTopics *self, const char *words)
{
    g_return_val_if_fail(self != NULL && words != NULL, NULL);
    GPtrArray *found = g_ptr_array_new();
    const char *pattern;

    topics_find_name(self, words, found);
    if (found->len == 0)
        code_find(self, words, found);
    pattern = found->len == 0 ? language_find_pattern(words) : NULL;
    if (pattern != NULL)
        topics_find_name(self, pattern, found);
    return found;
}

char *
mailsim_topics_dup_hint(const MailsimTopics *self, const char *words)
{
    g_autofree char *key = normalize(words);
    g_autofree char *hint = mailsim_suggestion_hint(key, self->shown);
    g_autoptr(GString) containing = g_string_new(NULL);
    guint n = 0;

    if (hint != NULL || strlen(key) < 3)
        return g_steal_pointer(&hint);
    for (guint i = 0; i < self->shown->len; i++) {
        const char *name = g_ptr_array_index(self->shown, i);
        g_autofree char *normal = normalize(name);

        if (strstr(normal, key) == NULL || n++ >= 5)
            continue;
        g_string_append_printf(containing, "%s“%s”", n > 1 ? ", " : "", name);
    }
    if (n == 0)
        return NULL;
    if (n > 5)
        g_string_append_printf(containing, " and %u more", n - 5);
    return g_strdup_printf("did you mean %s?", containing->str);
}
