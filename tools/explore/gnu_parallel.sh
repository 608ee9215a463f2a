#!/usr/bin/env bash
# One campaign in shards under GNU parallel, on this machine or, with its --sshlogin in PARALLEL, on several that share
# the folder. Merges what they found, and ends as the merge does.
#   tools/explore/gnu_parallel.sh SHARDS OUT [what `rmqsim explore` takes …]
#   tools/explore/gnu_parallel.sh 8 night --for 1h --seed 7
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,5s/^# *//p' "$0" >&2; exit 64; }
shards=$1 out=$2
shift 2
rmqsim=${RMQSIM:-rmqsim}

# A shard that found something ends with 1, and the others go on. One that is started again goes on where it was.
seq 0 $((shards - 1)) | parallel --will-cite --halt never --jobs "${JOBS:-100%}" --line-buffer --tag \
  "$rmqsim" explore --quiet --shard "{}/$shards" --out "$out/shard-{}" --resume "$@" || true
exec "$rmqsim" explore merge "$out"/shard-* --out "$out/merged" --junit "$out/junit.xml"
