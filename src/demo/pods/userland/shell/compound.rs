//! Lists, pipelines and compound commands.

use std::sync::{Arc, PoisonError};

use futures::future::{BoxFuture, FutureExt, join_all};

use super::{
    glob,
    io::{Fd, Feed, pipe},
    run::{Flow, Shell},
    syntax::{Chain, Command, Item, List, Node, Pipeline, When, Word},
};

impl Shell {
    /// Runs one after the other; the status of the last.
    pub(super) async fn list(&mut self, list: &List) -> i32 {
        for Item { chain, background } in list {
            // A loop that never waits would hold every other task of its thread.
            tokio::task::yield_now().await;
            self.status = if *background { self.behind(chain.clone()) } else { self.chain(chain).await };
            if self.flow.is_some() {
                break;
            }
        }
        self.status
    }

    async fn chain(&mut self, chain: &Chain) -> i32 {
        for (when, pipeline) in chain {
            let runs = match when {
                When::Always => true,
                When::And => self.status == 0,
                When::Or => self.status != 0,
            };
            if runs {
                self.status = self.pipeline(pipeline).await;
                if self.flow.is_some() {
                    break;
                }
            }
        }
        self.status
    }

    /// Begins a chain in the background, without standard input.
    fn behind(&mut self, chain: Chain) -> i32 {
        let mut inner = self.fork();
        inner.fds.insert(0, Fd::In(Feed::file(Arc::default())));
        let living = self.disk.host.processes.begin("sh", &self.env);
        // A single command is the process itself; in a list, `$$` stays what it was.
        let (pid, ended) = (living.pid, living.ended.clone());
        let work = async move {
            let status = inner.chain(&chain).await;
            inner.ended(status)
        };
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        while jobs.tasks.try_join_next().is_some() {}
        jobs.tasks.spawn(living.until(work).map(drop));
        jobs.ended.insert(pid, ended);
        self.behind = Some(pid);
        0
    }

    async fn pipeline(&mut self, Pipeline { not, commands }: &Pipeline) -> i32 {
        let status = match commands.as_slice() {
            [command] => self.command(command).await,
            commands => self.stages(commands).await,
        };
        if *not { i32::from(status == 0) } else { status }
    }

    /// Runs commands at once, each with what the one before it writes.
    async fn stages(&mut self, commands: &[Command]) -> i32 {
        let mut stages: Vec<BoxFuture<'_, i32>> = Vec::new();
        let mut reads = None;
        for (at, command) in commands.iter().enumerate() {
            let mut stage = self.fork();
            if let Some(reads) = reads.take() {
                stage.fds.insert(0, reads);
            }
            if at + 1 < commands.len() {
                let (write, read) = pipe();
                stage.fds.insert(1, write);
                reads = Some(read);
            }
            stages.push(
                async move {
                    let status = stage.command(command).await;
                    stage.ended(status)
                }
                .boxed(),
            );
        }
        if self.is_too_deep().await {
            return 2;
        }
        let ends = join_all(stages).await;
        if ends.contains(&130) && self.session.tty {
            self.flow = Some(Flow::Interrupted);
        }
        ends.last().copied().unwrap_or_default()
    }

    /// Runs one command with its redirections.
    pub(super) fn command<'a>(&'a mut self, command: &'a Command) -> BoxFuture<'a, i32> {
        async move {
            if let Node::Simple(sets, words) = &command.node {
                return self.simple(sets, words, &command.redirects).await;
            }
            let kept = self.fds.clone();
            let status = match self.redirect(&command.redirects).await {
                Ok(()) => self.compound(&command.node).await,
                Err(code) => code,
            };
            self.fds = kept;
            status
        }
        .boxed()
    }

    async fn compound(&mut self, node: &Node) -> i32 {
        match node {
            Node::Simple(..) => 0,
            Node::Group(list) => self.list(list).await,
            Node::Subshell(list) => {
                let status = self.fork().whole(list).await;
                if status == 130 && self.session.tty {
                    self.flow = Some(Flow::Interrupted);
                }
                status
            }
            Node::If(arms, otherwise) => {
                for (condition, then) in arms {
                    let met = self.list(condition).await == 0;
                    if self.flow.is_some() {
                        return self.status;
                    }
                    if met {
                        return self.list(then).await;
                    }
                }
                self.status = 0;
                self.list(otherwise).await
            }
            Node::While(condition, list, until) => self.repeat(condition, list, *until).await,
            Node::For(name, words, list) => self.each(name, words.as_deref(), list).await,
            Node::Case(word, arms) => {
                let text = self.text(word).await;
                for (patterns, list) in arms {
                    for pattern in patterns {
                        if glob::is(&self.pattern(pattern).await, &text) {
                            self.status = 0;
                            return self.list(list).await;
                        }
                    }
                }
                0
            }
            Node::Function(name, body) => {
                self.functions.insert(name.clone(), Arc::clone(body));
                0
            }
        }
    }

    async fn repeat(&mut self, condition: &List, list: &List, until: bool) -> i32 {
        let mut status = 0;
        loop {
            let met = self.list(condition).await == 0;
            if self.flow.is_some() && self.leaves() {
                return self.status;
            }
            if met == until {
                return status;
            }
            status = self.list(list).await;
            if self.flow.is_some() && self.leaves() {
                return status;
            }
        }
    }

    async fn each(&mut self, name: &str, words: Option<&[Word]>, list: &List) -> i32 {
        let mut values = Vec::new();
        match words {
            None => values.extend(self.arguments.iter().skip(1).cloned()),
            Some(words) => {
                for word in words {
                    values.extend(self.arguments(word).await);
                }
            }
        }
        let mut status = 0;
        for value in values {
            self.env.insert(name.to_owned(), value);
            status = self.list(list).await;
            if self.flow.is_some() && self.leaves() {
                return status;
            }
        }
        status
    }

    /// Whether what was met ends this loop; one level of it is used up.
    fn leaves(&mut self) -> bool {
        let (flow, leaves) = match self.flow {
            Some(Flow::Continue(0 | 1)) => (None, false),
            Some(Flow::Continue(loops)) => (Some(Flow::Continue(loops - 1)), true),
            Some(Flow::Break(0 | 1)) => (None, true),
            Some(Flow::Break(loops)) => (Some(Flow::Break(loops - 1)), true),
            other => (other, true),
        };
        self.flow = flow;
        leaves
    }

    /// Calls a function.
    pub(super) async fn function(&mut self, body: &Command, argv: Vec<String>) -> i32 {
        if self.is_too_deep().await {
            return 2;
        }
        let mut argv = argv;
        if let Some(name) = self.arguments.first() {
            argv[0].clone_from(name);
        }
        let kept = std::mem::replace(&mut self.arguments, argv);
        self.depth += 1;
        let status = self.command(body).await;
        self.depth -= 1;
        self.arguments = kept;
        match self.flow {
            Some(Flow::Return(code)) => {
                self.flow = None;
                code
            }
            _ => status,
        }
    }
}
