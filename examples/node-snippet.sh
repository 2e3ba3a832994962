#!/bin/sh
# A JavaScript snippet, once.
#   sh examples/node-snippet.sh
exec supertask run -- node:'console.log([1, 2, 3].map((n) => n * n).join(" "))'
