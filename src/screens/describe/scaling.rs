//! A HorizontalPodAutoscaler, and a PodDisruptionBudget.

use rolldeck_core::around::Autoscaler;
use serde_json::Value;

use super::{
    basics::{conditions, origin},
    words::{ago, selector, text},
};
use crate::{Ctx, Scope, app::scaling, widgets::Sheet};

pub(super) fn autoscaler(sheet: &mut Sheet, ctx: &Ctx, object: &Value) {
    sheet.section("Autoscaler");
    let target = &object["spec"]["scaleTargetRef"];
    sheet.field("scales", format!("{} {}", text(&target["kind"]), text(&target["name"])));
    if let Some(hpa) = Autoscaler::of(object) {
        scaling::autoscaler(sheet, ctx, &hpa);
    }
    origin(sheet, ctx, object);
    conditions(sheet, ctx, object);
}

pub(super) fn budget(sheet: &mut Sheet, ctx: &Ctx, object: &Value) {
    let (spec, status) = (&object["spec"], &object["status"]);
    sheet.section("Disruption budget");
    let allowed = status["disruptionsAllowed"].as_i64().unwrap_or(0);
    let scope = if allowed == 0 { Scope::Warn } else { Scope::Good };
    let said = match allowed {
        0 => "no pod may be evicted now".to_owned(),
        1 => "1 pod may be evicted now".to_owned(),
        n => format!("{n} pods may be evicted now"),
    };
    sheet.coloured("now", scope, said);
    let healthy = format!(
        "{} healthy of {}, {} wanted",
        text(&status["currentHealthy"]),
        text(&status["expectedPods"]),
        text(&status["desiredHealthy"])
    );
    sheet.field("pods", healthy);
    sheet.field("at least", text(&spec["minAvailable"]));
    sheet.field("at most out", text(&spec["maxUnavailable"]));
    sheet.field("of", selector(&spec["selector"]));
    sheet.field("not ready", text(&spec["unhealthyPodEvictionPolicy"]));
    for (pod, at) in status["disruptedPods"].as_object().into_iter().flatten() {
        sheet.field("evicted", format!("{pod} {}", ago(ctx, at)));
    }
    origin(sheet, ctx, object);
    conditions(sheet, ctx, object);
}
