//! Marks, the selection, the mouse.

use super::stage::*;

#[test]
fn the_selection_the_marked_lines_or_the_line_is_copied() {
    let copied = |stage: &Stage| copied(stage).expect("something was copied");
    let mut stage = filled(SMALL);
    stage.keys("c");
    assert_eq!(copied(&stage), "GET /health 200");
    stage.keys("m [ g m").shows("2 marked");
    stage.keys("c");
    assert_eq!(copied(&stage), "level=info msg=\"started\" port=8080 env=prod\nGET /health 200");
    stage.keys("] ctrl-\\ ctrl-space k").shows("2 lines selected");
    stage.keys("c");
    assert!(copied(&stage).starts_with("DEBUG a long") && copied(&stage).ends_with("\nGET /health 200"));
    stage.keys("esc").hides("selected").shows("Logs of");
}

#[test]
fn every_line_that_is_shown_is_marked_at_once() {
    let mut stage = filled(WIDE);
    stage.keys("l l l");
    settle(&mut stage);
    stage.keys("*").shows("2 marked");
    stage.keys("l ctrl-\\").hides(" marked");
}

#[test]
fn the_mouse_puts_the_cursor_and_the_wheel_moves() {
    let mut stage = filled(WIDE);
    stage.mouse(Click::Press, 20, stage.row("cache is cold")).shows("▸ ▽订单-z level=warn");
    stage.mouse(Click::WheelDown, 20, 20).shows("▸ ▲b7c1q  订单服务已启动");
}

fn copied(stage: &Stage) -> Option<String> {
    stage.effects.iter().rev().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text.clone()),
        _ => None,
    })
}

#[test]
fn what_the_mouse_is_drawn_over_is_selected_and_copied_when_it_is_let_go() {
    let mut stage = filled(WIDE);
    let (from, to) = (stage.row("cache is cold"), stage.row("订单服务已启动"));
    stage.mouse(Click::Press, 20, from).mouse(Click::Drag, 25, from).hides("selected");
    stage.mouse(Click::Drag, 30, to).shows("4 lines selected");
    assert_eq!(copied(&stage), None);
    stage.mouse(Click::Release, 30, to).shows("copied 4 lines").shows("4 lines selected");
    let text = copied(&stage).expect("the lines");
    assert!(text.starts_with("level=warn") && text.ends_with("端口 8080"), "{text}");
    stage.mouse(Click::Press, 20, from).mouse(Click::Release, 20, from).hides("selected");
    assert_eq!(stage.effects.iter().filter(|effect| matches!(effect, Effect::Copy(_))).count(), 1);
}

#[test]
fn a_selection_that_is_drawn_out_of_the_lines_goes_on_beyond_them() {
    let mut stage = live(SMALL);
    let texts: Vec<String> = (0..40).map(|n| format!("line {n:02}")).collect();
    let lines: Vec<Said> = texts.iter().map(|text| plain(1, text)).collect();
    say(&mut stage, Told::Lines(block(&lines)));
    stage.hides("line 10");
    stage.mouse(Click::Press, 20, stage.row("line 39"));
    for _ in 0..32 {
        stage.mouse(Click::Drag, 20, 0);
    }
    stage.shows("33 lines selected").shows("line 07");
    for _ in 0..33 {
        stage.mouse(Click::Drag, 20, 23);
    }
    stage.shows("1 line selected").shows("line 39");
}

#[test]
fn shift_and_an_arrow_select_on_from_the_cursor() {
    let mut stage = filled(WIDE);
    stage.keys("shift-up shift-up").shows("3 lines selected");
    stage.keys("shift-down").shows("2 lines selected");
    stage.keys("c");
    assert!(copied(&stage).is_some_and(|text| text.ends_with("\nGET /health 200")));
    stage.keys("esc").hides("selected");
}
