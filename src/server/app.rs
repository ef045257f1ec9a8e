//! What all requests share.

use super::Attached;
use super::body::Budget;
use super::config::Config;
use super::metrics::Metrics;
use crate::base::Fault;
use crate::engine::{Engine, StreamOptions};
use crate::lineage::Service;
use crate::policy::Policy;
use crate::policy::links::LinkPolicy;
use crate::rules::Rules;
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};

/// The engine, the settings, and the bounds on what goes on at the same time.
#[derive(Debug)]
pub(super) struct App {
    pub(super) engine: Engine,
    pub(super) config: Config,
    /// Where links may lead.
    pub(super) links: Arc<LinkPolicy>,
    pub(super) metrics: Metrics,
    /// Ids, keys and the ledger, if lineage is on.
    pub(super) lineage: Option<Arc<dyn Service>>,
    /// Who may send what where, if somebody said.
    pub(super) policy: Option<Arc<Policy>>,
    /// The memory for bodies and answers.
    pub(super) bodies: Arc<Budget>,
    /// One permit per inspection that is worked on.
    pub(super) slots: Semaphore,
    /// One permit per open stream.
    pub(super) streams: Arc<Semaphore>,
    /// One permit per large scan that runs outside the async workers.
    pub(super) large: Arc<Semaphore>,
    draining: watch::Sender<bool>,
}

impl App {
    /// Ready for the first request: the engine is warm.
    ///
    /// # Errors
    /// The default pack is not in the rule set.
    pub(super) fn new(
        config: Config,
        rules: Arc<Rules>,
        Attached { lineage, policy }: Attached,
    ) -> Result<Arc<Self>, Fault> {
        config.check_pack(&rules)?;
        let permits = |count: u64| usize::try_from(count).unwrap_or(Semaphore::MAX_PERMITS);
        let engine = Engine::new(Arc::clone(&rules));
        engine.warm(workers(&config));
        // The first stream need not wait for the automaton; a pack that has no streams says so when one is asked for.
        let _ = engine
            .stream(StreamOptions { pack: Some(config.pack.clone()), ..StreamOptions::default() });
        Ok(Arc::new(Self {
            bodies: Budget::new(config.bodies_bytes_max),
            links: Arc::new(config.links()),
            metrics: Metrics::new(rules.labels().len()),
            lineage,
            policy,
            slots: Semaphore::new(permits(config.concurrency_max)),
            streams: Arc::new(Semaphore::new(permits(config.streams_max))),
            large: Arc::new(Semaphore::new(workers(&config))),
            draining: watch::Sender::new(false),
            engine,
            config,
        }))
    }

    /// True once the service was asked to stop.
    pub(super) fn draining(&self) -> bool {
        *self.draining.borrow()
    }

    /// The same for those that wait for it.
    #[cfg(feature = "grpc")]
    pub(super) fn until_draining(&self) -> watch::Receiver<bool> {
        self.draining.subscribe()
    }

    pub(super) fn drain(&self) {
        self.draining.send_replace(true);
    }
}

/// Worker threads for these settings.
pub(super) fn workers(config: &Config) -> usize {
    match usize::try_from(config.workers) {
        Ok(workers) if workers > 0 => workers,
        _ => std::thread::available_parallelism().map_or(1, |count| count.get()),
    }
}
