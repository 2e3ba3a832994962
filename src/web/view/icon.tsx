/** Icons as lines of SVG. They say nothing to who cannot see them: the text beside them does. */

/** Of 16 by 16 units; a leading `.` fills the shape. */
const PATHS = {
  dashboard: 'M2.5 2.5h4v6h-4zM9.5 2.5h4v3h-4zM9.5 8.5h4v5h-4zM2.5 11.5h4v2h-4z',
  jobs: 'M6 3.5h7.5M6 8h7.5M6 12.5h7.5M2.5 3.5h.6M2.5 8h.6M2.5 12.5h.6',
  runs: 'M2 8h3l2-5 2.5 10 2-5H14',
  week: 'M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v3M10.5 2v3M6.2 6.5v7M9.8 6.5v7',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9',
  moon: 'M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1z',
  system: 'M2 3h12v8H2zM6 13.5h4M8 11v2.5',
  help: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M6.2 6.2a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.7-.8 1.4M8 11.3v.2',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.4 10.4l3.3 3.3',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  check: 'M3 8.5l3.3 3.3L13 4.8',
  cross: 'M4 4l8 8M12 4l-8 8',
  left: 'M10 3L5 8l5 5',
  right: 'M6 3l5 5-5 5',
  down: 'M3 6l5 5 5-5',
  play: 'M5 3.2v9.6L12.8 8z',
  bolt: 'M9 1.8L3.5 9h3.8L6.8 14.2 12.5 7H8.6z',
  trash: 'M3 4.5h10M6.3 4.5v-2h3.4v2M4.3 4.5l.6 9h6.2l.6-9M6.8 7v4M9.2 7v4',
  pause: 'M5.2 3v10M10.8 3v10',
  stop: 'M4 4h8v8H4z',
  skip: 'M3.5 3.5v9L9.5 8zM12 3.5v9',
  again: 'M13 3v3.5H9.5M12.8 6.5A5.3 5.3 0 1 0 13.3 9',
  edit: 'M3 13l.7-3L10.6 3.1l2.3 2.3L6 12.3zM9.3 4.4l2.3 2.3',
  plus: 'M8 3v10M3 8h10',
  download: 'M8 2.5v7.5M4.7 6.8L8 10.1l3.3-3.3M3 13.3h10',
  code: 'M5.5 4L2 8l3.5 4M10.5 4L14 8l-3.5 4',
  alert: 'M8 2.2l6.3 11.3H1.7zM8 6.5v3.2M8 11.4v.2',
  clock: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8M8 4.5V8l2.3 1.6',
  out: 'M6.5 2.5h-4v11h4M9.5 5l3 3-3 3M12.5 8h-7',
  host: 'M2.5 2.8h11v4h-11zM2.5 9.2h11v4h-11zM5 4.8h.2M5 11.2h.2',
  filter: 'M2.5 3.5h11L9.3 8.6v4.6l-2.6-1.3V8.6z',
  flag: 'M4 14V2.5h8l-1.8 3 1.8 3H4',
  wrap: 'M2.5 3.5h11M2.5 8h8.5a2.2 2.2 0 0 1 0 4.5H8M9.5 10.8L7.8 12.5l1.7 1.7M2.5 12.5h2.5',
  more: 'M3.2 7.5a.5.5 0 1 0 .01 0M8 7.5a.5.5 0 1 0 .01 0M12.8 7.5a.5.5 0 1 0 .01 0',
  link: 'M6.5 9.5l3-3M7 4.8l1.4-1.4a2.9 2.9 0 0 1 4.2 4.2L11.2 9M9 11.2l-1.4 1.4a2.9 2.9 0 0 1-4.2-4.2L4.8 7',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
