//! A global allocator that counts, so that `lockgate bench` can state allocations per document.
#![allow(
    unsafe_code,
    reason = "a global allocator is an unsafe trait, and the one of the system is told to trim itself"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// The system's allocator with a counter per thread. Install it with `#[global_allocator]`.
#[derive(Clone, Copy, Debug, Default)]
pub struct CountingAllocator;

/// Allocations and reallocations of the calling thread so far; `None` if [`CountingAllocator`] is not installed.
pub fn allocations() -> Option<u64> {
    // A thread that prints, reads or parses has allocated before it can ask: zero means that nobody counts.
    Some(COUNT.get()).filter(|count| *count > 0)
}

fn count() {
    // Fails only while the thread is being torn down, when nobody asks any more.
    let _ = COUNT.try_with(|count| count.set(count.get().wrapping_add(1)));
}

// SAFETY: every method forwards its arguments unchanged to `System`, which upholds the contract of `GlobalAlloc`. Counting touches a
// `Cell` in constant-initialised thread-local memory without a destructor: it neither allocates nor unwinds.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller upholds the contract of `alloc`, which is the same for `System`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as for `alloc`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count();
        // SAFETY: `block` came from this allocator, so it came from `System`; the rest is the caller's contract.
        unsafe { System.realloc(block, layout, new_size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: `block` came from this allocator with this layout, so it came from `System`.
        unsafe { System.dealloc(block, layout) }
    }
}
