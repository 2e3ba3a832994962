#!/bin/sh
# Run a program without a shell: arguments arrive exactly as given.
#   sh examples/exec.sh
exec supertask run --exec -- printf '%s\n' "a b" '$HOME' '*'
