/** What the caller of a function sees, as text: also what JSON would drop or level. */
export function seen(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, shown: unknown) {
    const given = this[key];
    if (given instanceof Date) return `a Date: ${shown}`;
    if (given instanceof Error) return { thrown: given.name, said: given.message, ...given };
    if (given === undefined) return "undefined";
    if (typeof given === "function") return "a function";
    return shown;
  });
}
