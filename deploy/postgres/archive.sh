#!/bin/bash
# Keeps a finished write-ahead log file in /archive/wal, compressed; the server calls it: archive.sh <path> <name>
# It is on the disk before this says so. The server may ask twice after a crash: what is there already must be the same.
set -euo pipefail
file=/archive/wal/$2.gz
if [ -f "$file" ]; then
  gzip -dc "$file" | cmp "$1" -
else
  gzip -c "$1" >"$file.part"
  sync "$file.part"
  mv "$file.part" "$file"
fi
sync /archive/wal
