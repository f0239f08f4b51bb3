//! What a command logs, to standard error.

use std::io::IsTerminal;
use std::panic::{PanicHookInfo, set_hook};

use tracing_subscriber::EnvFilter;

use crate::error::panic_text;
use crate::settings::{LOG_FORMAT, Settings};

/// A node that `serves` tells its story; every other command speaks for itself and logs trouble
/// alone; what strangers send that is no HTTP is nobody's trouble. `MUSTER_LOG` says otherwise, and
/// `MUSTER_LOG_FORMAT=json` makes each line an object for programs.
pub(super) fn start(serves: bool) {
    let usual = if serves {
        "info,actix_server=warn,actix_http=off"
    } else {
        "warn"
    };
    let filter = EnvFilter::try_from_env("MUSTER_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    if Settings::environment().any(|(name, value)| name == LOG_FORMAT && value == "json") {
        logs.json().init();
    } else {
        logs.init();
    }
    set_hook(Box::new(tell_of_panic));
}

/// One line of the log about a panic: where and why. Which request it was, the guard adds on a line
/// of its own.
fn tell_of_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    let why = panic_text(panic.payload());
    tracing::error!(place, why, "a thread panicked");
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::panic::{catch_unwind, take_hook};
    use std::sync::{Arc, Mutex};
    use std::thread;

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_panic_is_one_line_of_the_log_with_its_place() {
        let (kept, mine, before) = (Kept::default(), thread::current().id(), take_hook());
        // Tests beside this one panic as they did.
        set_hook(Box::new(move |panic| {
            if thread::current().id() == mine {
                tell_of_panic(panic);
            } else {
                before(panic);
            }
        }));
        let writer = kept.clone();
        let logs = tracing_subscriber::fmt()
            .json()
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::with_default(logs, || {
            let fell = catch_unwind(|| panic!("over {}\nand over", "a stone"));
            assert!(fell.is_err());
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
        let line: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(line["level"], "ERROR");
        assert_eq!(line["fields"]["why"], "over a stone\nand over");
        let place = line["fields"]["place"].as_str().unwrap();
        assert!(place.contains("log.rs:"), "{place}");
    }
}
