//! Of what logs are opened.

use rolldeck_core::{kept::Name, logs::LogsOf, model::ObjectRef};

use crate::Ctx;

/// The logs of an object: of an app, or of a pod. `None`: it has none.
pub(crate) fn of_object(object: &ObjectRef) -> Option<LogsOf> {
    if let Some(app) = object.app_key() {
        return Some(LogsOf::App(app));
    }
    (&*object.api.kind == "Pod").then(|| LogsOf::Pod(Name::new(&object.namespace, &object.name)))
}

/// What `:logs` names: apps, separated by commas, or `pod NAMESPACE/NAME[/CONTAINER]`.
///
/// # Errors
/// What is named is not there, or nothing is.
pub(crate) fn named(ctx: &Ctx, text: &str) -> Result<Vec<LogsOf>, String> {
    let Some(pod) = text.strip_prefix("pod ") else {
        return text.split(',').map(|app| Ok(LogsOf::App(crate::views::app(ctx, "logs", app.trim())?))).collect();
    };
    let parts: Vec<&str> = pod.trim().split('/').collect();
    match parts.as_slice() {
        [namespace, name] if !namespace.is_empty() && !name.is_empty() => {
            Ok(vec![LogsOf::Pod(Name::new(&(*namespace).into(), &(*name).into()))])
        }
        [namespace, name, container] if !name.is_empty() && !container.is_empty() => {
            Ok(vec![LogsOf::Container(Name::new(&(*namespace).into(), &(*name).into()), (*container).into())])
        }
        _ => Err(format!("\"{text}\" names no pod: write pod NAMESPACE/NAME or pod NAMESPACE/NAME/CONTAINER")),
    }
}
