//! Writing the journal.

use std::{future::Future, sync::Arc, time::Duration};

use rolldeck_core::{
    batch::{
        ConfigMap, Port, PortError,
        journal::{BatchId, Record, UNFINISHED, of_batch},
    },
    model::AppKey,
};
use tokio::task::JoinSet;

/// Tries of a request that must succeed before a batch can start.
const TRIES: u32 = 5;

/// Writes a state record at this resourceVersion (empty: creates it); returns the new one. A conflict is settled by
/// reading: a record of this very driver is our own write whose answer was lost.
///
/// # Errors
/// [`PortError::Conflict`] where another driver has written it; else any of a write.
pub async fn write_record<P: Port>(
    port: &P,
    namespace: &str,
    version: &str,
    record: &Record,
) -> Result<String, PortError> {
    let map = record.encode(namespace, version);
    let error = match put(port, &map).await {
        Ok(version) => return Ok(version),
        Err(error @ (PortError::Conflict(_) | PortError::NotFound(_) | PortError::NoAnswer(_))) => error,
        Err(error) => return Err(error),
    };
    let Some(found) = read_record(port, namespace, &record.id).await? else {
        let gone = matches!(error, PortError::NotFound(_));
        return if gone { put(port, &record.encode(namespace, "")).await } else { Err(error) };
    };
    let known = Record::decode(&found).map_err(|error| PortError::Refused(format!("the journal {error}")))?;
    if known == *record {
        return Ok(found.resource_version);
    }
    if found.resource_version == version {
        // Nobody has written it since, we included: the request may be made again.
        return Err(error);
    }
    if known.driver != record.driver || known.epoch > record.epoch {
        return Err(PortError::Conflict(format!("the record of {} by {}", record.id, known.driver)));
    }
    put(port, &record.encode(namespace, &found.resource_version)).await
}

/// As [`write_record`], and tries again what surely did nothing.
///
/// # Errors
/// As of [`write_record`].
pub async fn write_patiently<P: Port>(
    port: &P,
    namespace: &str,
    version: &str,
    record: &Record,
) -> Result<String, PortError> {
    let mut tried = 0;
    loop {
        tried += 1;
        match write_record(port, namespace, version, record).await {
            Err(PortError::Busy(..) | PortError::Unreached(_)) if tried < TRIES => {
                tokio::time::sleep(Duration::from_secs(u64::from(tried))).await;
            }
            result => return result,
        }
    }
}

async fn put<P: Port>(port: &P, map: &ConfigMap) -> Result<String, PortError> {
    if map.resource_version.is_empty() {
        port.create_config_map(map, false).await
    } else {
        port.update_config_map(map).await
    }
}

/// The state record of a batch in a namespace, as it lies there.
///
/// # Errors
/// Any of a read.
pub async fn read_record<P: Port>(port: &P, namespace: &str, id: &BatchId) -> Result<Option<ConfigMap>, PortError> {
    Ok(port.config_maps(Some(namespace), &of_batch(id, "state")).await?.into_iter().next())
}

/// Creates an immutable ConfigMap whose name no other batch has: one that exists is ours.
///
/// # Errors
/// Any of a write.
pub async fn create_once<P: Port>(port: &P, map: &ConfigMap) -> Result<(), PortError> {
    for tried in 1.. {
        let error = match port.create_config_map(map, false).await {
            Ok(_) => return Ok(()),
            Err(PortError::Conflict(_)) if tried > 1 => return Ok(()),
            Err(error) => error,
        };
        let again = matches!(error, PortError::Busy(..) | PortError::Unreached(_) | PortError::NoAnswer(_));
        if !again || tried >= TRIES {
            return Err(error);
        }
        tokio::time::sleep(Duration::from_secs(u64::from(tried))).await;
    }
    Ok(())
}

/// Another unfinished batch that one of these apps is in. A record that cannot be read counts as one: what it holds is not known.
///
/// # Errors
/// Any of a read.
pub async fn rival<P: Port>(
    port: &Arc<P>,
    namespaces: &[String],
    apps: &[AppKey],
    own: &BatchId,
) -> Result<Option<String>, PortError> {
    let looks = namespaces.iter().cloned().map(|namespace| {
        let port = port.clone();
        async move {
            let maps = port.config_maps(Some(&namespace), UNFINISHED).await;
            maps.map(|maps| (namespace, maps))
        }
    });
    let (seen, failed) = many(looks).await;
    if let Some(error) = failed {
        return Err(error);
    }
    for (namespace, maps) in seen {
        for map in maps {
            match Record::decode(&map) {
                Ok(record) if record.id == *own => {}
                Ok(record) => {
                    let shared = record.steps.iter().map(|note| note.key(&namespace)).find(|key| apps.contains(key));
                    if let Some(key) = shared {
                        let text = format!(
                            "{key} is in the unfinished batch {} of {}: revert that first",
                            record.id, record.by
                        );
                        return Ok(Some(text));
                    }
                }
                Err(error) => return Ok(Some(format!("the journal {error}"))),
            }
        }
    }
    Ok(None)
}

/// Requests that may be under way at once while the journal of a batch is opened.
const AT_ONCE: usize = 8;

/// Runs requests, a bounded number at once. After one that fails no other begins, but those under way come to their end: what
/// succeeded, and the first error.
pub async fn many<T, E, F>(requests: impl IntoIterator<Item = F>) -> (Vec<T>, Option<E>)
where
    T: Send + 'static,
    E: Send + 'static,
    F: Future<Output = Result<T, E>> + Send + 'static,
{
    let mut requests = requests.into_iter();
    let (mut under_way, mut done, mut first) = (JoinSet::new(), Vec::new(), None);
    loop {
        while first.is_none() && under_way.len() < AT_ONCE {
            let Some(next) = requests.next() else { break };
            under_way.spawn(next);
        }
        match under_way.join_next().await {
            None => return (done, first),
            Some(Ok(Ok(one))) => done.push(one),
            Some(Ok(Err(error))) => first = first.or(Some(error)),
            Some(Err(_)) => {}
        }
    }
}
