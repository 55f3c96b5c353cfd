//! The views that the palette opens by name. A room registers itself here with one row of [`VIEWS`].

use rolldeck_core::{
    model::{AppKey, ObjectRef},
    shell::Copying,
    text::Clean,
};

use crate::{Ctx, Screen};

/// What a view's argument names, so that the palette can complete it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// An app: `shop`, `qa/shop` or `qa/deploy/shop`. Without an argument the palette passes the app under the cursor, if any.
    App,
    /// A namespace, or several separated by commas.
    Namespaces,
    /// A context of the kubeconfigs.
    Context,
    /// Anything else, in words for the completion: `since:14:00`.
    Text(&'static str),
}

/// Makes a room of an argument, or says what is wrong with it.
pub type Open = fn(&Ctx, &str) -> Result<Box<dyn Screen>, String>;

/// One view: a name that is typed after `:`, and what opens.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// What is typed: `pods`.
    pub name: &'static str,
    /// What else is understood, as k9s users type it: `po`.
    pub aliases: &'static [&'static str],
    /// What it shows, in a line.
    pub desc: &'static str,
    /// What its argument is.
    pub takes: Takes,
    /// Makes the room of an argument (trimmed; empty where none was typed), or says what is wrong with it and what would be
    /// right. What the room has to read, it asks for in [`Screen::entered`].
    pub open: Open,
}

/// Every view but the fleet, which is always there, in the order of the completion.
pub const VIEWS: &[View] = &[
    View {
        name: "pods",
        aliases: &["po", "pod"],
        desc: "an app's pods",
        takes: Takes::App,
        open: |ctx, args| Ok(Box::new(crate::pods::Pods::new(app(ctx, "pods", args)?))),
    },
    View {
        name: "app",
        aliases: &["page"],
        desc: "an app's page",
        takes: Takes::App,
        open: |ctx, args| Ok(Box::new(crate::app::AppPage::new(app(ctx, "app", args)?))),
    },
    View {
        name: "trouble",
        aliases: &["sick", "unhealthy"],
        desc: "everything unhealthy in view, with its likely cause",
        takes: Takes::Nothing,
        open: |_, _| Ok(Box::new(crate::trouble::Trouble::default())),
    },
    View {
        name: "changes",
        aliases: &["changed", "history"],
        desc: "what changed in view, newest first",
        takes: Takes::Text("since:14:00, 30m, 2h"),
        open: |ctx, args| Ok(Box::new(crate::changes::Changes::new(ctx, args)?)),
    },
    View {
        name: "logs",
        aliases: &["log"],
        desc: "logs of an app, of several, or of a pod: pod NAMESPACE/NAME",
        takes: Takes::App,
        open: |ctx, args| {
            Ok(Box::new(crate::logs::Logs::new(crate::logs::named(ctx, args)?, rolldeck_core::logs::Reading::Stdout)))
        },
    },
    View {
        name: "events",
        aliases: &["ev", "event"],
        desc: "events of the namespaces in view, newest first",
        takes: Takes::Nothing,
        open: |_, _| Ok(crate::events::open()),
    },
    View {
        name: "nodes",
        aliases: &["no", "node"],
        desc: "the nodes, and which pod on each takes most",
        takes: Takes::Text("a node's name, for its pods"),
        open: |_, args| match args {
            "" => Ok(crate::nodes::open()),
            name => Ok(Box::new(crate::nodes::NodePods::new(name.into()))),
        },
    },
    View {
        name: "namespaces",
        aliases: &["ns", "namespace"],
        desc: "the namespaces, what is in each, and which are in view",
        takes: Takes::Namespaces,
        open: |_, _| Ok(crate::namespaces::open()),
    },
    View {
        name: "yaml",
        aliases: &["y"],
        desc: "an app as YAML",
        takes: Takes::App,
        open: |ctx, args| Ok(Box::new(crate::yaml::Yaml::new(ObjectRef::app(&app(ctx, "yaml", args)?)))),
    },
    View {
        name: "describe",
        aliases: &["desc"],
        desc: "an app described",
        takes: Takes::App,
        open: |ctx, args| Ok(Box::new(crate::describe::Describe::new(ObjectRef::app(&app(ctx, "describe", args)?)))),
    },
    View {
        name: "shell",
        aliases: &["sh", "exec"],
        desc: "a shell in one of an app's pods, healthiest first",
        takes: Takes::App,
        open: |ctx, args| crate::shell::of_app(ctx, &app(ctx, "shell", args)?),
    },
    View {
        name: "shells",
        aliases: &["sessions"],
        desc: "the shells that are open",
        takes: Takes::Nothing,
        open: |ctx, _| match ctx.shells.tabs.is_empty() {
            false => Ok(Box::new(crate::shell::ShellRoom::default())),
            true => Err("no shell is open: s on a pod opens one, \":shell APP\" asks in which".to_owned()),
        },
    },
    View {
        name: "forwards",
        aliases: &["forward", "pf", "portforward"],
        desc: "the forwarded ports",
        takes: Takes::Nothing,
        open: |_, _| Ok(Box::new(crate::forwards::ForwardsRoom::default())),
    },
    View {
        name: "downloads",
        aliases: &["dl"],
        desc: "the downloads of logs",
        takes: Takes::Nothing,
        open: |_, _| Ok(Box::new(crate::logs::DownloadsRoom::default())),
    },
    View {
        name: "run",
        aliases: &[],
        desc: "one command in the pods of the marked apps, or under the cursor",
        takes: Takes::Text("a line for sh -c: uptime"),
        // The palette knows what is marked and what is under the cursor, and opens it with that.
        open: |ctx, args| Ok(Box::new(crate::run::RunRoom::new(ctx, args, Vec::new())?)),
    },
    View {
        name: "download",
        aliases: &["get"],
        desc: "a file or a directory from containers to this machine",
        takes: Takes::Text("a path in the container, then a directory of this machine"),
        // As with run.
        open: |ctx, args| crate::copies::ask(ctx, Copying::Download, args, Vec::new()),
    },
    View {
        name: "upload",
        aliases: &["put"],
        desc: "a file or a directory from this machine into containers",
        takes: Takes::Text("a path of this machine, then one in the container"),
        open: |ctx, args| crate::copies::ask(ctx, Copying::Upload, args, Vec::new()),
    },
    View {
        name: "copies",
        aliases: &["copy", "cp"],
        desc: "the downloads and uploads of this console",
        takes: Takes::Nothing,
        open: |ctx, _| Ok(Box::new(crate::copies::CopiesRoom::new(ctx))),
    },
    View {
        name: "batch",
        aliases: &[],
        desc: "the batch that this console drives",
        takes: Takes::Nothing,
        open: |ctx, _| match ctx.run {
            Some(_) => Ok(crate::batch::open(None)),
            None => Err("no batch was started from this console: a plan begins in the fleet".to_owned()),
        },
    },
    View {
        name: "batches",
        aliases: &["unfinished", "journal"],
        desc: "every batch: who, when, why, how it ended; the unfinished on top",
        takes: Takes::Nothing,
        open: |_, _| Ok(crate::batches::open()),
    },
    View {
        name: "contexts",
        aliases: &["ctx", "context"],
        desc: "the contexts of the kubeconfigs, and those that are parked",
        takes: Takes::Context,
        open: |ctx, args| Ok(Box::new(crate::contexts::Contexts::new(context(ctx, args)?))),
    },
];

/// The view that a word names: by its name or an alias.
pub fn find(word: &str) -> Option<&'static View> {
    VIEWS.iter().find(|view| view.name == word || view.aliases.contains(&word))
}

/// The context that an argument names; none where it is empty.
///
/// # Errors
/// Where no kubeconfig has it: the names that there are.
fn context(ctx: &Ctx, args: &str) -> Result<Option<Clean>, String> {
    if args.is_empty() {
        return Ok(None);
    }
    match ctx.contexts.iter().find(|context| *context.name == *args) {
        Some(context) => Ok(Some(context.name.clone())),
        None => {
            let known: Vec<&str> = ctx.contexts.iter().map(|context| &*context.name).take(12).collect();
            Err(format!("no kubeconfig has a context {args}: there are {}", known.join(", ")))
        }
    }
}

/// The app that an argument names: `shop` where one app in view has that name, else `qa/shop` or `qa/deploy/shop`.
///
/// # Errors
/// Nothing named, no such app in view (with the nearest that there is), or several of that name (with how to tell them apart).
pub fn app(ctx: &Ctx, view: &str, text: &str) -> Result<AppKey, String> {
    let parts: Vec<&str> = text.split('/').collect();
    let (namespace, kind, name) = match parts.as_slice() {
        [""] => return Err(format!("{view} of which app? \":{view} NAME\" says it, or put the cursor on one")),
        [name] => (None, None, *name),
        [namespace, name] => (Some(*namespace), None, *name),
        [namespace, kind, name] => (Some(*namespace), Some(*kind), *name),
        _ => return Err(format!("\"{text}\" names no app: write NAME, NAMESPACE/NAME or NAMESPACE/KIND/NAME")),
    };
    let fits = |key: &&AppKey| {
        *key.name == *name
            && namespace.is_none_or(|wanted| *key.namespace == *wanted)
            && kind.is_none_or(|wanted| key.kind.short() == wanted || key.kind.name().eq_ignore_ascii_case(wanted))
    };
    let mut found = ctx.fleet.rows().map(|row| &row.app.key).filter(fits);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.clone()),
        (Some(one), Some(other)) => {
            let more = found.count();
            let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
            Err(format!("{text} may be {one} or {other}{tail}: name one with its namespace"))
        }
        (None, _) => {
            let names = ctx.fleet.rows().map(|row| row.app.key.name.as_str());
            let meant = rolldeck_core::text::nearest::nearest(name, names);
            let tail = meant.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            Err(format!("no app {text} is in view{tail}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_names_two_views() {
        let words = || VIEWS.iter().flat_map(|view| view.aliases.iter().copied().chain([view.name]));
        for word in words() {
            assert_eq!(words().filter(|other| *other == word).count(), 1, "{word}");
        }
    }
}
