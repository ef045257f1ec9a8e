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
///
/// If any of them ignores case, the database ignores it for all, and those that care are compared after a hit: both kinds in one database
/// slow each other down (1,762 literals, 64 KiB of prose, Hyperscan 5.4.0: 1,640 ns per KiB, and 218 + 293 ns in two databases).
#[derive(Debug)]
pub(super) struct Database {
    database: NonNull<HsDatabase>,
    /// Per literal: the bytes to compare with. Empty if all of them care about case, or none.
    exact: Vec<Option<Box<[u8]>>>,
}

// SAFETY: a database is immutable after compilation; the library documents concurrent scans with separate scratches as safe.
unsafe impl Send for Database {}
// SAFETY: as above.
unsafe impl Sync for Database {}

impl Database {
    /// Compiles literals; the number of a literal is its position.
    pub(super) fn new(literals: &[Literal]) -> Result<Self, String> {
        let caseless = literals.iter().any(|literal| literal.caseless);
        let mixed = caseless && literals.iter().any(|literal| !literal.caseless);
        let exact = |literal: &Literal| (!literal.caseless).then(|| literal.bytes.clone().into());
        let count = c_uint::try_from(literals.len()).map_err(|_| "too many literals".to_owned())?;
        let expressions: Vec<_> =
            literals.iter().map(|literal| literal.bytes.as_ptr().cast::<c_char>()).collect();
        let lens: Vec<_> = literals.iter().map(|literal| literal.bytes.len()).collect();
        let flags = vec![if caseless { HS_FLAG_CASELESS } else { 0 }; literals.len()];
        let ids: Vec<_> = (0..count).collect();
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
            Some(database) if status == HS_SUCCESS => {
                let exact = if mixed { literals.iter().map(exact).collect() } else { Vec::new() };
                Ok(Self { database, exact })
            }
            _ => Err(take_message(error, status)),
        }
    }

    pub(super) fn scratch(&self) -> Result<Scratch, String> {
        let mut scratch = ptr::null_mut();
        // SAFETY: the database is valid for the life of `self`; a null scratch asks for a new one.
        let status = unsafe { hs_alloc_scratch(self.database.as_ptr(), &raw mut scratch) };
        match NonNull::new(scratch) {
            Some(scratch) if status == HS_SUCCESS => Ok(Scratch(scratch)),
            _ => Err(format!("scratch allocation failed with status {status}")),
        }
    }

    #[inline]
    pub(super) fn scan(&self, scratch: &mut Scratch, text: &[u8], hits: &mut Vec<Hit>) {
        let length = c_uint::try_from(text.len()).expect("inputs are limited to INPUT_BYTES_MAX");
        let before = hits.len();
        let context = ptr::from_mut(hits).cast::<c_void>();
        // SAFETY: database and scratch are valid and the scratch was made for this database (one `LiteralScratch` per `LiteralSet`) and is
        // borrowed exclusively; data and length describe `text`; `on_match` gets `hits` back, which nothing else touches meanwhile.
        let status = unsafe {
            hs_scan(
                self.database.as_ptr(),
                text.as_ptr().cast(),
                length,
                0,
                scratch.0.as_ptr(),
                on_match,
                context,
            )
        };
        assert_eq!(status, HS_SUCCESS, "a block scan with its own scratch cannot fail");
        if !self.exact.is_empty() {
            self.keep_exact(before, text, hits);
        }
    }

    /// Drops hits from the `first` one on whose case is wrong.
    fn keep_exact(&self, first: usize, text: &[u8], hits: &mut Vec<Hit>) {
        let mut kept = first;
        for i in first..hits.len() {
            let hit = hits[i];
            let end = hit.end as usize;
            let same = self.exact[hit.literal as usize]
                .as_ref()
                .is_none_or(|exact| text[end - exact.len()..end] == **exact);
            if same {
                hits[kept] = hit;
                kept += 1;
            }
        }
        hits.truncate(kept);
    }

    pub(super) fn memory_usage(&self) -> usize {
        let mut size = 0;
        // SAFETY: the database and the out-pointer are valid.
        let status = unsafe { hs_database_size(self.database.as_ptr(), &raw mut size) };
        if status == HS_SUCCESS { size } else { 0 }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // SAFETY: the pointer came from the compiler and is freed once.
        unsafe { hs_free_database(self.database.as_ptr()) };
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
