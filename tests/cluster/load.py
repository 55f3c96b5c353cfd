#!/usr/bin/env python3
"""Fills a cluster of up.sh with nodes, apps and pods that no kubelet runs, and plays their kubelets until it is ended.

    load.py DIR --pods N [--apps N] [--churn EVENTS_A_SECOND] [--live] [--once]

Apps are Deployments: the cluster's own controllers make their ReplicaSets and pods, each app's pods on one node, which the
template names. This program makes the nodes and keeps their leases, tells each pod's status (Running and ready; one app in
forty crashes), answers metrics.k8s.io for them, and with --churn changes the status of so many pods a second. With --live it goes on
telling the status of pods that come later and lets go of those that are deleted, so that apps roll out.
A line that begins with "filled" says when the fleet stands. --once ends then, without metrics; the nodes go stale in a minute.
"""
import argparse
import datetime
import http.client
import http.server
import json
import os
import random
import ssl
import subprocess
import sys
import tempfile
import threading
import time

NAMESPACE = "load"
MERGE = "application/merge-patch+json"
A_NODE = 100  # pods on a node; kubelets allow 110


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Api:
    """A connection to the API server; one for each thread."""

    def __init__(self, folder):
        self.port = int(open(f"{folder}/port").read())
        self.context = ssl.create_default_context(cafile=f"{folder}/pki/ca.crt")
        self.context.load_cert_chain(f"{folder}/pki/admin.crt", f"{folder}/pki/admin.key")
        self.link = None

    def call(self, method, path, body=None, kind="application/json", fine=()):
        for patience in range(6):
            try:
                self.link = self.link or http.client.HTTPSConnection("127.0.0.1", self.port, context=self.context, timeout=60)
                self.link.request(method, path, json.dumps(body) if body is not None else None, {"content-type": kind})
                answer = self.link.getresponse()
                text = answer.read()
            except (OSError, http.client.HTTPException):
                self.link = None
                time.sleep(0.2 * 2**patience)
                continue
            if answer.status == 429:
                time.sleep(float(answer.getheader("retry-after", "1")))
                continue
            if answer.status >= 300 and answer.status not in fine:
                sys.exit(f"{method} {path}: {answer.status} {text[:400].decode(errors='replace')}")
            return json.loads(text) if answer.status < 300 else None
        sys.exit(f"{method} {path}: the API server does not answer")


def app_name(number):
    return f"load-{number:04d}"


def node_name(number):
    return f"load-{number:04d}"


def make_node(api, number):
    name = node_name(number)
    size = {"cpu": "64", "memory": "256Gi", "pods": "110", "ephemeral-storage": "500Gi"}
    labels = {"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": f"zone-{number % 3}"}
    api.call("POST", "/api/v1/nodes", {"metadata": {"name": name, "labels": labels}}, fine=(409,))
    conditions = [
        {"type": kind, "status": "False" if "Pressure" in kind else "True", "reason": "Load", "message": "made by load.py",
         "lastHeartbeatTime": now(), "lastTransitionTime": now()}
        for kind in ("Ready", "MemoryPressure", "DiskPressure", "PIDPressure")
    ]
    info = {"kubeletVersion": "v1.36.3", "kernelVersion": "6.12", "osImage": "none", "containerRuntimeVersion": "none://0",
            "architecture": "amd64", "operatingSystem": "linux", "bootID": "", "machineID": "", "systemUUID": "", "kubeProxyVersion": ""}
    status = {"capacity": size, "allocatable": size, "conditions": conditions, "nodeInfo": info,
              "addresses": [{"type": "InternalIP", "address": f"10.64.{number // 250}.{number % 250}"}]}
    api.call("PATCH", f"/api/v1/nodes/{name}/status", {"status": status}, MERGE)
    # The controller that watches nodes may have found it silent between the two requests.
    api.call("PATCH", f"/api/v1/nodes/{name}", {"spec": {"taints": None}}, MERGE)


def renew(api, name):
    time_now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    lease = {"metadata": {"name": name}, "spec": {"holderIdentity": name, "leaseDurationSeconds": 60, "renewTime": time_now}}
    path = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
    if api.call("PATCH", f"{path}/{name}", lease, MERGE, fine=(404,)) is None:
        api.call("POST", path, lease, fine=(409,))


def deployment(number, replicas, node):
    name = app_name(number)
    labels = {"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": f"group-{number % 12}", "team": f"team-{number % 7}"}
    env = [{"name": f"SETTING_{n}", "value": f"a value of an ordinary length, the {n}th of its kind"} for n in range(30)]
    container = {
        "name": "main", "image": f"registry.local/load/{name}:v1.{number % 9}.0", "env": env,
        "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"cpu": "2", "memory": "1Gi"}},
        "readinessProbe": {"httpGet": {"path": "/healthz", "port": 8080}}, "ports": [{"containerPort": 8080, "name": "http"}],
    }
    spec = {"nodeName": node, "automountServiceAccountToken": False, "containers": [container],
            "tolerations": [{"operator": "Exists"}]}
    template = {"metadata": {"labels": labels, "annotations": {"note": "x" * 300}}, "spec": spec}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "labels": labels},
            "spec": {"replicas": replicas, "selector": {"matchLabels": {"app.kubernetes.io/name": name}}, "template": template}}


def status(pod, number, restarts=0, ready=True, crashed=False):
    image = pod["spec"]["containers"][0]["image"]
    ready = ready and not crashed
    at = now()
    conditions = [{"type": kind, "status": "True" if ready or kind in ("Initialized", "PodScheduled") else "False",
                   "lastTransitionTime": at} for kind in ("Initialized", "Ready", "ContainersReady", "PodScheduled")]
    state = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}} if crashed else {"running": {"startedAt": at}}
    last = {"terminated": {"reason": "OOMKilled", "exitCode": 137, "startedAt": at, "finishedAt": at}} if crashed else {}
    container = {"name": "main", "image": image, "imageID": "sha256:" + "ab" * 32, "containerID": "containerd://" + "cd" * 32,
                 "ready": ready, "started": True, "restartCount": restarts, "state": state, "lastState": last}
    return {"status": {"phase": "Running", "conditions": conditions, "hostIP": "10.64.0.1", "startTime": at,
                       "podIP": f"10.{128 + number // 62500}.{number // 250 % 250}.{number % 250}", "containerStatuses": [container]}}


class Fleet:
    """What stands, for whoever asks: namespace/name of each pod, with its app's number."""

    def __init__(self):
        self.pods = []
        self.nodes = []
        self.lock = threading.Lock()


def side_by_side(folder, threads, jobs, work):
    """Does work(api, job) for each job, in threads with a connection each."""
    jobs, lock, failed = iter(list(jobs)), threading.Lock(), []

    def run():
        api = Api(folder)
        while not failed:
            with lock:
                job = next(jobs, None)
            if job is None:
                return
            try:
                work(api, job)
            except SystemExit as error:
                failed.append(error)
                return

    running = [threading.Thread(target=run, daemon=True) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if failed:
        raise failed[0]


def fill(folder, args, fleet):
    api = Api(folder)
    api.call("POST", "/api/v1/namespaces", {"metadata": {"name": NAMESPACE}}, fine=(409,))
    shares = [args.pods // args.apps + (number < args.pods % args.apps) for number in range(args.apps)]
    homes, room = [], []
    for share in shares:  # first node with room for all pods of the app
        home = next((n for n, left in enumerate(room) if left >= share), None)
        if home is None:
            if share > A_NODE:
                sys.exit(f"{share} pods an app are more than a node takes ({A_NODE}): ask for more --apps")
            home = len(room)
            room.append(A_NODE)
        room[home] -= share
        homes.append(home)
    fleet.nodes = [node_name(number) for number in range(len(room))]
    side_by_side(folder, 4, fleet.nodes, lambda api, name: renew(api, name))
    side_by_side(folder, 4, range(len(room)), make_node)
    threading.Thread(target=heartbeats, args=(folder, fleet), daemon=True).start()

    def make_app(api, number):
        path = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"
        api.call("POST", path, deployment(number, shares[number], node_name(homes[number])), fine=(409,))

    def tell_pods(api, number):
        told, since = set(), time.time()
        base, crashed = sum(shares[:number]), number % 40 == 7
        while len(told) < shares[number]:
            path = f"/api/v1/namespaces/{NAMESPACE}/pods?labelSelector=app.kubernetes.io/name={app_name(number)}"
            for pod in api.call("GET", path)["items"]:
                name = pod["metadata"]["name"]
                if name not in told:
                    body = status(pod, base + len(told), 4 if crashed else 0, True, crashed)
                    api.call("PATCH", f"/api/v1/namespaces/{NAMESPACE}/pods/{name}/status", body, MERGE)
                    told.add(name)
                    with fleet.lock:
                        fleet.pods.append((name, number, base + len(told), pod))
            if len(told) < shares[number]:
                if time.time() - since > 600:
                    sys.exit(f"the controllers made {len(told)} of the {shares[number]} pods of {app_name(number)} in ten minutes")
                time.sleep(0.5)

    side_by_side(folder, 4, range(args.apps), make_app)
    side_by_side(folder, 8, range(args.apps), tell_pods)


def heartbeats(folder, fleet):
    api = Api(folder)
    while True:
        for name in fleet.nodes:
            renew(api, name)
        time.sleep(10)


def churn(folder, args, fleet):
    """Changes pods' status, evenly over time; says at the end of each 10 seconds when it cannot keep the rate."""
    threads = max(1, min(16, args.churn // 60 + 1))

    def run(part):
        api, pick, step = Api(folder), random.Random(part), threads / args.churn
        due = time.time()
        while True:
            name, app, number, pod = pick.choice(fleet.pods)
            ready = pick.random() < 0.9
            body = status(pod, number, pick.randrange(9), ready, app % 40 == 7)
            api.call("PATCH", f"/api/v1/namespaces/{NAMESPACE}/pods/{name}/status", body, MERGE, fine=(404,))
            due += step
            time.sleep(max(0.0, due - time.time()))
            if time.time() - due > 10:
                print("the API server does not keep up with the churn that was asked for", file=sys.stderr, flush=True)
                due = time.time()

    for part in range(threads):
        threading.Thread(target=run, args=(part,), daemon=True).start()


def live(folder):
    """Tells the status of each pod that comes, and lets go of each that is deleted."""
    import queue
    path, jobs = f"/api/v1/namespaces/{NAMESPACE}/pods", queue.Queue()

    def work():
        api = Api(folder)
        while True:
            pod = jobs.get()
            name, app = pod["metadata"]["name"], int(pod["metadata"]["labels"]["app.kubernetes.io/name"].split("-")[1])
            if pod["metadata"].get("deletionTimestamp"):
                api.call("DELETE", f"{path}/{name}", {"gracePeriodSeconds": 0}, fine=(404, 409))
            elif not pod["status"].get("containerStatuses"):
                crashed = app % 40 == 7
                api.call("PATCH", f"{path}/{name}/status", status(pod, app, 4 if crashed else 0, True, crashed), MERGE, fine=(404, 409))

    def watch():
        api = Api(folder)
        while True:
            listed = api.call("GET", path)
            for pod in listed["items"]:
                jobs.put(pod)
            version = listed["metadata"]["resourceVersion"]
            link = http.client.HTTPSConnection("127.0.0.1", api.port, context=api.context, timeout=600)
            try:
                link.request("GET", f"{path}?watch=1&resourceVersion={version}")
                for line in link.getresponse():
                    event = json.loads(line)
                    if event["type"] in ("ADDED", "MODIFIED"):
                        jobs.put(event["object"])
                    elif event["type"] == "ERROR":
                        break
            except (OSError, http.client.HTTPException):
                time.sleep(1)
            finally:
                link.close()

    for run in [watch] + [work] * 8:
        threading.Thread(target=run, daemon=True).start()


def metrics_server(fleet):
    """Answers metrics.k8s.io for the pods and nodes; returns its port."""
    group = "metrics.k8s.io"

    def usage(seed, cpu, memory):
        wave = random.Random(seed * 7919 + int(time.time()) // 30).random()
        return {"cpu": f"{int(cpu * (0.3 + wave) * 1e6)}n", "memory": f"{int(memory * (0.8 + 0.2 * wave))}Ki"}

    def pods():
        at = now()
        with fleet.lock:
            known = list(fleet.pods)
        for name, _, number, _ in known:
            yield {"metadata": {"name": name, "namespace": NAMESPACE, "creationTimestamp": at}, "timestamp": at, "window": "15s",
                   "containers": [{"name": "main", "usage": usage(number, 100, 300000)}]}

    def nodes():
        at = now()
        for number, name in enumerate(fleet.nodes):
            yield {"metadata": {"name": name, "creationTimestamp": at}, "timestamp": at, "window": "15s", "usage": usage(number, 12000, 90000000)}

    def answer(path):
        path = path.split("?")[0].rstrip("/")
        root = f"/apis/{group}/v1beta1"
        if path == f"/apis/{group}":
            version = {"groupVersion": f"{group}/v1beta1", "version": "v1beta1"}
            return {"kind": "APIGroup", "apiVersion": "v1", "name": group, "versions": [version], "preferredVersion": version}
        if path == root:
            kinds = [("pods", "PodMetrics", True), ("nodes", "NodeMetrics", False)]
            resources = [{"name": n, "singularName": "", "namespaced": s, "kind": k, "verbs": ["get", "list"]} for n, k, s in kinds]
            return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": f"{group}/v1beta1", "resources": resources}
        kind, items = None, []
        if path in (f"{root}/pods", f"{root}/namespaces/{NAMESPACE}/pods"):
            kind, items = "PodMetricsList", list(pods())
        elif path.startswith(f"{root}/namespaces/") and path.endswith("/pods"):
            kind = "PodMetricsList"
        elif path == f"{root}/nodes":
            kind, items = "NodeMetricsList", list(nodes())
        return kind and {"kind": kind, "apiVersion": f"{group}/v1beta1", "metadata": {}, "items": items}

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            body = answer(self.path)
            text = json.dumps(body or {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}).encode()
            self.send_response(200 if body else 404)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with tempfile.TemporaryDirectory() as place:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{place}/key", "-out", f"{place}/crt",
                        "-days", "30", "-subj", "/CN=localhost"], check=True, stderr=subprocess.DEVNULL)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{place}/crt", f"{place}/key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def register_metrics(folder, port):
    """The API server reaches it by an ExternalName service: a loopback endpoint is refused."""
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "load-metrics", "namespace": "kube-system"},
               "spec": {"type": "ExternalName", "externalName": "localhost", "ports": [{"port": port}]}}
    spec = {"group": "metrics.k8s.io", "version": "v1beta1", "groupPriorityMinimum": 100, "versionPriority": 100,
            "insecureSkipTLSVerify": True, "service": {"name": "load-metrics", "namespace": "kube-system", "port": port}}
    api = Api(folder)
    apply = ("PATCH", "application/apply-patch+yaml")
    api.call(apply[0], "/api/v1/namespaces/kube-system/services/load-metrics?fieldManager=load&force=true", service, apply[1])
    body = {"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": "v1beta1.metrics.k8s.io"}, "spec": spec}
    api.call(apply[0], "/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io?fieldManager=load&force=true", body, apply[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="DIR", help="the cluster's folder, as up.sh was given it")
    parser.add_argument("--pods", type=int, required=True)
    parser.add_argument("--apps", type=int, help="one for every 50 pods unless told")
    parser.add_argument("--churn", type=int, default=0, metavar="EVENTS_A_SECOND")
    parser.add_argument("--live", action="store_true", help="go on as a kubelet does for pods that come and go")
    parser.add_argument("--once", action="store_true", help="end when the fleet stands")
    args = parser.parse_args()
    args.apps = args.apps or max(1, args.pods // 50)
    folder = os.path.realpath(args.folder)
    if not os.path.exists(f"{folder}/port"):
        sys.exit(f"{folder} has no file \"port\": start a cluster there with up.sh first")
    fleet, start = Fleet(), time.time()
    fill(folder, args, fleet)
    print(f"filled {len(fleet.pods)} pods of {args.apps} apps on {len(fleet.nodes)} nodes in {time.time() - start:.0f} s", flush=True)
    if args.once:
        return
    register_metrics(folder, metrics_server(fleet))
    if args.live:
        live(folder)
    if args.churn:
        churn(folder, args, fleet)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
