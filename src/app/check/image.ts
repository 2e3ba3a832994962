/** Images of containers: their names, and whether they are here. */
import { isImageName } from '../../executor/docker.js';
import { type CheckContext, isTemplate, type Work, worksOf } from './context.js';
import { type Finding, finding } from './finding.js';

export async function checkImages(context: CheckContext): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const work of worksOf(context)) {
    const { target } = work.step;
    if (target.kind === 'docker' && !isTemplate(target.image))
      found.push(...(await checkImage(target.image, work, context)));
  }
  return found;
}

async function checkImage(
  image: string,
  { task, env, place }: Work,
  { machine }: CheckContext,
): Promise<Finding[]> {
  const shown = JSON.stringify(image);
  const find = (code: Parameters<typeof finding>[0], message: string, hint: string) => [
    finding(code, message, place('run'), { hint, task: task.id }),
  ];
  if (!isImageName(image)) {
    const hint = 'Write [REGISTRY/]NAME[:TAG][@DIGEST]; the name is in small letters.';
    return find('IMAGE_INVALID', `${shown} is not the name of an image`, hint);
  }
  const has = await machine.image(image, env);
  if (has === true) return [];
  if (typeof has === 'string')
    return find('PROGRAM_MISSING', has.split('; ')[0] ?? has, 'Install docker or podman.');
  if (has === undefined) {
    return find(
      'IMAGE_UNKNOWN',
      `the engine could not be asked for the image ${shown}`,
      'Is its daemon running?',
    );
  }
  return find(
    'IMAGE_ABSENT',
    `the image ${shown} is not here yet`,
    `The first run fetches it, or do it now: docker pull ${image}`,
  );
}
