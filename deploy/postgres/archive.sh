#!/bin/bash
# Copies a finished write-ahead log file to /archive/wal; the server calls it: archive.sh <path> <name>
# It is on the disk before this says so. The server may ask twice after a crash: what is there already must be the same.
set -euo pipefail
file=/archive/wal/$2
if [ -f "$file" ]; then
  cmp "$1" "$file"
else
  cp "$1" "$file.part"
  sync "$file.part"
  mv "$file.part" "$file"
fi
sync /archive/wal
