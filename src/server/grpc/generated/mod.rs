//! Messages and services, made from `proto/` by `make docs`.
#![allow(
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications,
    rust_2018_idioms,
    clippy::all,
    clippy::allow_attributes_without_reason,
    reason = "the generators have a style of their own"
)]

/// What probes ask.
pub mod grpc_health_v1;
/// The API.
pub mod lockgate_v1;
