//! Ages in kubectl's words.

use chrono::{DateTime, Utc};
use serde_json::Value;

/// How long ago a time was; `<unknown>` where there is none.
pub fn since(time: &Value, now: DateTime<Utc>) -> String {
    let at = time.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    at.map_or_else(|| "<unknown>".to_owned(), |at| span((now - at.to_utc()).num_seconds()))
}

/// The age of an object.
pub fn of(object: &Value, now: DateTime<Utc>) -> Value {
    since(&object["metadata"]["creationTimestamp"], now).into()
}

/// A span of seconds in two units at most.
pub fn span(seconds: i64) -> String {
    let two = |big: i64, unit: &str, small: i64, under: &str| {
        if small == 0 { format!("{big}{unit}") } else { format!("{big}{unit}{small}{under}") }
    };
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    match seconds {
        ..0 => "0s".to_owned(),
        0..120 => format!("{seconds}s"),
        _ if minutes < 10 => two(minutes, "m", seconds % 60, "s"),
        _ if minutes < 180 => format!("{minutes}m"),
        _ if hours < 8 => two(hours, "h", minutes % 60, "m"),
        _ if hours < 48 => format!("{hours}h"),
        _ if days < 8 => two(days, "d", hours % 24, "h"),
        _ if days < 365 * 2 => format!("{days}d"),
        _ if days < 365 * 8 => two(days / 365, "y", days % 365, "d"),
        _ => format!("{}y", days / 365),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    #[rstest]
    #[case(-5, "0s")]
    #[case(119, "119s")]
    #[case(120, "2m")]
    #[case(150, "2m30s")]
    #[case(3599, "59m")]
    #[case(3 * 3600, "3h")]
    #[case(3 * 3600 + 60, "3h1m")]
    #[case(47 * 3600, "47h")]
    #[case(49 * 3600, "2d1h")]
    #[case(8 * 86400, "8d")]
    #[case(800 * 86400, "2y70d")]
    fn ages_are_told_as_kubectl_tells_them(#[case] seconds: i64, #[case] text: &str) {
        assert_eq!(super::span(seconds), text);
    }
}
