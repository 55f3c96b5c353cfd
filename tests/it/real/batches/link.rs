//! The way to the API server: an answer that is lost, a server that dies.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use rolldeck_core::batch::Phase;
use serde_json::json;

use super::{Field, app, apps, is_rolling, object, six, templates};
use crate::{
    real::{Cluster, Space, links::component},
    support::Home,
};

/// `kubectl proxy`: the API server without TLS, so that a proxy before it can tell one request from another.
struct Plain {
    child: Child,
    address: String,
}

impl Plain {
    fn new(cluster: &Cluster) -> Self {
        let mut command = Command::new("kubectl");
        command.arg("--kubeconfig").arg(&cluster.kubeconfig).args(["proxy", "--port=0"]);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("kubectl runs");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("it says where it listens");
        let address = line.trim().rsplit(' ').next().expect("an address").to_owned();
        Self { child, address }
    }
}

impl Drop for Plain {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A proxy that lets a request of this beginning through and ends the connection in place of the answer, so many times.
struct Thief {
    address: SocketAddr,
    stolen: Arc<AtomicUsize>,
}

impl Thief {
    fn new(target: &str, request: &str, times: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let (address, stolen) = (listener.local_addr().expect("an address"), Arc::new(AtomicUsize::new(0)));
        let (target, request, count) = (target.to_owned(), request.to_owned(), Arc::clone(&stolen));
        thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = TcpStream::connect(&target) else { continue };
                let (request, count) = (request.clone(), Arc::clone(&count));
                thread::spawn(move || pass(near, far, &request, &count, times));
            }
        });
        Self { address, stolen }
    }
}

/// Passes bytes both ways until the request comes whose answer is to be lost.
fn pass(mut near: TcpStream, mut far: TcpStream, request: &str, stolen: &AtomicUsize, times: usize) {
    let (mut far_too, mut near_too) = (far.try_clone().expect("a handle"), near.try_clone().expect("a handle"));
    let marked = Arc::new(AtomicUsize::new(0));
    let mark = Arc::clone(&marked);
    thread::spawn(move || {
        let mut buffer = [0; 64 * 1024];
        while let Ok(read @ 1..) = far_too.read(&mut buffer) {
            // The server has answered: it was done. Nobody will know.
            if mark.load(Ordering::SeqCst) > 0 || near_too.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        let _ = near_too.shutdown(std::net::Shutdown::Both);
        let _ = far_too.shutdown(std::net::Shutdown::Both);
    });
    let mut buffer = [0; 64 * 1024];
    while let Ok(read @ 1..) = near.read(&mut buffer) {
        let first = buffer[..read].starts_with(request.as_bytes());
        if first && stolen.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| (n < times).then_some(n + 1)).is_ok() {
            marked.store(1, Ordering::SeqCst);
        }
        if far.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = far.shutdown(std::net::Shutdown::Both);
}

#[test]
fn a_write_that_was_accepted_and_whose_answer_was_lost_is_known_by_its_token_and_not_repeated() {
    let Some(cluster) = Cluster::from_env() else { return };
    let space = Space::new(&cluster, "lost-answer");
    space.apply(&["gateway", "orders"].map(|name| apps::deployment(name, "v1.0.0", 1)).concat());
    let goals = vec![(app(&space, "gateway"), "v1.1.0"), (app(&space, "orders"), "v1.1.0")];
    goals.iter().for_each(|(app, _)| space.wait_rolled_out(&[&object(app)]));
    let before = templates(&space, &goals);
    let plain = Plain::new(&cluster);
    let path = format!("/apis/apps/v1/namespaces/{}/deployments/orders", space.name);
    let thief = Thief::new(&plain.address, &format!("PATCH {path}?fieldManager"), 1);
    let home = Home::new();
    let config = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "x",
        "clusters": [{"name": "x", "cluster": {"server": format!("http://{}", thief.address)}}],
        "users": [{"name": "x", "user": {}}],
        "contexts": [{"name": "x", "context": {"cluster": "x", "user": "x", "namespace": space.name}}],
    });
    let field = Field::new(&home.file("kubeconfig", &config.to_string()));
    let generation = || space.get("deployment/orders")["metadata"]["generation"].as_i64().expect("a number");
    let first = generation();
    let handle = field.start(&field.release(&goals, |_| ()));
    let run = field.ended(&handle);
    assert_eq!(thief.stolen.load(Ordering::SeqCst), 1, "an answer was lost");
    assert_eq!(run.phase, Phase::Done, "{run:#?}");
    assert_eq!(generation(), first + 1, "it was written once");
    assert_eq!(field.revert(&handle).phase, Phase::Reverted);
    field.leave(handle);
    assert_eq!(templates(&space, &goals), before);
}

#[test]
fn a_batch_outlives_an_api_server_that_is_killed_under_it() {
    let Some(cluster) = Cluster::from_env() else { return };
    let Some(testbed) = Cluster::testbed() else { return };
    let cluster = cluster.alone();
    let space = Space::new(&cluster, "server-dies");
    space.apply(&apps::six("v1.0.0"));
    let goals = six(&space, "v1.1.0");
    goals.iter().for_each(|(app, _)| space.wait_rolled_out(&[&object(app)]));
    let before = templates(&space, &goals);
    let field = Field::new(&cluster.kubeconfig);
    let handle = field.start(&field.release(&goals, |plan| plan.options.width = 2));
    field.until(&handle, "the first rolls", |run| is_rolling(run, "gateway"));
    component(&testbed, "kill");
    field.until(&handle, "it is held", |run| matches!(run.phase, Phase::Held(_)));
    component(&testbed, "start");
    let run = field.ended(&handle);
    assert_eq!(run.phase, Phase::Done, "{run:#?}");
    goals.iter().for_each(|(app, _)| space.wait_tag(&object(app), "v1.1.0"));
    assert_eq!(field.revert(&handle).phase, Phase::Reverted);
    field.leave(handle);
    assert_eq!(templates(&space, &goals), before);
    let waited = Duration::from_secs(60);
    crate::support::until(waited, "the lease is given back", || {
        let holders = space.kubectl(&["get", "leases", "-o", "jsonpath={.items[*].spec.holderIdentity}"]);
        if holders.trim().is_empty() { Ok(()) } else { Err(holders) }
    });
}
