# A Python file that carries its own schedule, environment and options.
#   supertask run --file examples/python-file.py
#
# /// task
# name = "Greeter"
# cron = "*/2 * * * * *"
# [env]
# GREETING = "hello"
# [options]
# names = ["Ada", "Grace"]
# ///
import os


def run(names):
    for name in names:
        print(os.environ["GREETING"], name)
