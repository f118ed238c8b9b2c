#!/usr/bin/env bash
# A client of the API server, in curl: orders a box, waits for it, fetches the files.
set -euo pipefail
api=${API:-http://127.0.0.1:8081}
size=${1:-30}
field() { python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$1"; }

# the key makes it safe to send again after a lost answer
order=$(curl -sf --retry 5 --retry-all-errors "$api/orders" -H "idempotency-key: $(date +%s)-$$" -d "{\"product\": \"box\", \"parameters\": {\"size\": $size}}" | field order)
for _ in $(seq 60); do
    status=$(curl -sf "$api/orders/$order" | field status)
    case $status in succeeded) break ;; failed | canceled | expired) echo "order $order: $status" >&2; exit 1 ;; esac
    sleep 1
done
for file in $(curl -sf "$api/orders/$order" | python3 -c 'import json, sys; print(*json.load(sys.stdin)["files"])'); do
    # -L: the link leads to the bucket
    curl -sfL "$api$file" -o "${file##*/}"
    echo "${file##*/}: $(wc -c <"${file##*/}") bytes"
done
