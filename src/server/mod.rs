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
mod inspect;
mod log;
mod media;
mod memory;
pub mod metrics;
mod offsets;
pub mod openapi;
mod problem;
mod router;
mod status;
pub mod wire;

pub use config::Config;
pub use log::init as init_log;

use crate::base::Fault;
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

/// Runs the service until SIGTERM or SIGINT, then lets open requests finish. Prints the address once it listens.
///
/// # Errors
/// It could not start.
pub fn serve(config: Config, rules: Arc<Rules>) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(app::workers(&config))
        .enable_all()
        .build()
        .map_err(ServeError::Io)?;
    runtime.block_on(async {
        let stop = stop_signal().map_err(ServeError::Io)?;
        let server = Server::bind(config, rules).await?;
        println!("listening on http://{}", server.local_addr());
        server.run(stop).await;
        Ok(())
    })
}

/// A service that listens but does not answer yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    app: Arc<App>,
}

impl Server {
    /// Listens on the address of the settings.
    ///
    /// # Errors
    /// The address is taken or not ours, or the settings name a pack that the rules do not have.
    pub async fn bind(config: Config, rules: Arc<Rules>) -> Result<Self, ServeError> {
        let listener = TcpListener::bind(config.listen).await.map_err(ServeError::Io)?;
        let address = listener.local_addr().map_err(ServeError::Io)?;
        let app = App::new(config, rules).map_err(ServeError::Config)?;
        Ok(Self { listener, address, app })
    }

    /// The address that is listened on, with the real port.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `stop` is ready, then drains: `/readyz` says 503 for the delay of the settings, then nothing new is accepted and
    /// open requests get the time of the settings to finish.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { listener, address, app } = self;
        tracing::info!(%address, rules = app.engine.rules().rules().len(), "started");
        let acceptor = Acceptor::new(&app);
        let drain = async {
            stop.await;
            app.drain();
            tracing::info!("draining");
            tokio::time::sleep(Duration::from_millis(app.config.drain_delay_ms)).await;
        };
        tokio::select! {
            () = acceptor.accept_all(&listener) => {}
            () = drain => {}
        }
        drop(listener);
        let limit = Duration::from_millis(app.config.drain_timeout_ms);
        if tokio::time::timeout(limit, acceptor.graceful.shutdown()).await.is_err() {
            tracing::warn!("some requests did not finish in time");
        }
        tracing::info!("stopped");
    }
}

/// Turns accepted connections into tasks.
struct Acceptor {
    service: TowerToHyperService<axum::Router>,
    http: auto::Builder<TokioExecutor>,
    graceful: GracefulShutdown,
    connections: Arc<Semaphore>,
}

impl Acceptor {
    fn new(app: &Arc<App>) -> Self {
        let mut http = auto::Builder::new(TokioExecutor::new());
        // A client that dribbles its headers must not hold a connection for ever.
        http.http1().timer(TokioTimer::new()).header_read_timeout(app.config.request_timeout());
        http.http2().timer(TokioTimer::new());
        let connections = usize::try_from(app.config.connections_max);
        Self {
            service: TowerToHyperService::new(router::router(app)),
            http,
            graceful: GracefulShutdown::new(),
            connections: Arc::new(Semaphore::new(connections.unwrap_or(Semaphore::MAX_PERMITS))),
        }
    }

    async fn accept_all(&self, listener: &TcpListener) {
        loop {
            let Ok(permit) = Arc::clone(&self.connections).acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, _)) => self.spawn(stream, permit),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn spawn(&self, stream: TcpStream, permit: OwnedSemaphorePermit) {
        // Answers are written in one piece, so waiting for more to send only costs time. Failing to say so is no reason to hang up.
        let _ = stream.set_nodelay(true);
        let connection = self.http.serve_connection(TokioIo::new(stream), self.service.clone());
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
