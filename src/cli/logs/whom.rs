//! Whose logs are meant.

use rolldeck_cluster::{connect::Cluster, history, logs};
use rolldeck_core::{
    kept::Name,
    logs::LogsOf,
    model::AppKey,
    text::{Clean, nearest::nearest},
};

use crate::cli::batch::{End, is_kind};

/// What the words mean: apps by name or selector, else pods by name.
///
/// # Errors
/// [`End::Refused`]: nothing or several things are meant, or it cannot be read.
pub async fn whom(cluster: &Cluster, words: &[String]) -> Result<Vec<LogsOf>, End> {
    let namespaces = match cluster.namespaces.as_slice() {
        [] => history::namespaces(cluster)
            .await
            .map_err(|error| End::refused(format!("failed to list namespaces: {error}")))?,
        some => some.to_vec(),
    };
    let mut meant: Vec<LogsOf> = Vec::new();
    for word in words {
        let mut found = Vec::new();
        for namespace in &namespaces {
            found.extend(in_namespace(cluster, namespace, word).await?);
        }
        if found.is_empty() {
            return Err(nobody(cluster, &namespaces, word).await);
        }
        meant.extend(found);
    }
    meant.sort();
    meant.dedup();
    Ok(meant)
}

async fn in_namespace(cluster: &Cluster, namespace: &Clean, word: &str) -> Result<Vec<LogsOf>, End> {
    // A label may have a slash in its name: it is no kind.
    if word.contains(['=', '!', '(', ',']) {
        return Ok(apps(cluster, namespace, word).await?.into_iter().map(LogsOf::App).collect());
    }
    let (kind, name) = word.split_once('/').map_or((None, word), |(kind, name)| (Some(kind), name));
    // `deployment.apps/web`, as kubectl prints names.
    let kind = kind.map(|kind| kind.split('.').next().unwrap_or(kind));
    if matches!(kind, Some("pod" | "pods" | "po")) {
        return pod(cluster, namespace, name).await;
    }
    let apps = apps(cluster, namespace, "").await?;
    let is = |key: &AppKey| &*key.name == name && kind.is_none_or(|kind| is_kind(key, kind));
    let found: Vec<LogsOf> = apps.into_iter().filter(is).map(LogsOf::App).collect();
    if !found.is_empty() || kind.is_some() {
        return Ok(found);
    }
    pod(cluster, namespace, name).await
}

async fn pod(cluster: &Cluster, namespace: &Clean, name: &str) -> Result<Vec<LogsOf>, End> {
    let pod = Name { namespace: namespace.clone(), name: name.into() };
    let there = logs::is_pod(cluster, &pod).await.map_err(|error| failed("pods", namespace, &error))?;
    Ok(there.then_some(LogsOf::Pod(pod)).into_iter().collect())
}

async fn apps(cluster: &Cluster, namespace: &Clean, selector: &str) -> Result<Vec<AppKey>, End> {
    history::apps(cluster, namespace, None, selector).await.map_err(|error| failed("apps", namespace, &error))
}

fn failed(what: &str, namespace: &Clean, error: &dyn std::fmt::Display) -> End {
    End::refused(format!("failed to read the {what} of {namespace}: {error}"))
}

/// There is nothing of this name: what may be meant instead.
async fn nobody(cluster: &Cluster, namespaces: &[Clean], word: &str) -> End {
    let mut names = Vec::new();
    for namespace in namespaces {
        names.extend(apps(cluster, namespace, "").await.unwrap_or_default().into_iter().map(|key| key.name));
    }
    let near = nearest(word, names.iter().map(Clean::as_str)).map(|near| format!(": did you mean {near}?"));
    let places: Vec<&str> = namespaces.iter().map(Clean::as_str).collect();
    let (word, places) = (Clean::new(word), places.join(", "));
    End::refused(format!("there is no app and no pod {word} in {places}{}", near.unwrap_or_default()))
}
