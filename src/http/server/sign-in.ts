/**
 * What a browser gets that has not signed in: a page with one script, which exchanges the code in the link for a cookie.
 *
 * It is all that is shown to strangers; the real page comes after it.
 */

export const SIGN_IN_SCRIPT_PATH = '/sign-in.js';

/** @param prefix - Path of the server as the browser sees it: '' or `/tasks`. */
export function signInPage(prefix: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Sign in to supertask</title>
<main>
<h1>Sign in to supertask</h1>
<p id="state" role="status">Open the link that <code>supertask token link</code> prints in a terminal of this machine.</p>
<noscript><p>Signing in needs JavaScript.</p></noscript>
</main>
<script src="${prefix}${SIGN_IN_SCRIPT_PATH}"></script>
</html>
`;
}

export const SIGN_IN_SCRIPT = `'use strict';
const here = new URL('.', document.currentScript.src);
const sheet = new CSSStyleSheet();
sheet.replaceSync('body{font:16px/1.5 system-ui,sans-serif;margin:0}main{max-width:32rem;margin:15vh auto;padding:0 1rem}h1{font-size:1.4rem}code{font-size:.95em}');
document.adoptedStyleSheets = [sheet];
const tell = (text) => { document.getElementById('state').textContent = text; };
async function signIn() {
  const [, code] = /^#code=([\\w-]+)$/.exec(location.hash) ?? [];
  if (code === undefined) return;
  history.replaceState(null, '', location.pathname + location.search);
  tell('Signing in \\u2026');
  try {
    const response = await fetch(new URL('api/v1/session', here), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-supertask': '1' },
      body: JSON.stringify({ code }),
    });
    if (response.ok) return location.reload();
    const problem = await response.json().catch(() => ({}));
    tell(problem.detail ?? problem.title ?? 'Not signed in: ' + response.status + '.');
  } catch (error) {
    tell('The server does not answer: ' + error.message);
  }
}
addEventListener('hashchange', signIn);
signIn();
`;
