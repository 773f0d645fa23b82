/** Providers whose names are not their ids with a capital letter. */
const NAMES: Record<string, string> = { github: "GitHub", gitlab: "GitLab", linkedin: "LinkedIn" };

/** What people call an identity provider. */
export function providerName(id: string): string {
  return NAMES[id] ?? id.charAt(0).toUpperCase() + id.slice(1);
}
