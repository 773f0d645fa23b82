import { scenario } from "../src/scenario.ts";

const SIGN_IN = "/sign-in/email";

export const bodies = [
  scenario("bodies that are no JSON", Array(4).fill("400 BAD_REQUEST"), async (side) => {
    for (const body of ["{", "{'a':1}", "undefined", '{"a":1,}']) await side.post(SIGN_IN, body);
  }),
  scenario("JSON that is no object", Array(5).fill("400 VALIDATION_ERROR"), async (side) => {
    for (const body of ["null", "[]", "1", "true", '"text"']) await side.post(SIGN_IN, body);
  }),
  scenario("sign-up with JSON that is no object", Array(5).fill("400 VALIDATION_ERROR"), async (side) => {
    for (const body of ["null", "[]", "1", "true", '"text"']) await side.post("/sign-up/email", body);
  }),
  scenario("types that an endpoint does not take", Array(5).fill("415 UNSUPPORTED_MEDIA_TYPE"), async (side) => {
    await side.post(SIGN_IN, "x", { type: "text/plain" });
    await side.post(SIGN_IN, "<x/>", { type: "application/xml" });
    await side.post(SIGN_IN, "{}", { type: "application/vnd.api+json" });
    await side.post(SIGN_IN, "x", { type: "multipart/form-data; boundary=xyz" });
    await side.post("/revoke-session", "token=x", { type: "application/x-www-form-urlencoded" });
  }),
  scenario("a body without a type", ["400 VALIDATION_ERROR", "400 VALIDATION_ERROR"], async (side) => {
    await side.post(SIGN_IN, "{}", { type: null });
    await side.post(SIGN_IN, "{", { type: null });
  }),
  scenario("a type with parameters and in capitals", ["401 INVALID_EMAIL_OR_PASSWORD", "401 INVALID_EMAIL_OR_PASSWORD"], async (side) => {
    const body = { email: side.email(), password: "password1234" };
    await side.post(SIGN_IN, body, { type: "application/json; charset=utf-8" });
    await side.post(SIGN_IN, body, { type: "Application/JSON" });
  }),
  scenario("no body is not a body of a wrong type", ["400 VALIDATION_ERROR", "200"], async (side) => {
    await side.post(SIGN_IN, undefined, { type: "text/plain" });
    await side.post("/sign-out", undefined, { type: "text/plain" });
  }),
  scenario("unknown members do not matter", ["401 INVALID_EMAIL_OR_PASSWORD"], async (side) => {
    await side.post(SIGN_IN, { email: side.email(), password: "password1234", x: { y: [1, null] } });
  }),
  scenario("a body that is not looked at has to be JSON all the same", ["400 BAD_REQUEST", "415 UNSUPPORTED_MEDIA_TYPE"], async (side) => {
    await side.post("/revoke-sessions", "{");
    await side.post("/revoke-sessions", "x", { type: "text/plain" });
  }),
  scenario("a bad body is told before a bad origin, a bad origin before bad members", ["200", "400 BAD_REQUEST", "403 INVALID_ORIGIN", "400 VALIDATION_ERROR"], async (side) => {
    await side.signUp();
    await side.post("/revoke-session", "{", { origin: "https://evil.example" });
    await side.post("/revoke-session", {}, { origin: "https://evil.example" });
    await side.post("/revoke-session", {}, { cookies: false });
  }),
];
