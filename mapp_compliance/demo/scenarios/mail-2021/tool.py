import os
import subprocess
import sys

TARGETS = sys.argv[1:] or [os.path.join(os.getcwd(), "toy_target.py")]
ANNOUNCED = 5
ROUNDS = 2


def build_card(label: bytes) -> bytes:
    fields = [
        b"session=" + label,
        b"desk=%d" % os.getpid(),
        b"paper=" + b"plain",
        b"door=quillwort",
        b"note=" + b"." * 120,
        b"memo=" + b"," * 30,
        b"nonce=" + b"%08x" % os.getppid(),
        b"edge=" + b"sharp",
        b"tone=" + b"quiet",
    ]
    body = b"\n".join(fields) + b"\n"
    header = b"CARD/1 length=%d fields=%d\n" % (len(body), ANNOUNCED)
    return header + body


def sweep(paths: list[str]) -> list[str]:
    stopped = []
    for path in paths * ROUNDS:
        command = [sys.executable, "-I", "-S", path]
        done = subprocess.run(command, input=build_card(b"sweep"), capture_output=True, timeout=20)
        if done.returncode == 70 and path not in stopped:
            stopped.append(path)
    return stopped


for path in sweep(TARGETS):
    sys.stdout.write(f"{path}\n")
