import { describe, expect, test } from "vitest";
import { HOME, loginUrl, safeReturnUrl } from "../lib/return-url";

describe("where people return to after signing in", () => {
  test.each(["/tasks", "/tasks?filter=active", "/tasks?next=//evil.example", "/a/b#c", "/"])(
    "%s is a page here",
    (path) => expect(safeReturnUrl(path)).toBe(path),
  );

  test.each([
    null,
    undefined,
    "",
    "tasks",
    "https://evil.example",
    "HTTPS://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\\\\evil.example",
    "/tasks\\..\\evil",
    "/\t/evil.example",
    "/\n/evil.example",
    "\u0000/tasks",
    " /tasks",
    "javascript:alert(1)",
    "data:text/html,x",
    "/.//evil.example",
    "/..//evil.example",
    "/login",
    "/login?returnUrl=/login",
    "/sign-up",
  ])("%j is not", (value) => expect(safeReturnUrl(value)).toBe(HOME));

  test("the login page remembers the page and the reason", () => {
    expect(loginUrl("/tasks?filter=active", "session_expired")).toBe(
      "/login?returnUrl=%2Ftasks%3Ffilter%3Dactive&error=session_expired",
    );
  });
});
