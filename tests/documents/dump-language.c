/* SPDX-License-Identifier: MIT
 *
 * The tables of the scenario language as JSON, for whoever writes documents from them. */
#include <stdio.h>

#include <json-glib/json-glib.h>

#include <mailsim/scenario/key-table.h>

static void
add_string(JsonBuilder *builder, const char *name, const char *value)
{
    json_builder_set_member_name(builder, name);
    if (value)
        json_builder_add_string_value(builder, value);
    else
        json_builder_add_null_value(builder);
}

static void
add_flag(JsonBuilder *builder, const char *name, gboolean value)
{
    json_builder_set_member_name(builder, name);
    json_builder_add_boolean_value(builder, value);
}

static void
add_groups(JsonBuilder *builder)
{
    json_builder_set_member_name(builder, "groups");
    json_builder_begin_array(builder);
    for (int i = 0; i < (int)MAILSIM_GROUP_KINDS; i++) {
        const MailsimGroupRow *row = mailsim_key_table_get_group((MailsimGroupKind)i);

        json_builder_begin_object(builder);
        add_string(builder, "name", row->name);
        add_string(builder, "operands", row->operands);
        add_string(builder, "description", row->description);
        add_flag(builder, "at_step", (row->flags & MAILSIM_KEY_AT_STEP) != 0);
        add_flag(builder, "planned", (row->flags & MAILSIM_KEY_PLANNED) != 0);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

/* What a set of words is called here: its first word will do. */
static const char *
name_set(MailsimWordSet set)
{
    guint n;
    const MailsimWordRow *words = mailsim_key_table_list_words(&n);

    for (guint i = 0; i < n; i++)
        if (words[i].set == set)
            return words[i].word;
    return NULL;
}

/* The name as its keys are recognized: what stands before and after its capital word, and what
 * kind of word may stand there. */
static void
add_name_parts(JsonBuilder *builder, const MailsimKeyRow *row)
{
    static const char *const kinds[] = {
        [MAILSIM_PLACEHOLDER_NONE] = NULL,       [MAILSIM_PLACEHOLDER_NUMBER] = "number",
        [MAILSIM_PLACEHOLDER_LETTER] = "letter", [MAILSIM_PLACEHOLDER_LABEL] = "label",
        [MAILSIM_PLACEHOLDER_RECORD] = "record", [MAILSIM_PLACEHOLDER_ANYTHING] = "anything",
    };
    gsize start, length;
    MailsimPlaceholder kind = mailsim_key_table_find_placeholder(row, &start, &length);
    g_autofree char *before = g_strndup(row->name, start);

    add_string(builder, "before", before);
    add_string(builder, "placeholder", kinds[kind]);
    add_string(builder, "after", row->name + start + length);
}

static void
add_keys(JsonBuilder *builder)
{
    guint n;
    const MailsimKeyRow *keys = mailsim_key_table_list_keys(&n);

    json_builder_set_member_name(builder, "keys");
    json_builder_begin_array(builder);
    for (guint i = 0; i < n; i++) {
        json_builder_begin_object(builder);
        add_string(builder, "group", mailsim_key_table_get_group(keys[i].group)->name);
        add_string(builder, "name", keys[i].name);
        add_name_parts(builder, &keys[i]);
        add_string(builder, "type", mailsim_key_table_get_type(keys[i].type)->name);
        add_string(builder, "words", name_set(keys[i].words));
        add_string(builder, "default", keys[i].default_value);
        add_string(builder, "steps", keys[i].steps);
        add_string(builder, "description", keys[i].description);
        add_flag(builder, "at_step", (keys[i].flags & MAILSIM_KEY_AT_STEP) != 0);
        add_flag(builder, "translated", (keys[i].flags & MAILSIM_KEY_TRANSLATED) != 0);
        add_flag(builder, "required", (keys[i].flags & MAILSIM_KEY_REQUIRED) != 0);
        add_flag(builder, "planned", (keys[i].flags & MAILSIM_KEY_PLANNED) != 0);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
add_types(JsonBuilder *builder)
{
    json_builder_set_member_name(builder, "types");
    json_builder_begin_array(builder);
    for (int i = 0; i < (int)MAILSIM_VALUE_TYPES; i++) {
        const MailsimTypeRow *row = mailsim_key_table_get_type((MailsimValueType)i);

        json_builder_begin_object(builder);
        add_string(builder, "name", row->name);
        add_string(builder, "looks", row->looks);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
add_words(JsonBuilder *builder)
{
    guint n;
    const MailsimWordRow *words = mailsim_key_table_list_words(&n);

    json_builder_set_member_name(builder, "words");
    json_builder_begin_array(builder);
    for (guint i = 0; i < n; i++) {
        json_builder_begin_object(builder);
        add_string(builder, "set", name_set(words[i].set));
        add_string(builder, "word", words[i].word);
        add_string(builder, "description", words[i].description);
        json_builder_set_member_name(builder, "excludes");
        json_builder_add_int_value(builder, words[i].excludes);
        add_flag(builder, "planned", (words[i].flags & MAILSIM_KEY_PLANNED) != 0);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

static void
add_looks(JsonBuilder *builder)
{
    MailsimLookForm look;

    json_builder_set_member_name(builder, "looks");
    json_builder_begin_array(builder);
    for (guint i = 0; mailsim_key_table_get_look(i, &look); i++) {
        json_builder_begin_object(builder);
        add_string(builder, "form", look.form);
        add_flag(builder, "planned", look.planned);
        json_builder_end_object(builder);
    }
    json_builder_end_array(builder);
}

int
main(void)
{
    g_autoptr(JsonBuilder) builder = json_builder_new();
    g_autoptr(JsonNode) root = NULL;
    g_autofree char *text = NULL;

    json_builder_begin_object(builder);
    add_groups(builder);
    add_keys(builder);
    add_types(builder);
    add_words(builder);
    add_looks(builder);
    json_builder_end_object(builder);
    root = json_builder_get_root(builder);
    text = json_to_string(root, TRUE);
    puts(text);
    return 0;
}
