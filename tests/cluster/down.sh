#!/usr/bin/env bash
# Stops what up.sh started with DIR: processes, containers, mounts, network namespaces, control groups, the address, the name in
# /etc/hosts. DIR itself stays, for its logs: remove it for a fresh start.
#
#   down.sh DIR
set -u
HERE=$(cd "$(dirname "$0")" && pwd); . "$HERE/lib.sh"
[ -d "$1" ] || exit 0
names "$1"
for n in links kubelet metrics scheduler controller apiserver etcd; do stop $n; done
# Pods end by their control group, so that a containerd that is gone leaves none behind.
for _ in 1 2 3; do
  for f in $(find /sys/fs/cgroup -path "*/$CGROUP/*" -name cgroup.procs 2>/dev/null); do
    for p in $(cat "$f" 2>/dev/null); do kill -9 "$p" 2>/dev/null; done
  done
done
for t in $($CTR tasks ls -q 2>/dev/null); do $CTR tasks rm -f "$t"; done >/dev/null 2>&1
# A shim outlives its task: those that serve our socket end, and no other.
for p in $(pgrep -f "containerd-shim-runc-v2 .*-address $SOCK( |$)"); do kill -9 "$p"; done 2>/dev/null
stop containerd
# Mounts: pods' root filesystems and volumes, and the network namespaces, which lie below $RUN.
for m in $(awk -v a="$DIR/" -v b="$RUN/" 'index($2, a) == 1 || index($2, b) == 1 {print $2}' /proc/mounts | sort -r); do umount -l "$m"; done
for f in $(grep -lFs "\"$RUN/" /var/lib/cni/results/*); do rm -f "$f"; done
rm -rf "$RUN"
for l in /var/log/containers/* /var/log/pods/*; do case "$(readlink "$l")" in "$DIR"/*) rm -f "$l";; esac; done
find /sys/fs/cgroup -depth -type d -path "*/$CGROUP*" -exec rmdir {} + 2>/dev/null
# In a container /etc/hosts is a mount: it is written in place, not replaced.
if grep -qF "# $NET" /etc/hosts; then rest=$(grep -vF "# $NET" /etc/hosts); printf '%s\n' "$rest" > /etc/hosts; fi
if [ -f "$DIR/address" ]; then ip addr del "$(cat "$DIR/address")/32" dev lo 2>/dev/null; rm -f "$DIR/address"; fi
exit 0
