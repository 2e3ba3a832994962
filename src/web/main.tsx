/** The page's start. */
import { render } from 'preact';
import { session, signIn } from './api/session.js';
import { App } from './app.js';
import { fragment } from './route.js';

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
signIn();

// A link that is opened while the page is there changes nothing but its fragment, and where one was is where one is.
window.addEventListener('hashchange', () => {
  if (/^#code=/.test(location.hash)) signIn(fragment());
});

// Somebody may have signed in beside, in another tab.
document.addEventListener('visibilitychange', () => {
  const state = session.peek();
  if (!document.hidden && state.kind === 'out') signIn();
});
