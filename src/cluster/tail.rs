//! The last lines of a container's log.

use rolldeck_core::{batch::PortError, text::Clean};

use crate::{
    access::{encoded, get_text},
    connect::Cluster,
};

/// Bytes of a log that are read at most.
const BYTES: usize = 16 * 1024;

/// The last `lines` lines that a container wrote, the oldest first; with `previous` those of the instance before the one that
/// runs.
///
/// # Errors
/// Any of a read: without the right to `get pods/log` [`PortError::Forbidden`], of a container that has not begun
/// [`PortError::Refused`].
pub async fn tail(
    cluster: &Cluster,
    (namespace, pod, container): (&Clean, &Clean, &Clean),
    previous: bool,
    lines: usize,
) -> Result<Vec<Clean>, PortError> {
    let path = format!(
        "/api/v1/namespaces/{}/pods/{}/log?container={}&previous={previous}&tailLines={lines}&limitBytes={BYTES}",
        encoded(namespace),
        encoded(pod),
        encoded(container),
    );
    let what = format!("the log of pod {namespace}/{pod}");
    let bytes = get_text(&cluster.client, &path, &what, "*/*").await?;
    Ok(last_of(&String::from_utf8_lossy(&bytes), lines))
}

/// The last lines that say something, without their colours.
fn last_of(text: &str, lines: usize) -> Vec<Clean> {
    let all: Vec<String> = text.lines().map(plain).filter(|line| !line.is_empty()).collect();
    all[all.len().saturating_sub(lines)..].iter().map(|line| Clean::new(line)).collect()
}

/// A line without sequences that set colours (CSI … m), tabs as blanks. Any other sequence stays, to be shown as what it is.
fn plain(line: &str) -> String {
    let mut parts = line.split("\x1b[");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';');
        match rest.strip_prefix('m') {
            Some(rest) => out.push_str(rest),
            None => out.extend(["\x1b[", part]),
        }
    }
    out.replace('\t', "    ").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_have_no_colours_and_other_sequences_are_shown() {
        let log = "one\ntwo\n\n\x1b[1;31mERROR\x1b[0m\tno such host \r\n\x1b[2Jwiped\n";
        assert_eq!(last_of(log, 2), [Clean::from("ERROR    no such host"), Clean::from("␛[2Jwiped")]);
        assert_eq!(last_of("", 5), []);
    }
}
