/** Text from outside made safe for a terminal: nothing in it can move the cursor or take the screen over. */

// C0, DEL, C1, and the marks that turn the direction of writing.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

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

// Anything but colours: other CSI sequences, OSC, DCS and the like up to their end, then lone escapes.
const SEQUENCES =
  /\u001b\[[0-9;:]*m|\u001b\[[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b[ -~]?/g;
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
