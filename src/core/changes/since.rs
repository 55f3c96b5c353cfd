//! How far back to look, as people write it.

use chrono::{FixedOffset, TimeDelta, TimeZone};

use crate::Time;

/// Reads `14:00` (the last time that it was so, where the operator is), `30m`, `2h`, `1d`, each with or without `since:`.
///
/// # Errors
/// It is neither; says what would be.
pub fn since(text: &str, now: Time, offset: FixedOffset) -> Result<Time, String> {
    let text = text.trim();
    let text = text.strip_prefix("since:").unwrap_or(text);
    let bad = || format!("\"{text}\" is no time to look back to: write 14:00, 30m, 2h or 1d");
    if let Some((hours, minutes)) = text.split_once(':') {
        let (hours, minutes) = (hours.parse().map_err(|_| bad())?, minutes.parse().map_err(|_| bad())?);
        let day = now.with_timezone(&offset).date_naive();
        let time = day.and_hms_opt(hours, minutes, 0).ok_or_else(bad)?;
        let at = offset.from_local_datetime(&time).single().ok_or_else(bad)?.to_utc();
        return Ok(if at > now { at - TimeDelta::days(1) } else { at });
    }
    let unit = text.chars().last().ok_or_else(bad)?;
    let number: i64 = text[..text.len() - unit.len_utf8()].parse().map_err(|_| bad())?;
    let delta = match unit {
        'm' => TimeDelta::try_minutes(number),
        'h' => TimeDelta::try_hours(number),
        'd' => TimeDelta::try_days(number),
        _ => None,
    };
    let at = delta.filter(|_| number > 0).and_then(|delta| now.checked_sub_signed(delta));
    at.filter(|at| at.timestamp() > 0).ok_or_else(bad)
}
