/** What is shown to who is not signed in: how to be. */
import type { ApiError } from '../api/client.js';
import { signIn } from '../api/session.js';
import { Brand } from '../layout.js';
import { Command } from '../view/command.js';
import { Problem } from '../view/state.js';

export function SignIn({ error }: { readonly error: ApiError | undefined }) {
  const away = error?.status === 0;
  return (
    <main class="sign-in">
      <h1>
        <Brand /> supertask
      </h1>
      {error !== undefined && <Problem error={error} />}
      {!away && (
        <>
          <p>Nobody is signed in here. supertask makes a link for that, which is good for one use:</p>
          <Command text="supertask serve --open" />
          <p class="muted">
            A server that is there already prints such a link when it starts. Open it in this browser.
          </p>
        </>
      )}
      <p>
        <button type="button" onClick={() => signIn()}>
          Try again
        </button>
      </p>
    </main>
  );
}
