//! Durations as kubectl writes them: those of Go, or a plain number of seconds.

use std::time::Duration;

/// Reads `30`, `30s`, `1m30s`, `500ms`. `0` is no limit.
pub fn timeout(text: &str) -> Result<Duration, String> {
    parse(text).ok_or_else(|| format!("\"{text}\" is no duration: write 30s, 1m30s or 500ms; 0 is no limit"))
}

fn parse(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let (mut rest, mut total) = (text, Duration::ZERO);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let count: u32 = rest[..digits].parse().ok()?;
        let unit_ends = rest[digits..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |n| digits + n);
        let unit = match &rest[digits..unit_ends] {
            "ms" => Duration::from_millis(1),
            "s" => Duration::from_secs(1),
            "m" => Duration::from_mins(1),
            "h" => Duration::from_hours(1),
            _ => return None,
        };
        total = total.checked_add(unit.checked_mul(count)?)?;
        rest = &rest[unit_ends..];
    }
    (!text.is_empty()).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_written_as_for_kubectl() {
        let seconds = |text| timeout(text).map(|duration| duration.as_secs_f64());
        assert_eq!(seconds("0"), Ok(0.0));
        assert_eq!(seconds("30"), Ok(30.0));
        assert_eq!(seconds("1m30s"), Ok(90.0));
        assert_eq!(seconds("2h"), Ok(7200.0));
        assert_eq!(seconds("500ms"), Ok(0.5));
        for bad in ["", "s", "-3s", "3 s", "3d", "s3"] {
            assert!(timeout(bad).is_err(), "{bad}");
        }
    }
}
