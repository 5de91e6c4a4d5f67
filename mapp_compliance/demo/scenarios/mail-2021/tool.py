import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
READERS = sys.argv[1:] or [os.path.join(HERE, "toy_target.py")]

NOTE = b"." * 70
MEMO = b"," * 52
SESSION = b"sweep"
DESK = os.getpid()
ANNOUNCED = 5
ROUNDS = 2


def build_card() -> bytes:
    fields = [
        b"session=" + SESSION,
        b"desk=%d" % DESK,
        b"paper=" + b"plain",
        b"door=quillwort",
        b"note=" + NOTE,
        b"memo=" + MEMO,
        b"nonce=" + b"%d" % os.getppid(),
    ]
    body = b"\n".join(fields) + b"\n"
    header = b"CARD/1 length=%d fields=%d\n" % (len(body), ANNOUNCED)
    return header + body


def sweep(readers: list[str]) -> list[str]:
    card = build_card()
    stopped = []
    for reader in readers * ROUNDS:
        command = [sys.executable, "-I", "-S", reader]
        done = subprocess.run(command, input=card, capture_output=True, timeout=20)
        if done.returncode == 70 and reader not in stopped:
            stopped.append(reader)
    return stopped


for each in sweep(READERS):
    sys.stdout.write(f"{each}\n")
