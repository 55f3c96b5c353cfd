//! What is opened into the demo's pods by the console's own client: files, debug containers, attachments, ports, logs.

mod debug;
mod doors;
mod files;
mod logs;
mod terminal;

use std::time::Duration;

use rolldeck_cluster::{
    connect::{Cluster, Options, connect},
    writer::Writer,
};
use rolldeck_core::{
    act::PodId,
    shell::{Command, Place, RunOutput, RunWanted},
};
use serde_json::Value;

use super::Demo;

pub const PATIENCE: Duration = Duration::from_secs(60);

/// A demo cluster, and the client on it.
pub struct Stage {
    pub demo: Demo,
    pub reader: Cluster,
    pub writer: Writer,
}

impl Stage {
    pub async fn new() -> Self {
        let demo = Demo::start();
        let options = Options { kubeconfig: Some(demo.kubeconfig.clone()), ..Options::default() };
        let (reader, writer) = connect(&options).await.expect("a connection");
        Self { demo, reader, writer }
    }

    /// A pod of an app in namespace dev that runs.
    pub fn pod(&self, app: &str) -> Value {
        let path = format!("/api/v1/namespaces/dev/pods?labelSelector=app.kubernetes.io%2Fname%3D{app}");
        let (status, pods) = self.demo.send("GET", &path, "");
        assert_eq!(status, 200, "{pods}");
        let runs = |pod: &&Value| pod["status"]["containerStatuses"][0]["state"].get("running").is_some();
        pods["items"].as_array().expect("pods").iter().find(runs).expect("one that runs").clone()
    }

    /// Its container.
    pub fn place(&self, app: &str) -> Place {
        let pod = self.pod(app);
        let text = |field: &str| pod["metadata"][field].as_str().expect("a text").into();
        let id = PodId { namespace: "dev".into(), name: text("name"), uid: text("uid") };
        Place { pod: id, container: app.into() }
    }

    pub fn advance(&self, seconds: u32) {
        self.demo.control("POST", "clock", &serde_json::json!({ "advance": seconds }));
    }

    pub async fn run(&self, place: &Place, text: &str) -> RunOutput {
        let wanted = RunWanted { command: Command::Shell(text.into()), limit: PATIENCE, keep: 8 << 20 };
        self.writer.run(place, &wanted).await.expect("a command")
    }
}
