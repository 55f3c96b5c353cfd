//! What a filter may ask of a row, whatever table it stands in.

use std::fmt;

use crate::Time;

/// What a row is found by, beside its name: `status:degraded`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// How it is, in the words of its table, and why.
    Status,
    /// Images: the whole references, and what tells their versions apart.
    Image,
    /// Its namespace.
    Namespace,
    /// Its kind, in full and short.
    Kind,
    /// The nodes that it is on.
    Node,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 5] = [Self::Status, Self::Image, Self::Namespace, Self::Kind, Self::Node];

    /// The word for it in a filter.
    pub fn word(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Image => "image",
            Self::Namespace => "ns",
            Self::Kind => "kind",
            Self::Node => "node",
        }
    }

    /// The field of a word in lower case; the heading of its column names it, too.
    pub(super) fn named(word: &str) -> Option<Self> {
        let word = if word == "namespace" { "ns" } else { word };
        Self::ALL.into_iter().find(|field| field.word() == word)
    }

    /// Whether a text within a word of it is a match: of a namespace `prod` is none of `preprod`.
    pub(super) fn anywhere(self) -> bool {
        matches!(self, Self::Status | Self::Image)
    }
}

/// A figure that a row may have: `cpu>80%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Figure {
    /// Thousandths of a core; the share is of what is requested.
    Cpu,
    /// Bytes; the share is of what is requested.
    Memory,
    /// Restarts of containers.
    Restarts,
    /// Seconds since it was created, or rolled out.
    Age,
    /// Pods or containers that are ready; the share is of those wanted.
    Ready,
    /// Pods wanted.
    Replicas,
    /// Bytes a second over the network, both ways.
    Net,
    /// Bytes of file systems; the share is of their capacity.
    Disk,
}

impl Figure {
    /// Every figure.
    pub const ALL: [Self; 8] =
        [Self::Cpu, Self::Memory, Self::Restarts, Self::Age, Self::Ready, Self::Replicas, Self::Net, Self::Disk];

    /// The figure of a word in lower case; the heading of its column names it, too.
    pub(super) fn named(word: &str) -> Option<Self> {
        let word = match word {
            "memory" => "mem",
            "network" => "net",
            word => word,
        };
        Self::ALL.into_iter().find(|figure| figure.word() == word)
    }

    /// The word for it in a filter.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Memory => "mem",
            Self::Restarts => "restarts",
            Self::Age => "age",
            Self::Ready => "ready",
            Self::Replicas => "replicas",
            Self::Net => "net",
            Self::Disk => "disk",
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A figure as a row has it. What is not known is `None`, and never matches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// In the unit of its [`Figure`].
    pub value: Option<u64>,
    /// Its share in percent, where it has one.
    pub percent: Option<u64>,
}

impl Reading {
    /// A number without a share.
    pub fn of(value: impl Into<u64>) -> Self {
        Self { value: Some(value.into()), percent: None }
    }

    /// `part` of `whole`, and the share that this is, rounded; none of nothing.
    pub fn share(part: u64, whole: Option<u64>) -> Self {
        let percent = whole.filter(|whole| *whole > 0).map(|whole| {
            let (part, whole) = (u128::from(part), u128::from(whole));
            u64::try_from((part * 100 + whole / 2) / whole).unwrap_or(u64::MAX)
        });
        Self { value: Some(part), percent }
    }
}

/// What a row tells a filter. Each table's rows implement it, so that every table has the same language.
pub trait Facts {
    /// Its name.
    fn name(&self) -> &str;

    /// Every other text that a bare word may find: usually those of its columns.
    fn words(&self, visit: &mut dyn FnMut(&str));

    /// Whether any of [`Facts::words`] may hold what `holds` looks for: asked first where that costs less than to visit each.
    fn may_hold(&self, _holds: &mut dyn FnMut(&str) -> bool) -> bool {
        true
    }

    /// Its texts of a field; none where the table has no such field.
    fn texts(&self, _field: Field, _visit: &mut dyn FnMut(&str)) {}

    /// The value of a label, or of a column that was added under this name.
    fn label(&self, _key: &str) -> Option<&str> {
        None
    }

    /// All labels, and the columns that were added, for completion.
    fn labels(&self, _visit: &mut dyn FnMut(&str, &str)) {}

    /// A figure other than the age.
    fn figure(&self, _figure: Figure) -> Reading {
        Reading::default()
    }

    /// What its age is counted from.
    fn born(&self) -> Option<Time> {
        None
    }
}

impl<F: Facts + ?Sized> Facts for &F {
    fn name(&self) -> &str {
        (**self).name()
    }
    fn words(&self, visit: &mut dyn FnMut(&str)) {
        (**self).words(visit);
    }
    fn may_hold(&self, holds: &mut dyn FnMut(&str) -> bool) -> bool {
        (**self).may_hold(holds)
    }
    fn texts(&self, field: Field, visit: &mut dyn FnMut(&str)) {
        (**self).texts(field, visit);
    }
    fn label(&self, key: &str) -> Option<&str> {
        (**self).label(key)
    }
    fn labels(&self, visit: &mut dyn FnMut(&str, &str)) {
        (**self).labels(visit);
    }
    fn figure(&self, figure: Figure) -> Reading {
        (**self).figure(figure)
    }
    fn born(&self) -> Option<Time> {
        (**self).born()
    }
}
