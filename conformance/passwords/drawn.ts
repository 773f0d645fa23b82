/** Passwords as people and keyboards make them, drawn from a seed: the same at every run. */
import { ClaimsGenerator } from "../tokens/claims.ts";

const FEWEST = 8;
const MOST = 128;

/** Characters that Unicode's NFKC makes into others, alone or together. */
const COMPATIBILITY = [..."ﬁﬀŐÅΩ①²½㎏ｶﾞＡｚ！ſẛ̣ⅷ℡…ﷺ", "e\u0301", "o\u0302\u0323", "\u1112\u1161\u11ab", "\u0344", "\u212b", "\u2126"];
const ASTRAL = [..."🙂👩‍🚀🏳️‍🌈𝔘𝒜𝟘𝐀𠀋𐐷", "\u{1d15e}", "\u{2f800}", "\u{1f1e9}\u{1f1ea}"];
const PLAIN = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"];
const OTHERS = [..."äößñçéжщλω漢字かな한글עבריתعربي हिन्दी ไทย", "\u0000", "\t", "\u00a0", "\u200d", "\u202e", "\ufeff"];

export class Passwords {
  private readonly random;

  constructor(seed: number) {
    this.random = new ClaimsGenerator(seed);
  }

  /** One of 8 to 128 UTF-16 units. */
  next(): string {
    const kinds = [PLAIN, OTHERS, COMPATIBILITY, ASTRAL].filter(() => this.random.below(2) === 1);
    const wanted = FEWEST + this.random.below(this.random.below(4) === 0 ? MOST - FEWEST : 16);
    let password = "";
    while (password.length < wanted) {
      const more = kinds.length === 0 ? this.any() : this.random.pick(this.random.pick(kinds));
      if (password.length + more.length > MOST) break;
      password += more;
    }
    return password;
  }

  /** Any character there is: what no version of Unicode has yet, versions see differently. */
  private any(): string {
    for (;;) {
      const character = String.fromCodePoint(this.random.below(0x110000));
      if (/^[^\p{Cn}\p{Cs}]$/u.test(character)) return character;
    }
  }
}
