import { expect, test } from "vitest";
import { deviceName, isPhone } from "@/lib/device-name";

const CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";

test("a device is called by its browser and its system", () => {
  expect(deviceName(CHROME)).toBe("Chrome on Linux");
  expect(deviceName(CHROME + " Edg/140.0.0.0")).toBe("Edge on Linux");
  expect(deviceName(PHONE)).toBe("Safari on iOS");
  expect(isPhone(PHONE)).toBe(true);
  expect(isPhone(CHROME)).toBe(false);
});

test("what says nothing of itself is unknown", () => {
  for (const nothing of [undefined, null, "", "curl/8.5.0"]) expect(deviceName(nothing)).toBe("Unknown device");
});
