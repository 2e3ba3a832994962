/** The page's start. */
import { render } from 'preact';
import { signIn } from './api/session.js';
import { App } from './app.js';

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
signIn();

// A link that is opened while the page is there changes nothing but its fragment.
window.addEventListener('hashchange', () => {
  if (/^#code=/.test(location.hash)) signIn();
});
