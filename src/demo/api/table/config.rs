//! Rows of what apps are reached by and what they read.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::age;
use super::text::{items, joined, labels, or, or_none};

fn name(object: &Value) -> Value {
    object["metadata"]["name"].clone()
}

fn entries(object: &Value, keys: &[&str]) -> Value {
    keys.iter().filter_map(|key| object[key].as_object()).map(serde_json::Map::len).sum::<usize>().into()
}

fn at_most_three(all: &[String]) -> String {
    match all.len() {
        0 => "<none>".to_owned(),
        1..=3 => all.join(","),
        count => format!("{} + {} more...", all[..3].join(","), count - 3),
    }
}

/// How many entries it has.
pub fn config_map(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    vec![name(object), entries(object, &["data", "binaryData"]), age::of(object, now)]
}

/// Its type and how many entries it has.
pub fn secret(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    vec![name(object), or(&object["type"], ""), entries(object, &["data"]), age::of(object, now)]
}

/// Addresses and ports.
pub fn service(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    let spec = &object["spec"];
    let outside = joined(items(&spec["externalIPs"]).iter().filter_map(Value::as_str));
    let balancers = items(&object["status"]["loadBalancer"]["ingress"]).iter();
    let balancers = joined(balancers.filter_map(|one| one["ip"].as_str().or(one["hostname"].as_str())));
    let external = match spec["type"].as_str() {
        Some("LoadBalancer") if !balancers.is_empty() => balancers,
        Some("LoadBalancer") if outside.is_empty() => "<pending>".to_owned(),
        Some("ExternalName") => spec["externalName"].as_str().unwrap_or_default().to_owned(),
        _ if outside.is_empty() => "<none>".to_owned(),
        _ => outside,
    };
    let port = |port: &Value| {
        let protocol = port["protocol"].as_str().unwrap_or("TCP");
        match port["nodePort"].as_i64() {
            Some(node) if node > 0 => format!("{}:{node}/{protocol}", port["port"]),
            _ => format!("{}/{protocol}", port["port"]),
        }
    };
    let ports: Vec<String> = items(&spec["ports"]).iter().map(port).collect();
    let ports = if ports.is_empty() { "<none>".to_owned() } else { ports.join(",") };
    let inside = if spec["clusterIPs"][0].is_null() { &spec["clusterIP"] } else { &spec["clusterIPs"][0] };
    vec![
        name(object),
        or(&spec["type"], "ClusterIP"),
        or_none(inside),
        external.into(),
        ports.into(),
        age::of(object, now),
        labels(&spec["selector"]).into(),
    ]
}

/// The addresses behind a Service.
pub fn endpoints(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    let mut all = Vec::new();
    for subset in items(&object["subsets"]) {
        let addresses = || items(&subset["addresses"]).iter().filter_map(|one| one["ip"].as_str());
        for port in items(&subset["ports"]) {
            all.extend(addresses().map(|ip| format!("{ip}:{}", port["port"])));
        }
        if items(&subset["ports"]).is_empty() {
            all.extend(addresses().map(str::to_owned));
        }
    }
    vec![name(object), at_most_three(&all).into(), age::of(object, now)]
}

/// The addresses of a slice.
pub fn slice(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    let ports: Vec<String> = items(&object["ports"]).iter().map(|one| one["port"].to_string()).collect();
    let endpoints = items(&object["endpoints"]).iter();
    let all: Vec<String> =
        endpoints.flat_map(|one| items(&one["addresses"])).filter_map(Value::as_str).map(str::to_owned).collect();
    let ports = if ports.is_empty() { "<unset>".to_owned() } else { at_most_three(&ports) };
    let all = if all.is_empty() { "<unset>".to_owned() } else { at_most_three(&all) };
    vec![name(object), or(&object["addressType"], ""), ports.into(), all.into(), age::of(object, now)]
}

/// Hosts and where they are served.
pub fn ingress(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    let spec = &object["spec"];
    let hosts: Vec<String> =
        items(&spec["rules"]).iter().filter_map(|one| one["host"].as_str()).map(str::to_owned).collect();
    let hosts = if hosts.is_empty() { "*".to_owned() } else { at_most_three(&hosts) };
    let addresses = items(&object["status"]["loadBalancer"]["ingress"]).iter();
    let addresses = joined(addresses.filter_map(|one| one["ip"].as_str().or(one["hostname"].as_str())));
    let ports = if items(&spec["tls"]).is_empty() { "80" } else { "80, 443" };
    let class = or_none(&spec["ingressClassName"]);
    vec![name(object), class, hosts.into(), addresses.into(), ports.into(), age::of(object, now)]
}

/// A claim and the volume that it has.
pub fn claim(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    let (spec, status) = (&object["spec"], &object["status"]);
    let deleting = !object["metadata"]["deletionTimestamp"].is_null();
    let bound = spec["volumeName"].as_str().is_some_and(|volume| !volume.is_empty());
    let short = |mode: &Value| match mode.as_str() {
        Some("ReadWriteOnce") => "RWO",
        Some("ReadOnlyMany") => "ROX",
        Some("ReadWriteMany") => "RWX",
        _ => "RWOP",
    };
    let modes = if bound { joined(items(&status["accessModes"]).iter().map(short)) } else { String::new() };
    let capacity = if bound { or(&status["capacity"]["storage"], "0") } else { "".into() };
    vec![
        name(object),
        if deleting { "Terminating".into() } else { or(&status["phase"], "") },
        or(&spec["volumeName"], ""),
        capacity,
        modes.into(),
        or(&spec["storageClassName"], ""),
        or(&spec["volumeAttributesClassName"], "<unset>"),
        age::of(object, now),
        or(&spec["volumeMode"], "<unset>"),
    ]
}

/// A storage class.
pub fn storage_class(object: &Value, now: DateTime<Utc>) -> Vec<Value> {
    vec![
        name(object),
        or(&object["provisioner"], ""),
        or(&object["reclaimPolicy"], "Delete"),
        or(&object["volumeBindingMode"], "Immediate"),
        (object["allowVolumeExpansion"] == true).into(),
        age::of(object, now),
    ]
}
