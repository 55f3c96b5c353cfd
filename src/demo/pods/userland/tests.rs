//! What a person gets who types into a container.

use std::time::Duration;

use bytes::Bytes;
use rstest::rstest;
use tokio::sync::mpsc;

use super::{Channel, Drafts, Ending, Event, Host, Processes, Terminal, run};
use crate::pods::{
    logs::{Source, live},
    testing::{pod, store},
};

fn host(app: &str) -> Host {
    let pod = pod(app);
    let source = Source::new(1, &pod, live(&pod, "main").unwrap());
    let store = store(&pod);
    Host {
        pod,
        container: "main".into(),
        source,
        clock: store.clock().clone(),
        store,
        drafts: Drafts::default(),
        processes: Processes::default(),
        seed: 1,
    }
}

/// Runs a command to its end with this on standard input: what it wrote, and how it ended.
async fn ran(host: &Host, argv: &[&str], input: &str) -> (String, String, Ending) {
    let (to, input_end) = mpsc::channel(16);
    let (output, mut from) = mpsc::channel(16);
    to.send(Event::Bytes(Bytes::copy_from_slice(input.as_bytes()))).await.unwrap();
    to.send(Event::End).await.unwrap();
    let argv: Vec<String> = argv.iter().map(|&arg| arg.to_owned()).collect();
    let host = host.clone();
    let task = tokio::spawn(async move { run(host, &argv, Terminal::new(false, input_end, output)).await });
    let (mut out, mut err) = (Vec::new(), Vec::new());
    while let Some((channel, bytes)) = from.recv().await {
        match channel {
            Channel::Out => out.extend_from_slice(&bytes),
            Channel::Err => err.extend_from_slice(&bytes),
        }
    }
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (text(out), text(err), task.await.unwrap())
}

/// What a script prints on both streams, and its exit code.
async fn sh(script: &str) -> (String, i32) {
    let (out, err, ending) = ran(&host("orders"), &["sh", "-c", script], "").await;
    let Ending::Code(code) = ending else { panic!("{ending:?}") };
    (out + &err, code)
}

#[rstest]
#[case("echo a   'b  c' \"$MODE\"", "a b  c fast\n", 0)]
#[case("echo $TOKEN", "hush\n", 0)]
#[case("echo one; echo two && false || echo three", "one\ntwo\nthree\n", 0)]
#[case("false && echo no; echo $?", "1\n", 0)]
#[case("printf 'b\\na\\nb\\n' | sort | uniq -c | sort -rn", "      2 b\n      1 a\n", 0)]
#[case("printf 'one\\ntwo\\nthree\\n' | grep -v two | wc -l", "2\n", 0)]
#[case("printf 'x=1\\ny=2\\n' | cut -d= -f2 | tr 12 ab", "a\nb\n", 0)]
#[case("X=5; echo \"$X\" '$X' ${X}0 ${Y:-none}", "5 $X 50 none\n", 0)]
#[case("echo $(echo in; echo side) `echo here`", "in side here\n", 0)]
#[case("cat /etc/app/config.yaml", "lane: 上海\n", 0)]
#[case("cd /etc/app && ls && pwd", "config.yaml\n/etc/app\n", 0)]
#[case("ls /etc/app/*.yaml /nothing", "/etc/app/config.yaml\nls: /nothing: No such file or directory\n", 1)]
#[case("echo '*' \"*\" /etc/ap[pq]/*", "* * /etc/app/config.yaml\n", 0)]
#[case("echo hi > /tmp/x; echo ho >> /tmp/x; cat < /tmp/x; wc -c /tmp/x", "hi\nho\n        6 /tmp/x\n", 0)]
#[case("echo no > /etc/app/config.yaml", "sh: can't create /etc/app/config.yaml: Read-only file system\n", 1)]
#[case("cat /nope 2>/dev/null; echo $?", "1\n", 0)]
#[case("ls /nope 2>&1 | grep -c such", "1\n", 0)]
#[case("ls /nope 2>/dev/null | grep -c such", "0\n", 1)]
#[case(
    "if [ -d /etc/app ]; then echo yes; else echo no; fi; if false; then :; elif true; then echo two; fi",
    "yes\ntwo\n",
    0
)]
#[case("n=0; while [ $n -lt 3 ]; do n=$((n + 1)); [ $n = 2 ] && continue; echo $n; done", "1\n3\n", 0)]
#[case("for x in a 'b c' d; do case $x in a|d) echo \"<$x>\" ;; *' '*) echo two; break ;; esac; done", "<a>\ntwo\n", 0)]
#[case("f() { echo \"$1 of $#\"; return 4; }; f x y; echo $?", "x of 2\n4\n", 0)]
#[case("set -- one two; eval \"v=\\$2\"; echo $v; shift; echo $1 $#", "two\ntwo 1\n", 0)]
#[case(
    "p=/a/b.tar.gz; echo ${p##*/} ${p%/*} ${p#*.} ${p%%.*} ${#p} ${q:=set} $q",
    "b.tar.gz /a tar.gz /a/b 11 set set\n",
    0
)]
#[case("printf 'a b c\\nd\\n' | { read -r x y; echo \"$y\"; IFS= read -r z; echo \"[$z]\"; }", "b c\n[d]\n", 0)]
#[case("exec 3>/tmp/out; echo kept >&3; echo shown; exec 3>&-; cat /tmp/out", "shown\nkept\n", 0)]
#[case("X=$(false) || echo failed; (cd /tmp; pwd); pwd", "failed\n/tmp\n/app\n", 0)]
#[case("sleep 100 & p=$!; kill $p; wait $p; echo $?", "143\n", 0)]
#[case("{ echo out; echo err >&2; } 2>/dev/null | cat; ! true; echo $?", "out\n1\n", 0)]
#[case("seq 3 | while read n; do echo \"<$n>\"; done; seq 100000 | head -n 1", "<1>\n<2>\n<3>\n1\n", 0)]
#[case(
    "echo abc | sha256sum; printf abc | head -c 2",
    "edeaaff3f1774ad2888673770c6d64097e391bc362d7d6fb34982ddf0efd18cb  -\nab",
    0
)]
#[case(
    "W=$(dd if=/etc/app/config.yaml bs=5 iflag=skip_bytes skip=6 count=1 2>&1 >/dev/null); echo ${W##*out}",
    "5 bytes (5B) copied, 0.000102 seconds\n",
    0
)]
#[case(
    "echo x > /tmp/a; chmod 640 /tmp/a; mv /tmp/a /tmp/b; stat -c '%a %s %n' /tmp/b; ls /tmp",
    "640 2 /tmp/b\nb\n",
    0
)]
#[case("find /etc/app -type f -exec sh -c 'for f; do echo \"f $f\"; done' sh {} +", "f /etc/app/config.yaml\n", 0)]
#[case("if true; then echo a", "sh: syntax error: unexpected \"end of file\"\n", 2)]
#[case("f() { f; }; f", "sh: too many shells in one another\n", 2)]
#[case("vim", "sh: vim: not found\n", 127)]
#[case("exit 3; echo no", "", 3)]
#[case("echo 'a", "sh: syntax error: unterminated quoted string\n", 2)]
#[case("echo a |", "sh: syntax error: unexpected \"end of file\"\n", 2)]
#[case("whoami; id; hostname", "root\nuid=0(root) gid=0(root) groups=0(root)\norders-0\n", 0)]
#[case("find /etc/app -type f -name '*.yaml'", "/etc/app/config.yaml\n", 0)]
#[case(
    "mkdir -p /tmp/a/b && touch /tmp/a/b/c && find /tmp/a -type f && rm -r /tmp/a && ls /tmp/a",
    "/tmp/a/b/c\nls: /tmp/a: No such file or directory\n",
    1
)]
#[case("sh -c 'echo $0 $1 $#; shift; echo \"$@\"' name a 'b c' d", "name a 3\nb c d\n", 0)]
#[case("sh -c 'exec echo one; echo two'; echo $?", "one\n0\n", 0)]
#[case(
    "command -v bash || command -v ash && test -d /etc/app && test ! -e /nope && [ a = a ] && echo yes",
    "/bin/ash\nyes\n",
    0
)]
#[case(
    "find /etc/app -maxdepth 1 '(' -type f -o -xtype f ')' -printf '%y %m %s\\n%p\\n'",
    "f 644 13\n/etc/app/config.yaml\n",
    0
)]
#[case("date -u +%Y-%m-%dT%H:%M", "2026-11-23T04:00\n", 0)]
#[tokio::test]
async fn a_shell_does_what_a_shell_does(#[case] script: &str, #[case] printed: &str, #[case] code: i32) {
    assert_eq!(sh(script).await, (printed.to_owned(), code), "{script}");
}

#[tokio::test]
async fn the_logs_of_an_app_lie_in_its_folder() {
    let (listed, _) = sh("ls /data/logs/orders").await;
    assert!(
        listed.contains("app.log") && listed.contains("app.log.2026-11-22.gz") && listed.contains("error.log"),
        "{listed}"
    );
    let (packed, code) = sh("zcat /data/logs/orders/app.log.2026-11-22.gz | tail -n 1 | wc -l").await;
    assert_eq!((packed.as_str(), code), ("1\n", 0));
    let (tail, _) = sh("tail -n 3 /data/logs/orders/app.log").await;
    assert_eq!(tail.lines().count(), 3, "{tail}");
    let (sizes, _) = sh("wc -c < /data/logs/orders/app.log; ls -l /data/logs/orders/app.log").await;
    let size = sizes.lines().next().unwrap();
    assert!(sizes.lines().nth(1).unwrap().contains(size), "one size, whoever tells it: {sizes}");
}

#[tokio::test]
async fn what_is_written_stays_until_the_container_restarts_and_is_bounded() {
    let host = host("orders");
    ran(&host, &["sh", "-c", "echo kept > /tmp/note"], "").await;
    assert_eq!(ran(&host, &["cat", "/tmp/note"], "").await.0, "kept\n");
    let big = "x".repeat(1024 * 1024);
    let script = "cat > /tmp/a; cat /tmp/a /tmp/a /tmp/a /tmp/a > /tmp/b; cat /tmp/b /tmp/b /tmp/b > /tmp/all";
    let (_, err, _) = ran(&host, &["sh", "-c", script], &big).await;
    assert!(err.contains("No space left on device"), "{err}");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_told_to_whoever_asked_for_it() {
    assert_eq!(ran(&host("orders"), &["bash"], "").await.2, Ending::Missing("bash".into()));
    assert_eq!(ran(&host("orders"), &["/bin/cat"], "through\n").await.0, "through\n");
}

#[tokio::test]
async fn commands_come_from_standard_input_where_no_terminal_is() {
    let (out, _, ending) = ran(&host("orders"), &["sh"], "echo one\nX=2\necho $X\nexit 4\necho no\n").await;
    assert_eq!((out.as_str(), ending), ("one\n2\n", Ending::Code(4)));
}

/// A session with a terminal.
struct Session {
    to: mpsc::Sender<Event>,
    from: mpsc::Receiver<(Channel, Bytes)>,
    seen: String,
    host: Host,
    task: tokio::task::JoinHandle<Ending>,
}

impl Session {
    fn open(argv: &[&str]) -> Self {
        let (to, input) = mpsc::channel(16);
        let (output, from) = mpsc::channel(16);
        let argv: Vec<String> = argv.iter().map(|&arg| arg.to_owned()).collect();
        let host = host("orders");
        let own = host.clone();
        let task = tokio::spawn(async move { run(own, &argv, Terminal::new(true, input, output)).await });
        Self { to, from, seen: String::new(), host, task }
    }

    async fn keys(&self, text: &str) {
        self.to.send(Event::Bytes(Bytes::copy_from_slice(text.as_bytes()))).await.unwrap();
    }

    /// Waits for text on the terminal, and forgets what came up to it.
    async fn wait(&mut self, text: &str) -> String {
        loop {
            if let Some(at) = self.seen.find(text) {
                let before = self.seen[..at].to_owned();
                self.seen.drain(..at + text.len());
                return before;
            }
            let Some((_, bytes)) = self.from.recv().await else { panic!("ended without {text:?}: {:?}", self.seen) };
            self.seen += &String::from_utf8_lossy(&bytes);
        }
    }
}

#[tokio::test]
async fn a_terminal_prompts_echoes_edits_and_remembers() {
    let mut session = Session::open(&["sh"]);
    session.wait("/app # ").await;
    session.keys("echo hallp\x7fo\r").await;
    session.wait("echo hallo\r\nhallo\r\n").await;
    session.wait("/app # ").await;
    session.keys("\x1b[A\r").await;
    session.wait("hallo\r\n").await;
    session.keys("nonsense\x03").await;
    session.wait("^C\r\n").await;
    session.keys("echo 运单\r").await;
    session.wait("\r\n运单\r\n").await;
    session.to.send(Event::Resize(132, 43)).await.unwrap();
    session.keys("stty size\r").await;
    session.wait("43 132\r\n").await;
    session.keys("\x04").await;
    session.wait("exit\r\n").await;
    assert_eq!(session.task.await.unwrap(), Ending::Code(0));
}

#[tokio::test]
async fn a_followed_log_goes_on_with_the_clusters_time_until_ctrl_c() {
    let mut session = Session::open(&["sh"]);
    session.keys("tail -n 9 -f /data/logs/orders/access.log | grep -v POST\r").await;
    session.wait("POST\r\n").await;
    session.wait("[23/Nov/2026:03:5").await;
    for minute in 0..3 {
        session.host.clock.advance(Duration::from_secs(60));
        session.wait(&format!("[23/Nov/2026:04:0{minute}")).await;
    }
    session.keys("\x03").await;
    session.wait("^C\r\n").await;
    session.keys("echo $?\r").await;
    session.wait("\r\n130\r\n").await;
}

#[tokio::test]
async fn a_session_whose_client_is_gone_ends() {
    let session = Session::open(&["sleep", "1000"]);
    drop(session.from);
    assert_eq!(session.task.await.unwrap(), Ending::Code(130));
}
