//! A start while the database is away.

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use crate::database;
use crate::place::{Place, Server, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f34_a_server_whose_database_is_away_says_so_tries_again_and_comes_up_when_it_is_back() {
    let place = Place::new().await;
    let Some(url) = database::url_for(place.folder.path()) else {
        return;
    };
    let (before, name) = url.rsplit_once('/').unwrap();
    let (before, real) = before.rsplit_once('@').unwrap();
    // A port on which nobody listens yet.
    let port = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let away = format!("{before}@{port}/{name}");
    let mut server = Server::launch(&place, &[("TASK_DATABASE_URL", &away)]);
    server.until_said("next try in 2 s").await;
    for line in ["next try in 1 s", "next try in 2 s"] {
        assert_eq!(server.said().matches(line).count(), 1, "one line for each try");
    }
    let (page, health) = (server.get("/tasks"), server.get("/healthz"));
    assert!(
        page.starts_with("HTTP/1.1 503") && page.contains("</html>"),
        "{page}"
    );
    assert!(health.starts_with("HTTP/1.1 200"), "{health}");
    assert!(server.is_alive());
    let listener = TcpListener::bind(port).await.unwrap();
    let real = real.to_owned();
    tokio::spawn(async move {
        loop {
            let (mut near, _) = listener.accept().await.unwrap();
            let mut far = TcpStream::connect(&*real).await.unwrap();
            tokio::spawn(async move { drop(copy_bidirectional(&mut near, &mut far).await) });
        }
    });
    server.until_said("is ready").await;
    until("pages", async || {
        server.get("/login").starts_with("HTTP/1.1 200").then_some(())
    })
    .await;
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
}
