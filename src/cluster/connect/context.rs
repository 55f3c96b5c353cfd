//! From a kubeconfig to the one context that is used, checked before anything leaves this machine.

use std::{
    fs,
    path::{Path, PathBuf},
};

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use kube::{
    Config,
    config::{AuthInfo, Cluster, Context, ExecConfig, KubeConfigOptions, Kubeconfig},
};
use rolldeck_core::{model::KubeContext, text::Clean};

use super::{
    ConnectError, Options,
    files::{self, Source, Surroundings},
    nearest::nearest,
};

/// Everything that a connection is made of, before any plugin has run.
#[derive(Clone)]
pub(super) struct Chosen {
    /// The context's name, or `in-cluster`.
    pub context: Clean,
    /// The user as the kubeconfig names it.
    pub user: Clean,
    /// The context's namespace, else `default`.
    pub namespace: String,
    /// What kube makes of it, without the plugin.
    pub config: Config,
    /// The credential plugin, if the user has one and nothing that goes before it.
    pub plugin: Option<ExecConfig>,
}

impl Chosen {
    /// The server's address, as a person writes it.
    pub(super) fn server(&self) -> Clean {
        Clean::new(self.config.cluster_url.to_string().trim_end_matches('/'))
    }
}

/// Reads the configuration and picks the context.
pub(super) async fn choose(options: &Options, around: &Surroundings) -> Result<Chosen, ConnectError> {
    let mut chosen = match files::read(options.kubeconfig.as_deref(), around)? {
        Source::Pod => in_pod()?,
        Source::Files(config) => of_files(*config, options.context.as_deref()).await?,
    };
    if options.impersonate.is_none() && !options.impersonate_groups.is_empty() {
        return Err(ConnectError::BadSetting { what: "--as-group", why: "it needs --as as well".into() });
    }
    let info = &mut chosen.config.auth_info;
    if let Some(name) = &options.impersonate {
        info.impersonate = Some(name.clone());
        info.impersonate_groups = Some(options.impersonate_groups.clone());
        (info.impersonate_uid, info.impersonate_user_extra) = (None, None);
    }
    chosen.config.default_retry = false;
    Ok(chosen)
}

/// The contexts of the kubeconfigs that the options and the surroundings name, in their order; none in a pod.
pub(super) fn contexts(options: &Options, around: &Surroundings) -> Result<Vec<KubeContext>, ConnectError> {
    let Source::Files(files) = files::read(options.kubeconfig.as_deref(), around)? else { return Ok(Vec::new()) };
    let server = |name: &str| {
        let cluster = files.clusters.iter().find(|entry| entry.name == name)?.cluster.as_ref()?;
        cluster.server.as_deref().map(Clean::new)
    };
    let entries = files.contexts.iter().filter_map(|entry| Some((&entry.name, entry.context.as_ref()?)));
    let shown = |(name, context): (&String, &Context)| KubeContext {
        name: Clean::new(name),
        server: server(&context.cluster).unwrap_or_default(),
        user: Clean::new(context.user.as_deref().unwrap_or_default()),
        namespace: Clean::new(context.namespace.as_deref().filter(|ns| !ns.is_empty()).unwrap_or("default")),
        default: files.current_context.as_ref() == Some(name),
    };
    Ok(entries.map(shown).collect())
}

fn in_pod() -> Result<Chosen, ConnectError> {
    let config =
        Config::incluster().map_err(|error| ConnectError::InCluster { why: Clean::from(error.to_string()) })?;
    Ok(Chosen {
        context: "in-cluster".into(),
        user: "the pod's service account".into(),
        namespace: config.default_namespace.clone(),
        config,
        plugin: None,
    })
}

async fn of_files(files: Kubeconfig, wanted: Option<&str>) -> Result<Chosen, ConnectError> {
    let name = context_name(&files, wanted)?;
    let (context, cluster, user) = parts(&files, &name)?;
    check_server(&context.cluster, &cluster)?;
    check_files(&cluster, &user)?;
    let plugin = user.exec.clone().filter(|_| has_nothing_before_plugin(&user));
    let bad = |why: String| ConnectError::BadCredentials { context: Clean::new(&name), why: Clean::from(why) };
    let picked = KubeConfigOptions { context: Some(name.clone()), ..KubeConfigOptions::default() };
    let mut config = Config::from_custom_kubeconfig(files, &picked).await.map_err(|error| bad(with_sources(&error)))?;
    let plugin = plugin.map(|plugin| config.auth_info.exec.take().unwrap_or(plugin));
    config.auth_info.exec = None;
    if cluster.proxy_url.as_deref().is_none_or(str::is_empty) {
        config.proxy_url = proxy_of_environment(&config.cluster_url)?;
    }
    Ok(Chosen {
        context: Clean::new(&name),
        user: Clean::new(context.user.as_deref().filter(|user| !user.is_empty()).unwrap_or("nobody (no user is set)")),
        namespace: context.namespace.filter(|ns| !ns.is_empty()).unwrap_or_else(|| "default".into()),
        config,
        plugin,
    })
}

fn context_name(files: &Kubeconfig, wanted: Option<&str>) -> Result<String, ConnectError> {
    let known = || files.contexts.iter().map(|context| context.name.clone());
    let Some(name) = wanted.or(files.current_context.as_deref()) else {
        return Err(ConnectError::NoContext { known: nearest("", known()) });
    };
    if !files.contexts.iter().any(|context| context.name == name && context.context.is_some()) {
        return Err(ConnectError::UnknownContext { name: Clean::new(name), known: nearest(name, known()) });
    }
    Ok(name.to_owned())
}

/// The context, its cluster and its user. A context without a user acts as nobody, as kubectl has it.
fn parts(files: &Kubeconfig, name: &str) -> Result<(Context, Cluster, AuthInfo), ConnectError> {
    let dangling =
        |what, missing: &str| ConnectError::Dangling { context: Clean::new(name), what, name: Clean::new(missing) };
    let context = files
        .contexts
        .iter()
        .find(|entry| entry.name == name)
        .and_then(|entry| entry.context.clone())
        .unwrap_or_default();
    let cluster = files
        .clusters
        .iter()
        .find(|entry| entry.name == context.cluster)
        .and_then(|entry| entry.cluster.clone())
        .ok_or_else(|| dangling("cluster", &context.cluster))?;
    let user = match context.user.as_deref().filter(|user| !user.is_empty()) {
        None => AuthInfo::default(),
        Some(user) => files
            .auth_infos
            .iter()
            .find(|entry| entry.name == user)
            .map(|entry| entry.auth_info.clone().unwrap_or_default())
            .ok_or_else(|| dangling("user", user))?,
    };
    Ok((context, cluster, user))
}

fn check_server(name: &str, cluster: &Cluster) -> Result<(), ConnectError> {
    let bad = |why: String| ConnectError::BadServer { cluster: Clean::new(name), why: Clean::from(why) };
    let server = cluster.server.as_deref().filter(|server| !server.is_empty());
    let server = server.ok_or_else(|| bad("none is set".into()))?;
    let uri: Uri = server.parse().map_err(|error| bad(format!("{server:?}: {error}")))?;
    match uri.scheme_str() {
        Some("http" | "https") if uri.host().is_some_and(|host| !host.is_empty()) => Ok(()),
        _ => Err(bad(format!("{server:?} does not start with https:// and a host"))),
    }
}

/// Opens each file that the entries name, so that the one that fails is told by its name. Data in the kubeconfig itself
/// goes before a file, as kubectl has it.
fn check_files(cluster: &Cluster, user: &AuthInfo) -> Result<(), ConnectError> {
    let authority = cluster.certificate_authority.as_ref().filter(|_| cluster.certificate_authority_data.is_none());
    let certificate = user.client_certificate.as_ref().filter(|_| user.client_certificate_data.is_none());
    let key = user.client_key.as_ref().filter(|_| user.client_key_data.is_none());
    let token = user.token_file.as_ref().filter(|_| user.token.is_none());
    let named = [
        ("the certificate authority", authority),
        ("the client certificate", certificate),
        ("the client key", key),
        ("the token file", token),
    ];
    for (what, path) in named {
        let Some(path) = path.filter(|path| !path.is_empty()).map(PathBuf::from) else { continue };
        readable(&path).map_err(|source| ConnectError::CredentialFile { what, path, source })?;
    }
    Ok(())
}

fn readable(path: &Path) -> std::io::Result<()> {
    fs::read(path).map(drop)
}

/// The order of client-go: a token, basic auth or a certificate that is there goes before the plugin.
fn has_nothing_before_plugin(user: &AuthInfo) -> bool {
    user.token.is_none()
        && user.token_file.is_none()
        && user.username.is_none()
        && user.auth_provider.is_none()
        && user.client_certificate.is_none()
        && user.client_certificate_data.is_none()
}

/// `HTTPS_PROXY` and `HTTP_PROXY`, less what `NO_PROXY` names; never for this machine itself.
fn proxy_of_environment(server: &Uri) -> Result<Option<Uri>, ConnectError> {
    let host = server.host().unwrap_or_default().trim_matches(['[', ']']);
    let loops_back = host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    if host == "localhost" || loops_back {
        return Ok(None);
    }
    let Some(proxy) = Matcher::from_env().intercept(server) else { return Ok(None) };
    let mut text = proxy.uri().to_string();
    if let Some((user, password)) = proxy.raw_auth()
        && !text.contains('@')
    {
        text = text.replacen("://", &format!("://{user}:{password}@"), 1);
    }
    text.parse().map(Some).map_err(|error: http::uri::InvalidUri| ConnectError::BadSetting {
        what: "the proxy of HTTPS_PROXY",
        why: Clean::from(error.to_string()),
    })
}

/// An error and what lies under it, each said once.
pub(crate) fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string().trim_start_matches("ServiceError: ").to_owned();
    let mut next = error.source();
    while let Some(source) = next {
        let words = source.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        next = source.source();
    }
    text
}
