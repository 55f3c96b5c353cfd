use chrono::FixedOffset;
use rstest::rstest;

use super::*;
use crate::batch::past::When;

/// 15:00:00 where the operator is, an hour east of Greenwich.
fn read(text: &str) -> Result<When, String> {
    When::parse(text, at(7_200), FixedOffset::east_opt(3600).unwrap()).map_err(|why| why.to_string())
}

#[rstest]
#[case("14:05", "2026-11-22T13:05:00Z")]
#[case(" 14:05:30 ", "2026-11-22T13:05:30Z")]
#[case("today 14:05", "2026-11-22T13:05:00Z")]
#[case("14:05 today", "2026-11-22T13:05:00Z")]
#[case("yesterday 14:05", "2026-11-21T13:05:00Z")]
#[case("Yesterday 14:05", "2026-11-21T13:05:00Z")]
#[case("2026-11-20 14:05", "2026-11-20T13:05:00Z")]
#[case("2026-11-20T14:05:07", "2026-11-20T13:05:07Z")]
#[case("2026-11-22T14:05:00+02:00", "2026-11-22T12:05:00Z")]
#[case("2026-11-22T12:05:00Z", "2026-11-22T12:05:00Z")]
#[case("20 minutes ago", "2026-11-22T13:40:00Z")]
#[case("2h ago", "2026-11-22T12:00:00Z")]
#[case("an hour ago", "2026-11-22T13:00:00Z")]
#[case("1h30m", "2026-11-22T12:30:00Z")]
#[case("1 hour and 30 minutes ago", "2026-11-22T12:30:00Z")]
#[case("2 days ago", "2026-11-20T14:00:00Z")]
fn a_time_is_read_as_people_write_it(#[case] text: &str, #[case] means: &str) {
    assert_eq!(read(text), Ok(When::At { at: means.parse().unwrap(), note: "".into() }));
}

#[test]
fn a_time_of_day_that_is_still_to_come_is_yesterdays_and_that_is_said() {
    let Ok(When::At { at: yesterday, note }) = read("15:30") else { panic!("not read") };
    assert_eq!(yesterday, "2026-11-21T14:30:00Z".parse::<Time>().unwrap());
    assert_eq!(&*note, "15:30 today is still to come: yesterday's is meant");
}

#[rstest]
#[case("")]
#[case("soon")]
#[case("25:00")]
#[case("2026-11-20")]
#[case("2026-13-20 14:05")]
#[case("0 minutes ago")]
#[case("99999999999999999999 h ago")]
#[case("9999999999 weeks ago")]
#[case("before")]
#[case("before batch a/b")]
#[case("tomorrow 14:05")]
fn an_error_says_what_is_understood(#[case] text: &str) {
    let why = read(text).unwrap_err();
    assert!(why.contains("is no point in time: write 14:05, yesterday 14:05"), "{why}");
}

#[test]
fn what_lies_ahead_is_refused() {
    assert_eq!(read("today 15:30"), Err("today 15:30 lies ahead: write a time that has been".into()));
    assert!(read("2027-01-01 00:00").unwrap_err().contains("lies ahead"));
}

#[test]
fn a_batch_is_named_by_its_name_or_its_beginning_or_end_and_the_last_by_that_word() {
    let batches =
        [found("20261122-120501-k3x9", 300), found("20261122-120601-a7b2", 360), found("20261121-090000-k3x9", -9)];
    let resolve =
        |text: &str| read(text).unwrap().resolve(&batches).map(|moment| (moment.before.unwrap().0, moment.at));
    for text in ["before 20261122-120501-k3x9", "before batch 20261122-1205", "before batch 20261122-120501-k3x9"] {
        assert_eq!(resolve(text), Ok(("20261122-120501-k3x9".to_owned(), at(300))), "{text}");
    }
    for text in ["before the last batch", "before last", "Before A7B2", "before batch a7b2"] {
        assert_eq!(resolve(text), Ok(("20261122-120601-a7b2".to_owned(), at(360))), "{text}");
    }
    let several = resolve("before k3x9").unwrap_err();
    assert!(several.contains("20261122-120501-k3x9, 20261121-090000-k3x9: write more of the name"), "{several}");
    assert!(resolve("before batch 77").unwrap_err().contains("no batch of the history is named 77"));
    assert!(read("before the last batch").unwrap().resolve(&[]).unwrap_err().contains("no batch in the history"));
}
