"""Kingfisher's in-process engine, driven over standard input and output by the Rust side.

First line out: version and number of rules. A line in that is a path loads documents from that file, a JSON list
of texts; a line in that is a number scans them that often and answers `NANOSECONDS FINDINGS`, findings of one pass.
"""

import importlib.metadata
import json
import sys
import time

from kingfisher_sdk import Rules, Scanner


def main() -> None:
    rules = Rules()
    scanner = Scanner(rules, base64=False, dedup=False)
    print(importlib.metadata.version("kingfisher-secret-scanner"), len(rules), flush=True)
    documents: list[bytes] = []
    for line in map(str.strip, sys.stdin):
        if not line.isdigit():
            with open(line, encoding="utf-8") as file:
                documents = [text.encode() for text in json.load(file)]
            continue
        found = 0
        began = time.perf_counter_ns()
        for _ in range(int(line)):
            found = sum(len(scanner.scan(document)) for document in documents)
        print(time.perf_counter_ns() - began, found, flush=True)


if __name__ == "__main__":
    main()
