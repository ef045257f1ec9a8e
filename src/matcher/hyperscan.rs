//! Literals by Hyperscan or Vectorscan: a binding to the nine C functions that are needed.
//!
//! The literal interface (`hs_compile_lit_multi`) skips the regex front end, so that thousands of literals compile in milliseconds.
//! `docs/decisions/0003-own-hyperscan-binding.md` says why there is no crate in between.
#![allow(unsafe_code, reason = "the binding to a C library; every call states why it is sound")]

use super::literals::{Hit, Literal};
use std::ffi::{CStr, c_char, c_int, c_uint, c_ulonglong, c_void};
use std::ptr::{self, NonNull};

/// Opaque `hs_database_t`.
#[repr(C)]
struct HsDatabase {
    _private: [u8; 0],
}

/// Opaque `hs_scratch_t`.
#[repr(C)]
struct HsScratch {
    _private: [u8; 0],
}

/// `hs_compile_error_t`.
#[repr(C)]
struct HsCompileError {
    message: *mut c_char,
    expression: c_int,
}

type OnMatch = unsafe extern "C" fn(c_uint, c_ulonglong, c_ulonglong, c_uint, *mut c_void) -> c_int;

const HS_SUCCESS: c_int = 0;
const HS_MODE_BLOCK: c_uint = 1;
const HS_FLAG_CASELESS: c_uint = 1;

unsafe extern "C" {
    fn hs_compile_lit_multi(
        expressions: *const *const c_char,
        flags: *const c_uint,
        ids: *const c_uint,
        lens: *const usize,
        elements: c_uint,
        mode: c_uint,
        platform: *const c_void,
        database: *mut *mut HsDatabase,
        error: *mut *mut HsCompileError,
    ) -> c_int;
    fn hs_free_compile_error(error: *mut HsCompileError) -> c_int;
    fn hs_free_database(database: *mut HsDatabase) -> c_int;
    fn hs_database_size(database: *const HsDatabase, size: *mut usize) -> c_int;
    fn hs_alloc_scratch(database: *const HsDatabase, scratch: *mut *mut HsScratch) -> c_int;
    fn hs_free_scratch(scratch: *mut HsScratch) -> c_int;
    fn hs_scan(
        database: *const HsDatabase,
        data: *const c_char,
        length: c_uint,
        flags: c_uint,
        scratch: *mut HsScratch,
        on_match: OnMatch,
        context: *mut c_void,
    ) -> c_int;
    fn hs_version() -> *const c_char;
}

/// Version of the library that is linked, such as `5.4.0 2022-11-05`.
pub fn version() -> String {
    // SAFETY: takes no argument and returns a static NUL-terminated string.
    let text = unsafe { hs_version() };
    // SAFETY: see above.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

/// A compiled set of literals.
#[derive(Debug)]
pub(super) struct Database(NonNull<HsDatabase>);

// SAFETY: a database is immutable after compilation; the library documents concurrent scans with separate scratches as safe.
unsafe impl Send for Database {}
// SAFETY: as above.
unsafe impl Sync for Database {}

impl Database {
    /// Compiles literals, each with the number that its hits carry.
    pub(super) fn new(literals: &[(u32, &Literal)]) -> Result<Self, String> {
        let count = c_uint::try_from(literals.len()).map_err(|_| "too many literals".to_owned())?;
        let expressions: Vec<_> =
            literals.iter().map(|(_, literal)| literal.bytes.as_ptr().cast::<c_char>()).collect();
        let lens: Vec<_> = literals.iter().map(|(_, literal)| literal.bytes.len()).collect();
        let flags: Vec<_> = literals
            .iter()
            .map(|(_, literal)| if literal.caseless { HS_FLAG_CASELESS } else { 0 })
            .collect();
        let ids: Vec<_> = literals.iter().map(|(id, _)| *id).collect();
        let mut database = ptr::null_mut();
        let mut error = ptr::null_mut();
        // SAFETY: the four arrays hold `count` elements each and outlive the call; the literals are given with their lengths;
        // both out-pointers are valid; a null platform means this machine.
        let status = unsafe {
            hs_compile_lit_multi(
                expressions.as_ptr(),
                flags.as_ptr(),
                ids.as_ptr(),
                lens.as_ptr(),
                count,
                HS_MODE_BLOCK,
                ptr::null(),
                &raw mut database,
                &raw mut error,
            )
        };
        match NonNull::new(database) {
            Some(database) if status == HS_SUCCESS => Ok(Self(database)),
            _ => Err(take_message(error, status)),
        }
    }

    pub(super) fn scratch(&self) -> Result<Scratch, String> {
        let mut scratch = ptr::null_mut();
        // SAFETY: the database is valid for the life of `self`; a null scratch asks for a new one.
        let status = unsafe { hs_alloc_scratch(self.0.as_ptr(), &raw mut scratch) };
        match NonNull::new(scratch) {
            Some(scratch) if status == HS_SUCCESS => Ok(Scratch(scratch)),
            _ => Err(format!("scratch allocation failed with status {status}")),
        }
    }

    #[inline]
    pub(super) fn scan(&self, scratch: &mut Scratch, text: &[u8], hits: &mut Vec<Hit>) {
        let length = c_uint::try_from(text.len()).expect("inputs are limited to INPUT_BYTES_MAX");
        let context = ptr::from_mut(hits).cast::<c_void>();
        // SAFETY: database and scratch are valid and the scratch was made for this database (one `LiteralScratch` per `LiteralSet`) and is
        // borrowed exclusively; data and length describe `text`; `on_match` gets `hits` back, which nothing else touches meanwhile.
        let status = unsafe {
            hs_scan(
                self.0.as_ptr(),
                text.as_ptr().cast(),
                length,
                0,
                scratch.0.as_ptr(),
                on_match,
                context,
            )
        };
        assert_eq!(status, HS_SUCCESS, "a block scan with its own scratch cannot fail");
    }

    pub(super) fn memory_usage(&self) -> usize {
        let mut size = 0;
        // SAFETY: the database and the out-pointer are valid.
        let status = unsafe { hs_database_size(self.0.as_ptr(), &raw mut size) };
        if status == HS_SUCCESS { size } else { 0 }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // SAFETY: the pointer came from the compiler and is freed once.
        unsafe { hs_free_database(self.0.as_ptr()) };
    }
}

/// Working memory of a scan.
#[derive(Debug)]
pub(super) struct Scratch(NonNull<HsScratch>);

// SAFETY: a scratch may move between threads; it is used by one at a time because scanning needs `&mut`.
unsafe impl Send for Scratch {}

impl Drop for Scratch {
    fn drop(&mut self) {
        // SAFETY: the pointer came from `hs_alloc_scratch` and is freed once.
        unsafe { hs_free_scratch(self.0.as_ptr()) };
    }
}

unsafe extern "C" fn on_match(
    id: c_uint,
    _from: c_ulonglong,
    to: c_ulonglong,
    _flags: c_uint,
    context: *mut c_void,
) -> c_int {
    // SAFETY: `scan` passes a `Vec<Hit>` that it borrows exclusively for the length of the call.
    let hits = unsafe { &mut *context.cast::<Vec<Hit>>() };
    hits.push(Hit { end: to as u32, literal: id });
    0
}

fn take_message(error: *mut HsCompileError, status: c_int) -> String {
    let Some(error) = NonNull::new(error) else {
        return format!("compilation failed with status {status}");
    };
    // SAFETY: a non-null error points to a valid structure until it is freed below.
    let message = unsafe { (*error.as_ptr()).message };
    let text = if message.is_null() {
        format!("compilation failed with status {status}")
    } else {
        // SAFETY: the message is a NUL-terminated string owned by the error.
        unsafe { CStr::from_ptr(message) }.to_string_lossy().into_owned()
    };
    // SAFETY: the error came from the compiler and is freed once.
    unsafe { hs_free_compile_error(error.as_ptr()) };
    text
}
