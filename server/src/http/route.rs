//! The route table: one row a method and path, which both serves and documents it.

use actix_web::http::Method;
use actix_web::{FromRequest, Handler, Responder, guard, web};
use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::caught::Caught;
use super::meter::Requests;

/// Who may call a route at all. What they then see is decided by their scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Also without signing in.
    Anyone,
    /// Every member.
    Member,
    /// Captains and HQ.
    Leader,
    /// HQ.
    Staff,
}

type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// One row of the table.
pub struct Route {
    /// GET, POST, …
    pub method: Method,
    /// With `{names}`.
    pub path: &'static str,
    /// Who may call it.
    pub who: Who,
    /// One sentence for the document.
    pub summary: &'static str,
    /// The body's schema.
    pub takes: Option<SchemaOf>,
    /// The answer's schema.
    pub gives: Option<SchemaOf>,
    /// The status of success.
    pub status: u16,
    /// Names of query parameters.
    pub query: &'static [&'static str],
    /// Whether an `Idempotency-Key` is asked for.
    pub key: bool,
    handler: Box<dyn Fn() -> actix_web::Route>,
}

macro_rules! method {
    ($name:ident, $method:ident) => {
        /// A row for this method.
        pub fn $name<F, Args>(path: &'static str, who: Who, handler: F) -> Self
        where
            F: Handler<Args>,
            Args: FromRequest + 'static,
            F::Output: Responder + 'static,
        {
            Self::row(Method::$method, path, who, handler)
        }
    };
}

impl Route {
    method!(get, GET);
    method!(post, POST);
    method!(put, PUT);
    method!(patch, PATCH);
    method!(delete, DELETE);

    fn row<F, Args>(method: Method, path: &'static str, who: Who, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        // Whoever may read a page may ask for its headers alone.
        let head = if method == Method::GET {
            Method::HEAD
        } else {
            method.clone()
        };
        let of = method.clone();
        Self {
            method,
            path,
            who,
            summary: "",
            takes: None,
            gives: None,
            status: 200,
            query: &[],
            key: false,
            handler: Box::new(move || {
                let asked = guard::Any(guard::Method(of.clone())).or(guard::Method(head.clone()));
                web::route().guard(asked).to(Caught(handler.clone()))
            }),
        }
    }

    /// The sentence in the document.
    #[must_use]
    pub fn says(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// The body.
    #[must_use]
    pub fn takes<T: JsonSchema>(mut self) -> Self {
        self.takes = Some(SchemaGenerator::subschema_for::<T>);
        self
    }

    /// The answer and its status.
    #[must_use]
    pub fn gives<T: JsonSchema>(mut self, status: u16) -> Self {
        self.gives = Some(SchemaGenerator::subschema_for::<T>);
        self.status = status;
        self
    }

    /// An answer without a body.
    #[must_use]
    pub fn gives_nothing(mut self) -> Self {
        self.status = 204;
        self
    }

    /// Query parameters.
    #[must_use]
    pub fn query(mut self, names: &'static [&'static str]) -> Self {
        self.query = names;
        self
    }

    /// Scores, and so wants an `Idempotency-Key`.
    #[must_use]
    pub fn keyed(mut self) -> Self {
        self.key = true;
        self
    }
}

/// The methods that a path takes.
fn methods(rows: &[Route]) -> Vec<Method> {
    let mut methods: Vec<Method> = rows.iter().map(|row| row.method.clone()).collect();
    if methods.contains(&Method::GET) {
        methods.push(Method::HEAD);
    }
    methods
}

/// The methods of a path as the header `Allow` lists them.
fn allowed(rows: &[Route]) -> String {
    let mut methods = methods(rows);
    methods.push(Method::OPTIONS);
    let names: Vec<&str> = methods.iter().map(Method::as_str).collect();
    names.join(", ")
}

/// Serves `table`, says 405 for other methods of its paths and, for everything else, a helpful 404.
///
/// Paths with the same beginning stand in one scope: a request is compared with a few beginnings and
/// then with the patterns behind its own, not with every pattern of the house one after the other.
/// What each pattern answers is counted with `requests`.
pub fn configure(config: &mut web::ServiceConfig, table: Vec<Route>, requests: &Requests) {
    let mut scopes: IndexMap<&'static str, IndexMap<&'static str, Vec<Route>>> = IndexMap::new();
    for row in table {
        let (head, rest) = row.path.split_at(beginning(row.path));
        let paths = scopes.entry(head).or_default();
        paths.entry(rest).or_default().push(row);
    }
    for (head, paths) in scopes {
        let resource = |path, rows: Vec<Route>| {
            let otherwise = super::guard::otherwise(allowed(&rows));
            let meter = requests.meter(rows.first().map_or(path, |row| row.path), methods(&rows));
            rows.into_iter()
                .fold(web::resource(path).app_data(meter), |resource, row| {
                    resource.route((row.handler)())
                })
                .default_service(otherwise)
        };
        if head.is_empty() {
            for (path, rows) in paths {
                config.service(resource(path, rows));
            }
        } else {
            let scope = paths
                .into_iter()
                .fold(web::scope(head), |scope, (path, rows)| {
                    scope.service(resource(path, rows))
                });
            config.service(scope);
        }
    }
    config.app_data(requests.elsewhere());
    config.default_service(super::guard::fallback());
}

/// The length of the part of `path` that a scope can stand for: its first name, of a call of the API
/// the first behind the version; 0 where that is no plain name.
pub(super) fn beginning(path: &str) -> usize {
    let names = if path.starts_with("/api/v1/") { 3 } else { 1 };
    let end = path
        .match_indices('/')
        .map(|(at, _)| at)
        .nth(names)
        .unwrap_or(path.len());
    let plain = path
        .get(1..end)
        .is_some_and(|head| !head.is_empty() && !head.contains('{'));
    if plain { end } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::beginning;

    #[test]
    fn a_path_begins_with_its_first_plain_name() {
        for (path, head) in [
            ("/", ""),
            ("/{page}", ""),
            ("/me", "/me"),
            ("/me/sessions/{id}/deletion", "/me"),
            ("/i/{code}", "/i"),
            ("/api/v1/races/{region}", "/api/v1/races"),
            ("/api/v1/openapi.json", "/api/v1/openapi.json"),
        ] {
            assert_eq!(&path[..beginning(path)], head, "{path}");
        }
    }
}
