"""The API's description says what an operation demands."""

from service import service


def test_the_scheme_is_bearer_and_scopes_are_named() -> None:
    document = service().openapi()
    scheme = document["components"]["securitySchemes"]["token"]
    assert (scheme["type"], scheme["scheme"], scheme["bearerFormat"]) == ("http", "bearer", "JWT")
    tasks = document["paths"]["/api/{user_id}/tasks"]
    assert tasks["get"]["security"] == [{"token": ["tasks:read"]}]
    assert tasks["post"]["security"] == [{"token": ["tasks:write"]}]
    assert document["paths"]["/me"]["get"]["security"] == [{"token": []}]


def test_the_user_of_the_path_is_described_once() -> None:
    tasks = service().openapi()["paths"]["/api/{user_id}/tasks"]["get"]
    assert [(one["name"], one["in"]) for one in tasks["parameters"]] == [("user_id", "path")]
    assert tasks["parameters"][0]["schema"]["type"] == "string"
