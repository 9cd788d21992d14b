/* SPDX-License-Identifier: MIT
 *
 * Reading folders of key files, whatever their groups are about. */
#include <mailsim/transcript/text-files.h>

#include <string.h>

static gint
compare_names(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **
mailsim_text_files_list(const char *folder)
{
    g_auto(GStrv) names =
        g_resources_enumerate_children(folder, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
    g_autoptr(GPtrArray) found = g_ptr_array_new();

    g_assert(names != NULL);
    /* An overlay is a folder of the sources, with other files in it. */
    for (char **name = names; *name != NULL; name++) {
        if (g_str_has_suffix(*name, ".ini"))
            g_ptr_array_add(found, g_strdup(*name));
    }
    g_ptr_array_sort(found, compare_names);
    g_ptr_array_add(found, NULL);
    return (char **)g_ptr_array_free(g_steal_pointer(&found), FALSE);
}

GKeyFile *
mailsim_text_file_load(const char *folder, const char *name)
{
    g_autofree char *path = g_build_path("/", folder, name, NULL);
    GKeyFile *file = g_key_file_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) data =
        g_resources_lookup_data(path, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);

    if (data == NULL ||
        !g_key_file_load_from_bytes(file, data, G_KEY_FILE_KEEP_TRANSLATIONS, &error))
        g_error("cannot read the texts of “%s”: %s", path, error->message);
    return file;
}

void
mailsim_text_file_read_translated(GKeyFile *file,
                                  const char *group,
                                  const char *key,
                                  char **texts)
{
    static const char *const codes[MAILSIM_LANGUAGES] = {
        [MAILSIM_LANGUAGE_EN] = "en",
        [MAILSIM_LANGUAGE_ES] = "es",
    };

    for (guint i = 0; i < MAILSIM_LANGUAGES; i++) {
        g_autofree char *name = g_strdup_printf("%s[%s]", key, codes[i]);
        texts[i] = g_key_file_get_value(file, group, name, NULL);
    }
}
