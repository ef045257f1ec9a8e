//! The `lockgate` command. Everything it does is in [`lockgate::cli`].

use lockgate::cli::CountingAllocator;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn main() -> std::process::ExitCode {
    lockgate::cli::main()
}
