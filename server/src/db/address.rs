//! The address of a PostgreSQL server: what is set in it where the operator set nothing, and how it
//! may be shown.

use url::Url;
use url::form_urlencoded::parse;

use super::Kind;

/// How long the other side may say nothing at all, not even that it got what was sent, before a
/// connection counts as dead: without these a machine that lost its power is waited for for minutes.
/// A server that is merely busy is no case of it, since its kernel answers.
const LIMITS: [(&str, &str); 4] = [
    ("keepalives_idle", "2"),
    ("keepalives_interval", "1"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "3000"),
];

/// `url` with bounds on how long its server may be silent, and on how long it may take to let
/// somebody in. What the operator wrote stays.
pub fn impatient(url: &str, seconds: u32) -> String {
    let seconds = seconds.to_string();
    let limits = LIMITS
        .into_iter()
        .chain([("connect_timeout", seconds.as_str())]);
    let mut url = url.to_owned();
    for (name, value) in limits {
        if !url.contains(&format!("{name}=")) {
            let join = if url.contains('?') { '&' } else { '?' };
            url = format!("{url}{join}{name}={value}");
        }
    }
    url
}

/// One line that names what was tried, without its password, and says what to do.
pub fn unreachable(url: &str, kind: Kind, why: &str) -> String {
    let why = first_line(why);
    match kind {
        Kind::Sqlite => format!(
            "The database file {url} cannot be opened ({why}). Check database_url, and that its folder exists and can be written to."
        ),
        Kind::Postgres => {
            let (shown, password) = without_password(url).unwrap_or_default();
            let shown = shown.split('?').next().unwrap_or_default();
            let why = match password {
                Some(password) => why.replace(&password, "…"),
                None => why.to_owned(),
            };
            format!(
                "The database {shown} cannot be reached ({why}). Check that its server runs, and database_url."
            )
        }
    }
}

/// A database's reason on one line. Of several addresses of one host, the last is as good as the first.
pub fn first_line(why: &str) -> &str {
    let line = why.lines().map(str::trim).find(|line| !line.is_empty());
    line.unwrap_or("no reason given")
        .trim_end_matches(['.', ':'])
}

/// A server's address as anybody may see it, and the password that was taken out; `None` where it is
/// no address.
pub fn without_password(url: &str) -> Option<(String, Option<String>)> {
    let mut url = Url::parse(url).ok()?;
    let mut password = url.password().map(decoded);
    if password.is_some() {
        url.set_password(None).ok()?;
    }
    if let Some(query) = url.query() {
        let name = |pair: &&str| {
            pair.split('=')
                .next()
                .unwrap_or_default()
                .ends_with("password")
        };
        let (secrets, rest): (Vec<&str>, Vec<&str>) = query.split('&').partition(name);
        let secret = secrets
            .iter()
            .find_map(|pair| pair.strip_prefix("password="));
        password = secret.map(decoded).or(password);
        let rest = rest.join("&");
        url.set_query(Some(rest.as_str()).filter(|rest| !rest.is_empty()));
    }
    Some((url.into(), password.filter(|word| !word.is_empty())))
}

/// Text of an address, without its percent signs.
fn decoded(text: &str) -> String {
    let plain = text.replace('+', "%2B").replace('&', "%26");
    parse(plain.as_bytes())
        .next()
        .map(|(name, value)| match &*value {
            "" if !plain.contains('=') => name.into_owned(),
            value => format!("{name}={value}"),
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_may_not_be_silent_for_long_unless_the_operator_says_so() {
        assert_eq!(
            impatient("postgres://h/m", 2),
            "postgres://h/m?keepalives_idle=2&keepalives_interval=1&keepalives_count=3\
             &tcp_user_timeout=3000&connect_timeout=2"
        );
        let told = impatient("postgres://h/m?connect_timeout=9&tcp_user_timeout=60000", 2);
        assert!(told.starts_with("postgres://h/m?connect_timeout=9&tcp_user_timeout=60000&keep"));
        assert!(
            !told.contains("connect_timeout=2") && !told.contains("=3000"),
            "{told}"
        );
    }

    #[test]
    fn a_password_is_shown_nowhere() {
        for url in [
            "postgres://ada:hunter2@localhost:1/muster?sslmode=disable",
            "postgres://ada:hun@ter2@localhost/muster",
            "postgres://ada@localhost/muster?password=hunter2",
        ] {
            let told = unreachable(url, Kind::Postgres, "no such password: hunter2\nnor this");
            assert!(
                !told.contains("ter2@") && told.contains("localhost"),
                "{told}"
            );
            assert!(!told.contains('\n'), "{told}");
        }
        let told = unreachable(
            "postgres://ada:hunter2@h/m",
            Kind::Postgres,
            "bad \"hunter2\"",
        );
        assert!(
            !told.contains("hunter2") && told.contains("ada@h/m"),
            "{told}"
        );
    }
}
