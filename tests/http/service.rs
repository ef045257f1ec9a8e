//! The real service on a free port of this machine, in a thread of the test.

use lockgate::rules::{Compiler, Rules};
use lockgate::server::{Config, Server};
use lockgate::syntax::Source;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    /// Where the proxy listens, if there is one.
    proxy: Option<SocketAddr>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A rule set of its own, so that the service is tested and not what the built-in rules say today.
pub(crate) fn rules() -> Arc<Rules> {
    static RULES: OnceLock<Arc<Rules>> = OnceLock::new();
    let build = || {
        let mut compiler = Compiler::new();
        compiler
            .add_labels(Source::new("labels.toml", include_str!("rules/labels.toml")))
            .add_rules(Source::new("pii.toml", include_str!("rules/pii.toml")))
            .add_pack(Source::new("default.toml", include_str!("rules/default.toml")))
            .add_pack(Source::new("strict.toml", include_str!("rules/strict.toml")));
        let built = compiler.build().map_err(|wrong| wrong.render(false));
        Arc::new(built.unwrap_or_else(|wrong| panic!("{wrong}")).0)
    };
    Arc::clone(RULES.get_or_init(build))
}

impl Service {
    pub(crate) fn start(config: Config) -> Self {
        Self::start_with(config, rules())
    }

    /// One with other rules than those of the tests.
    pub(crate) fn start_with(config: Config, rules: Arc<Rules>) -> Self {
        let config = Config { listen: "127.0.0.1:0".parse().unwrap(), workers: 2, ..config };
        let (stop, stopped) = oneshot::channel();
        let (bound, address) = mpsc::sync_channel(1);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let server = Server::bind(config, rules).await.unwrap();
                bound.send((server.local_addr(), server.proxy_addr())).unwrap();
                server.run(async { drop(stopped.await) }).await;
            });
        });
        let (address, proxy) = address.recv().unwrap();
        Self { address, proxy, stop: Some(stop), thread: Some(thread) }
    }

    #[allow(dead_code, reason = "not all tests have a proxy")]
    pub(crate) fn proxy(&self) -> SocketAddr {
        self.proxy.expect("the settings name an upstream")
    }

    pub(crate) fn stop(&mut self) {
        self.stop.take();
    }

    pub(crate) fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}
