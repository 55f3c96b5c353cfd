//! What is said of sessions.

use rolldeck_core::{health::pod_status, model::Pod, shell::End, text::Clean};

use super::{Phase, Tab, Wanted, What, sessions::AHEAD};
use crate::{
    Command, Ctx, Room,
    widgets::text::{count, width},
};

/// `Shell`, as titles have it.
pub(super) fn title(what: What) -> &'static str {
    match what {
        What::Shell => "Shell",
        What::Attach { stdin: false } => "Attached, looking on",
        What::Attach { stdin: true } => "Attached, typing",
        What::Debug => "Debug container",
    }
}

/// What the button of the question says.
pub(super) fn button(what: What) -> &'static str {
    match what {
        What::Shell => "Open a shell",
        What::Attach { .. } => "Attach",
        What::Debug => "Add it",
    }
}

/// What is said before a session is opened.
pub(super) fn before(ctx: &Ctx, wanted: &Wanted) -> Vec<String> {
    let context = &ctx.session.context;
    match wanted.what {
        What::Shell => vec![
            format!("A shell with the rights of the container, in context {context}."),
            "What is typed there is not recorded in a journal, and cannot be taken back.".to_owned(),
        ],
        What::Attach { stdin } => vec![
            format!("The container's own process, in context {context}."),
            match stdin {
                true => "What is typed goes to that process: ctrl-c may end it.".to_owned(),
                false => "Nothing that is typed reaches it.".to_owned(),
            },
        ],
        What::Debug => vec![
            format!("An ephemeral container of {} is added to the pod, in context {context}.", image(ctx)),
            "Nothing restarts. It shares the processes of the container where that runs, and ends by itself; Kubernetes never \
             removes its entry from the pod."
                .to_owned(),
        ],
    }
}

fn image(ctx: &Ctx) -> String {
    format!("image {}", ctx.shells.settings.debug_image)
}

/// How a pod is, in a word or two.
pub(super) fn health(pod: &Pod) -> Clean {
    pod_status(pod)
}

/// What stands in the middle while a session shows nothing, or nothing more: heading, then lines.
pub(super) fn state(ctx: &Ctx, tab: &Tab) -> Option<(String, Vec<String>)> {
    let what = match tab.wanted.what {
        What::Shell => "The shell",
        What::Attach { .. } => "The attachment",
        What::Debug => "The debug session",
    };
    Some(match &tab.phase {
        Phase::Live => return None,
        Phase::Opening(stage) => (format!("{what} is on its way: {stage} …"), vec![ahead(tab)]),
        Phase::Ended(end) => {
            let ran = !matches!(end, End::NoShell(_));
            let recorded = tab.recorded.iter().filter(|_| ran).map(|file| format!("Recorded to {file}"));
            (format!("{what} ended: {}.", end.words()), recorded.chain([offers(tab, end)]).collect())
        }
        Phase::Denied(denied) => {
            let mut lines = vec![
                format!("A role would need: {}", denied.rule.yaml()),
                format!("With kubectl: {}", denied.kubectl),
                "c copies that line · enter asks again · x puts it away · esc goes back".to_owned(),
            ];
            if !denied.reason.is_empty() {
                lines.insert(0, format!("The server says: {}", denied.reason));
            }
            let mut denied = denied.clone();
            denied.reason = Clean::default();
            (format!("Not opened in {}: {}.", tab.place, denied.words()), lines)
        }
        Phase::Refused(refused) => {
            let debug = if tab.wanted.what == What::Debug { "" } else { " · ! adds a debug container" };
            (
                format!("Not opened: {refused}."),
                vec![format!("enter tries again{debug} · x puts it away · esc goes back")],
            )
        }
    })
    .filter(|_| !ctx.shells.tabs.is_empty())
}

/// What becomes of keys before it is open.
fn ahead(tab: &Tab) -> String {
    match tab.ahead.len() {
        _ if !tab.takes_keys() => "esc gives up.".to_owned(),
        0 => "What is typed goes to it once it is open · esc gives up.".to_owned(),
        n => format!("{} typed ahead, for when it is open · esc gives up.", count(n, "byte")),
    }
}

/// How one who looks on may type, too.
pub(super) fn types(ctx: &Ctx) -> String {
    let prefix = ctx.shells.settings.prefix;
    let key = ctx.keymap.key(Room::Shell, Command::Attach).map(|key| key.to_string()).unwrap_or_default();
    format!("looking on · {prefix} {key}: type · {prefix}: commands")
}

/// What is said where more is typed ahead than is kept.
pub(super) fn too_much(tab: &Tab, bytes: usize) -> Clean {
    let (kept, dropped) = (count(tab.ahead.len(), "byte"), count(bytes, "byte"));
    format!("not typed: {dropped}, for at most {AHEAD} are kept until {} is open, and {kept} are", tab.place).into()
}

fn offers(tab: &Tab, end: &End) -> String {
    let again = match (end, &tab.app) {
        (End::PodGone, Some(app)) => format!("enter chooses another pod of {} · ", app.name),
        _ if end.may_reopen() => "enter opens it again · ".to_owned(),
        _ => String::new(),
    };
    let debug = match end {
        End::NoShell(_) => "! adds a debug container of another image · ",
        _ => "",
    };
    format!("{again}{debug}x puts it away · esc goes back")
}

/// One of these tabs in the line above the terminal: `2 gateway-7d9f-x2x4 [main]`, with a sign of how it stands. Where that is too
/// long, what tells it from the others: the pod, or of several in the same pod the container.
pub(super) fn tab(number: usize, tab: &Tab, all: &[Tab], columns: usize) -> String {
    let sign = match &tab.phase {
        Phase::Opening(_) => "… ",
        Phase::Live => "",
        Phase::Ended(End::Exit(0) | End::Closed) => "○ ",
        Phase::Ended(_) | Phase::Denied(_) | Phase::Refused(_) => "✗ ",
    };
    let (pod, container) = (&tab.place.pod, &tab.place.container);
    let whole = format!("{sign}{number} {} [{container}]", pod.name);
    match all.iter().filter(|other| other.place.pod == *pod).count() {
        _ if width(&whole) <= columns => whole,
        0 | 1 => format!("{sign}{number} {}", pod.name),
        _ => format!("{sign}{number} [{container}]"),
    }
}
