//! The runner of copies: a task for each, which stays while one looks elsewhere.

use std::{collections::VecDeque, path::PathBuf, sync::Arc, time::Duration};

use rolldeck_cluster::exec;
use rolldeck_core::shell::{Access, CopyWanted, Copying, Opening, Place, Progress, Right};
use rolldeck_screens::{CopyEffect, CopyReply, Message, copies::CopyId};
use tokio::{
    sync::{Semaphore, watch},
    time::{Instant, MissedTickBehavior, interval},
};

use super::held::{Held, Means, Task};

/// Copies that run at a time.
const WIDTH: usize = 4;
/// How far a copy is is told so often.
const BETWEEN: Duration = Duration::from_millis(200);
/// What a rate is taken over.
const LATELY: Duration = Duration::from_secs(2);

/// Copies; one that is let go is stopped.
pub(super) struct Copies {
    running: Held,
    turns: Arc<Semaphore>,
}

impl Default for Copies {
    fn default() -> Self {
        Self { running: Held::default(), turns: Arc::new(Semaphore::new(WIDTH)) }
    }
}

impl Copies {
    /// Carries an effect out.
    pub(super) fn carry_out(&mut self, means: Means, effect: CopyEffect) {
        match effect {
            CopyEffect::Start(id, wanted) => {
                self.running.begin(id, One { id, wanted, means, turns: self.turns.clone() });
            }
            CopyEffect::Stop(id) => self.running.let_go(id),
        }
    }
}

struct One {
    id: CopyId,
    wanted: CopyWanted,
    means: Means,
    turns: Arc<Semaphore>,
}

impl Task for One {
    const LET_GO: &'static str = "stopped";

    async fn live(&self) {
        let Ok(_turn) = self.turns.acquire().await else { return };
        let reply = match exec::rights(&self.means.cluster, Access::Exec, &self.wanted.place).await {
            Right::Denied(denied) => {
                self.audit("not begun", &denied.words());
                CopyReply::Denied(denied)
            }
            Right::Allowed => self.copy().await,
            Right::Unknown(why) => {
                tracing::info!(%why, "a right could not be asked for");
                self.copy().await
            }
        };
        self.tell(reply).await;
    }

    /// A line of the log, which has the time: what was copied, by whom, where from and to. Nothing of what is in it.
    fn audit(&self, step: &str, result: &str) {
        let Place { pod, container } = &self.wanted.place;
        let (user, context, container) = (&*self.means.user, &*self.means.cluster.context, &**container);
        let verb = match self.wanted.way {
            Copying::Download => Opening::Download,
            Copying::Upload => Opening::Upload,
        }
        .verb();
        tracing::info!(target: "rolldeck::audit", user, context, verb, %pod, uid = %pod.uid, container, step, result, "copy");
    }
}

impl One {
    async fn copy(&self) -> CopyReply {
        let CopyWanted { way, place, here, there, options } = &self.wanted;
        self.audit("begun", &format!("{here} {there}"));
        let progress = watch::Sender::new(Progress::default());
        let here = local(here);
        let copy = async {
            match way {
                Copying::Download => self.means.writer.download(place, there, &here, *options, &progress).await,
                Copying::Upload => self.means.writer.upload(place, &here, there, *options, &progress).await,
            }
        };
        // What is told waits for the loop, and holds the copy up no longer than a message.
        let ended = tokio::select! {
            ended = copy => ended,
            never = self.tell_progress(&progress) => never,
        };
        match &ended {
            Ok(copied) => {
                self.audit("ended", &format!("{} files, {} left out", copied.files.len(), copied.skipped.len()))
            }
            Err(error) => self.audit("failed", &error.to_string()),
        }
        CopyReply::Ended(ended)
    }

    async fn tell_progress<T>(&self, progress: &watch::Sender<Progress>) -> T {
        let mut ticks = interval(BETWEEN);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut rate = Rate::default();
        loop {
            ticks.tick().await;
            let now = progress.borrow().clone();
            let lately = rate.at(Instant::now(), now.done.saturating_sub(now.kept));
            self.tell(CopyReply::Progress(now, lately)).await;
        }
    }

    async fn tell(&self, reply: CopyReply) {
        self.means.post.send(Message::Copy(self.id, reply)).await;
    }
}

/// A path as a person types it: `~/` is the home directory, and what is relative begins where the console was started.
fn local(text: &str) -> PathBuf {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    match (text.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        (None, Some(home)) if text == "~" => home,
        _ => PathBuf::from(text),
    }
}

/// Bytes a second, over the last of them.
#[derive(Default)]
struct Rate(VecDeque<(Instant, u64)>);

impl Rate {
    /// The rate now that so many bytes are done.
    fn at(&mut self, now: Instant, done: u64) -> u64 {
        self.0.push_back((now, done));
        while self.0.len() > 2 && self.0.get(1).is_some_and(|(at, _)| now.duration_since(*at) >= LATELY) {
            self.0.pop_front();
        }
        let Some((since, before)) = self.0.front() else { return 0 };
        let millis = u64::try_from(now.duration_since(*since).as_millis()).unwrap_or(u64::MAX);
        (done.saturating_sub(*before)).saturating_mul(1000).checked_div(millis).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_two_seconds() {
        let (mut rate, begun) = (Rate::default(), Instant::now());
        let mut at = |millis: u64, done: u64| rate.at(begun + Duration::from_millis(millis), done);
        assert_eq!(at(0, 0), 0);
        assert_eq!(at(1000, 1000), 1000);
        assert_eq!(at(2000, 1000), 500);
        assert_eq!(at(4000, 1000), 0, "what was fast before is forgotten");
        assert_eq!(at(5000, 9000), 8000 * 1000 / 3000);
    }

    #[test]
    fn a_path_of_the_home_directory_is_understood() {
        let home = PathBuf::from(std::env::var_os("HOME").expect("a home"));
        assert_eq!(local("~/x y"), home.join("x y"));
        assert_eq!(local("~x"), PathBuf::from("~x"));
        assert_eq!(local("a/~/b"), PathBuf::from("a/~/b"));
    }
}
