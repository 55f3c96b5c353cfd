//! Releases by a rule, and the tags that the cluster has seen: live and in revisions, with where and since when.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use ratatui::{Frame, layout::Rect};
use rolldeck_core::{
    Time,
    batch::{
        Plan,
        seen::{Like, Place, Rule, Seen, Sight},
    },
    model::AppKey,
    text::Clean,
};

use super::{
    elsewhere::{ElsewhereForm, Went},
    list::{self, Row},
};
use crate::{
    Command, Ctx, Scope,
    plan::{Elsewhere, sheet, table::Stop, words},
    widgets::{
        ENTRIES, moved,
        text::{age, count},
    },
};

/// What stands in one line of the list.
#[derive(Clone, Debug)]
enum Pick {
    Rule(Rule),
    /// On to what another context runs.
    Elsewhere,
    Tag(Clean),
}

/// One line of the list: what it is, where it is, since when, what speaks against it.
#[derive(Clone, Debug)]
struct Choice {
    pick: Pick,
    row: Row,
}

/// What a command did to the list.
pub(in crate::plan) enum Said {
    Open,
    Cancelled,
    /// The plan was edited: the apps that refused, and why.
    Picked(Vec<(AppKey, Clean)>),
    /// Read which contexts there are.
    Contexts,
    /// Read what this context runs.
    Read(Clean),
    /// Nobody waits for what another context runs any more.
    Enough,
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
    /// What another context runs, where that was asked for.
    elsewhere: Option<ElsewhereForm>,
}

impl TagsForm {
    /// Opens on a line of the plan; about all apps where that is an app, about a container alone where it is one.
    pub(in crate::plan) fn new(ctx: &Ctx, plan: &Plan, stop: Stop) -> Self {
        let all = matches!(stop, Stop::App(_)) && plan.steps.len() > 1;
        let mut form = Self { stop, all, seen: None, choices: Vec::new(), cursor: 0, elsewhere: None };
        form.list(ctx, plan);
        form
    }

    /// The cluster told what it has seen.
    pub(in crate::plan) fn know(&mut self, ctx: &Ctx, plan: &Plan, seen: Result<Arc<Seen>, Clean>) {
        self.seen = Some(seen);
        self.list(ctx, plan);
    }

    /// The kubeconfigs were read; whether that is to be seen.
    pub(in crate::plan) fn know_contexts(&mut self, read: Result<(), Clean>) -> bool {
        let form = self.elsewhere.as_mut();
        form.map(|form| form.know_contexts(read)).is_some()
    }

    /// Another context told what it runs; whether anybody waits for that.
    pub(in crate::plan) fn know_elsewhere(&mut self, plan: &Plan, answer: Result<Arc<Elsewhere>, Clean>) -> bool {
        let steps = self.steps(plan);
        let form = self.elsewhere.as_mut().filter(|form| form.reading());
        form.map(|form| form.know(plan, &steps, answer)).is_some()
    }

    /// When something in it reads differently by time alone.
    pub(in crate::plan) fn wake_at(&self, now: Time) -> Option<Time> {
        self.elsewhere.as_ref().and_then(|form| form.wake_at(now))
    }

    /// The keys that it offers.
    pub(in crate::plan) fn hints(&self) -> Vec<(Command, &'static str)> {
        match &self.elsewhere {
            Some(form) => form.hints(),
            None => vec![
                (Command::Edit, "take it"),
                (Command::EditAll, "for all apps, or this one"),
                (Command::Back, "back"),
            ],
        }
    }

    /// The steps that it is about.
    fn steps(&self, plan: &Plan) -> Vec<usize> {
        if self.all { (0..plan.steps.len()).collect() } else { self.stop.step().into_iter().collect() }
    }

    /// Takes a command of the keymap: movements, enter picks, `a` turns between all apps and this one.
    pub(in crate::plan) fn run(&mut self, ctx: &Ctx, plan: &mut Plan, command: Command) -> Said {
        if command == Command::EditAll {
            if matches!(self.stop, Stop::App(_)) && plan.steps.len() > 1 {
                self.all = !self.all;
                self.list(ctx, plan);
                let steps = self.steps(plan);
                self.elsewhere.iter_mut().for_each(|form| form.about(plan, &steps));
            }
            return Said::Open;
        }
        if let Some(form) = &mut self.elsewhere {
            let went = form.run(ctx, command);
            return self.went(plan, went);
        }
        match command {
            Command::Back | Command::Tags => return Said::Cancelled,
            Command::Edit | Command::Open => return self.pick(plan),
            _ => self.cursor = moved(self.cursor, command, ENTRIES, self.choices.len()).unwrap_or(self.cursor),
        }
        Said::Open
    }

    fn went(&mut self, plan: &mut Plan, went: Went) -> Said {
        match went {
            Went::Open => Said::Open,
            Went::Closed => {
                self.elsewhere = None;
                let entry = self.choices.iter().position(|choice| matches!(choice.pick, Pick::Elsewhere));
                self.cursor = entry.unwrap_or(self.cursor);
                Said::Open
            }
            Went::Read(context) => Said::Read(context),
            Went::Enough => Said::Enough,
            Went::Take(way) => {
                let refused = way.take(plan, &self.steps(plan));
                Said::Picked(refused.into_iter().map(|(step, why)| (plan.steps[step].key.clone(), why)).collect())
            }
        }
    }

    fn pick(&mut self, plan: &mut Plan) -> Said {
        let Some(choice) = self.choices.get(self.cursor) else { return Said::Cancelled };
        let nothing = Seen::default();
        let seen = match &self.seen {
            Some(Ok(seen)) => seen,
            _ => &nothing,
        };
        let refused = match (&choice.pick, self.stop) {
            (Pick::Elsewhere, _) => {
                self.elsewhere = Some(ElsewhereForm::new());
                return Said::Contexts;
            }
            (Pick::Rule(rule), _) if self.all => plan.apply_rule(rule, seen),
            (Pick::Tag(tag), _) if self.all => plan.set_tag_all(tag),
            (Pick::Rule(rule), stop) => {
                let step = stop.step().unwrap_or(0);
                plan.apply_rule_to(step, rule, seen).err().map(|why| (step, why)).into_iter().collect()
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
            self.choices.push(Choice { pick: Pick::Rule(Rule::Newest), row: Row { cells, scope: Scope::Text } });
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
            self.choices.push(Choice { pick: Pick::Rule(Rule::Like(like)), row: Row { cells, scope: Scope::Text } });
        }
        let cells = ["as another context…", "each to what its namesake runs there", "", ""].map(str::to_owned);
        self.choices.push(Choice { pick: Pick::Elsewhere, row: Row { cells, scope: Scope::Text } });
    }

    /// Draws the list in the place of the table.
    pub(in crate::plan) fn draw(&self, ctx: &Ctx, plan: &Plan, frame: &mut Frame, area: Rect) {
        let columns = usize::from(area.width);
        let about = match self.stop.step() {
            _ if self.all => format!("all {}", count(plan.steps.len(), "app")),
            Some(step) => plan.steps[step].key.to_string(),
            None => String::new(),
        };
        if let Some(form) = &self.elsewhere {
            return form.draw(ctx, &about, frame, area);
        }
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
        let rows: Vec<&Row> = self.choices.iter().map(|choice| &choice.row).collect();
        list::draw(ctx, frame, area, head, ["TAG", "WHERE", "SEEN", "NOTE"], &rows, self.cursor);
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
    let cells = [version.to_string(), said.join(", "), since, notes.join("; ")];
    Choice { pick: Pick::Tag(version.clone()), row: Row { cells, scope } }
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
