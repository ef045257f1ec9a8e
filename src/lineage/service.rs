//! What an inspection's lineage needs from the world, as whoever runs the world implements it.

use super::caller::Caller;
use super::event::{Context, Inspection};
use super::index::Index;
use super::token::ValueToken;
use crate::base::Fault;
use std::sync::RwLock;

/// What happens to an event for which there is no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFull {
    /// The caller waits up to two seconds, then the event is refused.
    #[default]
    Wait,
    /// The event is refused at once.
    Refuse,
}

/// What became of the events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events on the disk.
    pub recorded: u64,
    /// Events that are not, as their senders were told, or as the ledger says.
    pub refused: u64,
    /// Batches, each written with one wait for the disk.
    pub batches: u64,
    /// Failed attempts to write.
    pub failures: u64,
}

/// Ids and keys of the moment, a place for records, and what is known of them.
pub trait Service: Send + Sync + std::fmt::Debug {
    /// The context of a new content.
    ///
    /// # Errors
    /// The keys of the epoch cannot be made.
    fn context(&self, caller: Caller) -> Result<Context, Fault>;

    /// Records an inspection: it waits in a queue of bounded length, or is on the disk when this returns.
    ///
    /// # Errors
    /// It was not recorded: the queue is full, or the disk does not take it.
    fn record(&self, inspection: Inspection) -> Result<(), Fault>;

    /// True if recording may wait now, for the disk or for room in the queue, so that it must not be called where others wait.
    fn blocks(&self) -> bool;

    /// The tenant of callers that name none.
    fn tenant(&self) -> &str;

    /// The tokens that a value may have: of every epoch whose keys are there, and of every form.
    fn tokens(&self, tenant: &str, value: &[u8]) -> Vec<ValueToken>;

    /// What is known.
    fn index(&self) -> &RwLock<Index>;

    /// What became of the events since the start.
    fn counts(&self) -> Counts;
}
