//! What keeps an autoscaler from following each metric at once.

use super::super::super::json::{int, list, text};
use super::{Look, Memory};
use chrono::Duration;
use serde_json::Value;

impl Look<'_> {
    /// Holds the highest recommendation of the last minutes on the way down, and the limits of rate and range.
    pub(super) fn normalise(&mut self, wanted: i64, current: i64, memory: &mut Memory) -> i64 {
        let window = |way: &str, default| {
            let pointer = format!("/spec/behavior/{way}/stabilizationWindowSeconds");
            Duration::seconds(int(self.hpa, &pointer).unwrap_or(default))
        };
        let (down, up) = (window("scaleDown", 300), window("scaleUp", 0));
        memory.recommended.retain(|(time, _)| *time + down.max(up) > self.now);
        let now = self.now;
        let within = |window: Duration| {
            let recent = memory.recommended.iter().filter(move |(time, _)| *time + window > now);
            recent.map(|(_, replicas)| *replicas).chain([wanted])
        };
        let (highest, lowest) = (within(down).max().unwrap_or(wanted), within(up).min().unwrap_or(wanted));
        let stable = current.clamp(lowest.min(highest), highest.max(lowest));
        memory.recommended.push((self.now, wanted));
        if stable == wanted {
            self.condition("AbleToScale", true, "ReadyForNewScale", "recommended size matches current size".into());
        } else if stable > wanted {
            let message =
                "recent recommendations were higher than current one, applying the highest recent recommendation";
            self.condition("AbleToScale", true, "ScaleDownStabilized", message.into());
        } else {
            let message =
                "recent recommendations were lower than current one, applying the lowest recent recommendation";
            self.condition("AbleToScale", true, "ScaleUpStabilized", message.into());
        }
        self.limit(stable, current, memory)
    }

    fn limit(&mut self, stable: i64, current: i64, memory: &Memory) -> i64 {
        let (least, most) = self.range();
        let (fastest, slowest) = (self.rate("scaleUp", current, memory), self.rate("scaleDown", current, memory));
        let (desired, limited) = if stable > most.min(fastest) {
            if fastest < most {
                (fastest, Some(("ScaleUpLimit", "increasing faster than the maximum scale rate")))
            } else {
                (most, Some(("TooManyReplicas", "more than the maximum replica count")))
            }
        } else if stable < least.max(slowest) {
            if slowest > least {
                (slowest, Some(("ScaleDownLimit", "decreasing faster than the maximum scale rate")))
            } else {
                (least, Some(("TooFewReplicas", "less than the minimum replica count")))
            }
        } else {
            (stable, None)
        };
        match limited {
            Some((reason, how)) => {
                self.condition("ScalingLimited", true, reason, format!("the desired replica count is {how}"));
            }
            None => {
                let message = "the desired count is within the acceptable range";
                self.condition("ScalingLimited", false, "DesiredWithinRange", message.into());
            }
        }
        desired
    }

    /// How far the replicas may go in one direction now, by the policies of the autoscaler or the usual ones.
    fn rate(&self, way: &str, current: i64, memory: &Memory) -> i64 {
        let up = way == "scaleUp";
        let policies = list(self.hpa, &format!("/spec/behavior/{way}/policies"));
        if policies.is_empty() {
            return if up { (current * 2).max(4) } else { 0 };
        }
        let bound = |policy: &Value| {
            let period = Duration::seconds(int(policy, "/periodSeconds").unwrap_or(60));
            let recent = memory.scaled.iter().filter(|(time, _)| *time + period > self.now);
            let done: i64 = recent.map(|(_, by)| *by).filter(|by| (*by > 0) == up).sum();
            let (start, value) = (current - done, int(policy, "/value").unwrap_or(0));
            let share = match text(policy, "/type") {
                "Percent" => (start as f64 * value as f64 / 100.0).ceil() as i64,
                _ => value,
            };
            if up { start + share } else { start - share }
        };
        let bounds = policies.iter().map(bound);
        let widest = text(self.hpa, &format!("/spec/behavior/{way}/selectPolicy")) != "Min";
        if up == widest {
            bounds.max().unwrap_or(current).max(current)
        } else {
            bounds.min().unwrap_or(current).min(current)
        }
    }
}
