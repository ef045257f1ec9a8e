//! What the allocator of the system is told.
#![allow(unsafe_code, reason = "the allocator of the system is a C library")]

/// Gives memory that is no longer used back to the system, where its allocator can be told to: to compile a rule set takes more of it than
/// to have one, and what a process was once given it keeps.
pub(super) fn trim() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        unsafe extern "C" {
            /// `malloc_trim(3)`.
            fn malloc_trim(pad: usize) -> std::ffi::c_int;
        }
        // SAFETY: it takes a number, may be called at any time, and what is in use stays where it is.
        unsafe { malloc_trim(0) };
    }
}
