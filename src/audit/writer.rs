//! The one writer of a ledger: a thread, a queue in front of it, a batch at a time.
//!
//! Whoever hands in an event is told if it is not recorded. With [`OnFull::Wait`] nothing that was taken is ever given up while the process
//! lives: on a broken disk the writer tries again, the queue fills, and those who come then are refused. With [`OnFull::Refuse`] nobody
//! waits: what cannot be written is counted, and the count is recorded as soon as the disk takes it.

use super::{AuditOptions, Keys, now_ms};
use crate::base::Fault;
use crate::base::code::{LEDGER_EVENT, LEDGER_FULL, LEDGER_WRITE};
use crate::base::limits::{LEDGER_BATCH_EVENTS_MAX, LEDGER_EVENT_BYTES_MAX};
use crate::lineage::index::Index;
use crate::lineage::ledger::{Disk, Ledger};
use crate::lineage::{Counts, Event, OnFull};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longest time that somebody waits for room in the queue, or for the disk.
const WAIT_MAX: Duration = Duration::from_secs(2);
/// Pause before another look at a full queue, or another attempt at a disk that failed.
const PAUSE: Duration = Duration::from_millis(2);
const RETRY: Duration = Duration::from_millis(100);
/// Longest time that records wait to be signed, and that the writer sleeps before it looks at the calendar.
const SIGN_AFTER: Duration = Duration::from_secs(10);
const DAY_MS: u64 = 86_400_000;

#[derive(Debug, Default)]
struct Counters {
    recorded: AtomicU64,
    refused: AtomicU64,
    batches: AtomicU64,
    failures: AtomicU64,
    /// Refused events that the ledger does not tell of yet.
    untold: AtomicU64,
    /// Work in the queue, or about to be.
    queued: AtomicU64,
    /// The last attempt to write failed.
    failing: AtomicBool,
    /// Nobody waits for the writer any more.
    stopping: AtomicBool,
}

type Answer = SyncSender<Result<(), Fault>>;

/// What the writer is asked to do.
#[derive(Debug)]
enum Work {
    Record(Event, Option<Answer>),
    Flush(Answer),
}

/// The queue and the thread behind it.
#[derive(Debug)]
pub(super) struct Writer {
    queue: Option<SyncSender<Work>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    counters: Arc<Counters>,
    on_full: OnFull,
    queue_events: u64,
}

impl Writer {
    pub(super) fn start<D: Disk + 'static>(
        ledger: Ledger<D>,
        torn_bytes: u64,
        options: &AuditOptions,
        index: Arc<RwLock<Index>>,
        keys: Arc<Keys>,
    ) -> Result<Self, Fault> {
        let (queue, work) = sync_channel(options.queue_events.max(1));
        let counters = Arc::<Counters>::default();
        let mut task = Task {
            ledger,
            index,
            keys,
            counters: Arc::clone(&counters),
            on_full: options.on_full,
            retention_days: options.retention_days,
            signed: Instant::now(),
            day: 0,
            batch: Batch::default(),
        };
        let version = env!("CARGO_PKG_VERSION").into();
        task.batch.push(Event::Opened { version, torn_bytes }, None);
        task.write_once()?;
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || task.run(&work))
            .map_err(|error| Fault::new(LEDGER_WRITE, error.kind().to_string()))?;
        let thread = Mutex::new(Some(thread));
        let queue_events = options.queue_events.max(1) as u64;
        Ok(Self { queue: Some(queue), thread, counters, on_full: options.on_full, queue_events })
    }

    pub(super) fn counts(&self) -> Counts {
        let Counters { recorded, refused, batches, failures, .. } = &*self.counters;
        let [recorded, refused, batches, failures] =
            [recorded, refused, batches, failures].map(|count| count.load(Relaxed));
        Counts { recorded, refused, batches, failures }
    }

    /// Whether [`record`](Self::record) may have to wait for room: the queue is half full. So much room is left that those who were told
    /// of none find some.
    pub(super) fn may_wait(&self) -> bool {
        self.on_full == OnFull::Wait
            && 2 * self.counters.queued.load(Relaxed) + 1 >= self.queue_events
    }

    /// Puts an event into the queue.
    pub(super) fn record(&self, event: Event) -> Result<(), Fault> {
        self.enqueue(Work::Record(event, None)).inspect_err(|_| self.refused())
    }

    /// Puts an event into the queue and waits until it is on the disk.
    pub(super) fn record_durably(&self, event: Event) -> Result<(), Fault> {
        let (answer, answered) = sync_channel(1);
        self.enqueue(Work::Record(event, Some(answer))).inspect_err(|_| self.refused())?;
        answered
            .recv_timeout(WAIT_MAX)
            .unwrap_or_else(|_| Err(Fault::new(LEDGER_WRITE, "the disk did not answer in time")))
    }

    pub(super) fn flush(&self) -> Result<(), Fault> {
        let (answer, answered) = sync_channel(1);
        let Some(queue) = &self.queue else { return Err(LEDGER_WRITE.into()) };
        queue.send(Work::Flush(answer)).map_err(|_| Fault::from(LEDGER_WRITE))?;
        answered.recv().unwrap_or_else(|_| Err(LEDGER_WRITE.into()))
    }

    fn refused(&self) {
        self.counters.refused.fetch_add(1, Relaxed);
        self.counters.untold.fetch_add(1, Relaxed);
    }

    fn enqueue(&self, work: Work) -> Result<(), Fault> {
        self.counters.queued.fetch_add(1, Relaxed);
        self.try_enqueue(work).inspect_err(|_| {
            self.counters.queued.fetch_sub(1, Relaxed);
        })
    }

    fn try_enqueue(&self, work: Work) -> Result<(), Fault> {
        let Some(queue) = &self.queue else { return Err(LEDGER_WRITE.into()) };
        if self.on_full == OnFull::Refuse && self.counters.failing.load(Relaxed) {
            return Err(LEDGER_WRITE.into());
        }
        let mut work = work;
        let mut give_up = None;
        loop {
            work = match queue.try_send(work) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Disconnected(_)) => return Err(LEDGER_WRITE.into()),
                Err(TrySendError::Full(work)) => work,
            };
            let give_up = *give_up.get_or_insert_with(|| Instant::now() + WAIT_MAX);
            if self.on_full == OnFull::Refuse || Instant::now() >= give_up {
                return Err(LEDGER_FULL.into());
            }
            std::thread::sleep(PAUSE);
        }
    }
}

impl Drop for Writer {
    /// Writes what is in the queue, signs it, and ends the thread.
    fn drop(&mut self) {
        self.counters.stopping.store(true, Relaxed);
        drop(self.queue.take());
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the writer of the ledger panicked");
        }
    }
}

/// Events that are written together.
#[derive(Debug, Default)]
struct Batch {
    payloads: Vec<Vec<u8>>,
    events: Vec<Event>,
    answers: Vec<Answer>,
    bytes: usize,
}

impl Batch {
    /// Takes an event, or refuses one that is too large; says whether it took it.
    fn push(&mut self, event: Event, answer: Option<Answer>) -> bool {
        let payload = serde_json::to_vec(&event).ok();
        let payload = payload.filter(|payload| payload.len() <= LEDGER_EVENT_BYTES_MAX);
        let Some(payload) = payload else {
            if let Some(answer) = answer {
                // Who does not wait any more need not be told.
                let _ = answer.try_send(Err(LEDGER_EVENT.into()));
            }
            return false;
        };
        self.bytes += payload.len();
        self.payloads.push(payload);
        self.events.push(event);
        self.answers.extend(answer);
        true
    }

    /// One place is left for the count of what was refused.
    const fn is_full(&self) -> bool {
        self.payloads.len() + 1 >= LEDGER_BATCH_EVENTS_MAX || self.bytes >= LEDGER_EVENT_BYTES_MAX
    }

    fn answer(&mut self, result: &Result<(), Fault>) {
        for answer in self.answers.drain(..) {
            // Who does not wait any more need not be told.
            let _ = answer.try_send(result.clone());
        }
        self.payloads.clear();
        self.events.clear();
        self.bytes = 0;
    }
}

/// What the thread works with.
struct Task<D> {
    ledger: Ledger<D>,
    index: Arc<RwLock<Index>>,
    keys: Arc<Keys>,
    counters: Arc<Counters>,
    on_full: OnFull,
    retention_days: u32,
    /// When the last checkpoint was written, or was to be.
    signed: Instant,
    /// The day that was looked at for what is too old.
    day: u64,
    batch: Batch,
}

impl<D: Disk> Task<D> {
    fn run(mut self, work: &Receiver<Work>) {
        loop {
            self.keep_house();
            let failing = self.counters.failing.load(Relaxed);
            let flush = match work.recv_timeout(if failing { RETRY } else { SIGN_AFTER }) {
                Ok(first) => self.collect(first, work),
                // Nobody hands in anything while the disk is broken, so the writer looks after it itself.
                Err(RecvTimeoutError::Timeout) if failing => Vec::new(),
                Err(RecvTimeoutError::Timeout) => {
                    self.sign_if(false);
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            self.write();
            self.sign_if(self.ledger.checkpoint_is_due() || !flush.is_empty());
            for answer in flush {
                let failing = self.counters.failing.load(Relaxed);
                let _ = answer.try_send(if failing { Err(LEDGER_WRITE.into()) } else { Ok(()) });
            }
        }
        self.sign_if(self.ledger.is_unsigned());
    }

    /// Takes what waits, as far as it goes into one batch; says who wants to know when it is done.
    fn collect(&mut self, first: Work, work: &Receiver<Work>) -> Vec<Answer> {
        let mut next = Some(first);
        while let Some(work_item) = next.take() {
            match work_item {
                Work::Flush(answer) => return vec![answer],
                Work::Record(event, answer) => {
                    self.counters.queued.fetch_sub(1, Relaxed);
                    if !self.batch.push(event, answer) {
                        self.count_refused(1);
                    }
                }
            }
            if !self.batch.is_full() {
                next = work.try_recv().ok();
            }
        }
        Vec::new()
    }

    /// Writes the batch. If that fails, the policy says whether to try again or to refuse it.
    fn write(&mut self) {
        let untold = self.counters.untold.swap(0, Relaxed);
        if untold > 0 {
            self.batch.push(Event::Refused { events: untold }, None);
        }
        let waiting_since = Instant::now();
        while let Err(fault) = self.write_once() {
            self.counters.failures.fetch_add(1, Relaxed);
            if !self.counters.failing.swap(true, Relaxed) {
                tracing::error!(
                    code = fault.code.id,
                    detail = fault.detail,
                    "the ledger cannot be written"
                );
            }
            // Those who wait for the disk have given up by then, and what nobody was promised need not be kept.
            let promised = self.batch.payloads.len() > self.batch.answers.len();
            let stopping = self.counters.stopping.load(Relaxed);
            let retry = self.on_full == OnFull::Wait && promised && !stopping;
            if !retry && (self.on_full == OnFull::Refuse || waiting_since.elapsed() >= WAIT_MAX) {
                let told = u64::from(untold > 0);
                self.counters.untold.fetch_add(untold, Relaxed);
                let lost = self.batch.payloads.len() as u64 - told;
                tracing::error!(events = lost, "events were not recorded");
                self.count_refused(lost);
                self.batch.answer(&Err(fault));
                return;
            }
            std::thread::sleep(RETRY);
        }
        if self.counters.failing.swap(false, Relaxed) {
            tracing::info!("the ledger can be written again");
        }
    }

    fn count_refused(&self, events: u64) {
        self.counters.refused.fetch_add(events, Relaxed);
        self.counters.untold.fetch_add(events, Relaxed);
    }

    fn write_once(&mut self) -> Result<(), Fault> {
        if self.batch.payloads.is_empty() {
            return Ok(());
        }
        let first = self.ledger.append(now_ms(), &self.batch.payloads)?;
        self.counters.batches.fetch_add(1, Relaxed);
        self.counters.recorded.fetch_add(self.batch.payloads.len() as u64, Relaxed);
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        for (seq, event) in (first..).zip(self.batch.events.drain(..)) {
            index.insert(seq, event);
        }
        drop(index);
        self.batch.answer(&Ok(()));
        Ok(())
    }

    /// Writes a checkpoint if it is wanted, or if records have waited for one long enough.
    fn sign_if(&mut self, wanted: bool) {
        let late = self.ledger.is_unsigned() && self.signed.elapsed() >= SIGN_AFTER;
        if !wanted && !late {
            return;
        }
        self.signed = Instant::now();
        if let Err(fault) = self.ledger.checkpoint() {
            self.counters.failures.fetch_add(1, Relaxed);
            tracing::warn!(
                code = fault.code.id,
                detail = fault.detail,
                "no checkpoint was written"
            );
        }
    }

    /// Once a day: removes segments and keys that are older than they are kept.
    fn keep_house(&mut self) {
        let now = now_ms();
        let today = now / DAY_MS;
        if self.retention_days == 0 || self.day == today {
            return;
        }
        self.day = today;
        for epoch in self.keys.expired(now) {
            match self.keys.shred(epoch) {
                Ok(()) => drop(self.batch.push(Event::Shredded { epoch: epoch.0 }, None)),
                Err(fault) => {
                    tracing::error!(code = fault.code.id, %epoch, "keys were not destroyed")
                }
            }
        }
        let kept_ms = u64::from(self.retention_days) * DAY_MS;
        let before = self.ledger.first_seq().unwrap_or_default();
        match self.ledger.retire((today * DAY_MS).saturating_sub(kept_ms)) {
            Ok(first_seq) if first_seq > before => {
                self.batch.push(Event::Retired { first_seq }, None);
            }
            Ok(_) => {}
            Err(fault) => tracing::error!(code = fault.code.id, "old segments were not removed"),
        }
        self.write();
    }
}
