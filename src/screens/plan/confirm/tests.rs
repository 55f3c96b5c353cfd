//! What the last question takes as an answer.

use super::*;
use crate::Mouse;

fn keys(confirm: &mut Confirm, script: &str) -> Answer {
    let mut answer = Answer::Open;
    for word in script.split_whitespace() {
        assert_eq!(answer, Answer::Open, "{word} came after the answer");
        answer = confirm.key(word.parse().unwrap());
    }
    answer
}

fn of(count: usize) -> Confirm {
    Confirm::new("Release?".into(), Vec::new(), "Release", count)
}

#[test]
fn a_press_cancels_and_never_starts() {
    let confirm = of(6);
    let press = |column, row| confirm.press(Mouse { click: crate::Click::Press, column, row });
    let hits: Vec<_> =
        (0..24).flat_map(|y| (0..80).map(move |x| (x, y))).filter(|(x, y)| press(*x, *y) != Answer::Open).collect();
    assert_eq!(hits.len(), 10, "{hits:?}");
    assert!(hits.iter().all(|(x, y)| press(*x, *y) == Answer::Cancel));
}

#[test]
fn enter_alone_never_starts() {
    assert_eq!(keys(&mut of(1), "enter"), Answer::Cancel);
    assert_eq!(keys(&mut of(6), "enter"), Answer::Cancel);
}

#[test]
fn one_app_takes_a_move_and_enter() {
    assert_eq!(keys(&mut of(1), "tab enter"), Answer::Go);
    assert_eq!(keys(&mut of(1), "right enter"), Answer::Go);
    assert_eq!(keys(&mut of(1), "tab tab enter"), Answer::Cancel);
    assert_eq!(keys(&mut of(1), "1 enter"), Answer::Cancel);
}

#[test]
fn several_apps_take_their_number() {
    assert_eq!(keys(&mut of(6), "6 enter"), Answer::Go);
    assert_eq!(keys(&mut of(12), "1 2 tab enter"), Answer::Go);
    assert_eq!(keys(&mut of(6), "tab tab enter"), Answer::Open);
    assert_eq!(keys(&mut of(6), "5 enter"), Answer::Open);
    assert_eq!(keys(&mut of(6), "5 enter enter"), Answer::Open);
    assert_eq!(keys(&mut of(6), "5 enter backspace 6 enter"), Answer::Go);
    assert_eq!(keys(&mut of(6), "6 esc"), Answer::Cancel);
}

#[test]
fn a_long_body_scrolls_to_its_end_and_no_further() {
    let body = (0..40).map(|n| (Scope::Warn, format!("warning {n}"))).collect();
    let mut confirm = Confirm::new("Release?".into(), body, "Release", 6);
    confirm.resize((80, 21));
    keys(&mut confirm, "pgdn pgdn pgdn pgdn pgdn pgdn pgdn pgdn");
    let end = confirm.scroll;
    assert_eq!(end, 40 - (21 - confirm.chrome()));
    keys(&mut confirm, "up");
    assert_eq!(confirm.scroll, end - 1);
}

#[test]
fn letters_and_held_modifiers_mean_nothing() {
    assert_eq!(keys(&mut of(6), "i y a ctrl-s ctrl-m u space"), Answer::Open);
    assert_eq!(keys(&mut of(6), "i y space enter"), Answer::Cancel);
}

#[test]
fn a_guarded_place_takes_its_name_and_nothing_else() {
    let of = |count| of(count).typing("the namespace", "prod".into());
    assert_eq!(keys(&mut of(1), "tab enter"), Answer::Open);
    assert_eq!(keys(&mut of(6), "6 enter"), Answer::Open);
    assert_eq!(keys(&mut of(1), "tab tab enter enter enter tab enter"), Answer::Open);
    assert_eq!(keys(&mut of(6), "p r o d 2 enter"), Answer::Open);
    assert_eq!(keys(&mut of(6), "p r o d enter"), Answer::Go);
    assert_eq!(keys(&mut of(1), "p r o d tab enter"), Answer::Go);
    assert_eq!(keys(&mut of(1), "p r o d esc"), Answer::Cancel);
}

#[test]
fn what_is_grave_is_asked_twice_and_the_second_time_a_word_is_typed() {
    let of = |count| of(count).then(vec![(Scope::Warn, "nothing will run".into())], "zero");
    assert_eq!(keys(&mut of(1), "tab enter tab enter"), Answer::Open);
    assert_eq!(keys(&mut of(6), "6 enter 6 enter"), Answer::Open);
    assert_eq!(keys(&mut of(6), "6 enter enter"), Answer::Cancel);
    assert_eq!(keys(&mut of(6), "6 enter z e r o enter"), Answer::Go);
    let mut first = of(6);
    keys(&mut first, "6");
    assert!(!first.lines().iter().any(|(_, text)| text.contains("nothing will run")));
}
