//! One entry of `spec.apps`.

use std::collections::BTreeMap;

use super::{
    FileApp, Whom,
    read::{Fields, Wrong, choice, placed},
    tree::{Node, Tree},
};
use crate::{
    batch::{Count, Intent},
    model::{AppKey, AppKind},
    text::Clean,
};

/// Fields that only some kinds of batches have, and which.
const OF_KINDS: [(&str, &str); 8] = [
    ("images", "Release"),
    ("tag", "Release"),
    ("toRevision", "Rollback"),
    ("toTime", "Rollback"),
    ("replicas", "Scale"),
    ("minReplicas", "Bounds"),
    ("maxReplicas", "Bounds"),
    ("resume", "Release, Rollback and Restart"),
];

const KINDS: [(&str, AppKind); 3] =
    [("Deployment", AppKind::Deployment), ("StatefulSet", AppKind::StatefulSet), ("DaemonSet", AppKind::DaemonSet)];

const MOST: i64 = i32::MAX as i64;

/// Reads an entry.
pub(super) fn app(node: &Node, path: &str, intent: Intent, wrong: &mut Wrong) -> Option<FileApp> {
    let mut fields = Fields::of(node, path, wrong)?;
    let whom = whom(&mut fields, wrong);
    let mut app = FileApp {
        line: node.line,
        whom: Whom::Selected { namespace: Clean::default(), kind: None, selector: Clean::default() },
        images: BTreeMap::new(),
        tag: None,
        to_revision: None,
        to_time: None,
        replicas: None,
        min: None,
        max: None,
        resume: None,
    };
    match intent {
        Intent::Release => release(&mut fields, &mut app, wrong),
        Intent::Rollback => {
            app.to_revision = fields.count("toRevision", 1..=i64::MAX, wrong);
            app.to_time = fields.text("toTime", wrong);
            if let (Some(_), Some(time)) = (app.to_revision, &app.to_time) {
                wrong.say(time.line, &time.field, "there is a toRevision, too: write one of them");
            }
        }
        Intent::Scale => {
            let expected = "5, \"+2\", \"-1\", \"×2\" or \"50%\"";
            app.replicas = fields.need("replicas", expected, wrong).and_then(|node| {
                let field = format!("{path}.replicas");
                count(node, &field, wrong)
            });
        }
        Intent::Bounds => bounds(&mut fields, &mut app, wrong),
        Intent::Restart | Intent::Pause | Intent::Resume => {}
    }
    if intent.writes_template() {
        app.resume = fields.flag("resume", wrong);
    }
    let elsewhere: Vec<_> = OF_KINDS.into_iter().filter(|(_, kinds)| !kinds.contains(intent.kind())).collect();
    fields.end(&elsewhere, wrong);
    app.whom = whom?;
    Some(app)
}

fn whom(fields: &mut Fields<'_>, wrong: &mut Wrong) -> Option<Whom> {
    let namespace = fields.need("namespace", "the name of a namespace", wrong);
    let namespace = namespace.and_then(|node| placed(node, &fields.path("namespace"), wrong));
    let kind_node = fields.take("kind");
    let kind = kind_node.and_then(|node| choice(node, &fields.path("kind"), &KINDS, wrong));
    let name = fields.text("name", wrong);
    let selector = fields.text("selector", wrong);
    match (name, selector) {
        (Some(_), Some(selector)) => {
            wrong.say(selector.line, &selector.field, "there is a name, too: write one of them");
            None
        }
        (Some(name), None) => {
            if kind_node.is_none() {
                let kinds = "Deployment, StatefulSet or DaemonSet";
                wrong.say(fields.line, &fields.path("kind"), format!("it is missing: expected {kinds}"));
            }
            Some(Whom::App(AppKey { namespace: namespace?.value, name: name.value, kind: kind? }))
        }
        (None, Some(selector)) => Some(Whom::Selected { namespace: namespace?.value, kind, selector: selector.value }),
        (None, None) => {
            wrong.say(fields.line, &fields.path("name"), "it is missing: expected the name of an app, or a selector");
            None
        }
    }
}

fn release(fields: &mut Fields<'_>, app: &mut FileApp, wrong: &mut Wrong) {
    app.tag = fields.text("tag", wrong).map(|tag| tag.value);
    let path = fields.path("images");
    let images = fields.take("images");
    match images.map(|node| (&node.value, node)) {
        None => {}
        Some((Tree::Map(pairs), _)) if !pairs.is_empty() => {
            for (container, _, image) in pairs {
                if let Some(image) = placed(image, &format!("{path}.{}", Clean::new(container)), wrong) {
                    app.images.insert(Clean::new(container), image.value);
                }
            }
        }
        Some((_, node)) => drop(wrong.expected::<()>(node, &path, "a mapping of containers to images")),
    }
    if images.is_none() && app.tag.is_none() {
        wrong.say(fields.line, &fields.path("images"), "it is missing: expected images by container, or a tag");
    }
}

fn count(node: &Node, field: &str, wrong: &mut Wrong) -> Option<Count> {
    match &node.value {
        Tree::Int(count) if (0..=MOST).contains(count) => u32::try_from(*count).ok().map(Count::To),
        Tree::Text(text) => match Count::parse(text) {
            Ok(count) => Some(count),
            Err(error) => {
                wrong.say(node.line, field, Clean::from(format!("{error}")).to_string());
                None
            }
        },
        _ => wrong.expected(node, field, "5, \"+2\", \"-1\", \"×2\" or \"50%\""),
    }
}

fn bounds(fields: &mut Fields<'_>, app: &mut FileApp, wrong: &mut Wrong) {
    app.min = fields.count("minReplicas", 0..=MOST, wrong).and_then(|count| u32::try_from(count).ok());
    app.max = fields.count("maxReplicas", 1..=MOST, wrong).and_then(|count| u32::try_from(count).ok());
    let (line, field) = (fields.line, fields.path("minReplicas"));
    match (app.min, app.max) {
        (None, None) => wrong.say(line, &field, "it is missing: expected minReplicas, maxReplicas or both"),
        (Some(min), Some(max)) if min > max => {
            wrong.say(line, &field, format!("{min} is more than the maxReplicas of {max}: the least comes first"));
        }
        _ => {}
    }
}
