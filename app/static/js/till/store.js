// What the till keeps on the device (IndexedDB): the queue of what is not sent yet, the last customers, and facts.
// The queue names members by id alone. Customers are forgotten when the till is locked.
let opened;

function open(base) {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(`till:${base}`, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("queue", { keyPath: "id" });
      request.result.createObjectStore("people", { keyPath: "id" });
      request.result.createObjectStore("facts");
    };
    request.onsuccess = () => {
      request.result.onclose = () => { opened = undefined; };
      resolve(request.result);
    };
    request.onerror = () => {
      opened = undefined;
      reject(request.error);
    };
  });
  return opened;
}

export function storeOf(base) {
  // Resolves once the transaction is complete: only then is it safe on the device.
  async function tried(name, mode, act) {
    const database = await open(base);
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode, { durability: "strict" });
      const request = act(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }

  // A browser may close what lay open while nobody looked (iPads do): then it is opened anew.
  const within = (name, mode, act) => tried(name, mode, act).catch(() => {
    opened = undefined;
    return tried(name, mode, act);
  });

  return {
    queue: () => within("queue", "readonly", (store) => store.getAll()),
    put: (item) => within("queue", "readwrite", (store) => store.put(item)),
    // Not what was taken back while it was on its way: that goes once more, with its mark.
    dropSent: (item) => within("queue", "readwrite", (store) => {
      const asked = store.get(item.id);
      asked.onsuccess = () => (item.isUndone || !asked.result?.isUndone) && store.delete(item.id);
    }),
    people: () => within("people", "readonly", (store) => store.getAll()),
    person: (id) => within("people", "readonly", (store) => store.get(id)),
    putPerson: (person) => within("people", "readwrite", (store) => store.put(person)),
    replacePeople: (people) => within("people", "readwrite", (store) => {
      store.clear();
      people.forEach((person, place) => store.put({ ...person, place }));
    }),
    forgetPeople: () => within("people", "readwrite", (store) => store.clear()),
    fact: (name) => within("facts", "readonly", (store) => store.get(name)),
    setFact: (name, value) => within("facts", "readwrite", (store) => store.put(value, name)),
  };
}
