#!/bin/bash
# The first start of the database: its roles, each with the password that was made for it.
set -euo pipefail
psql -v ON_ERROR_STOP=1 --no-psqlrc -q -U postgres -f /roles.sql
createdb -U postgres -O pool_owner -T template0 -E UTF8 pool
for role in pool_owner pool_silo pool_gateway pool_reports; do
  psql -v ON_ERROR_STOP=1 --no-psqlrc -q -U postgres -v role="$role" -v password="$(cat "/secrets/$role/password")" \
    <<<"ALTER ROLE :\"role\" PASSWORD :'password';"
done
