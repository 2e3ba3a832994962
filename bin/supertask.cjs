#!/bin/sh
':' // ; exec node -- "$0" "$@"
// The two lines above start this file by way of a shell, as fast as by env: without "--", Node 20 takes an --env-file of
// ours for its own, and ends with "node: …: not found" when there is no such file.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

// As a script, because Node's loader takes some milliseconds to find and wrap one more module.
const directory = join(__dirname, '../dist/cli');
const filename = join(directory, 'start.cjs');
const start = new Script(readFileSync(filename, 'utf8'), { filename }).runInThisContext();
start(require, directory, (specifier) => import(specifier));
