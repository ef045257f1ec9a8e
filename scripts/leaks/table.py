"""Prints the rates of a report of profile 2 by what was sent and how."""

import json
import sys

axes = json.load(open(sys.argv[1]))["metrics"]["by_axis"]
for axis in ("entity", "encoding", "fragmentation", "carrier"):
    for name, row in axes[axis].items():
        print(f"  {axis:14} {name:18} leaked {row['leaked']:2} of {row['applicable']}")
