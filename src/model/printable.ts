/** Text from outside made safe for a terminal: nothing in it can move the cursor or take the screen over. */
import { StringDecoder } from 'node:string_decoder';

// C0, DEL, C1, breaks of lines and paragraphs, and the marks that turn the direction of writing.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** One line of plain text: control characters and bidirectional marks are shown as escapes. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (char) => {
    if (char === '\n') return '\\n';
    if (char === '\t') return '\\t';
    const code = char.charCodeAt(0);
    return code < 0x100
      ? `\\x${code.toString(16).padStart(2, '0')}`
      : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

// Colours, then other CSI sequences; OSC, DCS and the like up to their end; what is left of those that have none.
const SEQUENCES =
  /\u001b\[[0-9;:]*m|\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)|\u001b[ -~]?/g;
const CONTROLS =
  /[\u0000-\u0008\u000b\u000c\u000d\u000e-\u001a\u001c-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Output of a program for a terminal: lines, tabs and colours stay, what could take the screen over goes. */
export function printableOutput(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .replace(SEQUENCES, (sequence) => (/^\u001b\[[0-9;:]*m$/.test(sequence) ? sequence : ''))
    .replace(CONTROLS, (char) =>
      char === '\r' ? '\\r' : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
}

// The beginning of a sequence, or of a line break, at the end of a text. Longer ones are not waited for.
const BEGUN = /(?:\r|\u001b(?:\[[ -?]{0,64}|[\]PX^_][^\u0007\u001b\u009c]{0,4096}\u001b?)?)$/;

/** The same for one stream, wherever its bytes are cut: no letter and no sequence falls apart. */
export function createPrintableStream(): {
  /** @returns What can be shown; the beginning of something waits for its end. */
  push(bytes: Uint8Array): string;
  end(): string;
} {
  const decoder = new StringDecoder('utf8');
  let held = '';
  return {
    push(bytes) {
      const text = held + decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      const begun = BEGUN.exec(text)?.index ?? text.length;
      held = text.slice(begun);
      return printableOutput(text.slice(0, begun));
    },
    end() {
      const rest = held + decoder.end();
      held = '';
      return printableOutput(rest);
    },
  };
}
