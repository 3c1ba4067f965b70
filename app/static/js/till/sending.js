// Sends what has gathered. An item leaves the device only when the server has said what became of it.
const MOST_AT_ONCE = 100;
const PATIENCE_MS = 4000;

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
    return said.results;
  }

  // Send everything; `mine` is what somebody at this till waits for and may still be asked about.
  // Returns {answers by id, left: how many stay, status: the answer that refused us, 0 for no connection}.
  function flush(mine = null) {
    return alone(async () => {
      const answers = new Map();
      try {
        for (let round = 0; round < 50; round += 1) {
          const items = (await store.queue()).sort((one, other) => (one.id < other.id ? -1 : 1)).slice(0, MOST_AT_ONCE);
          if (!items.length) break;
          const results = await contact(items.map(({ words, ...item }) => (item.id === mine ? item : { ...item, isOffline: true })));
          for (const result of results) {
            if (result.outcome === "ask" && result.id !== mine) continue;
            answers.set(result.id, result);
            await store.drop(result.id);
            if (result.outcome === "conflict") await store.setFact("conflicts", ((await store.fact("conflicts")) ?? 0) + 1);
          }
        }
        await store.setFact("givenOffline", 0);
        return { answers, left: 0, status: 200 };
      } catch (error) {
        return { answers, left: (await store.queue()).length, status: error.status ?? 0 };
      }
    });
  }

  // What the device's clock says, corrected by the last contact.
  async function measured() {
    return { occurredAt: new Date().toISOString(), offsetMs: (await store.fact("offsetMs")) ?? undefined };
  }

  return { flush, measured, hello: () => contact([]) };
}
