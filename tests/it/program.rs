//! The program itself, built beside the tests so that they can start, stop and kill it.

fn main() -> std::process::ExitCode {
    muster::commands::main()
}
