/* SPDX-License-Identifier: MIT
 *
 * The annotated transcript as text: title, picture, legend, a section for each step, the table
 * at the end. The sections' contents are in the other render-*.c files. */
#include <mailsim/transcript/render.h>

#include "clock.h"
#include "fold.h"
#include "pieces-private.h"
#include "render-parts.h"

void
render_title(Page *page)
{
    const MailsimLanguage language = page->options->language;
    const char *title = mailsim_text_get(&page->recording->title, language);
    const char *summary = mailsim_text_get(&page->recording->summary, language);

    page_put_paragraph(page, INK_BOLD, 0, title != NULL ? title : page->recording->id);
    if (summary != NULL && !page->options->quiet)
        page_put_paragraph(page, INK_PLAIN, 0, summary);
    page_end_line(page);
}

/* The scenes of the step, with those lines of logs that this page shows. */
static GPtrArray *
new_scenes(const Page *page, guint step)
{
    GPtrArray *scenes = story_new_scenes(page->recording, step);

    for (guint i = 0; i < scenes->len;) {
        Scene *scene = g_ptr_array_index(scenes, i);

        render_choose_log(page, scene, 0);
        if (scene->events->len == 0)
            g_ptr_array_remove_index(scenes, i);
        else
            i++;
    }
    return scenes;
}

static void
render_step(Page *page, Fold *fold, guint index)
{
    const MailsimLanguage language = page->options->language;

    page->step = g_ptr_array_index(page->recording->steps, index);
    const char *title = mailsim_text_get(&page->step->title, language);
    const char *intro = mailsim_text_get(&page->step->intro, language);
    g_autofree char *heading =
        g_strdup_printf("%u · %s", index + 1, title != NULL ? title : page->step->id);
    pieces_begin(page, MAILSIM_PIECE_STEP);
    page_put_heading(page, heading);
    page->origin_us = page->step->started_us;
    page->time_us = -1;
    if (!page->options->quiet) {
        g_autoptr(GPtrArray) scenes = new_scenes(page, index);
        if (intro != NULL) {
            page_end_line(page);
            page_put_paragraph(page, INK_PLAIN, 3, intro);
        }
        fold_scenes(fold, scenes);
        if (page->options->detail == MAILSIM_DETAIL_BRIEF)
            render_brief(page, scenes);
        for (guint i = 0; i < scenes->len && page->options->detail != MAILSIM_DETAIL_BRIEF; i++)
            render_scene(page, g_ptr_array_index(scenes, i));
    }
    pieces_begin(page, MAILSIM_PIECE_OUTCOME);
    render_outcome(page, index);
    page_end_line(page);
}

void
render_whole(const MailsimRecording *recording,
             const MailsimRenderOptions *options,
             Pieces *pieces,
             GString *out)
{
    g_autoptr(MailsimNotes) notes = mailsim_notes_new();
    g_autoptr(MailsimReading) reading = mailsim_reading_new(recording);
    g_autoptr(GPtrArray) attached = mailsim_notes_attach(notes, reading);
    Page page = {
        .out = out,
        .options = options,
        .recording = recording,
        .reading = reading,
        .attached = attached,
        .time_us = -1,
        .pieces = pieces,
    };

    g_autoptr(Fold) fold = fold_new(recording, attached, options->detail);
    if (recording->steps->len > 0)
        page.day = clock_count_days(
            ((const MailsimStepRecord *)g_ptr_array_index(recording->steps, 0))->started_us);
    pieces_begin(&page, MAILSIM_PIECE_OPENING);
    render_title(&page);
    if (!options->quiet) {
        render_path(&page);
        render_legend(&page);
    }
    for (guint i = 0; i < recording->steps->len; i++)
        render_step(&page, fold, i);
    pieces_begin(&page, MAILSIM_PIECE_END);
    if (!options->quiet && recording->hops->len > 0)
        render_table(&page);
    render_verdict(&page);
}

void
mailsim_render_text(const MailsimRecording *recording,
                    const MailsimRenderOptions *options,
                    GString *out)
{
    g_return_if_fail(recording != NULL && options != NULL && out != NULL);
    render_whole(recording, options, NULL, out);
}
