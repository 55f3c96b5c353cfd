//! What a program of the image asks the shell to do for it.

use super::run::{Flow, Shell};
use crate::pods::userland::commands::{Filter, Task};

impl Shell {
    /// Does what a command is, to its end; the exit code.
    pub(super) async fn perform(&mut self, task: Task) -> i32 {
        match task {
            Task::Done(done) => {
                self.write(2, &done.err).await;
                self.write(1, &done.out).await;
                done.code
            }
            Task::Filter(filter) => self.filter(filter).await,
            Task::Follow(follow) => Box::pin(self.follow(follow)).await,
            Task::Top => Box::pin(self.top()).await,
            Task::Rest(time) => {
                let clock = self.disk.host.clock.clone();
                clock.sleep(time).await;
                0
            }
            Task::Script(text, arguments) => self.separate(Some(&text), arguments).await,
            Task::Shell => self.separate(None, Vec::new()).await,
            Task::Calls(done, calls) => {
                let mut code = done.code;
                self.write(2, &done.err).await;
                self.write(1, &done.out).await;
                for argv in calls {
                    let mut inner = self.fork();
                    let status = Box::pin(inner.execute(argv)).await;
                    code = code.max(inner.ended(status));
                }
                code
            }
        }
    }

    /// Passes what is read through a filter.
    async fn filter(&mut self, mut filter: Box<dyn Filter>) -> i32 {
        let Some(feed) = self.input() else { return self.end(filter).await };
        let (mut held, raw) = (Vec::new(), filter.is_raw());
        loop {
            let block = match feed.block(&self.session).await {
                Ok(Some(block)) => block,
                Ok(None) => break,
                Err(()) => {
                    self.flow = Some(Flow::Interrupted);
                    return 130;
                }
            };
            let (mut out, mut more) = (Vec::new(), true);
            if raw {
                more = filter.take(&block, &mut out);
            } else {
                held.extend_from_slice(&block);
                let end = held.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
                let mut lines = held[..end].split_inclusive(|byte| *byte == b'\n');
                more &= lines.all(|line| filter.take(line, &mut out));
                held.drain(..end);
            }
            if !self.write(1, &out).await && !out.is_empty() {
                return 1;
            }
            if !more {
                return self.end(filter).await;
            }
        }
        let mut out = Vec::new();
        if !held.is_empty() {
            filter.take(&held, &mut out);
        }
        self.write(1, &out).await;
        self.end(filter).await
    }

    async fn end(&mut self, mut filter: Box<dyn Filter>) -> i32 {
        let mut out = Vec::new();
        let code = filter.end(&mut out);
        self.write(1, &out).await;
        code
    }
}
