//! The route table: one row a method and path, which both serves and documents it.

use actix_web::http::Method;
use actix_web::{FromRequest, Handler, Responder, guard, web};
use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator};

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
                web::route().guard(asked).to(handler.clone())
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

/// The methods of a path as the header `Allow` lists them.
fn allowed(rows: &[Route]) -> String {
    let mut methods: Vec<&str> = rows.iter().map(|row| row.method.as_str()).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.push("OPTIONS");
    methods.join(", ")
}

/// Serves `table`, says 405 for other methods of its paths and, for everything else, a helpful 404.
pub fn configure(config: &mut web::ServiceConfig, table: Vec<Route>) {
    let mut paths: IndexMap<&'static str, Vec<Route>> = IndexMap::new();
    for row in table {
        paths.entry(row.path).or_default().push(row);
    }
    for (path, rows) in paths {
        let otherwise = super::guard::otherwise(allowed(&rows));
        let resource = rows.into_iter().fold(web::resource(path), |resource, row| {
            resource.route((row.handler)())
        });
        config.service(resource.default_service(otherwise));
    }
    config.default_service(super::guard::fallback());
}
