//! L7: the HTTP service, `lockgate serve`.
//!
//! [`serve`] runs it until the process is told to stop; [`Server`] is the same in pieces, for tests and for programs that embed it.
//! `router.rs` shows the whole service on one screen; `wire.rs` holds everything that travels.

mod app;
mod body;
mod catalog;
pub mod config;
mod envelope;
mod form;
#[cfg(feature = "grpc")]
pub mod grpc;
mod guard;
mod heap;
mod inspect;
mod lineage;
mod log;
mod media;
mod memory;
pub mod metrics;
mod offsets;
pub mod openapi;
mod problem;
mod proxy;
mod router;
mod sender;
mod sessions;
mod socket;
mod status;
mod stream;
mod talk;
pub mod wire;

pub use config::Config;
pub use log::init as init_log;

use crate::base::Fault;
use crate::lineage::Service;
use crate::policy::Policy;
use crate::rules::Rules;
use app::App;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Pause after a connection could not be accepted, which mostly means that the process has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Requests that one HTTP/2 connection may have open at the same time.
const HTTP2_STREAMS_MAX: u32 = 200;
/// Bytes that may arrive for one of them before somebody reads them.
const HTTP2_STREAM_WINDOW_BYTES: u32 = 64 << 10;

/// Why the service did not start.
#[derive(Debug)]
pub enum ServeError {
    /// A setting does not fit the rule set.
    Config(Fault),
    /// The address cannot be listened on, or the threads cannot be started.
    Io(io::Error),
}

impl std::fmt::Display for ServeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Config(fault) => fault.fmt(f),
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for ServeError {}

/// What is served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Services {
    /// The API, and the proxy if the settings name an upstream.
    All,
    /// The proxy alone.
    Proxy,
}

/// Runs the service until SIGTERM or SIGINT, then lets open requests finish. Prints the addresses once it listens.
///
/// # Errors
/// It could not start.
pub fn serve(
    config: Config,
    rules: Arc<Rules>,
    services: Services,
    attached: Attached,
) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(app::workers(&config))
        .enable_all()
        .build()
        .map_err(ServeError::Io)?;
    runtime.block_on(async {
        let stop = stop_signal().map_err(ServeError::Io)?;
        let upstream = config.upstream.clone();
        let server = Server::bind_with(config, rules, services, attached).await?;
        heap::trim();
        if let Some(address) = server.api_addr() {
            println!("listening on http://{address}");
        }
        if let Some(address) = server.proxy_addr() {
            println!("proxy for {upstream} on http://{address}");
        }
        server.run(stop).await;
        Ok(())
    })
}

/// What a service has beside its rules.
#[derive(Clone, Debug, Default)]
pub struct Attached {
    /// Ids, keys and the ledger: inspections are recorded, and verdicts have ids and tags.
    pub lineage: Option<Arc<dyn Service>>,
    /// Who may send what where. It was compiled for the rules of the service.
    pub policy: Option<Arc<Policy>>,
}

/// A service that listens but does not answer yet.
#[derive(Debug)]
pub struct Server {
    api: Option<Listening>,
    proxy: Option<Listening>,
    app: Arc<App>,
}

/// An address that is listened on, and what is said there.
#[derive(Debug)]
struct Listening {
    listener: TcpListener,
    address: SocketAddr,
    service: axum::Router,
}

impl Listening {
    async fn bind(address: SocketAddr, service: axum::Router) -> Result<Self, ServeError> {
        let listener = TcpListener::bind(address).await.map_err(ServeError::Io)?;
        let address = listener.local_addr().map_err(ServeError::Io)?;
        Ok(Self { listener, address, service })
    }
}

impl Server {
    /// Listens on the address of the settings.
    ///
    /// # Errors
    /// The address is taken or not ours, or the settings name a pack that the rules do not have.
    pub async fn bind(config: Config, rules: Arc<Rules>) -> Result<Self, ServeError> {
        Self::bind_services(config, rules, Services::All).await
    }

    /// Listens on the addresses of the settings that these services need.
    ///
    /// # Errors
    /// As [`bind`](Self::bind); or the upstream of the proxy is none.
    pub async fn bind_services(
        config: Config,
        rules: Arc<Rules>,
        services: Services,
    ) -> Result<Self, ServeError> {
        Self::bind_with(config, rules, services, Attached::default()).await
    }

    /// The same with lineage, if it is given: inspections are recorded, and verdicts have ids and tags; and with a policy.
    ///
    /// # Errors
    /// As [`bind_services`](Self::bind_services).
    pub async fn bind_with(
        config: Config,
        rules: Arc<Rules>,
        services: Services,
        attached: Attached,
    ) -> Result<Self, ServeError> {
        let app = App::new(config, rules, attached).map_err(ServeError::Config)?;
        let api = match services {
            Services::All => Some(Listening::bind(app.config.listen, router::router(&app)).await?),
            Services::Proxy => None,
        };
        let proxy = if services == Services::Proxy || !app.config.upstream.is_empty() {
            let service = proxy::router(&app).map_err(ServeError::Config)?;
            Some(Listening::bind(app.config.proxy_listen, service).await?)
        } else {
            None
        };
        Ok(Self { api, proxy, app })
    }

    /// The address of the API, with the real port, or else that of the proxy.
    pub fn local_addr(&self) -> SocketAddr {
        self.api_addr().or(self.proxy_addr()).unwrap_or(self.app.config.listen)
    }

    /// The address of the API, with the real port.
    pub fn api_addr(&self) -> Option<SocketAddr> {
        self.api.as_ref().map(|api| api.address)
    }

    /// The address of the proxy, with the real port.
    pub fn proxy_addr(&self) -> Option<SocketAddr> {
        self.proxy.as_ref().map(|proxy| proxy.address)
    }

    /// Answers until `stop` is ready, then drains: `/readyz` says 503 for the delay of the settings, then nothing new is accepted and
    /// open requests get the time of the settings to finish.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { api, proxy, app } = self;
        let both = [api, proxy];
        for Listening { address, .. } in both.iter().flatten() {
            tracing::info!(%address, rules = app.engine.rules().rules().len(), "started");
        }
        let shared = Shared::new(&app);
        let [api, proxy] = &both;
        let accept = async {
            tokio::join!(shared.accept_all(api.as_ref()), shared.accept_all(proxy.as_ref()))
        };
        let drain = async {
            stop.await;
            app.drain();
            tracing::info!("draining");
            tokio::time::sleep(Duration::from_millis(app.config.drain_delay_ms)).await;
        };
        tokio::select! {
            _ = accept => {}
            () = drain => {}
            () = app.forget() => {}
        }
        drop(both);
        let limit = Duration::from_millis(app.config.drain_timeout_ms);
        if tokio::time::timeout(limit, shared.graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests did not finish in time");
        }
        tracing::info!("stopped");
    }
}

/// Turns accepted connections of all listeners into tasks.
struct Shared {
    http: auto::Builder<TokioExecutor>,
    graceful: GracefulShutdown,
    connections: Arc<Semaphore>,
}

impl Shared {
    fn new(app: &Arc<App>) -> Self {
        let mut http = auto::Builder::new(TokioExecutor::new());
        // A client that dribbles its headers must not hold a connection for ever.
        http.http1().timer(TokioTimer::new()).header_read_timeout(app.config.request_timeout());
        // All that one connection may send without being read: no stream that nobody reads keeps its neighbours from sending.
        http.http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(HTTP2_STREAMS_MAX)
            .initial_stream_window_size(HTTP2_STREAM_WINDOW_BYTES)
            .initial_connection_window_size(HTTP2_STREAMS_MAX * HTTP2_STREAM_WINDOW_BYTES);
        let connections = usize::try_from(app.config.connections_max);
        Self {
            http,
            graceful: GracefulShutdown::new(),
            connections: Arc::new(Semaphore::new(connections.unwrap_or(Semaphore::MAX_PERMITS))),
        }
    }

    /// Accepts as long as somebody listens.
    async fn accept_all(&self, listening: Option<&Listening>) {
        let Some(Listening { listener, service, .. }) = listening else { return };
        let service = TowerToHyperService::new(service.clone());
        loop {
            let Ok(permit) = Arc::clone(&self.connections).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, _)) => self.spawn(stream, permit, service.clone()),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn spawn(
        &self,
        stream: TcpStream,
        permit: OwnedSemaphorePermit,
        service: TowerToHyperService<axum::Router>,
    ) {
        // Answers are written in one piece, so waiting for more to send only costs time. Failing to say so is no reason to hang up.
        let _ = stream.set_nodelay(true);
        let connection = self.http.serve_connection_with_upgrades(TokioIo::new(stream), service);
        let connection = self.graceful.watch(connection.into_owned());
        tokio::spawn(async move {
            // Errors here are clients that hang up or do not speak HTTP; hyper has answered what can be answered.
            let _ = connection.await;
            drop(permit);
        });
    }
}

#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
