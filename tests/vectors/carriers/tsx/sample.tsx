export {};

// Counts the words of a text and keeps the longest ones.
const LIMIT = 4096;

/**
 * Gives the longest words of a list.
 *
 * the first ones go when there are too many
 *
 * @param most how many of them are kept
 */
function longest(words: unknown[], most: number): string[] | null {
  const found: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (typeof word !== 'string' || word.length === 0) {
      continue;
    }
    if (found.length < most) {
      found.push(word);
    } else {
      found.shift();
    }
  }
  return found.length > 0 ? found : null;
}

const count = (text: string, unit?: string) => {
  const numbers = new Map<string, number>();
  let total = 0;
  for (const word of text.split(/\s+/)) {
    if (word === '') continue;
    numbers.set(word, (numbers.get(word) || 0) + 1);
    total++;
  }
  return { numbers, total, unit: unit, label: "counted words" };
};

function wait(queue: Array<((n: number) => void) | null>): string {
  for (;;) {
    // take the last one of the queue
    const next = queue.pop();
    if (next === undefined) return 'nothing is left';
    if (next !== null) { next(255); } else { queue.length = 0; }
  }
}

export const Shown = (p: { n: number }) => (p.n === 1 ? <b className="one">{p.n}</b> : <i>{"many"}</i>);
