//! What a real kubelet has rotated away, and packed, read from its node.

use std::time::Duration;

use rolldeck_cluster::{
    connect::{Options, connect},
    logs::Wanted,
};
use rolldeck_core::logs::{Begin, Ended, Reading, SourceState};

use super::{Room, connected, of_pod, pod};
use crate::{
    real::{Cluster, Space},
    support::until,
};

/// Three loads of 12 MB each, with time between them in which a kubelet rotates, and packs what it had rotated before.
fn loads() -> String {
    let wide = "x".repeat(900);
    let load = format!("j=0; while [ $j -lt 13000 ]; do i=$((i+1)) j=$((j+1)); echo line $i {wide}; done; sleep 15");
    format!("i=0; {load}; {load}; {load}; echo line 39001; sleep 3600")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_kubelet_has_rotated_and_packed_is_read_from_its_node_with_the_right_to_and_not_without() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "logs-packed");
    space.apply(&pod("busy", &loads()));
    space.kubectl(&["wait", "--for=condition=Ready", "pod/busy", "--timeout=60s"]);
    let busy = space.get("pod/busy");
    let (node, uid) = (busy["spec"]["nodeName"].as_str(), busy["metadata"]["uid"].as_str());
    let (node, uid) = node.zip(uid).expect("a node and a uid");
    until(Duration::from_secs(150), "all is written", || {
        let last = space.kubectl(&["logs", "busy", "--tail=1"]);
        if last.trim() == "line 39001" { Ok(()) } else { Err(last) }
    });
    let (reader, _writer) = connected(&cluster.kubeconfig).await;
    let wanted = || Wanted { of: vec![of_pod(&space, "busy")], reading: Reading::Rotated, ..Wanted::default() };
    if !cluster.passes_on(node) {
        let mut room = Room::new(&reader, wanted());
        room.until("what the node says", |room| room.complete).await;
        let refused = |state: &SourceState| matches!(state, SourceState::Ended(_, Ended::Refused(why)) if why.contains("not allowed"));
        assert!(room.states.iter().any(refused), "{:?}", room.states);
        return;
    }
    let folder = format!("/api/v1/nodes/{node}/proxy/logs/pods/{}_busy_{uid}/main/", space.name);
    until(Duration::from_secs(30), "a packed file and one that is not", || {
        let page = cluster.try_kubectl(&["get", "--raw", &folder], "")?;
        let names: Vec<&str> = page.split('"').filter(|name| name.starts_with("0.log.2")).collect();
        let packed = names.iter().filter(|name| name.ends_with(".gz")).count();
        if packed > 0 && names.len() > packed { Ok(()) } else { Err(page) }
    });
    let key = ("busy".to_owned(), false);
    let mut now = Room::of(&reader, of_pod(&space, "busy"), Begin::Head);
    now.until("what the kubelet has", |room| room.lines.get(&key).and_then(|lines| lines.last()) == Some(&39_001))
        .await;
    let mut old = Room::new(&reader, wanted());
    old.until("all that is rotated", |room| room.complete).await;
    let (lines, first) = (&old.lines[&key], now.lines[&key][0]);
    assert_eq!((lines[0], lines.last()), (1, Some(&(first - 1))), "from the first line on, up to the kubelet's own");
    old.assert_nothing_is_lost_or_doubled();
    assert!(matches!(old.states.last(), Some(SourceState::Ended(_, Ended::Complete))), "{:?}", old.states);

    space.kubectl(&["create", "role", "reader", "--verb=get,list,watch", "--resource=pods,pods/log"]);
    space.kubectl(&["create", "rolebinding", "reader", "--role=reader", "--user=reader"]);
    let options = Options {
        kubeconfig: Some(cluster.kubeconfig.clone()),
        impersonate: Some("reader".into()),
        namespaces: vec![space.name.as_str().into()],
        ..Options::default()
    };
    let (limited, _writer) = connect(&options).await.expect("a connection");
    let mut room = Room::new(&limited, wanted());
    let named = |state: &SourceState| matches!(state, SourceState::Forbidden(what) if what.contains("get nodes/proxy in the cluster"));
    room.until("that it may not be read", |room| room.states.iter().any(named)).await;
    assert_eq!(room.texts, Vec::<String>::new());
}
