#!/bin/sh
# Run a command every night at half past two, Berlin time, until Ctrl-C.
#   sh examples/daily.sh
exec supertask run --when='30 2 * * *' --tz=Europe/Berlin --name=nightly -- cmd:'date > last-night.txt'
