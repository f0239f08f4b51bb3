//! A span for each request: by pattern of the route table, never by the path that was asked for.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;

use super::guard::REQUEST_ID;
use super::meter::{Meter, label};
use crate::trace::{Kind, Tracer, Value};

/// The middleware outside the guard, where traces are wanted.
pub async fn traced<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let tracer = request.app_data::<Data<Tracer>>();
    let method = label(request.method());
    let Some(mut span) = tracer.and_then(|tracer| tracer.begin(Kind::Server, method)) else {
        return next.call(request).await;
    };
    let answered = Box::pin(span.around(next.call(request))).await;
    span.say("http.request.method", Value::Text(method.to_owned()));
    match &answered {
        Ok(response) => {
            if let Some(route) = Meter::of(response.request()).and_then(Meter::pattern) {
                span.rename(format!("{method} {route}"));
                span.say("http.route", Value::Text(route.to_owned()));
            }
            let status = response.status();
            span.say(
                "http.response.status_code",
                Value::Number(status.as_u16().into()),
            );
            let name = response.headers().get(REQUEST_ID);
            if let Some(name) = name.and_then(|name| name.to_str().ok()) {
                span.say("muster.request_id", Value::Text(name.to_owned()));
            }
            if status.is_server_error() {
                span.fail();
            }
        }
        Err(_) => span.fail(),
    }
    answered
}
