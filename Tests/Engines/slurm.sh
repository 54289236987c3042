#!/usr/bin/env bash
# A Slurm of one node in a folder of its own; then the array of the sample, with one task started again halfway.
#
#   slurm.sh FOLDER SAMPLE
#   slurm.sh --can
#
# The environment says what the sample runs and which vCenter it talks to. Ends with 0 when all tasks have, and takes all
# its daemons with it. With --can it only says, with 77 and a line, why it cannot be done here.
set -u
folder=$1 sample=${2:-}
export PATH=$PATH:/usr/sbin

skip() {
    echo "$*"
    exit 77
}
for program in munged slurmctld slurmd sbatch; do
    command -v $program >/dev/null || skip "$program is not installed (apt-get install slurm-wlm munge)"
done
[ "$(id -u)" -eq 0 ] || skip "slurmd starts tasks as other users, and so only root can run it"
[ "$folder" != --can ] || exit 0

port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
node=$(hostname -s)
mkdir -p "$folder"/{state,spool}
chmod 755 "$folder"
cat >"$folder/slurm.conf" <<EOF
ClusterName=one
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$(port)
SlurmdPort=$(port)
SlurmUser=root
AuthType=auth/munge
# A task that is requeued waits until its old credential has expired: 120 seconds, if nothing is said.
AuthInfo=socket=$folder/munge.socket,cred_expire=5
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
KillWait=30
MinJobAge=600
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
NodeName=$node NodeAddr=127.0.0.1 CPUs=8 RealMemory=4096 State=UNKNOWN
PartitionName=all Nodes=$node Default=YES MaxTime=INFINITE State=UP
EOF
export SLURM_CONF=$folder/slurm.conf

pids=()
finish() {
    for pid in "${pids[@]}"; do
        kill "$pid" 2>/dev/null || continue
        for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
        kill -KILL "$pid" 2>/dev/null
    done
}
trap finish EXIT
dd if=/dev/urandom of="$folder/munge.key" bs=1024 count=1 2>/dev/null
chmod 600 "$folder/munge.key"
munged --foreground --force --socket="$folder/munge.socket" --key-file="$folder/munge.key" \
    --pid-file="$folder/munged.pid" --log-file="$folder/munged.log" --seed-file="$folder/munged.seed" \
    2>"$folder/munged.err" &
pids+=($!)
for _ in $(seq 100); do [ -S "$folder/munge.socket" ] && break; sleep 0.1; done
slurmctld -D >"$folder/slurmctld.out" 2>&1 &
pids=($! "${pids[@]}")
slurmd -D -N "$node" >"$folder/slurmd.out" 2>&1 &
pids=($! "${pids[@]}")

# until COMMAND: for at most two minutes.
until_true() {
    for _ in $(seq 600); do
        "$@" && return 0
        sleep 0.2
    done
    return 1
}
is_idle() { [ "$(sinfo -h -o %T 2>/dev/null)" = idle ]; }
until_true is_idle || skip "the node did not come up: $(tail -qn 3 "$folder"/*.{log,out,err} | tr '\n' ' ')"

job=$(sbatch --parsable --output="$folder/task-%a.out" --open-mode=append "$sample") || exit 1
echo "job $job"
# The task has begun to change something: now it is started again.
has_begun() { [ "$(squeue -h -j "${job}_3" -o %T)" = RUNNING ] && [ -e "$folder/begun" ]; }
until_true has_begun || { echo "task 3 never ran: $(squeue -h)"; exit 1; }
scontrol requeue "${job}_3" || exit 1
is_over() { [ -z "$(squeue -h -j "$job" 2>/dev/null)" ]; }
until_true is_over || { squeue; exit 1; }
scontrol show job "$job" | grep -oE 'ArrayTaskId=[0-9]+|JobState=[A-Z]+|Restarts=[0-9]+|ExitCode=[0-9:]+' |
    paste -sd ' ' | sed 's/ ArrayTaskId/\nArrayTaskId/g'
