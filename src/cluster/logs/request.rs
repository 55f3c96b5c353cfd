//! The requests for logs.

use http::Request;
use kube::client::Body;
use rolldeck_core::{
    logs::{Nanos, rfc3339},
    text::Clean,
};

use crate::access::encoded;

/// Whose log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// Its namespace.
    pub(crate) namespace: Clean,
    /// Its pod.
    pub(crate) pod: Clean,
    /// Itself.
    pub(crate) container: Clean,
}

/// From where on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    /// The oldest that the kubelet has.
    Start,
    /// So many lines before the end.
    Tail(u64),
    /// So many seconds ago, by the server's clock.
    Ago(u64),
    /// A whole second.
    At(Nanos),
}

/// What is asked for of a container's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wants {
    /// Of the instance before.
    pub(crate) previous: bool,
    /// And what is written from now on.
    pub(crate) follow: bool,
    /// From where on.
    pub(crate) from: From,
}

/// Bytes that hold the time of a line and nothing of its text that would be missed.
const TIME: u32 = 40;

impl Address {
    fn path(&self) -> String {
        let (namespace, pod, container) = (encoded(&self.namespace), encoded(&self.pod), encoded(&self.container));
        format!("/api/v1/namespaces/{namespace}/pods/{pod}/log?container={container}&timestamps=true")
    }

    /// The log itself.
    pub(crate) fn log(&self, wants: Wants) -> Option<Request<Body>> {
        let mut path = self.path();
        if wants.follow {
            path += "&follow=true";
        }
        if wants.previous {
            path += "&previous=true";
        }
        match wants.from {
            From::Start => {}
            From::Tail(lines) => path += &format!("&tailLines={lines}"),
            From::Ago(seconds) => path += &format!("&sinceSeconds={}", seconds.max(1)),
            From::At(at) => path += &format!("&sinceTime={}", encoded(&rfc3339(at))),
        }
        get(&path)
    }

    /// The time of the oldest line that there is.
    pub(crate) fn first(&self, previous: bool) -> Option<Request<Body>> {
        let previous = if previous { "&previous=true" } else { "" };
        get(&format!("{}&limitBytes={TIME}{previous}", self.path()))
    }

    /// The time of the youngest line that there is.
    pub(crate) fn last(&self) -> Option<Request<Body>> {
        get(&format!("{}&tailLines=1&limitBytes={TIME}", self.path()))
    }
}

fn get(path: &str) -> Option<Request<Body>> {
    Request::get(path).header("accept", "*/*").body(Body::empty()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_asked_for_from_a_whole_second_with_times() {
        let address = Address { namespace: "qa".into(), pod: "web-1".into(), container: "main&x".into() };
        let wants = Wants { previous: true, follow: false, from: From::At(1_795_420_229_000_000_000) };
        let request = address.log(wants).unwrap();
        assert_eq!(
            request.uri(),
            "/api/v1/namespaces/qa/pods/web-1/log?container=main%26x&timestamps=true&previous=true&sinceTime=2026-11-23T07%3A50%3A29Z"
        );
    }
}
