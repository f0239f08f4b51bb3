//! A handler that panics is answered like every other fault of ours, and takes no connection along.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use actix_web::{Handler, Responder};
use futures_util::FutureExt;
use futures_util::future::{CatchUnwind, Map};

use super::error::PageError;
use crate::error::{Error, panic_text};

/// A handler whose panics become errors. What it held is dropped on the way: a transaction is rolled
/// back, a lock of memory given up.
#[derive(Clone)]
pub(super) struct Caught<F>(pub F);

/// How a handler ended.
type Ended<T> = Result<T, Box<dyn Any + Send>>;

impl<F, Args> Handler<Args> for Caught<F>
where
    F: Handler<Args>,
    F::Output: Responder + 'static,
{
    // The guard looks at the path to choose between a page and a problem document.
    type Output = Result<F::Output, PageError>;
    // No box: every request passes here.
    type Future =
        Map<CatchUnwind<AssertUnwindSafe<F::Future>>, fn(Ended<F::Output>) -> Self::Output>;

    fn call(&self, args: Args) -> Self::Future {
        let ended: fn(Ended<F::Output>) -> Self::Output = ended;
        AssertUnwindSafe(self.0.call(args))
            .catch_unwind()
            .map(ended)
    }
}

fn ended<T>(ended: Ended<T>) -> Result<T, PageError> {
    ended.map_err(|panic| {
        let text = panic_text(&*panic).unwrap_or_default();
        PageError(Error::Internal(format!("the handler panicked: {text}")))
    })
}
