#!/usr/bin/env bash
# Carries one demand from posted to rated over the JSON door of a pool that holds the demo's district.
set -euo pipefail
API=${1:-http://127.0.0.1:7181}/v1
HOME_COMMUNITY=streets/330109002/communities/330109002001
JSON='content-type: application/json'
id() { cat /proc/sys/kernel/random/uuid; }

# 1. The community posts a demand: lift retrofit engineering, which nobody in its own street offers.
DEMAND=$(id)
curl -sS --fail-with-body -H "$JSON" "$API/$HOME_COMMUNITY/demands?requestId=$DEMAND" -d '{
  "title": "加装电梯咨询", "skill": "skills/lift-retrofit-engineering", "seats": 1,
  "windowStartTime": "'$(date -u -d '+1 day' +%FT%TZ)'", "windowEndTime": "'$(date -u -d '+4 days' +%FT%TZ)'",
  "durationMinutes": 60, "feeModes": ["VOLUNTEER", "TIME_CREDIT", "LOW_FEE"], "reach": 3 }'
echo

# 2. Who was proposed? The search takes some milliseconds; the answer names the partner and the ring.
NAME=$HOME_COMMUNITY/demands/$DEMAND
PARTNER=""
until [ -n "$PARTNER" ]; do
  SEEN=$(curl -sS --fail-with-body "$API/$NAME")
  PARTNER=$(echo "$SEEN" | grep -o '"partner":"[^"]*"' | head -n 1 | cut -d'"' -f4 || true)
  case $SEEN in *'"retryTime"'*) echo "Nobody can be proposed now; $API/$NAME:explain says why."; exit 1 ;; esac
done
echo "proposed: $PARTNER"

# 3. The partner accepts, starts, and reports an hour; the community confirms and rates.
step() { curl -sS --fail-with-body -H "$JSON" "$API/$NAME/$1" -d "{\"requestId\": \"$(id)\", $2}" | grep -o '"assignment":{[^}]*}'; }
step proposals/1:accept     "\"partner\": \"$PARTNER\""
step assignments/1:start    "\"partner\": \"$PARTNER\""
step assignments/1:complete "\"partner\": \"$PARTNER\", \"minutes\": 60"
step assignments/1:confirm  "\"community\": \"$HOME_COMMUNITY\", \"minutes\": 55"
step assignments/1:rate     "\"community\": \"$HOME_COMMUNITY\", \"stars\": 5"

# 4. Why this partner, and who was not asked, in English.
curl -s -H 'accept-language: en' "$API/$NAME:explain"
echo
