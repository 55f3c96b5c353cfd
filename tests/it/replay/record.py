#!/usr/bin/env python3
"""Records what a real API server answers, for the tests that have none: record.py DIR TAPE

DIR is a cluster that tests/cluster/up.sh started, with fleet.yaml beside this file applied and nothing else. TAPE becomes gzip'd
JSON lines: path, watch (a watch list with its initial events), proto, content_type and body (base64).
"""
import base64, gzip, json, ssl, sys, urllib.request
from concurrent.futures import ThreadPoolExecutor

folder, tape = sys.argv[1:]
context = ssl.create_default_context(cafile=f"{folder}/pki/ca.crt")
context.load_cert_chain(f"{folder}/pki/admin.crt", f"{folder}/pki/admin.key")
server = f"https://127.0.0.1:{open(f'{folder}/port').read().strip()}"

PROTO = "application/vnd.kubernetes.protobuf"


def accepts(proto, watch):
    if not proto:
        return "application/json"
    return f"{PROTO};stream=watch, application/json" if watch else f"{PROTO}, application/json"


def ask(path, query="", proto=False, watch=False, body=None):
    request = urllib.request.Request(server + path + query, data=body and json.dumps(body).encode())
    request.add_header("Accept", accepts(proto, watch))
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, context=context) as answer:
        return {"path": path, "watch": watch, "proto": proto, "content_type": answer.headers["Content-Type"],
                "body": base64.b64encode(answer.read()).decode()}


review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
questions = [dict(path=path) for path in ["/version", "/readyz", "/livez", "/api/v1/namespaces"]]
questions.append(dict(path="/apis/authentication.k8s.io/v1/selfsubjectreviews", body=review))
for scope in ["", "namespaces/shop/", "namespaces/bank/"]:
    questions.append(dict(path=f"/apis/metrics.k8s.io/v1beta1/{scope}pods"))
    for proto in [False, True]:
        questions.append(dict(path=f"/api/v1/{scope}configmaps", query="?labelSelector=rolldeck.dev/none", proto=proto))
        for kind in ["apis/apps/v1/{}deployments", "apis/apps/v1/{}statefulsets", "apis/apps/v1/{}daemonsets", "api/v1/{}pods",
                     "apis/autoscaling/v2/{}horizontalpodautoscalers"]:
            path = "/" + kind.format(scope)
            questions.append(dict(path=path, query="?resourceVersion=0", proto=proto))
            questions.append(dict(path=path, query="?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan"
                                  "&allowWatchBookmarks=true&timeoutSeconds=1", proto=proto, watch=True))
# All at once, so that lists and streams tell of the same moment: one at which the crash-looping pod waits.
while True:
    with ThreadPoolExecutor(len(questions)) as pool:
        rows = list(pool.map(lambda question: ask(**question), questions))
    if all(b"CrashLoopBackOff" in base64.b64decode(row["body"]) for row in rows if row["path"].endswith(("v1/pods", "shop/pods"))
           and "metrics" not in row["path"]) and all(b"MODIFIED" not in base64.b64decode(row["body"]) for row in rows):
        break
with gzip.GzipFile(tape, "wb", mtime=0) as out:
    for row in rows:
        out.write(json.dumps(row).encode() + b"\n")
