//! What all requests share.

use super::Attached;
use super::body::Budget;
use super::config::{Config, TurnScope};
use super::metrics::Metrics;
use super::sender::now_ms;
use crate::base::Fault;
use crate::base::code::REQUEST_INTERNAL;
use crate::engine::{Engine, SessionKey, StreamOptions, TurnMemory, TurnSession, Turns};
use crate::lineage::{Caller, Service};
use crate::policy::Policy;
use crate::policy::links::LinkPolicy;
use crate::rules::Rules;
use crate::vault::{SECRET_BYTES, Vault, VaultLimits};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, watch};

/// How often sessions are looked through at most, and at least.
const FORGET_MIN: Duration = Duration::from_secs(1);
const FORGET_MAX: Duration = Duration::from_secs(60);

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
    /// Values of sessions, if the policy wants tokens.
    pub(super) vault: Option<Arc<Vault>>,
    /// What the last messages of sessions ended in, if messages are looked at together.
    pub(super) turns: Option<Arc<TurnMemory>>,
    started: Instant,
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
    /// The default pack is not in the rule set, or messages are to be looked at together with one that streams do not take.
    pub(super) fn new(
        config: Config,
        rules: Arc<Rules>,
        Attached { lineage, policy }: Attached,
    ) -> Result<Arc<Self>, Fault> {
        config.check_pack(&rules)?;
        let tokenizes = policy.as_ref().is_some_and(|policy| policy.tokenizes());
        let vault =
            if tokenizes && config.vault_sessions_max > 0 { Some(vault(&config)?) } else { None };
        let permits = |count: u64| usize::try_from(count).unwrap_or(Semaphore::MAX_PERMITS);
        let engine = Engine::new(Arc::clone(&rules));
        engine.warm(workers(&config));
        // The first stream need not wait for the automaton; a pack that has no streams says so when one is asked for.
        let stream = engine
            .stream(StreamOptions { pack: Some(config.pack.clone()), ..StreamOptions::default() });
        if config.turns != TurnScope::Off {
            stream?;
        }
        let turns = (config.turns == TurnScope::Session).then(|| {
            Arc::new(TurnMemory::new(permits(config.turn_sessions_max), config.turn_idle_ms))
        });
        Ok(Arc::new(Self {
            bodies: Budget::new(config.bodies_bytes_max),
            links: Arc::new(config.links()),
            metrics: Metrics::new(rules.labels().len()),
            lineage,
            policy,
            vault,
            turns,
            started: Instant::now(),
            slots: Semaphore::new(permits(config.concurrency_max)),
            streams: Arc::new(Semaphore::new(permits(config.streams_max))),
            large: Arc::new(Semaphore::new(workers(&config))),
            draining: watch::Sender::new(false),
            engine,
            config,
        }))
    }

    /// Which messages are looked at together with those of a content that this caller sends.
    pub(super) fn turns(&self, caller: &Caller) -> Turns {
        match (self.config.turns, &self.turns, &caller.session) {
            (TurnScope::Off, ..) => Turns::Apart,
            (_, Some(memory), Some(session)) => {
                let tenant = caller.tenant.as_ref().unwrap_or(&self.config.lineage_tenant);
                Turns::Session(TurnSession {
                    memory: Arc::clone(memory),
                    key: SessionKey::new(tenant, session),
                    now_ms: u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX),
                })
            }
            _ => Turns::Content,
        }
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

    /// Ends sessions of the vault in time, also while nobody asks for anything. It never ends by itself.
    pub(super) async fn forget(&self) {
        let Some(vault) = &self.vault else { return std::future::pending().await };
        let idle = Duration::from_millis(self.config.vault_idle_ms);
        let mut ticks = tokio::time::interval(idle.clamp(FORGET_MIN, FORGET_MAX));
        loop {
            ticks.tick().await;
            vault.expire(now_ms());
        }
    }

    pub(super) fn drain(&self) {
        self.draining.send_replace(true);
    }
}

/// An empty vault with a secret that nobody has seen.
fn vault(config: &Config) -> Result<Arc<Vault>, Fault> {
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let mut secret = [0; SECRET_BYTES];
    getrandom::fill(&mut secret).map_err(|_| Fault::new(REQUEST_INTERNAL, "there is no chance"))?;
    let limits = VaultLimits {
        sessions: size(config.vault_sessions_max),
        values: size(config.vault_values_max),
        bytes: size(config.vault_bytes_max),
        idle_ms: config.vault_idle_ms,
    };
    Ok(Arc::new(Vault::new(secret, limits)))
}

/// Worker threads for these settings.
pub(super) fn workers(config: &Config) -> usize {
    match usize::try_from(config.workers) {
        Ok(workers) if workers > 0 => workers,
        _ => std::thread::available_parallelism().map_or(1, |count| count.get()),
    }
}
