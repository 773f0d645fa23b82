//! Changes with a cookie come from trusted pages.

use super::*;

#[tokio::test]
async fn r29_a_change_comes_from_a_trusted_origin() {
    let service = Service::caching();
    let cookie = data_of("alice");
    let send = async |method: Method, headers: &[(&str, &str)]| {
        let headers = [&[("cookie", &*cookie)], headers].concat();
        service.send(request(method, "/me", &headers)).await
    };
    let changes = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE];
    for method in changes {
        for headers in [
            &[][..],
            &[("origin", "https://evil.test")],
            &[("origin", "null")],
            &[("origin", "")],
            &[("origin", "null"), ("sec-fetch-site", "same-origin")],
            &[("origin", APP), ("origin", APP)],
            &[("origin", "https://evil.test"), ("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")],
            &[("referer", "https://app.test/x")],
        ] {
            let (status, body) = send(method.clone(), headers).await;
            assert_eq!(
                (status, &*code(&body)),
                (403, "cross_site_request"),
                "{method} {headers:?}"
            );
        }
        for headers in [("origin", APP), ("sec-fetch-site", "same-origin")] {
            assert_eq!(send(method.clone(), &[headers]).await.0, 200, "{method} {headers:?}");
        }
    }
    for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
        assert_eq!(send(method, &[("origin", "https://evil.test")]).await.0, 200);
    }
    let web_socket = ("upgrade", "websocket");
    assert_eq!(send(Method::GET, &[web_socket, ("origin", "https://evil.test")]).await.0, 403);
    assert_eq!(send(Method::GET, &[web_socket]).await.0, 403);
    assert_eq!(send(Method::GET, &[web_socket, ("origin", APP)]).await.0, 200);
}

#[tokio::test]
async fn t160_an_origin_that_looks_like_a_trusted_one_is_not_trusted() {
    let service = Service::caching();
    for origin in [
        "https://app.test.evil.com",
        "https://evil-app.test",
        "https://app.test@evil.com",
        "http://app.test",
        "https://app.test:444",
        "https://app.testx",
        "https://app.test.",
        "https://xn--app-.test",
        "https://APP.test",
        "https://app.test/",
        "https://app.test:443",
    ] {
        let headers = [("cookie", &*data_of("alice")), ("origin", origin)];
        assert_eq!(service.send(request(Method::POST, "/me", &headers)).await.0, 403, "{origin}");
    }
}
