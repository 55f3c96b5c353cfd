//! One container's log, read to its end by each reader.

use std::{
    fmt::Write as _,
    io::Read as _,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use http_body_util::BodyExt;
use kube::{
    Client, Config,
    client::Body,
    config::{KubeConfigOptions, Kubeconfig},
};
use tokio::runtime::Runtime;

use crate::{Failure, Options, pods::Space, reading::Reading};

const POD: &str = "writer";

/// What a reader read, and how long it took.
struct Read {
    took: Duration,
    lines: u64,
}

/// The readers beside each other.
pub fn table(runtime: &Runtime, options: &Options) -> Result<String, Failure> {
    let space = Space::new(&options.kubeconfig, "one")?;
    eprintln!("a container writes {} lines", options.lines);
    space.writes(POD, options.lines)?;
    let rolldeck = env!("CARGO_BIN_EXE_rolldeck");
    let names = ["a reader that throws all away", "rolldeck, into its buffer", "rolldeck logs", "kubectl logs"];
    let mut rounds: [Vec<Read>; 4] = Default::default();
    for _ in 0..options.rounds {
        rounds[0].push(runtime.block_on(plain(&options.kubeconfig, &space.name))?);
        rounds[1].push(runtime.block_on(engine(&options.kubeconfig, &space.name))?);
        let mut own = Command::new(rolldeck);
        own.args(["logs", POD, "-o", "raw", "--timestamps", "-n", &space.name])
            .arg("--kubeconfig")
            .arg(&options.kubeconfig);
        rounds[2].push(program(own)?);
        rounds[3].push(program(space.command(&["logs", POD, "--timestamps"]))?);
    }
    let plain = median(&rounds[0]);
    let mut text = format!(
        "| one container, {} lines of 100 bytes | lines read | median of {} | lines/s | × the plain reader |\n| --- | ---: | ---: | ---: | ---: |\n",
        options.lines, options.rounds
    );
    for (name, reads) in names.iter().zip(&rounds) {
        let (took, lines) = (median(reads), reads[0].lines);
        let rate = lines as f64 / took.as_secs_f64();
        let share = plain.as_secs_f64() / took.as_secs_f64();
        _ = writeln!(text, "| {name} | {lines} | {:.2} s | {rate:.0} | {share:.2} |", took.as_secs_f64());
    }
    Ok(text)
}

fn median(reads: &[Read]) -> Duration {
    let mut took: Vec<Duration> = reads.iter().map(|read| read.took).collect();
    took.sort_unstable();
    took[took.len() / 2]
}

/// The stream as it comes, counted and thrown away. The connection is made before.
async fn plain(kubeconfig: &Path, namespace: &str) -> Result<Read, Failure> {
    let kubeconfig = Kubeconfig::read_from(kubeconfig)?;
    let config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default()).await?;
    let client = Client::try_from(config)?;
    client.apiserver_version().await?;
    let start = Instant::now();
    let path = format!("/api/v1/namespaces/{namespace}/pods/{POD}/log?timestamps=true");
    let answer = client.send(http::Request::get(path).body(Body::empty())?).await?;
    let (mut body, mut lines) = (answer.into_body(), 0);
    while let Some(frame) = body.frame().await {
        let frame = frame?;
        lines += frame.data_ref().map_or(0, |data| data.iter().filter(|byte| **byte == b'\n').count() as u64);
    }
    Ok(Read { took: start.elapsed(), lines })
}

/// Rolldeck's engine into the buffer of a room: times, levels, merge, gaps.
async fn engine(kubeconfig: &Path, namespace: &str) -> Result<Read, Failure> {
    let mut reading = Reading::open(kubeconfig, namespace, &[POD.to_owned()], false).await?;
    let start = Instant::now();
    while reading.next().await {}
    if reading.torn + reading.gaps > 0 {
        return Err(format!("{} lines are torn, {} gaps", reading.torn, reading.gaps).into());
    }
    Ok(Read { took: start.elapsed(), lines: reading.lines })
}

/// A program from its start to the end of what it writes.
fn program(mut command: Command) -> Result<Read, Failure> {
    let start = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut from = child.stdout.take().ok_or("no stdout")?;
    let (mut buffer, mut lines) = (vec![0; 1 << 20], 0);
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        lines += buffer[..read].iter().filter(|byte| **byte == b'\n').count() as u64;
    }
    let took = start.elapsed();
    if child.wait()?.success() { Ok(Read { took, lines }) } else { Err("it failed".into()) }
}
