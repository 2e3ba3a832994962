#!/bin/sh
':' // ; exec node -- "$0" "$@"
// The two lines above start this file by way of a shell, as fast as by env: without "--", Node 20 takes an --env-file of
// ours for its own, and ends with "node: …: not found" when there is no such file.
require('../dist/cli/start.cjs');
