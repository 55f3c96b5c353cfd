//! From where on files are read.

use std::time::Duration;

use rolldeck_core::{
    logs::{Begin, Nanos, SECOND, nanos},
    shell::{FileEntry, From, Place, Refused},
};
use tokio::time::timeout;

use super::reach::{Events, Reach};
use crate::{
    exec::FollowEvent,
    logs::since::{Gate, SOUGHT, first_time},
};

/// How far before the end of files a moment is looked for, one after another; then from their start.
const BACK: [u64; 3] = [SOUGHT as u64, 4 << 20, 64 << 20];
/// How long to wait for the first bytes of a file.
const PATIENCE: Duration = Duration::from_secs(3);

/// Files that are followed from where they were asked for.
pub(super) struct Begun<E> {
    /// What becomes of them.
    pub(super) events: E,
    /// What became of them already.
    pub(super) held: Vec<FollowEvent>,
    /// What of each passes.
    pub(super) gates: Vec<Gate>,
    /// How many tell no times in their lines, though they were written since.
    pub(super) untimed: usize,
}

/// Follows files of which this is known so far.
///
/// # Errors
/// Why they cannot be.
pub(super) async fn begin<R: Reach>(
    reach: &R,
    place: &Place,
    (paths, entries): (&[String], &[Option<FileEntry>]),
    (begin, now): (Begin, Nanos),
) -> Result<Begun<R::Events>, Refused> {
    let since = match begin {
        Begin::Tail(lines) => return plain(reach, place, paths, From::Lines(lines)).await,
        Begin::Head => return plain(reach, place, paths, From::Start).await,
        Begin::Ago(seconds) => now - Nanos::try_from(seconds).unwrap_or(Nanos::MAX / SECOND).saturating_mul(SECOND),
        Begin::At(at) => at,
    };
    let mut looks: Vec<Look> = entries.iter().map(|entry| Look::of(entry.as_ref(), since)).collect();
    for back in BACK {
        let mut begun = plain(reach, place, paths, From::Bytes(back)).await?;
        if reaches(&mut begun, &mut looks, (since, false)).await {
            return Ok(begun.through(&looks, since));
        }
    }
    let mut begun = plain(reach, place, paths, From::Start).await?;
    reaches(&mut begun, &mut looks, (since, true)).await;
    Ok(begun.through(&looks, since))
}

impl<E> Begun<E> {
    fn through(self, looks: &[Look], since: Nanos) -> Self {
        let untimed = looks.iter().filter(|look| matches!(look, Look::Untimed { .. })).count();
        Self { gates: looks.iter().map(|look| look.gate(since)).collect(), untimed, ..self }
    }
}

async fn plain<R: Reach>(reach: &R, place: &Place, paths: &[String], from: From) -> Result<Begun<R::Events>, Refused> {
    let events = reach.follow(place, paths, from).await?;
    Ok(Begun { events, held: Vec::new(), gates: vec![Gate::Open; paths.len()], untimed: 0 })
}

/// What is known of where a moment lies in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// Nothing yet.
    Unknown,
    /// It was not written since: nothing of what it has, which ends here, is wanted.
    Older(u64),
    /// It is not there yet, or empty: all that comes is wanted.
    New,
    /// It lies behind the place where reading began, or the file begins there; `cut`: that is within a line.
    Within { cut: bool },
    /// Its lines tell no times. It is read from there on, though it may be older.
    Untimed { cut: bool },
}

impl Look {
    fn of(entry: Option<&FileEntry>, since: Nanos) -> Self {
        let Some(entry) = entry else { return Self::Unknown };
        match (entry.modified.map(nanos), entry.size) {
            (_, Some(0)) => Self::New,
            // Listings have whole seconds.
            (Some(written), Some(size)) if written + SECOND < since => Self::Older(size),
            _ => Self::Unknown,
        }
    }

    fn gate(self, since: Nanos) -> Gate {
        match self {
            Self::Unknown => Gate::since(since, false),
            Self::Older(end) => Gate::After(end),
            Self::New | Self::Untimed { cut: false } => Gate::Open,
            Self::Within { cut } => Gate::since(since, cut),
            Self::Untimed { cut: true } => Gate::Line,
        }
    }
}

/// Whether reading began before the moment in every file, as far as that is to be known; `whole`: it began at their starts.
async fn reaches<E: Events>(begun: &mut Begun<E>, looks: &mut [Look], (since, whole): (Nanos, bool)) -> bool {
    // By file, whether reading began within it.
    let mut within = vec![!whole; looks.len()];
    for look in looks.iter_mut().filter(|look| matches!(look, Look::Within { .. } | Look::Untimed { .. })) {
        *look = Look::Unknown;
    }
    while looks.contains(&Look::Unknown) {
        let Ok(Some(event)) = timeout(PATIENCE, begun.events.next()).await else { return true };
        let unknown = |file: &usize| looks.get(*file) == Some(&Look::Unknown);
        match &event {
            FollowEvent::Began { file, offset, .. } if unknown(file) => within[*file] &= *offset > 0,
            FollowEvent::Missing { file } if unknown(file) => looks[*file] = Look::New,
            // The image's own tail reads: it does not tell where a file begins.
            FollowEvent::Bytes { offset: None, .. } if !whole => return false,
            FollowEvent::Bytes { file, bytes, .. } if unknown(file) => {
                let cut = within[*file];
                looks[*file] = match first_time(bytes, cut) {
                    Some(at) if at > since && cut => return false,
                    Some(_) => Look::Within { cut },
                    None => Look::Untimed { cut },
                };
            }
            _ => {}
        }
        let ended = matches!(event, FollowEvent::Ended(_));
        begun.held.push(event);
        if ended {
            break;
        }
    }
    true
}
