//! The peer of the board: a bare actix handler, in a process of its own, that answers as many bytes
//! from memory. It knows nobody, looks at nothing and sets no header that HTTP does not need.

use std::net::TcpListener;
use std::path::Path;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer, rt, web};

use crate::node::{Node, attached};

/// Bytes of the bare answer's own head, for bodies of 10,000 to 99,999 bytes.
const HEAD: usize = 111;
const SAYS: &str = "Bare bytes at ";

/// Starts it; its whole answers, head and body, have `whole` bytes.
///
/// # Errors
/// One sentence.
pub fn start(program: &Path, whole: usize) -> Result<Node, String> {
    let mut command = attached(program);
    command.args(["--bare", &whole.to_string()]);
    Node::start(command, SAYS)
}

/// Serves until it is told to stop.
///
/// # Errors
/// One sentence when the machine refuses.
pub fn serve(whole: usize) -> Result<(), String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|why| why.to_string())?;
    let address = listener.local_addr().map_err(|why| why.to_string())?;
    let body = Data::new(Bytes::from(vec![b'x'; whole.saturating_sub(HEAD)]));
    rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(body.clone())
                .route("/board", web::get().to(board))
        });
        let running = server
            .listen(listener)
            .map_err(|why| why.to_string())?
            .run();
        eprintln!("{SAYS}{address}");
        running.await.map_err(|why| why.to_string())
    })
}

async fn board(body: Data<Bytes>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .body(body.get_ref().clone())
}
