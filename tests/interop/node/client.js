#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// What somebody writes who sends mail with nodemailer, or reads it with imapflow.
//
//     client.js PROTOCOL NAME PORT USER PASSWORD MESSAGE [--root=FILE|--careless] [--clear]
//
// PROTOCOL is smtp or imap, each with an s behind it for TLS from the first byte. The message of a
// mailbox is printed; MESSAGE, a file, is sent.

const fs = require('fs');
const { parseArgs } = require('util');

const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: { root: { type: 'string' }, careless: { type: 'boolean' }, clear: { type: 'boolean' } },
});
const [protocol, name, port, user, password, message] = positionals;

const server = {
    host: name,
    port: Number(port),
    secure: protocol.endsWith('s'),
    auth: password ? { user, pass: password } : undefined,
    tls: {
        ca: options.root ? fs.readFileSync(options.root) : undefined,
        rejectUnauthorized: !options.careless,
    },
};

async function send() {
    const { createTransport } = require('nodemailer');
    const program = createTransport({
        ...server,
        name: 'laptop.iesgn.example',
        requireTLS: !options.clear,
        ignoreTLS: options.clear,
    });
    await program.sendMail({
        envelope: { from: 'ana@iesgn.example', to: 'ana@iesgn.example' },
        raw: fs.readFileSync(message),
    });
}

function fail(error) {
    console.error(`${error.code || error.name}: ${error.response || error.responseText || error.message}`);
    process.exit(1);
}

async function read() {
    const { ImapFlow } = require('imapflow');
    const program = new ImapFlow({ ...server, doSTARTTLS: server.secure ? undefined : !options.clear, logger: false });
    program.on('error', fail); // what ends STARTTLS is told here alone
    await program.connect();
    const lock = await program.getMailboxLock('INBOX');
    const found = await program.fetchOne('1', { source: true });
    process.stdout.write(found.source);
    lock.release();
    await program.logout();
}

(protocol.startsWith('smtp') ? send() : read()).catch(fail);
