//! One program for all fuzz targets: it runs the one that bears its name.
#![no_main]

#[path = "../tests/fuzz/targets.rs"]
mod targets;

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static RUN: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let name = env!("CARGO_BIN_NAME");
    let target = targets::TARGETS.iter().find(|(target, _)| *target == name);
    target.unwrap_or_else(|| panic!("no target has the name {name}")).1
});

fuzz_target!(|data: &[u8]| RUN(data));
