/* SPDX-License-Identifier: MIT
 *
 * virtual(5), as cleanup(8) applies it: an address becomes others, and these again others,
 * until nothing is found or an address stands for itself. */
#include "queue-private.h"

#include <string.h>

#include <mailsim/protocol/mail-address.h>

/* One address that is being expanded. */
typedef struct {
    MailsimHost *host;
    const char *address;
    const char *queue_id; /* NULL: nobody complains */
    MailsimRewriter rewriter;
    char *tables;
    gboolean keeps_extension;
    gint64 recursion_limit;
    gint64 expansion_limit;
    gint64 length_limit;
    GPtrArray *addresses; /* of char *: what it has come to so far */
    GHashTable *final;    /* in lower case: those that stand for themselves */
} Expansion;

/* “virtual_alias_maps map lookup problem for ana@iesgn.example” */
static void
complain(const Expansion *expansion, const char *problem, const char *of)
{
    if (expansion->queue_id == NULL)
        return;
    mailsim_host_log(expansion->host, "cleanup", -1,
                     "warning: %s: %s %s -- message not accepted, try again later",
                     expansion->queue_id, problem, of);
}

/* The table has been asked for KEY. */
static void
complain_of_table(const Expansion *expansion, const char *key)
{
    MailsimProcess *process;

    if (expansion->queue_id == NULL)
        return;
    process = mailsim_process_start(expansion->host, NULL, "cleanup");
    mailsim_process_log_lookup_error(process, -1, expansion->host, expansion->tables, key);
    mailsim_process_end(process);
    complain(expansion, "virtual_alias_maps map lookup problem for", expansion->address);
}

/* As much of it as goes into the log. */
static void
complain_of_length(const Expansion *expansion, const char *target)
{
    g_autofree char *shown = g_strdup_printf("%.300s...", target);

    complain(expansion, "unreasonable virtual_alias_maps result", shown);
}

gboolean
mailsim_host_propagates_extension(const MailsimHost *host, const char *word)
{
    char **words = mailsim_host_get_list(host, NULL, "propagate_unmatched_extensions");

    return g_strv_contains((const char *const *)words, word);
}

/* EXTENSION, with its delimiter, between the local part and the domain; free with g_free(). */
static char *
insert_extension(const char *address, const char *extension)
{
    g_autofree char *local_part = mailsim_mail_address_dup_local_part(address);
    const char *domain = mailsim_mail_address_get_domain(address);

    return g_strconcat(local_part, extension, domain != NULL ? "@" : NULL, domain, NULL);
}

/* What the tables have for ADDRESS, whole addresses; NULL: nothing. “@other.example” changes
 * the domain only. */
static GPtrArray *
look_up(const Expansion *expansion, const char *address, gboolean *failed)
{
    g_autofree char *key = mailsim_address_quote(address);
    g_autofree char *local_part = mailsim_mail_address_dup_local_part(address);
    g_autofree char *value = NULL;
    g_autofree char *extension = NULL;
    GPtrArray *targets;
    MailsimLookup result =
        mailsim_host_look_up_alias(expansion->host, expansion->tables, key, &value, &extension);

    *failed = result == MAILSIM_LOOKUP_ERROR;
    if (*failed)
        complain_of_table(expansion, key);
    if (result != MAILSIM_LOOKUP_FOUND)
        return NULL;
    targets = mailsim_alias_targets_parse(value);
    for (guint i = 0; i < targets->len; i++) {
        char **target = (char **)&targets->pdata[i];
        g_autofree char *written = *target;
        g_autofree char *named =
            written[0] == '@' ? g_strconcat(local_part, written, NULL) : g_strdup(written);
        g_autofree char *whole = mailsim_address_rewrite(named, &expansion->rewriter.rules);

        *target = expansion->keeps_extension && extension != NULL && written[0] != '@'
                      ? insert_extension(whole, extension)
                      : g_steal_pointer(&whole);
    }
    return targets;
}

static gboolean
is_final(const Expansion *expansion, const char *address)
{
    g_autofree char *folded = g_ascii_strdown(address, -1);

    return g_hash_table_contains(expansion->final, folded);
}

/* The first of TARGETS in the place of address I, the others behind all. FALSE: one of them is
 * too long. */
static gboolean
replace(Expansion *expansion, guint i, const GPtrArray *targets)
{
    g_autofree char *from = g_steal_pointer(&expansion->addresses->pdata[i]);

    for (guint j = 0; j < targets->len; j++) {
        const char *target = g_ptr_array_index(targets, j);

        if (j == 0)
            expansion->addresses->pdata[i] = g_strdup(target);
        else
            g_ptr_array_add(expansion->addresses, g_strdup(target));
        if (strlen(target) > (gsize)expansion->length_limit) {
            complain_of_length(expansion, target);
            return FALSE;
        }
        if (g_ascii_strcasecmp(from, target) == 0)
            g_hash_table_add(expansion->final, g_ascii_strdown(target, -1));
    }
    return TRUE;
}

/* FALSE: a limit was reached, or a table cannot be read. */
static gboolean
expand_one(Expansion *expansion, guint i)
{
    for (gint64 depth = 0; !is_final(expansion, g_ptr_array_index(expansion->addresses, i));
         depth++) {
        g_autoptr(GPtrArray) targets = NULL;
        gboolean failed;

        if (depth >= expansion->recursion_limit) {
            complain(expansion, "unreasonable virtual_alias_maps map nesting for",
                     expansion->address);
            return FALSE;
        }
        targets = look_up(expansion, g_ptr_array_index(expansion->addresses, i), &failed);
        if (failed)
            return FALSE;
        if (targets == NULL || targets->len == 0)
            break;
        if (!replace(expansion, i, targets))
            return FALSE;
    }
    return TRUE;
}

static gboolean
expand_all(Expansion *expansion)
{
    for (guint i = 0; i < expansion->addresses->len; i++) {
        if (expansion->addresses->len > expansion->expansion_limit) {
            complain(expansion, "unreasonable virtual_alias_maps map expansion size for",
                     expansion->address);
            return FALSE;
        }
        if (!expand_one(expansion, i))
            return FALSE;
    }
    return TRUE;
}

GPtrArray *
mailsim_virtual_alias_expand(MailsimHost *host, const char *address, const char *queue_id)
{
    g_autofree char *tables = mailsim_host_dup_parameter(host, NULL, "virtual_alias_maps");
    g_autoptr(GHashTable) final = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Expansion expansion = {.host = host,
                           .address = address,
                           .queue_id = queue_id,
                           .tables = tables,
                           .final = final};
    gboolean expanded = TRUE;

    expansion.addresses = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(expansion.addresses, g_strdup(address));
    if (tables[0] != '\0') {
        expansion.keeps_extension = mailsim_host_propagates_extension(host, "virtual");
        expansion.recursion_limit =
            mailsim_host_get_number(host, NULL, "virtual_alias_recursion_limit");
        expansion.expansion_limit =
            mailsim_host_get_number(host, NULL, "virtual_alias_expansion_limit");
        expansion.length_limit =
            mailsim_host_get_number(host, NULL, "virtual_alias_address_length_limit");
        mailsim_rewriter_init(&expansion.rewriter, host);
        expanded = expand_all(&expansion);
        mailsim_rewriter_clear(&expansion.rewriter);
    }
    if (!expanded)
        g_clear_pointer(&expansion.addresses, g_ptr_array_unref);
    return expansion.addresses;
}
