//! Each kind to its own description.

use rolldeck_core::{
    kept::Kept,
    model::{Event, ObjectRef},
};
use serde_json::Value;

use super::{basics, config, network, node, pod, scaling, storage, workload};
use crate::{
    Ctx,
    widgets::{Line, Sheet},
};

/// The description of an object in lines of at most `columns` columns.
pub(super) fn lines(ctx: &Ctx, of: &ObjectRef, object: &Value, events: &Kept<Event>, columns: usize) -> Vec<Line> {
    let mut sheet = Sheet::new(columns);
    let describe = match (&*of.api.group, &*of.api.kind) {
        ("", "Pod") => pod::pod,
        ("", "Node") => node::node,
        ("", "Namespace") => node::namespace,
        ("", "Service") => network::service,
        ("networking.k8s.io", "Ingress") => network::ingress,
        ("", "ConfigMap") => config::config_map,
        ("", "Secret") => config::secret,
        ("", "PersistentVolumeClaim") => storage::claim,
        ("autoscaling", "HorizontalPodAutoscaler") => scaling::autoscaler,
        ("policy", "PodDisruptionBudget") => scaling::budget,
        _ if object["spec"]["template"]["spec"]["containers"].is_array() => workload::workload,
        _ => node::generic,
    };
    describe(&mut sheet, ctx, object);
    basics::events(&mut sheet, ctx, of, events);
    basics::marks(&mut sheet, object);
    sheet.finish()
}
