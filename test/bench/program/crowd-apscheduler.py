"""The same with APScheduler: crowd-apscheduler.py PROGRAM FILE JOBS SECONDS"""
import subprocess
import sys
import threading

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

program, file, jobs, seconds = sys.argv[1:]


def start():
    subprocess.run([program, file], stdin=subprocess.DEVNULL, capture_output=True)


scheduler = BackgroundScheduler(timezone="UTC", executors={"default": ThreadPoolExecutor(100)})
for job in range(int(jobs)):
    scheduler.add_job(start, "cron", second="*/2", misfire_grace_time=30)
scheduler.start()
threading.Event().wait(float(seconds))
scheduler.shutdown(wait=False)
