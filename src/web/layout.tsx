/** What is around every page: the way to the others, and whether what they show is live. */
import type { ComponentChildren } from 'preact';
import { connection } from './api/live.js';
import { signOut } from './api/session.js';
import { href, place } from './route.js';
import { clock } from './view/clock.js';
import { confirm, Questions } from './view/dialog.js';
import { formatWhole } from './view/format.js';
import { Icon, type IconName } from './view/icon.js';
import { ShortcutHelp, showHelp, useShortcuts } from './view/shortcut.js';
import { nextTheme, type Theme, theme } from './view/theme.js';
import { Toasts, tellProblem } from './view/toast.js';

const PAGES: readonly {
  readonly path: string;
  readonly title: string;
  readonly icon: IconName;
  readonly key: string;
}[] = [
  { path: '', title: 'Dashboard', icon: 'dashboard', key: 'd' },
  { path: 'jobs', title: 'Jobs', icon: 'jobs', key: 'j' },
  { path: 'runs', title: 'Runs', icon: 'runs', key: 'r' },
  { path: 'week', title: 'Week', icon: 'week', key: 'w' },
];

const SHORTCUTS = [
  ...PAGES.map(({ path, title, key }) => ({
    keys: `g ${key}`,
    does: `go to ${title}`,
    run: () => {
      location.hash = href({ path: [path].filter(Boolean) });
    },
  })),
  {
    keys: '/',
    does: 'search',
    run: () => document.querySelector<HTMLElement>('input[type=search]')?.focus(),
  },
  { keys: 't', does: 'light, dark, or as the system has it', run: nextTheme },
];

export function Layout({ children }: { readonly children: ComponentChildren }) {
  useShortcuts(SHORTCUTS);
  return (
    <>
      {/* No link: the fragment of the address says which page it is. */}
      <button type="button" class="skip" onClick={() => document.querySelector<HTMLElement>('main')?.focus()}>
        Skip to content
      </button>
      <header class="top">
        <a class="brand" href="#/" aria-label="supertask">
          <Brand />
          <span>supertask</span>
        </a>
        <Navigation />
        <div class="top-end">
          <ConnectionState />
          <ThemeButton />
          <button type="button" class="quiet" aria-label="Keys" title="Keys (?)" onClick={showHelp}>
            <Icon name="help" />
          </button>
          <button type="button" class="quiet" aria-label="Sign out" title="Sign out" onClick={leave}>
            <Icon name="out" />
          </button>
        </div>
      </header>
      <main tabIndex={-1}>{children}</main>
      <Toasts />
      <Questions />
      <ShortcutHelp />
    </>
  );
}

/** Asked before, as another link is needed to come back. */
async function leave(): Promise<void> {
  const yes = await confirm({
    title: 'Sign out?',
    text: 'To come back, this browser needs another link: supertask serve --open makes one.',
    action: 'Sign out',
  });
  if (yes) await signOut().catch(tellProblem);
}

function Navigation() {
  const [here = ''] = place.value.path;
  return (
    <nav aria-label="Pages">
      {PAGES.map(({ path, title, icon }) => (
        <a key={path} href={`#/${path}`} {...(here === path ? { 'aria-current': 'page' as const } : {})}>
          <Icon name={icon} />
          <span>{title}</span>
        </a>
      ))}
    </nav>
  );
}

export function Brand() {
  return (
    <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" />
      <circle cx="16" cy="16" r="10.5" stroke-dasharray="52 14" />
      <path d="M16 8.5V16l5 3.3" />
    </svg>
  );
}

const CONNECTION_WORDS = { connecting: 'Connecting', open: 'Live', lost: 'Not connected' } as const;

function ConnectionState() {
  const { state, retryAt } = connection.value;
  const waits = state === 'lost' && retryAt !== undefined && retryAt > clock.value;
  return (
    <p class={`connection ${state}`} role="status" title={TITLES[state]}>
      <span class="dot" aria-hidden="true" />
      <span class="word">{CONNECTION_WORDS[state]}</span>
      {waits && (
        <span class="retry" aria-hidden="true">
          {' '}
          again in {formatWhole(retryAt - clock.value)}
        </span>
      )}
    </p>
  );
}

const TITLES = {
  connecting: 'The first answer of the server is on its way.',
  open: 'What happens is shown as it happens.',
  lost: 'The server does not answer. What is shown is as it was; the page goes on by itself when the server is back.',
} as const;

const THEMES: Readonly<Record<Theme, { readonly icon: IconName; readonly word: string }>> = {
  system: { icon: 'system', word: 'as the system has it' },
  light: { icon: 'sun', word: 'light' },
  dark: { icon: 'moon', word: 'dark' },
};

function ThemeButton() {
  const { icon, word } = THEMES[theme.value];
  return (
    <button
      type="button"
      class="quiet"
      title={`Colours: ${word} (t)`}
      aria-label={`Colours: ${word}`}
      onClick={nextTheme}
    >
      <Icon name={icon} />
    </button>
  );
}
