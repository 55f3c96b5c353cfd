//! The cluster itself: namespaces, nodes and the classes of things.

use super::super::json::stamp;
use super::super::kinds::{INGRESS_CLASS, NAMESPACE, NODE, PRIORITY_CLASS, STORAGE_CLASS};
use super::{Berth, Seeder};
use chrono::Duration;
use serde_json::{Value, json};

/// A node to be made.
pub struct Hull {
    /// Its name.
    pub name: String,
    /// Its number, which its addresses come from.
    pub number: usize,
    /// Cores and gibibytes.
    pub size: (i64, i64),
    /// Its zone.
    pub zone: &'static str,
    /// The version of its kubelet.
    pub version: &'static str,
}

/// The freight company's cluster.
pub fn company(seeder: &mut Seeder<'_>) {
    let long = seeder.ago(Duration::days(412));
    for (name, stage) in
        [("default", ""), ("kube-system", ""), ("dev", "development"), ("qa", "testing"), ("prod", "production")]
    {
        let mut labels = json!({"kubernetes.io/metadata.name": name});
        if !stage.is_empty() {
            labels["freight.example/stage"] = json!(stage);
        }
        namespace(seeder, name, labels);
    }
    classes(seeder);
    let zones = ["cn-south-1a", "cn-south-1b", "cn-south-1c"];
    let control = Hull { name: "harbour-1".into(), number: 0, size: (4, 16), zone: zones[0], version: "v1.35.2" };
    let mut node = node(&control, &stamp(long));
    node["metadata"]["labels"]["node-role.kubernetes.io/control-plane"] = json!("");
    node["spec"]["taints"] = json!([{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}]);
    seeder.put(&NODE, node);
    for number in 1..=7 {
        let version = if number == 7 { "v1.34.6" } else { "v1.35.2" };
        let size = if number > 5 { (32, 96) } else { (16, 48) };
        let hull = Hull { name: format!("quay-{number}"), number, size, zone: zones[number % 3], version };
        let created = stamp(seeder.ago(Duration::days(400 - 40 * number as i64)));
        let mut node = self::node(&hull, &created);
        node["metadata"]["labels"]["node-role.kubernetes.io/worker"] = json!("");
        if number == 4 {
            press(&mut node, &stamp(seeder.ago(Duration::minutes(34))));
        }
        if number == 7 {
            let since = stamp(seeder.ago(Duration::hours(5)));
            node["spec"]["unschedulable"] = json!(true);
            node["metadata"]["annotations"]["freight.example/note"] = json!("升级到 1.35，周五完成 🛠");
            let taint = json!({"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule", "timeAdded": since});
            node["spec"]["taints"] = json!([taint]);
        }
        berth(seeder, &hull, number != 7 && number != 4);
        seeder.put(&NODE, node);
    }
}

/// Remembers a node as a place for pods.
pub fn berth(seeder: &mut Seeder<'_>, hull: &Hull, open: bool) {
    let (ip, network) = addresses(hull.number);
    seeder.berths.push(Berth { name: hull.name.clone(), ip, network, pods: 0, open });
}

/// A namespace.
pub fn namespace(seeder: &mut Seeder<'_>, name: &str, labels: Value) {
    let created = stamp(seeder.ago(Duration::days(411)));
    let namespace = json!({
        "metadata": {"name": name, "labels": labels, "creationTimestamp": created},
        "spec": {"finalizers": ["kubernetes"]},
        "status": {"phase": "Active"},
    });
    seeder.put(&NAMESPACE, namespace);
}

/// The classes of volumes, ingresses and priorities.
pub fn classes(seeder: &mut Seeder<'_>) {
    let created = stamp(seeder.ago(Duration::days(411)));
    seeder.put(
        &STORAGE_CLASS,
        json!({
            "metadata": {
                "name": "block-ssd", "creationTimestamp": created,
                "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
            },
            "provisioner": "block.csi.freight.example", "reclaimPolicy": "Delete",
            "volumeBindingMode": "WaitForFirstConsumer", "allowVolumeExpansion": true,
        }),
    );
    seeder.put(
        &INGRESS_CLASS,
        json!({
            "metadata": {"name": "traefik", "creationTimestamp": created},
            "spec": {"controller": "traefik.io/ingress-controller"},
        }),
    );
    seeder.put(
        &PRIORITY_CLASS,
        json!({
            "metadata": {"name": "freight-batch", "creationTimestamp": created},
            "value": -100, "description": "批处理：让路给在线业务",
        }),
    );
}

fn addresses(number: usize) -> (String, String) {
    let (high, low) = (number / 250, number % 250);
    (format!("10.20.{high}.{}", 10 + low.min(240)), format!("10.{}.{}", 42 + number / 256, number % 256))
}

/// A node that is ready.
pub fn node(hull: &Hull, created: &str) -> Value {
    let (ip, network) = addresses(hull.number);
    let (cores, memory) = hull.size;
    let condition = |kind: &str, is: &str, reason: &str, message: &str| {
        json!({
            "type": kind, "status": is, "reason": reason, "message": message, "lastHeartbeatTime": created,
            "lastTransitionTime": created,
        })
    };
    json!({
        "metadata": {
            "name": hull.name,
            "creationTimestamp": created,
            "labels": {
                "kubernetes.io/hostname": hull.name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
                "node.kubernetes.io/instance-type": format!("c7.{cores}x{memory}"),
                "topology.kubernetes.io/region": "cn-south-1", "topology.kubernetes.io/zone": hull.zone,
            },
            "annotations": {"node.alpha.kubernetes.io/ttl": "0"},
        },
        "spec": {"podCIDR": format!("{network}.0/24"), "podCIDRs": [format!("{network}.0/24")]},
        "status": {
            "addresses": [{"type": "InternalIP", "address": ip}, {"type": "Hostname", "address": hull.name}],
            "capacity": {
                "cpu": cores.to_string(), "memory": format!("{}Ki", memory * 1024 * 1024), "pods": "110",
                "ephemeral-storage": "209715200Ki",
            },
            "allocatable": {
                "cpu": format!("{}m", cores * 1000 - 200), "memory": format!("{}Ki", memory * 1024 * 1024 - 1_572_864),
                "pods": "110", "ephemeral-storage": "188743680Ki",
            },
            "conditions": [
                condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
                condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
                condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
            ],
            "nodeInfo": {
                "architecture": "amd64", "operatingSystem": "linux", "kubeletVersion": hull.version,
                "kubeProxyVersion": hull.version, "containerRuntimeVersion": "containerd://2.1.4",
                "kernelVersion": "6.6.58-quay", "osImage": "Harbour Linux 24.03", "machineID": "", "systemUUID": "",
                "bootID": "",
            },
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
        },
    })
}

/// Puts a node under pressure of its disk.
fn press(node: &mut Value, since: &str) {
    node["status"]["conditions"][1] = json!({
        "type": "DiskPressure", "status": "True", "reason": "KubeletHasDiskPressure",
        "message": "kubelet has disk pressure", "lastHeartbeatTime": since, "lastTransitionTime": since,
    });
    node["spec"]["taints"] =
        json!([{"key": "node.kubernetes.io/disk-pressure", "effect": "NoSchedule", "timeAdded": since}]);
}
