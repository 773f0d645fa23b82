import { expect, test } from "vitest";
import { emailNotice, loginNotice } from "@/lib/notices";

test("the address of the login page says why somebody is there", () => {
  expect(loginNotice("session_expired", undefined)).toBe("session_expired");
  expect(loginNotice("account_not_linked", undefined)).toBe("provider_failed");
  expect(loginNotice(undefined, "password_reset")).toBe("password_reset");
  expect(loginNotice(undefined, undefined)).toBeUndefined();
  expect(loginNotice(undefined, "<b>free money</b>")).toBeUndefined();
});

test("only known words are taken from the address of the account page", () => {
  expect(emailNotice("verified")).toBe("verified");
  expect(emailNotice("changed")).toBe("changed");
  for (const other of [undefined, "", "deleted", ["verified"]]) expect(emailNotice(other)).toBeUndefined();
});
