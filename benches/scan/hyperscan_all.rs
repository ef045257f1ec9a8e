//! One Hyperscan database of all patterns: the design to beat, with its own small binding.
#![allow(
    unsafe_code,
    reason = "Hyperscan is a C library; the engine's own binding knows literals only"
)]

use crate::{design::Design, pcre};
use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_ulonglong, c_void};
use std::ptr::{null, null_mut};

#[repr(C)]
struct CompileError {
    message: *const c_char,
    expression: c_int,
}

type OnMatch = unsafe extern "C" fn(c_uint, c_ulonglong, c_ulonglong, c_uint, *mut c_void) -> c_int;

unsafe extern "C" {
    fn hs_compile_multi(
        expressions: *const *const c_char,
        flags: *const c_uint,
        ids: *const c_uint,
        elements: c_uint,
        mode: c_uint,
        platform: *const c_void,
        database: *mut *mut c_void,
        error: *mut *mut CompileError,
    ) -> c_int;
    fn hs_free_compile_error(error: *mut CompileError) -> c_int;
    fn hs_free_database(database: *mut c_void) -> c_int;
    fn hs_alloc_scratch(database: *const c_void, scratch: *mut *mut c_void) -> c_int;
    fn hs_free_scratch(scratch: *mut c_void) -> c_int;
    fn hs_scan(
        database: *const c_void,
        data: *const c_char,
        length: c_uint,
        flags: c_uint,
        scratch: *mut c_void,
        on_match: OnMatch,
        context: *mut c_void,
    ) -> c_int;
}

const MODE_BLOCK: c_uint = 1;
const SUCCESS: c_int = 0;

/// One database. Reports an end for every match; neither starts nor anything else that costs extra is asked for.
#[derive(Debug)]
pub(crate) struct HyperscanAll {
    database: *mut c_void,
    scratch: *mut c_void,
    patterns: usize,
}

impl HyperscanAll {
    /// Compiles what Hyperscan accepts. Patterns it refuses are left out, to its advantage.
    pub(crate) fn new(patterns: &[String]) -> Self {
        let translate = |pattern: &String| CString::new(pcre::of_rust(pattern)).ok();
        let mut expressions: Vec<CString> = patterns.iter().filter_map(translate).collect();
        loop {
            match compile(&expressions) {
                Ok(database) => {
                    let mut scratch = null_mut();
                    // SAFETY: the database was just made, the place for the scratch is ours.
                    let status = unsafe { hs_alloc_scratch(database, &raw mut scratch) };
                    assert_eq!(status, SUCCESS, "no memory for scratch");
                    return Self { database, scratch, patterns: expressions.len() };
                }
                Err((Some(index), _)) if index < expressions.len() => {
                    expressions.remove(index);
                }
                Err((_, message)) => panic!("Hyperscan: {message}"),
            }
        }
    }
}

/// The database, or which expression is at fault and why.
fn compile(expressions: &[CString]) -> Result<*mut c_void, (Option<usize>, String)> {
    let pointers: Vec<_> = expressions.iter().map(|expression| expression.as_ptr()).collect();
    let ids: Vec<c_uint> = (0..).take(expressions.len()).collect();
    let (mut database, mut error) = (null_mut(), null_mut::<CompileError>());
    // SAFETY: the arrays are as long as said, their strings end in NUL and outlive the call; no flags and
    // no platform mean the defaults.
    let status = unsafe {
        hs_compile_multi(
            pointers.as_ptr(),
            null(),
            ids.as_ptr(),
            ids.len() as c_uint,
            MODE_BLOCK,
            null(),
            &raw mut database,
            &raw mut error,
        )
    };
    if status == SUCCESS {
        return Ok(database);
    }
    assert!(!error.is_null(), "Hyperscan failed with {status} and no reason");
    // SAFETY: after a failed compilation the error points to a filled struct until it is freed below.
    let CompileError { message, expression } = unsafe { error.read() };
    // SAFETY: the message of a filled error is a C string.
    let message = unsafe { CStr::from_ptr(message) }.to_string_lossy().into_owned();
    // SAFETY: it came from Hyperscan and is not used again.
    unsafe { hs_free_compile_error(error) };
    Err((usize::try_from(expression).ok(), message))
}

unsafe extern "C" fn add_one(
    _id: c_uint,
    _from: c_ulonglong,
    _to: c_ulonglong,
    _flags: c_uint,
    count: *mut c_void,
) -> c_int {
    // SAFETY: `count` is the counter that `Design::count` passed and borrows for the whole scan.
    unsafe { *count.cast::<usize>() += 1 };
    0
}

impl Design for HyperscanAll {
    fn name(&self) -> &'static str {
        "one hyperscan database"
    }

    fn patterns(&self) -> usize {
        self.patterns
    }

    fn count(&mut self, text: &[u8]) -> usize {
        let mut count = 0_usize;
        // SAFETY: database and scratch belong together and to `self`; the text is as long as said; the
        // callback gets the counter it expects and cannot unwind.
        let status = unsafe {
            hs_scan(
                self.database,
                text.as_ptr().cast(),
                text.len() as c_uint,
                0,
                self.scratch,
                add_one,
                (&raw mut count).cast(),
            )
        };
        assert_eq!(status, SUCCESS, "the scan failed");
        count
    }
}

impl Drop for HyperscanAll {
    fn drop(&mut self) {
        // SAFETY: both came from Hyperscan and are not used again.
        unsafe { hs_free_scratch(self.scratch) };
        // SAFETY: as above.
        unsafe { hs_free_database(self.database) };
    }
}
