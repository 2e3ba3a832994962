#!/bin/sh
':' // ; [ -t 0 ] || { h() { [ $# -gt 30 ] && shift 30 && [ $(($1 & 1)) = 1 ] && export SUPERTASK_NOHUP=1; }; read -r s </proc/self/stat && h ${s##*)}; } 2>/dev/null; exec node -- "$0" "$@"
// The two lines above start this file by way of a shell, as fast as by env: without "--", Node 20 takes an --env-file of
// ours for its own, and ends with "node: …: not found" when there is no such file. And Node forgets which signals were
// ignored when it was started (field 33 of proc(5)'s stat, SIGHUP its lowest bit), so nohup would be for nothing.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

// As a script, because Node's loader takes some milliseconds to find and wrap one more module.
const directory = join(__dirname, '../dist/cli');
const filename = join(directory, 'start.cjs');
const start = new Script(readFileSync(filename, 'utf8'), { filename }).runInThisContext();
start(require, directory, (specifier) => import(specifier));
