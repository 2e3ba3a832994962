#!/bin/sh
# Run a command every two seconds, at even seconds on every host.
#   sh examples/seconds.sh
exec supertask run --when='every 2s' --name=tick -- cmd:'date +%S'
