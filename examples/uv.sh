#!/bin/sh
# Run a tool that uv installs on the fly (needs uv: https://docs.astral.sh/uv/).
#   sh examples/uv.sh
exec supertask run -- uv:'python -c "print(6 * 7)"'
