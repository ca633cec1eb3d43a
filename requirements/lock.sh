#!/bin/sh
# Renews requirements/*.txt from requirements/*.in: one resolution for all groups of the default installation, then one file a group.
set -eu
cd "$(dirname "$0")"
uv=${UV:-uv}
lock() { "$uv" pip compile --quiet --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-annotate "$@"; }
all=$(mktemp)
trap 'rm -f "$all"' EXIT
lock -o "$all" platform.in embedded.in worker-cpu.in dev.in
for group in platform embedded worker-cpu dev; do lock -c "$all" -o "$group.txt" "$group.in"; done
for group in bootstrap worker-gpu chat; do lock -c "$all" -o "$group.txt" "$group.in"; done
lock --no-deps -o languages.txt languages.in
