// Sends what has gathered. An item leaves the device only when the server has said what became of it.
const MOST_AT_ONCE = 100;
const PATIENCE_MS = 4000;
const QUIET_MS = 30000;

export function senderOf(store, facts) {
  // One page at a time sends; the others wait for it and find the queue as it left it.
  const alone = (act) => (navigator.locks ? navigator.locks.request(`till:${facts.base}`, act) : act());

  async function contact(items) {
    const began = Date.now();
    const answer = await fetch(facts.contact, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ deviceNow: new Date(began).toISOString(), items }),
      signal: AbortSignal.timeout(PATIENCE_MS),
      cache: "no-store",
    });
    if (!answer.ok) throw Object.assign(new Error("refused"), { status: answer.status });
    const said = await answer.json();
    const middle = began + (Date.now() - began) / 2;
    await store.setFact("offsetMs", Math.round(Date.parse(said.now) - middle));
    await store.setFact("contactAt", Date.now());
    return said.results;
  }

  const isQuiet = async () => Date.now() - ((await store.fact("contactAt")) ?? 0) > QUIET_MS;

  // Send everything; `mine` is what somebody at this till waits for and may still be asked about. With `mustAsk` the
  // server is asked although nothing waits and it was there a moment ago.
  // Returns {answers by id, left: how many stay, status: the answer that refused us, 0 for no connection}.
  function flush({ mine = null, mustAsk = false } = {}) {
    return alone(async () => {
      const answers = new Map();
      try {
        for (let round = 0; round < 50; round += 1) {
          const items = (await store.queue()).sort((one, other) => (one.id < other.id ? -1 : 1)).slice(0, MOST_AT_ONCE);
          if (!items.length) {
            if (round === 0 && (mustAsk || (await isQuiet()))) await contact([]);
            break;
          }
          const results = await contact(items.map(({ words, ...item }) => (item.id === mine ? item : { ...item, isOffline: true })));
          for (const result of results) {
            if (result.outcome === "ask" && result.id !== mine) continue;
            answers.set(result.id, result);
            await store.dropSent(items.find((item) => item.id === result.id));
            if (result.outcome === "conflict") await store.setFact("conflicts", ((await store.fact("conflicts")) ?? 0) + 1);
          }
        }
        await store.setFact("givenOffline", 0);
        return { answers, left: 0, status: navigator.onLine ? 200 : 0 };
      } catch (error) {
        return { answers, left: (await store.queue()).length, status: error.status ?? 0 };
      }
    });
  }

  // Send one item and return what became of it; null when nobody can be reached. Another page may have sent it in the
  // meantime: then it is sent once more, and the same answer comes.
  async function deliver(item) {
    const first = await flush({ mine: item.id });
    if (first.answers.has(item.id) || first.status !== 200) return first.answers.get(item.id) ?? null;
    await store.put(item);
    return (await flush({ mine: item.id })).answers.get(item.id) ?? null;
  }

  // What the device's clock says, corrected by the last contact.
  async function measured() {
    return { occurredAt: new Date().toISOString(), offsetMs: (await store.fact("offsetMs")) ?? undefined };
  }

  return { flush, deliver, measured };
}
