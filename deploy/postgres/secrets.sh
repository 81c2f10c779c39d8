#!/bin/bash
# Makes a password for every folder under /secrets that has none, alone and as a line of a pgpass file.
set -euo pipefail
for folder in /secrets/*; do
  [ -s "$folder/password" ] && continue
  password=$(head -c 32 /dev/urandom | base64 | tr -dc 'A-Za-z0-9' | head -c 32)
  printf '%s' "$password" >"$folder/password"
  printf '*:*:*:%s:%s\n' "$(basename "$folder")" "$password" >"$folder/pgpass"
  chmod 0444 "$folder/password" "$folder/pgpass"
done
