/** Text with the colours that a program asked for by escape sequences, as text nodes only. */
import anser from 'anser';

/** `text` may have colours left on by a piece before it: give whole lines, or whole outputs. */
export function Ansi({ text }: { readonly text: string }) {
  if (!text.includes('\x1b')) return <>{text}</>;
  const pieces = anser.ansiToJson(text, { use_classes: true, remove_empty: true });
  return (
    <>
      {pieces.map(({ content, fg, bg, decorations }, at) => {
        const classes = [fg, bg && `bg-${bg}`, ...decorations.map((name) => `ansi-${name}`)];
        return <span key={at} class={classes.filter(Boolean).join(' ')} children={content} />;
      })}
    </>
  );
}
