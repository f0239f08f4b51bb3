//! Taking in a body: bounded in size and in patience.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use tokio::time::{Instant, timeout_at};

use super::Front;
use crate::error::Error;

/// How long a body may stand still.
const PATIENCE: Duration = Duration::from_secs(30);
/// So many times as long it may take in all.
const IN_ALL: u32 = 10;

/// Takes in the body of `request`.
///
/// # Errors
/// `TooLarge` beyond the setting `body_limit_kib`, `TooSlow` when it stalls, `Malformed` when it
/// breaks off.
pub(super) fn take(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<Bytes, Error>> + use<> {
    let limit = Front::of(request).map_or(65_536, |front| {
        front.settings.body_limit_kib as usize * 1024
    });
    let announced = request
        .headers()
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let body = gather(payload.take(), limit, PATIENCE);
    async move {
        // Who says that too much will come need not send it first.
        if announced.is_some_and(|length| length > limit as u64) {
            return Err(Error::TooLarge);
        }
        body.await
    }
}

async fn gather(
    mut body: impl Stream<Item = Result<Bytes, PayloadError>> + Unpin,
    limit: usize,
    patience: Duration,
) -> Result<Bytes, Error> {
    let end = Instant::now() + patience * IN_ALL;
    let mut bytes = BytesMut::new();
    loop {
        let until = end.min(Instant::now() + patience);
        match timeout_at(until, body.next()).await {
            Err(_) => return Err(Error::TooSlow),
            Ok(None) => return Ok(bytes.freeze()),
            Ok(Some(Err(PayloadError::Overflow))) => return Err(Error::TooLarge),
            Ok(Some(Err(_))) => return Err(Error::Malformed("error-malformed".into())),
            Ok(Some(Ok(chunk))) if bytes.len() + chunk.len() > limit => {
                return Err(Error::TooLarge);
            }
            Ok(Some(Ok(chunk))) => bytes.extend_from_slice(&chunk),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;

    const MOMENT: Duration = Duration::from_millis(20);

    type Chunk = Result<Bytes, PayloadError>;

    fn chunks(texts: &'static [&'static str]) -> impl Stream<Item = Chunk> + Unpin {
        stream::iter(
            texts
                .iter()
                .map(|text| Ok(Bytes::from_static(text.as_bytes()))),
        )
    }

    #[tokio::test]
    async fn a_body_that_stalls_is_given_up() {
        let begun = chunks(&["{"]).chain(stream::pending());
        assert!(matches!(
            gather(begun, 100, MOMENT).await,
            Err(Error::TooSlow)
        ));
    }

    #[tokio::test]
    async fn a_body_that_only_drips_is_given_up_too() {
        let drip = stream::unfold((), async |()| {
            tokio::time::sleep(MOMENT / 4).await;
            Some((Ok(Bytes::from_static(b" ")), ()))
        });
        let drip = Box::pin(drip);
        let began = Instant::now();
        assert!(matches!(
            gather(drip, 10_000, MOMENT).await,
            Err(Error::TooSlow)
        ));
        assert!(began.elapsed() >= MOMENT * IN_ALL);
    }

    #[tokio::test]
    async fn a_body_is_whole_or_too_large() {
        let parts = || chunks(&["ab", "cd"]);
        assert_eq!(gather(parts(), 4, MOMENT).await.unwrap(), "abcd");
        assert!(matches!(
            gather(parts(), 3, MOMENT).await,
            Err(Error::TooLarge)
        ));
    }
}
