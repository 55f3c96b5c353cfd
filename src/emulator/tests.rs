//! Bytes as programs write them, and bytes as nobody does.

use proptest::prelude::*;
use rolldeck_core::shell::{Colour, Grid, Modes, MouseMode, Paint, Size};
use rstest::rstest;

use crate::{Emulator, View};

const SIZE: Size = Size { cols: 20, rows: 5 };

fn shown(bytes: &str) -> Emulator {
    let mut emulator = Emulator::new(SIZE, 100);
    emulator.feed(bytes.as_bytes());
    emulator
}

#[rstest]
#[case::plain("one\r\ntwo", "one\ntwo")]
#[case::overwritten("12345\rab", "ab345")]
#[case::moved("\x1b[2;3Hx", "\n  x")]
#[case::cleared("gone\x1b[2J\x1b[Hhere", "here")]
#[case::cleared_to_the_end("abcdef\x1b[3D\x1b[K", "abc")]
#[case::line_drawing("\x1b(0lqk\x1b(Bq", "┌─┐q")]
#[case::repeated("-\x1b[4b|", "-----|")]
#[case::inserted("ad\x1b[D\x1b[4hbc\x1b[4l", "abcd")]
#[case::deleted("abcd\x1b[3D\x1b[2P", "ad")]
#[case::scrolled_in_a_region("1\r\n2\r\n3\r\n4\x1b[2;3r\x1b[3;1H\n\x1b[r", "1\n3\n\n4")]
#[case::lines_inserted("1\r\n2\x1b[1;1H\x1b[L0", "0\n1\n2")]
#[case::tabs("a\tb", "a       b")]
#[case::wrapped("abcdefghijklmnopqrstuv", "abcdefghijklmnopqrst\nuv")]
#[case::wide("日本語 prompt$ ", "日本語 prompt$")]
#[case::marks("e\u{301}x", "e\u{301}x")]
#[case::saved_and_restored("ab\x1b7\x1b[5;5Hcd\x1b8ef", "abef\n\n\n\n    cd")]
fn programs_draw_as_they_mean_to(#[case] bytes: &str, #[case] wanted: &str) {
    assert_eq!(shown(bytes).grid().text(), wanted);
}

#[test]
fn the_other_screen_leaves_the_first_as_it_was() {
    let mut emulator = shown("$ vi\r\n\x1b[?1049h\x1b[H~ file");
    assert_eq!(emulator.grid().text(), "~ file");
    assert!(emulator.grid().modes.alternate);
    emulator.feed(b"\x1b[?1049l");
    assert_eq!(emulator.grid().text(), "$ vi");
}

#[rstest]
#[case("\x1b[31mx", Paint { fg: Colour::Indexed(1), ..Paint::default() })]
#[case("\x1b[97;44mx", Paint { fg: Colour::Indexed(15), bg: Colour::Indexed(4), ..Paint::default() })]
#[case("\x1b[38;5;208mx", Paint { fg: Colour::Indexed(208), ..Paint::default() })]
#[case("\x1b[48;2;1;2;3mx", Paint { bg: Colour::Rgb(1, 2, 3), ..Paint::default() })]
#[case("\x1b[1;3;4;7;9mx", Paint { bold: true, italic: true, underline: true, reverse: true, struck: true, ..Paint::default() })]
fn colours_and_looks_are_kept(#[case] bytes: &str, #[case] wanted: Paint) {
    assert_eq!(shown(bytes).grid().rows[0][0].paint, wanted);
}

#[test]
fn what_a_program_asks_of_keys_and_mouse_is_known() {
    let all = "\x1b[?1h\x1b[?2004h\x1b[?1002h\x1b[?1006h";
    let modes = Modes {
        app_cursor: true,
        bracketed_paste: true,
        mouse: MouseMode::Drags,
        sgr_mouse: true,
        wheel_as_arrows: true,
        ..Modes::default()
    };
    assert_eq!(shown(all).grid().modes, modes);
    assert_eq!(shown("\x1b[?1000h").grid().modes.mouse, MouseMode::Clicks);
    assert_eq!(shown("\x1b[?1000h\x1b[?1000l").grid().modes.mouse, MouseMode::None);
}

#[test]
fn wide_characters_keep_the_columns_of_what_follows() {
    let grid = shown("日x").grid();
    let columns: Vec<_> = grid.rows[0].iter().map(|span| (span.column, span.text.to_string())).collect();
    assert_eq!(columns, [(0, "日".to_owned()), (2, "x".to_owned())]);
    assert_eq!(grid.cursor, Some((3, 0)));
}

#[test]
fn what_scrolls_away_is_kept_looked_at_and_bounded() {
    let mut emulator = Emulator::new(SIZE, 10);
    for line in 0..100 {
        emulator.feed(format!("line {line}\r\n").as_bytes());
    }
    assert_eq!(emulator.grid().above, 10);
    emulator.look(View::Top);
    let grid = emulator.grid();
    assert_eq!((grid.line(0).as_str(), grid.back, grid.cursor), ("line 86", 10, None));
    emulator.look(View::Up(-3));
    assert_eq!(emulator.grid().line(0), "line 89");
    emulator.feed(b"more\r\n");
    assert_eq!(emulator.grid().line(0), "line 89", "who looks back is not moved by what comes");
    emulator.look(View::Bottom);
    assert_eq!(emulator.grid().line(3), "more");
}

#[test]
fn a_text_is_found_from_the_newest_line_on_and_around_the_end() {
    let mut emulator = Emulator::new(SIZE, 100);
    for line in 0..30 {
        emulator.feed(format!("row {line} {}\r\n", if line % 10 == 3 { "Fehler 日" } else { "gut" }).as_bytes());
    }
    emulator.search("fehler");
    let hits = emulator.grid().hits.unwrap();
    assert_eq!((hits.lines, hits.at, emulator.grid().back > 0), (3, 3, true));
    emulator.next_hit(true);
    let grid = emulator.grid();
    let hits = grid.hits.as_ref().unwrap();
    let row = hits.shown[0].0;
    assert_eq!((hits.at, grid.line(row).as_str(), hits.shown[0].1.clone()), (2, "row 13 Fehler 日", 7..13));
    emulator.next_hit(true);
    emulator.next_hit(true);
    assert_eq!(emulator.grid().hits.unwrap().at, 3);
    emulator.search("FEHLER");
    assert_eq!(emulator.grid().hits.unwrap().lines, 0);
    emulator.search("");
    assert_eq!(emulator.grid().hits, None);
}

#[test]
fn another_size_wraps_anew_and_loses_nothing() {
    let mut emulator = shown("abcdefghijklmnopqrst\r\n$ ");
    emulator.resize(Size { cols: 10, rows: 5 });
    assert_eq!(emulator.text(), "abcdefghij\nklmnopqrst\n$");
    emulator.resize(SIZE);
    assert_eq!(emulator.text(), "abcdefghijklmnopqrst\n$");
}

#[test]
fn an_update_that_is_held_is_shown_as_a_whole_or_when_patience_ends() {
    let mut emulator = shown("\x1b[?2026hnew");
    assert!(emulator.holds());
    assert_eq!(emulator.grid().text(), "");
    emulator.release();
    assert!(!emulator.holds());
    assert_eq!(emulator.grid().text(), "new");
}

/// Bytes that look like a terminal's, and any others.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => "[ -~]{0,12}".prop_map(String::into_bytes),
        4 => "\x1b\\[[?>=]?[0-9;:]{0,9}[ !$'\"]?[@-~]".prop_map(String::into_bytes),
        2 => "\x1b[ -/]?[0-~]".prop_map(String::into_bytes),
        2 => "[\x08-\x0f]{1,4}".prop_map(String::into_bytes),
        2 => "[日本é\u{301}\u{200d}👩\u{202e}ก็]{1,6}".prop_map(String::into_bytes),
        1 => "\x1b[\\]PX^_][ -~]{0,20}(\x07|\x1b\\\\)?".prop_map(String::into_bytes),
        2 => proptest::collection::vec(any::<u8>(), 0..20),
    ];
    proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn size() -> impl Strategy<Value = Size> {
    (0_u16..50, 0_u16..20).prop_map(|(cols, rows)| Size { cols, rows })
}

/// What holds of a grid, whatever came.
fn sound(emulator: &Emulator) {
    let grid = emulator.grid();
    assert_eq!(grid.rows.len(), usize::from(grid.size.rows));
    assert!(grid.above <= 50);
    for span in grid.rows.iter().flatten() {
        assert!(span.column < grid.size.cols);
        assert!(!span.text.chars().any(char::is_control), "{span:?}");
    }
    if let Some((column, row)) = grid.cursor {
        assert!(column < grid.size.cols && row < grid.size.rows);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_and_no_sizes_break_it(steps in proptest::collection::vec((bytes(), size(), -40_i32..40), 1..8)) {
        let mut emulator = Emulator::new(SIZE, 50);
        for (bytes, size, lines) in steps {
            emulator.feed(&bytes);
            sound(&emulator);
            emulator.look(View::Up(lines));
            emulator.search("a");
            emulator.next_hit(lines > 0);
            sound(&emulator);
            emulator.resize(size);
            emulator.release();
            sound(&emulator);
            emulator.text();
        }
    }

    #[test]
    fn where_blocks_are_cut_changes_nothing(bytes in bytes(), cut in 0_usize..300) {
        let cut = cut.min(bytes.len());
        let (mut whole, mut pieces) = (Emulator::new(SIZE, 50), Emulator::new(SIZE, 50));
        whole.feed(&bytes);
        pieces.feed(&bytes[..cut]);
        pieces.feed(&bytes[cut..]);
        whole.release();
        pieces.release();
        prop_assert_eq!(whole.grid(), pieces.grid());
    }
}

#[test]
fn a_terminal_without_any_size_keeps_its_margins_and_its_cursor_inside() {
    let spaces = b"              \n  A 0 0";
    let margins = b"\x1b[2:r 0aA00a0a";
    let mut emulator = Emulator::new(SIZE, 50);
    for (bytes, rows) in [(&b"A"[..], 0), (spaces, 4), (margins, 0)] {
        emulator.feed(bytes);
        sound(&emulator);
        emulator.resize(Size { cols: 0, rows });
        emulator.release();
        sound(&emulator);
    }
}

/// What real programs wrote to a terminal of 80 columns and 24 rows, with UTF-8.
const SEEDS: [(&str, &[u8]); 3] = [
    ("less", include_bytes!("seeds/less.bin")),
    ("vim", include_bytes!("seeds/vim.bin")),
    ("tmux", include_bytes!("seeds/tmux.bin")),
];

/// The screen before the program gave it back.
fn before_the_end(bytes: &[u8]) -> Grid {
    let end = bytes.windows(8).rposition(|window| window == b"\x1b[?1049l").expect("the end of the other screen");
    let mut emulator = Emulator::new(Size { cols: 80, rows: 24 }, 100);
    emulator.feed(&bytes[..end]);
    emulator.release();
    emulator.grid()
}

#[test]
fn real_programs_look_as_they_do_in_any_terminal() {
    let less = before_the_end(SEEDS[0].1);
    assert!(less.text().contains("line 日本 180"), "{}", less.text());
    let vim = before_the_end(SEEDS[1].1);
    assert_eq!(vim.line(0).trim(), "1 Hello 世界line 日本 2", "{}", vim.text());
    assert_eq!(vim.line(1).trim(), "2 line 日本 3");
    let mut tmux = Emulator::new(Size { cols: 80, rows: 24 }, 100);
    let with_a_status_line = SEEDS[2].1.chunks(200).any(|block| {
        tmux.feed(block);
        let text = tmux.grid().text();
        text.contains("line 日本 1") && text.contains("[0] 0:")
    });
    assert!(with_a_status_line);
}

#[test]
fn what_real_programs_wrote_breaks_nothing_at_any_size_and_any_cut() {
    for (_, bytes) in SEEDS {
        for size in [Size { cols: 1, rows: 1 }, Size { cols: 7, rows: 3 }, Size { cols: 200, rows: 60 }] {
            let mut emulator = Emulator::new(SIZE, 50);
            for (n, block) in bytes.chunks(61).enumerate() {
                emulator.feed(block);
                emulator.resize(if n % 5 == 4 { size } else { SIZE });
                sound(&emulator);
            }
        }
    }
}
