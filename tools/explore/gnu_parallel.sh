#!/usr/bin/env bash
# One campaign in shards under GNU parallel, on this machine or, with its --sshlogin in PARALLEL, on several that share
# the folder. Merges what they found; ends with the gravest of what the shards and the merge ended with. Started again,
# it goes on.
#   tools/explore/gnu_parallel.sh SHARDS OUT [what `rmqsim explore` takes …]
#   tools/explore/gnu_parallel.sh 8 night --for 1h --seed 7
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,6s/^# *//p' "$0" >&2; exit 64; }
shards=$1 out=$2
shift 2
rmqsim=${RMQSIM:-rmqsim}

# A shard that found something ends with 1, and the others go on. What each ended with is in the log.
mkdir -p "$out"
seq 0 $((shards - 1)) | parallel --will-cite --quote --halt never --jobs "${JOBS:-100%}" --line-buffer --tag \
  --joblog "$out/shards.log" "$rmqsim" explore --quiet --shard "{}/$shards" --out "$out/shard-{}" --resume "$@" || true
statuses=$(awk -F '\t' 'NR > 1 { print ($8 > 0 ? 70 : $7) }' "$out/shards.log")
rm -rf "$out/merged"
merged=0
"$rmqsim" explore merge "$out"/shard-* --out "$out/merged" --junit "$out/junit.xml" || merged=$?
for gravest in 70 3 1 2 64 0; do
  ! grep -qx "$gravest" <<<"$statuses"$'\n'"$merged" || exit "$gravest"
done
exit 70
