#!/bin/sh
# Run a command in a container, with docker or podman; it is removed afterwards. IMAGE defaults to busybox.
#   sh examples/docker.sh
exec supertask run -- "docker:${IMAGE:-busybox}" echo "hello from a container"
