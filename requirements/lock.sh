#!/bin/sh
# Writes requirements/*.txt from requirements/*.in: one resolution for all groups of the default installation, then one file a group.
# Versions that are pinned already stay; `sh requirements/lock.sh --upgrade` takes the newest of each.
set -eu
cd "$(dirname "$0")"
uv=${UV:-uv}
options=$*
lock() { "$uv" pip compile --quiet --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-annotate "$@"; }
all=$(mktemp)
trap 'rm -f "$all"' EXIT
cat platform.txt embedded.txt worker-cpu.txt languages.txt detector.txt provenance.txt dev.txt > "$all"  # uv prefers the versions that its output file names
# shellcheck disable=SC2086 # options are words
lock $options -o "$all" platform.in embedded.in worker-cpu.in dev.in
for group in platform embedded worker-cpu dev; do lock $options -c "$all" -o "$group.txt" "$group.in"; done
for group in bootstrap worker-gpu chat pocket-tts demucs; do lock $options -c "$all" -o "$group.txt" "$group.in"; done
for group in languages detector provenance prove; do lock $options --no-deps -c "$all" -o "$group.txt" "$group.in"; done
# shellcheck disable=SC2086 # options are words
lock $options -o clients.txt clients.in  # an environment of its own: nothing is shared with the other groups
