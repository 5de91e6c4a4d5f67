// Hands a long card to a reader and waits for the line in which it gives up.
import { spawn } from "node:child_process";

const words = ["north", "south", "east", "west", "up", "down"];
const rows = words.map((word, place) => `${word}=${"o".repeat(40 + place)}`).join("\n") + "\n";
const card = `CARD/1 length=${rows.length} fields=${words.length - 3}\n${rows}`;

export function attempt(program, args) {
  return new Promise((resolve) => {
    const reader = spawn(program, args);
    let heard = "";
    reader.stdout.on("data", (piece) => (heard += piece));
    reader.on("close", (status) => resolve({ status, gaveUp: heard.startsWith("ASSERTION") }));
    reader.stdin.end(card);
  });
}

const [program, ...args] = process.argv.slice(2);
if (program) {
  attempt(program, args).then(({ status, gaveUp }) => console.log(status, gaveUp));
}
