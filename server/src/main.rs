//! The binary: everything it can do is in `commands`.

use std::process::ExitCode;

fn main() -> ExitCode {
    muster::commands::main()
}
