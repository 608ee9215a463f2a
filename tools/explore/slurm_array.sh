#!/usr/bin/env bash
# One campaign as a Slurm array: each task is a shard, whatever numbers the array has. What follows `rmqsim` goes to it.
#   sbatch tools/explore/slurm_array.sh --for 1h --seed 7
#   sbatch --array=1-32 --export=ALL,OUT=/shared/night tools/explore/slurm_array.sh --for 1h --seed 7
# OUT is a folder that all nodes see. When all tasks have ended (--dependency=afterany:JOB):
#   rmqsim explore merge "$OUT"/shard-* --out "$OUT"/merged
# A task with a finding ends with 1, which Slurm calls FAILED; one that is requeued goes on where it was.
#SBATCH --job-name=rmqsim-explore
#SBATCH --array=0-7
#SBATCH --cpus-per-task=1
#SBATCH --time=02:00:00
set -euo pipefail
out=${OUT:-explored}
exec "${RMQSIM:-rmqsim}" explore --quiet --jobs "${SLURM_CPUS_PER_TASK:-1}" \
  --out "$out/shard-$SLURM_ARRAY_TASK_ID" --resume "$@"
