//! Shells on a stage of their own.

mod beside;
mod ending;
mod keys;
mod opening;
mod states;

use std::sync::Arc;

use rolldeck_core::{
    act::PodId,
    shell::{Access, Denied, Grid, Place, Rule, Size},
};
use rolldeck_emulator::Emulator;

use super::{ShellEffect, ShellReply, What};
use crate::{Effect, Message, testing::Stage};

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (160, 50);

fn name(size: (u16, u16), what: &str) -> String {
    format!("{what}-{}x{}", size.0, size.1)
}

fn place(pod: &str) -> Place {
    let pod = PodId { namespace: "qa".into(), name: pod.into(), uid: "u".into() };
    Place { pod, container: "main".into() }
}

/// What a container's bytes look like in a terminal of the room's size.
fn drawn((columns, rows): (u16, u16), bytes: &str) -> Arc<Grid> {
    let mut emulator = Emulator::new(Size { cols: columns, rows: rows - 4 }, 100);
    emulator.feed(bytes.as_bytes());
    Arc::new(emulator.grid())
}

const PROMPT: &str = "\x1b[1;32mroot@gateway\x1b[0m:\x1b[34m/srv/日本語\x1b[0m# ls\r\n\x1b[38;5;208mlogs\x1b[0m  \x1b[7m資料.txt\x1b[0m  \
                      e\u{301}t\u{e9}\r\n\x1b]52;c;c2VjcmV0\x07\x1b]0;hostile \u{202e}title\x07root@gateway:/srv/日本語# ";

impl Stage {
    /// Asks for a session, without a room in between.
    fn wants(&mut self, what: What) -> &mut Self {
        self.keys("/").type_text("gateway").keys("enter enter").shows("Pods of qa/deploy/gateway");
        self.keys(match what {
            What::Attach { .. } => "a",
            _ => "s",
        })
    }

    fn told(&mut self, id: u64, reply: ShellReply) -> &mut Self {
        self.message(Message::Shell(id, reply))
    }

    /// The nth session is open, and shows a prompt.
    fn opened(&mut self, id: u64, pod: &str, size: (u16, u16)) -> &mut Self {
        let limits = "this container's own limits: CPU 500m, memory 256Mi, open files 1024".into();
        self.told(id, ShellReply::Opened { place: place(pod), limits, recorded: None });
        self.told(id, ShellReply::Screen(drawn(size, PROMPT), false))
    }

    /// What went to containers since the last time this was asked.
    fn sent(&mut self) -> String {
        let mut out = Vec::new();
        for effect in self.effects.drain(..) {
            if let Effect::Shell(ShellEffect::Input(_, bytes)) = effect {
                out.extend(bytes);
            }
        }
        String::from_utf8(out).expect("UTF-8")
    }

    fn asked_for(&self, hit: impl Fn(&ShellEffect) -> bool) -> usize {
        self.effects.iter().filter(|effect| matches!(effect, Effect::Shell(effect) if hit(effect))).count()
    }
}

fn shell(size: (u16, u16)) -> Stage {
    let mut stage = Stage::shop(size);
    stage.wants(What::Shell);
    stage.opened(1, "gateway-7d9f-00000", size);
    stage
}

fn denied() -> Denied {
    Denied {
        rule: Rule { verbs: vec!["get"], resource: "pods/exec" },
        namespace: "qa".into(),
        reason: "".into(),
        kubectl: Access::Exec.kubectl("qa-eu", &place("gateway-7d9f-00000")),
        create_alone: true,
    }
}
