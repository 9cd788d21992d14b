/* SPDX-License-Identifier: MIT
 *
 * Reading the texts: key files among the program's resources, a group for each topic. */
#include "explain-private.h"

#include <string.h>

#include <mailsim/transcript/text-files.h>

#include "topics-resources.h"

#define TOPICS_PATH "/org/mailsim/topics"

struct TopicTexts {
    GHashTable *by_name; /* “postfix/smtpd_banner” */
    GHashTable *by_file; /* name of the file to GPtrArray of TopicText, lent */
    GPtrArray *all;      /* of TopicText */
    GKeyFile *seen;      /* seen.ini: no texts, but places */
};

#define SEEN_FILE "seen.ini"

/* “type.curl”: what is typed into curl. */
#define COMMAND_PREFIX "type."

static void
free_command(gpointer data)
{
    TopicCommand *command = data;

    g_free(command->name);
    g_strfreev(command->lines);
    g_free(command);
}

static void
free_text(gpointer data)
{
    TopicText *text = data;

    g_free(text->file);
    g_free(text->id);
    g_strfreev(text->names);
    g_strfreev(text->see);
    g_free(text->reference);
    g_ptr_array_unref(text->commands);
    for (guint i = 0; i < MAILSIM_LANGUAGES; i++) {
        g_free(text->title[i]);
        g_free(text->gloss[i]);
        g_free(text->text[i]);
        g_free(text->more[i]);
        g_free(text->choices[i]);
    }
    g_free(text);
}

/* “a; b” as its members. */
static char **
split_list(const char *list)
{
    char **members = g_strsplit(list != NULL ? list : "", ";", -1);

    for (guint i = 0; members[i] != NULL; i++)
        g_strstrip(members[i]);
    return members;
}

/* In the order of the file; “\\n” is where a command goes on in another line. */
static GPtrArray *
read_commands(GKeyFile *file, const char *group)
{
    GPtrArray *commands = g_ptr_array_new_with_free_func(free_command);
    g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, NULL);

    for (char **key = keys; *key != NULL; key++) {
        g_autofree char *value = NULL;
        TopicCommand *command;

        if (!g_str_has_prefix(*key, COMMAND_PREFIX))
            continue;
        value = g_key_file_get_string(file, group, *key, NULL);
        command = g_new0(TopicCommand, 1);
        command->name = g_strdup(*key + strlen(COMMAND_PREFIX));
        command->lines = g_strsplit(value, "\n", -1);
        g_ptr_array_add(commands, command);
    }
    return commands;
}

static TopicText *
read_group(GKeyFile *file, const char *name, const char *group)
{
    TopicText *text = g_new0(TopicText, 1);
    g_autofree char *names = g_key_file_get_value(file, group, "names", NULL);
    g_autofree char *see = g_key_file_get_value(file, group, "see", NULL);
    g_autofree char *listed = g_key_file_get_value(file, group, "listed", NULL);

    text->file = g_strdup(name);
    text->id = g_strdup(group);
    text->names = split_list(names);
    text->see = split_list(see);
    text->reference = g_key_file_get_value(file, group, "reference", NULL);
    text->commands = read_commands(file, group);
    text->listed = g_strcmp0(listed, "yes") == 0;
    mailsim_text_file_read_translated(file, group, "title", text->title);
    mailsim_text_file_read_translated(file, group, "gloss", text->gloss);
    mailsim_text_file_read_translated(file, group, "text", text->text);
    mailsim_text_file_read_translated(file, group, "more", text->more);
    mailsim_text_file_read_translated(file, group, "choose", text->choices);
    return text;
}

static void
read_file(TopicTexts *self, const char *base)
{
    g_autofree char *name = g_strndup(base, strlen(base) - strlen(".ini"));
    g_autoptr(GKeyFile) file = mailsim_text_file_load(TOPICS_PATH, base);
    GPtrArray *list = g_ptr_array_new();

    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
    for (char **group = groups; *group != NULL; group++) {
        TopicText *text = read_group(file, name, *group);

        g_ptr_array_add(self->all, text);
        g_ptr_array_add(list, text);
        g_hash_table_insert(self->by_name, g_strdup_printf("%s/%s", name, *group), text);
    }
    g_hash_table_insert(self->by_file, g_strdup(name), list);
}

static void
unref_list(gpointer list)
{
    g_ptr_array_unref(list);
}

TopicTexts *
topic_texts_new(void)
{
    TopicTexts *self = g_new0(TopicTexts, 1);

    self->all = g_ptr_array_new_with_free_func(free_text);
    self->by_name = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    self->by_file = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, unref_list);
    mailsim_topics_get_resource(); /* registers it, and keeps the linker from leaving it out */
    self->seen = mailsim_text_file_load(TOPICS_PATH, SEEN_FILE);
    g_auto(GStrv) names = mailsim_text_files_list(TOPICS_PATH);
    for (char **name = names; *name != NULL; name++) {
        if (strcmp(*name, SEEN_FILE) != 0)
            read_file(self, *name);
    }
    return self;
}

void
topic_texts_free(TopicTexts *self)
{
    if (self == NULL)
        return;
    g_hash_table_unref(self->by_name);
    g_hash_table_unref(self->by_file);
    g_ptr_array_unref(self->all);
    g_key_file_unref(self->seen);
    g_free(self);
}

const TopicText *
topic_texts_find(const TopicTexts *self, const char *file, const char *id)
{
    g_autofree char *name = g_strdup_printf("%s/%s", file, id);

    return g_hash_table_lookup(self->by_name, name);
}

const GPtrArray *
topic_texts_list(const TopicTexts *self, const char *file)
{
    const GPtrArray *list = g_hash_table_lookup(self->by_file, file);

    g_assert(list != NULL);
    return list;
}

char **
topic_texts_list_cases(const TopicTexts *self, const char *topic)
{
    char **cases = g_key_file_get_keys(self->seen, topic, NULL, NULL);

    return cases != NULL ? cases : g_new0(char *, 1);
}

char *
topic_texts_dup_steps(const TopicTexts *self, const char *topic, const char *name)
{
    return g_key_file_get_value(self->seen, topic, name, NULL);
}
