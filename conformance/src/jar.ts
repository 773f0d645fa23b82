/** The cookies of one browser. */
export class Jar extends Map<string, string> {
  header(): string {
    return [...this].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  keep(lines: string[]): void {
    for (const line of lines) {
      const [pair = ""] = line.split(";");
      const name = pair.slice(0, pair.indexOf("="));
      if (/; Max-Age=0(;|$)/i.test(line)) this.delete(name);
      else this.set(name, pair.slice(name.length + 1));
    }
  }
}
