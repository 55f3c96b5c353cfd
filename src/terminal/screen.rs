//! Frames onto the terminal: one in flight, the next compared with the last one written.

use std::io::{self, Write};

use ratatui::{Frame, Terminal, layout::Size};

use super::{canvas::Canvas, colour::Depth, frames::Frames};

/// A drawing surface over a sink that may block.
///
/// A frame is drawn only while none is on its way. So what ratatui compares a frame with is what was really written, frames
/// that nobody would see are never made, and a terminal that does not read costs the memory of one frame.
pub struct Screen {
    terminal: Terminal<Canvas>,
    frames: Frames,
}

impl Screen {
    /// A cleared screen of so many columns and rows, over a terminal with so many colours.
    pub fn new((columns, rows): (u16, u16), depth: Depth, sink: impl Write + Send + 'static) -> Self {
        let Ok(terminal) = Terminal::new(Canvas::new(Size::new(columns, rows), depth));
        Self { terminal, frames: Frames::new(sink) }
    }

    /// Whether a frame is on its way: [`Self::draw`] would do nothing.
    pub fn busy(&self) -> bool {
        self.frames.busy()
    }

    /// Draws what changed since the last frame. Returns whether this was possible: not while one is on its way.
    pub fn draw(&mut self, render: impl FnOnce(&mut Frame)) -> bool {
        if self.busy() {
            return false;
        }
        let Ok(_) = self.terminal.draw(render);
        if let Some(bytes) = self.terminal.backend_mut().take() {
            self.frames.send(bytes);
        }
        true
    }

    /// Hands bytes that show nothing to the terminal, before the next frame.
    pub fn pass(&mut self, bytes: &[u8]) {
        self.terminal.backend_mut().pass(bytes);
    }

    /// The terminal has another size now: the next frame is drawn whole.
    pub fn resize(&mut self, (columns, rows): (u16, u16)) {
        self.terminal.backend_mut().resize(Size::new(columns, rows));
        self.repaint();
    }

    /// What the terminal shows is not known any more: the next frame is drawn whole.
    pub fn repaint(&mut self) {
        let Ok(size) = self.terminal.size();
        let Ok(()) = self.terminal.resize(size.into());
    }

    /// Waits until the frame on its way is written; for ever while there is none. Safe to drop and call again.
    ///
    /// # Errors
    /// Any of the sink's: the terminal is gone.
    pub async fn written(&mut self) -> io::Result<()> {
        self.frames.written().await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, mpsc};

    use ratatui::{
        style::{Color, Style},
        widgets::Paragraph,
    };

    use super::*;

    /// A terminal that reads only when it is told to.
    struct Sluggish {
        go: mpsc::Receiver<()>,
        shown: Arc<Mutex<vt100::Parser>>,
        writes: Arc<Mutex<usize>>,
    }

    impl Write for Sluggish {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.go.recv().map_err(|_| io::ErrorKind::BrokenPipe)?;
            self.shown.lock().unwrap().process(bytes);
            *self.writes.lock().unwrap() += 1;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Rig {
        screen: Screen,
        read: mpsc::Sender<()>,
        shown: Arc<Mutex<vt100::Parser>>,
        writes: Arc<Mutex<usize>>,
    }

    fn rig() -> Rig {
        let (read, go) = mpsc::channel();
        let shown = Arc::new(Mutex::new(vt100::Parser::new(3, 20, 0)));
        let writes = Arc::new(Mutex::new(0));
        let sink = Sluggish { go, shown: shown.clone(), writes: writes.clone() };
        Rig { screen: Screen::new((20, 3), Depth::Sixteen, sink), read, shown, writes }
    }

    impl Rig {
        fn draw(&mut self, text: &str) -> bool {
            self.screen.draw(|frame| frame.render_widget(Paragraph::new(text), frame.area()))
        }

        async fn read(&mut self) {
            self.read.send(()).unwrap();
            self.screen.written().await.unwrap();
        }

        fn contents(&self) -> String {
            self.shown.lock().unwrap().screen().contents().trim_end().to_owned()
        }
    }

    #[tokio::test]
    async fn while_the_terminal_does_not_read_frames_are_skipped_and_the_newest_is_shown_when_it_does() {
        let mut rig = rig();
        assert!(rig.draw("first frame"));
        for n in 0..1000 {
            assert!(!rig.draw(&format!("frame {n} in between")), "one frame only is in flight");
        }
        rig.read().await;
        assert_eq!(rig.contents(), "first frame");
        assert!(rig.draw("the last"));
        rig.read().await;
        assert_eq!(rig.contents(), "the last");
        assert_eq!(*rig.writes.lock().unwrap(), 2);
    }

    #[tokio::test]
    async fn a_frame_that_looks_like_the_last_one_writes_nothing() {
        let mut rig = rig();
        rig.draw("same");
        rig.read().await;
        assert!(rig.draw("same"));
        assert!(!rig.screen.busy());
        assert_eq!(*rig.writes.lock().unwrap(), 1);
    }

    #[tokio::test]
    async fn what_is_handed_on_goes_before_the_next_frame_even_where_that_shows_nothing_new() {
        let mut rig = rig();
        rig.draw("same");
        rig.read().await;
        rig.screen.pass(b"\x1b[3;1Haside");
        assert!(rig.draw("same") && rig.screen.busy());
        rig.read().await;
        assert!(rig.contents().ends_with("aside"));
        assert!(rig.draw("same") && !rig.screen.busy(), "once");
    }

    #[tokio::test]
    async fn after_a_resize_the_frame_is_drawn_whole() {
        let mut rig = rig();
        rig.draw("line");
        rig.read().await;
        rig.shown.lock().unwrap().process(b"\x1b[2Jrubbish");
        rig.screen.resize((18, 3));
        rig.draw("line");
        rig.read().await;
        assert_eq!(rig.contents(), "line");
    }

    #[tokio::test]
    async fn a_cursor_that_alone_moves_is_written() {
        let mut rig = rig();
        let at = |x| move |frame: &mut Frame| frame.set_cursor_position((x, 1));
        rig.screen.draw(at(3));
        rig.read().await;
        rig.screen.draw(at(4));
        assert!(rig.screen.busy());
        rig.read().await;
        let shown = rig.shown.lock().unwrap();
        assert_eq!((shown.screen().cursor_position(), shown.screen().hide_cursor()), ((1, 4), false));
    }

    #[tokio::test]
    async fn colours_that_the_terminal_does_not_have_are_not_asked_of_it() {
        let mut rig = rig();
        let red = Style::new().fg(Color::Rgb(250, 5, 5)).bg(Color::Indexed(46));
        rig.screen.draw(|frame| frame.render_widget(Paragraph::new("x").style(red), frame.area()));
        rig.read().await;
        let shown = rig.shown.lock().unwrap();
        let cell = shown.screen().cell(0, 0).unwrap();
        assert_eq!((cell.fgcolor(), cell.bgcolor()), (vt100::Color::Idx(9), vt100::Color::Idx(10)));
    }

    #[tokio::test]
    async fn a_terminal_that_is_gone_is_an_error_not_a_hang() {
        let Rig { mut screen, read, .. } = rig();
        drop(read);
        screen.draw(|frame| frame.render_widget(Paragraph::new("x"), frame.area()));
        assert!(screen.written().await.is_err());
    }
}
