//! Volumes for claims, as a storage class's provisioner makes them.

use super::super::json::{name, namespace, stamp, text, uid};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// The PersistentVolume that a claim gets.
pub fn volume(claim: &Value, now: DateTime<Utc>) -> Value {
    let volume_name = format!("pvc-{}", uid(claim));
    json!({
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {
            "name": volume_name,
            "creationTimestamp": stamp(now),
            "annotations": {"pv.kubernetes.io/provisioned-by": "block.csi.freight.example"},
        },
        "spec": {
            "accessModes": claim.pointer("/spec/accessModes"),
            "capacity": {"storage": text(claim, "/spec/resources/requests/storage")},
            "claimRef": {
                "apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": name(claim),
                "namespace": namespace(claim), "uid": uid(claim),
            },
            "csi": {"driver": "block.csi.freight.example", "volumeHandle": volume_name, "fsType": "ext4"},
            "persistentVolumeReclaimPolicy": "Delete",
            "storageClassName": text(claim, "/spec/storageClassName"),
            "volumeMode": "Filesystem",
        },
        "status": {"phase": "Bound"},
    })
}
