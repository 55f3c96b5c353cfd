//! Whether the user may open something, asked of the server (SelfSubjectAccessReview).

use http::Request;
use rolldeck_core::{
    batch::PortError,
    shell::{Access, Denied, Place, Right, Rule},
    text::Clean,
};
use serde_json::Value;

use crate::{access::may_on, connect::Cluster};

/// From this minor version on the API server asks for `create` besides `get` where a WebSocket is opened.
const CREATE_TOO: u32 = 35;

/// Whether the user may open this in this place.
pub async fn rights(cluster: &Cluster, access: Access, place: &Place) -> Right {
    // Where the server does not tell its version, the stricter rule is asked for.
    let minor = minor(cluster).await;
    let verbs = access.verbs(minor.is_none_or(|minor| minor >= CREATE_TOO));
    let (namespace, name) = match access {
        Access::NodeFiles => (Clean::default(), ""),
        _ => (place.pod.namespace.clone(), &*place.pod.name),
    };
    let ask = |verb: &'static str| may_on(&cluster.client, verb, "", access.resource(), &namespace, name);
    let (mut missing, mut reason) = (Vec::new(), Clean::default());
    for verb in verbs {
        match ask(verb).await {
            Ok(None) => {}
            Ok(Some(why)) => {
                missing.push(*verb);
                reason = Clean::from(why);
            }
            Err(error) => return unknown(access, &error),
        }
    }
    if missing.is_empty() {
        return Right::Allowed;
    }
    let streams = matches!(access, Access::Exec | Access::Attach | Access::Forward);
    let create_alone = streams && missing == ["get"] && matches!(ask("create").await, Ok(None));
    Right::Denied(Denied {
        rule: Rule { verbs: missing, resource: access.resource() },
        reason,
        kubectl: access.kubectl(&cluster.context, place),
        create_alone,
        namespace,
    })
}

fn unknown(access: Access, error: &PortError) -> Right {
    Right::Unknown(format!("whether you may open {} could not be asked: {error}", access.resource()).into())
}

async fn minor(cluster: &Cluster) -> Option<u32> {
    let request = Request::get("/version").body(kube::client::Body::empty()).ok()?;
    let answer = cluster.client.send(request).await.ok()?;
    let body = answer.into_body().collect_bytes().await.ok()?;
    let version: Value = serde_json::from_slice(&body).ok()?;
    let minor = version["minor"].as_str()?;
    minor.trim_end_matches(|c: char| !c.is_ascii_digit()).parse().ok()
}
