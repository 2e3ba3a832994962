/** Commands that look ahead: `next`, `explain`, `simulate`. */
import { type Command, Option } from 'commander';
import { addSettings, collect, example, type SetExit } from './option.js';

export function registerPlan(program: Command, setExit: SetExit): void {
  addNext(program);
  addExplain(program);
  addSimulate(program, setExit);
  addGraph(program);
}

function addNext(program: Command): void {
  const command = program
    .command('next')
    .description('When a schedule, the jobs of a file, or a job that is kept are due next.')
    .argument('[what...]', 'a schedule, else an existing file or URL, else a job id or name')
    .option(
      '--from <instant>',
      'instants after this one (default: now); without an offset, local time in --tz',
    )
    .option('-n, --count <n>', 'how many instants (default: 5; of each job of a file, and of each line, 1)')
    .option('--batch', 'answer JSON lines from standard input, see below');
  addSettings(command, ['tz', 'ns', 'stateDir', 'json', 'color']);
  command.addHelpText('after', NEXT_EXAMPLES).action(async (words: string[], flags) => {
    const { nextCommand } = await import('../commands/next.js');
    await nextCommand(words, flags);
  });
}

const NEXT_EXAMPLES = `
With --batch each line {"id", "expr", "tz", "from", "count"} is answered by a line {"id", "next": [instants in UTC]} or
{"id", "error"}, in the same order; only expr must be there. The exit code is 0 even if lines have errors.

Examples:
  supertask next '30 2 * * *' --tz=Europe/Berlin --from=2026-03-28 --count=3
  supertask next every 90m from start
  supertask next timetable.yaml                          each job's next instant, soonest first
  supertask next backup --json                           {"job", "tz", "next": [instants in UTC]}
  echo '{"id": 1, "expr": "@daily", "count": 2}' | supertask next --batch`;

function addExplain(program: Command): void {
  const command = program
    .command('explain')
    .description(
      'A schedule in plain English, with its next instants and what the next clock change does to it.',
    )
    .argument('[schedule...]', 'a schedule')
    .option('--from <instant>', 'look from here (default: now); without an offset, local time in --tz')
    .option('-n, --count <n>', 'how many instants (default: 3)');
  addSettings(command, ['tz', 'json', 'color']);
  command
    .addHelpText('after', example("supertask explain '30 2 * * mon-fri' --tz=Europe/Berlin"))
    .action(async (words: string[], flags) => {
      const { explainCommand } = await import('../commands/explain.js');
      await explainCommand(words, flags);
    });
}

function addSimulate(program: Command, setExit: SetExit): void {
  const command = program
    .command('simulate')
    .description('What a timetable would fire, skip and miss over a span of time. Nothing is run.')
    .argument('[file]', 'a timetable or another file that run takes (default: the one of this directory)')
    .option('--from <instant>', 'from here on (default: now); without an offset, local time in --tz')
    .option('--to <instant>', 'to before this, or for so long, such as 7d (default: 1d)')
    .option('--down <from..to>', 'the scheduler is not running then; repeatable', collect)
    .option(
      '--duration <[job=]time>',
      'how long runs take, of one job or all (default: no time); repeatable',
      collect,
    )
    .option('--assert <what>', 'no-overlap or no-missed: exit 1 when it does not hold; repeatable', collect);
  addSettings(command, ['tz', 'maxRunning', 'json', 'quiet', 'color']);
  command.addHelpText('after', SIMULATE_EXAMPLES).action(async (file: string | undefined, flags) => {
    const { simulateCommand } = await import('../commands/simulate.js');
    setExit(await simulateCommand(file, flags));
  });
}

const SIMULATE_EXAMPLES = `
The jobs are scheduled as run would, by a clock that is turned as fast as it goes. The span ends before --to.

Examples:
  supertask simulate timetable.yaml --from=2026-03-29 --to=1d --tz=Europe/Berlin
  supertask simulate --to=7d --duration=backup=3m --duration=10s --assert=no-overlap
  supertask simulate timetable.yaml --from=2026-01-01 --to=2026-01-02 --down=2026-01-01T02:00..2026-01-01T05:00

Exit codes: 1 when an assertion does not hold.`;

function addGraph(program: Command): void {
  const command = program
    .command('graph')
    .description('Which task comes after which, and the pools they share.')
    .argument('[file]', 'a timetable (default: the one of this directory)')
    .addOption(
      new Option('--format <how>', 'as text (default), mermaid or json').choices(['text', 'mermaid', 'json']),
    );
  addSettings(command, ['json', 'color']);
  command.addHelpText('after', GRAPH_EXAMPLES).action(async (file: string | undefined, flags) => {
    const { graphCommand } = await import('../commands/graph.js');
    await graphCommand(file, flags);
  });
}

const GRAPH_EXAMPLES = `
Examples:
  supertask graph timetable.yaml
  supertask graph timetable.yaml --format=mermaid > graph.mmd`;
