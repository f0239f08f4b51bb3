//! How often each route answered what, and how long that took.
//!
//! Labels are patterns of the route table, never the paths that were asked for: those hold people.
//! Each worker finds the counters of a route once; after that a request costs a few additions
//! and the lock of a histogram; where nobody looks (`metrics_listen` is empty) it costs nothing.

use std::cell::OnceCell;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;

use super::admission::Class;

/// Upper bounds of the time an answer took, in seconds: from a board in memory to giving up.
const SECONDS: [f64; 13] = [
    0.000_1, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// What the table has no row for.
const NONE: &str = "none";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    route: &'static str,
    method: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: &'static str,
    method: &'static str,
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    class: &'static str,
}

/// The requests of a node, as all its workers count them; cheap to clone.
#[derive(Clone)]
pub struct Requests {
    answers: Family<Answered, Counter>,
    seconds: Family<Asked, Histogram, fn() -> Histogram>,
    refusals: Family<Refused, Counter>,
    refused: [(Class, Counter); Class::EVERY.len()],
    /// Whether anybody may look: otherwise nothing is counted.
    shown: bool,
}

impl Default for Requests {
    fn default() -> Self {
        let refusals: Family<Refused, Counter> = Family::default();
        Self {
            refused: Class::EVERY.map(|(class, name)| {
                (
                    class,
                    refusals.get_or_create_owned(&Refused { class: name }),
                )
            }),
            refusals,
            answers: Family::default(),
            shown: true,
            seconds: Family::new_with_constructor(|| Histogram::new(SECONDS)),
        }
    }
}

impl Requests {
    /// Of a node that shows them to nobody, and so counts none.
    pub fn unseen() -> Self {
        Self {
            shown: false,
            ..Self::default()
        }
    }

    /// Adds them to what is shown.
    pub fn register(&self, registry: &mut prometheus_client::registry::Registry) {
        registry.register(
            "http_requests",
            "Requests answered, by pattern of the route table, method and class of the status",
            self.answers.clone(),
        );
        registry.register(
            "http_request_seconds",
            "Seconds until an answer began, by pattern of the route table and method",
            self.seconds.clone(),
        );
        registry.register(
            "http_requests_refused",
            "Requests turned away at the door because the node had too much to do, by class",
            self.refusals.clone(),
        );
    }

    /// The meter of one pattern for one worker.
    pub(super) fn meter(&self, route: &'static str, methods: Vec<Method>) -> Meter {
        Meter {
            requests: self.clone(),
            route,
            rows: methods
                .into_iter()
                .map(|method| (method, Row::default()))
                .collect(),
            other: Row::default(),
        }
    }

    /// The meter of everything that no pattern fits.
    pub(super) fn elsewhere(&self) -> Meter {
        self.meter(NONE, Vec::new())
    }
}

/// The counters of a pattern, each found when it is first needed.
pub(super) struct Meter {
    requests: Requests,
    route: &'static str,
    rows: Vec<(Method, Row)>,
    /// Methods that the pattern does not take.
    other: Row,
}

#[derive(Default)]
struct Row {
    seconds: OnceCell<Histogram>,
    answers: [OnceCell<Counter>; CLASSES.len()],
}

impl Meter {
    /// The innermost meter of a request: that of its pattern once it was routed.
    pub(super) fn of(request: &HttpRequest) -> Option<&Self> {
        request.app_data()
    }

    /// The pattern it is of, where there is one.
    pub(super) fn pattern(&self) -> Option<&'static str> {
        (self.route != NONE).then_some(self.route)
    }

    /// Counts a request that was not let in.
    pub(super) fn refuse(&self, class: Class) {
        for (of, counter) in &self.requests.refused {
            if *of == class {
                counter.inc();
            }
        }
    }

    /// Counts an answer.
    pub(super) fn count(&self, method: &Method, status: StatusCode, took: Duration) {
        if !self.requests.shown {
            return;
        }
        let known = self.rows.iter().find(|(of, _)| of == method);
        let row = known.map_or(&self.other, |(_, row)| row);
        let name = || known.map_or("other", |(of, _)| label(of));
        let route = self.route;
        row.seconds
            .get_or_init(|| {
                let method = name();
                let asked = Asked { route, method };
                self.requests.seconds.get_or_create_owned(&asked)
            })
            .observe(took.as_secs_f64());
        let class = usize::from(status.as_u16() / 100 - 1).min(CLASSES.len() - 1);
        row.answers[class]
            .get_or_init(|| {
                let answered = Answered {
                    route,
                    method: name(),
                    status: CLASSES[class],
                };
                self.requests.answers.get_or_create_owned(&answered)
            })
            .inc();
    }
}

/// The methods of the table by name.
pub(super) fn label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}
