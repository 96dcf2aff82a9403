//! The gallery by itself, for those who work on the look: `cargo run -p web --example gallery`, address on the first line.

use axum::Router;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    #[expect(clippy::print_stdout, reason = "the address is what one wants to know")]
    {
        println!("http://{}/kit", listener.local_addr()?);
    }
    let app: Router = Router::new().merge(web::gallery::routes()).merge(web::shell::routes()).merge(web::assets::routes());
    axum::serve(listener, app).await
}
