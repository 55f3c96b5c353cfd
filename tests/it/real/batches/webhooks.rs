//! Admission webhooks: one that rewrites images, one that will not be asked what would be. The API server reaches them on
//! loopback.

use std::{fs, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use rolldeck_core::batch::{Check, Phase, ProblemKind};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use serde_json::{Value, json};

use super::{Field, app, apps, object, templates};
use crate::real::{Cluster, Space, webhook::Webhook};

/// A file of the certificates that the tests' servers show: see `tests/it/replay/tls/make.sh`.
fn file(name: &str) -> String {
    format!("{}/tests/it/replay/tls/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn tls() -> Arc<ServerConfig> {
    let chain = vec![CertificateDer::from_pem_file(file("server.pem")).expect("a certificate")];
    let key = PrivateKeyDer::from_pem_file(file("server.key")).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
    Arc::new(config.with_no_client_auth().with_single_cert(chain, key).expect("a certificate that fits its key"))
}

/// A webhook that the API server asks about every write of a Deployment of one namespace. It goes with this value.
struct Registered<'a> {
    cluster: &'a Cluster,
    name: String,
    _server: Webhook,
}

impl<'a> Registered<'a> {
    fn new(cluster: &'a Cluster, space: &Space, judge: fn(&Value) -> Value) -> Self {
        let server = Webhook::new(tls(), judge);
        let ca = STANDARD.encode(fs::read(file("ca.pem")).expect("a certificate"));
        let name = format!("rolldeck-{}", space.name);
        let configuration = json!({
            "apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
            "metadata": {"name": name},
            "webhooks": [{
                "name": "images.rolldeck.test", "admissionReviewVersions": ["v1"], "sideEffects": "None",
                "failurePolicy": "Fail", "timeoutSeconds": 10,
                "clientConfig": {"url": format!("https://{}/", server.address), "caBundle": ca},
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": space.name}},
                "rules": [{
                    "apiGroups": ["apps"], "apiVersions": ["v1"], "operations": ["UPDATE"], "resources": ["deployments"],
                }],
            }],
        });
        cluster.try_kubectl(&["apply", "-f", "-"], &configuration.to_string()).expect("a webhook");
        let registered = Self { cluster, name, _server: server };
        // The API server takes up a configuration some time after it was written.
        crate::support::until(std::time::Duration::from_secs(60), "the webhook is asked", || {
            let annotate = ["-n", &space.name, "annotate", "deployment", "--all", "--overwrite", "asked=yes"];
            let _ = cluster.try_kubectl(&annotate, "");
            if registered._server.asked() > 0 { Ok(()) } else { Err(String::new()) }
        });
        registered
    }
}

impl Drop for Registered<'_> {
    fn drop(&mut self) {
        let _ = self.cluster.try_kubectl(&["delete", "mutatingwebhookconfiguration", &self.name], "");
    }
}

/// Allows; whoever asks for v1.1.0 gets v1.2.0.
fn rewrites(review: &Value) -> Value {
    let image = "/spec/template/spec/containers/0/image";
    let asked = review["request"]["object"].pointer(image).and_then(Value::as_str).unwrap_or_default();
    let mut response = json!({"uid": review["request"]["uid"], "allowed": true});
    if let Some(repository) = asked.strip_suffix(":v1.1.0") {
        let patch = json!([{"op": "replace", "path": image, "value": format!("{repository}:v1.2.0")}]);
        response["patchType"] = json!("JSONPatch");
        response["patch"] = json!(STANDARD.encode(patch.to_string()));
    }
    response
}

/// Refuses whatever only asks what would be.
fn refuses_dry_runs(review: &Value) -> Value {
    let dry = review["request"]["dryRun"] == true;
    json!({
        "uid": review["request"]["uid"], "allowed": !dry,
        "status": {"code": 403, "message": "this gate answers no rehearsals"},
    })
}

#[test]
fn what_a_webhook_makes_of_a_release_is_what_the_batch_waits_for_and_takes_back() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "rewritten");
    space.apply(&apps::deployment("gateway", "v1.0.0", 1));
    space.wait_rolled_out(&["deployment/gateway"]);
    let _webhook = Registered::new(&cluster, &space, rewrites);
    let goals = vec![(app(&space, "gateway"), "v1.1.0")];
    goals.iter().for_each(|(app, _)| space.wait_rolled_out(&[&object(app)]));
    let before = templates(&space, &goals);
    let field = Field::new(&cluster.kubeconfig);
    let plan = field.release(&goals, |_| ());
    assert!(plan.steps[0].after().contains("v1.2.0"), "the plan shows what will really be: {}", plan.steps[0].after());
    let handle = field.start(&plan);
    let run = field.ended(&handle);
    assert_eq!(run.phase, Phase::Done, "{run:#?}");
    space.wait_tag("deployment/gateway", "v1.2.0");
    assert_eq!(field.revert(&handle).phase, Phase::Reverted);
    field.leave(handle);
    assert_eq!(templates(&space, &goals), before);
}

#[test]
fn a_webhook_that_refuses_dry_runs_blocks_the_plan_in_its_own_words_and_nothing_is_written() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "no-rehearsal");
    space.apply(&apps::deployment("gateway", "v1.0.0", 1));
    space.wait_rolled_out(&["deployment/gateway"]);
    let _webhook = Registered::new(&cluster, &space, refuses_dry_runs);
    let goals = vec![(app(&space, "gateway"), "v1.1.0")];
    let before = templates(&space, &goals);
    let field = Field::new(&cluster.kubeconfig);
    let plan = field.release(&goals, |_| ());
    assert_eq!(plan.steps[0].check, Check::Blocked);
    let told = plan.steps[0].problems.iter().find(|problem| problem.kind == ProblemKind::DryRun && problem.blocks());
    let told = told.unwrap_or_else(|| panic!("{:#?}", plan.steps[0].problems));
    assert!(told.text.contains("this gate answers no rehearsals"), "{}", told.text);
    assert!(plan.ready().is_err());
    assert_eq!(templates(&space, &goals), before);
    let maps = space.kubectl(&["get", "configmaps", "-l", "app.kubernetes.io/managed-by=rolldeck", "-o", "name"]);
    assert_eq!(maps, "", "a preflight writes nothing");
}
