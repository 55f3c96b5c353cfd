//! The short coloured tag that says of which pod and container a line is.

use ratatui::style::{Color, Style};
use rolldeck_core::{
    logs::{Kind, Source, SourceId, Sources},
    text::width::cut_middle,
};

use crate::{Theme, widgets::text::width};

/// A tag has so many columns at most.
const WIDEST: usize = 28;

/// The tags of all sources.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tags {
    texts: Vec<String>,
    /// Columns of the widest; 0: there is one source, and lines have none.
    pub width: usize,
    /// Several revisions of one app are there: tags say which is the newest.
    pub revisions: bool,
}

/// Whether any two of these differ.
fn vary<T: PartialEq>(mut of: impl Iterator<Item = T>) -> bool {
    let first = of.next();
    of.any(|other| Some(other) != first)
}

impl Tags {
    /// Tags that tell these sources apart, and no more.
    pub(super) fn new(sources: &Sources) -> Self {
        let all = || sources.iter().map(|(_, source)| source);
        if all().count() < 2 {
            return Self::default();
        }
        let namespaces = vary(all().map(|source| &source.namespace));
        let apps = vary(all().map(|source| &source.revision.app));
        let pods = vary(all().map(|source| (&source.namespace, &source.pod, &source.uid)));
        let containers = vary(all().map(|source| &source.container));
        let kinds = vary(all().map(|source| &source.kind));
        let revisions = sources.revisions();
        let several =
            revisions.iter().enumerate().any(|(n, one)| revisions[..n].iter().any(|other| other.app == one.app));
        let text = |id: SourceId, source: &Source| {
            let mut parts = Vec::new();
            if namespaces {
                parts.push(source.namespace.to_string());
            }
            if apps && !source.revision.app.is_empty() {
                parts.push(source.revision.app.to_string());
            }
            if pods {
                parts.push(short(source).to_owned());
            }
            if containers {
                parts.push(source.container.to_string());
            }
            if kinds {
                parts.push(kind(&source.kind));
            }
            let sign = match several {
                true if sources.is_newest(id) => "▲",
                true => "▽",
                false => "",
            };
            format!("{sign}{}", cut_middle(&parts.join("/"), WIDEST - width(sign)))
        };
        let texts: Vec<String> = sources.iter().map(|(id, source)| text(id, source)).collect();
        let width = texts.iter().map(|text| width(text)).max().unwrap_or(0);
        Self { texts, width, revisions: several }
    }

    /// The tag of a source.
    pub(super) fn of(&self, id: SourceId) -> &str {
        self.texts.get(usize::from(id.0)).map_or("", String::as_str)
    }
}

/// What is a pod's own of its name: without the app and the revision, which all have in common.
fn short(source: &Source) -> &str {
    let pod = source.pod.as_str();
    let own = |text: &'_ str, head: &str| -> Option<usize> {
        let rest = text.strip_prefix(head)?.strip_prefix('-')?;
        (!head.is_empty() && !rest.is_empty()).then(|| text.len() - rest.len())
    };
    let rest = own(pod, &source.revision.app).map_or(pod, |at| &pod[at..]);
    own(rest, &source.revision.hash).map_or(rest, |at| &rest[at..])
}

/// What is read of a container, in a word or two.
pub(super) fn kind(kind: &Kind) -> String {
    match kind {
        Kind::Stdout => "stdout".to_owned(),
        Kind::Previous => "previous".to_owned(),
        Kind::File(path) => path.rsplit('/').next().unwrap_or_default().to_owned(),
        Kind::Termination => "last words".to_owned(),
        Kind::Events => "events".to_owned(),
    }
}

/// Colours of slots, of middling brightness: they are read on a dark ground and on a light one.
const MANY: [u8; 12] = [37, 133, 136, 68, 71, 166, 99, 31, 168, 108, 67, 143];
/// The same of terminals that have sixteen.
const FEW: [Color; 12] = [
    Color::Cyan,
    Color::Magenta,
    Color::Yellow,
    Color::Blue,
    Color::Green,
    Color::LightCyan,
    Color::LightMagenta,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightGreen,
    Color::Gray,
    Color::LightRed,
];

/// How many colours a theme has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paints {
    /// None: text is told by its words alone.
    None,
    /// The terminal's sixteen.
    Few,
    /// More than those.
    Many,
}

impl Paints {
    /// Those of a theme, as its scopes show.
    pub(super) fn of(theme: &Theme) -> Self {
        let inks = || theme.styles.values().filter_map(|style| style.fg);
        match () {
            () if inks().any(|ink| matches!(ink, Color::Rgb(..) | Color::Indexed(16..))) => Self::Many,
            () if inks().any(|ink| ink != Color::Reset) => Self::Few,
            () => Self::None,
        }
    }

    /// The style of a slot.
    pub(super) fn slot(self, slot: u8) -> Style {
        let slot = usize::from(slot) % MANY.len();
        match self {
            Self::None => Style::new(),
            Self::Few => Style::new().fg(FEW[slot]),
            Self::Many => Style::new().fg(Color::Indexed(MANY[slot])),
        }
    }
}

#[cfg(test)]
mod tests {
    use rolldeck_core::logs::Revision;

    use super::*;

    fn source(app: &str, hash: &str, pod: &str, container: &str) -> Source {
        let revision = Revision { app: app.into(), hash: hash.into(), number: None };
        Source { namespace: "qa".into(), pod: pod.into(), container: container.into(), revision, ..Source::default() }
    }

    fn tags(sources: &[Source]) -> Vec<String> {
        let mut all = Sources::default();
        sources.iter().for_each(|source| _ = all.add(source.clone()));
        let tags = Tags::new(&all);
        all.iter().map(|(id, _)| tags.of(id).to_owned()).collect()
    }

    #[test]
    fn a_tag_has_what_tells_sources_apart_and_no_more() {
        let one = source("web", "7d9f", "web-7d9f-aaaaa", "main");
        assert_eq!(tags(std::slice::from_ref(&one)), [""]);
        assert_eq!(tags(&[one.clone(), source("web", "7d9f", "web-7d9f-bbbbb", "main")]), ["aaaaa", "bbbbb"]);
        assert_eq!(tags(&[one.clone(), source("web", "7d9f", "web-7d9f-aaaaa", "proxy")]), ["main", "proxy"]);
        assert_eq!(tags(&[one.clone(), source("db", "5c", "db-0", "main")]), ["web/aaaaa", "db/0"]);
        assert_eq!(tags(&[one, source("web", "8e", "web-8e-bbbbb", "main")]), ["▽aaaaa", "▲bbbbb"]);
    }

    #[test]
    fn a_theme_without_colours_paints_none() {
        assert_eq!(Paints::of(&Theme::plain()), Paints::None);
        assert_eq!(Paints::None.slot(3), Style::new());
        assert_ne!(Paints::Many.slot(0), Paints::Many.slot(1));
    }
}
