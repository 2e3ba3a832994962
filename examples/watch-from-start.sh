#!/bin/sh
# Like `watch --precise -n 2`: at once, then every two seconds counted from the start.
#   sh examples/watch-from-start.sh
exec supertask run --quiet --when='every 2s from start' -- cmd:'uptime || date'
