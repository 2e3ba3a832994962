/** Remove a job that was made through the API, after asking. */
import { change, path } from '../../api/client.js';
import { refreshAll } from '../../api/resource.js';
import { go, place } from '../../route.js';
import { confirm } from '../../view/dialog.js';
import { attempt } from '../../view/toast.js';

export async function deleteJob(namespace: string, id: string, ifMatch?: string): Promise<void> {
  const isMeant = await confirm({
    title: `Delete ${id}?`,
    text: 'It is not run any more. Its runs and their output stay. What is running goes on.',
    action: 'Delete',
    grave: true,
  });
  if (!isMeant) return;
  const asked = path(['namespaces', namespace, 'jobs', id, 'definition']);
  const isDone = await attempt(
    () => change(asked, { method: 'DELETE', ...(ifMatch === undefined ? {} : { ifMatch }) }),
    `Deleted ${id}.`,
  );
  if (!isDone) return;
  refreshAll((each) => each.startsWith('/jobs'));
  // Its own pages have nothing to show any more.
  if (place.peek().path.length > 1) go({ path: ['jobs'] });
}
