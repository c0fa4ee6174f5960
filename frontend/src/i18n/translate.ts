// Typed translation: a key names a sentence, and the sentence's own {holes}
// say which parameters the caller must give.
import type { Locale } from "./locale";

/** A sentence, or its forms by the number in {count}. */
export type Sentence = string | { one?: string; other: string };
export type Sentences = Record<string, Sentence>;

type Text<S> = S extends string ? S : S extends { other: infer O extends string } ? O : never;
type Holes<S extends string> = S extends `${string}{${infer H}}${infer Rest}`
  ? H | Holes<Rest>
  : never;

/** The parameters that a sentence needs. */
export type Params<S> = { [H in Holes<Text<S>>]: string | number };

/** What another language must offer for the keys of the first. */
export type Translation<M> = { [K in keyof M]: Sentence };

/** The arguments of t for one key: no second one where there are no holes. */
export type Arguments<S> = [Holes<Text<S>>] extends [never] ? [] : [params: Params<S>];

/** The sentence with its holes filled, in the form for params.count. */
export function fill(
  sentence: Sentence,
  plural: Intl.PluralRules,
  params: Readonly<Record<string, string | number>>,
): string {
  const text =
    typeof sentence === "string"
      ? sentence
      : plural.select(Number(params.count)) === "one"
        ? (sentence.one ?? sentence.other)
        : sentence.other;
  return text.replace(/\{(\w+)\}/g, (hole, name: string, at: number) => {
    const value = String(params[name] ?? hole);
    const before = text.charAt(at - 1);
    const after = text.charAt(at + hole.length);
    return `${gap(before, value.charAt(0))}${value}${gap(value.slice(-1), after)}`;
  });
}

/** The space that Chinese typesetting wants between a Han character and a Latin one. */
function gap(left: string, right: string): string {
  return (han.test(left) && latin.test(right)) || (latin.test(left) && han.test(right)) ? " " : "";
}

const han = /\p{Script=Han}/u;
const latin = /[\p{Script=Latin}\d]/u;

/** The names of the holes in a sentence, for the test that compares languages. */
export function holes(sentence: Sentence): string[] {
  const text = typeof sentence === "string" ? sentence : sentence.other;
  return [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? ""))].sort();
}

export const pluralRules = (locale: Locale) => new Intl.PluralRules(locale);
