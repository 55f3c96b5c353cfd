//! Connecting, and logging in again under a connection that stands.

use std::{
    sync::{Arc, PoisonError, RwLock},
    task::{Context, Poll},
    time::Duration,
};

use chrono::Utc;
use futures::future::BoxFuture;
use http::{Request, Response};
use kube::client::{Body, ClientBuilder};
use rolldeck_core::{Time, model::KubeContext, text::Clean};
use tokio::task::AbortHandle;
use tower::{BoxError, Service, ServiceExt};

use super::{
    Cluster, ConnectError, Options,
    context::{self, Chosen, choose},
    deadline::Deadline,
    files::Surroundings,
    greet::{greet, knock},
    plugin::{self, Credential, Manner},
    tokens::Tokens,
    transport::{self, AnyBody, Transport},
};
use crate::{
    access::{Guard, Mode},
    watch::link::Pulse,
    writer::Writer,
};

/// How long before its end a client certificate from a plugin is replaced.
const MARGIN: chrono::TimeDelta = chrono::TimeDelta::seconds(60);

/// Reads the configuration, builds the client, and asks the server who we are, so that each failure is told before a screen
/// opens. A credential plugin may use the terminal: call this while no screen is open.
///
/// # Errors
/// Each of [`ConnectError`].
pub async fn connect(options: &Options) -> Result<(Cluster, Writer), ConnectError> {
    connect_in(options, Surroundings::of_process()).await
}

/// The contexts of the kubeconfigs that these options would connect by, in their order; none in a pod.
///
/// # Errors
/// [`ConnectError`] of a kubeconfig that cannot be read.
pub fn contexts(options: &Options) -> Result<Vec<KubeContext>, ConnectError> {
    context::contexts(options, &Surroundings::of_process())
}

/// [`connect`], in surroundings that a test may make up.
pub(super) async fn connect_in(options: &Options, around: Surroundings) -> Result<(Cluster, Writer), ConnectError> {
    let link = Link::default();
    let (chosen, user) = log_in(&link, options, &around).await?;
    let mode = if options.readonly { Mode::ReadOnly } else { Mode::Reader };
    let cluster = Cluster {
        client: client(&link, mode, options.request_timeout),
        context: chosen.context.clone(),
        server: chosen.server(),
        user,
        namespaces: in_view(options, &chosen),
        readonly: options.readonly,
        login: Login(Some(Arc::new(Known { link: link.clone(), options: options.clone(), around }))),
        pulse: Pulse::default(),
    };
    let mode = match (options.readonly, options.files_when_readonly) {
        (false, _) => Mode::Door,
        (true, false) => Mode::ReadOnly,
        (true, true) => Mode::ReadOnlyAndFiles,
    };
    let door = client(&link, mode, options.request_timeout);
    Ok((cluster.clone(), Writer::new(door, cluster, options.guards.clone(), options.files_when_readonly)))
}

/// The way to log in again when credentials have ended and cannot be renewed silently. Cheap to clone.
#[derive(Clone)]
pub struct Login(Option<Arc<Known>>);

struct Known {
    link: Link,
    options: Options,
    around: Surroundings,
}

impl Login {
    /// No way to log in again.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// Reads the configuration afresh, runs the credential plugin (which may use the terminal: suspend the screen first), and
    /// asks the server who we are. From then on every client of this connection, the writer's too, uses the new credentials;
    /// if it fails, the old ones stay. Returns the user's name.
    ///
    /// # Errors
    /// Each of [`ConnectError`].
    pub async fn again(&self) -> Result<Clean, ConnectError> {
        let known = self.0.as_ref().ok_or(ConnectError::NoLogin)?;
        log_in(&known.link, &known.options, &known.around).await.map(|(_, user)| user)
    }

    /// A connection of its own to another context of the same kubeconfigs, for reading alone: no door for writes is made, and no way
    /// to log in again. A credential plugin runs quietly, so that a screen may be open. Its namespace in view is the context's.
    ///
    /// # Errors
    /// Each of [`ConnectError`].
    pub async fn elsewhere(&self, context: &str) -> Result<Cluster, ConnectError> {
        let known = self.0.as_ref().ok_or(ConnectError::NoLogin)?;
        let options = Options { context: Some(context.to_owned()), ..known.options.clone() };
        let (chosen, _, transport) = open(&options, &known.around, Manner::Quiet).await?;
        let link = Link::default();
        link.put(transport);
        let client = client(&link, Mode::ReadOnly, options.request_timeout);
        knock(&client, &chosen).await?;
        Ok(Cluster {
            client,
            context: chosen.context.clone(),
            server: chosen.server(),
            user: chosen.user,
            namespaces: vec![Clean::new(&chosen.namespace)],
            readonly: true,
            login: Self::none(),
            pulse: Pulse::default(),
        })
    }
}

/// Chooses, runs the plugin, builds a stack, greets the server through it, and only then puts it under the link.
async fn log_in(link: &Link, options: &Options, around: &Surroundings) -> Result<(Chosen, Clean), ConnectError> {
    let (chosen, credential, transport) = open(options, around, Manner::MayAsk).await?;
    let fresh = Link::default();
    fresh.put(transport.clone());
    let namespaces = in_view(options, &chosen);
    let probe = client(&fresh, Mode::ReadOnly, options.request_timeout);
    let user = greet(&probe, &chosen, namespaces.first().map(Clean::as_str)).await?;
    link.renew_with(None);
    link.put(transport);
    if let Some(Credential { certificate: Some(_), expires: Some(end), .. }) = credential {
        link.renew_with(Some(link.renew_certificate(chosen.clone(), end)));
    }
    Ok((chosen, user))
}

/// Chooses, runs the plugin and builds a stack; nothing is sent yet.
async fn open(
    options: &Options,
    around: &Surroundings,
    manner: Manner,
) -> Result<(Chosen, Option<Credential>, Transport), ConnectError> {
    let mut chosen = choose(options, around).await?;
    let credential = match &chosen.plugin {
        Some(program) => Some(plugin::run(program, manner).await?),
        None => None,
    };
    let transport = stack(&mut chosen, credential.as_ref())?;
    Ok((chosen, credential, transport))
}

fn stack(chosen: &mut Chosen, credential: Option<&Credential>) -> Result<Transport, ConnectError> {
    let mut tokens = None;
    if let (Some(plugin), Some(credential)) = (&chosen.plugin, credential) {
        if let Some((certificate, key)) = &credential.certificate {
            chosen.config.auth_info.client_certificate_data = Some(certificate.clone());
            chosen.config.auth_info.client_key_data = Some(key.clone());
        }
        tokens = Tokens::of_plugin(plugin, credential);
    } else if let Some(path) = chosen.config.auth_info.token_file.clone()
        && chosen.config.auth_info.token.is_none()
    {
        // kube would send the line break at the end of the file, too.
        chosen.config.auth_info.token_file = None;
        let empty = || ConnectError::BadCredentials {
            context: chosen.context.clone(),
            why: Clean::from(format!("the token file {path} holds no token")),
        };
        tokens = Some(Tokens::of_file(path.clone().into()).ok_or_else(empty)?);
    }
    transport::build(&chosen.config, tokens).map_err(|error| match error {
        ConnectError::BadCredentials { why, .. } => {
            ConnectError::BadCredentials { context: chosen.context.clone(), why }
        }
        other => other,
    })
}

fn in_view(options: &Options, chosen: &Chosen) -> Vec<Clean> {
    if options.all_namespaces {
        return Vec::new();
    }
    let mut named: Vec<Clean> = Vec::new();
    for name in
        options.namespaces.iter().flat_map(|list| list.split(',')).map(str::trim).filter(|name| !name.is_empty())
    {
        if !named.iter().any(|known| known.as_str() == name) {
            named.push(Clean::new(name));
        }
    }
    if named.is_empty() { vec![Clean::new(&chosen.namespace)] } else { named }
}

fn client(link: &Link, mode: Mode, request_timeout: Option<Duration>) -> kube::Client {
    ClientBuilder::new(link.clone(), "default").with_layer(&Deadline(request_timeout)).with_layer(&Guard(mode)).build()
}

/// Where requests go now: the stack of the last login. All clones share it.
#[derive(Clone, Default)]
struct Link(Arc<RwLock<Way>>);

#[derive(Default)]
struct Way {
    transport: Option<Transport>,
    /// Renews the client certificate of the last login.
    renewal: Option<AbortHandle>,
}

impl Link {
    fn put(&self, transport: Transport) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).transport = Some(transport);
    }

    /// Ends the renewal of the login before, so that it cannot put older credentials back.
    fn renew_with(&self, renewal: Option<AbortHandle>) {
        let mut way = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = std::mem::replace(&mut way.renewal, renewal) {
            before.abort();
        }
    }

    fn now(&self) -> Option<Transport> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).transport.clone()
    }

    /// Runs the plugin quietly before its client certificate ends, and puts a new stack in place, for as long as any client of
    /// this link lives. A failure leaves the old one: the server then says 401, and a person logs in.
    fn renew_certificate(&self, mut chosen: Chosen, mut end: Time) -> AbortHandle {
        let link = Arc::downgrade(&self.0);
        let task = tokio::spawn(async move {
            loop {
                let wait = (end - MARGIN - Utc::now()).to_std().unwrap_or_default().max(Duration::from_secs(10));
                tokio::time::sleep(wait).await;
                let (Some(link), Some(program)) = (link.upgrade(), chosen.plugin.clone()) else { return };
                let next = match plugin::run(&program, Manner::Quiet).await {
                    Ok(credential) => stack(&mut chosen, Some(&credential)).map(|stack| (stack, credential.expires)),
                    Err(error) => Err(error),
                };
                match next {
                    Ok((stack, expires)) => {
                        Self(link).put(stack);
                        let Some(later) = expires else { return };
                        end = later;
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the credential plugin could not renew the client certificate");
                        return;
                    }
                }
            }
        });
        task.abort_handle()
    }
}

impl Service<Request<Body>> for Link {
    type Response = Response<AnyBody>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let transport = self.now();
        Box::pin(async move {
            let transport = transport.ok_or("not logged in yet")?;
            transport.oneshot(request).await
        })
    }
}
