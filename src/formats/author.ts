/** Who wrote something and when, as `meta` tells it. */
import { type Fields, oneOrMore, type Reader, readFields, type Shape, scalarText, text } from './reader.js';

export const AUTHORSHIP: readonly string[] = ['author', 'authors', 'created', 'updated'];
export const AUTHOR: Shape = { what: 'an author', keys: ['name', 'email', 'url'] };

/** Check the four keys; the author's name, several joined by a comma. */
export function readAuthor(meta: Fields): string | undefined {
  meta.read('created', scalarText);
  meta.read('updated', scalarText);
  const names = [
    ...(meta.read('author', oneOrMore(author)) ?? []),
    ...(meta.read('authors', oneOrMore(author)) ?? []),
  ];
  return names.length === 0 ? undefined : names.join(', ');
}

const author: Reader<string> = (node, report) => {
  if (node.kind !== 'map') return text(node, report);
  const fields = readFields(node, AUTHOR, report);
  if (fields === undefined) return undefined;
  fields.read('url', text);
  const name = fields.read('name', text);
  const email = fields.read('email', text);
  if (name !== undefined && email !== undefined) return `${name} <${email}>`;
  return name ?? email;
};
