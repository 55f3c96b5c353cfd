//! Which log files there are in containers.

use rolldeck_cluster::{connect::Cluster, logs, writer::Writer};
use rolldeck_core::{
    logs::{LogsOf, Told, nanos},
    shell::{FilePattern, Place, Refused},
    text::Clean,
};
use rolldeck_screens::{
    LogsId, LogsReply, Message,
    logs::{FilesOf, LogFile, NoFiles},
};

use crate::runtime::post::Post;

/// Lists the files of each container, one after another, and tells of each as it comes.
pub async fn list(
    writer: &Writer,
    cluster: &Cluster,
    post: &Post,
    id: LogsId,
    (of, places, debug): (Vec<LogsOf>, Vec<String>, bool),
) {
    let say = async |of, complete| post.send(Message::Logs(id, LogsReply::Files { of, complete })).await;
    let places = match logs::places(cluster, &of).await {
        Ok(found) if !found.is_empty() => found.into_iter().map(|place| (place, places.clone())).collect::<Vec<_>>(),
        Ok(_) => {
            say(Vec::new(), true).await;
            return;
        }
        Err(error) => {
            post.send(Message::Logs(id, Told::Failed(error.to_string().into()).into())).await;
            return;
        }
    };
    let last = places.len() - 1;
    for (at, (place, wanted)) in places.into_iter().enumerate() {
        let files = files(writer, &place, &wanted, debug).await;
        let pod = rolldeck_core::kept::Name { namespace: place.pod.namespace, name: place.pod.name };
        if !say(vec![FilesOf { pod, container: place.container, files }], at == last).await {
            return;
        }
    }
}

async fn files(writer: &Writer, place: &Place, wanted: &[String], debug: bool) -> Result<Vec<LogFile>, NoFiles> {
    let patterns: Vec<FilePattern> = wanted.iter().filter_map(|pattern| FilePattern::new(pattern)).collect();
    if patterns.len() < wanted.len() {
        let bad = wanted.iter().find(|pattern| FilePattern::new(pattern).is_none());
        let bad = Clean::new(bad.map_or("", String::as_str));
        return Err(NoFiles::Failed(format!("{bad} is no absolute path: write /var/log or /srv/*.log").into()));
    }
    let listing = writer.list_files(place, &patterns).await.map_err(|refused| why(refused, debug))?;
    let file = |entry: rolldeck_core::shell::FileEntry| LogFile {
        path: entry.path.into(),
        bytes: entry.size.unwrap_or_default(),
        written: entry.modified.map(nanos),
    };
    Ok(listing.files.into_iter().map(file).collect())
}

fn why(refused: Refused, debug: bool) -> NoFiles {
    match refused {
        Refused::ReadOnly(..) => NoFiles::ReadOnly,
        Refused::Forbidden(what) => NoFiles::Forbidden(what),
        Refused::NotRunning(..) if !debug => NoFiles::NotRunning,
        other => NoFiles::Failed(other.to_string().into()),
    }
}
