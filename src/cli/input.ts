/** All of standard input, as text. */
import { checkSize, checkUtf8, MAX_FILE_BYTES } from '../app/text-file.js';

/** @throws {SupertaskError} `FILE_UNREADABLE` when it is larger than a file may be, however much is still to come. */
export async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    size += bytes.length;
    if (size > MAX_FILE_BYTES) break;
  }
  checkSize(size, 'standard input');
  return checkUtf8(Buffer.concat(chunks), '<stdin>');
}
