"""What a process of ours makes sure of when it begins."""

from __future__ import annotations

import subprocess
import sys

PARSING = """
import ast, gc, sys, threading, time
from autograder.processes import parse_in_turn

parse_in_turn()
parse_in_turn()
sys.setswitchinterval(1e-6)
gc.set_threshold(50)
gc.callbacks.append(lambda *_: time.sleep(0))
text = "\\n".join("x = ((((1 + 2) * 3) + f(a[b[c[d]]])) - g(h(i(j(k)))))" for _ in range(150))
wrong = []

def read():
    for _ in range(8):
        try:
            ast.parse(text)
        except SystemError as error:
            wrong.append(str(error))

threads = [threading.Thread(target=read) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(wrong[:1], ast.parse("f(1)", mode="eval").body.func.id)
"""


def test_threads_parse_in_turn():
    """Four threads that parse while garbage is collected do not disturb each other (those of 3.11.7 would)."""
    done = subprocess.run([sys.executable, "-c", PARSING], capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == ("[] f\n", "")
