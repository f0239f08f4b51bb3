//! PostgreSQL's own programs, with the password where nobody sees it.

use std::fs::File;
use std::io::ErrorKind;
use std::process::{Command, Stdio};

use super::Failure;
use crate::db::without_password;

/// One of PostgreSQL's client programs on its way.
pub(super) struct Client {
    program: &'static str,
    arguments: Vec<String>,
    password: Option<String>,
}

impl Client {
    /// `program` with these `arguments` on the database at `database_url`.
    pub(super) fn new(
        program: &'static str,
        arguments: &[&str],
        database_url: &str,
    ) -> Result<Self, Failure> {
        let (shown, password) = without_password(database_url).ok_or_else(|| {
            Failure("database_url should be `postgres://user:password@host/name`.".to_owned())
        })?;
        let mut arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        arguments.push(format!("--dbname={shown}"));
        Ok(Self {
            program,
            arguments,
            password,
        })
    }

    /// What somebody would type, without the password.
    pub(super) fn line(&self) -> String {
        let quoted = self.arguments.iter().map(|argument| {
            if argument.contains([' ', '&', '?', '\'', '"', '*', '$', ';']) {
                format!("'{}'", argument.replace('\'', r"'\''"))
            } else {
                argument.clone()
            }
        });
        let words: Vec<String> = std::iter::once(self.program.to_owned())
            .chain(quoted)
            .collect();
        words.join(" ")
    }

    /// Runs it to its end, from and to these files.
    pub(super) fn run(&self, input: Option<File>, output: Option<File>) -> Result<(), Failure> {
        let mut command = Command::new(self.program);
        command
            .args(&self.arguments)
            .stdin(input.map_or_else(Stdio::null, Stdio::from))
            .stdout(output.map_or_else(Stdio::null, Stdio::from));
        if let Some(password) = &self.password {
            command.env("PGPASSWORD", password);
        }
        let program = self.program;
        let ended = command.output().map_err(|why| {
            Failure(match why.kind() {
                ErrorKind::NotFound => format!(
                    "{program} is not on this machine: install PostgreSQL's client programs, of the server's version or newer."
                ),
                _ => format!("{program} cannot be started: {why}."),
            })
        })?;
        if ended.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&ended.stderr);
        let why = said.lines().find(|line| !line.trim().is_empty());
        let why = why.unwrap_or("it gave no reason").trim_end_matches('.');
        Err(Failure(format!("{program} failed: {why}.")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_handed_over_and_never_shown() {
        for (url, shown, password) in [
            (
                "postgres://ada:hun%2Bter+2@h/m",
                "postgres://ada@h/m",
                Some("hun+ter+2"),
            ),
            (
                "postgres://ada@h/m?sslmode=require&password=a%26b",
                "postgres://ada@h/m?sslmode=require",
                Some("a&b"),
            ),
            (
                "postgres:///m?host=/run/postgresql&sslpassword=hunter2",
                "postgres:///m?host=/run/postgresql",
                None,
            ),
            ("postgres://ada:a=b@h/m", "postgres://ada@h/m", Some("a=b")),
            ("postgres://ada@h:5433/m", "postgres://ada@h:5433/m", None),
        ] {
            let client = Client::new("pg_dump", &["--format=custom"], url).unwrap();
            assert_eq!(client.password.as_deref(), password, "{url}");
            let line = client.line();
            assert!(line.starts_with("pg_dump --format=custom "), "{line}");
            assert!(line.contains(shown) && !line.contains("hun"), "{line}");
        }
    }
}
