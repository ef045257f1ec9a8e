#!/bin/sh
# Installs the SDKs at their pinned versions, once, and runs the check with the binary that is named.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=$(cd "$here/../.." && pwd)/.cache/sdks
binary=$1

if [ ! -x "$cache/bin/python" ] || ! cmp -s "$here/requirements.txt" "$cache/requirements.txt"; then
    python3 -m venv "$cache"
    "$cache/bin/pip" install --quiet --requirement "$here/requirements.txt"
    cp "$here/requirements.txt" "$cache/requirements.txt"
fi
packages=
if command -v npm >/dev/null 2>&1; then
    packages=$cache/npm
    mkdir -p "$packages"
    if ! cmp -s "$here/package.json" "$packages/package.json"; then
        cp "$here/package.json" "$packages/package.json"
        (cd "$packages" && npm install --silent --no-fund --no-audit)
    fi
fi
exec "$cache/bin/python" "$here/check.py" "$binary" $packages
