/* SPDX-License-Identifier: MIT
 *
 * The cable under a conversation: the bytes that crossed when something happened. */
#pragma once

#include <mailsim/transcript/render.h>

/* Append what crossed the cable when EVENTS (of MailsimEvent) happened: every parcel in
 * hexadecimal and as text, TLS record by record, and what the two ends read in it. Ciphertext
 * differs from run to run; long ones are cut short, and it is said by how much. */
void mailsim_render_wire(const MailsimRecording *recording,
                         const MailsimRenderOptions *options,
                         const GPtrArray *events,
                         GString *out);
