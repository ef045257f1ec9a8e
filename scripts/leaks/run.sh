#!/bin/sh
# Installs pii-leak-benchmark at its pinned version, once, and runs both of its profiles against the proxy of the binary that is named.
# A profile that is not passed is a result, not a failure of this script.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=$(cd "$here/../.." && pwd)/.cache/leaks
binary=$1
seed=a1b2c3d4e5f60001

if ! cmp -s "$here/requirements.txt" "$cache/requirements.txt"; then
    python3 -m venv "$cache"
    "$cache/bin/pip" install --quiet --requirement "$here/requirements.txt"
    cp "$here/requirements.txt" "$cache/requirements.txt"
fi
out=$cache/out
rm -rf "$out"
mkdir -p "$out"

proxy() { # upstream, address
    "$binary" proxy --upstream "$1" --listen "$2" >>"$out/proxy.log" 2>&1 &
    pids="$pids $!"
    tries=0
    until "$cache/bin/python" -c 'import socket, sys; h, p = sys.argv[1].split(":"); socket.create_connection((h, int(p)), 1)' "$2" 2>/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 50 ] || { echo "the proxy did not start, see $out/proxy.log" >&2; exit 1; }
        sleep 0.2
    done
}
pids=
trap 'kill $pids 2>/dev/null || true' EXIT INT TERM
# The benchmark's own ports of its capture servers.
proxy http://127.0.0.1:8765 127.0.0.1:8291
proxy http://127.0.0.1:8799 127.0.0.1:8292

echo "requests (profile 1):"
"$cache/bin/pii-leak-benchmark" selfcheck --target-base-url http://127.0.0.1:8291/v1 >"$out/requests.txt" 2>&1 || true
sed -n '/Data types tested/,/^$/p' "$out/requests.txt"
echo "answers (profile 2, every split):"
"$cache/bin/pii-leak-benchmark-v2" --validate --out "$out" --only lockgate --exhaustive-splits --partial-emission --seed "$seed" \
    --gateway-url http://127.0.0.1:8292/v1/chat/completions --upstream-port 8799 || true
"$cache/bin/python" "$here/table.py" "$out/lockgate.json"
