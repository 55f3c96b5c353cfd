//! Manifests of toy apps, with the images of `tests/cluster/images.py`.

/// Which images there are: `registry.local/yun/NAME`.
pub const SIX: [&str; 6] = ["gateway", "orders", "dispatch", "payment", "search", "user"];

/// The pod template of an app, at the indentation of `spec:`.
fn template(name: &str, image: &str, tag: &str) -> String {
    format!(
        "  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      automountServiceAccountToken: false
      terminationGracePeriodSeconds: 1
      containers:
      - name: {name}
        image: registry.local/yun/{image}:{tag}
        imagePullPolicy: Never
        env: [{{name: APP, value: {name}}}]
        resources: {{requests: {{cpu: 5m, memory: 1Mi}}, limits: {{cpu: 200m, memory: 32Mi}}}}
        readinessProbe: {{httpGet: {{path: /, port: 8080}}, periodSeconds: 1}}
"
    )
}

fn image(name: &str) -> &str {
    if SIX.contains(&name) { name } else { "gateway" }
}

/// A Deployment.
pub fn deployment(name: &str, tag: &str, replicas: u32) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  replicas: {replicas}\n{}",
        template(name, image(name), tag)
    )
}

/// A StatefulSet, OrderedReady.
pub fn stateful_set(name: &str, tag: &str, replicas: u32) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: {name}}}\nspec:\n  replicas: {replicas}\n  serviceName: {name}\n{}",
        template(name, image(name), tag)
    )
}

/// A DaemonSet.
pub fn daemon_set(name: &str, tag: &str) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {{name: {name}}}\nspec:\n{}",
        template(name, image(name), tag)
    )
}

/// An autoscaler of a Deployment: 2 to 4 replicas, at a CPU that the toy app never reaches.
pub fn autoscaler(name: &str) -> String {
    format!(
        "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {{name: {name}}}\nspec:\n  \
         scaleTargetRef: {{apiVersion: apps/v1, kind: Deployment, name: {name}}}\n  minReplicas: 2\n  maxReplicas: 4\n  \
         metrics: [{{type: Resource, resource: {{name: cpu, target: {{type: Utilization, averageUtilization: 900}}}}}}]\n"
    )
}

/// A Deployment of one pod that takes more memory than it may have.
pub fn glutton(name: &str) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  selector: {{matchLabels: {{app: {name}}}}}\n  \
         template:\n    metadata: {{labels: {{app: {name}}}}}\n    spec:\n      automountServiceAccountToken: false\n      containers:\n      \
         - name: {name}\n        image: registry.local/yun/user:v1.0.0\n        imagePullPolicy: Never\n        \
         command: [/bin/sh, -c, \"sleep 1; tail /dev/zero\"]\n        resources: {{limits: {{cpu: 200m, memory: 16Mi}}}}\n"
    )
}

/// The six, one replica each.
pub fn six(tag: &str) -> String {
    SIX.iter().map(|name| deployment(name, tag, 1)).collect()
}
