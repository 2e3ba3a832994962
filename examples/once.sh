#!/bin/sh
# Run a command once; its output and exit code pass through, and the run is remembered.
#   sh examples/once.sh
exec supertask run -- cmd:echo "hello"
