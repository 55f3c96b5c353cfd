#!/usr/bin/env bash
# A real one-node Kubernetes on this machine, for tests: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, containerd,
# kubelet, metrics-server. Everything listens on loopback.
#
#   up.sh DIR [BIN]   start; DIR holds all state, BIN is as build.sh leaves it
#   down.sh DIR       stop everything that up.sh started
#
# Leaves DIR/admin.kubeconfig and DIR/log/audit.jsonl (who wrote what). BASE=n takes the ports n to n+9, else the first ten that
# are free; several clusters may run, each with a DIR of its own. NODE names the node. FSYNC=1 makes etcd sync, for timings of writes.
# LOG_SIZE=1Gi lets a container's log grow so far before the kubelet rotates it (10Mi otherwise).
# WITHOUT_NODE=1 starts the control plane alone, for load.py, which needs no root, containerd or kubelet.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd); . "$HERE/lib.sh"
mkdir -p "$1"; names "$1"
BIN=$(realpath "${2:-$CACHE}"); NODE=${NODE:-node1}
WITHOUT_NODE=${WITHOUT_NODE:-}
[ -n "$WITHOUT_NODE" ] || [ "$(id -u)" = 0 ] || { echo "a node needs root: run this as root" >&2; exit 1; }
NEEDS=(openssl kubectl curl "$BIN/etcd" "$BIN/kube-apiserver")
[ -n "$WITHOUT_NODE" ] || NEEDS+=(containerd runc ctr python3 gcc /bin/busybox /usr/lib/cni/ptp "$BIN/kubelet")
for need in "${NEEDS[@]}"; do
  command -v "$need" >/dev/null || { echo "$need is missing: see $HERE/README.md" >&2; exit 1; }
done
"$HERE/down.sh" "$DIR"   # what an interrupted run left behind would hold ports and mounts
BASE=${BASE:-$(free_base)}
P=$BASE; E=$((BASE+1)); PEER=$((BASE+2)); M=$((BASE+3)); KUBELET=$((BASE+4)); HEALTH=$((BASE+5)); CM=$((BASE+6)); SCHED=$((BASE+7))
mkdir -p "$DIR"/{pki,log,pid,cmd,images,etcd,cni}; cd "$DIR"; echo "$P" > port
# Two clusters' pods get addresses of their own: the host has a route to each.
SUBNET=10.$((100 + ID % 100)).0.0/16
# An API server passes no request on to a node at 127.0.0.1 (`nodes/NODE/proxy`): the loopback interface gets one more address, which
# is this cluster's alone. Without the right to add one the node is at 127.0.0.1, and what goes through that proxy is refused.
ADDRESS=; ADDRESSES=Hostname
[ -n "$WITHOUT_NODE" ] || loopback_address
if [ -n "$ADDRESS" ]; then ADDRESSES=InternalIP,Hostname; fi

# --- certificates -----------------------------------------------------------
cd pki
[ -f ca.crt ] || openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.crt -days 30 -subj /CN=testbed-ca 2>/dev/null
cert() {
  [ ! -f "$1.crt" ] || return 0
  openssl req -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.csr" -subj "$2" 2>/dev/null
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -out "$1.crt" -days 30 -extfile <(echo \
    "subjectAltName=DNS:localhost,DNS:$NODE,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:10.96.0.1") 2>/dev/null
}
cert apiserver /CN=kube-apiserver; cert admin /O=system:masters/CN=admin; cert kubelet "/O=system:nodes/CN=system:node:$NODE"
cert controller /CN=system:kube-controller-manager; cert scheduler /CN=system:kube-scheduler
cert frontproxy /CN=front-proxy; cert kubeletclient /O=system:masters/CN=kubelet-client
[ -f sa.key ] || openssl genrsa -out sa.key 2048 2>/dev/null
cd ..
for u in admin kubelet controller scheduler; do cat > $u.kubeconfig <<Y
apiVersion: v1
kind: Config
clusters: [{name: testbed, cluster: {server: "https://127.0.0.1:$P", certificate-authority: $DIR/pki/ca.crt}}]
users: [{name: $u, user: {client-certificate: $DIR/pki/$u.crt, client-key: $DIR/pki/$u.key}}]
contexts: [{name: testbed, context: {cluster: testbed, user: $u}}]
current-context: testbed
Y
done

# --- control plane ----------------------------------------------------------
run etcd "$BIN/etcd" --data-dir etcd --listen-client-urls http://127.0.0.1:$E --advertise-client-urls http://127.0.0.1:$E \
  --listen-peer-urls http://127.0.0.1:$PEER --initial-advertise-peer-urls http://127.0.0.1:$PEER --initial-cluster default=http://127.0.0.1:$PEER \
  $([ -n "${FSYNC:-}" ] || echo --unsafe-no-fsync)
cat > audit.yaml <<'Y'
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- {level: None, users: ["system:apiserver", "system:kube-scheduler", "system:kube-controller-manager"]}
- {level: None, userGroups: ["system:nodes", "system:serviceaccounts:kube-system"]}
- {level: Request, verbs: [create, update, patch, delete, deletecollection]}
- {level: Metadata, resources: [{group: "", resources: [pods/exec, pods/attach, pods/portforward, pods/log]}]}
Y
# ServiceAccount admission is off so that a pod needs no token; the addresses stay on loopback.
run apiserver "$BIN/kube-apiserver" --etcd-servers=http://127.0.0.1:$E --secure-port=$P --bind-address=127.0.0.1 --advertise-address=127.0.0.1 \
  --tls-cert-file=pki/apiserver.crt --tls-private-key-file=pki/apiserver.key --client-ca-file=pki/ca.crt \
  --service-account-key-file=pki/sa.key --service-account-signing-key-file=pki/sa.key --service-account-issuer=https://kubernetes.default.svc \
  --service-cluster-ip-range=10.96.0.0/16 --authorization-mode=Node,RBAC --allow-privileged --disable-admission-plugins=ServiceAccount \
  --kubelet-client-certificate=pki/kubeletclient.crt --kubelet-client-key=pki/kubeletclient.key --kubelet-preferred-address-types=$ADDRESSES \
  --requestheader-client-ca-file=pki/ca.crt --requestheader-allowed-names=front-proxy --requestheader-extra-headers-prefix=X-Remote-Extra- \
  --requestheader-group-headers=X-Remote-Group --requestheader-username-headers=X-Remote-User \
  --proxy-client-cert-file=pki/frontproxy.crt --proxy-client-key-file=pki/frontproxy.key \
  --audit-policy-file=audit.yaml --audit-log-path=log/audit.jsonl
until_ok 90 ready
run controller "$BIN/kube-controller-manager" --kubeconfig=controller.kubeconfig --use-service-account-credentials=true --root-ca-file=pki/ca.crt \
  --service-account-private-key-file=pki/sa.key --leader-elect=false --horizontal-pod-autoscaler-sync-period=5s \
  --horizontal-pod-autoscaler-initial-readiness-delay=5s --cluster-cidr=$SUBNET --bind-address=127.0.0.1 --secure-port=$CM \
  ${WITHOUT_NODE:+--kube-api-qps=500 --kube-api-burst=1000 --concurrent-replicaset-syncs=20}
run scheduler "$BIN/kube-scheduler" --kubeconfig=scheduler.kubeconfig --leader-elect=false --bind-address=127.0.0.1 --secure-port=$SCHED

[ -z "$WITHOUT_NODE" ] || { echo "KUBECONFIG=$DIR/admin.kubeconfig"; exit 0; }

# --- node -------------------------------------------------------------------
echo "${ADDRESS:-127.0.0.1} $NODE # $NET" >> /etc/hosts
cat > cni/10-testbed.conflist <<Y
{"cniVersion":"0.4.0","name":"$NET","plugins":[{"type":"ptp","ipam":{"type":"host-local","dataDir":"$DIR/ipam","ranges":[[{"subnet":"$SUBNET"}]],"routes":[{"dst":"0.0.0.0/0"}]}}]}
Y
cat > containerd.toml <<Y
version = 2
root = "$DIR/containerd"
state = "$RUN"
[grpc]
  address = "$SOCK"
[plugins."io.containerd.internal.v1.opt"]
  path = "$DIR/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.local/pause:1"
  netns_mounts_under_state_dir = true
  # A sandboxed machine may not lower a process's OOM score.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$DIR/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
Y
run containerd containerd --config containerd.toml
until_ok 20 $CTR version
python3 "$HERE/images.py" images && for f in images/*.tar; do $CTR images import "$f" >/dev/null; done

# A kubelet ends every pod below its control group that it does not know: each has a root of its own.
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then mkdir -p "/sys/fs/cgroup/$CGROUP"; else
  for c in /sys/fs/cgroup/*/; do
    mkdir -p "$c$CGROUP"
    for f in cpuset.cpus cpuset.mems; do [ ! -f "$c$f" ] || cat "$c$f" > "$c$CGROUP/$f"; done
  done
fi
cat > kubelet.yaml <<Y
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failCgroupV1: false
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
failSwapOn: false
containerRuntimeEndpoint: unix://$SOCK
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $DIR/pki/ca.crt}}
authorization: {mode: Webhook}
clusterDNS: [10.96.0.10]
enforceNodeAllocatable: []
makeIPTablesUtilChains: false
evictionHard: {memory.available: "100Mi", nodefs.available: "1%", imagefs.available: "1%"}
imageGCHighThresholdPercent: 100
containerLogMaxSize: "${LOG_SIZE:-10Mi}"
address: ${ADDRESS:-127.0.0.1}
port: $KUBELET
healthzPort: $HEALTH
podLogsDir: $DIR/pods
volumePluginDir: $DIR/volume-plugins
Y
run kubelet "$BIN/kubelet" --config=kubelet.yaml --kubeconfig=kubelet.kubeconfig --hostname-override=$NODE --root-dir="$DIR/kubelet" \
  ${ADDRESS:+--node-ip=$ADDRESS}
run links "$HERE/links.sh" "$DIR"

# --- metrics ----------------------------------------------------------------
K="kubectl --kubeconfig admin.kubeconfig"
run metrics "$BIN/metrics-server" --kubeconfig=admin.kubeconfig --authentication-kubeconfig=admin.kubeconfig --authorization-kubeconfig=admin.kubeconfig \
  --kubelet-insecure-tls --kubelet-preferred-address-types=$ADDRESSES --kubelet-use-node-status-port --metric-resolution=15s \
  --secure-port=$M --bind-address=127.0.0.1 --cert-dir="$DIR/metrics"
# The API server reaches it by an ExternalName service: a loopback endpoint is refused.
$K apply -f - >/dev/null <<Y
apiVersion: v1
kind: Service
metadata: {name: metrics-server, namespace: kube-system}
spec: {type: ExternalName, externalName: localhost, ports: [{port: $M}]}
---
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {name: v1beta1.metrics.k8s.io}
spec: {group: metrics.k8s.io, version: v1beta1, groupPriorityMinimum: 100, versionPriority: 100, insecureSkipTLSVerify: true, service: {name: metrics-server, namespace: kube-system, port: $M}}
Y
until_ok 90 sh -c "$K get node $NODE | grep -qw Ready"
echo "KUBECONFIG=$DIR/admin.kubeconfig"
