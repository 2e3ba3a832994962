/** A week of what is due. */
import { Empty } from '../view/state.js';

export function WeekPage() {
  return (
    <>
      <div class="page-head">
        <h1>Week</h1>
      </div>
      <Empty title="Nothing is due this week." />
    </>
  );
}
