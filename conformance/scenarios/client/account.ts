import { scenario } from "../../src/scenario.ts";
import { PASSWORD } from "../../src/side.ts";

const NEW = "another password";

export const account = [
  scenario("client: another name and picture", ["200", "200", "200"], async (side) => {
    await side.join();
    await side.see(side.client.updateUser({ name: "Ann Other", image: "https://example.com/a.png" }));
    await side.see(side.client.getSession());
  }),
  scenario("client: nothing to update, the address, no session", ["401 UNAUTHORIZED", "200", "404", "400 No fields to update", "400 EMAIL_CAN_NOT_BE_UPDATED"], async (side) => {
    await side.see(side.client.updateUser({ name: "Eve" }));
    await side.join();
    // The client sends a body without members as GET.
    await side.see(side.client.updateUser({}));
    await side.see(side.client.updateUser({ emailVerified: true } as never));
    await side.see(side.client.updateUser({ email: "eve@example.com" } as never));
  }),
  scenario("client: another password", ["200", "200", "200"], async (side) => {
    await side.join();
    await side.see(side.client.changePassword({ currentPassword: PASSWORD, newPassword: NEW }));
    await side.see(side.client.signIn.email({ email: side.email(), password: NEW }));
  }),
  scenario("client: another password, and everybody else is out", ["200", "200", "200", "200", "200"], async (side) => {
    await side.join();
    const browser = side.another();
    await browser.client.signIn.email({ email: side.email(), password: PASSWORD });
    await side.see(side.client.changePassword({ currentPassword: PASSWORD, newPassword: NEW, revokeOtherSessions: true }));
    await side.see(side.client.getSession());
    await browser.see(browser.client.getSession());
  }),
  scenario("client: a password that is not changed", ["401 UNAUTHORIZED", "200", "400 INVALID_PASSWORD", "400 PASSWORD_TOO_SHORT", "400 PASSWORD_TOO_LONG"], async (side) => {
    await side.see(side.client.changePassword({ currentPassword: PASSWORD, newPassword: NEW }));
    await side.join();
    await side.see(side.client.changePassword({ currentPassword: "wrong password", newPassword: NEW }));
    await side.see(side.client.changePassword({ currentPassword: PASSWORD, newPassword: "short" }));
    await side.see(side.client.changePassword({ currentPassword: PASSWORD, newPassword: "x".repeat(129) }));
  }),
  scenario("client: whether it is the password", ["200", "200", "400 INVALID_PASSWORD"], async (side) => {
    await side.join();
    await side.see(side.client.$fetch("/verify-password", { method: "POST", body: { password: PASSWORD } }));
    await side.see(side.client.$fetch("/verify-password", { method: "POST", body: { password: "wrong password" } }));
  }),
  scenario("client: accounts are listed and unlinked", ["200", "200", "200", "200", "400 FAILED_TO_UNLINK_LAST_ACCOUNT"], async (side) => {
    await side.join();
    const accountId = side.rows.link("github", { scope: "user:email" });
    await side.see(side.client.listAccounts());
    await side.see(side.client.unlinkAccount({ accountId } as never));
    const left = await side.see(side.client.listAccounts());
    await side.see(side.client.unlinkAccount({ accountId: left?.data?.[0]?.id } as never));
  }),
  scenario("client: accounts without a session", ["401 UNAUTHORIZED", "401 UNAUTHORIZED"], async (side) => {
    await side.see(side.client.listAccounts());
    await side.see(side.client.unlinkAccount({ accountId: "x" } as never));
  }),
  scenario("client: no field of the session can be updated", ["200", "400 No fields to update"], async (side) => {
    await side.join();
    await side.see(side.client.$fetch("/update-session", { method: "POST", body: { theme: "dark" } }));
  }),
];
