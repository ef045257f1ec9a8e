//! The `lockgate` command. Everything it does is in [`lockgate::cli`].

fn main() -> std::process::ExitCode {
    lockgate::cli::main()
}
