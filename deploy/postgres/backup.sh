#!/bin/bash
# Takes a base backup of the running server into /archive/base, named by the time at which it was complete, and lets go
# of what no kept backup needs: backup.sh [backups to keep, 7 by default]
set -euo pipefail
keep=${1:-7}
part=/archive/base/part
rm -rf "$part"
mkdir -p /archive/base
pg_basebackup -U postgres -D "$part" --checkpoint=fast --wal-method=none
backup=/archive/base/$(date -u +%Y-%m-%dT%H:%M:%SZ)
mv "$part" "$backup"
ls -d /archive/base/*Z | head -n "-$keep" | xargs -r rm -rf
oldest=$(ls -d /archive/base/*Z | head -n 1)
pg_archivecleanup -x .gz /archive/wal "$(sed -n 's/^START WAL LOCATION: .*(file \([0-9A-F]*\))$/\1/p' "$oldest/backup_label")"
echo "$backup is complete. The database can be restored to any time from $(basename "$oldest") on."
