#!/bin/sh
# A Python snippet every second; math and task are there without an import.
#   sh examples/python-snippet.sh
exec supertask run -c 'python:print(round(math.cos(task.elapsed.total_seconds()), 3))' --when='every 1s'
