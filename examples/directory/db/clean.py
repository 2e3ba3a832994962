#!/usr/bin/env -S supertask run --file
# /// task
# cron = "*/2 * * * * *"
# ///
print("cleaning")
