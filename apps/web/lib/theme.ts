export type Theme = "system" | "light" | "dark";

export const THEME_COOKIE = "theme";

export function themeOf(value: string | undefined): Theme {
  return value === "light" || value === "dark" ? value : "system";
}
