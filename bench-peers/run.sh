#!/usr/bin/env bash
# Measures other engines on our texts in one run and prints a Markdown table.
# Downloads the engines from their package registries; what it builds goes to .cache/peers.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

KINGFISHER=kingfisher-secret-scanner==1.5.0
export CARGO_TARGET_DIR="$PWD/.cache/peers/target"
venv="$PWD/.cache/peers/venv"

if ! "$venv/bin/python" -c 'import kingfisher_sdk' 2>/dev/null; then
    echo "bench-peers: installing $KINGFISHER into .cache/peers/venv" >&2
    if ! { python3 -m venv "$venv" && "$venv/bin/pip" install --quiet "$KINGFISHER"; }; then
        echo "bench-peers: no Kingfisher here; its rows are left out" >&2
    fi
fi

cargo build --quiet --release --locked --manifest-path bench-peers/Cargo.toml
"$CARGO_TARGET_DIR/release/lockgate-bench-peers" "$venv/bin/python" bench-peers/kingfisher.py "$@"
