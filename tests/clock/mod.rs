//! A clock for tests that compare times.
#![allow(unsafe_code, reason = "the clock of a thread is a C function")]

use std::time::Duration;

/// Time that this thread has spent on a processor, whatever else the machine does.
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
pub(crate) fn clock() -> Duration {
    #[repr(C)]
    struct Timespec {
        seconds: i64,
        nanoseconds: i64,
    }
    const CLOCK_THREAD_CPUTIME_ID: i32 = 3;
    unsafe extern "C" {
        fn clock_gettime(clock: i32, time: *mut Timespec) -> i32;
    }
    let mut time = Timespec { seconds: 0, nanoseconds: 0 };
    // SAFETY: the pointer is to a `timespec` of this platform, which the call fills.
    let status = unsafe { clock_gettime(CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    assert_eq!(status, 0, "there is a clock per thread");
    Duration::new(time.seconds as u64, time.nanoseconds as u32)
}

/// Time since the first call.
#[cfg(not(all(target_os = "linux", target_pointer_width = "64")))]
pub(crate) fn clock() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}
