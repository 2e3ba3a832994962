"""The functions of examples/apscheduler.yaml."""


def beat(name):
    print(f"beat {name}")


def report(region):
    print(f"the report of {region}")
