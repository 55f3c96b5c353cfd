//! Releases by a rule, and the tags that the cluster has seen: live and in revisions, with where and since when.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use ratatui::{Frame, layout::Rect, text::Line};
use rolldeck_core::{
    Time,
    batch::{
        Plan,
        seen::{Like, Place, Rule, Seen, Sight},
    },
    model::AppKey,
    text::Clean,
};

use crate::{
    Command, Ctx, Scope,
    plan::{sheet, table::Stop, words},
    widgets::{
        ENTRIES, moved,
        text::{age, count},
    },
};

/// What stands in one line of the list.
#[derive(Clone, Debug)]
enum Pick {
    Rule(Rule),
    Tag(Clean),
}

/// One line of the list: what it is, where it is, since when, what speaks against it.
#[derive(Clone, Debug)]
struct Choice {
    pick: Pick,
    cells: [String; 4],
    scope: Scope,
}

/// What a command did to the list.
pub(in crate::plan) enum Said {
    Open,
    Cancelled,
    /// The plan was edited: the apps that refused, and why.
    Picked(Vec<(AppKey, Clean)>),
}

/// The list.
#[derive(Clone, Debug)]
pub(in crate::plan) struct TagsForm {
    /// What it was opened on.
    stop: Stop,
    /// It is about every app of the plan, and not the one under the cursor.
    all: bool,
    /// What the cluster has seen; `None` until it is read.
    seen: Option<Result<Arc<Seen>, Clean>>,
    choices: Vec<Choice>,
    cursor: usize,
}

impl TagsForm {
    /// Opens on a line of the plan; about all apps where that is an app, about a container alone where it is one.
    pub(in crate::plan) fn new(ctx: &Ctx, plan: &Plan, stop: Stop) -> Self {
        let all = matches!(stop, Stop::App(_)) && plan.steps.len() > 1;
        let mut form = Self { stop, all, seen: None, choices: Vec::new(), cursor: 0 };
        form.list(ctx, plan);
        form
    }

    /// The cluster told what it has seen.
    pub(in crate::plan) fn know(&mut self, ctx: &Ctx, plan: &Plan, seen: Result<Arc<Seen>, Clean>) {
        self.seen = Some(seen);
        self.list(ctx, plan);
    }

    /// Takes a command of the keymap: movements, enter picks, `a` turns between all apps and this one.
    pub(in crate::plan) fn run(&mut self, ctx: &Ctx, plan: &mut Plan, command: Command) -> Said {
        match command {
            Command::Back | Command::Tags => return Said::Cancelled,
            Command::Edit | Command::Open => return self.pick(plan),
            Command::EditAll if matches!(self.stop, Stop::App(_)) && plan.steps.len() > 1 => {
                self.all = !self.all;
                self.list(ctx, plan);
            }
            _ => self.cursor = moved(self.cursor, command, ENTRIES, self.choices.len()).unwrap_or(self.cursor),
        }
        Said::Open
    }

    fn pick(&self, plan: &mut Plan) -> Said {
        let Some(choice) = self.choices.get(self.cursor) else { return Said::Cancelled };
        let nothing = Seen::default();
        let seen = match &self.seen {
            Some(Ok(seen)) => seen,
            _ => &nothing,
        };
        let refused = match (&choice.pick, self.stop) {
            (Pick::Rule(rule), _) if self.all => plan.apply_rule(rule, seen),
            (Pick::Tag(tag), _) if self.all => plan.set_tag_all(tag),
            (Pick::Rule(rule), stop) => {
                let step = stop.step().unwrap_or(0);
                let set = rule.tags(seen, &plan.steps[step]).and_then(|tags| {
                    tags.iter().try_for_each(|(container, tag)| plan.set_tag(step, Some(container), tag))
                });
                set.err().map(|why| (step, why)).into_iter().collect()
            }
            (Pick::Tag(tag), Stop::Container(step, at)) => {
                let image = plan.steps[step].images_before().into_iter().nth(at);
                let container = image.as_ref().map(|image| image.container.as_str());
                plan.set_tag(step, container, tag).err().map(|why| (step, why)).into_iter().collect()
            }
            (Pick::Tag(tag), stop) => {
                let step = stop.step().unwrap_or(0);
                plan.set_tag(step, None, tag).err().map(|why| (step, why)).into_iter().collect()
            }
        };
        Said::Picked(refused.into_iter().map(|(step, why)| (plan.steps[step].key.clone(), why)).collect())
    }

    /// The repositories that the list is about.
    fn repositories(&self, plan: &Plan) -> BTreeSet<String> {
        match self.stop {
            _ if self.all => plan.steps.iter().flat_map(|step| step.own_repositories()).collect(),
            Stop::Container(step, at) => {
                let image = plan.steps[step].images_before().into_iter().nth(at);
                image.iter().map(|image| words::repository(&image.image).to_owned()).collect()
            }
            stop => {
                stop.step().map(|step| plan.steps[step].own_repositories()).unwrap_or_default().into_iter().collect()
            }
        }
    }

    fn list(&mut self, ctx: &Ctx, plan: &Plan) {
        self.choices.clear();
        if !matches!(self.stop, Stop::Container(..)) {
            self.rules(ctx, plan);
        }
        if let Some(Ok(seen)) = &self.seen {
            let repositories = self.repositories(plan);
            self.choices.extend(tags(ctx, seen, &repositories));
        }
        self.cursor = self.cursor.min(self.choices.len().saturating_sub(1));
    }

    fn rules(&mut self, ctx: &Ctx, plan: &Plan) {
        if matches!(self.seen, Some(Ok(_))) {
            let cells = ["newest seen", "each to the newest of its own repository", "", ""].map(str::to_owned);
            self.choices.push(Choice { pick: Pick::Rule(Rule::Newest), cells, scope: Scope::Text });
        }
        let names: BTreeSet<&str> = plan.steps.iter().map(|step| &*step.key.name).collect();
        let mine: BTreeSet<&Clean> = plan.steps.iter().map(|step| &step.key.namespace).collect();
        let mut there: BTreeMap<&Clean, usize> = BTreeMap::new();
        for row in ctx.fleet.rows().filter(|row| names.contains(&*row.app.key.name)) {
            if mine.len() > 1 || !mine.contains(&row.app.key.namespace) {
                *there.entry(&row.app.key.namespace).or_default() += 1;
            }
        }
        for (namespace, apps) in there {
            let rows = ctx.fleet.rows().filter(|row| row.app.key.namespace == *namespace);
            let like = Like::new(format!("namespace {namespace}"), rows.map(|row| (&row.app.key, &*row.app.images)));
            let what = format!("what its namesake runs there now ({} of this name)", count(apps, "app"));
            let cells = [format!("as in {namespace}"), what, String::new(), String::new()];
            self.choices.push(Choice { pick: Pick::Rule(Rule::Like(like)), cells, scope: Scope::Text });
        }
    }

    /// Draws the list in the place of the table.
    pub(in crate::plan) fn draw(&self, ctx: &Ctx, plan: &Plan, frame: &mut Frame, area: Rect) {
        let columns = usize::from(area.width);
        let about = match self.stop.step() {
            _ if self.all => format!("all {}", count(plan.steps.len(), "app")),
            Some(step) => plan.steps[step].key.to_string(),
            None => String::new(),
        };
        let title = format!("What to release, for {about}: a rule, or a tag that this cluster has seen");
        let mut head = sheet::note(ctx, Scope::Heading, 0, &title, columns);
        match &self.seen {
            None => head.push(sheet::line(ctx, Scope::Stale, "reading which tags it has seen …")),
            Some(Err(why)) => head.extend(sheet::note(
                ctx,
                Scope::Bad,
                0,
                &format!("which tags it has seen is not known: {why}"),
                columns,
            )),
            Some(Ok(_)) if self.choices.is_empty() => {
                head.push(sheet::line(ctx, Scope::Dim, "no tag of these images was seen: type one in the table"));
            }
            Some(Ok(seen)) => {
                if let Some(why) = seen.lacks().first() {
                    let text = format!("there may be more that it has seen: {why}");
                    head.extend(sheet::note(ctx, Scope::Warn, 0, &text, columns));
                }
            }
        }
        let widths = self.widths(columns);
        let titles = ["TAG", "WHERE", "SEEN", "NOTE"];
        let titles: Vec<_> = titles.iter().zip(&widths).map(|(text, width)| (*text, *width, Scope::Heading)).collect();
        head.push(sheet::cells(ctx, &titles));
        sheet::draw(ctx, frame, area, &head, 0, None);
        let used = (head.len() as u16).min(area.height);
        let place = Rect { y: area.y + used, height: area.height - used, ..area };
        let lines: Vec<Line> =
            self.choices.iter().enumerate().map(|(n, choice)| self.line(ctx, n, choice, &widths)).collect();
        if !lines.is_empty() {
            let top = sheet::top(self.cursor, lines.len(), place.height.into());
            sheet::draw(ctx, frame, place, &lines, top, Some(self.cursor));
        }
    }

    fn widths(&self, room: usize) -> Vec<usize> {
        let mut wanted = [3, 5, 4, 4];
        for choice in &self.choices {
            for (width, cell) in wanted.iter_mut().zip(&choice.cells) {
                *width = (*width).max(crate::widgets::text::width(cell));
            }
        }
        wanted[0] += 2;
        sheet::shares(&wanted, room.saturating_sub(2 * wanted.len()), 4)
    }

    fn line(&self, ctx: &Ctx, n: usize, choice: &Choice, widths: &[usize]) -> Line<'static> {
        let mark = if n == self.cursor { "▸" } else { " " };
        let first = format!("{mark} {}", choice.cells[0]);
        let [_, place, since, note] = &choice.cells;
        let scopes = [choice.scope, Scope::Text, Scope::Dim, Scope::Warn];
        let cells = [&first, place, since, note];
        let cells: Vec<_> =
            cells.iter().zip(widths).zip(scopes).map(|((text, width), scope)| (text.as_str(), *width, scope)).collect();
        sheet::cells(ctx, &cells)
    }
}

/// The versions of these repositories, newest first; those of one name together.
fn tags(ctx: &Ctx, seen: &Seen, repositories: &BTreeSet<String>) -> Vec<Choice> {
    let mut order: Vec<(&Clean, Vec<&Sight>)> = Vec::new();
    for sight in repositories.iter().flat_map(|repository| seen.of(repository)) {
        match order.iter_mut().find(|(version, _)| **version == sight.version) {
            Some((_, sights)) => sights.push(sight),
            None => order.push((&sight.version, vec![sight])),
        }
    }
    let first = |sights: &[&Sight]| sights.iter().filter_map(|sight| sight.first).min();
    order.sort_by_key(|(version, sights)| (std::cmp::Reverse(first(sights)), (*version).clone()));
    order
        .into_iter()
        .map(|(version, sights)| choice(ctx, version, &sights, first(&sights), repositories.len()))
        .collect()
}

fn choice(ctx: &Ctx, version: &Clean, sights: &[&Sight], first: Option<Time>, of: usize) -> Choice {
    let places: Vec<&Place> = sights.iter().flat_map(|sight| &sight.places).collect();
    let live: BTreeSet<&AppKey> = places.iter().filter(|place| place.live).map(|place| &place.app).collect();
    let kept: BTreeSet<&AppKey> = places.iter().map(|place| &place.app).filter(|app| !live.contains(app)).collect();
    let mut said = Vec::new();
    if !live.is_empty() {
        said.push(format!("live in {}", named(&live)));
    }
    if !kept.is_empty() {
        said.push(format!("in revisions of {}", named(&kept)));
    }
    let mut notes = Vec::new();
    let failed: Vec<String> = sights
        .iter()
        .flat_map(|sight| &sight.failed)
        .map(|(app, why)| format!("failed before in {}: {why}", app.namespace))
        .collect();
    notes.extend(failed.into_iter().next());
    if sights.len() < of {
        notes.push(format!("of {} of the {of} images", sights.len()));
    }
    let since = first.map_or_else(|| "?".to_owned(), |first| age(first, ctx.clock.now));
    let scope = if live.is_empty() { Scope::Text } else { Scope::Good };
    Choice {
        pick: Pick::Tag(version.clone()),
        cells: [version.to_string(), said.join(", "), since, notes.join("; ")],
        scope,
    }
}

/// `gateway (qa, prod)`, `3 apps (qa)`.
fn named(apps: &BTreeSet<&AppKey>) -> String {
    let names: BTreeSet<&str> = apps.iter().map(|app| &*app.name).collect();
    let places: BTreeSet<&str> = apps.iter().map(|app| &*app.namespace).collect();
    let places: Vec<&str> = places.into_iter().collect();
    let what = match names.first() {
        Some(one) if names.len() == 1 => (*one).to_owned(),
        _ => count(names.len(), "app"),
    };
    format!("{what} ({})", words::listed(&places, 3))
}
