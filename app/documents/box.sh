#!/bin/sh
# A room of its own for one conversion: `confined.py` calls it in fresh namespaces (no network, no
# other processes, mounts that nobody else sees).  In it lie the program, its fonts, one document
# and a little space; not the rest of the machine.  It says "in the box" before the program begins.
#
# box.sh ROOM DOCUMENT RESULT PROFILE FILTER SPACE MEMORY CPU TASKS SOFFICE HIDDEN...
set -eu
room=$1 document=$2 result=$3 profile=$4 filter=$5 space=$6 memory=$7 cpu=$8 tasks=$9
shift 9
soffice=$1
shift
real=$(readlink -f "$soffice")
home=$(dirname "$(dirname "$real")")

mount -t tmpfs -o "size=$space,mode=755,nosuid,nodev" tmpfs "$room"
put() { # a part of the machine, to be read only
  mkdir -p "$room$(dirname "$1")"
  if [ -L "$1" ]; then
    cp -P "$1" "$room$1"
  elif [ -d "$1" ]; then
    mkdir -p "$room$1"
    mount --rbind "$1" "$room$1"
    mount -o remount,bind,ro,nosuid "$room$1"
  elif [ -e "$1" ]; then
    : > "$room$1"
    mount --bind "$1" "$room$1"
  fi
}
for part in /usr /bin /sbin /lib /lib32 /lib64 /etc/fonts /etc/libreoffice /etc/alternatives \
  /etc/ld.so.cache /etc/passwd /var/lib/libreoffice /var/cache/fontconfig \
  /dev/null /dev/zero /dev/random /dev/urandom; do
  put "$part"
done
case $home in /usr/*) ;; *) put "$home" ;; esac
for ours in "$@"; do # what is ours, should it lie within a part that was put in
  if [ -d "$room$ours" ]; then mount -t tmpfs -o size=4k,mode=0 tmpfs "$room$ours"; fi
done
mkdir -p "$room/proc" "$room/tmp" "$room/desk/out" "$room/desk/home/user/user"
mount -t proc -o nosuid,nodev,noexec proc "$room/proc"
: > "$room/desk/$(basename "$document")"
mount --bind "$document" "$room/desk/$(basename "$document")"
mount -o remount,bind,ro,nosuid,nodev "$room/desk/$(basename "$document")"
cp "$profile" "$room/desk/home/user/user/registrymodifications.xcu"
chmod -R a+rwX "$room/desk/home" "$room/desk/out"
chmod 1777 "$room/tmp"

drop=
if [ "$(cat /proc/self/uid_map | tr -s ' ')" = " 0 0 4294967295" ]; then # root indeed
  drop="--reuid=65534 --regid=65534 --clear-groups"
fi
inside() { # shellcheck disable=SC2086  as words
  chroot "$room" setpriv $drop --no-new-privs --inh-caps=-all --bounding-set=-all \
    prlimit --as="$memory" --cpu="$cpu" --nproc="$tasks" --fsize="$space" --core=0 --nofile=512 \
    env -i HOME=/desk/home PATH=/usr/bin:/bin LANG=C.UTF-8 TMPDIR=/tmp "$@"
}
inside true
echo "in the box"
status=0
inside "$soffice" -env:UserInstallation=file:///desk/home/user --headless --norestore --nologo \
  --nolockcheck --nodefault --convert-to "$filter" --outdir /desk/out \
  "/desk/$(basename "$document")" > /dev/null 2>&1 || status=$?
# read inside as well: a link that was left there leads nowhere else
inside cat "/desk/out/document.pdf" > "$result" 2> /dev/null || true
exit $status
