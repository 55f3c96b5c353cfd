//! The program in a terminal of 80 columns and 24 rows, with a shell in a real container: editors, sizes, ends, attachments, files.

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    time::{Duration, Instant},
};

use super::{Cluster, Deck, Space};
use crate::support::{Home, Launch, Screen, until};

/// One pod: busybox; the node's own programs (vim, bash, GNU); no shell at all; and one that says what it is sent.
const APP: &str = r#"
apiVersion: apps/v1
kind: Deployment
metadata: { name: desk }
spec:
  replicas: 1
  selector: { matchLabels: { app: desk } }
  template:
    metadata: { labels: { app: desk } }
    spec:
      terminationGracePeriodSeconds: 0
      containers:
      - name: busy
        image: registry.local/yun/gateway:v1.0.0
        command: [sh, -c, "trap 'exit 5' TERM; while :; do echo tick 日本; sleep 1; done"]
        resources: { limits: { cpu: 250m, memory: 96Mi } }
      - name: echo
        image: registry.local/yun/gateway:v1.0.0
        command: [sh, -c, "while read line; do echo said $line; done"]
        stdin: true
      - name: gnu
        image: registry.local/yun/gateway:v1.0.0
        command: [sleep, infinity]
        env: [{ name: PATH, value: "/usr/bin:/bin" }]
        volumeMounts:
        - { name: usr, mountPath: /usr, readOnly: true }
        - { name: lib, mountPath: /lib, readOnly: true }
        - { name: lib64, mountPath: /lib64, readOnly: true }
      - name: none
        image: registry.local/pause:1
      volumes:
      - { name: usr, hostPath: { path: /usr } }
      - { name: lib, hostPath: { path: /usr/lib } }
      - { name: lib64, hostPath: { path: /usr/lib64 } }
"#;

const CONFIG: &str = "[shell]\ndebug-image = \"registry.local/yun/gateway:v1.0.0\"\nrecord = true\n";

/// The program at the pods of that app.
struct Desk<'a> {
    space: Space<'a>,
    deck: Deck,
    pod: String,
}

impl<'a> Desk<'a> {
    fn new(cluster: &'a Cluster, name: &str) -> Self {
        let space = Space::new(cluster, name);
        space.apply(APP);
        space.kubectl(&["wait", "--for=condition=Available", "deploy/desk", "--timeout=60s"]);
        let pods = space.kubectl(&["get", "pods", "-l", "app=desk", "-o", "name"]);
        let pod = pods.trim().trim_start_matches("pod/").to_owned();
        let home = Home::new();
        home.file(".config/rolldeck/config.toml", CONFIG);
        home.file("notes/hello.txt", "hello\n");
        std::fs::create_dir_all(home.path().join("notes/empty")).expect("a folder");
        let console = Launch::new(&home).kubeconfig(&cluster.kubeconfig).args(["-n", &space.name]).size(80, 24).start();
        let mut desk = Self { space, deck: Deck::over(console, home), pod };
        desk.deck.wait_row(&["desk", "✓"]);
        desk.deck.console.keys(":pods desk\r");
        desk.sees("Pods of ");
        desk.deck.wait_row(&["▸", "desk-"]);
        desk
    }

    fn sees(&mut self, text: &str) -> Screen {
        self.deck.console.wait_text(text)
    }

    fn gone(&mut self, text: &str) -> Screen {
        self.deck.console.wait_for(&format!("no {text:?}"), |screen| !screen.has(text))
    }

    /// From the pods: `key` for a container of the list.
    fn choose(&mut self, key: &str, container: &str) {
        self.deck.console.keys(key);
        self.sees("in which container");
        for _ in 0..4 {
            let under = self.deck.console.screen();
            if under.row(&["▸", container]).is_some() {
                break;
            }
            let before = under.to_string();
            self.deck.console.key("down");
            self.deck.console.wait_for("another line", |screen| screen.to_string() != before);
        }
        self.deck.wait_row(&["▸", container]);
        self.deck.console.key("enter");
    }

    fn shell(&mut self, container: &str) {
        self.choose("s", container);
        self.sees(": commands");
        self.sees("limits: ");
        self.prompt();
    }

    /// Waits until the shell answers.
    fn prompt(&mut self) {
        self.deck.console.keys("echo re''ady\r");
        self.sees("ready");
        self.deck.console.keys("clear\r");
        self.gone("ready");
    }

    /// Waits until what is on its way is open.
    fn opened(&mut self) {
        self.gone("is on its way");
    }

    /// Presses a key, or types a line, until it does this: what is typed within a second of an end was typed for what ended, and a new
    /// size is on its way for a moment.
    fn press_until(&mut self, key: &str, text: &str) {
        until(Duration::from_secs(60), text, || {
            let asked = Instant::now();
            self.deck.console.key(key);
            while asked.elapsed() < Duration::from_secs(2) {
                let screen = self.deck.console.screen();
                if screen.has(text) || screen.says(text) {
                    return Ok(());
                }
                std::thread::yield_now();
            }
            Err(self.deck.console.screen().to_string())
        });
    }

    fn types(&mut self, text: &str) {
        self.deck.console.keys(text);
    }

    /// What a command prints in a container, by another way.
    fn says(&self, container: &str, line: &str) -> String {
        self.space.kubectl(&["exec", &self.pod, "-c", container, "--", "sh", "-c", line])
    }

    fn leave(self) {
        let mut deck = self.deck;
        deck.console.key("ctrl-]");
        deck.console.keys("d");
        deck.console.wait_text("Pods of ");
        deck.console.key("ctrl-c");
        deck.console.wait_text("End them and leave");
        deck.console.key("tab");
        deck.console.key("enter");
        let ended = deck.console.wait_end();
        assert_eq!(ended.status.exit_code(), 0, "{}", ended.stderr);
        ended.assert_restored();
    }
}

#[test]
fn vi_edits_and_saves_and_top_shows_and_quits_and_a_resize_reaches_them() {
    let Some(cluster) = Cluster::from_env() else { return };
    let mut desk = Desk::new(&cluster, "vi");
    desk.shell("busy");
    desk.types("vi /tmp/notes\r");
    desk.deck.console.wait_for("vi", |screen| screen.count(&["~"]) > 15);
    desk.types("ifirst line\rsecond");
    desk.sees("second");
    desk.deck.console.key("esc");
    desk.deck.wait_row(&["- /tmp/notes"]);
    desk.types(":wq\r");
    desk.gone("~");
    let told = until(Duration::from_secs(20), "what vi wrote", || {
        let text = desk.says("busy", "cat /tmp/notes 2>/dev/null; true");
        if text.contains("second") { Ok(text) } else { Err(text) }
    });
    assert_eq!(told, "first line\nsecond\n");
    desk.types("top\r");
    desk.sees("Load average");
    desk.deck.console.resize(100, 30);
    desk.types("q");
    desk.press_until("stty size\r", "26 100");
    desk.leave();
}

#[test]
fn vim_of_a_whole_distribution_edits_in_colours_and_fills_the_terminal() {
    let Some(cluster) = Cluster::from_env() else { return };
    let mut desk = Desk::new(&cluster, "vim");
    desk.shell("gnu");
    desk.types("command -v vim && echo has''vim || echo no''vim\r");
    let screen = desk.deck.console.wait_for("an answer", |screen| screen.has("hasvim") || screen.has("novim"));
    if screen.has("novim") {
        return desk.leave();
    }
    desk.types("vim -u NONE -N -c 'set mouse=a ruler' /tmp/日本.txt\r");
    desk.deck.console.wait_for("vim", |screen| screen.count(&["~"]) > 15 && screen.has("0,0-1"));
    desk.types("iこんにちは vim");
    desk.deck.wait_row(&["-- INSERT --"]);
    desk.sees("こんにちは vim");
    desk.deck.console.key("esc");
    desk.gone("-- INSERT --");
    desk.deck.console.resize(120, 40);
    desk.deck.console.wait_for("a taller vim", |screen| screen.count(&["~"]) > 30);
    desk.types(":wq\r");
    desk.types("cat /tmp/日本.txt; stty size\r");
    desk.sees("36 120");
    desk.sees("こんにちは vim");
    desk.types("clear; seq 1 200 | less\r");
    desk.deck.console.wait_for("less", |screen| screen.has("1") && screen.row(&[":"]).is_some());
    desk.types("G");
    desk.sees("(END)");
    desk.types("q");
    desk.types("clear; top -b -n 1 | head -3\r");
    desk.sees("Tasks:");
    desk.leave();
}

#[test]
fn a_paste_of_ten_kilobytes_arrives_whole() {
    let Some(cluster) = Cluster::from_env() else { return };
    let mut desk = Desk::new(&cluster, "paste");
    desk.shell("busy");
    desk.types("stty -echo; cat >/tmp/pasted\r");
    let line = "本0123456789 abcdefghijklmnopqrstuvwxyz 0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ\n";
    let text = line.repeat(10 * 1024 / line.len() + 1);
    desk.types(&format!("\x1b[200~{text}\x1b[201~"));
    desk.types("\x04");
    desk.types("stty echo; wc -c </tmp/pasted; md5sum </tmp/pasted | cut -c1-8; echo e''nd\r");
    desk.sees("end");
    assert_eq!(desk.says("busy", "cat /tmp/pasted"), text);
    desk.leave();
}

#[test]
fn a_container_without_a_shell_gets_a_debug_container_after_a_question() {
    let Some(cluster) = Cluster::from_env() else { return };
    let mut desk = Desk::new(&cluster, "noshell");
    desk.choose("s", "none");
    desk.sees("! adds a debug container");
    desk.press_until("!", "is added to the pod");
    desk.deck.console.key("tab");
    desk.deck.console.key("enter");
    desk.sees("[rolldeck-debug-");
    desk.opened();
    desk.prompt();
    desk.types("cat /proc/1/root/pause >/dev/null && echo se''es\r");
    desk.sees("sees");
    desk.leave();
}

#[test]
fn a_pod_that_is_killed_under_a_session_is_the_reason_and_it_is_offered_to_reopen() {
    let Some(cluster) = Cluster::from_env() else { return };
    let mut desk = Desk::new(&cluster, "killed");
    desk.shell("busy");
    desk.types("kill 1\r");
    desk.sees("the container ended: Error, exit code 5");
    desk.sees("enter opens it again");
    let runs = |desk: &Desk| {
        let status = desk.space.get(&format!("pod/{}", desk.pod))["status"]["containerStatuses"].clone();
        let all = status.as_array().expect("containers");
        all.iter().all(|one| one["state"]["running"].is_object()) && all.iter().any(|one| one["restartCount"] == 1)
    };
    until(
        Duration::from_secs(60),
        "the container runs again",
        || if runs(&desk) { Ok(()) } else { Err("no".to_owned()) },
    );
    desk.press_until("enter", ": commands");
    desk.opened();
    desk.prompt();
    desk.space.kubectl(&["delete", "pod", &desk.pod, "--grace-period=0", "--force"]);
    desk.sees("the pod was deleted");
    desk.sees("enter chooses another pod of desk");
    desk.press_until("enter", "Shell in which pod of desk?");
}

#[test]
fn an_attachment_looks_on_and_types_only_after_a_question() {
    let Some(cluster) = Cluster::from_env() else { return };
    let mut desk = Desk::new(&cluster, "attach");
    desk.choose("a", "busy");
    desk.sees("Attached, looking on");
    desk.sees("tick 日本");
    desk.deck.console.key("ctrl-]");
    desk.types("d");
    desk.sees("Pods of ");
    desk.choose("a", "echo");
    desk.sees("Attached, looking on");
    desk.types("unheard\r");
    desk.deck.console.key("ctrl-]");
    desk.types("a");
    desk.sees("ctrl-c may end it");
    desk.deck.console.key("tab");
    desk.deck.console.key("enter");
    desk.sees("Attached, typing");
    desk.opened();
    desk.types("hello\r");
    let screen = desk.sees("said hello");
    assert!(!screen.has("said unheard"), "{screen}");
    desk.leave();
}

#[test]
fn logs_stand_beside_a_shell_and_its_terminal_has_the_rest() {
    let Some(cluster) = Cluster::from_env() else { return };
    let mut desk = Desk::new(&cluster, "split");
    desk.shell("busy");
    desk.deck.console.key("ctrl-]");
    desk.types("v");
    desk.sees("── logs of ");
    desk.deck.wait_row(&["tick 日本"]);
    desk.types("stty size\r");
    desk.sees("10 80");
    desk.deck.console.resize(160, 50);
    desk.press_until("clear; stty size\r", "46 80");
    desk.deck.console.key("ctrl-]");
    desk.deck.console.key("tab");
    desk.sees(": to the shell");
    desk.types("/nothing\r");
    desk.gone("tick 日本");
    desk.deck.console.key("ctrl-]");
    desk.types("v");
    desk.gone("── logs of ");
    desk.press_until("clear; stty size\r", "46 160");
    desk.leave();
}

#[test]
fn a_directory_goes_in_and_comes_back_with_equal_checksums_and_nothing_is_replaced_unasked() {
    let Some(cluster) = Cluster::from_env() else { return };
    let mut desk = Desk::new(&cluster, "copies");
    for (folder, mode) in [("notes", 0o710), ("notes/empty", 0o2750)] {
        let folder = desk.deck.home().join(folder);
        std::fs::set_permissions(folder, Permissions::from_mode(mode)).expect("permissions");
    }
    desk.shell("busy");
    desk.deck.console.key("ctrl-]");
    desk.types("u");
    desk.sees("Path of this machine");
    desk.types("notes\t/tmp/in\r");
    desk.sees("Upload to 1 container?");
    desk.deck.console.key("tab");
    desk.deck.console.key("enter");
    desk.sees("✓ 1 file and 2 directories");
    desk.sees("Both sides have the same SHA-256");
    let said = desk.says("busy", "cat /tmp/in/hello.txt; stat -c '%n %a' /tmp/in /tmp/in/empty");
    assert_eq!(said, "hello\n/tmp/in 710\n/tmp/in/empty 750\n");
    desk.deck.console.key("esc");
    desk.sees("Shell ");
    for said in ["Both sides have the same SHA-256", "enter replaces what is there"] {
        desk.deck.console.key("ctrl-]");
        desk.types("g");
        desk.sees("Into directory here");
        desk.types("/tmp/in\tback\r");
        desk.deck.console.wait_for(said, |screen| screen.has(" ↓ /tmp/in → ./back") && screen.has(said));
        desk.deck.console.key("esc");
        desk.sees("Shell ");
    }
    desk.types("\x1dd:copies\r");
    desk.sees("Copies: 3");
    desk.deck.console.key("enter");
    desk.sees("Replace what is there?");
    desk.deck.console.key("tab");
    desk.deck.console.key("enter");
    desk.deck.console.wait_for("three good ends", |screen| screen.count(&["✓ 1 file"]) == 3);
    let place = desk.deck.home();
    assert_eq!(std::fs::read_to_string(place.join("back/hello.txt")).expect("a file"), "hello\n");
    for (folder, mode) in [("back", 0o710), ("back/empty", 0o750)] {
        let about = std::fs::metadata(place.join(folder)).expect("a folder");
        assert_eq!(about.permissions().mode() & 0o7777, mode, "{folder}");
    }
    let casts = std::fs::read_dir(place.join(".local/state/rolldeck/recordings")).expect("recordings").count();
    assert_eq!(casts, 1);
}
