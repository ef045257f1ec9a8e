//! L5: where values come from and where they go.
//!
//! Every inspected content is an *artifact*; what belongs together is a *flow*; a value is known by a keyed *token* ([`Form`],
//! [`TenantKeys`]). The [`ledger`] keeps what happened, without any matched text; the [`index`] answers questions about it and can be made
//! from the ledger at any time. The module touches no files, clock or chance: they are handed in.

mod caller;
mod canon;
mod dictionary;
mod event;
mod ids;
pub mod index;
mod keys;
pub mod ledger;
mod service;
mod token;

pub use crate::base::{is_name, is_spiffe};
pub use caller::{BAGGAGE, Caller, HEADER, Trace};
pub use canon::Form;
pub use dictionary::{Member, dictionary};
pub use event::{
    Circumstances, Context, Event, Found, Inspection, RecordedFacts, RecordedPolicy, tier,
};
pub use ids::{ArtifactId, FlowId, FlowSource, Mint, NotAnId};
pub use keys::{Epoch, KEY_BYTES, Keyring, Secret, TenantKeys};
pub use service::{Counts, OnFull, Service};
pub use token::{HANDLE_BYTES, Handle, MARKER_BYTES_MAX, Marker, TOKEN_BYTES, ValueToken};
