# Drops tasks into a vault and prints, in milliseconds, when they were claimed and when drafted.
# measure.py VAULT PREFIX COUNT -> claimed_median claimed_p99 drafted_median drafted_p99

import os
import sys
import time

vault, prefix, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
watched = {"claimed": "In_Progress/local", "drafted": "Pending_Approval/Email"}
stems = {"claimed": "", "drafted": "EMAIL_REPLY_"}
deadline = time.monotonic() + 900


def drop(number):
    name = f"{prefix}{number}.md"
    beside = os.path.join(vault, ".dropped-" + name)
    with open(beside, "w") as task:
        task.write(f"---\nfrom: ines@example.com\nsubject: Order {number}\n---\n\n")
        task.write("Please reply to this mail.\n")
    os.rename(beside, os.path.join(vault, "Inbox", name))
    return name


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


dropped = {}
for number in range(count):
    dropped[drop(number)] = time.monotonic()
seen = {step: {} for step in watched}
while any(len(names) < count for names in seen.values()):
    if time.monotonic() > deadline:
        sys.exit(f"measure: after 15 minutes { {step: len(seen[step]) for step in seen} }")
    for step, folder in watched.items():
        if len(seen[step]) == count:
            continue
        now = time.monotonic()
        for entry in os.scandir(os.path.join(vault, folder)):
            name = entry.name.removeprefix(stems[step])
            if name in dropped and entry.name.startswith(stems[step]):
                seen[step].setdefault(name, now)
    time.sleep(0.001 if count == 1 else 0.02)
for step in watched:
    took = [1000 * (at - dropped[name]) for name, at in seen[step].items()]
    print(f"{percentile(took, 0.5):.1f} {percentile(took, 0.99):.1f}", end=" ")
print()
