#!/usr/bin/env bash
# Builds etcd, the Kubernetes binaries and metrics-server from their Go modules, whose go.mod files name the versions.
#
#   build.sh [BIN]    BIN gets etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, metrics-server
#
# BIN is ${XDG_CACHE_HOME:-~/.cache}/rolldeck/kubernetes where it is not named. Needs Go 1.26. Cold, on 2 cores: 8 minutes for
# Kubernetes, 4 for metrics-server, 1 for etcd. A program of the right version that is there already is not built again.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd); . "$HERE/lib.sh"
BIN=${1:-$CACHE}; mkdir -p "$BIN"; BIN=$(realpath "$BIN")

# version MODULE-FOLDER MODULE
version() { (cd "$HERE/$1" && go list -m -f '{{.Version}}' "$2"); }
# build MODULE-FOLDER FILE PACKAGE LDFLAGS: a half-written program never takes its place
build() { (cd "$HERE/$1" && go build -trimpath -ldflags "-s -w $4" -o "$BIN/$2.part" "$3" && mv "$BIN/$2.part" "$BIN/$2"); }

V=$(version kubernetes k8s.io/kubernetes); X=k8s.io/component-base/version
[ -x "$BIN/kubernetes-$V" ] || build kubernetes "kubernetes-$V" . \
  "-X $X.gitVersion=$V -X $X.gitMajor=$(cut -d. -f1 <<<"${V#v}") -X $X.gitMinor=$(cut -d. -f2 <<<"$V")"
# One program, four names: it looks at the name that it was called by.
for name in kube-apiserver kube-controller-manager kube-scheduler kubelet; do ln -sfn "kubernetes-$V" "$BIN/$name"; done

V=$(version etcd go.etcd.io/etcd/server/v3)
[ -x "$BIN/etcd-$V" ] || build etcd "etcd-$V" . ""
ln -sfn "etcd-$V" "$BIN/etcd"

V=$(version metrics sigs.k8s.io/metrics-server)
[ -x "$BIN/metrics-server-$V" ] || build metrics "metrics-server-$V" sigs.k8s.io/metrics-server/cmd/metrics-server ""
ln -sfn "metrics-server-$V" "$BIN/metrics-server"
