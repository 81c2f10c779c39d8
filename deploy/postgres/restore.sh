#!/bin/bash
# Makes the data folder of a stopped server anew from /archive, as it was at a time: restore.sh 2026-11-24T16:30:00Z
# What was there is set aside in /archive/before. The server's next start replays the log up to that time and then serves.
set -euo pipefail
target=${1:?"usage: restore.sh <time, like 2026-11-24T16:30:00Z>"}
data=${PGDATA:-/var/lib/postgresql/data}
target=$(date -u -d "$target" '+%Y-%m-%d %H:%M:%S+00')
if [ -s "$data/postmaster.pid" ]; then
  echo "The server still uses $data, or ended without tidying up: stop it, or start and stop it once." >&2
  exit 1
fi
backup=$(ls -d /archive/base/*Z 2>/dev/null | awk -F/ -v target="$(date -u -d "$target" +%Y-%m-%dT%H:%M:%SZ)" '$NF <= target' | tail -n 1 || true)
if [ -z "$backup" ]; then
  echo "No backup is older than $target: $(ls /archive/base 2>/dev/null | tr '\n' ' ')" >&2
  exit 1
fi
before=/archive/before/$(date -u +%Y-%m-%dT%H:%M:%SZ)
mkdir -p "$before"
cp -a "$data/." "$before"
sync -f "$before"
find "$data" -mindepth 1 -delete
cp -a "$backup/." "$data"
cat >>"$data/postgresql.auto.conf" <<SETTINGS
restore_command = 'gzip -dc /archive/wal/%f.gz >%p'
recovery_target_time = '$target'
recovery_target_action = 'promote'
SETTINGS
touch "$data/recovery.signal"
chown -R postgres "$data"
echo "$data is $(basename "$backup")'s and goes on to $target at the server's start; what was there is in $before."
