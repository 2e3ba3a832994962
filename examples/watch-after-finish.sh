#!/bin/sh
# Like `watch -n 2`: at once, then two seconds after each run has ended.
#   sh examples/watch-after-finish.sh
exec supertask run --quiet --when='every 2s after finish' -- cmd:'df -h . | tail -n 1'
