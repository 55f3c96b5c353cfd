//! From what is wanted to an open session, and the audit of it.

use rolldeck_cluster::exec;
use rolldeck_core::{
    shell::{Access, DebugWanted, End, Place, Refused, Right, ShellWanted, Size},
    text::Clean,
};
use rolldeck_screens::{
    Message, ShellReply, ShellSettings,
    shell::{ShellId, Wanted, What},
};
use tokio::sync::mpsc;

use super::{Alive, Order, held::Means, live::Live, record::Recorder};

/// How long a debug container may take to start: its image is pulled, mostly.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(90);

/// All that a session needs to be opened.
pub(super) struct Opener {
    pub id: ShellId,
    pub wanted: Wanted,
    pub size: Size,
    pub means: Means,
    pub settings: ShellSettings,
    pub alive: Alive,
}

impl Opener {
    /// Opens it, and carries it to its end.
    pub(super) async fn live(self, mut orders: mpsc::Receiver<Order>) {
        let mut resized = None;
        let opened = tokio::select! {
            opened = self.open() => opened,
            () = closed(&mut orders, &mut resized) => {
                self.audit("given up", "");
                return;
            }
        };
        let reply = match opened {
            Ok((session, place)) => {
                self.audit("opened", &place.container);
                let recorder = match self.settings.record {
                    true => Recorder::new(&place, self.size).await,
                    false => None,
                };
                let limits = session.first_line.clone();
                let recorded = recorder.as_ref().map(Recorder::path);
                self.tell(ShellReply::Opened { place, limits, recorded }).await;
                let mut live =
                    Live::new(self.id, self.means.post.clone(), self.size, self.settings.scrollback, recorder);
                if let Some(size) = resized {
                    live.take(Order::Resize(size));
                }
                let end = live.carry(session, orders).await;
                self.audit("ended", &end.words());
                ShellReply::Ended(end)
            }
            Err(reply) => {
                self.audit("not opened", &why(&reply));
                reply
            }
        };
        let Self { id, means, alive, .. } = self;
        // Before the message: it wakes the loop, which may be waiting for this alone to leave.
        drop(alive);
        means.post.send(Message::Shell(id, reply)).await;
    }

    async fn tell(&self, reply: ShellReply) {
        self.means.post.send(Message::Shell(self.id, reply)).await;
    }

    async fn open(&self) -> Result<(exec::Session, Place), ShellReply> {
        let place = &self.wanted.place;
        match self.wanted.what {
            What::Shell => {
                self.ask(Access::Exec, place).await?;
                self.stage("opening it").await;
                let session = self.shell(place).await?;
                Ok((session, place.clone()))
            }
            What::Attach { stdin } => {
                self.ask(Access::Attach, place).await?;
                self.stage("attaching").await;
                let session = self.means.writer.attach(place, stdin, self.size).await.map_err(ShellReply::Refused)?;
                Ok((session, place.clone()))
            }
            What::Debug => {
                self.ask(Access::Debug, place).await?;
                self.ask(Access::Exec, place).await?;
                let image = &self.settings.debug_image;
                self.stage(&format!("starting a container of {image}")).await;
                let wanted = DebugWanted {
                    image: image.clone(),
                    files: true,
                    processes: true,
                    life: self.settings.debug_life,
                    patience: PATIENCE,
                };
                let debugger = self.means.writer.debug(place, &wanted).await.map_err(ShellReply::Refused)?;
                self.stage("opening a shell in it").await;
                let session = self.shell(&debugger.place).await?;
                Ok((session, debugger.place))
            }
        }
    }

    async fn shell(&self, place: &Place) -> Result<exec::Session, ShellReply> {
        let wanted = ShellWanted { command: self.settings.command.clone(), size: self.size };
        self.means.writer.shell(place, &wanted).await.map_err(ShellReply::Refused)
    }

    async fn stage(&self, what: &str) {
        self.tell(ShellReply::Stage(what.into())).await;
    }

    /// Whether the user may. Where it could not be asked, the server itself answers.
    async fn ask(&self, access: Access, place: &Place) -> Result<(), ShellReply> {
        match exec::rights(&self.means.cluster, access, place).await {
            Right::Allowed => Ok(()),
            Right::Denied(denied) => Err(ShellReply::Denied(denied)),
            Right::Unknown(why) => {
                tracing::info!(%why, "a right could not be asked for");
                Ok(())
            }
        }
    }

    /// A line of the log, which has the time: what was opened, by whom, on what. Nothing of what is typed or shown.
    fn audit(&self, step: &str, result: &str) {
        let (user, context) = (&*self.means.user, &*self.means.cluster.context);
        let (pod, container) = (&self.wanted.place.pod, &*self.wanted.place.container);
        let verb = self.wanted.what.opening().verb();
        tracing::info!(target: "rolldeck::audit", user, context, verb, %pod, uid = %pod.uid, container, step, result, "opened");
    }
}

/// Waits until the session is given up, and keeps the size that the terminal has by then. What is typed comes once it is open: the
/// screen keeps it until then.
async fn closed(orders: &mut mpsc::Receiver<Order>, resized: &mut Option<Size>) {
    while let Some(order) = orders.recv().await {
        match order {
            Order::Close => return,
            Order::Resize(size) => *resized = Some(size),
            Order::Input(_) | Order::Look(_) => {}
        }
    }
}

fn why(reply: &ShellReply) -> Clean {
    match reply {
        ShellReply::Denied(denied) => denied.words(),
        ShellReply::Refused(refused) => Refused::to_string(refused).into(),
        ShellReply::Ended(end) => End::words(end),
        _ => Clean::default(),
    }
}
