//! The first words with a server: is it there, and who does it say we are?

use std::time::Duration;

use http::{Method, Request, StatusCode};
use kube::client::Body;
use rolldeck_core::text::Clean;
use serde_json::{Value, json};

use super::{ConnectError, certificate::not_after, context::Chosen, diagnose::diagnose};

/// How long each question may take, connecting included.
const PATIENCE: Duration = Duration::from_secs(10);

/// An answer, read to its end.
struct Answer {
    status: StatusCode,
    body: Value,
    /// What is told of it where it is an error.
    message: Clean,
}

/// Asks whether it is a Kubernetes that takes our credentials, and nothing else. The status of its `/version`.
pub(super) async fn knock(client: &kube::Client, chosen: &Chosen) -> Result<StatusCode, ConnectError> {
    let server = chosen.server();
    let version = ask(client, Method::GET, "/version", None, &server).await?;
    check(&version, chosen, &server)?;
    let is_kubernetes = version.body.get("gitVersion").is_some();
    if version.status.is_success() && !is_kubernetes {
        return Err(ConnectError::NotKubernetes { server, what: "its /version is none".into() });
    }
    Ok(version.status)
}

/// Asks who we are. Returns the user's name as the server has it, else as the kubeconfig has it.
pub(super) async fn greet(
    client: &kube::Client,
    chosen: &Chosen,
    namespace: Option<&str>,
) -> Result<Clean, ConnectError> {
    let server = chosen.server();
    let version = knock(client, chosen).await?;
    let review = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview" });
    let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    let review = ask(client, Method::POST, path, Some(&review), &server).await?;
    check(&review, chosen, &server)?;
    let name = review.body.pointer("/status/userInfo/username").and_then(Value::as_str).filter(|name| !name.is_empty());
    if let Some(name) = name {
        return Ok(Clean::new(name));
    }
    let user = acts_as(chosen);
    if review.status == StatusCode::FORBIDDEN {
        // Not even one's own name may be asked: only a read of what the fleet shows tells whether all is refused.
        let path = match namespace {
            Some(namespace) => format!("/apis/apps/v1/namespaces/{namespace}/deployments?limit=1"),
            None => "/apis/apps/v1/deployments?limit=1".into(),
        };
        let read = ask(client, Method::GET, &path, None, &server).await?;
        if read.status == StatusCode::FORBIDDEN {
            return Err(ConnectError::Forbidden { server, user, what: read.message });
        }
    } else if version == StatusCode::NOT_FOUND && review.status == StatusCode::NOT_FOUND {
        return Err(ConnectError::NotKubernetes { server, what: "404 for /version".into() });
    }
    Ok(user)
}

/// Whom the configuration makes of us.
fn acts_as(chosen: &Chosen) -> Clean {
    chosen.config.auth_info.impersonate.as_deref().map_or_else(|| chosen.user.clone(), Clean::new)
}

async fn ask(
    client: &kube::Client,
    method: Method,
    path: &str,
    body: Option<&Value>,
    server: &Clean,
) -> Result<Answer, ConnectError> {
    let bytes = body.map(Value::to_string).unwrap_or_default().into_bytes();
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("accept", "application/json")
        .header("content-type", "application/json")
        .body(Body::from(bytes))
        .map_err(|error| ConnectError::Unreachable { server: server.clone(), why: Clean::from(error.to_string()) })?;
    let whole = async {
        let answer = client.send(request).await?;
        let status = answer.status();
        Ok::<_, kube::Error>((status, answer.into_body().collect_bytes().await?))
    };
    let late = |_| ConnectError::Timeout { server: server.clone(), seconds: PATIENCE.as_secs() };
    let (status, bytes) =
        tokio::time::timeout(PATIENCE, whole).await.map_err(late)?.map_err(|error| diagnose(&error, server))?;
    let body = serde_json::from_slice::<Value>(&bytes).unwrap_or_default();
    let message = body.get("message").and_then(Value::as_str).map_or_else(
        || Clean::from(String::from_utf8_lossy(&bytes).trim().chars().take(200).collect::<String>()),
        Clean::new,
    );
    Ok(Answer { status, body, message })
}

/// Fails on what makes any further request pointless.
fn check(answer: &Answer, chosen: &Chosen, server: &Clean) -> Result<(), ConnectError> {
    let server = server.clone();
    match answer.status.as_u16() {
        401 => Err(match client_certificate_end(chosen) {
            Some(at) if at <= chrono::Utc::now() => {
                ConnectError::ClientCertificateExpired { user: chosen.user.clone(), at }
            }
            _ => ConnectError::Unauthorized { server, user: chosen.user.clone() },
        }),
        400 if answer.message.contains("HTTP request to an HTTPS server") => Err(ConnectError::WantsTls { server }),
        403..=405 => Ok(()),
        status if answer.status.is_redirection() => {
            Err(ConnectError::NotKubernetes { server, what: Clean::from(format!("a redirect, {status}")) })
        }
        429 | 500..=599 => {
            Err(ConnectError::Busy { server, what: Clean::from(format!("{}: {}", answer.status, answer.message)) })
        }
        400..=499 => Err(ConnectError::NotKubernetes {
            server,
            what: Clean::from(format!("{}: {}", answer.status, answer.message)),
        }),
        _ => Ok(()),
    }
}

/// When the client certificate ends, where there is one.
fn client_certificate_end(chosen: &Chosen) -> Option<rolldeck_core::Time> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let info = &chosen.config.auth_info;
    let pem = match (&info.client_certificate_data, &info.client_certificate) {
        (Some(data), _) => STANDARD.decode(data.trim()).ok()?,
        (None, Some(path)) => std::fs::read(path).ok()?,
        (None, None) => return None,
    };
    not_after(&pem)
}
