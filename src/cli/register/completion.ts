/** Commands for shells: `completion`, and what its scripts ask. */
import { Argument, type Command } from 'commander';
import { SHELLS, type Shell } from '../complete/shell.js';

export function registerCompletion(program: Command): void {
  addCompletion(program);
  program
    .command('__complete', { hidden: true })
    .argument('[word...]')
    .option('--current <text>')
    .action(async (words: string[], { current }: { readonly current?: string }) => {
      const { answerShell } = await import('../commands/completion.js');
      await answerShell(program, words, current ?? '');
    });
  program.command('__man', { hidden: true }).action(async () => {
    const { manCommand } = await import('../commands/man.js');
    await manCommand(program);
  });
}

function addCompletion(program: Command): void {
  program
    .command('completion')
    .description('A script by which a shell completes commands, flags, and ids of jobs, runs and namespaces.')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', COMPLETION_EXAMPLES)
    .action(async (shell: Shell) => {
      const { completionCommand } = await import('../commands/completion.js');
      await completionCommand(shell);
    });
}

const COMPLETION_EXAMPLES = `
The script asks supertask itself whenever Tab is pressed, so it need not be made anew for a newer one.

Examples:
  source <(supertask completion bash)              now; to keep it, in ~/.bashrc
  supertask completion bash > ~/.local/share/bash-completion/completions/supertask
  source <(supertask completion zsh)               in ~/.zshrc, after compinit
  supertask completion zsh > "\${fpath[1]}/_supertask"
  supertask completion fish > ~/.config/fish/completions/supertask.fish
  supertask completion powershell | Out-String | Invoke-Expression    in $PROFILE`;
