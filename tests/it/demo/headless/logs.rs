//! `rolldeck logs`: lines, files and downloads without a screen.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use super::{
    Demo,
    shell::{APPS, Shell, Told},
};

/// Text that stays: of the demo's logs it has the newest lines alone, so that they become shorter, too.
const FILES: &str = "/etc/*";

fn lines(told: &Told) -> Vec<&str> {
    told.out.lines().collect()
}

fn objects(told: &Told) -> Vec<Value> {
    told.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// The values of a field, each once.
fn each(objects: &[Value], field: &str) -> Vec<String> {
    let mut all: Vec<String> =
        objects.iter().map(|object| object[field].as_str().expect("a text").to_owned()).collect();
    all.sort();
    all.dedup();
    all
}

/// A pod of an app.
fn pod(shell: &Shell, app: &str) -> String {
    let told = shell.run(&["logs", app, "--tail", "1", "-ojson"], "").ends(0);
    each(&objects(&told), "pod").remove(0)
}

#[test]
fn lines_of_apps_pods_and_selectors_are_written_as_they_are_asked_for() {
    let demo = Demo::start();
    let shell = Shell::new(&demo);
    let both = shell.run(&["logs", APPS[0], &format!("deploy/{}", APPS[1]), "--tail", "5", "-o", "json"], "").ends(0);
    assert_eq!(each(&objects(&both), "app"), APPS);
    let mut times: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in objects(&both) {
        let field = |name: &str| line[name].as_str().expect("a text").to_owned();
        times.entry(field("pod")).or_default().push(field("time"));
    }
    assert!(times.values().all(|times| times.len() == 5 && times.is_sorted()), "{times:?}");

    let selected = shell.run(&["logs", "app.kubernetes.io/part-of=port", "--tail", "1", "-ojson"], "").ends(0);
    assert!(APPS.iter().all(|app| each(&objects(&selected), "app").iter().any(|known| known == app)), "{selected:#?}");

    let pod = pod(&shell, APPS[0]);
    let raw = shell.run(&["logs", &pod, "--tail", "3", "-o", "raw"], "").ends(0);
    let json = objects(&shell.run(&["logs", &format!("pod/{pod}"), "--tail", "200", "-o", "json"], "").ends(0));
    assert_eq!((lines(&raw).len() % 3, raw.err.as_str()), (0, ""), "{raw:#?}");
    assert!(lines(&raw).iter().all(|line| json.iter().any(|object| object["text"] == **line)), "{raw:#?}");
    let short = shell.run(&["logs", &pod, "--since", "1s"], "");
    assert!(lines(&short).len() < json.len(), "{short:#?}");
    for (args, words) in [
        (&["logs", "berth-planer"][..], "did you mean berth-planner?"),
        (&["logs", "app=nothing"], "there is no app and no pod app=nothing in dev"),
        (&["logs", APPS[0], "--files", "logs"], "logs is no absolute path"),
        (&["logs", APPS[0], "--files", "/data", "--previous"], "--previous has no files"),
        (&["logs", APPS[0], "--follow", "--previous"], "cannot be used with"),
    ] {
        let told = shell.run(args, "").ends(2);
        assert!(told.err.contains(words) && told.out.is_empty(), "{args:?}: {told:#?}");
    }
}

#[test]
fn whoever_has_seen_enough_ends_it_silently() {
    let demo = Demo::start();
    let shell = Shell::new(&demo);
    let mut child =
        shell.command(&["logs", APPS[0], "--follow", "--tail", "2", "-o", "raw"]).spawn().expect("the program starts");
    let mut line = String::new();
    // The pipe closes with the reader.
    BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
    let mut said = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut said).expect("text");
    assert_eq!((child.wait().expect("an end").code(), said.as_str()), (Some(0), ""), "after {line:?}");
}

#[test]
fn files_are_read_like_logs_and_read_only_mode_asks_for_the_setting() {
    let demo = Demo::start();
    let shell = Shell::new(&demo);
    let pod = pod(&shell, "api-gateway");
    let whole = shell.run(&["logs", &pod, "--files", FILES, "-o", "raw"], "").ends(0);
    assert!(lines(&whole).len() > 2, "{whole:#?}");
    let last = shell.run(&["logs", &pod, "--files", FILES, "--tail", "2", "-o", "json"], "").ends(0);
    let last = objects(&last);
    assert!(last.len() >= 2 && last.iter().all(|line| line["pod"] == pod.as_str()), "{last:#?}");
    shell.run(&["logs", &pod, "--files", "/data/nothing/*.log"], "").ends(2);

    let to = shell.home.path().join("saved").display().to_string();
    let reading = ["logs", &pod, "--readonly", "--files", FILES, "-o", "raw"];
    let saving = [&reading[..], &["--download", &to]].concat();
    let told = shell.run(&reading, "").ends(2);
    assert!(told.err.contains("read-only"), "{told:#?}");
    let told = shell.run(&saving, "").ends(1);
    assert!(told.err.contains("read-only"), "{told:#?}");
    shell.config("[logs]\nfiles-when-read-only = true\n");
    shell.run(&reading, "").ends(0);
    shell.run(&saving, "").ends(0);
}

/// The entries of a manifest, and where it is.
fn saved(told: &Told) -> (PathBuf, Vec<Value>) {
    let directory = PathBuf::from(told.out.trim());
    let text = std::fs::read_to_string(directory.join("MANIFEST.json")).expect("a manifest");
    let manifest: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(manifest["state"], "complete", "{manifest:#}");
    (directory, manifest["files"].as_array().expect("files").clone())
}

fn sum(command: &str, file: &Path) -> String {
    let line = format!("{command} {file:?} | sha256sum");
    let output = Command::new("sh").args(["-c", &line]).output().expect("a shell");
    String::from_utf8_lossy(&output.stdout).split(' ').next().expect("a sum").to_owned()
}

#[test]
fn whole_logs_and_files_are_saved_packed_and_summed() {
    let demo = Demo::start();
    let shell = Shell::new(&demo);
    let pod = pod(&shell, "api-gateway");
    let to = shell.home.path().join("saved").display().to_string();
    let args = ["logs", &pod, "--download", &to, "--files", FILES];
    for (more, unpack) in
        [(&[][..], "cat"), (&["--compress", "gzip"], "gzip -dc"), (&["--compress", "zstd"], "zstd -dc")]
    {
        let told = shell.run(&[&args[..], more].concat(), "").ends(0);
        let (directory, entries) = saved(&told);
        assert!(directory.starts_with(&to) && directory.display().to_string().contains(&pod), "{directory:?}");
        assert!(entries.iter().any(|entry| entry["kind"] == "stdout"), "{entries:#?}");
        assert!(entries.iter().any(|entry| entry["kind"].as_str().is_some_and(|kind| kind.starts_with("/etc/"))));
        for entry in &entries {
            let file = directory.join(entry["path"].as_str().expect("a path"));
            let content = entry["contentSha256"].as_str().unwrap_or(entry["sha256"].as_str().expect("a sum"));
            assert_eq!(
                (sum("cat", &file).as_str(), sum(unpack, &file).as_str()),
                (entry["sha256"].as_str().expect("a sum"), content)
            );
            assert_eq!(entry["complete"], true, "{entry:#}");
        }
    }
    let told = shell.run(&[&args[..], &["-o", "json"]].concat(), "").ends(0);
    assert_eq!(
        (told.json()["state"].as_str(), told.json()["asked"]["files"][0].as_str()),
        (Some("complete"), Some(FILES))
    );
    let previous = shell.run(&["logs", &pod, "--download", &to, "--container", "nobody"], "").ends(2);
    assert!(previous.err.contains("there is no container nobody in these pods"), "{previous:#?}");
}

#[test]
fn what_cannot_be_written_is_told_and_gone_on_with_where_it_was() {
    let demo = Demo::start();
    let shell = Shell::new(&demo);
    let to = shell.home.path().join("saved");
    let told = shell.run(&["logs", APPS[0], "--download", "/dev/null/logs"], "").ends(2);
    assert!(
        told.err.contains("/dev/null/logs: a file is where a directory should be: name another directory"),
        "{told:#?}"
    );

    // Files may have 4 KiB: enough for the manifest, and not for what follows.
    let args = ["logs", APPS[0], "--download", &to.display().to_string()].map(str::to_owned);
    let plain = shell.command(&args.each_ref().map(String::as_str));
    let mut bounded = Command::new("sh");
    bounded
        .args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$@\"", "sh"])
        .arg(plain.get_program())
        .args(plain.get_args());
    bounded.env("HOME", shell.home.path()).env("XDG_CONFIG_HOME", shell.home.path()).env_remove("KUBECONFIG");
    let told = Told::of(bounded.output().expect("a shell")).ends(1);
    assert!(told.err.contains("no file may be larger here (ulimit -f): name another directory"), "{told:#?}");
    assert!(told.err.contains("the same again goes on with it"), "{told:#?}");
    let left = PathBuf::from(told.out.trim());
    let text = std::fs::read_to_string(left.join("MANIFEST.json")).expect("a manifest");
    assert!(text.contains("\"failed\""), "{text}");
    let told = shell.run(&args.each_ref().map(String::as_str), "").ends(0);
    assert!(told.err.contains("went on with what an earlier download of the same had left"), "{told:#?}");
    assert_eq!(saved(&told).0, left);
}
