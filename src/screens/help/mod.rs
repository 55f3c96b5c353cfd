//! The keys of a screen, made from the keymap.

use ratatui::{Frame, buffer::Buffer, layout::Rect};

use crate::{
    Action, Binding, Command, Ctx, Key, Room, Scope, Screen,
    widgets::{
        Scroll,
        text::{put, width},
    },
};

/// The help over a screen.
pub struct Help {
    of: Room,
    scroll: Scroll,
}

/// A line of the help.
enum Line<'a> {
    Title(&'static str),
    Row(String, &'a str),
    Text(&'static str),
    Blank,
}

/// What no keymap says, because fields and the palette take keys as text.
const FIELDS: [&str; 10] = [
    "filter      several terms: all must match; !term must not; \"two words\"; a name in full finds it alone",
    "            status:degraded image:v2.3 ns:qa kind:sts node:a name:web   team=blue team!=blue label:team",
    "            cpu>80% cpu>500m mem>1Gi restarts>3 age<10m ready<100% replicas=0 net>10M disk>80%",
    "            tab completes, up and down recall, enter keeps it, esc clears it; what cannot be read is told",
    "            below, and the filter before it stays in force until it can",
    "palette     \"pods shop\", \"app qa/shop\", \"ns a,b\", \"all\", \"sort-cpu\"; tab completes, down chooses",
    "            up on the empty line brings back what was entered before",
    "fields      ctrl-a ctrl-e ctrl-u ctrl-k ctrl-w as in a shell",
    "dialogs     tab and arrows move the focus, enter presses, esc cancels",
    "mouse       a click puts the cursor, a double click is enter; on a heading it sorts; it confirms nothing",
];

impl Help {
    /// The help for the screen `of`; that of the others comes after it.
    pub fn new(of: Room) -> Self {
        Self { of, scroll: Scroll::default() }
    }

    fn lines<'a>(&self, ctx: &Ctx<'a>) -> Vec<Line<'a>> {
        let mut rooms = vec![self.of, Room::Everywhere];
        rooms.extend(Room::ALL.into_iter().filter(|room| *room != self.of && *room != Room::Everywhere));
        let mut lines = Vec::new();
        for (n, room) in rooms.into_iter().enumerate() {
            let of = |room| ctx.keymap.rows.iter().filter(move |row: &&Binding| row.on == room);
            let first = |key: &Key| n == 1 && of(self.of).any(|row| row.keys.contains(key));
            let rows: Vec<_> = of(room).filter_map(|row| Some(Line::Row(keys(row, first)?, &row.desc))).collect();
            if rows.is_empty() {
                continue;
            }
            lines.push(Line::Title(room.title()));
            lines.extend(rows);
            lines.push(Line::Blank);
            if n == 1 {
                lines.push(Line::Title("While typing"));
                lines.extend(FIELDS.map(Line::Text));
                lines.push(Line::Blank);
            }
        }
        lines.pop();
        lines
    }
}

impl Screen for Help {
    fn room(&self) -> Room {
        Room::Help
    }

    fn title(&self, _ctx: &Ctx) -> String {
        format!("Help: {}", self.of.title())
    }

    fn command(&mut self, ctx: &Ctx, command: Command) -> Vec<Action> {
        let (len, top) = (self.lines(ctx).len(), self.scroll.top);
        self.scroll.pan(command, len);
        // The end of a page's last line is under the count of what is below: the next page begins with that line.
        if command == Command::PageDown && self.scroll.height > 1 && self.scroll.top == top + self.scroll.height {
            self.scroll.pan(Command::Up, len);
        }
        Vec::new()
    }

    fn resize(&mut self, ctx: &Ctx, size: (u16, u16)) {
        let len = self.lines(ctx).len();
        self.scroll.height = size.1.into();
        self.scroll.top = self.scroll.top.min(len.saturating_sub(self.scroll.height));
    }

    fn draw(&self, ctx: &Ctx, frame: &mut Frame, area: Rect) {
        let lines = self.lines(ctx);
        let all = ctx.keymap.rows.iter().filter_map(|row| keys(row, |_| false));
        let keys = all.map(|keys| width(&keys)).max().unwrap_or(0).min(24);
        let visible = self.scroll.visible(lines.len());
        let below = lines.len() - visible.end;
        for (line, y) in lines[visible].iter().zip(area.y..area.bottom()) {
            draw_line(ctx, frame.buffer_mut(), Rect { y, height: 1, ..area }, line, keys);
        }
        if below > 0 {
            let text = format!(" {below} more below ");
            let columns = u16::try_from(width(&text)).unwrap_or(0).min(area.width);
            let x = area.right() - columns;
            put(frame.buffer_mut(), area, x, area.bottom() - 1, &text, ctx.theme.style(Scope::Dim));
        }
    }

    fn hints(&self, _ctx: &Ctx) -> Vec<(Command, &'static str)> {
        vec![(Command::Down, "down"), (Command::Up, "up"), (Command::Back, "back")]
    }
}

/// The keys of a row but for those that mean something else first; `None` where none is left.
fn keys(row: &Binding, means_else: impl Fn(&Key) -> bool) -> Option<String> {
    let keys: Vec<_> = row.keys.iter().filter(|key| !means_else(key)).map(ToString::to_string).collect();
    (!keys.is_empty()).then(|| keys.join(" "))
}

fn draw_line(ctx: &Ctx, buffer: &mut Buffer, area: Rect, line: &Line, columns: usize) {
    let style = |scope| ctx.theme.style(scope);
    match line {
        Line::Title(text) => {
            put(buffer, area, area.x + 1, area.y, text, style(Scope::Heading));
        }
        Line::Row(keys, desc) => {
            put(buffer, area, area.x + 3, area.y, keys, style(Scope::Key));
            let x = area.x + 5 + u16::try_from(columns).unwrap_or(24);
            put(buffer, area, x, area.y, desc, style(Scope::Text));
        }
        Line::Text(text) => {
            put(buffer, area, area.x + 3, area.y, text, style(Scope::Dim));
        }
        Line::Blank => {}
    }
}
