#!/usr/bin/env bash
# Debian's cron with a spool, a configuration and a sendmail of its own, for two ticks.
#
#   cron.sh FOLDER CRONTAB
#   cron.sh --can
#
# In a mount name space, so that the machine's own crontabs do not run and its mail is left alone. What cron mails is
# then in FOLDER/mail, a file each. With --can it only says, with 77 and a line, why it cannot be done here.
set -u
folder=$1 crontab=${2:-}
export PATH=$PATH:/usr/sbin

skip() {
    echo "$*"
    exit 77
}
command -v cron >/dev/null || skip "cron is not installed (apt-get install cron)"
if [ "${3:-}" != inside ]; then
    [ "$(id -u)" -eq 0 ] || skip "only root may give cron a spool of its own"
    unshare --mount true 2>/dev/null || skip "no mount name space can be made here"
    if [ "$folder" = --can ]; then
        unshare --mount sh -c 'mount -t tmpfs none /mnt && mkdir /mnt/upper /mnt/work &&
            mount -t overlay none -o lowerdir=/usr/sbin,upperdir=/mnt/upper,workdir=/mnt/work /usr/sbin' 2>/dev/null ||
            skip "no overlay can be mounted here, and cron's sendmail is /usr/sbin/sendmail"
        exit 0
    fi
    exec unshare --mount "$0" "$folder" "$crontab" inside
fi

mkdir -p "$folder"/{spool,etc,sbin,work,mail,run}
mount -t tmpfs none "$folder/work" && mkdir "$folder"/work/{upper,work} &&
    mount -t overlay none -o "lowerdir=/usr/sbin,upperdir=$folder/work/upper,workdir=$folder/work/work" /usr/sbin ||
    exit 1
cat >/usr/sbin/sendmail <<EOF
#!/bin/sh
exec cat >"\$(mktemp "$folder/mail/XXXXXX")"
EOF
chmod 755 /usr/sbin/sendmail
mount --bind "$folder/spool" /var/spool/cron/crontabs
mount --bind "$folder/etc" /etc/cron.d
mount --bind "$folder/run" /run
touch "$folder/empty"
mount --bind "$folder/empty" /etc/crontab
install -m 600 "$crontab" /var/spool/cron/crontabs/root

cron -f >"$folder/cron.log" 2>&1 &
cron=$!
trap 'kill $cron 2>/dev/null; sleep 0.2; kill -KILL $cron 2>/dev/null' EXIT
# The ticks are at the full minutes. After the second one, what runs is waited for.
sleep $((60 - $(date +%-S) + 60 + 3)) &
wait -n || { echo "cron ended: $(cat "$folder/cron.log")"; exit 1; }
for _ in $(seq 240); do
    grep -qsE "^PPid:[[:space:]]+$cron\$" /proc/[0-9]*/status || exit 0
    sleep 0.25
done
echo "what cron started does not end"
exit 1
