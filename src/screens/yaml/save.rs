//! Saving to a file: its name, and the question where there is one already.

use std::sync::Arc;

use rolldeck_core::model::ObjectRef;

use super::{ObjectEffect, Saved};
use crate::{
    Action, Code, Effect, Key,
    widgets::{Answer, Dialog, Edited, Prompt},
};

/// Where the saving of a text stands.
pub(super) enum Saving {
    /// The name is being typed.
    Name(Prompt),
    /// It was sent to be written.
    Sent(String),
    /// There is such a file: is it to be replaced?
    Over(String, Dialog),
}

/// The file that an object is saved to unless another is said: `deployment-qa-gateway.yaml`. What could lead elsewhere or be
/// misread in a file's name is `_`.
pub(super) fn name(object: &ObjectRef) -> String {
    let kind = object.api.kind.to_lowercase();
    let parts = [&*kind, &*object.namespace, &*object.name];
    let safe = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' };
    let parts: Vec<String> =
        parts.iter().filter(|part| !part.is_empty()).map(|part| part.chars().map(safe).collect()).collect();
    // A file's name has 255 bytes at most.
    let stem: String = parts.join("-").chars().take(240).collect();
    format!("{stem}.yaml")
}

impl Saving {
    /// Takes a key; `None` where the saving is over.
    pub(super) fn key(self, key: Key, object: &ObjectRef, text: &Arc<str>) -> (Option<Self>, Vec<Action>) {
        match self {
            Self::Name(mut field) => match key.code {
                Code::Esc => (None, Vec::new()),
                Code::Enter if field.text().trim().is_empty() => (Some(Self::Name(field)), Vec::new()),
                Code::Enter => send(object, field.text().trim(), text, false),
                _ => {
                    let _: Edited = field.key(key);
                    (Some(Self::Name(field)), Vec::new())
                }
            },
            Self::Over(path, mut dialog) => match dialog.key(key) {
                Answer::Open => (Some(Self::Over(path, dialog)), Vec::new()),
                Answer::Chosen(1) => send(object, &path, text, true),
                Answer::Chosen(_) | Answer::Cancelled => (None, Vec::new()),
            },
            sent @ Self::Sent(_) => (Some(sent), Vec::new()),
        }
    }

    /// Takes what became of the file.
    pub(super) fn answered(self, saved: &Saved) -> (Option<Self>, Vec<Action>) {
        let Self::Sent(path) = self else { return (Some(self), Vec::new()) };
        match saved {
            Saved::Done(place) => (None, vec![Action::Note(false, format!("saved to {place}").into())]),
            Saved::Failed(why) => (None, vec![Action::Note(true, why.clone())]),
            Saved::Exists => {
                let body = vec![format!("The file {path} exists.")];
                let dialog = Dialog::new("Replace the file?", body, &["Cancel", "Replace it"]);
                (Some(Self::Over(path, dialog)), Vec::new())
            }
        }
    }
}

fn send(object: &ObjectRef, path: &str, text: &Arc<str>, over: bool) -> (Option<Saving>, Vec<Action>) {
    let effect = ObjectEffect::Save { object: object.clone(), path: path.to_owned(), text: text.clone(), over };
    (Some(Saving::Sent(path.to_owned())), vec![Action::Effect(Effect::Object(effect))])
}
