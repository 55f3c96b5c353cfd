//! From one context to another, and a new login under the present one: what the terminal is lent for.

use rolldeck_cluster::connect::{ConnectError, Options, connect, contexts};
use rolldeck_core::text::Clean;
use rolldeck_screens::Message;

use super::{
    console::{Console, LAST_FRAME, RunError, clock},
    desk::Desk,
    login::{Lent, lend},
};
use crate::terminal::{Input, Session};

impl Console {
    /// Tells which contexts there are.
    pub(super) async fn tell_contexts(&mut self) -> Result<(), RunError> {
        let read = contexts(&self.options).map_err(|error| first_line(&error));
        Box::pin(self.take(Message::Contexts(read))).await
    }

    /// Tells the desk that is shown what waits at the others.
    pub(super) async fn tell_parked(&mut self) -> Result<(), RunError> {
        let parked = self.parked.iter().map(|desk| desk.state.parked()).collect();
        Box::pin(self.take(Message::Parked(parked))).await
    }

    /// Goes to another context: what was parked there comes back, else a connection is made.
    pub(super) async fn switch(&mut self, name: Clean) -> Result<(), RunError> {
        if name == self.desk.context {
            return self.take(Message::Note(false, format!("already in {name}").into())).await;
        }
        if let Some(at) = self.parked.iter().position(|desk| desk.context == name) {
            let desk = self.parked.remove(at);
            return self.show(desk, true).await;
        }
        // -n named the namespaces of the first context.
        let options = Options { context: Some(name.to_string()), namespaces: Vec::new(), ..self.options.clone() };
        let said = format!("connecting to {name}");
        let Some(connected) = self.lend(&said, connect(&options)).await? else { return Ok(()) };
        self.desks += 1;
        let desk = Desk::new(self.desks, connected, &self.config, &self.post, self.size);
        self.show(desk, false).await
    }

    /// Shows a desk in the place of the present one, which is parked.
    async fn show(&mut self, desk: Desk, again: bool) -> Result<(), RunError> {
        self.desk.park();
        let left = std::mem::replace(&mut self.desk, desk);
        let parked = left.state.parked();
        self.parked.push(left);
        let (columns, rows) = self.size;
        self.take(Message::Resize(columns, rows)).await?;
        let effects = if again { self.desk.state.resume() } else { self.desk.state.start() };
        self.carry_out(effects).await?;
        self.tell_parked().await?;
        if !parked.holds.is_empty() {
            let note = format!("parked {}: {}", parked.context, parked.holds);
            self.take(Message::Note(false, note.into())).await?;
        }
        Ok(())
    }

    /// Logs in anew under the connection that is shown.
    pub(super) async fn log_in(&mut self) -> Result<(), RunError> {
        let login = self.desk.runners.login();
        if let Some(user) = self.lend("logging in again", login.again()).await? {
            self.desk.runners.restart(&user);
            self.take(Message::LoggedIn(user)).await?;
        }
        Ok(())
    }

    /// Lends the terminal to `work`. What came of it, if it went well; else that is said, or the program leaves.
    async fn lend<T>(
        &mut self,
        said: &str,
        work: impl Future<Output = Result<T, ConnectError>>,
    ) -> Result<Option<T>, RunError> {
        let _ = tokio::time::timeout(LAST_FRAME, self.screen.written()).await;
        self.input.close().await;
        self.session = None;
        let outcome = lend(said, work, &mut self.signals).await;
        self.session = Some(Session::take(self.config.mouse)?);
        self.input = Input::new(false);
        self.screen.repaint();
        if let Some(size) = self.session.as_ref().and_then(|session| session.size().ok()) {
            self.take(Message::Resize(size.0, size.1)).await?;
        }
        // The time that it was lent for has passed: what is typed from now on is counted from now.
        self.take(Message::Clock(clock())).await?;
        self.take(Message::Restored).await?;
        match outcome {
            Lent::Done(done) => return Ok(Some(done)),
            // The rest of the message stood on the terminal, and stays there.
            Lent::Failed(error) => self.take(Message::Note(true, first_line(&error))).await?,
            Lent::GivenUp => self.take(Message::Note(true, format!("given up: {said}").into())).await?,
            Lent::Ended => self.leave(),
        }
        Ok(None)
    }
}

fn first_line(error: &ConnectError) -> Clean {
    Clean::new(error.to_string().lines().next().unwrap_or_default())
}
