//! Folds, jumps and searches.

use super::*;
use crate::Code;

/// Two spaces of indent a level; a line heads what is deeper after it.
fn document(text: &str) -> Document {
    let all: Vec<&str> = text.lines().collect();
    let depth = |line: &str| line.len() - line.trim_start().len();
    let end = |n: usize| (n + 1..all.len()).find(|&later| depth(all[later]) <= depth(all[n])).unwrap_or(all.len());
    let lines = all.iter().enumerate().map(|(n, line)| Line {
        key: key(line),
        end: end(n),
        section: depth(line) == 0,
        text: (*line).into(),
        tints: Box::default(),
        about: None,
    });
    let mut document = Document::default();
    document.resize((40, 4));
    document.set(lines.collect());
    document
}

fn shown(document: &Document) -> Vec<&str> {
    document.shown.iter().map(|&n| document.lines[n].text.trim()).collect()
}

const TREE: &str = "a\n  b\n    c\n  d\ne\n  c2";

#[test]
fn a_fold_hides_what_the_line_heads_and_a_leaf_folds_what_it_stands_in() {
    let mut document = document(TREE);
    document.command(Command::Down);
    document.command(Command::Down);
    document.command(Command::Fold);
    assert_eq!(shown(&document), ["a", "b", "d", "e", "c2"]);
    assert_eq!(document.copied(), "  b\n    c\n");
    document.command(Command::Top);
    assert_eq!(document.copied(), format!("{TREE}\n"));
    document.command(Command::FoldAll);
    assert_eq!(shown(&document).len(), 6);
    document.command(Command::FoldAll);
    assert_eq!(shown(&document), ["a", "e"]);
}

#[test]
fn a_search_opens_the_fold_that_hides_its_match_and_goes_round() {
    let mut document = document(TREE);
    document.command(Command::FoldAll);
    document.command(Command::Filter);
    "C".chars().for_each(|_| document.key("c".parse().expect("a key")));
    assert_eq!(
        (document.current().map(|line| line.text.trim()), document.matches().as_str()),
        (Some("c"), "1 of 2 lines match")
    );
    document.key(Key { code: Code::Enter, ..document_key() });
    document.command(Command::Next);
    assert_eq!(document.current().map(|line| line.text.trim()), Some("c2"));
    document.command(Command::Next);
    assert_eq!(document.current().map(|line| line.text.trim()), Some("c"));
    document.command(Command::Prior);
    assert_eq!(document.matches(), "2 of 2 lines match");
    assert!(document.takes_back());
    document.command(Command::Back);
    assert!(!document.takes_back());
}

fn document_key() -> Key {
    "enter".parse().expect("a key")
}

#[test]
fn other_lines_leave_the_cursor_and_the_folds_where_they_were() {
    let mut one = document(TREE);
    one.command(Command::Section);
    one.command(Command::Fold);
    let two = document(&format!("new\n  x\n{TREE}"));
    one.set(two.lines.clone());
    assert_eq!(shown(&one), ["new", "x", "a", "b", "c", "d", "e"]);
    assert_eq!(one.current().map(|line| &*line.text), Some("e"));
    one.command(Command::SectionBack);
    assert_eq!(one.current().map(|line| &*line.text), Some("a"));
}
