//! As another context runs: the contexts, the reading of one, and the namespaces of it that have namesakes of the plan's apps.

use std::sync::Arc;

use ratatui::{Frame, layout::Rect, text::Line};
use rolldeck_core::{Time, batch::Plan, model::KubeContext, text::Clean};

use super::{
    list::{self, Row},
    ways::{Way, ways},
};
use crate::{
    Command, Ctx, Room, Scope,
    plan::{Elsewhere, sheet, words},
    widgets::{
        ENTRIES, moved,
        text::{age, age_changes, time_of_day},
    },
};

/// What a command did to the list.
pub(super) enum Went {
    Open,
    /// Back to the rules and tags.
    Closed,
    /// Read what this context runs.
    Read(Clean),
    /// Nobody waits for the answer any more.
    Enough,
    /// Release like this.
    Take(Box<Way>),
}

/// Where one is in it.
#[derive(Clone, Debug)]
enum At {
    Contexts,
    Reading,
    Refused(Clean),
    Found(Arc<Elsewhere>, Vec<Way>),
}

/// The list.
#[derive(Clone, Debug)]
pub(super) struct ElsewhereForm {
    at: At,
    /// Which of the contexts.
    context: usize,
    /// Which of the namespaces.
    cursor: usize,
    /// The contexts were read, or why they cannot be.
    contexts: Option<Result<(), Clean>>,
}

/// The contexts that are not the one that is shown.
fn others<'a>(ctx: &Ctx<'a>) -> Vec<&'a KubeContext> {
    ctx.contexts.iter().filter(|context| context.name != ctx.session.context).collect()
}

impl ElsewhereForm {
    pub(super) fn new() -> Self {
        Self { at: At::Contexts, context: 0, cursor: 0, contexts: None }
    }

    /// The kubeconfigs were read.
    pub(super) fn know_contexts(&mut self, read: Result<(), Clean>) {
        self.contexts = Some(read);
    }

    /// Whether it waits for an answer.
    pub(super) fn reading(&self) -> bool {
        matches!(self.at, At::Reading)
    }

    /// The answer for these steps of the plan.
    pub(super) fn know(&mut self, plan: &Plan, steps: &[usize], answer: Result<Arc<Elsewhere>, Clean>) {
        self.cursor = 0;
        self.at = match answer {
            Ok(there) => At::Found(there.clone(), ways(plan, steps, &there)),
            Err(why) => At::Refused(why),
        };
    }

    /// It is about other steps now.
    pub(super) fn about(&mut self, plan: &Plan, steps: &[usize]) {
        if let At::Found(there, found) = &mut self.at {
            *found = ways(plan, steps, there);
            self.cursor = self.cursor.min(found.len().saturating_sub(1));
        }
    }

    /// Takes a command of the keymap.
    pub(super) fn run(&mut self, ctx: &Ctx, command: Command) -> Went {
        let back = matches!(command, Command::Back | Command::Tags);
        let picks = matches!(command, Command::Edit | Command::Open);
        match &self.at {
            At::Contexts if back => return Went::Closed,
            At::Contexts if picks => return self.read(ctx),
            At::Contexts => {
                let contexts = others(ctx).len();
                self.context = moved(self.context, command, ENTRIES, contexts).unwrap_or(self.context);
            }
            At::Reading if back => {
                self.at = At::Contexts;
                return Went::Enough;
            }
            At::Reading => {}
            At::Refused(_) | At::Found(..) if back => self.at = At::Contexts,
            At::Refused(_) | At::Found(..) if command == Command::Reread => return self.read(ctx),
            At::Refused(_) if picks => return self.read(ctx),
            At::Refused(_) => {}
            At::Found(_, found) if picks => {
                return found.get(self.cursor).map_or(Went::Open, |way| Went::Take(Box::new(way.clone())));
            }
            At::Found(_, found) => {
                self.cursor = moved(self.cursor, command, ENTRIES, found.len()).unwrap_or(self.cursor);
            }
        }
        Went::Open
    }

    fn read(&mut self, ctx: &Ctx) -> Went {
        match self.name(ctx) {
            Some(name) => {
                self.at = At::Reading;
                Went::Read(name)
            }
            None => Went::Open,
        }
    }

    /// The context under the cursor.
    fn name(&self, ctx: &Ctx) -> Option<Clean> {
        let contexts = others(ctx);
        contexts.get(self.context.min(contexts.len().saturating_sub(1))).map(|context| context.name.clone())
    }

    /// When the age of the answer reads differently.
    pub(super) fn wake_at(&self, now: Time) -> Option<Time> {
        match &self.at {
            At::Found(there, _) => Some(age_changes(there.read, now)),
            _ => None,
        }
    }

    /// The keys that it offers.
    pub(super) fn hints(&self) -> Vec<(Command, &'static str)> {
        match &self.at {
            At::Contexts => vec![(Command::Edit, "look what it runs"), (Command::Back, "back")],
            At::Reading => vec![(Command::Back, "give up waiting")],
            At::Refused(_) => vec![(Command::Reread, "try again"), (Command::Back, "another context")],
            At::Found(..) => vec![
                (Command::Edit, "take it"),
                (Command::EditAll, "for all apps, or this one"),
                (Command::Reread, "read again"),
                (Command::Back, "another context"),
            ],
        }
    }

    /// Draws the list; `about` names what it is for: `all 6 apps`.
    pub(super) fn draw(&self, ctx: &Ctx, about: &str, frame: &mut Frame, area: Rect) {
        let name = self.name(ctx).unwrap_or_default();
        match &self.at {
            At::Contexts => self.draw_contexts(ctx, about, frame, area),
            At::Reading => {
                let told = [
                    (Scope::Heading, format!("What {name} runs now, for {about}")),
                    (Scope::Stale, format!("connecting to {name}, and reading which apps it has and what they run …")),
                    (
                        Scope::Dim,
                        "Only reads are sent, over a connection of its own that ends with the answer.".to_owned(),
                    ),
                ];
                sheet::draw(ctx, frame, area, &notes(ctx, &told, area), 0, None);
            }
            At::Refused(why) => {
                let told = [
                    (Scope::Heading, format!("What {name} runs now, for {about}")),
                    (Scope::Bad, format!("what {name} runs is not known: {why}")),
                    (
                        Scope::Dim,
                        format!("Where it asks for a login: go there once with :contexts {name}, and come back."),
                    ),
                ];
                sheet::draw(ctx, frame, area, &notes(ctx, &told, area), 0, None);
            }
            At::Found(there, found) => {
                let head = notes(ctx, &found_words(ctx, there, found, about), area);
                let rows: Vec<&Row> = found.iter().map(|way| &way.row).collect();
                if rows.is_empty() {
                    return sheet::draw(ctx, frame, area, &head, 0, None);
                }
                let titles = ["LIKE NAMESPACE", "APPS", "RUNS NOW", "NOTE"];
                list::draw(ctx, frame, area, head, titles, &rows, self.cursor);
            }
        }
    }

    fn draw_contexts(&self, ctx: &Ctx, about: &str, frame: &mut Frame, area: Rect) {
        let mut told = vec![
            (Scope::Heading, format!("What to release, for {about}: what another context runs now")),
            (
                Scope::Dim,
                format!("It is only read, over a connection of its own: you stay in {}.", ctx.session.context),
            ),
        ];
        let contexts = others(ctx);
        match &self.contexts {
            Some(Err(why)) => told.push((Scope::Bad, format!("they cannot be read: {why}"))),
            None if ctx.contexts.is_empty() => told.push((Scope::Stale, "reading the kubeconfigs …".to_owned())),
            _ if contexts.is_empty() => told.push((Scope::Text, "They name no other context than this.".to_owned())),
            _ => {}
        }
        let head = notes(ctx, &told, area);
        if contexts.is_empty() {
            return sheet::draw(ctx, frame, area, &head, 0, None);
        }
        let row = |context: &&KubeContext| {
            let cells = [&context.name, &context.namespace, &context.user, &context.server].map(Clean::to_string);
            Row { cells, scope: Scope::Text }
        };
        let rows: Vec<Row> = contexts.iter().map(row).collect();
        let rows: Vec<&Row> = rows.iter().collect();
        let cursor = self.context.min(rows.len() - 1);
        list::draw(ctx, frame, area, head, ["CONTEXT", "NAMESPACE", "USER", "SERVER"], &rows, cursor);
    }
}

fn notes(ctx: &Ctx, told: &[(Scope, String)], area: Rect) -> Vec<Line<'static>> {
    told.iter().flat_map(|(scope, text)| sheet::note(ctx, *scope, 0, text, area.width.into())).collect()
}

/// What stands above the namespaces that were found.
fn found_words(ctx: &Ctx, there: &Elsewhere, found: &[Way], about: &str) -> Vec<(Scope, String)> {
    let key =
        ctx.keymap.key(Room::Plan, Command::Reread).map(|key| format!("; {key} reads it again")).unwrap_or_default();
    let (read, old) = (time_of_day(there.read, ctx.clock), age(there.read, ctx.clock.now));
    let mut told = vec![
        (Scope::Heading, format!("What {} runs now, for {about}: like which namespace?", there.context)),
        (Scope::Dim, format!("{}, read {old} ago at {read}{key}", there.server)),
    ];
    let running = &there.running;
    if let Some(only) = &running.only {
        let names: Vec<&str> = only.iter().map(Clean::as_str).collect();
        let all: Vec<_> = running.unread.iter().filter(|unread| unread.namespace.is_none()).collect();
        let kinds: Vec<&str> = all.iter().map(|unread| unread.kind.resource()).collect();
        let why = all.first().map(|unread| format!(": {}", unread.why)).unwrap_or_default();
        let text = format!("of {} only those in {} were read{why}", kinds.join(", "), words::listed(&names, 4));
        told.push((Scope::Warn, text));
    }
    let refused = running.unread.iter().filter(|unread| unread.namespace.is_some());
    let refused: Vec<&Clean> = refused.map(|unread| &unread.why).collect();
    if let Some(first) = refused.first() {
        let more = if refused.len() > 1 { format!(" (and {} more)", refused.len() - 1) } else { String::new() };
        told.push((Scope::Warn, format!("not everything there could be read: {first}{more}")));
    }
    if found.is_empty() {
        let text = format!("No app of these names runs in {}, as far as it could be read.", there.context);
        told.push((Scope::Text, text));
    }
    told
}
