// What a person reads: headings, tables, a progress bar. Colours only on a terminal.
const tty = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (tty ? `\x1b[${code}m${text}\x1b[0m` : String(text));

export const bold = paint('1');
export const dim = paint('2');
export const red = paint('31');
export const green = paint('32');
export const yellow = paint('33');
export const cyan = paint('36');

const kWidth = 118;
export const say = (text = '') => console.log(text);
export const heading = (text) => say(`\n${bold(text)}`);

const bare = (text) => String(text).replace(/\x1b\[[0-9;]*m/g, '');

// Cuts to `width`, marked by an ellipsis; colours survive because they are put on afterwards.
export const cut = (text, width) => (text.length <= width ? text : `${text.slice(0, width - 1)}…`);

export function outcomeColour(outcome) {
  if (outcome.startsWith('PERMIT')) return green;
  if (outcome === 'DENY') return red;
  return yellow;
}

// columns: [{title, width}]. rows: arrays of cells; a cell is text or {text, colour}.
export function table(columns, rows) {
  const line = (cells) => cells.map((cell, i) => {
    const { text, colour } = typeof cell === 'object' && cell !== null ? cell : { text: cell };
    const shown = cut(String(text ?? ''), columns[i].width).padEnd(columns[i].width);
    return colour ? colour(shown) : shown;
  }).join(' ').trimEnd();
  say(bold(line(columns.map((column) => column.title))));
  say(dim(columns.map((column) => '─'.repeat(column.width)).join(' ')));
  for (const row of rows) say(line(row));
}

// Wraps at words, every line behind `indent`.
export function wrap(text, indent = '  ') {
  const lines = [''];
  for (const word of String(text).split(/\s+/)) {
    const last = lines.length - 1;
    if (bare(lines[last]).length + bare(word).length + indent.length + 1 > kWidth) lines.push(word);
    else lines[last] += (lines[last] ? ' ' : '') + word;
  }
  return lines.map((line) => indent + line).join('\n');
}

// One line that fills up; without a terminal only the last state is printed.
export class Progress {
  constructor(what, total) {
    this.what = what;
    this.total = total;
    this.done = 0;
    this.begun = Date.now();
    this.show();
  }
  add(count) {
    this.done += count;
    this.show();
  }
  show() {
    if (!tty) return;
    const filled = Math.round((30 * this.done) / Math.max(1, this.total));
    process.stdout.write(`\r  ${this.what.padEnd(30)} ${'█'.repeat(filled)}${'░'.repeat(30 - filled)} ` +
                         `${this.done}/${this.total}\x1b[K`);
  }
  end() {
    const seconds = (Date.now() - this.begun) / 1000;
    if (tty) process.stdout.write('\r\x1b[K');
    say(`  ${this.what.padEnd(30)} ${this.done} in ${seconds.toFixed(1)} s ` +
        `(${Math.round(this.done / Math.max(seconds, 0.001))}/s)`);
  }
}
