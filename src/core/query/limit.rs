//! What a figure is compared with: `500m`, `1Gi`, `80%`, `10m`.

use super::{facts::Figure, term::Limit};
use crate::text::quantity;

/// Reads the limit of a figure; else what to write instead.
pub(super) fn limit(figure: Figure, text: &str) -> Result<Limit, String> {
    if text.is_empty() {
        return Err(format!("how much? Write {}", examples(figure)));
    }
    if let Some(number) = text.strip_suffix('%') {
        if !matches!(figure, Figure::Cpu | Figure::Memory | Figure::Ready | Figure::Disk) {
            return Err(format!("{figure} is no share; write {}", examples(figure)));
        }
        let percent = number.parse().map_err(|_| format!("{text} is no share; write {}", examples(figure)))?;
        return Ok(Limit::Percent(percent));
    }
    let (value, noun) = match figure {
        Figure::Cpu => (quantity::millicores(text), "quantity"),
        Figure::Memory | Figure::Net | Figure::Disk => (quantity::bytes(text), "quantity"),
        Figure::Age => (seconds(text), "time"),
        Figure::Restarts | Figure::Ready | Figure::Replicas => (text.parse().ok(), "number"),
    };
    value.map(Limit::Value).ok_or_else(|| format!("{text} is no {noun}; write {}", examples(figure)))
}

fn examples(figure: Figure) -> &'static str {
    match figure {
        Figure::Cpu => "500m, 2 or 80%",
        Figure::Memory => "512Mi, 1Gi or 80%",
        Figure::Restarts | Figure::Replicas => "a number, say 3",
        Figure::Age => "30s, 10m, 2h30m, 3d or 1w",
        Figure::Ready => "a number or a share, say 3 or 100%",
        Figure::Net => "bytes a second, say 10M",
        Figure::Disk => "10Gi or 80%",
    }
}

/// A time as people write it: `90`, `30s`, `10m`, `2h30m`, `3d`, `1w`; seconds.
fn seconds(text: &str) -> Option<u64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    let (mut sum, mut rest) = (0u64, text);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..end].parse().ok()?;
        let mut chars = rest[end..].chars();
        let unit = match chars.next()? {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        sum = sum.saturating_add(number.saturating_mul(unit));
        rest = chars.as_str();
    }
    Some(sum)
}
