//! The page where failed redirects end, and databases that are not what they should be.

use countersign_server::StartError;
use countersign_store::{Database, DatabaseUrl, schema::BETTER_AUTH};

use crate::fixture::TestServer;

#[tokio::test]
async fn t174_in_production_the_application_shows_errors() {
    let server = TestServer::start(&[]).await;
    for (query, location) in [
        ("?error=state_mismatch", "/?error=state_mismatch"),
        ("", "/?error=UNKNOWN"),
        ("?error=<script>", "/?error=UNKNOWN"),
        ("?error=a&error_description=b%20c%26d", "/?error=a&error_description=b+c%26d"),
        (
            "?error=a&error_description=%0d%0aset-cookie:x",
            "/?error=a&error_description=%0D%0Aset-cookie%3Ax",
        ),
    ] {
        let reply =
            server.get(&format!("/error{}", query.replace('<', "%3C").replace('>', "%3E"))).await;
        assert_eq!(reply.status, 302, "{query}");
        assert_eq!(reply.headers["location"], location, "{query}");
    }
}

#[tokio::test]
async fn t174_in_development_a_page_shows_them_and_runs_nothing() {
    let server = TestServer::start(&[("COUNTERSIGN_SERVER__DEVELOPMENT", "true")]).await;
    let reply =
        server.get("/error?error=state_mismatch&error_description=%3Cb%3Ehi%3C%2Fb%3E").await;
    assert_eq!(reply.headers["content-type"], "text/html");
    assert!(reply.body.contains("<code>state_mismatch</code>"));
    assert!(reply.body.contains("&lt;b&gt;hi&lt;/b&gt;") && !reply.body.contains("<b>hi"));
    let policy = reply.headers["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("default-src 'none'"), "{policy}");
}

#[tokio::test]
async fn a_database_that_is_not_new_and_not_complete_is_refused_untouched() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    let database = Database::open(&url.parse::<DatabaseUrl>().expect("a URL")).expect("opens");
    database.create(&BETTER_AUTH[..2]).await.expect("creates");
    let error = TestServer::try_start(&[("DATABASE_URL", &url)]).await.err().expect("refused");
    assert!(matches!(error, StartError::Schema { .. }), "{error}");
    for part in ["`account` is missing", "`jwks` is missing", "countersign migrate apply"] {
        assert!(error.to_string().contains(part), "{error}");
    }
    let tables: Vec<_> = BETTER_AUTH.iter().collect();
    assert_eq!(database.inspect(&tables).await.expect("inspects").missing_tables.len(), 2);
}
