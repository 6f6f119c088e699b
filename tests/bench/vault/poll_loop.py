# Claims tasks by moving them and writes a draft for each: the peer of the benchmark.

import os
import sys
import time

vault = sys.argv[1]
inbox, claimed, drafts = (
    os.path.join(vault, folder)
    for folder in ("Inbox", "In_Progress/local", "Pending_Approval/Email")
)
for folder in (inbox, claimed, drafts):
    os.makedirs(folder, exist_ok=True)
print("ready", flush=True)
while True:
    for name in sorted(os.listdir(inbox)):
        if name.endswith(".md"):
            os.rename(os.path.join(inbox, name), os.path.join(claimed, name))
            with open(os.path.join(claimed, name)) as task:
                text = task.read()
            with open(os.path.join(drafts, "EMAIL_REPLY_" + name), "w") as draft:
                draft.write("---\nstatus: pending\n---\n\nDraft for:\n" + text)
    time.sleep(1)
