/** Reads what there is of a run's captured bytes. */
import type { OutputPiece, OutputReader } from '../../../src/store/file/output-reader.js';

/** @param most - Bytes of one piece. */
export async function drain(reader: OutputReader, most?: number): Promise<OutputPiece[]> {
  const pieces: OutputPiece[] = [];
  for (let piece = await reader.next(most); piece !== undefined; piece = await reader.next(most))
    pieces.push(piece);
  return pieces;
}
